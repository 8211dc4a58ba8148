package scraper_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/campustest"
)

// What sites answer, with status 200, for an address that has nothing, in words that no rule knows.
var softPages = map[string]func(http.ResponseWriter, *http.Request) bool{
	"an article of its own": campustest.Page(vsbPage("测试大学新闻网", `<h2>测试大学新闻网</h2><div id="vsb_content"><div class="v_news_content">
<p>很抱歉，这里现在什么也看不到了，请从首页继续浏览本站的其他新闻，或者过一段时间再来。</p><p>如有疑问，请与学校党委宣传部联系，我们将尽快答复。</p></div></div>`)),
	"a page with the menu": campustest.Page(vsbPage("测试大学新闻网", `<div class="nav"><a href="/index.htm">首页</a> <a href="/lm1.htm">学校要闻</a></div><div class="box">这一页正在建设之中，去别处看看吧。</div>`)),
	"the home page":        campustest.Status(302, "Location", "/"),
	"with the address asked for": func(w http.ResponseWriter, r *http.Request) bool {
		return campustest.Page(vsbPage("测试大学新闻网", fmt.Sprintf(`<h2>测试大学新闻网</h2><div id="vsb_content"><div class="v_news_content">
<p>很抱歉，这里现在什么也看不到了，请从首页继续浏览本站的其他新闻，或者过一段时间再来。您要的是 %s。</p></div></div>`, r.URL.Path)))(w, r)
	},
}

func vsbPage(title, body string) string {
	return `<html><head><title>` + title + `</title><!--Announced by Visual SiteBuilder 9--></head><body>` + body + `</body></html>`
}

// isMadeUp says whether a path is that of an article that never was.
func isMadeUp(path string) bool {
	return strings.HasPrefix(path, "/info/1001/9") && len(path) > len("/info/1001/1001.htm")
}

// An article that turns into the page that its site answers for anything is missing, then gone, and never a
// new version; the site is asked for a made-up address once a week at most.
func TestSoft404LearnedFromTheSite(t *testing.T) {
	for name, page := range softPages {
		t.Run(name, func(t *testing.T) {
			w := small(t, 5, 0)
			w.site.NotFound = page
			w.run()
			if n := w.site.TakeAudit().Count(isMadeUp); n != 0 {
				t.Errorf("first run asked for %d made-up addresses, want none: all articles are what their list says", n)
			}
			w.site.Delete(1002)
			gone, missing, changed := 0, 0, 0
			for _, days := range []time.Duration{1, 2, 4, 7, 3} {
				w.clock.advance(days * 24 * time.Hour)
				rep := w.run()
				gone, missing, changed = gone+rep.Gone, missing+rep.Missing, changed+rep.Changed
			}
			audit := w.site.TakeAudit()
			if gone != 1 || missing < 2 || changed > 0 {
				t.Errorf("gone %d times after %d visits, %d changed; want once after some, and none", gone, missing, changed)
			}
			if n := audit.Count(isMadeUp); n < 1 && name != "the home page" || n > 3 { // an article that leads home needs no comparing
				t.Errorf("%d made-up addresses in 17 days, want one a week at most", n)
			}
			if audit.LeastGap() < time.Second || audit.Parallel != 1 {
				t.Errorf("least gap %v, %d at once", audit.LeastGap(), audit.Parallel)
			}
			if got := w.query(`SELECT state || ' ' || revision FROM articles WHERE key LIKE '%1002'`); len(got) != 1 || got[0] != "gone 1" {
				t.Errorf("the article is %q, want gone, in its one version", got)
			}
			if got := w.query(`SELECT count(*) FROM events e JOIN captures c ON c.id = e.capture WHERE c.status IN (200, 302) AND e.event IN ('missing', 'gone')`); got[0] != "2" {
				t.Errorf("%s events with evidence, want missing and gone", got[0])
			}
			if got := w.query(`SELECT count(*) FROM articles`); got[0] != "5" {
				t.Errorf("%s articles, want the site's five", got[0])
			}
			// A database made again from the evidence says the same.
			again := w.rebuilt()
			const all = `SELECT key || ' ' || state || ' ' || revision || ' ' || digest FROM articles ORDER BY key`
			if got, want := again.query(all), w.query(all); !slices.Equal(got, want) {
				t.Errorf("rebuilt: %q, want %q", got, want)
			}
			w.site.Restore(1002)
			w.clock.advance(280 * 24 * time.Hour) // the slow walk has come by
			if rep := w.run(); rep.Returned != 1 {
				t.Errorf("returned %d times, want once", rep.Returned)
			}
			w.wantWhole()
		})
	}
}

