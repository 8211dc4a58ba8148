package scraper_test

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"campusnews/scraper"
	"campusnews/scraper/campustest"
	"campusnews/scraper/capture"
	"campusnews/scraper/replay"
)

// savedSite is a folder of somebody's saved pages of a whole VSB site. It is not
// part of the project.
const savedSite = "../../shared/sites/cst.nuc.edu.cn"

// newSavedWorld crawls the saved site without delay; nothing is said of it but
// the address of its home page.
func newSavedWorld(t *testing.T) *world {
	if _, err := os.Stat(savedSite); err != nil {
		t.Skipf("no saved pages to read: %v", err)
	}
	src, err := replay.Open(savedSite)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: newClock(), dir: filepath.Join(campustest.TempDir(t), "archive")}
	w.cfg = scraper.Default()
	w.cfg.Site = scraper.Site{ID: "test", Home: "http://cst.nuc.edu.cn/"}
	w.cfg.Delay = 0
	w.cfg.Transport = capture.New(capture.Options{Dial: src.DialContext, DialTLS: src.DialTLSContext})
	return w
}

// savedArticles gives the addresses of the saved articles that saved lists link to, found
// without the program's help: by what stands in href attributes outside comments.
func savedArticles(t *testing.T) []string {
	comment := regexp.MustCompile(`(?s)<!--.*?-->`)
	href := regexp.MustCompile(`href="([^"]*info/\d+/\d+\.htm)"`)
	found := make(map[string]bool)
	err := filepath.WalkDir(savedSite, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".htm" || strings.Contains(name, "/info/") {
			return err
		}
		page, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(savedSite, name)
		if err != nil {
			return err
		}
		base := &url.URL{Scheme: "http", Host: "cst.nuc.edu.cn", Path: "/" + filepath.ToSlash(rel)}
		for _, m := range href.FindAllSubmatch(comment.ReplaceAll(page, nil), -1) {
			u, err := base.Parse(string(m[1]))
			if err != nil || u.Host != base.Host {
				continue
			}
			if _, err := os.Stat(filepath.Join(savedSite, filepath.FromSlash(u.Path))); err == nil {
				found[u.Path] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for p := range found {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	if len(paths) == 0 {
		t.Fatal("the saved lists link to no saved article")
	}
	return paths
}

func TestCrawlSavedSite(t *testing.T) {
	if testing.Short() {
		t.Skip("some two thousand pages")
	}
	w := newSavedWorld(t)
	began := time.Now()
	rep := w.run()
	t.Logf("%d articles with %d requests in %v; of the articles state: %v", rep.New, rep.Requests, time.Since(began), rep.Filled)
	have := make(map[string]bool)
	for _, address := range w.query(`SELECT url FROM articles WHERE title <> '' AND published <> ''`) {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		have[u.Path] = true
	}
	want := savedArticles(t)
	missing := 0
	for _, p := range want {
		if !have[p] {
			if missing++; missing < 40 {
				t.Logf("missing or without title or date: %s", p)
			}
		}
	}
	t.Logf("%d of %d saved articles that the lists lead to are in the archive with title and date", len(want)-missing, len(want))
	if missing > 0 {
		t.Errorf("%d articles are missing", missing)
	}
	w.clock.advance(time.Minute)
	if rep := w.run(); rep.New+rep.Changed > 0 {
		t.Errorf("second run: %d new, %d changed, want none", rep.New, rep.Changed)
	}
	if got := w.query(`SELECT key FROM articles GROUP BY key HAVING count(*) > 1`); len(got) > 0 {
		t.Errorf("more than one article of %q", got)
	}
	if got := w.query(`PRAGMA integrity_check`); !slices.Equal(got, []string{"ok"}) {
		t.Errorf("integrity_check: %q", got)
	}
}
