package scraper_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"campusnews/scraper"
	"campusnews/scraper/campustest"
)

// However much is due of a host that is down, the other hosts of the site are read in the same run. What could not be
// asked for does not count as failed, and comes when the host is up again.
func TestDeadHostBesideALiveOne(t *testing.T) {
	w := newWorld(t, "学校要闻")
	w.site.Publish("学校要闻", w.day(40), 5)
	dead := httptest.NewServer(w.door)
	old := strings.Replace(dead.URL, "127.0.0.1", "localhost", 1)
	dead.Close()
	const many = 1300
	var list strings.Builder
	list.WriteString(`<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for i := range many {
		fmt.Fprintf(&list, "<url><loc>%s/info/1001/%d.htm</loc></url>", old, 5000+i)
	}
	for _, a := range w.site.Live() {
		fmt.Fprintf(&list, "<url><loc>%s%s</loc></url>", w.srv.URL, w.site.Path(a))
	}
	list.WriteString(`</urlset>`)
	w.site.Break(campustest.Fault{On: campustest.Only("/map.xml"), Do: campustest.Page(list.String())})
	w.cfg.Site.Feeds = []string{w.srv.URL + "/map.xml"}
	w.cfg.Site.Sections = []scraper.Section{{Name: "专题", URL: w.srv.URL + "/empty.htm"}}
	w.cfg.Site.Hosts = []string{strings.TrimPrefix(w.srv.URL, "http://"), strings.TrimPrefix(old, "http://")}
	rep := w.run(func(c *scraper.Config) { c.Full = true })
	if rep.New != 5 || rep.Postponed != many || !rep.InPart() {
		t.Errorf("%d new, %d postponed, in part %v; want 5, %d, true", rep.New, rep.Postponed, rep.InPart(), many)
	}
	if got := w.query(`SELECT count(*) FROM frontier WHERE url LIKE ? AND state = 'new' AND failures = 0 AND due <= ?`, old+"/info/%", w.clock.now().Add(2*time.Hour).Format(time.RFC3339)); got[0] != fmt.Sprint(many) {
		t.Errorf("%s of them stand as before, want %d", got[0], many)
	}
}
