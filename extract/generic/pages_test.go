package generic

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/net/html"

	"campusnews/extract/byline"
	"campusnews/extract/render"
)

var update = flag.Bool("update", false, "rewrite want.json of every page in testdata")

// A saying is all that a page of testdata/pages is read as.
type saying struct {
	Kind      string          `json:"kind"`
	Title     string          `json:"title,omitempty"`
	Published string          `json:"published,omitempty"`
	Source    string          `json:"source,omitempty"`
	Credits   []byline.Credit `json:"credits,omitempty"`
	Section   string          `json:"section,omitempty"`
	Body      string          `json:"body,omitempty"`
	Images    []render.Image  `json:"images,omitempty"`
	Files     []render.File   `json:"files,omitempty"`
	Items     []Item          `json:"items,omitempty"`
	Next      string          `json:"next,omitempty"`
	Page      int             `json:"page,omitempty"`
	Pages     int             `json:"pages,omitempty"`
	Total     int             `json:"total,omitempty"`
}

// say reads a page. All pages of testdata stand at the same address.
func say(tb testing.TB, source []byte) saying {
	tb.Helper()
	doc, err := html.Parse(bytes.NewReader(source))
	if err != nil {
		tb.Fatal(err)
	}
	base, _ := url.Parse("http://www.example.edu.cn/xw/page.htm")
	p := Read(doc, base)
	s := saying{Kind: p.Verdict().Kind}
	switch s.Kind {
	case KindArticle:
		a, _ := p.Article()
		c := render.Render(a.Body, p.Base(), render.Options{Skip: a.Dropped})
		s.Title, s.Published, s.Source, s.Credits, s.Section = a.Title, a.Published, a.Source, a.Credits, a.Section
		s.Body, s.Images, s.Files = c.Text, c.Images, append(c.Files, a.Files...)
	case KindOther:
		s.Items = p.Items()
	case KindList:
		l, _ := p.List()
		s.Section, s.Items, s.Next, s.Page, s.Pages, s.Total = l.Section, l.Items, l.Next, l.Page, l.Pages, l.Total
	}
	return s
}

// TestPages reads the pages of testdata: each is one of the ways in which
// general extractors fail, named by its folder.
func TestPages(t *testing.T) {
	dirs, err := filepath.Glob("testdata/pages/*")
	if err != nil || len(dirs) < 10 {
		t.Fatalf("got %d pages (err %v), want at least 10", len(dirs), err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			source, err := os.ReadFile(filepath.Join(dir, "source.html"))
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			enc := json.NewEncoder(&got)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "\t")
			if err := enc.Encode(say(t, source)); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "want.json")
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("got %s\nwant %s", got.Bytes(), want)
			}
		})
	}
}
