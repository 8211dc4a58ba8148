package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"campusnews/scraper/campustest"
)

// mountSmall makes dir a file system of its own, of that many bytes.
func mountSmall(t *testing.T, dir string, bytes int) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can mount a small disk")
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// A crawl that fills the disk ends with an error that names the archive and says what to do. What it has taken in stays, and after room
// was made the same command goes on to the archive that a crawl with room makes at once; each time it asks again for the page at most
// that had no room. So does one whose disk is full but for the database.
func TestCrawlFillsDisk(t *testing.T) {
	site := campustest.New(time.Now, "学校要闻", "综合新闻")
	site.Media = true
	site.Publish("学校要闻", time.Now().AddDate(0, 0, -300), 60)
	site.Publish("综合新闻", time.Now().AddDate(0, 0, -200), 40)
	srv := httptest.NewServer(site)
	defer srv.Close()
	crawl := func(dir string) (status int, errs string) {
		log := &lockedLog{}
		cmd := campusnews(t, "crawl", srv.URL+"/", "--delay", "1ms", "--quiet", "--archive", dir)
		cmd.Stderr = log
		if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode(), log.String()
	}
	contents := func(dir string) []string {
		return texts(t, openReadOnly(t, dir), `SELECT key, url, section, title, published, state, revision, body FROM articles ORDER BY key`)
	}
	elsewhere := filepath.Join(campustest.TempDir(t), "archive")
	if status, errs := crawl(elsewhere); status != 0 {
		t.Fatalf("with room: status %d\n%s", status, errs)
	}
	whole := contents(elsewhere)
	for _, tt := range []struct {
		name, disk string
		kib, more  int // its size, and what is added when it is full
	}{
		{"the whole archive", ".", 1600, 1300},
		{"warc alone", "warc", 90, 90},
	} {
		t.Run(tt.name, func(t *testing.T) {
			site.TakeAudit()
			dir := filepath.Join(t.TempDir(), "archive")
			disk := filepath.Join(dir, tt.disk)
			mountSmall(t, disk, tt.kib<<10)
			full := 0
			for kib := tt.kib; ; kib += tt.more {
				if err := unix.Mount("tmpfs", disk, "tmpfs", unix.MS_REMOUNT, fmt.Sprintf("size=%dk", kib)); err != nil {
					t.Fatal(err)
				}
				status, errs := crawl(dir)
				if status == 0 {
					break
				}
				full++
				if status != exitFailed || !strings.Contains(errs, "no room for "+dir) || !strings.Contains(errs, "hint: make room on its disk") {
					t.Fatalf("with %d KiB: status %d\n%s", kib, status, errs)
				}
				if kib > 30<<10 {
					t.Fatalf("does not fit into %d KiB:\n%s", kib, errs)
				}
				runCommand(t, 0, "verify", "--archive", dir)
			}
			if got := contents(dir); full < 2 || !slices.Equal(got, whole) {
				t.Errorf("%d articles after %d full disks, want the %d of an archive with room", len(got), full, len(whole))
			}
			again := 0
			for path, n := range site.Audit().Repeats() {
				if site.IsArticle(path) {
					again += n - 1
				}
			}
			if again > full {
				t.Errorf("%d article pages asked for again, want one at most for each of %d full disks", again, full)
			}
			t.Logf("the disk was full %d times, %d article pages were asked for again", full, again)
			runCommand(t, 0, "verify", "--archive", dir)
		})
	}
}
