package scraper_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"campusnews/scraper"
	"campusnews/scraper/campustest"
)

// Sitemaps on another host, named in robots.txt or in an index: one that is in scope is read, with what it lists of the site
// (sitemaps.org, "Sitemaps & Cross Submits"); one that is not is asked for nothing, and the report names it.
func TestSitemapOnAnotherHost(t *testing.T) {
	xml := func(format string, args ...any) func(http.ResponseWriter, *http.Request) bool {
		return func(rw http.ResponseWriter, _ *http.Request) bool {
			rw.Header().Set("Content-Type", "application/xml")
			fmt.Fprintf(rw, `<?xml version="1.0"?>`+format, args...)
			return true
		}
	}
	const namespace = `xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"`
	for name, inScope := range map[string]bool{"in scope": true, "out of scope": false} {
		t.Run(name, func(t *testing.T) {
			w, site := plainWorld(t)
			for i := range 3 {
				site.Publish(fmt.Sprintf("/a/%d.html", i), w.day(20-i))
			}
			other := newWorld(t)
			otherHost := strings.Replace(strings.TrimPrefix(other.srv.URL, "http://"), "127.0.0.1", "localhost", 1)
			host := strings.TrimPrefix(w.srv.URL, "http://")
			w.site.Break(campustest.Fault{On: campustest.Only("/robots.txt"), Do: campustest.Page(fmt.Sprintf("Sitemap: http://%s/map.xml\nSitemap: http://%s/index.xml\n", otherHost, host))})
			w.site.Break(campustest.Fault{On: campustest.Only("/index.xml"), Do: xml(`<sitemapindex %s><sitemap><loc>http://%s/part.xml</loc></sitemap></sitemapindex>`, namespace, otherHost)})
			other.site.Break(campustest.Fault{On: campustest.Only("/map.xml"), Do: xml(`<urlset %s><url><loc>http://%s/a/0.html</loc></url></urlset>`, namespace, host)})
			other.site.Break(campustest.Fault{On: campustest.Only("/part.xml"), Do: xml(`<urlset %[1]s><url><loc>http://%[2]s/a/1.html</loc></url><url><loc>http://%[2]s/a/2.html</loc></url></urlset>`, namespace, host)})
			rep := w.run(func(c *scraper.Config) {
				c.Site.Hosts = []string{host}
				if inScope {
					c.Site.Hosts = append(c.Site.Hosts, otherHost)
				}
			})
			asked := len(other.site.TakeAudit().Requests)
			if inScope {
				if rep.New != 3 || rep.Feeds.LeftOut != 0 || asked != 3 {
					t.Errorf("%d new, %+v, %d requests there; want 3 articles by robots.txt and two sitemaps", rep.New, rep.Feeds, asked)
				}
				return
			}
			want := "http://" + otherHost + "/map.xml http://" + otherHost + "/part.xml"
			if got := strings.Join(rep.Feeds.Elsewhere, " "); rep.Feeds.LeftOut != 2 || got != want || asked != 0 || rep.InPart() {
				t.Errorf("%d left out (%s), %d requests there, in part %v; want those two told, none, false", rep.Feeds.LeftOut, got, asked, rep.InPart())
			}
		})
	}
}
