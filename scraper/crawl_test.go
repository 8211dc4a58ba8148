package scraper_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/campustest"
	"campusnews/scraper/capture"

	_ "modernc.org/sqlite"
)

// A clock moves when somebody sleeps on it, and a millisecond at each look.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 10, 2, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(time.Millisecond)
	return c.t
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(max(d, 0))
	return ctx.Err()
}

func (c *clock) advance(d time.Duration) { c.sleep(context.Background(), d) }

// A world is a site, a clock and an archive that survives runs.
type world struct {
	t     *testing.T
	clock *clock
	site  *campustest.Site
	door  *door
	srv   *httptest.Server
	dir   string
	cfg   scraper.Config
}

// day is a day long ago by the clock's first reading.
func (w *world) day(ago int) time.Time { return w.clock.t.AddDate(0, 0, -ago) }

func newWorld(t *testing.T, sections ...string) *world {
	w := &world{t: t, clock: newClock(), dir: filepath.Join(campustest.TempDir(t), "archive")}
	w.site = campustest.New(w.clock.now, sections...)
	w.door = &door{}
	w.door.leadsTo.Store(w.site)
	w.srv = httptest.NewServer(w.door)
	t.Cleanup(w.srv.Close)
	transport := capture.New(capture.Options{})
	t.Cleanup(transport.CloseIdleConnections)
	w.cfg = scraper.Default()
	w.cfg.Site = scraper.Site{ID: "test", Home: w.srv.URL + "/"}
	w.cfg.Now, w.cfg.Sleep, w.cfg.Transport = w.clock.now, w.clock.sleep, transport
	return w
}

// A door is the address that sites stand at, one at a time.
type door struct {
	leadsTo atomic.Pointer[campustest.Site]
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.leadsTo.Load().ServeHTTP(w, r) }

// fork gives a world that stands as w does, and takes its address: w is of no use until it has been forked again.
func (w *world) fork(t *testing.T) *world {
	n := &world{t: t, clock: &clock{t: w.clock.t}, dir: filepath.Join(campustest.TempDir(t), "archive"), door: w.door, srv: w.srv, cfg: w.cfg}
	if err := os.CopyFS(n.dir, os.DirFS(w.dir)); err != nil {
		t.Fatal(err)
	}
	n.site = w.site.Copy(n.clock.now)
	n.door.leadsTo.Store(n.site)
	n.cfg.Now, n.cfg.Sleep = n.clock.now, n.clock.sleep
	return n
}

// run makes one run on a freshly opened archive and gives its report.
func (w *world) run(change ...func(*scraper.Config)) scraper.Report {
	w.t.Helper()
	rep, err := w.try(w.t.Context(), change...)
	if err != nil {
		w.t.Fatal(err)
	}
	return rep
}

func (w *world) try(ctx context.Context, change ...func(*scraper.Config)) (_ scraper.Report, err error) {
	w.t.Helper()
	a, err := archive.Open(w.t.Context(), w.dir, archive.Options{Now: w.clock.now})
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			w.t.Error(err)
		}
	}()
	c, err := a.Begin(w.t.Context(), archive.CrawlInfo{Sites: []archive.Site{{ID: "test"}}})
	if err != nil {
		w.t.Fatal(err)
	}
	cfg := w.cfg
	for _, f := range change {
		f(&cfg)
	}
	return scraper.Crawl(ctx, cfg, c, extract.New())
}

