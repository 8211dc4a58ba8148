package scraper_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"campusnews/scraper"
	"campusnews/scraper/campustest"
)

// small gives a world of one section with n articles, crawled or not.
func small(t *testing.T, n, daysAgo int) *world {
	w := newWorld(t, "学校要闻")
	w.site.Publish("学校要闻", w.day(daysAgo), n)
	return w
}

func (w *world) target(path, column string) string {
	w.t.Helper()
	got := w.query(`SELECT `+column+` FROM frontier WHERE url = ?`, w.srv.URL+path)
	if len(got) != 1 {
		w.t.Fatalf("%d targets for %s, want one", len(got), path)
	}
	return got[0]
}

// A run that robots.txt does not even let begin is not done: somebody who reads only the exit status must hear of it.
func TestRobotsForbidAll(t *testing.T) {
	w := small(t, 3, 40)
	w.site.SetRobots("User-agent: *\nDisallow: /\n")
	rep := w.run()
	if n := w.site.TakeAudit().Count(campustest.Prefix("/")); n != 1 || !rep.InPart() || rep.Failures["robots.txt forbids it"].Pages == 0 {
		t.Errorf("%d requests, in part %v, failures %v; want robots.txt alone and to be told", n, rep.InPart(), rep.Failures)
	}
	w.site.SetRobots("User-agent: *\nDisallow: /info/1001/1002.htm\n")
	w.clock.advance(25 * time.Hour)
	if rep := w.run(); rep.New != 2 || rep.InPart() || rep.Refusals["robots.txt forbids it"] != (scraper.Failure{Pages: 1, URL: w.srv.URL + "/info/1001/1002.htm"}) {
		t.Errorf("%d new, in part %v, refusals %v once it is let in", rep.New, rep.InPart(), rep.Refusals)
	}
}

func TestRobots(t *testing.T) {
	w := small(t, 3, 40)
	w.site.SetRobots("User-agent: campusnews\nDisallow: /info/1001/1002.htm\nCrawl-delay: 7\n")
	rep := w.run()
	audit := w.site.TakeAudit()
	if rep.New != 2 || rep.Refused != 1 || rep.InPart() {
		t.Errorf("%d new, %d refused, in part %v; want 2, 1, false", rep.New, rep.Refused, rep.InPart())
	}
	if n := audit.Count(campustest.Only("/info/1001/1002.htm")); n != 0 {
		t.Errorf("the forbidden page was asked for %d times", n)
	}
	if audit.LeastGap() < 7*time.Second {
		t.Errorf("least gap %v, want the Crawl-delay of 7 s", audit.LeastGap())
	}
	if got := w.target("/info/1001/1002.htm", "state"); got != "refused" {
		t.Errorf("forbidden page is %s, want refused", got)
	}
	if got := w.query(`SELECT count(*) FROM captures WHERE url LIKE '%/robots.txt'`); got[0] != "1" {
		t.Errorf("%s captures of robots.txt, want it kept as evidence", got[0])
	}
}

// A robots.txt that cannot be had shuts the site for now (RFC 9309 section 2.3.1.4).
func TestRobotsUnreachable(t *testing.T) {
	for name, fault := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"503": campustest.Status(503), "cut": campustest.Reset, "429": campustest.Status(429),
	} {
		t.Run(name, func(t *testing.T) {
			w := small(t, 3, 40)
			w.site.Break(campustest.Fault{On: campustest.Only("/robots.txt"), Do: fault})
			rep := w.run()
			audit := w.site.TakeAudit()
			if n := audit.Count(func(p string) bool { return p != "/robots.txt" }); n > 0 || !rep.InPart() || len(rep.Stopped) != 1 {
				t.Errorf("%d pages asked for, in part %v; want none, true", n, rep.InPart())
			}
			w.site.Mend()
			w.clock.advance(time.Hour)
			w.run()
			w.wantWhole()
		})
	}
}

// Markup, or a 404, is no robots.txt.
func TestRobotsMarkup(t *testing.T) {
	w := small(t, 3, 40)
	w.site.Break(campustest.Fault{On: campustest.Only("/robots.txt"), Do: campustest.Page("<html>Disallow: /\nUser-agent: *\nDisallow: /</html>")})
	w.run()
	w.wantWhole()
}

