package archive

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"campusnews/extract"
	"campusnews/scraper"
)

// BenchmarkReextract reads 2,000 captured pages of the fixture site again, and for comparison extracts them from memory:
//
//	go test ./archive -run xxx -bench Reextract -cpu 1
func BenchmarkReextract(b *testing.B) {
	files, err := filepath.Glob("../testdata/csu/news.csu.edu.cn/info/*/*.htm")
	if err != nil || len(files) == 0 {
		b.Fatalf("no fixtures (err %v)", err)
	}
	x := extract.New(extract.WithSystem("vsb"))
	a, err := Open(b.Context(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	c, err := a.Begin(b.Context(), CrawlInfo{Sites: []Site{{ID: "csu"}}})
	if err != nil {
		b.Fatal(err)
	}
	var pages []extract.Page
	for n := 0; len(pages) < 2000; n++ {
		body, err := os.ReadFile(files[n%len(files)])
		if err != nil {
			b.Fatal(err)
		}
		url := fmt.Sprintf("https://news.csu.edu.cn/info/1002/%d.htm", 100000+n)
		page := extract.Page{URL: url, ContentType: "text/html; charset=utf-8", Status: 200, Body: append(body, fmt.Sprintf("<!-- %d -->", n)...)}
		r := x.Extract(page)
		if r.Kind != extract.KindArticle || len(r.Article.Parts) > 0 {
			continue
		}
		pages = append(pages, page)
		v := scraper.Visit{Target: target(n), Reason: scraper.ReasonNew, Time: noon, Result: &r}
		v.Target.URL, v.Target.Key = url, r.Key
		v.Exchanges = append(v.Exchanges, exchange(url, 200, string(page.Body)))
		if _, err := c.Save(b.Context(), v); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("extraction alone", func(b *testing.B) {
		start := time.Now()
		for range b.N {
			for _, p := range pages {
				x.Extract(p)
			}
		}
		b.ReportMetric(float64(b.N*len(pages))/time.Since(start).Seconds(), "pages/s")
	})
	for _, better := range []bool{false, true} {
		name, r := "as before", Extractor(x)
		if better {
			name, r = "all changed", renaming{x}
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			start := time.Now()
			for range b.N {
				report, err := a.Reextract(b.Context(), Reextraction{Extractor: with(r), Workers: 1})
				if err != nil || report.Unreadable > 0 || !better && report.Unchanged != len(pages) {
					b.Fatalf("%+v %v", report, err)
				}
			}
			b.ReportMetric(float64(b.N*len(pages))/time.Since(start).Seconds(), "pages/s")
		})
	}
}

// renaming gives each article another title than the last time.
type renaming struct{ x Extractor }

var renamed int

func (r renaming) Extract(p extract.Page) extract.Result {
	res := r.x.Extract(p)
	if res.Article != nil {
		renamed++
		res.Article.Title += fmt.Sprint(renamed)
	}
	return res
}
