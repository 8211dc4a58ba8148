package scraper_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"campusnews/archive"
	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/campustest"
	"campusnews/scraper/capture"
)

// BenchmarkCrawl crawls a loopback site of 1,000 articles without delay, with all
// that a crawl does (evidence, frontier, extraction, articles, search index), beside a bare loop
// of net/http and goquery that follows links and keeps nothing.
func BenchmarkCrawl(b *testing.B) {
	site := campustest.New(time.Now, "学校要闻", "综合新闻")
	day := time.Now().AddDate(-1, 0, 0)
	site.Publish("学校要闻", day, 500)
	site.Publish("综合新闻", day, 500)
	srv := httptest.NewServer(site)
	defer srv.Close()
	pages := func(b *testing.B) {
		n := len(site.TakeAudit().Requests)
		if n < 1000*b.N {
			b.Fatalf("%d requests in %d runs", n, b.N)
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "pages/s")
	}
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			bare(b, srv.URL)
		}
		pages(b)
	})
	for _, workers := range []int{1, 8} {
		b.Run(map[int]string{1: "crawl", 8: "crawl8"}[workers], func(b *testing.B) {
			for b.Loop() {
				dir := filepath.Join(b.TempDir(), "archive")
				a, err := archive.Open(b.Context(), dir, archive.Options{})
				if err != nil {
					b.Fatal(err)
				}
				c, err := a.Begin(b.Context(), archive.CrawlInfo{})
				if err != nil {
					b.Fatal(err)
				}
				cfg := scraper.Default()
				cfg.Site = scraper.Site{ID: "bench", Home: srv.URL + "/"}
				cfg.Delay, cfg.Workers, cfg.Transport = 0, workers, capture.New(capture.Options{})
				rep, err := scraper.Crawl(b.Context(), cfg, c, extract.New())
				if err != nil || rep.New != 1000 {
					b.Fatalf("%d new, %v", rep.New, err)
				}
				if err := a.Close(); err != nil {
					b.Fatal(err)
				}
			}
			pages(b)
		})
	}
}

// bare is the least a crawler can do: eight workers, each page parsed once.
func bare(b *testing.B, root string) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	var mu sync.Mutex
	seen := map[string]bool{root + "/": true}
	queue := make(chan string, 4096)
	queue <- root + "/"
	var left sync.WaitGroup
	left.Add(1)
	for range 8 {
		go func() {
			for address := range queue {
				resp, err := client.Get(address)
				if err == nil {
					doc, perr := goquery.NewDocumentFromReader(resp.Body)
					resp.Body.Close()
					if perr == nil {
						doc.Url = resp.Request.URL
						doc.Find("a[href]").Each(func(_ int, s *goquery.Selection) {
							u, err := doc.Url.Parse(s.AttrOr("href", ""))
							if err != nil || !strings.HasPrefix(u.String(), root) {
								return
							}
							mu.Lock()
							defer mu.Unlock()
							if !seen[u.String()] {
								seen[u.String()] = true
								left.Add(1)
								queue <- u.String()
							}
						})
					}
				}
				left.Done()
			}
		}()
	}
	left.Wait()
	close(queue)
}
