package archive

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"campusnews/scraper"
)

// TestNoScans asks SQLite how it goes about each statement that a crawl runs for a page. None may read a table
// from end to end, or its time would grow with the archive.
func TestNoScans(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	add(t, c, false, due("list", scraper.RoleSection, 0), due("old", scraper.RoleRevisit, -1))
	for i := range 3 {
		v := killVisit(i)
		v.List, v.Places, v.Unplaced = "list", []scraper.Place{{Key: v.Target.Key, Position: 1}}, []string{"gone"}
		v.Found = append(v.Found, due("old", scraper.RoleArticle, 0))
		v.Again = []scraper.Target{due("old", scraper.RoleArticle, 0)}
		save(t, c, v)
		v = killVisit(i) // a further version
		v.Result.Article.Body += "改"
		save(t, c, v)
		part := killVisit(i)
		part.Target.Role, part.Target.URL = scraper.RolePart, v.Result.Article.Parts[0]
		part.Target.Key, part.Target.Parent = fmt.Sprint("part", i), v.Target.URL
		save(t, c, part)
		v = killVisit(i)
		v.Result, v.Target.State, v.Exchanges[0].Status = nil, scraper.StateGone, 304
		v.Target.MissingSince = noon
		save(t, c, v)
	}
	for _, q := range []scraper.Query{{Site: "csu", Now: noon}, {Site: "csu", Now: noon, Sections: []string{"要闻"}}} {
		if _, err := c.Next(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Known(t.Context(), "csu", []string{"a", "b"}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Lookup(t.Context(), "csu", "a"); err != nil {
		t.Fatal(err)
	}
	queries := map[string]bool{unfetchedFrom("images"): true, unfetchedFrom("attachments"): true}
	for q := range a.write.stmts {
		queries[q] = true
	}
	a.stmts.Range(func(q, _ any) bool {
		queries[q.(string)] = true
		return true
	})
	if len(queries) < 30 {
		t.Fatalf("only %d statements were run", len(queries))
	}
	verb := regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)`)
	for q := range queries {
		if !verb.MatchString(q) || strings.Contains(q, "status = 'running'") || strings.Contains(q, "FROM crawls WHERE started >") { // crawls has a row a run, and is asked once a run
			continue
		}
		for _, step := range explain(t, a, q) {
			if strings.HasPrefix(step, "SCAN") && step != "SCAN CONSTANT ROW" && !strings.Contains(step, "VIRTUAL TABLE") && !strings.HasPrefix(step, "SCAN (subquery") {
				t.Errorf("%s: %s", step, q)
			}
			if strings.Contains(step, "TEMP B-TREE FOR ORDER BY") && strings.Contains(q, "FROM frontier") {
				t.Errorf("%s: %s", step, q)
			}
		}
	}
}

// A walk over the articles for the files that they name reads each of them once, however many there are.
func TestUnfetchedReadsAStretch(t *testing.T) {
	a := open(t, t.TempDir())
	if steps := explain(t, a, unfetchedFrom("images")); len(steps) == 0 || !strings.Contains(steps[0], ">? AND ") {
		t.Errorf("%q, want articles by a stretch of ids first", steps)
	}
}

func explain(t *testing.T, a *Archive, query string) (steps []string) {
	t.Helper()
	args := make([]any, 40)
	rows, err := a.read.QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}
