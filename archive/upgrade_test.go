package archive

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// released copies the archive that format n has left in testdata, and seals it as a writer's Close does.
func released(t *testing.T, n int) (dir string) {
	t.Helper()
	dir, from := t.TempDir(), fmt.Sprintf("testdata/v%d", n)
	if err := os.CopyFS(filepath.Join(dir, warcName), os.DirFS(filepath.Join(from, warcName))); err != nil {
		t.Fatal(err)
	}
	unpack(t, filepath.Join(from, dbName+".gz"), filepath.Join(dir, dbName))
	if err := seal(dir, nil); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestUpgrade(t *testing.T) {
	newest := latest(migrations)
	for n := 1; n <= newest; n++ {
		dir := released(t, n)
		if r, err := OpenReader(t.Context(), dir); n < newest && !errors.Is(err, ErrOlder) || n == newest && err != nil {
			t.Errorf("format %d: opened for reading: %v", n, err)
		} else if err == nil {
			closing(t, r)
		}
		if from, to, err := Upgrade(t.Context(), dir); from != n || to != newest || err != nil {
			t.Errorf("format %d: got %d, %d, %v", n, from, to, err)
		}
		r, err := OpenReader(t.Context(), dir)
		if err != nil {
			t.Fatalf("format %d, brought up to date: %v", n, err)
		}
		if v, faults := verify(t, r); len(faults) > 0 || !v.Sealed {
			t.Errorf("format %d: sealed %v, %q", n, v.Sealed, faults)
		}
		closing(t, r)
	}
}

func closing(t *testing.T, a *Archive) {
	t.Helper()
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// What is damaged is not written over.
func TestUpgradeOfDamage(t *testing.T) {
	dir := released(t, 3)
	path := filepath.Join(dir, dbName)
	data := read(t, path)
	data[len(data)-1000] ^= 4
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() error{
		"Upgrade": func() error { _, _, err := Upgrade(t.Context(), dir); return err },
		"Open": func() error {
			a, err := Open(t.Context(), dir, Options{})
			if err == nil {
				closing(t, a)
			}
			return err
		},
	} {
		if err := open(); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "page ") || strings.Count(err.Error(), dir) != 1 {
			t.Errorf("%s: got %v, want the damaged page", name, err)
		}
	}
	if !bytes.Equal(read(t, path), data) {
		t.Error("the file was written to")
	}
}

func TestRestoreOlder(t *testing.T) {
	for n := 1; n <= latest(migrations); n++ {
		backup, to := released(t, n), filepath.Join(t.TempDir(), "to")
		before := read(t, filepath.Join(backup, dbName))
		if err := Restore(t.Context(), backup, to); err != nil {
			t.Errorf("format %d: %v", n, err)
			continue
		}
		if !bytes.Equal(read(t, filepath.Join(backup, dbName)), before) {
			t.Errorf("format %d: the backup was written to", n)
		}
		a := open(t, to)
		if _, faults := verify(t, a); len(faults) > 0 {
			t.Errorf("format %d: %q", n, faults)
		}
		if got, err := a.Article(t.Context(), 1); err != nil || got.Title != "先进基层党组织推介" {
			t.Errorf("format %d: got %q, %v", n, got.Title, err)
		}
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
