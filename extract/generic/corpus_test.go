package generic

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/net/html"

	"campusnews/extract/charset"
	"campusnews/extract/render"
)

// A sample is a page of one of the labelled sets, which stand beside a checkout
// of the project and are not part of it.
type sample struct {
	file, kind, address string
	text                []byte
}

// samples reads the set name; the test is skipped where it is not there.
func samples(tb testing.TB, name string) []sample {
	tb.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "corpus", name)
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		tb.Skipf("no labelled pages: %v", err)
	}
	defer f.Close()
	var all []sample
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var row struct{ File, URL, Kind string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			tb.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, row.File))
		if err != nil {
			tb.Fatal(err)
		}
		text, _ := charset.Decode(raw, "")
		all = append(all, sample{row.File, row.Kind, row.URL, text})
	}
	if len(all) == 0 {
		tb.Fatalf("set %s is empty", name)
	}
	return all
}

// read is all that reading an article costs after parsing.
func read(doc *html.Node, address string) (Article, render.Content) {
	base, _ := url.Parse(address)
	p := Read(doc, base)
	a, _ := p.Article()
	return a, render.Render(a.Body, p.Base(), render.Options{Skip: a.Dropped})
}

// Benchmark compares parsing alone with parsing, finding and rendering.
func Benchmark(b *testing.B) {
	for _, set := range []string{"news-zh", "news-en", "campus"} {
		all := samples(b, set)
		size := 0
		for _, s := range all {
			size += len(s.text)
		}
		b.Run(set+"/parse", func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, s := range all {
					if _, err := html.Parse(bytes.NewReader(s.text)); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run(set+"/article", func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, s := range all {
					doc, err := html.Parse(bytes.NewReader(s.text))
					if err != nil {
						b.Fatal(err)
					}
					read(doc, s.address)
				}
			}
		})
		b.Run(set+"/verdict", func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				for _, s := range all {
					doc, err := html.Parse(bytes.NewReader(s.text))
					if err != nil {
						b.Fatal(err)
					}
					base, _ := url.Parse(s.address)
					p := Read(doc, base)
					if p.Verdict().Kind == KindList {
						p.List()
						continue
					}
					a, _ := p.Article()
					render.Render(a.Body, p.Base(), render.Options{Skip: a.Dropped})
				}
			}
		})
	}
}