// query gives the first column of what the archive answers, as text.
func (w *world) query(q string, args ...any) []string {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "archive.db")+"?mode=ro")
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(q, args...)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s sql.NullString
		if err := rows.Scan(&s); err != nil {
			w.t.Fatal(err)
		}
		out = append(out, s.String)
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// wantWhole checks that the archive holds exactly the site's articles, as they are now.
func (w *world) wantWhole() {
	w.t.Helper()
	got := make(map[string]bool)
	for _, s := range w.query(`SELECT title || ' ' || coalesce(published, '-') || ' ' || body FROM articles WHERE state = 'kept'`) {
		got[s] = true
	}
	want := 0
	for _, a := range w.site.Live() {
		want++
		text := strings.Join(campustest.Paragraphs(a), "\n")
		for n := 2; n <= a.Parts; n++ {
			text += "\n" + strings.Join(campustest.Paragraphs(a), "\n") + fmt.Sprintf("\n这是第%d页。", n)
		}
		if s := campustest.Title(a) + " " + a.Date.Format(time.DateOnly) + " " + text; !got[s] {
			w.t.Errorf("article %d, version %d, is not in the archive as it stands", a.ID, a.Version)
			if want > 20 {
				w.t.FailNow()
			}
		}
	}
	if want == 0 || len(got) != want {
		w.t.Errorf("%d live articles in the archive, want the site's %d", len(got), want)
	}
}

func TestCrawl(t *testing.T) {
	w := newWorld(t, "学校要闻", "综合新闻", "学生天地")
	w.site.Publish("学校要闻", w.day(400), 130)
	w.site.Publish("综合新闻", w.day(300), 45)
	w.site.Publish("学生天地", w.day(200), 3)
	rep := w.run()
	w.wantWhole()
	if rep.New != 178 || rep.Changed+rep.Unchanged+rep.Failed+rep.Missing > 0 || rep.InPart() {
		t.Errorf("first run: %+v, want 178 new and nothing amiss", rep)
	}
	audit := w.site.TakeAudit()
	// home, robots.txt, a sitemap that is not there, 7 + 3 + 1 list pages, 178 articles
	if len(audit.Requests) != 192 || rep.Requests != 192 {
		t.Errorf("first run: %d requests, report says %d, want 192", len(audit.Requests), rep.Requests)
	}
	if n := audit.Repeats(); len(n) > 0 {
		t.Errorf("first run asked twice for %v", n)
	}
	if audit.LeastGap() < time.Second || audit.Parallel != 1 {
		t.Errorf("least gap %v, %d at once; want a second and one", audit.LeastGap(), audit.Parallel)
	}

	rep = w.run()
	if audit = w.site.TakeAudit(); len(audit.Requests) != 5 || rep.New > 0 || rep.Changed > 0 {
		t.Errorf("second run: %d requests, %d new, %d changed; want robots.txt, home and three lists, and no news", len(audit.Requests), rep.New, rep.Changed)
	}

	w.clock.advance(24 * time.Hour)
	w.site.Publish("综合新闻", w.day(0), 25)
	rep = w.run()
	w.wantWhole()
	// 25 new rows fill page 1 and a part of page 2; page 3 shows that there are no more
	if audit = w.site.TakeAudit(); rep.New != 25 || len(audit.Requests) != 5+2+25 {
		t.Errorf("third run: %d new with %d requests, want 25 with 32", rep.New, len(audit.Requests))
	}
	if got := w.query(`SELECT DISTINCT section FROM frontier WHERE role >= 4 AND url LIKE '%/info/%' ORDER BY section`); len(got) != 3 || got[0] == "" {
		t.Errorf("articles stand in sections %q, want the three", got)
	}
}

// Several workers share a run without asking for a page twice, and a host still
// has one request at a time.
func TestCrawlWorkers(t *testing.T) {
	w := newWorld(t, "学校要闻", "综合新闻")
	w.site.Media = true
	w.site.Publish("学校要闻", w.day(400), 90)
	w.site.Publish("综合新闻", w.day(300), 45)
	w.cfg.Delay, w.cfg.Workers = 0, 8
	if rep := w.run(); rep.New != 135 || rep.InPart() {
		t.Errorf("%d new, in part %v; want 135, false", rep.New, rep.InPart())
	}
	w.wantWhole()
	audit := w.site.TakeAudit()
	if n := audit.Repeats(); len(n) > 0 || audit.Parallel != 1 {
		t.Errorf("asked twice for %v, %d requests at a time; want nothing and one", n, audit.Parallel)
	}
	w.clock.advance(time.Hour)
	w.site.Publish("综合新闻", w.day(0), 30)
	if rep := w.run(); rep.New != 30 {
		t.Errorf("second run: %d new, want 30", rep.New)
	}
	w.wantWhole()
}

