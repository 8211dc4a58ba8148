package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"slices"
	"strings"
	"testing"
	"time"

	"campusnews/scraper"
)

// told is all that an archive says of its articles but for ids, by site and key.
func told(t *testing.T, a *Archive) map[string]string {
	t.Helper()
	all := map[string]string{}
	if err := a.EachArticle(t.Context(), Walk{}, func(r Article) error {
		revisions, err := a.Revisions(t.Context(), r.ID)
		if err != nil {
			return err
		}
		events, err := a.Events(t.Context(), r.ID)
		if err != nil {
			return err
		}
		var texts []string
		for i := range revisions {
			v, err := a.ArticleAt(t.Context(), r.ID, revisions[i].Number)
			if err != nil {
				return err
			}
			texts = append(texts, v.Title+"|"+v.Body)
			revisions[i].Capture = 0
		}
		for i := range events {
			events[i].Capture = 0
		}
		r.ID, r.Capture = 0, 0
		b, err := json.MarshalIndent([]any{r, revisions, texts, events}, "", " ")
		all[r.Site+" "+r.Key] = string(b)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// unchecked is open for who closes the archive.
func unchecked(t *testing.T, dir string) *Archive {
	t.Helper()
	a, err := Open(t.Context(), dir, Options{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestMerge lets two archives take turns at looking at the same articles, and a third at all of it. Merged, the two must say what the third says;
// merged half-way, too, and again at the end.
func TestMerge(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 7))
			dirs := [2]string{t.TempDir(), t.TempDir()}
			whole := open(t, t.TempDir())
			crawl := begin(t, whole)
			at := noon
			look := func(c [2]*Crawl, n int) {
				for range n {
					at = at.AddDate(0, 0, 1)
					n := 1 + r.IntN(6)
					v := article(n, at, fmt.Sprint("题", r.IntN(2)), fmt.Sprint("正文", r.IntN(3)))
					for i := range v.Exchanges {
						v.Exchanges[i].Started = at
					}
					v.Target.LastVisit = at
					switch r.IntN(6) {
					case 0, 1:
						v.Result, v.Target.State = nil, []scraper.State{scraper.StateMissing, scraper.StateGone}[n%2]
						v.Exchanges[0] = exchange(v.Target.URL, 404, "")
						v.Exchanges[0].Started = at
					case 2:
						v = scraper.Visit{Target: due("list", scraper.RoleSection, 60), Reason: scraper.ReasonList, Time: at, Listed: []scraper.Listed{
							{Key: "vsb:1", URL: fmt.Sprint("https://news.csu.edu.cn/x", int(at.Sub(noon).Hours())/24/9), Title: "题", Date: "2016-07-22"}}}
					}
					save(t, crawl, v)
					save(t, c[r.IntN(2)], v)
				}
			}
			// A run begins when its first look is at the earliest: else it would take what earlier ones saw for days to come.
			beginNow := func(a *Archive) *Crawl {
				c, err := a.Begin(t.Context(), CrawlInfo{Sites: []Site{{ID: "csu", Name: "中南大学新闻网", URL: "https://news.csu.edu.cn/"}}, Program: "test", Started: at})
				if err != nil {
					t.Fatal(err)
				}
				return c
			}
			work := func(n int) {
				a, b := unchecked(t, dirs[0]), unchecked(t, dirs[1])
				for n := 1; n <= 6 && at == noon.AddDate(0, 0, n-1); n++ { // both know all of them
					at = at.AddDate(0, 0, 1)
					v := article(n, at, "题", "正文")
					v.Target.LastVisit, v.Exchanges[0].Started = at, at
					for _, c := range []*Crawl{crawl, beginNow(a), beginNow(b)} {
						save(t, c, v)
					}
				}
				look([2]*Crawl{beginNow(a), beginNow(b)}, n)
				for _, x := range []*Archive{a, b} {
					if err := x.Close(); err != nil {
						t.Fatal(err)
					}
				}
			}
			into := t.TempDir()
			merge := func(from string) Merging {
				t.Helper()
				a := unchecked(t, into)
				made, err := a.Merge(t.Context(), from, MergeOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if err := a.Close(); err != nil {
					t.Fatal(err)
				}
				return made
			}
			compare := func() {
				t.Helper()
				a, err := OpenReader(t.Context(), into)
				if err != nil {
					t.Fatal(err)
				}
				defer a.Close()
				got, want := told(t, a), told(t, whole)
				for key := range want {
					if got[key] != want[key] {
						g, w := strings.Split(got[key], "\n"), strings.Split(want[key], "\n")
						for i := range min(len(g), len(w)) {
							if g[i] != w[i] {
								t.Errorf("%s: got %s, want %s", key, g[i], w[i])
							}
						}
						t.Fatalf("%s: got %d lines, want %d", key, len(g), len(w))
					}
				}
				if len(got) != len(want) || len(got) == 0 {
					t.Errorf("got %d articles, want %d", len(got), len(want))
				}
				states := `SELECT group_concat(x, ';') FROM (SELECT l.first_seen || (SELECT group_concat(i.url) FROM listing_rows r JOIN list_items i ON i.id = r.item WHERE r.listing = l.id) AS x FROM listings l ORDER BY l.id)`
				var g, w string
				query(t, a, states, &g)
				query(t, whole, states, &w)
				if g != w {
					t.Errorf("listings: got %s, want %s", g, w)
				}
				targets := `SELECT group_concat(x, ';') FROM (SELECT key || state || last_visit || first_seen AS x FROM frontier ORDER BY key)`
				query(t, a, targets, &g)
				query(t, whole, targets, &w)
				if g != w {
					t.Errorf("frontier: got %s, want %s", g, w)
				}
				v, err := a.Verify(t.Context(), VerifyOptions{}, func(fault string) { t.Errorf("verify: %s", fault) })
				if err != nil || v.Captures == 0 {
					t.Errorf("verify: %+v (%v)", v, err)
				}
				if n := count(t, a, `SELECT count(*) FROM captures`); n != count(t, whole, `SELECT count(*) FROM captures`)+6 {
					t.Errorf("%d captures", n)
				}
			}
			work(25)
			merge(dirs[0])
			merge(dirs[1])
			compare()
			work(25)
			merge(dirs[1])
			merge(dirs[0])
			compare()
			for _, from := range dirs {
				if again := merge(from); again != (Merging{}) {
					t.Errorf("merged again: got %+v, want nothing", again)
				}
			}
			compare()
		})
	}
}

func TestMergeRefuses(t *testing.T) {
	dir, into := t.TempDir(), t.TempDir()
	a := open(t, into)
	if _, err := a.Merge(t.Context(), into, MergeOptions{}); err == nil {
		t.Error("an archive was merged into itself")
	}
	if _, err := a.Merge(t.Context(), filepath.Join(dir, "none"), MergeOptions{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no archive: got %v", err)
	}
	b := open(t, dir)
	save(t, begin(t, b), article(1, noon, "题", "正文"))
	if _, err := a.Merge(t.Context(), dir, MergeOptions{}); !errors.Is(err, ErrLocked) {
		t.Errorf("while another writes: got %v", err)
	}
	names, err := os.ReadDir(a.WARCDir())
	if err != nil || slices.ContainsFunc(names, func(e os.DirEntry) bool { return !e.IsDir() }) {
		t.Errorf("evidence was taken over all the same: %v (%v)", names, err)
	}
}
