package generic

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/net/html"

	"campusnews/extract/charset"
	"campusnews/extract/render"
)

// A sample is a page of one of the labelled sets, which stand beside a checkout
// of the project and are not part of it.
type sample struct {
	file, kind, address string
	text                []byte
	truth               truth
}

// A truth is what people found on a page by hand.
type truth struct {
	Title     *string
	Published *string
	Body      *string
	Articles  []struct{ Href, Title, Date string }
	Next      *string
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
		var row struct{ File, URL, Kind, Truth string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			tb.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, row.File))
		if err != nil {
			tb.Fatal(err)
		}
		s := sample{file: row.File, kind: row.Kind, address: row.URL}
		s.text, _ = charset.Decode(raw, "")
		labels, err := os.ReadFile(filepath.Join(dir, row.Truth))
		if err != nil {
			tb.Fatal(err)
		}
		if err := json.Unmarshal(labels, &s.truth); err != nil {
			tb.Fatal(err)
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		tb.Fatalf("set %s is empty", name)
	}
	return all
}

// read is all that reading a page costs after parsing.
func read(doc *html.Node, address string) {
	base, _ := url.Parse(address)
	p := Read(doc, base)
	if p.Verdict().Kind == KindList {
		p.List()
		return
	}
	a, _ := p.Article()
	render.Render(a.Body, p.Base(), render.Options{Skip: a.Dropped})
}

// Benchmark compares parsing alone with parsing, judging, finding and
// rendering. The two take turns page by page, so that whatever else the machine
// does falls on both; "x-parse" is the whole against parsing alone.
func Benchmark(b *testing.B) {
	for _, set := range []string{"news-zh", "news-en", "campus"} {
		all := samples(b, set)
		size := 0
		for _, s := range all {
			size += len(s.text)
		}
		b.Run(set, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			var parse, whole time.Duration
			for b.Loop() {
				for _, s := range all {
					begun := time.Now()
					if _, err := html.Parse(bytes.NewReader(s.text)); err != nil {
						b.Fatal(err)
					}
					parsed := time.Now()
					parse += parsed.Sub(begun)
					doc, _ := html.Parse(bytes.NewReader(s.text))
					read(doc, s.address)
					whole += time.Since(parsed)
				}
			}
			b.ReportMetric(float64(whole)/float64(parse), "x-parse")
		})
	}
}
