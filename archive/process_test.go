package archive_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"campusnews/archive"
	"campusnews/archive/archivetest"
	"campusnews/scraper"
)

// A process of its own, since SQLite takes such settings before the first database is opened and never again.
func TestLimitCache(t *testing.T) {
	const variable = "CAMPUSNEWS_TEST_LIMIT_CACHE"
	dir := os.Getenv(variable)
	if dir == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestLimitCache$", "-test.v")
		cmd.Env = append(os.Environ(), variable+"="+t.TempDir())
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: TestLimitCache") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	// Fewer pages than the transaction touches: what is beyond has to go to the log before its end.
	if err := archive.LimitCache(256); err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(t.Context(), filepath.Join(dir, "a"), archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Begin(t.Context(), archive.CrawlInfo{Sites: archivetest.Sites()})
	if err != nil {
		t.Fatal(err)
	}
	var visits []scraper.Visit
	for i := range 200 {
		visits = append(visits, archivetest.Visits(i+1, false)[0])
	}
	if _, err := c.SaveAll(t.Context(), visits); err != nil {
		t.Fatal(err)
	}
	if err := archive.LimitCache(512); err != nil {
		t.Errorf("a second call: %v, want the first one's answer", err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if a, err = archive.OpenReader(t.Context(), filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for id := range int64(len(visits)) {
		if _, err := a.Article(t.Context(), id+1); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLimitCacheTooLate(t *testing.T) {
	a, err := archive.Open(t.Context(), t.TempDir(), archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := archive.LimitCache(256); err == nil {
		t.Error("no error after a database was opened")
	}
}