func TestRobotsOnRedirect(t *testing.T) {
	w := small(t, 3, 40)
	w.site.SetRobots("User-agent: *\nDisallow: /hidden/")
	w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: campustest.Status(302, "Location", "/hidden/1002.htm")})
	w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1003.htm"), Do: campustest.Status(302, "Location", "http://elsewhere.invalid/")})
	rep := w.run()
	audit := w.site.TakeAudit()
	if n := audit.Count(campustest.Prefix("/hidden")); n != 0 || rep.New != 1 || rep.Refused != 2 {
		t.Errorf("hidden page asked for %d times, %d new, %d refused; want 0, 1, 2", n, rep.New, rep.Refused)
	}
}

func TestPassingFailures(t *testing.T) {
	faults := map[string]func(http.ResponseWriter, *http.Request) bool{
		"500":                campustest.Status(500),
		"cut":                campustest.Cut,
		"reset":              campustest.Reset,
		"503 and wait":       campustest.Status(503, "Retry-After", "30"),
		"wrong gzip":         campustest.Status(200, "Content-Encoding", "gzip", "Content-Length", "10"),
		"redirect to itself": campustest.Status(302, "Location", "/info/1001/1002.htm"),
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			w := small(t, 3, 40)
			w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: campustest.Times(1, fault)})
			rep := w.run()
			audit := w.site.TakeAudit()
			w.wantWhole()
			if rep.Failed > 0 || rep.InPart() {
				t.Errorf("%d failed, want the second attempt to count", rep.Failed)
			}
			if n := audit.Count(campustest.Only("/info/1001/1002.htm")); n != 2 {
				t.Errorf("asked for %d times, want twice", n)
			}
			if name == "503 and wait" && audit.Requests[len(audit.Requests)-1].Begun.Sub(audit.Requests[0].Begun) < 30*time.Second {
				t.Error("did not wait as asked")
			}
		})
	}
}

// A page that always fails is tried again over days, less and less, and never
// stops the rest.
func TestLastingFailure(t *testing.T) {
	w := small(t, 3, 40)
	w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: campustest.Status(500)})
	rep := w.run()
	if rep.New != 2 || rep.Failed != 1 || !rep.InPart() {
		t.Errorf("%d new, %d failed, in part %v; want 2, 1, true", rep.New, rep.Failed, rep.InPart())
	}
	asked := w.site.TakeAudit().Count(campustest.Only("/info/1001/1002.htm"))
	for range 30 {
		w.clock.advance(24 * time.Hour)
		w.run()
	}
	if n := w.site.TakeAudit().Count(campustest.Only("/info/1001/1002.htm")); n < 4 || n > 14 {
		t.Errorf("asked for %d times on the first day and %d times in the 30 after, want 4 to 14", asked, n)
	}
	w.site.Mend()
	w.clock.advance(8 * 24 * time.Hour)
	w.run()
	w.wantWhole()
}

// A host that refuses is left alone at once, recorded, and tried again another day.
func TestBlocked(t *testing.T) {
	faults := map[string]func(http.ResponseWriter, *http.Request) bool{
		"403": campustest.Status(403), "challenge": campustest.Challenge, "429": campustest.Status(429, "Retry-After", "1"),
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			w := small(t, 50, 40)
			w.site.Break(campustest.Fault{On: campustest.Prefix("/info/"), Do: fault})
			rep := w.run()
			if n := w.site.TakeAudit().Count(campustest.Prefix("/info/")); n != 3 || rep.Blocked == 0 || !rep.InPart() || len(rep.Stopped) != 1 {
				t.Errorf("asked %d times, report %+v; want 3 and the host stopped", n, rep)
			}
			if got := w.query(`SELECT count(*) FROM articles`); got[0] != "0" {
				t.Errorf("%s articles, want none: a refusal is no article", got[0])
			}
			if got := w.query(`SELECT count(*) FROM captures WHERE url LIKE '%/info/%'`); got[0] != "3" {
				t.Errorf("%s captures of refusals, want 3 as evidence", got[0])
			}
			w.site.Mend()
			w.clock.advance(24 * time.Hour)
			w.run()
			w.wantWhole()
		})
	}
}

// One refused page among others, as campus-only items are, does not stop anything.
func TestOneRefusedPage(t *testing.T) {
	w := small(t, 10, 40)
	w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1005.htm"), Do: campustest.Status(403)})
	if rep := w.run(); rep.New != 9 || len(rep.Stopped) > 0 || rep.InPart() {
		t.Errorf("%d new, stopped %v, in part %v; want 9, nothing, false", rep.New, rep.Stopped, rep.InPart())
	}
}

