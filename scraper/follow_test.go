package scraper_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"campusnews/scraper"
	"campusnews/scraper/campustest"
)

// chain publishes articles of which each is linked to from the one before alone, and the first from the home page.
func chain(w *world, site *campustest.Plain, n int) {
	for i := range n {
		var links []string
		if i+1 < n {
			links = []string{fmt.Sprintf("/a/%d.html", i+1), "/", "http://elsewhere.example.edu.cn/x.html"}
		}
		site.Publish(fmt.Sprintf("/a/%d.html", i), w.day(400+i), links...)
	}
}

// A site that nothing but links leads through is followed to the depth asked for, each address once; on the next
// day little is asked for, and what appears behind an article that is looked at again is found.
func TestFollow(t *testing.T) {
	w, site := plainWorld(t)
	chain(w, site, 8)
	rep := w.run()
	if rep.New != 3 || rep.InPart() {
		t.Errorf("%d new, %v; want those within three links", rep.New, rep.RequestsBy)
	}
	audit := w.site.TakeAudit()
	if audit.LeastGap() < time.Second {
		t.Errorf("gap %v", audit.LeastGap())
	}
	for p, k := range audit.Repeats() {
		t.Errorf("%s asked for %d times", p, k)
	}
	if got := w.query(`SELECT url FROM frontier WHERE url LIKE '%elsewhere%'`); len(got) > 0 {
		t.Errorf("%q are none of the site's pages", got)
	}
	w.clock.advance(24 * time.Hour)
	if rep = w.run(); rep.New != 0 || rep.Requests > 2 {
		t.Errorf("%d new, %v on the next day; want the home page and robots.txt", rep.New, rep.RequestsBy)
	}
	for _, depth := range []int{1, 6, 20} {
		w, site := plainWorld(t)
		chain(w, site, 8)
		if rep := w.run(func(c *scraper.Config) { c.MaxDepth = depth }); rep.New != min(depth, 8) {
			t.Errorf("%d new within %d links", rep.New, depth)
		}
	}
	site.Publish("/a/today.html", w.day(0), "/a/later.html")
	w.site.Break(campustest.Fault{On: campustest.Only("/"), Do: campustest.Page(`<html><head><title>测试大学</title></head><body><p><a href="/a/today.html">今天</a></p></body></html>`)})
	w.run()
	site.Publish("/a/later.html", w.day(0))
	w.clock.advance(25 * time.Hour)
	if rep = w.run(); w.asked("/a/later.html") == 0 {
		t.Errorf("%v: what a young article leads to is not looked for again", rep.RequestsBy)
	}
}

// Where a feed leads to the articles their links are followed only when told to.
func TestFollowBesideFeed(t *testing.T) {
	w, site := plainWorld(t)
	chain(w, site, 5)
	site.Publish("/p/other.html", w.day(2))
	site.Publish("/p/newest.html", w.day(1), "/p/other.html")
	site.Feed = 1
	if rep := w.run(); rep.New != 1 || rep.Followed != 0 || w.asked("/p/other.html") > 0 {
		t.Errorf("%d new, %d followed without being told to; want the feed's one", rep.New, rep.Followed)
	}
	w, site = plainWorld(t)
	site.Publish("/p/older.html", w.day(9))
	site.Publish("/p/newest.html", w.day(1), "/p/older.html")
	site.Publish("/p/feed.html", w.day(0), "/p/newest.html")
	site.Feed = 1
	if rep := w.run(func(c *scraper.Config) { c.Follow, c.MaxDepth = true, 4 }); rep.New != 3 || rep.Followed != 2 {
		t.Errorf("%d new, %d followed; want all", rep.New, rep.Followed)
	}
	w.clock.advance(time.Hour)
	if rep := w.run(); rep.Followed != 0 {
		t.Errorf("%d followed without being told to", rep.Followed)
	}
}

