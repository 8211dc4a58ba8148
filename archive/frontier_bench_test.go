//go:build unix

package archive_test

import (
	"fmt"
	"testing"
	"time"

	"campusnews/archive/archivetest"
	"campusnews/extract"
	"campusnews/scraper"
)

// BenchmarkFrontier does what a crawl asks of the archive for an article's page, but for keeping the evidence: Next,
// Known for 40 addresses, Save with two targets it names. It does so over frontiers of 1,000 to 1,000,000
// targets: the time a page must not grow with them.
//
// In November 2026 a page took 1.49, 1.68 and 1.76 ms of processor time in frontiers of 1,000, 100,000 and 1,000,000, each in a transaction of its
// own: what grows is the depth of the trees, and Known's 40 addresses lie 25,000 rows apart here, on a page of the database each.
//
//	go test ./archive -run XXX -bench BenchmarkFrontier -benchtime 3000x
func BenchmarkFrontier(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("targets=%d", n), func(b *testing.B) {
			dir, start := b.TempDir(), archivetest.Began
			const keys = "news.csu.edu.cn/news%07d"
			if err := archivetest.FillFrontier(b.Context(), dir, scraper.Target{
				Site: "csu", Key: keys, URL: "https://news.csu.edu.cn/info/1001/%d.htm", Role: scraper.RoleArticle, Section: "学校要闻",
				Parent: "https://news.csu.edu.cn/list0.htm", Depth: 2, Title: "关于一条新闻", Date: "2026-01-01", State: scraper.StateNew, Due: start,
			}, n); err != nil {
				b.Fatal(err)
			}
			key := func(i int) string { return fmt.Sprintf(keys, i*7919%n) }
			a, c := begun(b, dir)
			defer func() {
				if err := a.Close(); err != nil {
					b.Error(err)
				}
			}()
			page := archivetest.Visits(1, false)[0]
			before, pages := used(b), 0
			for b.Loop() {
				t, err := c.Next(b.Context(), scraper.Query{Site: "csu", Now: start})
				if err != nil {
					b.Fatal(err)
				}
				named := make([]string, 40)
				for j := range named {
					named[j] = key(pages*31 + j*n/40)
				}
				if known, err := c.Known(b.Context(), "csu", named); err != nil || len(known) == 0 {
					b.Fatal(len(known), err)
				}
				v := page
				t.State, t.LastVisit, t.Due, t.Role, t.Visits = scraper.StateKept, start, start.Add(24*time.Hour), scraper.RoleRevisit, 1
				v.Target = t
				v.Result = &extract.Result{Kind: extract.KindArticle, URL: t.URL, Key: t.Key, Article: page.Result.Article}
				for j := range 2 {
					f := t
					f.Key, f.Role, f.State, f.Due = fmt.Sprintf("%s.%d.jpg", t.Key, j), scraper.RoleAsset, scraper.StateNew, start
					v.Found = append(v.Found, f)
				}
				if _, err := c.Save(b.Context(), v); err != nil {
					b.Fatal(err)
				}
				pages++
			}
			b.ReportMetric((used(b)[1]-before[1])*1000/float64(pages), "cpu-ms/page")
		})
	}
}
