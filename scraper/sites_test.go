package scraper_test

import (
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/campustest"
	"campusnews/scraper/capture"
)

// Two sites on one machine are crawled side by side, and the machine still has one request at a time, a
// second apart: both sites' own records together say so.
func TestCrawlSitesOfOneServer(t *testing.T) {
	w := newWorld(t, "学校要闻")
	w.site.Publish("学校要闻", w.day(40), 30)
	other := campustest.New(w.clock.now, "综合新闻")
	other.Publish("综合新闻", w.day(40), 30)
	srv := httptest.NewServer(other)
	t.Cleanup(srv.Close)
	a, err := archive.Open(t.Context(), w.dir, archive.Options{Now: w.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	servers := &scraper.Servers{Addresses: capture.New(capture.Options{}).Addresses} // both ports are of one address
	var wg sync.WaitGroup
	for id, home := range map[string]string{"one": w.srv.URL + "/", "two": srv.URL + "/"} {
		wg.Go(func() {
			c, err := a.Begin(t.Context(), archive.CrawlInfo{Sites: []archive.Site{{ID: id}}})
			if err != nil {
				t.Error(err)
				return
			}
			cfg := w.cfg
			cfg.Site, cfg.Servers, cfg.Workers = scraper.Site{ID: id, Home: home}, servers, 3
			if rep, err := scraper.Crawl(t.Context(), cfg, c, extract.New()); err != nil || rep.New != 30 {
				t.Errorf("%s: %d new, %v; want 30", id, rep.New, err)
			}
		})
	}
	wg.Wait()
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	all := append(w.site.TakeAudit().Requests, other.TakeAudit().Requests...)
	slices.SortFunc(all, func(a, b campustest.Request) int { return a.Begun.Compare(b.Begun) })
	for i := 1; i < len(all); i++ {
		if gap := all[i].Begun.Sub(all[i-1].Ended); gap < time.Second {
			t.Errorf("request %d, for %s, came %v after the answer to %s", i, all[i].Path, gap, all[i-1].Path)
		}
	}
	if len(all) < 64 {
		t.Errorf("%d requests, want those of two sites", len(all))
	}
}
