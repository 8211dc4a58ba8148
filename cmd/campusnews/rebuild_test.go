package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// checkRebuild makes the database of the archive in dir again from its WARC files alone, and compares all tables, row by row.
func checkRebuild(t *testing.T, dir string) {
	t.Helper()
	again := filepath.Join(t.TempDir(), "again")
	if err := os.CopyFS(filepath.Join(again, "warc"), os.DirFS(filepath.Join(dir, "warc"))); err != nil {
		t.Fatal(err)
	}
	runCommand(t, 0, "rebuild", "--archive", again)
	lost, made := openReadOnly(t, dir), openReadOnly(t, again)
	defer made.Close()
	defer lost.Close()
	// What no record holds, see archive.Rebuild.
	partly := map[string]string{
		"list_order": "WHERE 0", "sqlite_sequence": "WHERE 0",
		"frontier": "WHERE last_visit IS NOT NULL",
	}
	tables := texts(t, lost, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'articles_fts%' ORDER BY name`)
	if len(tables) < 20 {
		t.Fatalf("got %d tables", len(tables))
	}
	for _, table := range tables {
		columns := "*"
		if table == "frontier" { // ids are the order of adding
			columns = "site, key, url, role, section, parent, depth, title, date, state, due, first_seen, last_visit, etag, last_modified, visits, failures, missing_since, missing_count, last_error, article, capture"
		}
		query := "SELECT " + columns + " FROM " + table + " " + partly[table] + " ORDER BY 1, 2"
		want, got := texts(t, lost, query), texts(t, made, query)
		if slices.Equal(got, want) {
			continue
		}
		t.Errorf("%s: got %d rows, want %d", table, len(got), len(want))
		shown := 0
		for i := range max(len(got), len(want)) {
			var g, w string
			if i < len(got) {
				g = got[i]
			}
			if i < len(want) {
				w = want[i]
			}
			if g != w && shown < 3 {
				shown++
				t.Errorf("%s row %d:\n got %.900s\nwant %.900s", table, i+1, g, w)
			}
		}
	}
	index := `SELECT count(*), sum(rowid) FROM articles_fts WHERE articles_fts MATCH '"中"*'`
	if got, want := texts(t, made, index), texts(t, lost, index); !slices.Equal(got, want) || strings.HasPrefix(got[0], "0") {
		t.Errorf("search index: got %q, want %q", got, want)
	}
	runCommand(t, 0, "verify", "--archive", again)
}
