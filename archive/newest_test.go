package archive_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/archive/archivetest"
)

// TestNewestFirst: the order is the same whether an archive is searched for the first time or again, from memory, and articles
// that came meanwhile, or got another day with a new version, stand where they belong.
func TestNewestFirst(t *testing.T) {
	dir := t.TempDir()
	if err := archivetest.Write(t.Context(), dir, 500, false); err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(t.Context(), dir, archive.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	words := []string{"学校", "图书馆", "湘雅 医院", "大学 NOT 教授", "长沙"}
	check := func(when string) {
		t.Helper()
		for _, w := range words {
			var all []archive.Hit
			for offset := 0; offset == len(all); offset += 60 {
				hits, err := a.Search(t.Context(), archive.Query{Text: w, Limit: 60, Offset: offset})
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, hits.Hits...)
			}
			if !slices.IsSortedFunc(all, func(x, y archive.Hit) int { return cmp.Or(cmp.Compare(y.Day, x.Day), cmp.Compare(y.ID, x.ID)) }) {
				t.Errorf("%s, %s: %d hits are not in the order of their days", when, w, len(all))
			}
			n, _, err := a.Extent(t.Context(), archive.Filter{Words: w})
			if err != nil || n != len(all) || n < 45 {
				t.Errorf("%s, %s: %d hits, want %d (err %v)", when, w, len(all), n, err)
			}
		}
	}
	check("at first")
	check("again")
	c, err := a.Begin(t.Context(), archive.CrawlInfo{Sites: archivetest.Sites(), Program: "test"})
	if err != nil {
		t.Fatal(err)
	}
	for i := 501; i <= 540; i++ {
		if _, err := c.Save(t.Context(), archivetest.Visits(i, false)[0]); err != nil {
			t.Fatal(err)
		}
	}
	check("with more articles")
	for i := 1; i <= 40; i++ {
		v := archivetest.Visits(i, false)[0]
		v.Time = v.Time.AddDate(1, 0, 0)
		v.Result.Article.Published = time.Date(2030, 1, i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		if i%2 == 0 {
			v.Result.Article.Published = time.Date(1990, 1, i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		}
		if _, err := c.Save(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	check("with other days")
}
