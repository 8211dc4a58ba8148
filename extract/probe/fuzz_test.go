package probe

import (
	"context"
	"errors"
	"html"
	"strings"
	"testing"

	"campusnews/extract"
)

// Whatever a site calls its pages and writes on them, Probe stays in its
// budget and drafts a profile that Parse reads back as the same.
func FuzzProbe(f *testing.F) {
	const rows = `<ul><li><a href="/info/1/1.htm" title="a: b # c">x</a>2026-01-02</li><li><a href="/info/1/2.htm">新闻的题目</a>2026-01-01</li></ul>`
	f.Add("中南大学新闻网", "学校要闻", "/xxyw.htm", []byte(rows))
	f.Add("\"a\": b #", "- '通知: #公告' \"", "http://U@h/y.htm", []byte("当前位置：首页 > 要闻"+rows))
	f.Add("", "更多>>", "//news.example.edu.cn:80/x.htm#top", []byte(`<meta http-equiv="refresh" content="0; url=/z.htm">`))
	f.Add("null", "true", "/a b/\"c\".htm?d=e&f=%22", []byte(rows))
	f.Add("\u200b \u3000", "\u0085 \u2028[{~", "HTTP://NEWS.example.edu.cn/1.htm", []byte(rows))
	f.Fuzz(func(t *testing.T, title, text, href string, other []byte) {
		const sign = "<!--Announced by Visual SiteBuilder 9-->"
		home := sign + "<title>" + html.EscapeString(title) + `</title><a href="` + html.EscapeString(href) + `">` + html.EscapeString(text) + `</a><a href="/list.htm">` + html.EscapeString(text) + `</a>`
		fetched := 0
		fetch := func(_ context.Context, url string) (extract.Page, error) {
			fetched++
			body := append([]byte(sign), other...)
			if url == "http://news.example.edu.cn/" {
				body = []byte(home)
			}
			return extract.Page{URL: url, ContentType: "text/html", Status: 200, Body: body}, nil
		}
		r, err := Probe(t.Context(), fetch, "http://news.example.edu.cn/", Options{Pages: 6, Articles: 2})
		if fetched > 6 {
			t.Fatalf("got %d pages, want at most 6", fetched)
		}
		if err != nil {
			if r != nil || !errors.Is(err, ErrHome) {
				t.Fatalf("got %+v, %v", r, err)
			}
			return
		}
		if strings.ContainsRune(r.Profile.Title, '\n') {
			t.Fatalf("got title %q", r.Profile.Title)
		}
		readsBack(t, r)
	})
}
