package extract

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

const linkPage = `<html><head><base href="/news/"><title>x</title></head><body>
<a href="1.html"><b>校运会</b> 开幕</a> <a href="1.html#top">again</a> <a href="javascript:void(0)">no</a> <a href="mailto:a@b.cn">no</a>
<a href="/cal?m=1" rel="external NOFOLLOW">日历</a><area href="//www.b.example/x"><iframe src="../frame.htm"></iframe><a href="#here">no</a>
<!-- <a href="hidden.html">no</a> --><script>'<a href="script.html">'</script><a name="x">no</a><a href="2.html"></a>`

func TestLinks(t *testing.T) {
	page := Page{URL: "http://n.example.edu.cn/index.htm", ContentType: "text/html; charset=utf-8", Body: []byte(linkPage)}
	want := "[{http://n.example.edu.cn/news/1.html 校运会 开幕} {http://www.b.example/x } {http://n.example.edu.cn/frame.htm } {http://n.example.edu.cn/news/2.html }]"
	if got := fmt.Sprint(Links(page)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, words := range []string{"noindex, nofollow", "NONE"} {
		page.Body = []byte(`<meta name="Robots" content="` + words + `">` + linkPage)
		if got := Links(page); got != nil {
			t.Errorf("%s: %v", words, got)
		}
	}
	page.Body = []byte("\x89PNG" + linkPage)
	if got := Links(page); got != nil {
		t.Errorf("a picture gave %v", got)
	}
	page.Body = nil
	for i := range 3 * maxLinks {
		page.Body = fmt.Appendf(page.Body, "<a href=%d.html>x", i)
	}
	if got := Links(page); len(got) != maxLinks || got[1].Text != "x" {
		t.Errorf("%d links of a page of nothing else", len(got))
	}
}

func FuzzLinks(f *testing.F) {
	f.Add("text/html", []byte(linkPage))
	f.Add("text/html; charset=gbk", []byte("<a href='\xd0\xc2.htm'>\xd0\xc2\xce\xc5</a>"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		page := Page{URL: "http://n.example.edu.cn/a/b.htm", ContentType: kind, Body: body}
		seen := map[string]bool{}
		for _, l := range Links(page) {
			if seen[l.URL] || !strings.HasPrefix(l.URL, "http://") && !strings.HasPrefix(l.URL, "https://") || strings.Contains(l.URL, "#") || !utf8.ValidString(l.URL+l.Text) || len(l.Text) > maxLinkText {
				t.Errorf("%+v", l)
			}
			seen[l.URL] = true
		}
	})
}
