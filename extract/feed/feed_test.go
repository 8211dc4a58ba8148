package feed

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	rss = `<?xml version="1.0" encoding="gb2312"?>
<rss version="2.0"><channel><title>测试大学
新闻网</title><link>https://n.example.edu.cn/xww/</link>
<item><title>图书馆` + "\x08" + `开馆</title><link>info/1.htm</link><pubDate>Mon, 09 Mar 2026 23:30:00 GMT</pubDate></item>
<item><title>b</title><guid>https://n.example.edu.cn/b</guid></item>
<item><title>c</title><link>javascript:void(0)</link></item>
<item><title>d</title></item>
</channel></rss>`
	atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title>a</title><link href="/a"/>
<published>2026-03-09T10:00:00+08:00</published><updated>2026-03-10T10:00:00+08:00</updated></entry></feed>`
	jsonFeed = `{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [{"id": "1", "url": "https://n.example.edu.cn/a", "title": "a", "date_published": "2026-03-09T10:00:00+08:00"}]}`
)

func TestParse(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want Feed
	}{
		"rss": {rss, Feed{Title: "测试大学 新闻网", Items: []Item{
			{URL: "https://n.example.edu.cn/xww/info/1.htm", Title: "图书馆开馆", Published: "2026-03-10T07:30:00+08:00"},
			{URL: "https://n.example.edu.cn/b", Title: "b"},
		}}},
		"atom": {atom, Feed{Title: "t", Items: []Item{{URL: "https://n.example.edu.cn/a", Title: "a", Published: "2026-03-09T10:00:00+08:00", Modified: "2026-03-10T10:00:00+08:00"}}}},
		"json": {jsonFeed, Feed{Title: "t", Items: []Item{{URL: "https://n.example.edu.cn/a", Title: "a", Published: "2026-03-09T10:00:00+08:00"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse("https://n.example.edu.cn/feed.xml", []byte(tt.text))
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, tt.want)
			}
		})
	}
	for name, text := range map[string]string{"a page": "<html><body>x</body></html>", "nothing": "", "json": `{"a":1}`, "cut": rss[:200]} {
		if got, err := Parse("https://n.example.edu.cn/", []byte(text)); err == nil && len(got.Items) > 0 {
			t.Errorf("%s: got %+v, want none", name, got)
		}
	}
}

func TestIs(t *testing.T) {
	for _, tt := range []struct {
		root, text string
		want       bool
	}{{"rss", "", true}, {"feed", "", true}, {"html", "", false}, {"", jsonFeed, true}, {"", `{"a":1}`, false}, {"", "text", false}} {
		if got := Is(tt.root, []byte(tt.text)); got != tt.want {
			t.Errorf("Is(%q, %q) = %v", tt.root, tt.text, got)
		}
	}
}

func TestDepth(t *testing.T) {
	if _, err := Parse("https://n.example.edu.cn/", []byte("<rss><channel>"+strings.Repeat("<item><a:b>", 2_000_000))); err == nil {
		t.Error("half a feed nested without end: want an error")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{rss, atom, jsonFeed} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse("https://n.example.edu.cn/", []byte(text))
		if err != nil && len(got.Items) > 0 {
			t.Error("items with an error")
		}
		for _, it := range got.Items {
			if !strings.HasPrefix(it.URL, "http") || utf8.ValidString(text) && !utf8.ValidString(it.Title) {
				t.Errorf("item %+v", it)
			}
		}
	})
}
