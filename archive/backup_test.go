package archive

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"campusnews/extract"
	"campusnews/scraper"
)

func TestBackup(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	dest := filepath.Join(t.TempDir(), "copy")
	saved := 0
	more := func(n int) {
		for range n {
			saved++
			save(t, c, article(saved, noon, "题目", "正文"))
		}
	}
	backup := func(want int) {
		t.Helper()
		if err := a.Backup(t.Context(), dest); err != nil {
			t.Fatal(err)
		}
		r, err := OpenReader(t.Context(), dest)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if _, faults := verify(t, r); len(faults) > 0 {
			t.Errorf("the copy: %v", faults)
		}
		if n := count(t, r, `SELECT count(*) FROM articles`); n < want {
			t.Errorf("articles in the copy: got %d, want %d or more", n, want)
		}
	}
	more(3)
	backup(3)
	more(3)
	backup(6)

	// A copy whose evidence is not the archive's is made anew.
	file := filepath.Join(dest, warcName, "campusnews-00001.warc.gz")
	if err := os.WriteFile(file, []byte("something else"), 0o666); err != nil {
		t.Fatal(err)
	}
	backup(6)

	// While another goroutine goes on saving.
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := 100; ctx.Err() == nil; n++ {
			if _, err := c.Save(context.Background(), article(n, noon, "题目", "正文")); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 3 {
		backup(6)
	}
	stop()
	wg.Wait()

	// A backup that fails leaves the one before as it is.
	if err := os.Rename(filepath.Join(a.WARCDir(), "campusnews-00001.warc.gz"), filepath.Join(a.WARCDir(), "away")); err != nil {
		t.Fatal(err)
	}
	if err := a.Backup(t.Context(), dest); err == nil || !strings.Contains(err.Error(), "campusnews-00001.warc.gz") {
		t.Errorf("without its evidence: got %v, want an error that names the file", err)
	}
	if err := os.Rename(filepath.Join(a.WARCDir(), "away"), filepath.Join(a.WARCDir(), "campusnews-00001.warc.gz")); err != nil {
		t.Fatal(err)
	}
	r, err := OpenReader(t.Context(), dest)
	if err != nil {
		t.Fatal(err)
	}
	if _, faults := verify(t, r); len(faults) > 0 {
		t.Errorf("the copy before: %v", faults)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dest, "*.unfinished*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := a.Backup(t.Context(), a.Dir()); err == nil {
		t.Error("a backup onto itself: got no error")
	}

	// And the copy is an archive to go on with.
	b := open(t, dest)
	if change := save(t, begin(t, b), article(1, noon.AddDate(0, 0, 1), "题目", "改")); !change.Changed {
		t.Errorf("going on with the copy: got %+v", change)
	}
}

// TestBackupOfDamage: what a bad disk has done to the archive is not done to its backup, and a backup that is ahead is left alone.
func TestBackupOfDamage(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "archive"))
	c := begin(t, a)
	for n := range 5 {
		save(t, c, article(n, noon, "题目", "正文"))
	}
	dest := filepath.Join(t.TempDir(), "backup")
	if err := a.Backup(t.Context(), dest); err != nil {
		t.Fatal(err)
	}
	const name = "campusnews-00001.warc.gz"
	read := func(dir string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, warcName, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	write := func(b []byte) {
		if err := os.WriteFile(filepath.Join(a.WARCDir(), name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	good := read(a.Dir())
	for what, damaged := range map[string][]byte{
		"a flipped byte": append(append(bytes.Clone(good[:len(good)-100]), good[len(good)-100]^4), good[len(good)-99:]...),
		"a lost end":     good[:len(good)/2],
		"nothing":        {},
	} {
		write(damaged)
		if err := a.Backup(t.Context(), dest); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v, want an error that names the file", what, err)
		}
		if !bytes.Equal(read(dest), good) {
			t.Errorf("%s: it went into the backup", what)
		}
	}
	write(good)
	if left, _ := filepath.Glob(filepath.Join(dest, warcName, "*"+asideSuffix)); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}

	// A backup was killed after it had put a file aside.
	path := filepath.Join(dest, warcName, name)
	if err := errors.Join(os.Rename(path, path+asideSuffix), os.WriteFile(path, good[:10], 0o666)); err != nil {
		t.Fatal(err)
	}
	if err := a.Backup(t.Context(), dest); err != nil || !bytes.Equal(read(dest), good) {
		t.Errorf("after a kill: %v", err)
	}

	// An archive that was restored from an older backup.
	older := filepath.Join(t.TempDir(), "older")
	if err := a.Backup(t.Context(), older); err != nil {
		t.Fatal(err)
	}
	save(t, c, article(9, noon, "题目", "正文"))
	if err := a.Backup(t.Context(), dest); err != nil {
		t.Fatal(err)
	}
	b, err := OpenReader(t.Context(), older)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.Backup(t.Context(), dest); !errors.Is(err, ErrBackupNewer) {
		t.Errorf("onto a backup that is ahead: got %v, want ErrBackupNewer", err)
	}

	// Another archive, with as many captures and more.
	other := open(t, filepath.Join(t.TempDir(), "other"))
	c = begin(t, other)
	for n := range 9 {
		save(t, c, article(n, noon, "别的", "正文"))
	}
	before := read(dest)
	if err := other.Backup(t.Context(), dest); !errors.Is(err, ErrBackupNewer) || !bytes.Equal(read(dest), before) {
		t.Errorf("onto the backup of another archive: got %v, want ErrBackupNewer", err)
	}
}

// TestBackupOfEnds: what is noted behind the last capture of a run is copied with it, but not the beginning of a run that came later.
func TestBackupOfEnds(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "archive"))
	read := func(dir string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, warcName, "campusnews-00001.warc.gz"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	c := begin(t, a)
	save(t, c, article(1, noon, "题目", "正文"))
	if err := c.End(t.Context(), Ending{Status: StatusDone, Ended: noon}); err != nil {
		t.Fatal(err)
	}
	dest := filepath.Join(t.TempDir(), "backup")
	if err := a.Backup(t.Context(), dest); err != nil {
		t.Fatal(err)
	}
	if got, want := len(read(dest)), len(read(a.Dir())); got != want {
		t.Errorf("got %d bytes of evidence, want all %d", got, want)
	}
	if err := os.Remove(filepath.Join(dest, dbName)); err != nil {
		t.Fatal(err)
	}
	reader := RebuildOptions{Reader: func(Site) (scraper.Reader, error) { return extract.New(), nil }}
	if _, err := Rebuild(t.Context(), dest, reader, func(string) {}); err != nil {
		t.Fatal(err)
	}
	again, err := OpenReader(t.Context(), dest)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	runs, err := again.Crawls(t.Context(), "", 10)
	if err != nil || len(runs) != 1 || runs[0].Status != "done" {
		t.Errorf("rebuilt from the copy: got runs %+v (%v), want one that is done", runs, err)
	}
	for _, below := range []string{filepath.Join(a.Dir(), "copy"), filepath.Join(a.Dir(), warcName, "a", "b")} {
		if err := a.Backup(t.Context(), below); err == nil || !strings.Contains(err.Error(), "own folder") {
			t.Errorf("into %s: got %v, want an error", below, err)
		}
	}
}