// A host that is down is left alone after a few failures in a row.
func TestDown(t *testing.T) {
	w := small(t, 50, 40)
	w.site.Break(campustest.Fault{On: campustest.Prefix("/info/"), Do: campustest.Reset})
	rep := w.run()
	if n := w.site.TakeAudit().Count(campustest.Prefix("/info/")); n > 12 || !rep.InPart() || len(rep.Stopped) != 1 {
		t.Errorf("asked %d times, stopped %v; want a few and the host stopped", n, rep.Stopped)
	}
	w.site.Mend()
	w.clock.advance(24 * time.Hour)
	w.run()
	w.wantWhole()
}

func TestSoft404(t *testing.T) {
	w := small(t, 3, 1)
	w.run()
	w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: campustest.Page(
		"<html><head><title>404错误提示</title></head><body><p>您访问的页面不存在</p></body></html>")})
	w.clock.advance(24 * time.Hour)
	if rep := w.run(); rep.Missing != 1 || rep.Changed > 0 {
		t.Errorf("%d missing, %d changed; want 1 and no new revision", rep.Missing, rep.Changed)
	}
}

// A vanished article is missing at first, gone after two weeks of visits, and
// readable throughout; when it comes back that is noted.
func TestGoneAndReturned(t *testing.T) {
	w := small(t, 3, 0)
	w.run()
	w.site.Delete(1002)
	var missing, gone, onDay int
	for day := 1; day <= 20; day++ {
		w.clock.advance(24 * time.Hour)
		rep := w.run()
		missing += rep.Missing
		if rep.Gone > 0 {
			gone, onDay = gone+rep.Gone, day
		}
	}
	if gone != 1 || onDay < 14 || onDay > 17 || missing < 2 {
		t.Errorf("gone %d times, on day %d, after %d visits; want once after two weeks and at least three visits", gone, onDay, missing)
	}
	if got := w.query(`SELECT body FROM articles WHERE key LIKE '%1002'`); len(got) != 1 || got[0] == "" {
		t.Error("the gone article cannot be read any more")
	}
	w.site.Restore(1002)
	returned := 0
	for range 40 {
		w.clock.advance(7 * 24 * time.Hour)
		returned += w.run().Returned
	}
	if returned != 1 {
		t.Errorf("returned %d times, want once", returned)
	}
	w.wantWhole()
}

// An edit within an article's first month is seen; each version is kept.
func TestEdits(t *testing.T) {
	w := small(t, 3, 0)
	w.run()
	changed := 0
	for day := 1; day <= 35; day++ {
		w.clock.advance(24 * time.Hour)
		if day == 3 || day == 20 {
			w.site.Edit(1002)
		}
		changed += w.run().Changed
	}
	if changed != 2 {
		t.Errorf("%d changes, want the two edits", changed)
	}
	w.wantWhole()
	if got := w.query(`SELECT count(*) FROM revisions r JOIN articles a ON a.id = r.article WHERE a.key LIKE '%1002'`); got[0] != "3" {
		t.Errorf("%s revisions, want 3", got[0])
	}
	audit := w.site.TakeAudit()
	if n := audit.Count(campustest.Prefix("/info/")); n != 3*(1+6) {
		t.Errorf("%d article pages asked for in 35 days, want each at birth and at six ages", n)
	}
}

func TestRevisitNone(t *testing.T) {
	w := small(t, 3, 0)
	w.run()
	w.clock.advance(24 * time.Hour)
	if rep := w.run(func(c *scraper.Config) { c.Revisit = scraper.RevisitNone }); rep.RequestsBy[scraper.ReasonRevisit] > 0 {
		t.Errorf("%d revisits, want none", rep.RequestsBy[scraper.ReasonRevisit])
	}
	w.clock.advance(24 * time.Hour)
	if rep := w.run(); rep.RequestsBy[scraper.ReasonRevisit] != 3 {
		t.Errorf("%d revisits in the run after, want 3", rep.RequestsBy[scraper.ReasonRevisit])
	}
}

