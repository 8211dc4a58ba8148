package extract

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/net/html"
)

// corpus reads the pages of a labelled set that lies beside the project; the
// test or benchmark is skipped where it is absent.
func corpus(tb testing.TB, set string) []Page {
	tb.Helper()
	dir := filepath.Join("..", "..", "shared", "corpus", set)
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		tb.Skipf("no labelled pages: %v", err)
	}
	defer f.Close()
	var pages []Page
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row struct{ File, URL string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			tb.Fatal(err)
		}
		body, err := os.ReadFile(filepath.Join(dir, row.File))
		if err != nil {
			tb.Fatal(err)
		}
		pages = append(pages, Page{URL: row.URL, Body: body})
	}
	if err := lines.Err(); err != nil || len(pages) == 0 {
		tb.Fatalf("%s: %d pages, %v", dir, len(pages), err)
	}
	return pages
}

// recognised keeps the pages whose publishing system is known.
func recognised(tb testing.TB, pages []Page) []Page {
	tb.Helper()
	e := New()
	pages = slices.DeleteFunc(pages, func(p Page) bool { return e.Extract(p).System == "" })
	if len(pages) == 0 {
		tb.Fatal("no page of a known system")
	}
	return pages
}

// BenchmarkParse and BenchmarkExtract are compared: what reading a page costs
// beyond parsing it. One operation is all pages of a set.
func BenchmarkParse(b *testing.B) {
	for _, set := range sets {
		b.Run(set, func(b *testing.B) {
			pages := benchPages(b, set)
			b.ReportAllocs()
			for b.Loop() {
				for _, p := range pages {
					if _, err := html.Parse(bytes.NewReader(p.Body)); err != nil {
						b.Fatal(err)
					}
				}
			}
			perPage(b, len(pages))
		})
	}
}

func BenchmarkExtract(b *testing.B) {
	for _, set := range sets {
		b.Run(set, func(b *testing.B) {
			pages := benchPages(b, set)
			e := New()
			b.ReportAllocs()
			for b.Loop() {
				for _, p := range pages {
					e.Extract(p)
				}
			}
			perPage(b, len(pages))
		})
	}
}

// sets are the labelled sets; of campus, the pages of known systems count.
var sets = []string{"campus", "news-zh", "news-en"}

func benchPages(b *testing.B, set string) []Page {
	pages := corpus(b, set)
	if set == "campus" {
		pages = recognised(b, pages)
	}
	return pages
}

func perPage(b *testing.B, pages int) {
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*pages), "µs/page")
}
