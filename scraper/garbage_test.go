package scraper

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"testing"

	"campusnews/extract"
)

func TestCollectOften(t *testing.T) {
	percent := func() int {
		n := debug.SetGCPercent(100)
		debug.SetGCPercent(n)
		return n
	}
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	for before, want := range map[int]int{100: gcPercent, 400: gcPercent, 10: 10, -1: -1} {
		debug.SetGCPercent(before)
		one := collectOften()
		two := collectOften()
		if got := percent(); got != want {
			t.Errorf("%d before: got %d, want %d", before, got, want)
		}
		if one(); percent() != want {
			t.Errorf("%d before: got %d while another needs it, want %d", before, percent(), want)
		}
		if two(); percent() != before {
			t.Errorf("%d before: got %d after", before, percent())
		}
	}
}

// TestKnownSitemapMemory: a full sitemap of which all is known makes no room for targets, nor a second list.
func TestKnownSitemapMemory(t *testing.T) {
	p := planner{inScope: func(string) bool { return true }, known: map[string]bool{}}
	items := make([]extract.Item, 50_000)
	for i := range items {
		items[i] = extract.Item{URL: fmt.Sprintf("http://n.example.edu.cn/%d.html", i), Key: fmt.Sprintf("n.example.edu.cn/%d.html", i), Modified: fmt.Sprintf("2026-01-%02d", 1+i%28)}
		p.known[items[i].Key] = true
	}
	last := items[27]
	res := &extract.Result{Kind: extract.KindList, Listing: &extract.Listing{Source: extract.SourceSitemap, Items: items}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	pl := p.feed(Target{Role: RoleFeed}, res)
	runtime.ReadMemStats(&after)
	if len(pl.found) != 0 || pl.rows != len(items) || res.Listing.Items[0] != last {
		t.Errorf("%d found of %d rows, the first %+v", len(pl.found), pl.rows, res.Listing.Items[0])
	}
	if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 12 {
		t.Errorf("%d MiB allocated", got)
	}
}