// Where the server gives validators a revisit is conditional, and 304 is "unchanged".
func TestConditional(t *testing.T) {
	w := small(t, 3, 0)
	w.site.Break(campustest.Fault{On: campustest.Prefix("/info/"), Do: func(rw http.ResponseWriter, r *http.Request) bool {
		rw.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") == `"v1"` {
			rw.WriteHeader(http.StatusNotModified)
			return true
		}
		return false
	}})
	w.run()
	w.clock.advance(24 * time.Hour)
	rep := w.run()
	if rep.Unchanged != 3 || rep.Changed > 0 {
		t.Errorf("%d unchanged, %d changed; want 3 and 0", rep.Unchanged, rep.Changed)
	}
	n := 0
	for _, r := range w.site.TakeAudit().Requests {
		if r.Status == http.StatusNotModified {
			n++
		}
	}
	if n != 3 {
		t.Errorf("%d answers 304, want 3", n)
	}
}

func TestHuge(t *testing.T) {
	w := small(t, 3, 40)
	w.cfg.MaxBody = 1 << 20
	w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: campustest.Flood(8 << 20)})
	if rep := w.run(); rep.New != 2 || rep.Failed != 1 {
		t.Errorf("%d new, %d failed; want 2 and 1", rep.New, rep.Failed)
	}
}

// Endless paging: every page names a next one, and shows the same rows.
func TestEndlessPaging(t *testing.T) {
	w := small(t, 20, 40)
	w.site.Break(campustest.Fault{On: campustest.Prefix("/lm1/"), Do: func(rw http.ResponseWriter, r *http.Request) bool {
		var n int
		fmt.Sscanf(r.URL.Path, "/lm1/%d.htm", &n)
		campustest.Page(fmt.Sprintf(`<html><head><!--Announced by Visual SiteBuilder 9--></head><body><ul><li id="line_u9_0"><span>[2026-01-01]</span>
<a href="../info/1001/1001.htm" title="第一条新闻的标题">第一条新闻的标题</a></li><li id="line_u9_1"><span>[2026-01-01]</span><a href="../info/1001/1002.htm"
 title="第二条新闻的标题">第二条新闻的标题</a></li></ul><div class="pb_sys_common"><span class="p_pages"><span class="p_next p_fun"><a href="%d.htm">下页</a></span></span></div></body></html>`, n+1))(rw, r)
		return true
	}})
	w.site.Break(campustest.Fault{On: campustest.Only("/lm1.htm"), Do: campustest.Page(`<html><head><!--Announced by Visual SiteBuilder 9--></head><body><ul>
<li id="line_u9_0"><span>[2026-01-01]</span><a href="info/1001/1003.htm" title="第三条新闻的标题">第三条新闻的标题</a></li><li id="line_u9_1"><span>[2026-01-01]</span>
<a href="info/1001/1004.htm" title="第四条新闻的标题">第四条新闻的标题</a></li></ul><div class="pb_sys_common"><span class="p_pages"><span class="p_next p_fun"><a href="lm1/1.htm">下页</a></span></span></div></body></html>`)})
	w.run(func(c *scraper.Config) { c.Full = true })
	if n := w.site.TakeAudit().Count(campustest.Prefix("/lm1")); n > 5 {
		t.Errorf("%d list pages asked for, want the walk to see that they repeat", n)
	}
}

// A run told to end gives its page back and loses nothing.
func TestCancel(t *testing.T) {
	w := small(t, 30, 40)
	ctx, cancel := context.WithCancel(t.Context())
	w.site.Break(campustest.Fault{On: campustest.Prefix("/info/1001/1010"), Do: campustest.Times(1, func(http.ResponseWriter, *http.Request) bool {
		cancel()
		return false
	})})
	rep, err := w.try(ctx)
	if !errors.Is(err, context.Canceled) || rep.New == 0 || rep.Failed > 0 {
		t.Errorf("%v with %d new and %d failed, want canceled, some and none", err, rep.New, rep.Failed)
	}
	if got := w.target("/info/1001/1010.htm", "state"); got != "kept" {
		t.Errorf("page in hand is %s, want kept: its answer was under way", got)
	}
	first := w.site.TakeAudit()
	w.run()
	w.wantWhole()
	second := w.site.TakeAudit()
	if n := first.Count(campustest.Prefix("/info/")) + second.Count(campustest.Prefix("/info/")); n != 30 {
		t.Errorf("%d article pages asked for over both runs, want 30", n)
	}
}

