package scraper_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"campusnews/scraper"
	"campusnews/scraper/campustest"
)

// A walk over a list whose server does not heed page numbers ends within a few pages, says in the report why, and
// takes no article for gone: neither at once nor in the days after it.
func TestListThatDoesNotTurn(t *testing.T) {
	const rows, pages = 10, 12
	row := func(id int) string {
		return fmt.Sprintf(`<li id="line_u9_%d"><span>%s</span><a href="/info/1001/%d.htm" title="%[4]s">%[4]s</a></li>`, id, "2026-01-02", id, campustest.Title(campustest.Article{ID: id}))
	}
	// page gives a list's page with the rows of those ids; next is the number that its link to the next page has.
	page := func(n, next int, ids []int) string {
		s := `<html><head><title>学校要闻</title><!--Announced by Visual SiteBuilder 9--></head><body><div class="nav"><ul><li><a href="/index.htm">首页</a></li></ul></div><ul>`
		for _, id := range ids {
			s += row(id)
		}
		s += fmt.Sprintf(`</ul><div class="pb_sys_common"><span class="p_t">共%d条</span><span class="p_pages"><span class="p_no_d">%d</span><span class="p_no"><a href="/list.jsp?p=%d">%[3]d</a></span>`, rows*pages, n, next)
		return s + fmt.Sprintf(`<span class="p_next p_fun"><a href="/list.jsp?p=%d">下页</a></span></span></div></body></html>`, next)
	}
	ids := func(n int) (all []int) {
		for i := range rows {
			all = append(all, 1001+(n-1)*rows+i)
		}
		return all
	}
	var random *rand.Rand
	for name, tt := range map[string]struct {
		answer func(n int) string
		last   int // pages that are read in earnest
		ended  string
	}{
		"page 1 as it is for each number": {func(int) string { return page(1, 2, ids(1)) }, 1, "p=2 shows the same rows as the page before it"},
		"page 1's rows for each number":   {func(n int) string { return page(n, n+1, ids(1)) }, 1, "p=2 shows the same rows as the page before it"},
		"page 1's rows, shuffled": {func(n int) string {
			all := ids(1)
			random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			return page(n, n+1, all)
		}, 1, "p=4 is one of 3 in a row"},
		"page 1 beyond the end": {func(n int) string {
			if n > pages {
				return page(1, 2, ids(1))
			}
			return page(n, n+1, ids(n))
		}, pages, ""},
		"page 1's rows beyond the end": {func(n int) string {
			if n > pages {
				return page(n, n+1, ids(1))
			}
			return page(n, n+1, ids(n))
		}, pages, "p=14 shows the same"},
		"the last page beyond the end": {func(n int) string { return page(min(n, pages), min(n, pages)+1, ids(min(n, pages))) }, pages, "p=13 shows the same"},
		"the last page's rows":         {func(n int) string { return page(n, n+1, ids(min(n, pages))) }, pages, "p=13 shows the same"},
		"rows of all, at random": {func(n int) string {
			if n <= pages {
				return page(n, n+1, ids(n))
			}
			return page(n, n+1, ids(1+random.IntN(pages)))
		}, pages, "p=15 is one of 3"},
	} {
		t.Run(name, func(t *testing.T) {
			random = rand.New(rand.NewPCG(1, 2))
			w := newWorld(t, "学校要闻")
			w.site.Publish("学校要闻", w.day(40), rows*pages)
			list := func(path string) bool { return strings.HasPrefix(path, "/list.jsp") || path == "/lm1.htm" }
			w.site.Break(campustest.Fault{On: list, Do: func(rw http.ResponseWriter, r *http.Request) bool {
				n, err := strconv.Atoi(r.URL.Query().Get("p"))
				if err != nil {
					n = 1
				}
				return campustest.Page(tt.answer(n))(rw, r)
			}})
			w.cfg.Site.Sections = []scraper.Section{{Name: "学校要闻", URL: w.srv.URL + "/lm1.htm"}}
			rep := w.run()
			read := w.site.TakeAudit().Count(list)
			section := rep.Sections["学校要闻"]
			unread := rows*pages - rep.New
			if !strings.Contains(section.Ended, tt.ended) || (section.Ended == "") != (tt.ended == "") || section.Unread != unread || rep.InPart() != (unread > 0) {
				t.Errorf("ended for %q with %d unread, in part %v; want %q, %d", section.Ended, section.Unread, rep.InPart(), tt.ended, unread)
			}
			if read > tt.last+4 {
				t.Errorf("%d list pages asked for, want %d and a few", read, tt.last)
			}
			if rep.New != tt.last*rows {
				t.Errorf("%d new, want %d", rep.New, tt.last*rows)
			}
			for range 4 {
				w.clock.advance(5 * 24 * time.Hour)
				rep := w.run(func(c *scraper.Config) { c.Full = true })
				if read := w.site.TakeAudit().Count(list); rep.Missing+rep.Gone > 0 || read > tt.last+16 {
					t.Fatalf("%d missing, %d gone, %d list pages in a full run", rep.Missing, rep.Gone, read)
				}
			}
			if lost := w.query(`SELECT url FROM articles WHERE state <> 'kept'`); len(lost) > 0 {
				t.Errorf("not kept: %s", strings.Join(lost, " "))
			}
		})
	}
}
