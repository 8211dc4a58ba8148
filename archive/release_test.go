package archive

import (
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campusnews/scraper"
)

var update = flag.Bool("update", false, "write testdata/vN anew, N being the present format")

// TestReleases opens the small archive that each release has left in testdata, reads it and goes on with it.
// Folder vN was written by format N and is never written again once that is released.
func TestReleases(t *testing.T) {
	newest := fmt.Sprintf("testdata/v%d", latest(migrations))
	if *update {
		writeRelease(t, newest)
	}
	dirs, err := filepath.Glob("testdata/v*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no archives in testdata (err %v)", err)
	}
	if _, err := os.Stat(newest); err != nil {
		t.Errorf("the present format has no archive in testdata: %v", err)
	}
	for _, from := range dirs {
		t.Run(filepath.Base(from), func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(filepath.Join(dir, warcName), os.DirFS(filepath.Join(from, warcName))); err != nil {
				t.Fatal(err)
			}
			unpack(t, filepath.Join(from, dbName+".gz"), filepath.Join(dir, dbName))
			a := open(t, dir)
			if got, want := schema(t, a), schema(t, open(t, t.TempDir())); got != want {
				t.Errorf("brought up to date, the schema differs from a new archive's: was a released migration edited?\ngot  %s\nwant %s", got, want)
			}
			got, err := a.Article(t.Context(), 1)
			if err != nil || got.Title != "先进基层党组织推介" || got.Published != "2016-07-22" || len(got.Credits) != 2 || got.Revisions != 2 || got.State != scraper.StateGone {
				t.Errorf("article 1: got %+v (%v)", got, err)
			}
			if first, err := a.ArticleAt(t.Context(), 1, 1); err != nil || first.Body != "第一段" {
				t.Errorf("its first version: got %q (%v)", first.Body, err)
			}
			for text, want := range map[string]int64{"党组织": 1, "学术报告": 2, "2009年": 2, "title:党组织": 1, "title:报告": 2} {
				hits, err := a.Search(t.Context(), Query{Text: text})
				if err != nil || len(hits.Hits) != 1 || hits.Hits[0].ID != want {
					t.Errorf("search for %s: got %+v (%v), want article %d", text, hits.Hits, err, want)
				}
			}
			if _, faults := verify(t, a); len(faults) > 0 {
				t.Errorf("verify: got %v", faults)
			}
			c := begin(t, a)
			if change := save(t, c, article(2, noon.AddDate(1, 0, 0), "學術報告會", "改")); !change.Changed || change.Article != 2 {
				t.Errorf("a further version: got %+v", change)
			}
			if got := next(t, c, scraper.Query{Site: "csu", Now: noon.AddDate(1, 0, 0)}); got != "due" {
				t.Errorf("next: got %s, want due", got)
			}
		})
	}
}

func schema(t *testing.T, a *Archive) (text string) {
	t.Helper()
	query(t, a, `SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master ORDER BY type, name)`, &text)
	return text
}

func writeRelease(t *testing.T, to string) {
	dir := t.TempDir()
	a, err := Open(t.Context(), dir, Options{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	c := begin(t, a)
	save(t, c, article(1, noon, "先进基层党组织推介", "第一段"))
	v := article(2, noon, "學術報告會", "建于2009年")
	v.Found = []scraper.Target{due("due", scraper.RoleArticle, 0)}
	v.Listed = []scraper.Listed{{Key: v.Target.Key, URL: v.Target.URL, Title: "學術報告會", Date: "2016-07-22"}}
	v.Result.Article.Parts = []string{v.Target.URL + "?2"}
	save(t, c, v)
	save(t, c, article(1, noon.AddDate(0, 0, 1), "先进基层党组织推介", "第一段\n第二段"))
	gone := article(1, noon.AddDate(0, 0, 2), "", "")
	gone.Result, gone.Target.State = nil, scraper.StateGone
	save(t, c, gone)
	if err := c.End(t.Context(), Ending{Status: StatusDone, Counts: Counts{Requests: 4, New: 2, Changed: 1, Gone: 1}}); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(to, warcName), os.DirFS(filepath.Join(dir, warcName))); err != nil {
		t.Fatal(err)
	}
	pack(t, filepath.Join(dir, dbName), filepath.Join(to, dbName+".gz"))
}

func pack(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(z.Close(), os.WriteFile(to, []byte(b.String()), 0o666)); err != nil {
		t.Fatal(err)
	}
}

func unpack(t *testing.T, from, to string) {
	t.Helper()
	f, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o666); err != nil {
		t.Fatal(err)
	}
}
