package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
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
	for _, part := range parts {
		readableBySpark(t, part)
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

// readableBySpark holds a file's columns to what Spark 3 and Trino read (Spark SQL guide, "Parquet Files"; Trino, "Hive connector"): texts, whole
// numbers of 32 and 64 bits, moments in milliseconds of UTC, and lists of three levels; names in lower case, which is how a Hive table has them.
func readableBySpark(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	column := regexp.MustCompile(`^(required|optional) (int32|int64|binary) [a-z_]+( \((STRING|INT\((32|64),true\)|TIMESTAMP\(isAdjustedToUTC=true,unit=MILLIS\))\))?;$`)
	group := regexp.MustCompile(`^(required|optional|repeated) group [a-z_]+( \(LIST\))? \{$`)
	columns := 0
	for line := range strings.Lines(file.Schema().String()) {
		switch line = strings.TrimSpace(line); {
		case line == "}" || strings.HasPrefix(line, "message ") || group.MatchString(line):
		case column.MatchString(line):
			columns++
		default:
			t.Errorf("%s: %s", path, line)
		}
	}
	if columns < 20 {
		t.Errorf("%s: %d columns only", path, columns)
	}
}
