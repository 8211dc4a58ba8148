package scraper_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"campusnews/scraper"
	"campusnews/scraper/campustest"
)

// What pages need to be shown is fetched once a site: style sheets with what they import and show,
// scripts, icons. Not by default, and not again on the next day.
func TestRequisites(t *testing.T) {
	w := small(t, 5, 0)
	files := map[string]string{
		"/content.vsb.css":               "@import url(/more.css); body{background:url(img/bg.png)}",
		"/more.css":                      ".a{background:url('/img/a.gif')}",
		"/img/bg.png":                    "\x89PNG same",
		"/img/a.gif":                     "\x89PNG same",
		"/system/resource/js/counter.js": "var a = 1;",
		"/_sitegray/_sitegray.js":        "var b = 2;",
		"/_sitegray/_sitegray_d.css":     "",
	}
	w.site.Break(campustest.Fault{On: func(p string) bool { _, ok := files[p]; return ok }, Do: func(rw http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, ".css") {
			rw.Header().Set("Content-Type", "text/css")
		}
		rw.Write([]byte(files[r.URL.Path]))
		return true
	}})
	if rep := w.run(); rep.RequestsBy[scraper.ReasonRequisite] > 0 || w.asked("/more.css") > 0 {
		t.Errorf("%v without being told to", rep.RequestsBy)
	}
	w.clock.advance(24 * time.Hour)
	with := func(c *scraper.Config) { c.Requisites = true }
	rep := w.run(with)
	if rep.RequestsBy[scraper.ReasonRequisite] != len(files) || rep.Requisites != len(files) || rep.InPart() {
		t.Errorf("%v, %d kept; want the %d files", rep.RequestsBy, rep.Requisites, len(files))
	}
	var got []string
	for _, p := range w.query(`SELECT url FROM captures WHERE reason = 'requisite'`) {
		got = append(got, strings.TrimPrefix(p, w.srv.URL))
	}
	for path := range files {
		if !slices.Contains(got, path) {
			t.Errorf("%s was not captured", path)
		}
	}
	if got := w.query(`SELECT count(*) FROM captures WHERE reason = 'requisite' AND profile = 'identical-payload-digest'`); got[0] != "1" {
		t.Errorf("%s revisit records, want one for the two pictures that are the same", got[0])
	}
	w.clock.advance(24 * time.Hour)
	if rep := w.run(with); rep.RequestsBy[scraper.ReasonRequisite] != 0 {
		t.Errorf("%v on the next day, want no requisite", rep.RequestsBy)
	}
	if audit := w.site.TakeAudit(); audit.LeastGap() < time.Second {
		t.Errorf("gap %v", audit.LeastGap())
	}
}

// robots.txt and the cap on a file's size hold for requisites, too.
func TestRequisitesBounded(t *testing.T) {
	w := small(t, 2, 0)
	w.site.SetRobots("User-agent: *\nDisallow: /_sitegray/\n")
	w.site.Break(campustest.Fault{On: campustest.Only("/content.vsb.css"), Do: campustest.Flood(8 << 20)})
	rep := w.run(func(c *scraper.Config) { c.Requisites = true })
	if w.asked("/_sitegray/") > 0 || rep.Requisites != 0 || rep.New != 2 {
		t.Errorf("%d asked against robots.txt, %d kept, %d new", w.asked("/_sitegray/"), rep.Requisites, rep.New)
	}
	if got := w.query(`SELECT truncated FROM captures WHERE url LIKE '%/content.vsb.css'`); len(got) != 1 || got[0] != "length" {
		t.Errorf("the endless style sheet: %q, want one cut for its length", got)
	}
}
