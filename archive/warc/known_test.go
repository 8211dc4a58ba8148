package warc

import (
	"os"
	"path/filepath"
	"testing"
)

// TestKnown: nothing is written where a record stood that a disk has lost.
func TestKnown(t *testing.T) {
	for _, c := range []struct {
		name    string
		harm    func(path string) error
		missing bool
		next    string // file of the next record
	}{
		{"whole", func(string) error { return nil }, false, "news-00001.warc.gz"},
		{"cut", func(path string) error { return os.Truncate(path, 20) }, true, "news-00002.warc.gz"},
		{"empty", func(path string) error { return os.Truncate(path, 0) }, true, "news-00002.warc.gz"},
		{"gone", os.Remove, true, "news-00002.warc.gz"},
		{"away", func(path string) error { return PutAway(path, Away{Size: 1000}) }, false, "news-00002.warc.gz"},
	} {
		dir := t.TempDir()
		w := openWriter(t, dir, Options{})
		at := mustWrite(t, w, page(1), Revisits{})
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		end := at.Span.Offset + at.Span.Length
		if err := c.harm(filepath.Join(dir, at.File)); err != nil {
			t.Fatal(err)
		}
		w = openWriter(t, dir, Options{})
		missing, err := w.Known(at.File, end)
		if err != nil || (missing > 0) != c.missing || missing > end {
			t.Errorf("%s: got %d bytes missing (%v) of %d, want some: %t", c.name, missing, err, end, c.missing)
		}
		if other, err := w.Known("other-00009.warc.gz", 1); other != 0 || err != nil {
			t.Errorf("%s: a file of another name: got %d (%v), want it left alone", c.name, other, err)
		}
		if at = mustWrite(t, w, page(1), Revisits{}); at.File != c.next {
			t.Errorf("%s: the next record went into %s, want %s", c.name, at.File, c.next)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}
