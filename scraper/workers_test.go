package scraper_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/extract"
	"campusnews/scraper"
)

// fast makes a run without delay, by so many workers, into the store that wrap makes of the world's archive.
func (w *world) fast(workers int, wrap func(scraper.Store) scraper.Store) scraper.Report {
	w.t.Helper()
	a, err := archive.Open(w.t.Context(), w.dir, archive.Options{Now: w.clock.now})
	if err != nil {
		w.t.Fatal(err)
	}
	defer a.Close()
	c, err := a.Begin(w.t.Context(), archive.CrawlInfo{Sites: []archive.Site{{ID: "test"}}})
	if err != nil {
		w.t.Fatal(err)
	}
	cfg := w.cfg
	cfg.Delay, cfg.Jitter, cfg.Workers = 0, 0, workers
	rep, err := scraper.Crawl(w.t.Context(), cfg, wrap(c), extract.New())
	if err != nil {
		w.t.Fatal(err)
	}
	return rep
}

// A storeInHand holds the first page of a list beyond page 1 back until an article has been stored.
type storeInHand struct {
	scraper.Store
	held    sync.Once
	article chan struct{} // closed by the first article
	first   sync.Once
	late    atomic.Bool // none came
}

func (s *storeInHand) Save(ctx context.Context, v scraper.Visit) (scraper.Change, error) {
	switch {
	case v.Target.Role == scraper.RoleList:
		s.held.Do(func() {
			select {
			case <-s.article:
			case <-time.After(time.Minute):
				s.late.Store(true)
			}
		})
	case v.Reason == scraper.ReasonNew:
		s.first.Do(func() { close(s.article) })
	}
	return s.Store.Save(ctx, v)
}

// Without delay a server does not stand idle while a page of a list is stored: articles that are known are asked for meanwhile.
func TestArticlesWhileListsAreStored(t *testing.T) {
	w := newWorld(t, "学校要闻")
	w.site.Publish("学校要闻", w.day(0), 90)
	s := &storeInHand{article: make(chan struct{})}
	rep := w.fast(4, func(c scraper.Store) scraper.Store { s.Store = c; return s })
	if s.late.Load() || rep.New != 90 {
		t.Errorf("%d new articles of 90; articles waited for a list: %v", rep.New, s.late.Load())
	}
}

// A storeAsked counts how often it was asked what is due.
type storeAsked struct {
	scraper.Store
	n atomic.Int64
}

func (s *storeAsked) Next(ctx context.Context, q scraper.Query) (scraper.Target, error) {
	s.n.Add(1)
	return s.Store.Next(ctx, q)
}

// Workers who wait for what the others are at do not all look at each end of a visit whether something has become due: with a hundred of them
// that would cost more than the pages.
func TestIdleWorkers(t *testing.T) {
	w := newWorld(t, "学校要闻", "综合新闻")
	w.site.Publish("学校要闻", w.day(0), 120)
	w.site.Publish("综合新闻", w.day(0), 90)
	s := new(storeAsked)
	const workers = 64
	rep := w.fast(workers, func(c scraper.Store) scraper.Store { s.Store = c; return s })
	if rep.New != 210 {
		t.Fatalf("%d new articles, want 210", rep.New)
	}
	// One that finds a target and one that is woken by it; and each worker as it begins.
	if most := int64(2*rep.Requests + 2*workers); s.n.Load() > most {
		t.Errorf("the store was asked %d times what is due, in %d requests by %d workers; want %d times at most", s.n.Load(), rep.Requests, workers, most)
	}
}
