package main

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var fleetDataset = flag.String("fleet.dataset", "", "folder in which TestFleetExport leaves its dataset, and what is in it as JSON Lines, for other readers")

// All sites of a fleet become one dataset, parted by site and year; what has not changed is not written again, and what has is
// replaced as a whole.
func TestFleetExport(t *testing.T) {
	f := newTestFleet(t, 5*time.Second)
	sites := []*chaosSite{startChaosSite(t, 0), startChaosSite(t, 1)}
	sites[0].Publish("学校要闻", time.Date(2019, 5, 4, 0, 0, 0, 0, time.UTC), 3)
	for _, s := range sites {
		f.add(s)
	}
	f.worker("wa")
	f.crawl("s000", "s001")
	out := t.TempDir()
	if *fleetDataset != "" {
		out = *fleetDataset
	}
	dir := filepath.Join(out, "news")
	said := f.run("fleet", "export", dir)
	for _, want := range []string{"s000: 53 articles", "s001: 51 articles"} {
		if !strings.Contains(said, want) {
			t.Errorf("export says %q, want %q", said, want)
		}
	}
	parts, err := filepath.Glob(filepath.Join(dir, "site=*", "year=*", "articles.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(parts, filepath.Join(dir, "site=s000", "year=2019", "articles.parquet")) || !slices.Contains(parts, filepath.Join(dir, "site=s001", "year=2026", "articles.parquet")) {
		t.Errorf("parts: %v", parts)
	}
	if again := f.run("fleet", "export", dir); !strings.Contains(again, "s000: as it was") || !strings.Contains(again, "s001: as it was") {
		t.Errorf("the second time: %q", again)
	}
	sites[1].Publish("学校要闻", time.Date(2020, 5, 4, 0, 0, 0, 0, time.UTC), 1)
	f.crawl("s001")
	if again := f.run("fleet", "export", dir); !strings.Contains(again, "s000: as it was") || !strings.Contains(again, "s001: 52 articles") {
		t.Errorf("after a run of one: %q", again)
	}
	if *fleetDataset == "" {
		return
	}
	for _, s := range sites {
		copied := filepath.Join(t.TempDir(), s.id)
		f.run("fleet", "restore", s.id, copied)
		f.run("export", "jsonl", "--quiet", "--archive", copied, "-o", filepath.Join(out, s.id+".jsonl"))
	}
	if _, err := os.Stat(filepath.Join(out, "s001.jsonl")); err != nil {
		t.Error(err)
	}
}
