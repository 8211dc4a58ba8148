package scraper_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/campustest"
	"campusnews/scraper/capture"
)

// The environment of a child process that TestKilled starts: itself, told to
// crawl and nothing else.
const (
	childDir  = "CAMPUSNEWS_TEST_DIR"
	childHome = "CAMPUSNEWS_TEST_HOME"
)

// crawlCacheKB is what the command crawl lets SQLite have.
const crawlCacheKB = 8192

// workers of the child: that many pages may be in hand when it is killed.
const workers = 4

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := crawlAsChild(dir, os.Getenv(childHome)); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func crawlAsChild(dir, home string) error {
	ctx := context.Background()
	if err := archive.LimitCache(crawlCacheKB); err != nil {
		return err
	}
	a, err := archive.Open(ctx, dir, archive.Options{})
	if err != nil {
		return err
	}
	defer a.Close()
	c, err := a.Begin(ctx, archive.CrawlInfo{Sites: []archive.Site{{ID: "test"}}})
	if err != nil {
		return err
	}
	cfg := scraper.Default()
	cfg.Site = scraper.Site{ID: "test", Home: home}
	cfg.Delay, cfg.Workers = 0, workers
	cfg.Transport = capture.New(capture.Options{})
	_, err = scraper.Crawl(ctx, cfg, c, extract.New())
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		os.Stdout.Write(status) // for BenchmarkMemory
	}
	return err
}

// contents says what an archive holds of the site, but for what depends on the
// time of a visit.
func (w *world) contents() []string {
	rows := w.query(`SELECT a.key || '|' || a.url || '|' || a.section || '|' || a.title || '|' || coalesce(a.published, '') || '|' || coalesce(a.source, '')
		|| '|' || a.state || '|' || a.revision || '|' || coalesce(a.body, '') FROM articles a ORDER BY a.key`)
	return append(rows, w.query(`SELECT key || '|' || role || '|' || state || '|' || section || '|' || deep FROM frontier ORDER BY key`)...)
}

// TestKilled kills a crawl ten times with SIGKILL at random moments, or as often as CAMPUSNEWS_KILLS
// says, and lets it go on each time. What it leaves must equal what an uninterrupted crawl leaves,
// and each kill may cost one repeated page a worker besides what every run asks for.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a dozen processes")
	}
	w := newWorld(t, "学校要闻", "综合新闻", "学生天地")
	w.site.Publish("学校要闻", w.day(400), 500)
	w.site.Publish("综合新闻", w.day(300), 245)
	w.site.Publish("学生天地", w.day(200), 3)
	w.site.Split(1002, 3)

	child := func(dir string) *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childDir+"="+dir, childHome+"="+w.srv.URL+"/")
		cmd.Stderr = os.Stderr
		return cmd
	}
	whole := *w
	whole.dir = filepath.Join(campustest.TempDir(t), "whole")
	if err := child(whole.dir).Run(); err != nil {
		t.Fatal(err)
	}
	whole.wantWhole()
	once := len(w.site.TakeAudit().Requests)

	kills := 10
	if n, err := strconv.Atoi(os.Getenv("CAMPUSNEWS_KILLS")); err == nil && n > 0 {
		kills = n
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	died := 0
	var mu sync.Mutex
	for range kills {
		cmd := child(w.dir)
		// A process that is slow to begin must not be killed before it has done anything: count its requests.
		left := 1 + chance.IntN(10+1000/kills)
		after := time.Duration(chance.Int64N(int64(5 * time.Millisecond)))
		w.site.Mend()
		w.site.Break(campustest.Fault{Do: func(http.ResponseWriter, *http.Request) bool {
			mu.Lock()
			defer mu.Unlock()
			if left--; left == 0 {
				time.AfterFunc(after, func() { cmd.Process.Kill() })
			}
			return false
		}})
		if err := cmd.Run(); err == nil {
			break // it came to its end before its time had come
		}
		died++
	}
	if died < kills/2 {
		t.Fatalf("only %d kills before the crawl was through", died)
	}
	w.site.Mend()
	if err := child(w.dir).Run(); err != nil {
		t.Fatal(err)
	}
	w.wantWhole()
	if got, want := w.contents(), whole.contents(); !slices.Equal(got, want) {
		t.Errorf("after %d kills the archive differs from that of an uninterrupted crawl", died)
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Fatalf("first of them: got %.200s, want %.200s", got[i], want[i])
			}
		}
	}
	if got := w.query(`PRAGMA integrity_check`); !slices.Equal(got, []string{"ok"}) {
		t.Errorf("integrity_check: %q", got)
	}
	if got := w.query(`PRAGMA foreign_key_check`); len(got) > 0 {
		t.Errorf("foreign_key_check: %q", got)
	}
	audit := w.site.TakeAudit()
	pages := len(w.site.Live()) + 2 // two further parts
	again := audit.Count(campustest.Prefix("/info/")) - pages
	t.Logf("%d kills: %d requests against %d without; of %d article pages %d were asked for again", died, len(audit.Requests), once, pages, again)
	if len(audit.Requests) < once+died { // each begins with robots.txt at least
		t.Errorf("%d requests with %d kills, %d without: they did not fall into the crawl", len(audit.Requests), died, once)
	}
	if again > died*workers {
		t.Errorf("%d article pages asked for again, want at most the %d in hand at each of %d kills", again, workers, died)
	}
}