func TestCrawlSections(t *testing.T) {
	w := newWorld(t, "学校要闻", "综合新闻")
	w.site.Publish("学校要闻", w.day(40), 30)
	w.site.Publish("综合新闻", w.day(40), 30)
	w.cfg.Site.Sections = []scraper.Section{
		{Name: "要闻", URL: w.srv.URL + w.site.SectionPath("学校要闻")},
		{Name: "综合", URL: w.srv.URL + w.site.SectionPath("综合新闻")},
	}
	rep := w.run(func(c *scraper.Config) { c.Sections = []string{"综合"} })
	if got := w.query(`SELECT DISTINCT section FROM articles`); rep.New != 30 || !slices.Equal(got, []string{"综合"}) {
		t.Errorf("%d new in sections %q, want 30 in 综合", rep.New, got)
	}
	if n := w.site.TakeAudit().Count(campustest.Only("/")); n != 0 {
		t.Errorf("home page asked for %d times, want 0 with a profile's sections", n)
	}
	if rep := w.run(); rep.New != 30 {
		t.Errorf("run over all sections: %d new, want the other 30", rep.New)
	}
	w.wantWhole()
	if _, err := w.try(t.Context(), func(c *scraper.Config) { c.Sections = []string{"无"} }); err == nil {
		t.Error("a section that is not there: no error")
	}
}

func TestCrawlLimit(t *testing.T) {
	w := newWorld(t, "学校要闻")
	w.site.Publish("学校要闻", w.day(40), 100)
	rep := w.run(func(c *scraper.Config) { c.Limit = 7 })
	if n := len(w.site.TakeAudit().Requests); rep.New != 7 || !rep.Limited || n > 7+4 {
		t.Errorf("%d new with %d requests (limited: %v), want 7 with robots.txt, the place of sitemaps, home, and a list page", rep.New, n, rep.Limited)
	}
	if rep := w.run(func(c *scraper.Config) { c.Limit = 30 }); rep.New != 30 {
		t.Errorf("second run: %d new, want 30", rep.New)
	}
	w.run()
	w.wantWhole()
	if n := w.site.TakeAudit().Count(campustest.Prefix("/info/")); n != 93 {
		t.Errorf("articles asked for %d times after the first run, want 93", n)
	}
}

func TestCrawlSince(t *testing.T) {
	w := newWorld(t, "学校要闻")
	for ago := 200; ago > 0; ago-- {
		w.site.Publish("学校要闻", w.day(ago), 1)
	}
	since := w.day(50)
	rep := w.run(func(c *scraper.Config) { c.Since = since })
	// 50 articles of the last 50 days: two and a half pages, and the end of the
	// third shows that it is past the day.
	if n := w.site.TakeAudit().Count(campustest.Prefix("/lm1")); rep.New != 50 || n != 4 {
		t.Errorf("%d new after %d list pages, want 50 after 4", rep.New, n)
	}
	if got := w.query(`SELECT min(day) FROM articles`); got[0] != since.Format(time.DateOnly) {
		t.Errorf("oldest article of %s, want %s", got[0], since.Format(time.DateOnly))
	}
	rep = w.run(func(c *scraper.Config) { c.Since = since })
	if n := w.site.TakeAudit().Count(campustest.Prefix("/lm1")); rep.New != 0 || n != 1 {
		t.Errorf("again: %d new after %d list pages, want 0 after 1", rep.New, n)
	}
	w.run()
	w.wantWhole()
}

