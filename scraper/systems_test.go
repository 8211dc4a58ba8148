package scraper_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"campusnews/scraper/campustest"
)

// systems are the ways a test site can be built.
var systems = map[string]func(*campustest.Site){
	"vsb":              func(*campustest.Site) {},
	"vsb, hidden rows": func(s *campustest.Site) { s.Windows = true },
	"webplus":          func(s *campustest.Site) { s.System = campustest.WebPlus },
	"webplus, uncounted": func(s *campustest.Site) {
		s.System, s.NoTotals = campustest.WebPlus, true
	},
}

// Each system's site is taken in whole and followed: articles under several columns once, rows that lead elsewhere
// noted, pages that one may not read no articles, pinned rows no reason to read on.
func TestCrawlSystems(t *testing.T) {
	for name, build := range systems {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "学校要闻", "综合新闻", "学生天地")
			build(w.site)
			w.site.Publish("学校要闻", w.day(400), 130)
			w.site.Publish("综合新闻", w.day(300), 45)
			w.site.Publish("学生天地", w.day(200), 3)
			for id := 1003; id < 1030; id += 5 {
				w.site.AlsoIn(id, "综合新闻")
			}
			w.site.Lead(1005, "https://mp.weixin.qq.com/s/abc")
			w.site.Close(1006)
			w.site.Pin(1010)
			rep := w.run()
			w.wantWhole()
			if want := 178 - 2; rep.New != want || rep.Refused != 1 || rep.Missing != 1 || rep.InPart() {
				t.Errorf("%d new, %d refused, %d missing, in part %v (%v); want %d, 1, 1, false", rep.New, rep.Refused, rep.Missing, rep.InPart(), rep.Stopped, want)
			}
			audit := w.site.TakeAudit()
			if n := audit.Repeats(); len(n) > 0 || audit.LeastGap() < time.Second || audit.Parallel != 1 {
				t.Errorf("asked twice for %v, least gap %v, %d at once", n, audit.LeastGap(), audit.Parallel)
			}
			if got := w.query(`SELECT count(*) FROM article_sections WHERE section = '综合新闻'`); got[0] != "51" {
				t.Errorf("%s articles seen in 综合新闻, want its 45 and six that stand in another column, too", got[0])
			}
			if n := audit.Count(w.site.IsArticle); n > 178 {
				t.Errorf("%d article pages asked for, want each article's once whatever columns list it", n)
			}

			w.run()
			if audit = w.site.TakeAudit(); audit.Count(w.site.IsList) > 4 || audit.Count(w.site.IsArticle) != 0 {
				t.Errorf("second run: %d lists and %d articles, want page 1 of three lists and a look for the row whose page is closed", audit.Count(w.site.IsList), audit.Count(w.site.IsArticle))
			}
			w.clock.advance(24 * time.Hour)
			w.site.Publish("综合新闻", w.day(0), 25)
			if rep = w.run(); rep.New != 25 {
				t.Errorf("third run: %d new, want 25", rep.New)
			}
			w.wantWhole()
			if audit = w.site.TakeAudit(); audit.Count(w.site.IsList) > 6 {
				t.Errorf("third run: %d list pages, want few", audit.Count(w.site.IsList))
			}
		})
	}
}

// While one reads a list, articles come and go and its pages shift. What slips from a page to one that has been
// read is found by the totals within days, and by the slow walk over all list pages where totals say nothing.
func TestListsShiftWhileRead(t *testing.T) {
	for name, build := range systems {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "学校要闻")
			build(w.site)
			w.site.Publish("学校要闻", w.day(400), 170)
			n, next := 0, 1001
			w.site.Break(campustest.Fault{On: w.site.IsList, Do: func(http.ResponseWriter, *http.Request) bool {
				switch n++; n {
				case 2, 4:
					w.site.Publish("学校要闻", w.day(0), 3)
				case 3, 5, 6:
					for range 7 {
						w.site.Delete(next)
						next += 8
					}
				}
				return false
			}})
			w.run()
			w.site.Mend()
			for range 2 { // where totals tell that something is amiss
				w.clock.advance(24 * time.Hour)
				w.run()
			}
			for range 2 { // where a row that slipped and one that went cancel out, or no totals are given: the slow walk
				w.clock.advance(280 * 24 * time.Hour)
				w.run()
			}
			live := make(map[string]bool)
			for _, key := range w.query(`SELECT url FROM articles`) {
				live[key] = true
			}
			for _, a := range w.site.Live() {
				if !live[w.srv.URL+w.site.Path(a)] {
					t.Errorf("article %d is not in the archive", a.ID)
				}
			}
		})
	}
}

