package render

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestVSBPlayers(t *testing.T) {
	const page = `<p><script name="_videourl">showVsbVideo("/__local/7/1E/tide.mp4","600","400","","mp4","vsbvideo0");</script></p>
<p><script>showVsbpdfIframe('/__local/2/AB/plan.pdf',"100%","600","0","","_vsb_content","");</script></p>
<p><script>var a = "showVsb"; play("/other.mp4")</script>正文。</p>`
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	c := Render([]*html.Node{doc}, &url.URL{Scheme: "https", Host: "news.example", Path: "/info/1/2.htm"}, Options{})
	if len(c.Media) != 2 || c.Media[0].URL != "https://news.example/__local/7/1E/tide.mp4" || c.Media[1].URL != "https://news.example/__local/2/AB/plan.pdf" {
		t.Errorf("media: got %+v, want the video and the PDF", c.Media)
	}
	if len(c.Files) != 1 || c.Files[0].URL != "https://news.example/__local/2/AB/plan.pdf" {
		t.Errorf("files: got %+v, want the PDF", c.Files)
	}
	if c.Text != "正文。" {
		t.Errorf("text: got %q, want only what is shown", c.Text)
	}
}
