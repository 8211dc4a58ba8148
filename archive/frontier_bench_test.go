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
// Known for 40 addresses, Save with two targets it names. It does so over frontiers of 10,000 to 1,000,000
// targets: the time a page must not grow with them.
func BenchmarkFrontier(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("targets=%d", n), func(b *testing.B) {
			a, c := begun(b, b.TempDir())
			defer func() {
				if err := a.Close(); err != nil {
					b.Error(err)
				}
			}()
			start := archivetest.Began
			key := func(i int) string { return fmt.Sprintf("news.csu.edu.cn/news%d", i*7919%n) }
			for from := 0; from < n; from += 10_000 {
				targets := make([]scraper.Target, 10_000)
				for j := range targets {
					i := from + j
					targets[j] = scraper.Target{
						Site: "csu", Key: key(i), URL: fmt.Sprintf("https://news.csu.edu.cn/info/1001/%d.htm", i), Role: scraper.RoleArticle, Section: "学校要闻",
						Parent: "https://news.csu.edu.cn/list0.htm", Depth: 2, Title: "关于一条新闻", Date: "2026-01-01", Due: start.Add(time.Duration(i%997) * -time.Second),
					}
				}
				if _, err := c.Add(b.Context(), targets, false); err != nil {
					b.Fatal(err)
				}
			}
			page := archivetest.Visits(1, false)[0]
			before, pages := used(b), 0
			for b.Loop() {
				t, err := c.Next(b.Context(), scraper.Query{Site: "csu", Now: start})
				if err != nil {
					b.Fatal(err)
				}
				keys := make([]string, 40)
				for j := range keys {
					keys[j] = key(pages*31 + j*n/40)
				}
				if known, err := c.Known(b.Context(), "csu", keys); err != nil || len(known) == 0 {
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
