package replica

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"campusnews/archive/warc"
)

// A countingStore counts what is asked for.
type countingStore struct {
	Store
	gets atomic.Int64
}

func (c *countingStore) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	c.gets.Add(1)
	return c.Store.Get(ctx, name)
}

// Files of a copy are read by way of the shelf as they are, by many at once; each piece is fetched once, those that were not read for the
// longest time make room, and a damaged one is told.
func TestShelf(t *testing.T) {
	store, heads := buckets(t)
	m := newMachine(t, "a", store, heads)
	m.warc = 24 << 10
	s := m.take(1)
	for i := range 6 { // files of several pieces
		s.fill(10*i, 10*i+10)
		s.sync()
	}
	s.end()
	h, _, err := heads.Head(t.Context(), "nuc.example")
	if err != nil {
		t.Fatal(err)
	}
	if len(h.WARC) < 5 {
		t.Fatalf("only %d WARC files", len(h.WARC))
	}
	counting := &countingStore{Store: store}
	dir := filepath.Join(t.TempDir(), "shelf")
	shelf, err := NewShelf(dir, 1<<30, counting, heads)
	if err != nil {
		t.Fatal(err)
	}
	pieces := 0
	var all sync.WaitGroup
	for _, f := range h.WARC {
		pieces += len(f.Pieces)
		want := read(t, filepath.Join(m.dir, warcName, f.Name))
		for reader := range 4 {
			all.Go(func() {
				r, size, err := shelf.Open(t.Context(), "nuc.example", f.Name)
				if err != nil || size != int64(len(want)) {
					t.Errorf("%s: %d bytes, %v; want %d", f.Name, size, err, len(want))
					return
				}
				if reader == 0 { // so that no piece is left out by chance
					whole, err := io.ReadAll(io.NewSectionReader(r, 0, size))
					if err != nil || !bytes.Equal(whole, want) {
						t.Errorf("%s: %d bytes of %d read as a whole, %v", f.Name, len(whole), len(want), err)
					}
				}
				for range 20 {
					from := rand.IntN(len(want))
					part := make([]byte, rand.IntN(len(want)-from)+1)
					if n, err := r.ReadAt(part, int64(from)); err != nil || !bytes.Equal(part[:n], want[from:from+len(part)]) {
						t.Errorf("%s, %d bytes at %d: %d, %v", f.Name, len(part), from, n, err)
					}
				}
				if n, err := r.ReadAt(make([]byte, 10), size-4); n != 4 || !errors.Is(err, io.EOF) {
					t.Errorf("%s: read %d over the end, %v", f.Name, n, err)
				}
			})
		}
	}
	all.Wait()
	if got := counting.gets.Load(); got != int64(pieces) {
		t.Errorf("%d objects were fetched for %d pieces", got, pieces)
	}

	// A small one has room for one file of these at a time.
	most := h.WARC[0].Size() + h.WARC[1].Size()/2
	small, err := NewShelf(dir, most, store, heads)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range h.WARC {
		r, length, err := small.Open(t.Context(), "nuc.example", f.Name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(r, 0, length))
		if err != nil || !bytes.Equal(got, read(t, filepath.Join(m.dir, warcName, f.Name))) {
			t.Errorf("%s by way of a small shelf: %d bytes of %d, %v", f.Name, len(got), length, err)
		}
		if used := size(t, dir); used > most {
			t.Errorf("the shelf takes %d bytes, of %d at most", used, most)
		}
	}

	// Somebody tidies up.
	for _, f := range h.WARC {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) == 0 {
			t.Fatalf("an empty shelf (%v)", err)
		}
		for _, e := range entries {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
		r, length, err := small.Open(t.Context(), "nuc.example", f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, io.NewSectionReader(r, 0, length)); n != length || err != nil {
			t.Errorf("%s from a shelf that was emptied: %d bytes of %d, %v", f.Name, n, length, err)
		}
	}

	if _, _, err := small.Open(t.Context(), "nuc.example", "none.warc.gz"); !errors.Is(err, warc.ErrAway) {
		t.Errorf("a file that the copy has not: %v", err)
	}
	change(t, store, h.WARC[0].Pieces[0].Object)
	fresh, err := NewShelf(dir, most, store, heads)
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := fresh.Open(t.Context(), "nuc.example", h.WARC[0].Name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.ReadAt(make([]byte, 10), 0); !errors.Is(err, ErrDamaged) {
		t.Errorf("a damaged piece: %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("a damaged piece leaves %v, %v", entries, err)
	}
	left, cancel := context.WithCancel(t.Context())
	cancel()
	if r, _, err = fresh.Open(t.Context(), "nuc.example", h.WARC[1].Name); err != nil {
		t.Fatal(err)
	}
	if _, err := (shelfFile{left, fresh, h.WARC[1]}).ReadAt(make([]byte, 10), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("a reader that has left: %v", err)
	}
	if _, err := r.ReadAt(make([]byte, 10), 0); err != nil {
		t.Errorf("after one that has left: %v", err)
	}
}