// A section whose page has lost its rows is reported, and the run is in part.
func TestBrokenSection(t *testing.T) {
	w := small(t, 30, 40)
	w.run()
	w.site.Break(campustest.Fault{On: campustest.Only("/lm1.htm"), Do: campustest.Page("<html><body><div id=app></div><p>新版网站，敬请期待</p></body></html>")})
	w.clock.advance(24 * time.Hour)
	if rep := w.run(); !slices.Equal(rep.Broken, []string{"学校要闻"}) || !rep.InPart() {
		t.Errorf("broken %q, in part %v; want the section, true", rep.Broken, rep.InPart())
	}
	w.clock.advance(24 * time.Hour)
	if rep := w.run(); !slices.Equal(rep.Broken, []string{"学校要闻"}) {
		t.Errorf("broken on the second day: %q, want it still said", rep.Broken)
	}
	w.site.Mend()
	w.clock.advance(24 * time.Hour)
	if rep := w.run(); len(rep.Broken) > 0 {
		t.Errorf("broken %q after it was mended", rep.Broken)
	}
}

// Rows that lead to other sites are recorded, not fetched.
func TestOutside(t *testing.T) {
	w := small(t, 3, 40)
	w.site.Break(campustest.Fault{On: campustest.Only("/lm1.htm"), Do: campustest.Page(`<html><head><!--Announced by Visual SiteBuilder 9--></head><body><ul>
<li id="line_u9_0"><span>[2026-01-02]</span><a href="https://mp.weixin.qq.com/s/abc" title="公众号上的一条新闻">公众号上的一条新闻</a></li>
<li id="line_u9_1"><span>[2026-01-01]</span><a href="info/1001/1003.htm" title="第三条新闻的标题">第三条新闻的标题</a></li>
<li id="line_u9_2"><span>[2026-01-01]</span><a href="info/1001/1002.htm" title="第二条新闻的标题">第二条新闻的标题</a></li></ul></body></html>`)})
	rep := w.run()
	if rep.Outside != 1 || rep.InPart() {
		t.Errorf("%d rows outside, in part %v; want 1, false", rep.Outside, rep.InPart())
	}
	if got := w.query(`SELECT count(*) FROM frontier WHERE url LIKE '%weixin%'`); got[0] != "0" {
		t.Error("the row outside became a target")
	}
	if got := w.query(`SELECT title FROM list_items WHERE url LIKE '%weixin%'`); len(got) != 1 || !strings.Contains(got[0], "公众号") {
		t.Errorf("rows kept of it: %q, want one", got)
	}
}

func TestAssets(t *testing.T) {
	w := small(t, 30, 40)
	w.site.Media = true
	pictures := campustest.Prefix("/__local/")
	files := campustest.Prefix("/system/_content/download.jsp")
	rep := w.run(func(c *scraper.Config) { c.Assets = scraper.AssetsNone })
	if audit := w.site.TakeAudit(); audit.Count(pictures)+audit.Count(files) > 0 || rep.Assets > 0 {
		t.Errorf("--assets=none: %d pictures and %d files asked for", audit.Count(pictures), audit.Count(files))
	}
	w = small(t, 30, 40)
	w.site.Media = true
	w.site.Break(campustest.Fault{On: campustest.Only(w.site.Picture(campustest.Article{ID: 1002})), Do: campustest.Status(404)})
	rep = w.run()
	audit := w.site.TakeAudit()
	if p, f := audit.Count(pictures), audit.Count(files); p != 10 || f != 6 || rep.Assets != 15 || rep.AssetsMissing != 1 || rep.InPart() {
		t.Errorf("%d pictures and %d files asked for, %d kept, %d missing; want 10, 6, 15, 1", p, f, rep.Assets, rep.AssetsMissing)
	}
	w.wantWhole()
	w.clock.advance(24 * time.Hour)
	w.run()
	if audit := w.site.TakeAudit(); audit.Count(pictures)+audit.Count(files) > 1 {
		t.Errorf("next day: %d pictures and %d files asked for again, want at most the missing one", audit.Count(pictures), audit.Count(files))
	}
	// A run with a limit takes what its articles need.
	w = small(t, 30, 40)
	w.site.Media = true
	rep = w.run(func(c *scraper.Config) { c.Limit = 15 })
	if rep.New != 15 || rep.Assets != 8 {
		t.Errorf("with a limit: %d articles and %d assets, want 15 and 8", rep.New, rep.Assets)
	}
}

