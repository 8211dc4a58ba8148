package scraper_test

import (
	"testing"
	"time"

	"campusnews/scraper/campustest"
)

// What comes or goes deep inside a list is found on the next day, by a few
// requests, because the list's announced total says that something did.
func TestHunt(t *testing.T) {
	if testing.Short() {
		t.Skip("some thousands of pages")
	}
	built := newWorld(t, "学校要闻")
	for ago := 400; ago > 40; ago-- {
		built.site.Publish("学校要闻", built.day(ago), 2)
	}
	built.run()
	built.wantWhole()
	built.clock.advance(24 * time.Hour)
	lists := campustest.Prefix("/lm1")
	tests := []struct {
		name   string
		change func(*world)
		most   int // list pages
	}{
		{"backdated", func(w *world) { w.site.Publish("学校要闻", w.day(250), 1) }, 9},
		{"backdated, and news on top", func(w *world) {
			w.site.Publish("学校要闻", w.day(250), 1)
			w.site.Publish("学校要闻", w.day(1), 3)
		}, 10},
		{"two places", func(w *world) {
			w.site.Publish("学校要闻", w.day(250), 1)
			w.site.Publish("学校要闻", w.day(100), 2)
		}, 13},
		{"at the very end", func(w *world) { w.site.Publish("学校要闻", w.day(500), 1) }, 9},
		{"gone", func(w *world) { w.site.Delete(1300) }, 9},
		{"gone at a page's edge", func(w *world) { w.site.Delete(1720 - 5*20) }, 11},
		{"gone at a page's other edge", func(w *world) { w.site.Delete(1720 - 5*20 + 1) }, 11},
		{"with a pinned row", func(w *world) {
			w.site.Pin(1100)
			w.site.Publish("学校要闻", w.day(250), 1)
		}, 9},
		{"nothing", func(w *world) {}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := built.fork(t)
			tt.change(w)
			w.run()
			if n := w.site.TakeAudit().Count(lists); n > tt.most {
				t.Errorf("%d list pages, want at most %d of 36", n, tt.most)
			}
			for range 4 { // what went is gone after two weeks
				w.clock.advance(5 * 24 * time.Hour)
				w.run()
			}
			if n := w.site.TakeAudit().Count(lists); n > 8 {
				t.Errorf("%d list pages in four quiet runs, want two a run at most", n)
			}
			w.wantWhole()
		})
	}
}
