package scraper_test

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/scraper"
	"campusnews/scraper/campustest"
)

// What a host asks with Retry-After holds for later runs: until then they ask it for nothing, robots.txt included, and say so;
// after it the crawl goes on.
func TestRetryAfterAcrossRuns(t *testing.T) {
	const wait = 2 * time.Hour
	date := func(w *world) string { return w.clock.t.Add(wait).Format(http.TimeFormat) }
	seconds := func(*world) string { return fmt.Sprint(int(wait / time.Second)) }
	for name, tt := range map[string]struct {
		on     string
		status int
		value  func(*world) string
	}{
		"an article, too many requests": {"/info/1001/1002.htm", 429, seconds},
		"an article, down until a time": {"/info/1001/1002.htm", 503, date},
		"the home page":                 {"/", 503, seconds},
		"robots.txt":                    {"/robots.txt", 429, seconds},
		"a refusal":                     {"/info/1001/1002.htm", 403, seconds},
	} {
		t.Run(name, func(t *testing.T) {
			w := small(t, 3, 40)
			host := strings.TrimPrefix(w.srv.URL, "http://")
			w.site.Break(campustest.Fault{On: campustest.Only(tt.on), Do: campustest.Status(tt.status, "Retry-After", tt.value(w))})
			if rep := w.run(); !rep.InPart() || len(rep.Stopped) != 1 {
				t.Fatalf("first run: stopped %v, in part %v", rep.Stopped, rep.InPart())
			}
			told := w.clock.t
			w.site.Mend()
			w.site.TakeAudit()
			for w.clock.t.Before(told.Add(wait - 31*time.Minute)) {
				w.clock.advance(30 * time.Minute)
				rep := w.run()
				if n := len(w.site.TakeAudit().Requests); n > 0 || rep.Requests > 0 || !rep.InPart() || !strings.Contains(rep.Stopped[host], "until 2026-03-10 04:0") {
					t.Fatalf("%v after it was told: %d requests, in part %v, stopped %q; want none, and to be told until when", w.clock.t.Sub(told), n, rep.InPart(), rep.Stopped[host])
				}
			}
			w.clock.advance(told.Add(wait).Sub(w.clock.t) + time.Minute)
			w.run()
			if n := w.site.TakeAudit().Count(campustest.Only("/robots.txt")); n != 1 {
				t.Errorf("robots.txt was asked for %d times once the time was over, want once", n)
			}
			w.clock.advance(24 * time.Hour)
			if rep := w.run(); rep.InPart() {
				t.Errorf("a day later: stopped %v, %d failed", rep.Stopped, rep.Failed)
			}
			w.wantWhole()
		})
	}
}

// A wait that a run would sit out is sat out by the next one, too, when the first has ended before.
func TestShortRetryAfterAcrossRuns(t *testing.T) {
	w := small(t, 3, 40)
	w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: campustest.Status(429, "Retry-After", "200")})
	w.run(func(c *scraper.Config) { c.Budget = 6 })
	requests := w.site.TakeAudit().Requests
	told := requests[len(requests)-1]
	if told.Path != "/info/1001/1002.htm" {
		t.Fatalf("the run ended with %s", told.Path)
	}
	w.site.Mend()
	w.run()
	if again := w.site.TakeAudit().Requests[0].Begun; again.Sub(told.Begun) < 200*time.Second {
		t.Errorf("the next run asked %v after it was told to wait 200 s", again.Sub(told.Begun))
	}
}

// What was told under a clock that was ahead does not hold for ever: no more than thirty days, as that of the longest wait.
func TestRetryAfterUnderAWrongClock(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"years": 3 * 365 * 24 * time.Hour, "days": 10 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			w := small(t, 3, 40)
			w.clock.advance(ahead)
			w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: campustest.Status(429, "Retry-After", "99999999999")})
			w.run()
			w.site.Mend()
			w.site.TakeAudit()
			w.clock.advance(-ahead)
			begun, runs := w.clock.t, 0
			for ; len(w.site.TakeAudit().Requests) == 0; runs++ {
				w.clock.advance(12 * time.Hour)
				w.run()
			}
			if after := w.clock.t.Sub(begun); after < 29*24*time.Hour || after > 31*24*time.Hour {
				t.Errorf("asked again %v after the clock was set right, in run %d; want thirty days", after, runs)
			}
		})
	}
}