// A site that counts every visitor, hands out a session in each link, or has a calendar without end is left in the end,
// with what it has.
func TestTraps(t *testing.T) {
	if testing.Short() {
		t.Skip("some thousands of saved addresses")
	}
	// A page of links to pages like itself.
	endless := func(link func(n int) string) func(http.ResponseWriter, *http.Request) bool {
		n := 0
		return func(w http.ResponseWriter, r *http.Request) bool {
			body := `<html><head><title>校历</title></head><body><div class="nav"><a href="/index.htm">首页</a></div><table>`
			for range 30 {
				n++
				body += fmt.Sprintf(`<tr><td><a href="%s">第%d天的安排</a></td></tr>`, link(n), n)
			}
			return campustest.Page(body+`</table><a href="`+link(n+1)+`">下一页</a></body></html>`)(w, r)
		}
	}
	traps := map[string]campustest.Fault{
		"calendar":      {On: campustest.Prefix("/calendar/"), Do: endless(func(n int) string { return fmt.Sprintf("/calendar/%d/%d.htm", 2026+n/12, n%12+1) })},
		"session":       {On: campustest.Prefix("/calendar/"), Do: endless(func(n int) string { return fmt.Sprintf("/calendar/list.htm;jsessionid=%032X", n) })},
		"growing paths": {On: campustest.Prefix("/calendar/"), Do: endless(func(n int) string { return fmt.Sprintf("sub%d/index.htm", n%3) })},
		"redirects on and": {On: campustest.Prefix("/calendar/"), Do: func(w http.ResponseWriter, r *http.Request) bool {
			return campustest.Status(302, "Location", r.URL.Path+"x/")(w, r)
		}},
	}
	for name, trap := range traps {
		t.Run(name, func(t *testing.T) {
			w := small(t, 30, 40)
			w.site.Break(campustest.Fault{On: campustest.Only("/"), Do: campustest.Page(`<html><head><!--Announced by Visual SiteBuilder 9--></head><body>
<div class="nav"><ul><li><a href="/lm1.htm">学校要闻</a></li><li><a href="/calendar/1.htm">校历</a></li></ul></div></body></html>`)})
			w.site.Break(trap)
			rep := w.run()
			if rep.New != 30 {
				t.Errorf("%d new, want the site's 30", rep.New)
			}
			first := w.site.TakeAudit().Count(campustest.Prefix("/calendar/"))
			daily := 0
			for range 2 {
				w.clock.advance(24 * time.Hour)
				w.run()
				daily = max(daily, w.site.TakeAudit().Count(campustest.Prefix("/calendar/")))
			}
			t.Logf("%d pages of the trap in the first run, %d a day at most after it", first, daily)
			if first > 300 || daily > 200 {
				t.Errorf("%d pages of the trap in the first run, %d a day after it: want it to end", first, daily)
			}
		})
	}
}

// One that is blocked is tried again by the next run, with one request if it still refuses.
func TestBlockedIsProbed(t *testing.T) {
	w := small(t, 50, 40)
	w.site.Break(campustest.Fault{Do: campustest.Status(403)})
	for range 3 {
		w.clock.advance(24 * time.Hour)
		rep := w.run()
		n := len(w.site.TakeAudit().Requests)
		if n < 1 || n > 4 || !rep.InPart() {
			t.Errorf("%d requests of a host that refuses all, in part %v; want a few, true", n, rep.InPart())
		}
	}
	w.site.Mend()
	w.clock.advance(24 * time.Hour)
	if rep := w.run(); rep.New != 50 || len(rep.Stopped) > 0 {
		t.Errorf("%d new after it let us in again, stopped %v; want 50, nothing", rep.New, rep.Stopped)
	}
	w.wantWhole()
	if hosts := w.query(`SELECT count(*) FROM captures WHERE status = 403`); slices.Equal(hosts, []string{"0"}) {
		t.Error("no refusal was kept as evidence")
	}
}
