package scraper_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"campusnews/scraper"
	"campusnews/scraper/campustest"
)

// A run asks for robots.txt, then lists, then new articles, then articles to be looked at again, then files; so that
// one that is ended early has what matters most. The audit tells.
func TestPriority(t *testing.T) {
	for name, build := range systems {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "学校要闻", "综合新闻")
			build(w.site)
			w.site.Publish("学校要闻", w.day(0), 30)
			w.run()
			w.site.TakeAudit()
			w.clock.advance(24 * time.Hour)
			w.site.Media = true // from now on pages have pictures and attachments, those of yesterday, too
			known := make(map[string]bool)
			for _, a := range w.site.Live() {
				known[w.site.Path(a)] = true
			}
			w.site.Publish("学校要闻", w.day(-1), 30)
			w.site.Publish("综合新闻", w.day(-1), 5)
			w.run()
			class := func(path string) int {
				switch {
				case path == "/robots.txt":
					return 0
				case w.site.IsArticle(path) && known[path]:
					return 3
				case w.site.IsArticle(path):
					return 2
				case strings.HasPrefix(path, "/__local/") || strings.HasPrefix(path, "/system/"):
					return 4
				}
				return 1 // home page, sitemaps, lists
			}
			var order []int
			count := make(map[int]int)
			for _, r := range w.site.TakeAudit().Requests {
				order = append(order, class(r.Path))
				count[class(r.Path)]++
			}
			if !slices.IsSorted(order) {
				t.Errorf("asked in the order %v, want robots.txt (0), lists (1), new articles (2), others (3), files (4)", order)
			}
			if count[0] != 1 || count[1] < 4 || count[2] != 35 || count[3] < 20 || count[4] < 20 {
				t.Errorf("requests by kind: %v, want some of each", count)
			}
		})
	}
}

// What robots.txt says of sitemaps, and of what they list: it may name several anywhere, those out of scope are left alone, what it forbids
// is not asked for, be it a sitemap that it names or a page that one lists.
func TestSitemapsAndRobots(t *testing.T) {
	w, site := plainWorld(t)
	for i := range 6 {
		site.Publish(fmt.Sprintf("/a/%d.html", i), w.day(20-i))
		site.Publish(fmt.Sprintf("/inner/%d.html", i), w.day(20-i))
	}
	list := func(paths ...string) func(http.ResponseWriter, *http.Request) bool {
		return func(rw http.ResponseWriter, r *http.Request) bool {
			rw.Header().Set("Content-Type", "application/xml")
			fmt.Fprint(rw, `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
			for _, p := range paths {
				fmt.Fprintf(rw, "<url><loc>http://%s%s</loc></url>", r.Host, p)
			}
			fmt.Fprint(rw, "</urlset>")
			return true
		}
	}
	w.site.Break(campustest.Fault{On: campustest.Only("/robots.txt"), Do: func(rw http.ResponseWriter, r *http.Request) bool {
		rw.Header().Set("Content-Type", "text/plain")
		fmt.Fprintf(rw, "Sitemap: http://%[1]s/one.xml\nUser-agent: *\nDisallow: /inner/\nDisallow: /maps/\nsitemap:http://%[1]s/two.xml # the other\nSitemap: http://%[1]s/maps/three.xml\n"+
			"Sitemap: http://elsewhere.invalid/four.xml\nSitemap: /five.xml\nSitemap:\n", r.Host)
		return true
	}})
	w.site.Break(campustest.Fault{On: campustest.Only("/one.xml"), Do: list("/a/0.html", "/a/1.html", "/inner/0.html", "/inner/1.html")})
	w.site.Break(campustest.Fault{On: campustest.Only("/two.xml"), Do: list("/a/1.html", "/a/2.html", "/inner/2.html")})
	w.site.Break(campustest.Fault{On: campustest.Only("/maps/three.xml"), Do: list("/a/3.html")})
	w.site.Break(campustest.Fault{On: campustest.Only("/five.xml"), Do: list("/a/5.html")})
	rep := w.run()
	audit := w.site.TakeAudit()
	if audit.Count(campustest.Prefix("/inner/"))+audit.Count(campustest.Prefix("/maps/")) > 0 {
		t.Error("asked for what robots.txt forbids")
	}
	for _, p := range []string{"/one.xml", "/two.xml", "/a/0.html", "/a/1.html", "/a/2.html"} {
		if n := audit.Count(campustest.Only(p)); n != 1 {
			t.Errorf("%s was asked for %d times, want once", p, n)
		}
	}
	if audit.Count(campustest.Only("/a/3.html"))+audit.Count(campustest.Only("/five.xml")) > 0 {
		t.Error("knows what only the forbidden sitemap lists, or one without a whole address")
	}
	if rep.New != 3 || rep.Refused != 4 || rep.InPart() {
		t.Errorf("%d new, %d refused, in part %v; want 3, a sitemap and 3 pages, false: %v %v", rep.New, rep.Refused, rep.InPart(), rep.Stopped, rep.Failures)
	}
	if got := w.query(`SELECT count(*) FROM frontier WHERE url LIKE '%/inner/%' AND state = 'refused'`); got[0] != "3" {
		t.Errorf("%s forbidden pages noted as refused, want 3", got[0])
	}

	// A robots.txt that cannot be had: neither sitemaps nor pages, until it can.
	w.clock.advance(48 * time.Hour)
	w.site.Break(campustest.Fault{On: campustest.Only("/robots.txt"), Do: campustest.Status(503)})
	rep = w.run()
	if n := w.site.TakeAudit().Count(func(p string) bool { return p != "/robots.txt" }); n > 0 || !rep.InPart() {
		t.Errorf("%d requests while robots.txt cannot be had, in part %v", n, rep.InPart())
	}
}

// A budget goes to what matters most.
func TestPriorityWithinBudget(t *testing.T) {
	w := newWorld(t, "学校要闻")
	w.site.Publish("学校要闻", w.day(0), 30)
	w.run()
	w.clock.advance(24 * time.Hour)
	w.site.Publish("学校要闻", w.day(-1), 10)
	w.site.TakeAudit()
	rep := w.run(func(c *scraper.Config) { c.Budget = 14 })
	if rep.New != 10 || !rep.Exhausted {
		t.Errorf("%d new of 14 requests, want all 10: %v", rep.New, rep.RequestsBy)
	}
}
