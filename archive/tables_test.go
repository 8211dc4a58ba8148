package archive

import (
	"database/sql"
	"slices"
	"testing"
)

// TestCatalogueIsWhole: every table but the search index's is listed and explained, and so is every view.
func TestCatalogueIsWhole(t *testing.T) {
	a := open(t, t.TempDir())
	if err := a.eachRow(t.Context(), func(rows *sql.Rows) error {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		if slices.Contains(forPeople, name) == slices.Contains(forMachine, name) {
			t.Errorf("table %s must be for researchers or for the program", name)
		}
		return nil
	}, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'articles_fts%'`); err != nil {
		t.Fatal(err)
	}
	own, err := a.MachineTables(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range own {
		if table.Comment == "" && table.Name != "listing_rows" || len(table.Columns) == 0 {
			t.Errorf("table %s: got comment %q and %d columns", table.Name, table.Comment, len(table.Columns))
		}
	}
	views, err := a.Views(t.Context())
	if err != nil || len(views) < 10 {
		t.Fatalf("got %d views (%v)", len(views), err)
	}
	for _, v := range views {
		if v.Comment == "" || len(v.Columns) < 2 {
			t.Errorf("view %s: got comment %q and columns %v", v.Name, v.Comment, v.Columns)
		}
	}
}

// TestTablesExplainThemselves: every table for researchers is explained by its definition, and its rows can be read.
func TestTablesExplainThemselves(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	save(t, c, article(1, noon, "题", "正文"))
	save(t, c, article(2, noon, "题", "正文"))
	tables, err := a.Tables(t.Context())
	if err != nil || len(tables) != len(forPeople) {
		t.Fatalf("got %d tables (%v), want %d", len(tables), err, len(forPeople))
	}
	want := map[string]int{"sites": 1, "sections": 1, "crawls": 1, "captures": 2, "articles": 2, "credits": 4, "images": 2, "attachments": 2, "links": 2, "revisions": 2}
	for _, table := range tables {
		if table.Comment == "" || len(table.Key) == 0 || len(table.Columns) == 0 {
			t.Errorf("%s: got comment %q, key %v", table.Name, table.Comment, table.Key)
		}
		n := 0
		err := a.EachRow(t.Context(), table, Filter{}, func(values []any) error {
			if n++; len(values) != len(table.Columns) {
				t.Errorf("%s: got %d values, want %d", table.Name, len(values), len(table.Columns))
			}
			return nil
		})
		if err != nil || n != want[table.Name] {
			t.Errorf("%s: got %d rows (%v), want %d", table.Name, n, err, want[table.Name])
		}
		if table.Name == "articles" {
			for _, c := range table.Columns {
				if c.Name == "published" && c.Comment != "as the page states it, ISO 8601 as precise as the page, local time with offset" ||
					c.Name == "state" && c.Comment != "kept; missing = last looks answered 404, 410 or \"not here\"; gone = so at several visits" {
					t.Errorf("%s: got %q", c.Name, c.Comment)
				}
			}
		}
		n = 0
		if err := a.EachRow(t.Context(), table, Filter{Section: "nobody's"}, func([]any) error { n++; return nil }); err != nil || table.Name == "credits" && n != 0 {
			t.Errorf("%s of no article: got %d rows (%v)", table.Name, n, err)
		}
	}
}
