package scraper_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"campusnews/scraper"
	"campusnews/scraper/campustest"
)

// Click counters are asked only when told to, many articles at a time, and an article again after a
// month; what they say becomes a time series.
func TestClicks(t *testing.T) {
	const path = "/system/resource/code/news/click/dynclicksbatch.jsp"
	w := small(t, 45, 0)
	more := 0
	w.site.Break(campustest.Fault{On: campustest.Only(path), Do: func(rw http.ResponseWriter, r *http.Request) bool {
		var counts []string
		for i := range strings.Split(r.URL.Query().Get("clickids"), ",") {
			counts = append(counts, fmt.Sprint(100+i+more))
		}
		fmt.Fprint(rw, strings.Join(counts, ",")+"\r\n")
		return true
	}})
	if rep := w.run(); rep.RequestsBy[scraper.ReasonClicks] > 0 || w.asked("/system/resource/code/") > 0 {
		t.Errorf("%v without being told to", rep.RequestsBy)
	}
	with := func(c *scraper.Config) { c.Clicks = true }
	w.clock.advance(24 * time.Hour)
	w.site.TakeAudit()
	rep := w.run(with)
	if rep.RequestsBy[scraper.ReasonClicks] != 2 || rep.Clicks != 45 || rep.InPart() {
		t.Errorf("%v, %d counts; want 45 in two requests", rep.RequestsBy, rep.Clicks)
	}
	if audit := w.site.TakeAudit(); audit.LeastGap() < time.Second {
		t.Errorf("gap %v", audit.LeastGap())
	}
	if got := w.query(`SELECT count(*) || ' ' || min(count) || ' ' || max(count) FROM clicks`); got[0] != "45 100 139" {
		t.Errorf("clicks: %s", got[0])
	}
	w.clock.advance(24 * time.Hour)
	if rep := w.run(with); rep.RequestsBy[scraper.ReasonClicks] != 0 {
		t.Errorf("%v on the next day, want no counter", rep.RequestsBy)
	}
	w.clock.advance(31 * 24 * time.Hour)
	more = 1000
	w.run(with)
	if got := w.query(`SELECT count(*) FROM clicks GROUP BY article ORDER BY 1 LIMIT 1`); got[0] != "2" {
		t.Errorf("%s counts of an article after a month, want a second", got[0])
	}
	if rep := w.run(with); rep.ClicksUnread != "each article was asked for within the last 30 days" {
		t.Errorf("asked again at once: unread for %q", rep.ClicksUnread)
	}
	// They are evidence like any page: a database made again of the WARC files has them.
	const all = `SELECT a.key || ' ' || seen || ' ' || count FROM clicks JOIN articles a ON a.id = article ORDER BY 1`
	if got, want := w.rebuilt().query(all), w.query(all); len(want) != 90 || !slices.Equal(got, want) {
		t.Errorf("rebuilt: %d counts %.300q, want %d %.300q", len(got), got, len(want), want)
	}
}

// A counter that answers with a page is asked once a run, and robots.txt holds for it.
func TestClicksRefused(t *testing.T) {
	w := small(t, 90, 0)
	w.site.Break(campustest.Fault{On: campustest.Prefix("/system/resource/code/"), Do: campustest.Page("<html>请稍后再试</html>")})
	if rep := w.run(func(c *scraper.Config) { c.Clicks = true }); rep.RequestsBy[scraper.ReasonClicks] != 1 || rep.Clicks != 0 || !strings.Contains(rep.ClicksUnread, "no list of numbers") {
		t.Errorf("%v, %d counts, unread for %q; want one request and none", rep.RequestsBy, rep.Clicks, rep.ClicksUnread)
	}
	w.site.SetRobots("User-agent: *\nDisallow: /system/\n")
	w.clock.advance(25 * time.Hour)
	w.site.TakeAudit()
	if rep := w.run(func(c *scraper.Config) { c.Clicks = true }); w.asked("/system/") > 0 || rep.Clicks != 0 || rep.ClicksUnread != "robots.txt forbids it" {
		t.Errorf("%d asked against robots.txt; unread for %q", w.asked("/system/"), rep.ClicksUnread)
	}
}

// Where there is no counter that can be read, the report says why, and nothing is asked.
func TestClicksUnread(t *testing.T) {
	w := newWorld(t, "学校要闻")
	w.site.System = campustest.WebPlus
	w.site.Publish("学校要闻", w.day(0), 3)
	rep := w.run(func(c *scraper.Config) { c.Clicks = true })
	if rep.New != 3 || rep.RequestsBy[scraper.ReasonClicks] != 0 || !strings.Contains(rep.ClicksUnread, "WebPlus answer only to POST") || rep.InPart() {
		t.Errorf("%d new, %v, unread for %q", rep.New, rep.RequestsBy, rep.ClicksUnread)
	}
	if rep := w.run(); rep.ClicksUnread != "" {
		t.Errorf("unread for %q without being asked for", rep.ClicksUnread)
	}
}

// Two articles with one counter are asked for once: each time counts as a view.
func TestClicksTwins(t *testing.T) {
	w := small(t, 5, 0)
	w.run()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "archive.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE articles SET click_id = (SELECT min(click_id) FROM articles)`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	w.clock.advance(24 * time.Hour)
	var ids []string
	w.site.Break(campustest.Fault{On: campustest.Prefix("/system/resource/code/"), Do: func(rw http.ResponseWriter, r *http.Request) bool {
		ids = append(ids, r.URL.Query().Get("clickids"))
		fmt.Fprint(rw, "17")
		return true
	}})
	rep := w.run(func(c *scraper.Config) { c.Clicks, c.Revisit = true, scraper.RevisitNone })
	if len(ids) != 1 || strings.Contains(ids[0], ",") || rep.Clicks != 1 {
		t.Errorf("asked for %q, %d counts; want one", ids, rep.Clicks)
	}
	if got := w.query(`SELECT count(*) || ' ' || min(count) FROM clicks`); got[0] != "5 17" {
		t.Errorf("clicks: %s, want one for each article", got[0])
	}
}

func TestClicksAnswers(t *testing.T) {
	const at = "http://n.example.edu.cn/system/resource/code/news/click/dynclicksbatch.jsp?owner=1&clicktype=wbnews&clickids=7,8"
	for body, want := range map[string]int{"12,30": 2, " 12 ,30\n": 2, "12": 0, "12,x": 0, "12,-1": 0, "": 0, "<html>": 0, "12,99999999999999999999": 0} {
		if got := scraper.Clicks(at, []byte(body)); len(got) != want {
			t.Errorf("%q: %+v, want %d", body, got, want)
		}
	}
}
