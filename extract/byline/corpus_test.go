package byline

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"campusnews/extract/date"
)

// labelled is one line of the labelled set that stands beside the checkout.
type labelled struct {
	Raw          string
	Published    string
	Source       string
	Author       []string
	Editor       []string
	Photographer []string
	Reviewer     []string
	Proofreader  []string
	Publisher    string
	Clicks       *int
}

func readLabelled(tb testing.TB) []labelled {
	tb.Helper()
	f, err := os.Open("../../../shared/corpus/bylines/bylines.jsonl")
	if err != nil {
		tb.Skip("no labelled lines beside the checkout:", err)
	}
	defer f.Close()
	var lines []labelled
	in := bufio.NewScanner(f)
	for in.Scan() {
		var l labelled
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			tb.Fatal(err)
		}
		lines = append(lines, l)
	}
	if err := in.Err(); err != nil || len(lines) == 0 {
		tb.Fatalf("%d labelled lines, err %v", len(lines), err)
	}
	return lines
}

// misses names the fields of l that want states otherwise.
func misses(tb testing.TB, want labelled, l Line) (n int) {
	tb.Helper()
	report := func(field string, got, want any) {
		n++
		tb.Logf("%s\n\t%s: got %q, want %q", "raw "+l.Leftover, field, got, want)
	}
	day, _ := date.Find(want.Published)
	if l.Published != day.String() {
		report("published", l.Published, day.String())
	}
	if l.Source != want.Source {
		report("source", l.Source, want.Source)
	}
	var publisher []string
	if want.Publisher != "" {
		publisher = []string{want.Publisher}
	}
	for _, f := range []struct {
		role string
		want []string
	}{{Author, want.Author}, {Editor, want.Editor}, {Photographer, want.Photographer}, {Reviewer, want.Reviewer}, {Proofreader, want.Proofreader}, {Publisher, publisher}} {
		if got := l.Names(f.role); !slices.Equal(got, f.want) {
			report(f.role, got, f.want)
		}
	}
	if want.Clicks != nil && (!l.HasClicks || l.Clicks != *want.Clicks) {
		report("clicks", l.Clicks, *want.Clicks)
	}
	if want.Clicks == nil && l.HasClicks {
		report("clicks", l.Clicks, "none")
	}
	if n > 0 {
		tb.Logf("in %q", want.Raw)
	}
	return n
}

// TestLabelledLines scores the grammar on the labelled lines: a line counts
// when all its fields are right. Every third line was held back while the
// grammar was written, and is reported on its own.
func TestLabelledLines(t *testing.T) {
	lines := readLabelled(t)
	var right, total [2]int
	for i, want := range lines {
		set := 0
		if i%3 == 2 {
			set = 1
		}
		total[set]++
		if testing.Short() || os.Getenv("HELD_BACK") == "" && set == 1 {
			continue
		}
		if misses(t, want, Parse(want.Raw)) == 0 {
			right[set]++
		}
	}
	t.Logf("developed on: %d of %d lines right; held back: %d of %d", right[0], total[0], right[1], total[1])
}
