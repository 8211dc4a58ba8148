package extract

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "rewrite want.json in testdata; read the difference before you keep it")

// A pageCase is a folder of testdata/pages: source.html as served, origin.json
// with the address and what the case shows, want.json with the Result.
type pageCase struct {
	name, dir string
	page      Page
	generic   bool
}

func pageCases(tb testing.TB) []pageCase {
	tb.Helper()
	dirs, err := filepath.Glob(filepath.Join("testdata", "pages", "*"))
	if err != nil || len(dirs) == 0 {
		tb.Fatalf("no page fixtures (err %v)", err)
	}
	var cases []pageCase
	for _, dir := range dirs {
		data, err := os.ReadFile(filepath.Join(dir, "origin.json"))
		if err != nil {
			tb.Fatal(err)
		}
		var origin struct {
			URL     string
			Status  int
			Headers map[string]string
			Generic bool
		}
		if err := json.Unmarshal(data, &origin); err != nil {
			tb.Fatalf("%s: %v", dir, err)
		}
		body, err := os.ReadFile(filepath.Join(dir, "source.html"))
		if err != nil {
			tb.Fatal(err)
		}
		cases = append(cases, pageCase{
			name: filepath.Base(dir), dir: dir, generic: origin.Generic,
			page: Page{URL: origin.URL, Status: origin.Status, ContentType: origin.Headers["Content-Type"], Body: body},
		})
	}
	return cases
}

func TestPages(t *testing.T) {
	known, generic := New(), New(GenericOnly())
	for _, c := range pageCases(t) {
		t.Run(c.name, func(t *testing.T) {
			e := known
			if c.generic {
				e = generic
			}
			var b bytes.Buffer
			enc := json.NewEncoder(&b)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", " ")
			if err := enc.Encode(e.Extract(c.page)); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(c.dir, "want.json")
			if *update {
				if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(b.Bytes(), want) {
				t.Errorf("got\n%s\nwant\n%s", b.Bytes(), want)
			}
		})
	}
}
