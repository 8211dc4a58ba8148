package replica

import (
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"campusnews/archive"
	"campusnews/archive/warc"
)

// here gives the names of the WARC files that lie in the archive's folder.
func (m *machine) here() (names []string) {
	m.t.Helper()
	all, err := filepath.Glob(filepath.Join(m.dir, warcName, "*.warc.gz"))
	if err != nil {
		m.t.Fatal(err)
	}
	for _, path := range all {
		names = append(names, filepath.Base(path))
	}
	return names
}

// change alters what an object holds.
func change(t testing.TB, s Bucket, object string) {
	t.Helper()
	r, err := s.Get(t.Context(), object)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 4
	if err := s.Put(t.Context(), object, strings.NewReader(string(b))); err != nil {
		t.Fatal(err)
	}
}

// Evidence goes from here only when its copy has been read back; a damaged copy is sent again first; and what
// has gone stays in the copy through later runs, moves with it to other machines, and comes back whole.
func TestPutAway(t *testing.T) {
	store, heads := buckets(t)
	a := newMachine(t, "a", store, heads)
	a.warc = 24 << 10
	s := a.take(1)
	s.fill(0, 60)
	s.end()
	all := a.here()
	if len(all) < 4 {
		t.Fatalf("only %d WARC files", len(all))
	}
	away := func(free int64) (int64, error) { return a.keeper.PutAway(t.Context(), "nuc.example", a.dir, free) }

	// The copies of two files are not what they should be: one is altered, one is gone. They stay, the others go, but for the newest.
	h, _, err := heads.Head(t.Context(), "nuc.example")
	if err != nil {
		t.Fatal(err)
	}
	change(t, store, h.WARC[0].Pieces[0].Object)
	if err := store.Delete(t.Context(), h.WARC[1].Pieces[0].Object); err != nil {
		t.Fatal(err)
	}
	if _, err := away(math.MaxInt64); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), all[0]) || !strings.Contains(err.Error(), all[1]) {
		t.Errorf("with a damaged copy: %v, want ErrDamaged naming %s and %s", err, all[0], all[1])
	}
	if got, want := strings.Join(a.here(), " "), strings.Join([]string{all[0], all[1], all[len(all)-1]}, " "); got != want {
		t.Errorf("with a damaged copy these are left: %s; want %s", got, want)
	}

	// The next run sends them again, and then they go, no more than is asked for.
	s = a.take(2)
	s.fill(60, 61)
	s.end()
	if freed, err := away(1); err != nil || freed == 0 {
		t.Errorf("sent again: %d freed, %v", freed, err)
	}
	if got := a.here(); len(got) != 2 && len(got) != 3 || got[0] != all[1] { // the run may have begun another file
		t.Errorf("one was to go; left: %v", got)
	}
	if _, err := away(math.MaxInt64); err != nil {
		t.Error(err)
	}
	left := a.here()
	if len(left) != 1 {
		t.Fatalf("left: %v, want the newest alone", left)
	}

	// A file here that is not what was copied stays, too.
	s = a.take(3)
	s.fill(61, 80)
	s.end()
	path := filepath.Join(a.dir, warcName, left[0])
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := append([]byte(nil), good...)
	bad[len(bad)/2] ^= 4
	if err := os.WriteFile(path, bad, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := a.keeper.PutAway(t.Context(), "nuc.example", a.dir, 1); !errors.Is(err, ErrDamaged) {
		t.Errorf("a file that has changed since: %v, want ErrDamaged", err)
	}
	if err := os.WriteFile(path, good, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := away(math.MaxInt64); err != nil {
		t.Error(err)
	}

	// What is away is said, and is no fault.
	r, err := archive.OpenReader(t.Context(), a.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	v, err := r.Verify(t.Context(), archive.VerifyOptions{}, func(fault string) { t.Error(fault) })
	if err != nil || v.Away < 4 || v.AwaySize == 0 {
		t.Errorf("verify: %+v, %v", v, err)
	}
	if _, err := r.Page(t.Context(), 2); !errors.Is(err, warc.ErrAway) {
		t.Errorf("a page of long ago: %v, want ErrAway", err)
	}
	if _, err := r.Reextract(t.Context(), archive.Reextraction{DryRun: true}); !errors.Is(err, warc.ErrAway) {
		t.Errorf("reextract: %v, want ErrAway", err)
	}
	if err := r.Backup(t.Context(), t.TempDir()); !errors.Is(err, warc.ErrAway) {
		t.Errorf("backup: %v, want ErrAway", err)
	}

	// Another machine takes the site without what is away, goes on, and a restored archive has all.
	b := newMachine(t, "b", store, heads)
	b.warc, b.keeper.Lean = a.warc, func(int64) bool { return true }
	s = b.take(4)
	if n := count(t, s.a); n != 80 {
		t.Errorf("on the next machine: %d articles, want 80", n)
	}
	s.fill(80, 90)
	s.end()
	if got := b.here(); got[0] < left[0] {
		t.Errorf("the next machine has %v, from before what the first one had left", got)
	}
	if n := restored(t, store, heads); n != 90 {
		t.Errorf("%d articles in the copy, want 90", n)
	}
	h, _, err = heads.Head(t.Context(), "nuc.example")
	if err != nil {
		t.Fatal(err)
	}
	if len(h.WARC) < len(all)+1 {
		t.Errorf("%d WARC files in the copy, want all %d and later ones", len(h.WARC), len(all))
	}
}
