package scraper_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"campusnews/scraper"
	"campusnews/scraper/campustest"
)

// plainWorld is a world whose site is of no publishing system.
func plainWorld(t *testing.T) (*world, *campustest.Plain) {
	w := newWorld(t)
	site := campustest.NewPlain(w.clock.now)
	w.site, w.srv = site.Site, httptest.NewServer(site)
	t.Cleanup(w.srv.Close)
	w.cfg.Site.Home = w.srv.URL + "/"
	return w, site
}

func (w *world) asked(path string) int {
	return w.site.Audit().Count(func(p string) bool { return strings.HasPrefix(p, path) })
}

// A site without lists whose home page names a feed: the newest articles, once each, and one
// conditional request a run when there are none.
func TestFeed(t *testing.T) {
	w, site := plainWorld(t)
	site.Feed = 5
	for i := range 8 {
		site.Publish(fmt.Sprintf("/p/%d.html", i), w.day(20-i))
	}
	rep := w.run()
	if rep.New != 5 || rep.Feeds.Read != 1 || rep.Feeds.Unknown != 5 || rep.RequestsBy[scraper.ReasonFeed] != 2 {
		t.Errorf("%d new, %+v, %v; want the feed's 5, by a feed and a sitemap that is not there", rep.New, rep.Feeds, rep.RequestsBy)
	}
	if got := w.query(`SELECT count(*) FROM list_items WHERE title IS NOT NULL AND date IS NOT NULL`); got[0] != "5" {
		t.Errorf("%s rows of lists, want the feed's 5", got[0])
	}
	w.site.TakeAudit()
	w.clock.advance(24 * time.Hour)
	rep = w.run()
	audit := w.site.TakeAudit()
	if rep.New != 0 || rep.RequestsBy[scraper.ReasonFeed] != 1 || audit.LeastGap() < time.Second {
		t.Errorf("%d new, %v, gap %v", rep.New, rep.RequestsBy, audit.LeastGap())
	}
	for _, r := range audit.Requests {
		if r.Path == "/feed.xml" && (!r.Conditional || r.Status != http.StatusNotModified) {
			t.Errorf("the feed was asked for as %+v, want a conditional request", r)
		}
	}
	site.Publish("/p/new.html", w.day(0))
	w.clock.advance(24 * time.Hour)
	if rep = w.run(); rep.New != 1 {
		t.Errorf("%d new, want the one", rep.New)
	}
}

// A site known by its sitemaps alone: what is newest comes first, the rest day by day or with
// --full; a lastmod makes an article due again.
func TestSitemap(t *testing.T) {
	w, site := plainWorld(t)
	site.Sitemap = true
	const n = 620
	for i := range n {
		site.Publish(fmt.Sprintf("/a/%d.html", i), w.day(n-i))
	}
	rep := w.run(func(c *scraper.Config) { c.Delay = time.Millisecond })
	if rep.New != 500 || rep.Feeds.Later != n-500 || rep.Feeds.Unknown != n {
		t.Errorf("%d new, %+v; want 500 now and the rest later", rep.New, rep.Feeds)
	}
	if got := w.query(`SELECT count(*) FROM articles WHERE url LIKE '%/a/' || ? || '.html'`, n-1); got[0] != "1" {
		t.Error("the newest is not there")
	}
	for p, k := range w.site.TakeAudit().Repeats() {
		t.Errorf("%s asked for %d times", p, k)
	}
	w.clock.advance(24 * time.Hour)
	if rep = w.run(); rep.New != n-500 || rep.Feeds.Later != 0 {
		t.Errorf("%d new on the next day, %+v; want the other %d", rep.New, rep.Feeds, n-500)
	}
	// All are older than their revisits: only the sitemap can tell of an edit.
	w.clock.advance(24 * time.Hour)
	site.Edit("/a/3.html")
	w.clock.advance(time.Hour)
	rep = w.run(func(c *scraper.Config) { c.WalkPages = -1 })
	if rep.Changed != 1 || rep.Feeds.Changed != 1 {
		t.Errorf("%d changed, %+v; want the one of which the sitemap says so", rep.Changed, rep.Feeds)
	}
	// A sitemap that stamps all of them says nothing.
	site.Stamped = true
	w.clock.advance(24 * time.Hour)
	if rep = w.run(func(c *scraper.Config) { c.WalkPages = -1 }); rep.Feeds.Changed != 0 || rep.Requests > 60 {
		t.Errorf("%+v, %d requests; want none made due", rep.Feeds, rep.Requests)
	}
}

func TestSitemapFullAndBetween(t *testing.T) {
	w, site := plainWorld(t)
	site.Sitemap = true
	for i := range 30 {
		site.Publish(fmt.Sprintf("/a/%d.html", i), w.day(30-i))
	}
	between := func(c *scraper.Config) { c.Since, c.Until = w.day(20), w.day(11) }
	if rep := w.run(between); rep.New != 10 {
		t.Errorf("%d new, want the 10 of ten days", rep.New)
	}
	w.clock.advance(time.Hour)
	if rep := w.run(); rep.New != 20 {
		t.Errorf("%d new in a run without bounds, want the others", rep.New)
	}
}

// A sitemap of the protocol's largest size costs little memory, and the day no more than its share.
func TestSitemapOfFiftyThousand(t *testing.T) {
	if testing.Short() {
		t.Skip("a large sitemap")
	}
	w, site := plainWorld(t)
	site.Sitemap = true
	site.Break(campustest.Fault{On: campustest.Only("/sitemap.xml"), Do: func(rw http.ResponseWriter, r *http.Request) bool {
		fmt.Fprint(rw, "<urlset>")
		for i := range 50_000 {
			fmt.Fprintf(rw, "<url><loc>http://%s/x/%d.html</loc><lastmod>2026-03-01</lastmod></url>", r.Host, i)
		}
		fmt.Fprint(rw, "</urlset>")
		return true
	}})
	site.Break(campustest.Fault{On: campustest.Prefix("/x/"), Do: campustest.Status(http.StatusNotFound)})
	before, during := gcPercent(), uint64(0)
	rep := w.run(func(c *scraper.Config) {
		c.Budget = 20
		c.Progress = func(e scraper.Event) {
			if e.Target.Role == scraper.RoleFeed && e.Outcome == "kept" {
				during = gcPercent()
			}
		}
	})
	if after := gcPercent(); during >= before || after != before {
		t.Errorf("garbage collected at %d %% while the sitemap was stored, at %d %% after the run, want less than before, %d %%, and the same", during, after, before)
	}
	if rep.Feeds.Unknown != 50_000 || rep.Feeds.Later != 49_500 || !rep.Exhausted || rep.Requests > 25 {
		t.Errorf("%+v, %d requests", rep.Feeds, rep.Requests)
	}
	if got := w.query(`SELECT count(*) FROM frontier WHERE due > ? AND due < ?`, w.day(-30).UTC().Format(time.RFC3339), w.day(-31).UTC().Format(time.RFC3339)); got[0] != "500" {
		t.Errorf("%s due on a day a month from now, want 500", got[0])
	}
}

// gcPercent is how much garbage there is, of what is in use, when it is collected.
func gcPercent() uint64 {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
