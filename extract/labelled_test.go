package extract

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"campusnews/extract/render"
)

// TestLabelledPages holds the labelled campus pages, which lie beside the
// project and are no part of it, against what is read from them: the shares
// that were once reached may not be lost. Without the pages it is skipped.
func TestLabelledPages(t *testing.T) {
	dir := filepath.Join("..", "..", "shared", "corpus", "campus")
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Skipf("no labelled pages: %v", err)
	}
	defer f.Close()
	e := New()
	right, of := map[string]int{}, map[string]int{}
	count := func(field, file string, got, want string) {
		of[field]++
		if got == want {
			right[field]++
		} else {
			t.Logf("%s: %s: got %.80q, want %.80q", file, field, got, want)
		}
	}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var row struct{ File, URL, Kind, Truth string }
		var truth struct {
			Title, Published, Body, Next *string
			Articles                     []struct{ Href, Title, Date string }
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(filepath.Join(dir, row.File))
		if err != nil {
			t.Fatal(err)
		}
		labels, err := os.ReadFile(filepath.Join(dir, row.Truth))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(labels, &truth); err != nil {
			t.Fatal(err)
		}
		at := base(row.URL, "")
		r := e.Extract(Page{URL: row.URL, Body: body})
		count("kind", row.File, string(r.Kind), row.Kind)
		if a := r.Article; a != nil && row.Kind == "article" {
			count("title", row.File, bareInk(a.Title), bareInk(deref(truth.Title)))
			count("body", row.File, bareInk(a.Body), bareInk(deref(truth.Body)))
			count("date", row.File, dayOf(a.Published), dayOf(deref(truth.Published)))
		}
		if l := r.Listing; l != nil && row.Kind == "list" {
			next := ""
			if truth.Next != nil {
				next = render.Resolve(at, *truth.Next)
			}
			count("next", row.File, l.Next, next)
			dates := map[string]string{}
			for _, i := range l.Items {
				dates[i.URL] = i.Date
			}
			for _, want := range truth.Articles {
				if to := render.Resolve(at, want.Href); to != "" { // not what a site copier wrapped in a script
					count("row", row.File, dates[to], dayOf(want.Date))
				}
			}
		}
	}
	if err := lines.Err(); err != nil || of["body"] == 0 || of["row"] == 0 {
		t.Fatalf("%d bodies, %d rows, %v", of["body"], of["row"], err)
	}
	for field, least := range map[string]float64{"kind": 1, "title": 0.99, "body": 0.95, "date": 0.99, "next": 1, "row": 0.99} {
		if got := float64(right[field]) / float64(of[field]); got < least {
			t.Errorf("%s: got %d of %d right, want at least %.2f", field, right[field], of[field], least)
		}
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func dayOf(s string) string { return s[:min(len(s), len("2006-01-02"))] }

// bareInk is ink without the marks that stand for white space in the labels.
func bareInk(s string) string { return strings.Map(dropBlank, ink(s)) }

func dropBlank(r rune) rune {
	if r == '\u00ad' || r == '\ufeff' {
		return -1
	}
	return r
}