// A host of which only pictures are asked for is asked for its robots.txt once when its time is over, and for nothing twice.
// Another site of the archive leaves it alone as well.
func TestRetryAfterOfAnotherHost(t *testing.T) {
	w := small(t, 3, 40)
	other := newWorld(t, "图库")
	address := strings.Replace(other.srv.URL, "127.0.0.1", "localhost", 1)
	picture := fmt.Sprintf(`<html><head><title>一则新闻</title></head><body><div class="v_news_content"><p>%s</p><img src="%s/a.jpg"></div></body></html>`, strings.Repeat("新闻的正文。", 40), address)
	w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: campustest.Page(picture)})
	other.site.Break(campustest.Fault{On: campustest.Only("/a.jpg"), Do: campustest.Status(403, "Retry-After", "7200")}) // a refused file is due in twelve hours
	all := func(c *scraper.Config) { c.Assets = scraper.AssetsAll }
	w.run(all)
	if n := len(other.site.TakeAudit().Requests); n != 2 {
		t.Fatalf("%d requests to the pictures' host, want robots.txt and the picture", n)
	}
	other.site.Mend()
	w.clock.advance(time.Hour)
	w.run(all)
	beside := *w
	beside.cfg.Site = scraper.Site{ID: "test", Home: address + "/"}
	if rep := beside.run(func(c *scraper.Config) { c.Site.ID = "beside" }); !rep.InPart() {
		t.Error("another site on the host says nothing")
	}
	if n := len(other.site.TakeAudit().Requests); n > 0 {
		t.Errorf("%d requests to the pictures' host within its time", n)
	}
	w.clock.advance(2 * time.Hour)
	w.run(all)
	if audit := other.site.TakeAudit(); len(audit.Requests) != 1 || audit.Requests[0].Path != "/robots.txt" {
		t.Errorf("asked for %v, want robots.txt", audit.Requests)
	}
	w.clock.advance(time.Hour)
	w.run(all)
	if n := len(other.site.TakeAudit().Requests); n > 0 {
		t.Errorf("%d more requests, want none: nothing of the host is due", n)
	}
}

// The WARC files tell of it, too: a database made again from them leaves the host alone.
func TestRetryAfterAfterRebuild(t *testing.T) {
	w := small(t, 3, 40)
	w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: campustest.Status(429, "Retry-After", "7200")})
	w.run()
	w.site.Mend()
	w.site.TakeAudit()
	again := w.rebuilt()
	again.clock, again.cfg = w.clock, w.cfg
	again.clock.advance(time.Hour)
	if rep := again.run(); len(w.site.TakeAudit().Requests) > 0 || len(rep.Stopped) != 1 {
		t.Errorf("asked within the time, stopped %v", rep.Stopped)
	}
	again.clock.advance(24 * time.Hour)
	again.run()
	again.site = w.site
	again.wantWhole()
}

// Merging keeps what a host has asked for, whichever of the two archives it was told and whoever has read the host's robots.txt last:
// the other was not told.
func TestRetryAfterAfterMerge(t *testing.T) {
	for name, tt := range map[string]struct {
		after time.Duration // when the other archive asks for robots.txt, after the one that is told begins; 0 = it does not
		into  bool          // the other is taken into the one that was told, not the one into the other
	}{
		"into none": {},
		"into one that was there at the same time":   {after: 2 * time.Second},
		"one that was there at the same time, taken": {after: 2 * time.Second, into: true},
		"into one that was let in since":             {after: 10 * time.Minute},
		"one that was let in since, taken":           {after: 10 * time.Minute, into: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := small(t, 3, 40)
			other := *w
			other.dir = filepath.Join(campustest.TempDir(t), "other")
			other.clock = &clock{t: w.clock.t.Add(tt.after)}
			other.cfg.Now, other.cfg.Sleep = other.clock.now, other.clock.sleep
			w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: campustest.Status(429, "Retry-After", "7200")})
			if rep := w.run(); len(rep.Stopped) != 1 {
				t.Fatalf("stopped %v, want the host", rep.Stopped)
			}
			w.site.Mend()
			if tt.after > 0 {
				other.run(func(c *scraper.Config) { c.Budget = 1 })
			}
			from, into := w, &other
			if tt.into {
				from, into = into, from
			}
			into.clock = w.clock
			into.cfg.Now, into.cfg.Sleep = into.clock.now, into.clock.sleep
			into.merge(from.dir)
			if again := into.merge(from.dir); again.Targets > 0 {
				t.Errorf("merged again: %d targets taken over, want none", again.Targets)
			}
			w.site.TakeAudit()
			into.clock.advance(time.Hour)
			rep := into.run()
			if n := len(w.site.TakeAudit().Requests); n > 0 || len(rep.Stopped) != 1 {
				t.Errorf("%d requests within the time, stopped %v", n, rep.Stopped)
			}
			into.clock.advance(24 * time.Hour)
			into.run()
			into.wantWhole()
			if again := into.merge(from.dir); again.Targets > 0 {
				t.Errorf("merged after its time: %d targets taken over, want none", again.Targets)
			}
		})
	}
}

func (w *world) merge(from string) archive.Merging {
	w.t.Helper()
	a, err := archive.Open(w.t.Context(), w.dir, archive.Options{Now: w.clock.now})
	if err != nil {
		w.t.Fatal(err)
	}
	made, err := a.Merge(w.t.Context(), from, archive.MergeOptions{})
	if err := errors.Join(err, a.Close()); err != nil {
		w.t.Fatal(err)
	}
	return made
}
