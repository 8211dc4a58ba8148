package sitemap

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

const news = `<?xml version="1.0" encoding="GB2312"?>
<!-- made by hand -->
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> https://n.example.edu.cn/a?x=1&amp;y=2 </loc><lastmod>2026-03-10T01:30:00Z</lastmod>
<news:news><news:publication><news:name>新闻网</news:name></news:publication><news:publication_date>2026-03-09</news:publication_date><news:title><![CDATA[图书馆 开馆]]></news:title></news:news></url>
<url><loc>https://n.example.edu.cn/b</loc><lastmod>2026-03</lastmod><image:image><image:loc>https://n.example.edu.cn/b.jpg</image:loc><image:title>no</image:title></image:image></url>
<url><lastmod>2026-03-10</lastmod></url>
</urlset>`

func TestParse(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want Map
		err  error
	}{
		"news": {news, Map{Entries: []Entry{
			{URL: "https://n.example.edu.cn/a?x=1&y=2", Modified: "2026-03-10T09:30:00+08:00", Published: "2026-03-09", Title: "图书馆 开馆"},
			{URL: "https://n.example.edu.cn/b"},
		}}, nil},
		"index":     {`<sitemapindex><sitemap><loc>/s1.xml</loc><lastmod>2026-01-02 03:04:05</lastmod></sitemap></sitemapindex>`, Map{Maps: []Entry{{URL: "/s1.xml", Modified: "2026-01-02T03:04:05+08:00"}}}, nil},
		"empty":     {`<urlset></urlset>`, Map{}, nil},
		"prefixed":  {`<s:urlset xmlns:s="x"><s:url><loc>/a</loc></s:url></s:urlset>`, Map{Entries: []Entry{{URL: "/a"}}}, nil},
		"cut short": {`<urlset><url><loc>/a</loc></url><url><loc>/b`, Map{Entries: []Entry{{URL: "/a"}}}, nil},
		"cut early": {`<urlset><url><loc>/a</l`, Map{}, ErrNoSitemap},
		"a page":    {`<!DOCTYPE html><html><body><url><loc>/a</loc></url></body></html>`, Map{}, ErrNoSitemap},
		"nothing":   {``, Map{}, ErrNoSitemap},
		"entities":  {`<!DOCTYPE urlset [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>/x&b;</loc></url></urlset>`, Map{Entries: []Entry{{URL: "/x&b;"}}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse([]byte(tt.text))
			if !reflect.DeepEqual(got, tt.want) || err != tt.err {
				t.Errorf("got %+v, %v\nwant %+v, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

// What is over the protocol's bounds is cut off, and depth costs nothing.
func TestBounds(t *testing.T) {
	m, err := Parse([]byte("<urlset>" + strings.Repeat("<url><loc>/a</loc></url>", MaxEntries+5)))
	if err != nil || len(m.Entries) != MaxEntries {
		t.Errorf("got %d entries, %v; want %d", len(m.Entries), err, MaxEntries)
	}
	m, err = Parse([]byte("<urlset>" + strings.Repeat("<url>", 1_000_000) + "<loc>" + strings.Repeat("x", 1<<20) + "</loc></url>"))
	if err != nil || len(m.Entries) > 1 || len(m.Entries) == 1 && len(m.Entries[0].URL) > maxText {
		t.Errorf("got %d entries, %v", len(m.Entries), err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(news)
	f.Add(`<sitemapindex><sitemap><loc>/s1.xml</loc></sitemap></sitemapindex>`)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Parse([]byte(text))
		if err != nil && len(m.Entries)+len(m.Maps) > 0 {
			t.Errorf("entries with an error: %+v, %v", m, err)
		}
		for _, e := range append(m.Entries, m.Maps...) {
			if e.URL == "" || utf8.ValidString(text) && !utf8.ValidString(e.URL+e.Title) {
				t.Errorf("entry %+v", e)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	text.WriteString("<urlset>")
	for i := range MaxEntries {
		fmt.Fprintf(&text, "<url><loc>https://news.example.edu.cn/info/1002/%d.htm</loc><lastmod>2026-03-10T01:30:00Z</lastmod></url>\n", i)
	}
	data := []byte(text.String())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if m, err := Parse(data); err != nil || len(m.Entries) != MaxEntries {
			b.Fatal(len(m.Entries), err)
		}
	}
}
