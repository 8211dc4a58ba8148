package extract

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

func packed(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A feed or sitemap is a list, however it is packed and whatever type it comes as.
func TestSyndicated(t *testing.T) {
	const (
		sitemap = `<?xml version="1.0"?><urlset><url><loc>http://cst.nuc.edu.cn/info/1010/5.htm</loc><lastmod>2026-03-10</lastmod></url><url><loc>http://other.example.cn/x</loc></url></urlset>`
		index   = `<sitemapindex><sitemap><loc>/s1.xml.gz</loc><lastmod>2026-03-09</lastmod></sitemap></sitemapindex>`
		rss     = `<rss version="2.0"><channel><title>新闻</title><item><title>开馆</title><link>http://cst.nuc.edu.cn/info/1010/5.htm</link><pubDate>Mon, 09 Mar 2026 23:30:00 GMT</pubDate></item></channel></rss>`
	)
	e := New(WithSystem("vsb"))
	row := Item{URL: "http://cst.nuc.edu.cn/info/1010/5.htm", Key: e.Key("http://cst.nuc.edu.cn/info/1010/5.htm")}
	mapped, fed := row, row
	mapped.Modified, fed.Title, fed.Date = "2026-03-10", "开馆", "2026-03-10"
	other := Item{URL: "http://other.example.cn/x", Key: e.Key("http://other.example.cn/x"), Outside: true}
	for name, tt := range map[string]struct {
		contentType string
		body        []byte
		source      Source
		items, maps []Item
	}{
		"sitemap":              {"text/xml", []byte(sitemap), SourceSitemap, []Item{mapped, other}, nil},
		"packed":               {"application/x-gzip", packed(t, sitemap), SourceSitemap, []Item{mapped, other}, nil},
		"index of plain type":  {"text/html", []byte(index), SourceSitemap, nil, []Item{{URL: "http://cst.nuc.edu.cn/s1.xml.gz", Modified: "2026-03-09"}}},
		"feed as octet stream": {"application/octet-stream", []byte("\xef\xbb\xbf" + rss), SourceFeed, []Item{fed}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := e.Extract(Page{URL: "http://cst.nuc.edu.cn/sitemap.xml", ContentType: tt.contentType, Status: 200, Body: tt.body})
			if r.Kind != KindList || r.Listing == nil || r.Listing.Source != tt.source {
				t.Fatalf("got %s %q %+v, want a list", r.Kind, r.Reason, r.Listing)
			}
			for i := range r.Listing.Maps {
				r.Listing.Maps[i].Key = ""
			}
			if l := r.Listing; len(l.Items)+len(tt.items) > 0 && !reflect.DeepEqual(l.Items, tt.items) || len(l.Maps)+len(tt.maps) > 0 && !reflect.DeepEqual(l.Maps, tt.maps) {
				t.Errorf("got %+v %+v\nwant %+v %+v", l.Items, l.Maps, tt.items, tt.maps)
			}
		})
	}
	for name, body := range map[string][]byte{"a packed page": packed(t, "<html>x"), "broken feed": []byte("<rss><channel><item>")} {
		if r := e.Extract(Page{URL: "http://cst.nuc.edu.cn/x", Body: body}); r.Kind != KindError || r.Reason == "" {
			t.Errorf("%s: got %s %q, want an error with its reason", name, r.Kind, r.Reason)
		}
	}
}

// A gzip file that grows without end is read up to the bound.
func TestSitemapBomb(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	chunk := bytes.Repeat([]byte(" "), 1<<20)
	if _, err := z.Write([]byte("<urlset><url><loc>http://a.edu.cn/1</loc></url>")); err != nil {
		t.Fatal(err)
	}
	for range 1 << 7 {
		if _, err := z.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := New().Extract(Page{URL: "http://a.edu.cn/sitemap.xml.gz", Body: b.Bytes()})
	runtime.ReadMemStats(&after)
	if r.Kind != KindList || len(r.Listing.Items) != 1 {
		t.Errorf("got %s %q, want the one entry before the blanks", r.Kind, r.Reason)
	}
	if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 400 {
		t.Errorf("%d MiB allocated", got)
	}
}

func TestFeedsOfAPage(t *testing.T) {
	page := `<html><head><title>x</title>
<link rel="alternate" type="application/rss+xml" title="新闻" href="/feed/">
<link rel="ALTERNATE" type="application/atom+xml" href="atom.xml#x">
<link rel="alternate" type="application/rss+xml" title="新闻 » 评论 feed" href="/comments/feed/">
<link rel="alternate" hreflang="en" href="/en/"><link rel="stylesheet" href="/x.css">
<link rel="alternate" type="application/rss+xml" href="javascript:x"></head><body>` +
		strings.Repeat(`<p><a href="/about">关于我们的学校和历史</a></p>`, 30) + `</body></html>`
	r := New().Extract(Page{URL: "https://n.example.edu.cn/xww/", ContentType: "text/html", Status: 200, Body: []byte(page)})
	if want := []string{"https://n.example.edu.cn/feed/", "https://n.example.edu.cn/xww/atom.xml"}; !reflect.DeepEqual(r.Feeds, want) {
		t.Errorf("%s: got %q, want %q", r.Kind, r.Feeds, want)
	}
}

func ExampleExtractor_Extract_feed() {
	r := New().Extract(Page{URL: "https://n.example.edu.cn/feed", Body: []byte(`<rss><channel><item><title>开馆</title><link>/1.htm</link></item></channel></rss>`)})
	fmt.Println(r.Kind, r.Listing.Source, r.Listing.Items[0].URL, r.Listing.Items[0].Title)
	// Output: list feed https://n.example.edu.cn/1.htm 开馆
}