// Articles of another time are not fetched because the home page has named them, without a date, or because an earlier run has left them due.
// They stay due for a run that wants them.
func TestCrawlBetween(t *testing.T) {
	for name, before := range map[string]func(w *world){
		"a new site": nil,
		"after a run with a limit": func(w *world) {
			w.run(func(c *scraper.Config) { c.Limit = 3 })
		},
		"after a run broken off": func(w *world) {
			w.run(func(c *scraper.Config) { c.Budget = 12 })
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "学校要闻", "综合新闻")
			w.site.Publish("综合新闻", w.day(200), 30)
			w.site.Publish("学校要闻", w.day(100), 30)
			w.site.Publish("学校要闻", w.day(60), 30)
			w.site.Publish("学校要闻", w.day(3), 5)
			since, until := w.day(90), w.day(30)
			of := func(where string) string {
				return w.query(`SELECT count(*) FROM articles WHERE day `+where+` BETWEEN ? AND ?`, since.Format(time.DateOnly), until.Format(time.DateOnly))[0]
			}
			had := "0"
			if before != nil {
				before(w)
				had = of("NOT")
			}
			w.clock.advance(time.Hour)
			rep := w.run(func(c *scraper.Config) { c.Since, c.Until = since, until })
			if got := of("NOT"); got != had {
				t.Errorf("%s articles of another time, want the %s from before", got, had)
			}
			if got := of(""); got != "30" || rep.InPart() {
				t.Errorf("%s articles of that time, in part %v, want all 30", got, rep.InPart())
			}
			w.clock.advance(time.Hour)
			w.run()
			w.wantWhole()
		})
	}
}

// A list of which an earlier run has read the beginning only is read to its end by an ordinary run, whatever runs limited by date came between.
// Those ask again for no more than the page at which they turn round.
func TestCrawlOnAfterDates(t *testing.T) {
	since := func(days int) func(w *world, c *scraper.Config) {
		return func(w *world, c *scraper.Config) { c.Since = w.day(days) }
	}
	for name, dated := range map[string]func(w *world, c *scraper.Config){
		"since":          since(20),
		"since long ago": since(150),
		"until":          func(w *world, c *scraper.Config) { c.Until = w.day(100) },
		"full, since":    func(w *world, c *scraper.Config) { c.Since, c.Full = w.day(20), true },
		"between":        func(w *world, c *scraper.Config) { c.Since, c.Until = w.day(120), w.day(50) },
	} {
		for _, limit := range []int{0, 5, 30} {
			t.Run(fmt.Sprint(name, ", limit ", limit), func(t *testing.T) {
				w := newWorld(t, "学校要闻")
				for d := range 20 {
					w.site.Publish("学校要闻", w.day(10*d), 5)
				}
				if limit > 0 {
					w.run(func(c *scraper.Config) { c.Limit = limit })
				}
				for range 3 {
					w.clock.advance(time.Hour)
					w.site.TakeAudit()
					w.run(func(c *scraper.Config) { dated(w, c) })
				}
				if n := w.site.TakeAudit().Count(w.site.IsArticle); n > 0 {
					t.Errorf("%d articles asked for by the third run of a day", n)
				}
				w.clock.advance(time.Hour)
				w.run()
				w.wantWhole()
			})
		}
	}
}

func TestCrawlFull(t *testing.T) {
	w := newWorld(t, "学校要闻")
	w.site.NoTotals = true // with totals the ordinary run would go and look
	w.site.Publish("学校要闻", w.day(40), 100)
	w.run()
	w.site.Publish("学校要闻", w.day(300), 2) // goes to the end of the list
	w.clock.advance(time.Hour)
	if rep := w.run(); rep.New != 0 {
		t.Errorf("ordinary run found %d, want 0: the new ones stand on the last page", rep.New)
	}
	w.clock.advance(time.Hour)
	if rep := w.run(func(c *scraper.Config) { c.Full = true }); rep.New != 2 {
		t.Errorf("full run found %d, want 2", rep.New)
	}
	w.wantWhole()
}

func TestCrawlParts(t *testing.T) {
	w := newWorld(t, "学校要闻")
	w.site.Publish("学校要闻", w.day(40), 3)
	w.site.Split(1002, 3)
	w.run()
	got := w.query(`SELECT body FROM articles WHERE key LIKE '%1002'`)
	if len(got) != 1 || !strings.Contains(got[0], "这是第2页") || !strings.Contains(got[0], "这是第3页") {
		t.Errorf("body of the article of three pages: %q, want all three", got)
	}
	if got := w.query(`SELECT count(*) FROM articles`); got[0] != "3" {
		t.Errorf("%s articles, want 3", got[0])
	}
}
