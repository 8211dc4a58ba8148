package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"campusnews/archive"
)

// The catalogue of tables stands between these lines of the README.
const (
	catalogueStart = "<!-- tables: go test ./cmd/campusnews -run Readme -update -->\n"
	catalogueEnd   = "<!-- /tables -->\n"
)

// catalogue explains every table, column and view, as their definitions do.
func catalogue(t *testing.T) string {
	t.Helper()
	a, err := archive.Open(t.Context(), t.TempDir(), archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	tables, err := a.Tables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	own, err := a.MachineTables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	views, err := a.Views(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cell := strings.NewReplacer("|", "\\|", "\n", " ", "<", "&lt;", "*", "\\*").Replace
	var b strings.Builder
	b.WriteString("<details>\n<summary>All views, tables and columns</summary>\n\n**Views**\n\n| view | what | columns |\n|---|---|---|\n")
	for _, v := range views {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", v.Name, cell(v.Comment), strings.Join(v.Columns, ", "))
	}
	list := func(tables []archive.Table) {
		for _, table := range tables {
			fmt.Fprintf(&b, "\n**%s** %s\n\n| column | type | |\n|---|---|---|\n", table.Name, cell(table.Comment))
			for _, c := range table.Columns {
				kind := c.Type
				if !c.NotNull {
					kind += ", may be NULL"
				}
				var more []string
				if c.Comment != "" {
					more = append(more, cell(c.Comment))
				}
				for _, r := range table.References {
					if len(r.Columns) == 1 && r.Columns[0] == c.Name {
						more = append(more, "→ "+r.Table)
					}
				}
				fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.Name, kind, strings.Join(more, " "))
			}
		}
	}
	list(tables)
	b.WriteString("\nThe program's own:\n")
	list(own)
	b.WriteString("\n**Values**, as `about` tells them\n")
	for _, topic := range []string{"roles", "reasons"} {
		b.WriteString("\n" + cell(about(t, a, topic)) + "\n")
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

// about gives what the table of that name says of a topic.
func about(t *testing.T, a *archive.Archive, topic string) (text string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(a.Dir(), "archive.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`SELECT text FROM about WHERE topic = ?`, topic).Scan(&text); err != nil {
		t.Fatalf("about %s: %v", topic, err)
	}
	return text
}

func TestReadmeCataloguesEveryTable(t *testing.T) {
	text := readReadme(t, readme)
	before, rest, ok1 := strings.Cut(text, catalogueStart)
	have, after, ok2 := strings.Cut(rest, catalogueEnd)
	if !ok1 || !ok2 {
		t.Fatalf("README.md lacks the lines %q and %q", catalogueStart, catalogueEnd)
	}
	want := catalogue(t)
	switch {
	case have == want:
	case *update:
		writeReadme(t, readme, before+catalogueStart+want+catalogueEnd+after)
	default:
		t.Errorf("README.md's catalogue is not what the schema says; run\n  go test ./cmd/campusnews -run Readme -update\ngot:\n%s\nwant:\n%s", have, want)
	}
}
