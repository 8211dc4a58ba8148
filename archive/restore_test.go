package archive

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestRestoreIntoWhatIsThere: a restore that was killed is gone on with, anything else that is there is left alone.
func TestRestoreIntoWhatIsThere(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "archive"))
	save(t, begin(t, a), article(1, noon, "题目", "正文"))
	for _, tt := range []struct {
		name  string
		files []string
		want  error
	}{
		{"nothing", nil, nil},
		{"what a kill leaves", []string{"archive.db.unfinished", "archive.db.unfinished-journal", "warc/campusnews-00001.warc.gz"}, nil},
		{"evidence without a database", []string{"warc/campusnews-00001.warc.gz"}, ErrNotEmpty},
		{"an archive", []string{"archive.db", "archive.db.unfinished", "warc/campusnews-00001.warc.gz"}, ErrNotEmpty},
		{"a person's file", []string{"archive.db.unfinished", "notes.txt"}, ErrNotEmpty},
	} {
		t.Run(tt.name, func(t *testing.T) {
			to := filepath.Join(t.TempDir(), "to")
			for _, name := range tt.files {
				path := filepath.Join(to, filepath.FromSlash(name))
				if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte("half"), 0o666)); err != nil {
					t.Fatal(err)
				}
			}
			if err := Restore(t.Context(), a.Dir(), to); !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if tt.want == nil {
				r, err := OpenReader(t.Context(), to)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				if _, faults := verify(t, r); len(faults) > 0 {
					t.Error(faults)
				}
				return
			}
			for _, name := range tt.files {
				if b, err := os.ReadFile(filepath.Join(to, filepath.FromSlash(name))); err != nil || string(b) != "half" {
					t.Errorf("%s: got %q, %v, want it as it was", name, b, err)
				}
			}
		})
	}
}