// An article under two columns is missing only when both addresses say so.
func TestTwins(t *testing.T) {
	w := newWorld(t, "学校要闻", "综合新闻")
	w.site.Publish("学校要闻", w.day(1), 3)
	w.site.Publish("综合新闻", w.day(1), 3)
	row := func(path, title string) string {
		return fmt.Sprintf(`<li id="line_u9_%s"><span>[2026-03-01]</span><a href="%s" title="%s">%s</a></li>`, title[:1], path, title, title)
	}
	// 1002 stands in both lists, under tree 1001 and under 1999; the latter is dead at first.
	page := func(rows ...string) func(http.ResponseWriter, *http.Request) bool {
		return campustest.Page(`<html><head><!--Announced by Visual SiteBuilder 9--></head><body><ul>` + strings.Join(rows, "\n") + `</ul></body></html>`)
	}
	w.site.Break(campustest.Fault{On: campustest.Only("/lm1.htm"), Do: page(row("info/1999/1002.htm", "a 第二条新闻的标题是这样的"), row("info/1001/1003.htm", "b 第三条新闻的标题是这样的"))})
	w.site.Break(campustest.Fault{On: campustest.Only("/lm2.htm"), Do: page(row("info/1001/1002.htm", "a 第二条新闻的标题是这样的"), row("info/1002/1005.htm", "c 第五条新闻的标题是这样的"))})
	w.site.Break(campustest.Fault{On: campustest.Only("/"), Do: campustest.Page(`<html><head><!--Announced by Visual SiteBuilder 9--></head><body><a href="lm1.htm">学校要闻</a> <a href="lm2.htm">综合新闻</a></body></html>`)})
	rep := w.run()
	if rep.New != 3 || rep.Missing > 0 {
		t.Errorf("%d new, %d missing; want 3 and 0", rep.New, rep.Missing)
	}
	if got := w.query(`SELECT url FROM frontier WHERE key LIKE '%1002'`); len(got) != 1 || !strings.HasSuffix(got[0], "/info/1001/1002.htm") {
		t.Errorf("the article is looked at under %q, want the address that answers", got)
	}
	w.site.TakeAudit()
	w.clock.advance(24 * time.Hour)
	w.run()
	if n := w.site.TakeAudit().Count(campustest.Only("/info/1999/1002.htm")); n != 0 {
		t.Errorf("the dead address was asked for %d times again", n)
	}
	w.site.Delete(1002)
	w.clock.advance(4 * 24 * time.Hour)
	if rep := w.run(); rep.Missing != 1 {
		t.Errorf("%d missing when both are dead, want 1", rep.Missing)
	}
}

// A dead host of old pictures costs a few requests a run and makes no run a failure.
func TestDeadAssetHost(t *testing.T) {
	w := small(t, 30, 40)
	dead := httptest.NewServer(http.NotFoundHandler())
	address := dead.URL
	dead.Close()
	w.site.Break(campustest.Fault{On: campustest.Prefix("/info/"), Do: func(rw http.ResponseWriter, r *http.Request) bool {
		campustest.Page(fmt.Sprintf(`<html><head><!--Announced by Visual SiteBuilder 9--><script>_jsq_(1001,'/content.jsp',%s,1)</script></head><body>
<form name="_newscontent_fromname"><h2>一条带旧图片的新闻</h2><div>发布时间：2026-01-01</div><div id="vsb_content"><div class="v_news_content"><p>正文正文正文正文。</p>
<p><img src="%s/%s.jpg"></p></div></div></form></body></html>`, path.Base(strings.TrimSuffix(r.URL.Path, ".htm")), address, path.Base(r.URL.Path)))(rw, r)
		return true
	}})
	w.cfg.Assets = scraper.AssetsAll
	rep := w.run()
	if rep.New != 30 || rep.AssetsFailed != 30 || rep.InPart() || rep.Failed > 0 {
		t.Errorf("%d new, %d assets failed, %d failed, in part %v (%v); want 30, 30, 0, false", rep.New, rep.AssetsFailed, rep.Failed, rep.InPart(), rep.Stopped)
	}
	if n := rep.RequestsBy[scraper.ReasonAsset] + rep.RequestsBy[scraper.ReasonRobots]; n > 3 {
		t.Errorf("%d requests for files of a dead host, want next to none", n)
	}
}
