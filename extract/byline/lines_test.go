package byline

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/lines.txt with what Parse says; read the diff")

// state writes a line's fields one a row, as testdata/lines.txt has them.
func state(l Line) string {
	var b strings.Builder
	row := func(field, value string) {
		if value != "" {
			fmt.Fprintf(&b, "\t%s %s\n", field, value)
		}
	}
	row("published", l.Published)
	row("source", l.Source)
	for _, c := range l.Credits {
		row(c.Role, c.Name)
	}
	for _, c := range l.Placeholders {
		row("placeholder", c.Role+" "+c.Name)
	}
	if l.HasClicks {
		row("clicks", fmt.Sprint(l.Clicks))
	}
	row("section", l.Section)
	row("leftover", l.Leftover)
	return b.String()
}

// TestLines reads testdata/lines.txt: a line as a page prints it (invented names,
// real shapes), then what it states, each field in a row that begins with a tab.
func TestLines(t *testing.T) {
	const file = "testdata/lines.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	cases := 0
	rows := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	for i := 0; i < len(rows); {
		raw := rows[i]
		i++
		if raw == "" || strings.HasPrefix(raw, "#") {
			out.WriteString(raw + "\n")
			continue
		}
		var want strings.Builder
		for ; i < len(rows) && strings.HasPrefix(rows[i], "\t"); i++ {
			want.WriteString(rows[i] + "\n")
		}
		got := state(Parse(raw))
		if got != want.String() && !*update {
			t.Errorf("%s\ngot\n%swant\n%s", raw, got, want.String())
		}
		out.WriteString(raw + "\n" + got)
		cases++
	}
	if cases < 100 {
		t.Fatalf("only %d lines in %s", cases, file)
	}
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
