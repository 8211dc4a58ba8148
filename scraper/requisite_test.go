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

// A picture that lists show as a thumbnail, and that is an article's own, is an asset, whichever is seen first:
// the larger cap holds for it, and it is asked for as often as it has to be.
func TestRequisiteBecomesAsset(t *testing.T) {
	w, site := plainWorld(t)
	site.Publish("/a/1.html", w.day(3))
	large := strings.Repeat("x", 5<<20)
	w.site.Break(campustest.Fault{On: campustest.Only("/"), Do: campustest.Page(`<html><head><title>测试大学</title></head><body><img src="/img/a.jpg"><p><a href="/a/1.html">今天</a></p></body></html>`)})
	w.site.Break(campustest.Fault{On: campustest.Only("/img/a.jpg"), Do: func(rw http.ResponseWriter, _ *http.Request) bool {
		rw.Header().Set("Content-Type", "image/jpeg")
		rw.Write([]byte(large))
		return true
	}})
	with := func(c *scraper.Config) { c.Requisites = true }
	picture := func() string {
		return strings.Join(w.query(`SELECT role || ' ' || state || ' ' || iif(due IS NULL, '', 'due') FROM frontier WHERE url LIKE '%/img/a.jpg'`), ";")
	}
	w.site.Break(campustest.Fault{On: campustest.Only("/a/1.html"), Do: campustest.Status(http.StatusInternalServerError)})
	w.run(with) // the article cannot be had, so that the thumbnail is fetched as such
	if got := picture(); got != "9 failed due" {
		t.Fatalf("the thumbnail is %q, want one over the cap of requisites", got)
	}
	w.site.Mend()
	w.site.Break(campustest.Fault{On: campustest.Only("/img/a.jpg"), Do: campustest.Page(large)})
	site.Picture("/a/1.html", "/img/a.jpg")
	w.clock.advance(48 * time.Hour)
	if rep := w.run(with); rep.New != 1 || rep.Assets != 1 || picture() != "6 kept " {
		t.Errorf("%d new, %d assets; the picture is %q", rep.New, rep.Assets, picture())
	}
	w.clock.advance(24 * time.Hour)
	w.site.TakeAudit()
	if w.run(with); w.asked("/img/a.jpg") != 0 || picture() != "6 kept " {
		t.Errorf("asked for again, %q", picture())
	}
}
