package archive

import (
	"errors"
	"fmt"
	"testing"

	"campusnews/scraper"
)

func TestEachArticle(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	const articles = 2*eachBatch + 7
	for n := 1; n <= articles; n++ {
		v := article(n, noon, "题", "正文")
		v.Result.Article.Published = fmt.Sprintf("2016-%02d-%02d", 1+n%12, 1+n%28)
		if n%50 == 0 {
			v.Result.Article.Published, v.Target.Section = "", "专题"
		}
		save(t, c, v)
	}
	save(t, c, scraper.Visit{Target: due("list", scraper.RoleSection, 60), Reason: scraper.ReasonList, Time: noon,
		Listed: []scraper.Listed{{Key: "vsb:3", URL: "https://news.csu.edu.cn/3", Title: "题"}}})
	dated := func(where string) int { return count(t, a, `SELECT count(*) FROM articles WHERE `+where) }
	for _, tc := range []struct {
		name string
		f    Walk
		want int
	}{
		{"all", Walk{}, articles},
		{"newest", Walk{Newest: true}, articles},
		{"limit", Walk{Limit: eachBatch + 1}, eachBatch + 1},
		{"limit of a whole batch", Walk{Limit: eachBatch, Newest: true}, eachBatch},
		{"site", Walk{Filter: Filter{Site: "nuc"}}, 0},
		{"section", Walk{Filter: Filter{Section: "专题"}}, 4},
		{"month", Walk{Filter: Filter{From: "2016-03", To: "2016-03"}}, dated(`day LIKE '2016-03%'`)},
		{"until a day", Walk{Filter: Filter{To: "2016-02-10"}}, dated(`day <= '2016-02-10'`)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			seen := map[int64]bool{}
			var last Article
			err := a.EachArticle(t.Context(), tc.f, func(r Article) error {
				if seen[r.ID] {
					t.Errorf("article %d twice", r.ID)
				}
				if len(seen) > 0 && (!tc.f.Newest && r.ID < last.ID || tc.f.Newest && (r.Day > last.Day || r.Day == last.Day && r.ID > last.ID)) {
					t.Errorf("article %d of %s after %d of %s", r.ID, r.Day, last.ID, last.Day)
				}
				seen[r.ID], last = true, r
				return nil
			})
			if err != nil || len(seen) != tc.want || tc.want == 0 && tc.name != "site" {
				t.Errorf("got %d (%v), want %d", len(seen), err, tc.want)
			}
			if n, _, err := a.Extent(t.Context(), tc.f.Filter); err != nil || tc.f.Limit == 0 && n != tc.want {
				t.Errorf("extent: got %d (%v), want %d", n, err, tc.want)
			}
		})
	}
	stop := errors.New("stop")
	if err := a.EachArticle(t.Context(), Walk{}, func(Article) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want the callback's error", err)
	}
}
