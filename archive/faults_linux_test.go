package archive

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// smallDisk mounts a file system of its own, of that many bytes.
func smallDisk(t *testing.T, bytes int) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can mount a small disk")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// faultsOf reads an archive again that nobody has open.
func faultsOf(t *testing.T, dir string) (Verification, string) {
	t.Helper()
	var faults []string
	v, err := Verify(t.Context(), dir, VerifyOptions{}, func(f string) { faults = append(faults, f) })
	if err != nil {
		t.Fatal(err)
	}
	return v, strings.Join(faults, "\n")
}

// TestFullDisk fills a disk until saving fails, several times, and goes on when there is room again: what was acknowledged
// is there, what was not is not, and the error names the archive's file or folder. Then the same disk becomes one that cannot be written to.
func TestFullDisk(t *testing.T) {
	disk := smallDisk(t, 10<<20)
	dir := filepath.Join(disk, "news")
	filler := filepath.Join(disk, "filler")
	a, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := begin(t, a)
	acknowledged, refused := 0, 0
	for round := range 4 {
		if err := os.WriteFile(filler, make([]byte, 2<<20), 0o666); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		for ; ; acknowledged++ {
			n := acknowledged + 1
			if _, err = c.Save(t.Context(), article(n, noon, fmt.Sprint("题", n), strings.Repeat(fmt.Sprint("文", n), 1500))); err != nil {
				break
			}
			if n > 3000 {
				t.Fatal("the disk does not fill")
			}
		}
		refused++
		if text := err.Error(); !strings.Contains(text, "full") && !strings.Contains(text, "no space left") || !strings.Contains(text, "/info/1003/") {
			t.Errorf("round %d, after %d articles: got %q, want what is full and the page", round, acknowledged, text)
		}
		if n := count(t, a, `SELECT count(*) FROM articles`); n != acknowledged {
			t.Errorf("round %d: got %d articles, want the %d acknowledged", round, n, acknowledged)
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		acknowledged++
		if _, err := c.Save(t.Context(), article(acknowledged, noon, "又有空间", "文")); err != nil {
			t.Fatalf("round %d: with room again: %v", round, err)
		}
		if round < 3 { // make the room that the next round fills, as a person would
			if err := unix.Mount("tmpfs", disk, "tmpfs", unix.MS_REMOUNT, fmt.Sprintf("size=%d", (10+3*(round+1))<<20)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	v, faults := faultsOf(t, dir)
	if faults != "" || v.Articles != acknowledged || !v.Sealed {
		t.Errorf("after %d full disks: got %+v, %s, want %d versions", refused, v, faults, acknowledged)
	}
	t.Logf("%d articles acknowledged, the disk was full %d times", acknowledged, refused)

	if err := unix.Mount("tmpfs", disk, "tmpfs", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Skipf("cannot be made read-only: %v", err)
	}
	if v, faults := faultsOf(t, dir); faults != "" || v.Articles != acknowledged {
		t.Errorf("on a disk that cannot be written to: got %+v, %s", v, faults)
	}
	if _, err := Open(t.Context(), dir, Options{}); err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("open for writing there: got %v, want an error that names folder and reason", err)
	}
	copied := filepath.Join(t.TempDir(), "copy")
	if err := Restore(t.Context(), dir, copied); err != nil {
		t.Errorf("restored from there: %v", err)
	}
	if v, faults := faultsOf(t, copied); faults != "" || v.Articles != acknowledged {
		t.Errorf("the copy: got %+v, %s", v, faults)
	}
}

// TestFullDiskElsewhere backs an archive up, and restores it, onto a disk that is too small at first: what fails leaves no room taken, and
// the same call succeeds when there is room.
func TestFullDiskElsewhere(t *testing.T) {
	disk := smallDisk(t, 1<<20)
	dir := filepath.Join(t.TempDir(), "news")
	a := open(t, dir)
	c := begin(t, a)
	random := rand.NewChaCha8([32]byte{})
	noise := make([]byte, 9000)
	for n := range 100 {
		_, _ = random.Read(noise) // never fails
		save(t, c, article(n, noon, fmt.Sprint("题", n), fmt.Sprintf("%x", noise)))
	}
	size := func(kib int) {
		if err := unix.Mount("tmpfs", disk, "tmpfs", unix.MS_REMOUNT, fmt.Sprintf("size=%dk", kib)); err != nil {
			t.Fatal(err)
		}
	}
	copied, restored := filepath.Join(disk, "copy"), filepath.Join(disk, "restored")
	for what, to := range map[string]struct {
		dir, nothing string // the folder, and the pattern of what may not be left in it
		make         func() error
	}{
		"backup":  {copied, unfinishedName + "*", func() error { return a.Backup(t.Context(), copied) }},
		"restore": {restored, "*", func() error { return Restore(t.Context(), dir, restored) }},
	} {
		failed := 0
		for kib := 1 << 10; ; kib += 2 << 10 {
			size(kib)
			err := to.make()
			if err == nil {
				break
			}
			if failed++; !Full(err) || kib > 64<<10 {
				t.Fatalf("%s, %d KiB: got %v, want an error that the disk is full", what, kib, err)
			}
			if left, _ := filepath.Glob(filepath.Join(to.dir, to.nothing)); len(left) > 0 {
				t.Errorf("%s, %d KiB: left behind: %v", what, kib, left)
			}
		}
		if failed < 2 {
			t.Errorf("%s: failed %d times, want the database and the evidence to fill the disk", what, failed)
		}
		if v, faults := faultsOf(t, to.dir); faults != "" || v.Articles != 100 {
			t.Errorf("%s: got %+v, %s", what, v, faults)
		}
		if err := os.RemoveAll(to.dir); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTornPages cuts and blanks the last pages of what a power cut may tear.
func TestTornPages(t *testing.T) {
	dir := t.TempDir()
	a, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := begin(t, a)
	for n := range 30 {
		save(t, c, article(n+1, noon, fmt.Sprint("题", n), strings.Repeat(fmt.Sprint("文", n), 900)))
	}
	// As the disk is when the power goes: the log not yet taken into the database.
	crashed := func(tear func(dir string)) string {
		to := t.TempDir()
		if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(to, dbName+"-shm")); err != nil {
			t.Fatal(err)
		}
		tear(to)
		return to
	}
	cut := func(path string, by int64) {
		info, err := os.Stat(path)
		if err != nil || info.Size() <= by {
			t.Fatalf("%s: %v, %d bytes", path, err, info.Size())
		}
		if err := os.Truncate(path, info.Size()-by); err != nil {
			t.Fatal(err)
		}
	}
	const evidence = "warc/campusnews-00001.warc.gz"
	for name, torn := range map[string]struct {
		tear func(dir string)
		lost int // articles at most
	}{
		"nothing":                   {func(string) {}, 0},
		"the log's last page cut":   {func(d string) { cut(filepath.Join(d, dbName+"-wal"), 1000) }, 1},
		"the log's last page blank": {func(d string) { blankEnd(t, filepath.Join(d, dbName+"-wal"), 2048) }, 1},
		"the evidence's last page cut": {func(d string) {
			appendTo(t, filepath.Join(d, evidence), []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1, 2, 3})
		}, 0},
	} {
		to := crashed(torn.tear)
		b, err := Open(t.Context(), to, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if n := count(t, b, `SELECT count(*) FROM articles`); n < 30-torn.lost || n > 30 {
			t.Errorf("%s: got %d articles, want 30 or at most %d fewer", name, n, torn.lost)
		}
		save(t, begin(t, b), article(31, noon, "题", "后来"))
		if err := b.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, faults := faultsOf(t, to); faults != "" {
			t.Errorf("%s: got %s", name, faults)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for name, torn := range map[string]struct {
		tear func(dir string)
		want string
	}{
		"the database's last page cut":   {func(d string) { cut(filepath.Join(d, dbName), 700) }, "archive.db: page "},
		"the database's last page gone":  {func(d string) { cut(filepath.Join(d, dbName), sealPage) }, "archive.db: has "},
		"the database's last page blank": {func(d string) { blankEnd(t, filepath.Join(d, dbName), 512) }, "archive.db: page "},
		"the evidence's last page cut":   {func(d string) { cut(filepath.Join(d, evidence), 100) }, evidence},
		"the evidence's last page blank": {func(d string) { blankEnd(t, filepath.Join(d, evidence), 100) }, evidence},
		"the evidence gone":              {func(d string) { os.Remove(filepath.Join(d, evidence)) }, "campusnews-00001.warc.gz"},
	} {
		to := t.TempDir()
		if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		torn.tear(to)
		var faults []string
		_, err := Verify(t.Context(), to, VerifyOptions{}, func(f string) { faults = append(faults, f) })
		if got := strings.Join(faults, "\n"); err != nil || !strings.Contains(got, torn.want) {
			t.Errorf("%s: got %s (%v), want %s", name, got, err, torn.want)
		}
	}
}

// blankEnd writes zeros over the end of a file, random bytes where it is zeros already.
func blankEnd(t *testing.T, path string, n int) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	end := b[len(b)-n:]
	with := make([]byte, n)
	if bytes.Equal(end, with) {
		with = bytes.Repeat([]byte{0xa5}, n)
	}
	copy(end, with)
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
}

func appendTo(t *testing.T, path string, b []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestVerifyLive reads an archive again and again while another process writes to it: there is no fault.
func TestVerifyLive(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.Command(exe, "-test.run=^$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=1 %s", killEnv, dir))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	saved := make(chan bool, 1<<20)
	go func() {
		defer close(saved)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			saved <- true
		}
	}()
	for round := range 5 {
		for range 40 {
			if !<-saved {
				t.Fatal("the writing process ended")
			}
		}
		v, faults := faultsOf(t, dir)
		if faults != "" || v.Sealed || v.Articles < 40*(round+1) {
			t.Errorf("round %d: got %+v, %s", round, v, faults)
		}
	}
}
