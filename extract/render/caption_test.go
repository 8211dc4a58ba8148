package render

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestCentredCaptions(t *testing.T) {
	const img = `<img src="/a.jpg">`
	for _, c := range []struct{ name, page, want string }{
		{"paragraphs", `<p style="text-align: center;">` + img + `</p><p style="text-align:center"><span>测量水深</span></p><p>正文。</p>`, "测量水深"},
		{"align attribute", `<P align=center>` + img + `</P><P align=center>测量水深</P>`, "测量水深"},
		{"layout table", `<table align=center><tr><td align=middle>` + img + `</td></tr><tr><td align=middle><font size=2>测量水深</font></td></tr></table>`, "测量水深"},
		{"empty paragraph between", `<p align=center>` + img + `</p><p>&nbsp;</p><p align=center>测量水深</p>`, "测量水深"},
		{"text below", `<p align=center>` + img + `</p><p>正文第一段。</p>`, ""},
		{"centred heading below", `<p align=center>` + img + `</p><p align=center><strong>二、深水区</strong></p><p>正文。</p>`, ""},
		{"picture not centred", `<p>` + img + `</p><p align=center>测量水深</p>`, ""},
		{"long centred text", `<p align=center>` + img + `</p><p align=center>` + strings.Repeat("深水区", 30) + `</p>`, ""},
		{"another picture first", `<p align=center>` + img + `</p><p align=center><img src="/b.jpg"></p><p>正文。</p>`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := html.Parse(strings.NewReader(c.page))
			if err != nil {
				t.Fatal(err)
			}
			base := &url.URL{Scheme: "http", Host: "news.example", Path: "/"}
			images := Render([]*html.Node{doc}, base, Options{}).Images
			if len(images) == 0 || images[0].Caption != c.want {
				t.Fatalf("got %+v, want caption %q", images, c.want)
			}
		})
	}
}