// rebuilt gives an archive whose database was made of the evidence of w's alone.
func (w *world) rebuilt() *world {
	w.t.Helper()
	again := &world{t: w.t, dir: filepath.Join(campustest.TempDir(w.t), "again")}
	if err := os.CopyFS(filepath.Join(again.dir, "warc"), os.DirFS(filepath.Join(w.dir, "warc"))); err != nil {
		w.t.Fatal(err)
	}
	read := archive.RebuildOptions{Reader: func(archive.Site) (scraper.Reader, error) { return extract.New(), nil }}
	if _, err := archive.Rebuild(w.t.Context(), again.dir, read, func(fault string) { w.t.Error(fault) }); err != nil {
		w.t.Fatal(err)
	}
	return again
}

// A row that leads to nothing from the start makes no article.
func TestSoft404OfANewRow(t *testing.T) {
	w := small(t, 5, 0)
	w.site.NotFound = softPages["an article of its own"]
	w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1003.htm"), Do: w.site.NotFound})
	if rep := w.run(); rep.New != 4 || rep.Missing != 1 || rep.RequestsBy[scraper.ReasonProbe] != 1 {
		t.Errorf("%d new, %d missing, %d made-up addresses; want 4, 1, 1", rep.New, rep.Missing, rep.RequestsBy[scraper.ReasonProbe])
	}
}

// Short pages, pictures without a word and new titles are articles like any other, however much they resemble a notice.
func TestSoft404DoesNotMisfire(t *testing.T) {
	article := func(title, body string) string {
		return vsbPage(title+"-测试大学新闻网", fmt.Sprintf(`<h2>%s</h2><div class="meta">发布时间：2026-03-09</div><div id="vsb_content"><div class="v_news_content">%s</div></div>`, title, body))
	}
	pages := map[string]string{
		"/info/1001/1001.htm": article("测试大学新闻网", `<p class="vsbcontent_img"><img src="/__local/1.jpg" width="600"></p>`),
		"/info/1001/1002.htm": article("讣告", "<p>很抱歉，这里现在什么也看不到了。</p>"),
		"/info/1001/1003.htm": article("停水通知", "<p>明天停水。</p>"),
		"/info/1001/1004.htm": article("测试大学新闻网", "<p>很抱歉，这里现在什么也看不到了，请从首页继续浏览本站的其他新闻，或者过一段时间再来。</p>"),
	}
	for name, absent := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"soft": softPages["an article of its own"], "honest": nil, "forbidden": softPages["an article of its own"],
	} {
		t.Run(name, func(t *testing.T) {
			w := small(t, 6, 0)
			w.site.NotFound = absent
			if name == "forbidden" {
				w.site.SetRobots("User-agent: *\nDisallow: /info/1001/9\n")
			}
			for p, body := range pages {
				w.site.Break(campustest.Fault{On: campustest.Only(p), Do: campustest.Page(body)})
			}
			rep := w.run()
			if rep.New != 6 || rep.Missing > 0 {
				t.Errorf("%d new, %d missing; want all six", rep.New, rep.Missing)
			}
			for _, days := range []time.Duration{1, 1, 2, 4} {
				w.clock.advance(days * 24 * time.Hour)
				if rep := w.run(); rep.Missing > 0 || rep.Changed > 0 {
					t.Errorf("%d missing, %d changed; want none", rep.Missing, rep.Changed)
				}
			}
			want := 2 // in eight days
			if name == "forbidden" {
				want = 0
			}
			if n := w.site.TakeAudit().Count(isMadeUp); n != want {
				t.Errorf("%d made-up addresses asked for, want %d", n, want)
			}
		})
	}
}