// An address that was found far from home and then near it is near.
func TestFollowShortestWay(t *testing.T) {
	w, site := plainWorld(t)
	hub := func(links string) func(http.ResponseWriter, *http.Request) bool {
		return campustest.Page(`<html><head><title>测试大学</title></head><body><p>` + links + `</p></body></html>`)
	}
	w.site.Break(campustest.Fault{On: campustest.Only("/"), Do: hub(`<a href="/one.html">学院</a><a href="/a/0.html">校史</a>`)})
	w.site.Break(campustest.Fault{On: campustest.Only("/one.html"), Do: hub(`<a href="/two.html">系</a>`)})
	w.site.Break(campustest.Fault{On: campustest.Only("/two.html"), Do: hub(`<a href="/a/1.html">人物</a>`)})
	chain(w, site, 3) // home → 0 → 1 → 2 is three links, by the hubs it is four
	if rep := w.run(); rep.New != 3 {
		t.Errorf("%d new, want all three", rep.New)
	}
}

// A calendar linked to from an article is left in the end, and a run of many days is not spent on it.
func TestFollowTraps(t *testing.T) {
	w, site := plainWorld(t)
	chain(w, site, 3)
	site.Publish("/a/plan.html", w.day(500), "/calendar?year=2026&month=3")
	w.site.Break(campustest.Fault{On: campustest.Only("/"), Do: campustest.Page(`<html><head><title>测试大学</title></head><body><p><a href="/a/plan.html">校历</a><a href="/a/0.html">校史</a></p></body></html>`)})
	w.site.Break(campustest.Fault{On: campustest.Only("/calendar"), Do: func(rw http.ResponseWriter, r *http.Request) bool {
		var year, month int
		fmt.Sscanf(r.URL.RawQuery, "year=%d&month=%d", &year, &month)
		if month >= 1000 { // a made-up one: else all would be taken for what it answers to those
			http.NotFound(rw, r)
			return true
		}
		fmt.Fprint(rw, `<html><head><title>校历</title></head><body><table>`)
		for i := range 40 {
			fmt.Fprintf(rw, `<td><a href="/calendar?year=%d&month=%d">第%d周</a></td>`, year+i, (month*7+i)%1000, i)
		}
		fmt.Fprint(rw, `</table></body></html>`)
		return true
	}})
	deep := func(c *scraper.Config) { c.MaxDepth, c.Delay = 9, time.Millisecond }
	rep := w.run(deep)
	first := w.site.TakeAudit().Count(campustest.Prefix("/calendar"))
	if first > 110 || rep.New != 4 || rep.Trapped == 0 {
		t.Errorf("%d pages of the calendar, %d new, %d trapped; want a hundred and all articles", first, rep.New, rep.Trapped)
	}
	daily := 0
	for range 10 {
		w.clock.advance(24 * time.Hour)
		w.run(deep)
		daily = max(daily, w.site.TakeAudit().Count(campustest.Prefix("/calendar")))
	}
	if daily > 40 {
		t.Errorf("%d pages of the calendar on a later day", daily)
	}
	t.Logf("%d pages of the calendar in the first run, %d a day at most after it", first, daily)
}

// A run within a budget goes on where the last one ended.
func TestFollowBudget(t *testing.T) {
	w, site := plainWorld(t)
	var all []string
	for i := range 30 {
		all = append(all, fmt.Sprintf("/b/%d.html", i))
	}
	site.Publish("/a/first.html", w.day(100), all...)
	for i, path := range all {
		site.Publish(path, w.day(101+i))
	}
	some := func(c *scraper.Config) { c.Budget = 12 }
	total, runs := 0, 0
	for total < 31 && runs < 6 {
		rep := w.run(some)
		total += rep.New
		runs++
		if rep.Requests > 14 {
			t.Errorf("%d requests within a budget of 12", rep.Requests)
		}
		w.clock.advance(time.Hour)
	}
	if total != 31 || runs > 5 {
		t.Errorf("%d new in %d runs, want all 31", total, runs)
	}
	for p, k := range w.site.TakeAudit().Repeats() {
		if p != "/" && p != "/robots.txt" && p != "/sitemap.xml" {
			t.Errorf("%s asked for %d times", p, k)
		}
	}
}
