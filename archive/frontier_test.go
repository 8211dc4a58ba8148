package archive

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"campusnews/scraper"
)

// due is an unvisited target of a role, due some minutes after noon.
func due(key string, role scraper.Role, minutes int) scraper.Target {
	return scraper.Target{
		Site: "csu", Key: key, URL: "https://news.csu.edu.cn/" + key, Role: role, Section: "要闻", Parent: "https://news.csu.edu.cn/",
		Depth: 1, Title: "题", Date: "2016-07-22", State: scraper.StateNew, Due: noon.Add(time.Duration(minutes) * time.Minute), FirstSeen: noon,
	}
}

func add(t *testing.T, c *Crawl, again bool, targets ...scraper.Target) int {
	t.Helper()
	n, err := c.Add(t.Context(), targets, again)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func next(t *testing.T, c *Crawl, q scraper.Query) string {
	t.Helper()
	got, err := c.Next(t.Context(), q)
	if errors.Is(err, scraper.ErrNoneDue) {
		return "none"
	}
	if err != nil {
		t.Fatal(err)
	}
	return got.Key
}

func TestNextOrder(t *testing.T) {
	c := begin(t, open(t, t.TempDir()))
	later, other := due("later", scraper.RoleArticle, 30), due("other", scraper.RoleHome, 0)
	other.Site = "nudt"
	elsewhere := due("elsewhere", scraper.RoleArticle, -9)
	elsewhere.Section = "学术"
	never := due("never", scraper.RoleHome, 0)
	never.Due = time.Time{}
	if n := add(t, c, false, later, other, due("b", scraper.RoleArticle, -5), due("a", scraper.RoleArticle, -5), elsewhere,
		due("asset", scraper.RoleAsset, -60), due("list", scraper.RoleList, -1), never, due("section", scraper.RoleSection, 0)); n != 9 {
		t.Fatalf("added: got %d, want 9", n)
	}
	all := scraper.Query{Site: "csu", Now: noon}
	for _, want := range []string{"section", "list", "elsewhere", "b", "a", "asset", "none"} {
		if got := next(t, c, all); got != want {
			t.Fatalf("next: got %s, want %s", got, want)
		}
	}
	for _, key := range []string{"b", "asset", "elsewhere", "list"} {
		if err := c.Release(t.Context(), due(key, 0, 0)); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		name  string
		query scraper.Query
		want  string
	}{
		{"role", scraper.Query{Site: "csu", Now: noon, Roles: []scraper.Role{scraper.RoleAsset}}, "asset"},
		{"roles out of order", scraper.Query{Site: "csu", Now: noon, Roles: []scraper.Role{scraper.RoleArticle, scraper.RoleList}, Sections: []string{"要闻"}}, "list"},
		{"section", scraper.Query{Site: "csu", Now: noon, Sections: []string{"要闻", "nowhere"}}, "b"},
		{"no section", scraper.Query{Site: "csu", Now: noon, Sections: []string{}}, "none"},
		{"another site", scraper.Query{Site: "nudt", Now: noon}, "other"},
		{"later", scraper.Query{Site: "csu", Now: noon.Add(time.Hour), Sections: []string{"要闻"}}, "later"},
		{"rest", all, "elsewhere"},
		{"no more", all, "none"},
	} {
		if got := next(t, c, step.query); got != step.want {
			t.Errorf("%s: got %s, want %s", step.name, got, step.want)
		}
	}
}

func TestAddLookupKnown(t *testing.T) {
	c := begin(t, open(t, t.TempDir()))
	want := due("a", scraper.RoleArticle, 0)
	want.ETag, want.LastModified, want.Visits, want.Failures = `"x"`, "Mon, 23 Nov 2026 12:00:00 GMT", 3, 1
	want.MissingSince, want.MissingCount, want.LastError, want.LastVisit = noon.Add(time.Millisecond), 2, "timeout", noon
	if n := add(t, c, false, want, want); n != 1 {
		t.Errorf("added: got %d, want 1", n)
	}
	changed := want
	changed.URL, changed.Due = "https://elsewhere.example/", noon.Add(time.Hour)
	if n := add(t, c, false, changed); n != 0 {
		t.Errorf("added a known one: got %d, want 0", n)
	}
	got, ok, err := c.Lookup(t.Context(), "csu", "a")
	if err != nil || !ok || got != want {
		t.Errorf("look up: got %+v (%t, %v), want %+v", got, ok, err, want)
	}
	if n := add(t, c, true, changed, due("b", scraper.RoleHome, 0)); n != 1 {
		t.Errorf("added again: got %d, want 1", n)
	}
	want.Due = changed.Due
	if got, _, _ := c.Lookup(t.Context(), "csu", "a"); got != want {
		t.Errorf("look up after again: got %+v, want %+v", got, want)
	}
	if _, ok, err := c.Lookup(t.Context(), "nudt", "a"); ok || err != nil {
		t.Errorf("look up on another site: got %t, %v", ok, err)
	}
	known, err := c.Known(t.Context(), "csu", []string{"a", "b", "c", `"]`})
	if err != nil || len(known) != 2 || !known["a"] || !known["b"] {
		t.Errorf("known: got %v, %v", known, err)
	}
	if known, err := c.Known(t.Context(), "csu", nil); err != nil || len(known) != 0 {
		t.Errorf("known of nothing: got %v, %v", known, err)
	}
}

func TestSaveMovesFrontier(t *testing.T) {
	c := begin(t, open(t, t.TempDir()))
	add(t, c, false, due("list", scraper.RoleSection, 0), due("old", scraper.RoleArticle, -1))
	leased, err := c.Next(t.Context(), scraper.Query{Site: "csu", Now: noon})
	if err != nil || leased.Key != "list" {
		t.Fatalf("next: got %s, %v", leased.Key, err)
	}
	leased.State, leased.Due, leased.LastVisit, leased.Visits = scraper.StateKept, noon.Add(time.Hour), noon, 1
	again := due("old", scraper.RoleArticle, 5)
	self := due("list", scraper.RoleSection, -9)
	change := save(t, c, scraper.Visit{Target: leased, Reason: scraper.ReasonList, Time: noon,
		Found: []scraper.Target{due("new", scraper.RoleArticle, 0), due("old", scraper.RoleArticle, -30), self},
		Again: []scraper.Target{again, due("new2", scraper.RoleArticle, 1), self}})
	if change.Added != 2 || change.Article != 0 {
		t.Errorf("change: got %+v, want 2 added", change)
	}
	if got, _, _ := c.Lookup(t.Context(), "csu", "list"); got != leased {
		t.Errorf("saved target: got %+v, want %+v", got, leased)
	}
	for _, want := range []string{"new", "new2", "old", "none"} {
		if got := next(t, c, scraper.Query{Site: "csu", Now: noon.Add(10 * time.Minute)}); got != want {
			t.Errorf("next: got %s, want %s", got, want)
		}
	}
	if got := next(t, c, scraper.Query{Site: "csu", Now: noon.Add(2 * time.Hour)}); got != "list" {
		t.Errorf("a saved target is not leased any more: got %s", got)
	}
}

func TestLeasesEndWithTheProcess(t *testing.T) {
	dir := t.TempDir()
	a, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := begin(t, a)
	add(t, c, false, due("a", scraper.RoleArticle, 0))
	next(t, c, scraper.Query{Site: "csu", Now: noon})
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = open(t, dir)
	if got := next(t, begin(t, a), scraper.Query{Site: "csu", Now: noon}); got != "a" {
		t.Errorf("next after reopening: got %s, want a", got)
	}
	if n := count(t, a, `SELECT count(*) FROM crawls WHERE status = 'died' AND ended IS NOT NULL`); n != 1 {
		t.Errorf("died crawls: got %d, want 1", n)
	}
}

// TestConcurrentWorkers lets several workers empty the frontier: each target is given out once and saved once.
func TestConcurrentWorkers(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	const total, workers = 200, 8
	for i := range total {
		add(t, c, false, due(fmt.Sprintf("vsb:%d", i), scraper.RoleArticle, 0))
	}
	var mu sync.Mutex
	seen := map[string]int{}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				got, err := c.Next(context.Background(), scraper.Query{Site: "csu", Now: noon})
				if errors.Is(err, scraper.ErrNoneDue) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				n := len(seen)
				seen[got.Key]++
				mu.Unlock()
				v := article(n+1, noon, "题", fmt.Sprint("文", n))
				got.State, got.Due = scraper.StateKept, time.Time{}
				v.Target, v.Result.Key = got, got.Key
				if _, err := c.Save(context.Background(), v); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	for key, n := range seen {
		if n != 1 {
			t.Errorf("%s was given out %d times", key, n)
		}
	}
	if n := count(t, a, `SELECT count(*) FROM articles`); n != total || len(seen) != total {
		t.Errorf("got %d articles of %d targets, want %d", n, len(seen), total)
	}
}

func TestSaveAfterCancel(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Save(ctx, article(1, noon, "题", "文")); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("save: got %v, want context.Canceled", err)
	} else if n := count(t, a, `SELECT count(*) FROM articles`); (err == nil) != (n == 1) {
		t.Errorf("save said %v and there are %d articles", err, n)
	}
	if _, err := c.Save(t.Context(), article(2, noon, "题", "文")); err != nil {
		t.Errorf("save after a cancelled one: %v", err)
	}
}
