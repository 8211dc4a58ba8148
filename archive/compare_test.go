package archive

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"campusnews/archive/minhash"
	"campusnews/scraper"
)

// A repeater writes articles some of which repeat earlier ones, whole or edited, at other addresses and on other sites.
type repeater struct {
	r      *rand.Rand
	bodies []string
	titles []string
	alpha  []rune
}

func newRepeater() *repeater {
	w := &repeater{r: rand.New(rand.NewPCG(3, 3))}
	for i := range 900 {
		w.alpha = append(w.alpha, rune(0x4E00+i*3))
	}
	return w
}

func (w *repeater) text(n int) string {
	s := make([]rune, n)
	for i := range s {
		s[i] = w.alpha[int(float64(len(w.alpha))*w.r.Float64()*w.r.Float64())]
	}
	return string(s)
}

// edited changes about a share of a text's characters, in runs, as newsrooms do.
func (w *repeater) edited(s string, share float64) string {
	runes := []rune(s)
	for left := int(share * float64(len(runes))); left > 0; {
		n := min(left, 1+w.r.IntN(20))
		at := w.r.IntN(len(runes) + 1)
		switch end := min(len(runes), at+n); w.r.IntN(3) {
		case 0:
			runes = append(runes[:at:at], runes[end:]...)
		case 1:
			runes = append(runes[:at:at], append([]rune(w.text(n)), runes[at:]...)...)
		default:
			runes = append(runes[:at:at], append([]rune(w.text(end-at)), runes[end:]...)...)
		}
		left -= n
	}
	return string(runes)
}

// visit is the visit to article n, which none has been to yet.
func (w *repeater) visit(n int) scraper.Visit {
	title, body := w.text(8+w.r.IntN(16)), w.text([]int{0, 10, 60, 300, 1200}[w.r.IntN(5)])
	if len(w.bodies) > 0 && w.r.IntN(3) == 0 {
		i := w.r.IntN(len(w.bodies))
		body, title = w.bodies[i], w.titles[i]
		switch share := w.r.Float64(); {
		case share < 0.3:
		case share < 0.5:
			title = w.text(12)
		default:
			body = w.edited(body, (share-0.5)/2)
		}
	}
	w.bodies, w.titles = append(w.bodies, body), append(w.titles, title)
	v := article(n, noon, title, body)
	v.Target.Site = []string{"csu", "hnu"}[w.r.IntN(2)]
	v.Result.Article.Published = []string{"2016-07-22", "2016-07-23"}[w.r.IntN(2)]
	return v
}

// groups numbers articles so that those joined by pairs have the same number.
func groups(pairs map[[2]int64]float64, least float64) func(int64) int64 {
	parent := map[int64]int64{}
	var find func(int64) int64
	find = func(x int64) int64 {
		if p, ok := parent[x]; ok && p != x {
			return find(p)
		}
		return x
	}
	for p, s := range pairs {
		if s >= least {
			parent[find(p[0])] = find(p[1])
		}
	}
	return find
}

func foundPairs(t *testing.T, a *Archive) map[[2]int64]float64 {
	t.Helper()
	found := map[[2]int64]float64{}
	if err := a.EachDuplicate(t.Context(), DuplicateQuery{}, func(d Duplicate) error {
		if d.Other >= d.Article {
			t.Errorf("pair %d, %d: the earlier one comes second", d.Article, d.Other)
		}
		found[[2]int64{d.Article, d.Other}] = d.Similarity
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

// againstAll holds what was found against comparing each with each.
func againstAll(t *testing.T, a *Archive) (pairs int) {
	t.Helper()
	var ids []int64
	var sets []minhash.Set
	if err := a.EachArticle(t.Context(), Walk{}, func(r Article) error {
		ids, sets = append(ids, r.ID), append(sets, shingles(r.Title, r.Day, r.Body))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	found := foundPairs(t, a)
	real := map[[2]int64]float64{}
	for i := range ids {
		for j := range i {
			if s := sets[i].Similarity(sets[j]); s >= leastSimilarity {
				real[[2]int64{ids[i], ids[j]}] = s
			}
		}
	}
	for p, s := range found {
		if math.Abs(real[p]-s) > 1e-12 {
			t.Errorf("pair %v: found with similarity %v, it is %v", p, s, real[p])
		}
	}
	for _, least := range []float64{0.5, 0.6, 0.7, 0.8, 0.9} {
		same := groups(found, least)
		all, joined := 0, 0
		for p, s := range real {
			if s >= least {
				all++
				if same(p[0]) == same(p[1]) {
					joined++
				}
			}
		}
		t.Logf("of %d pairs from %v on, %d are joined", all, least, joined)
		if joined < all && least >= 0.7 || float64(joined) < 0.95*float64(all) {
			t.Errorf("of %d pairs from %v on, only %d are joined", all, least, joined)
		}
		if least == 0.8 {
			pairs = all
		}
	}
	return pairs
}

// TestCompareTexts compares in three goes, the second of which is broken off, and holds the pairs against each with each.
func TestCompareTexts(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	w := newRepeater()
	compare := func() {
		t.Helper()
		if _, err := a.CompareTexts(t.Context(), CompareOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	for n := 1; n <= 150; n++ {
		save(t, c, w.visit(n))
	}
	compare()
	for n := 151; n <= 400; n++ {
		save(t, c, w.visit(n))
	}
	ctx, stop := context.WithCancel(t.Context())
	_, err := a.CompareTexts(ctx, CompareOptions{Progress: func(what string, done, total int) {
		if what == "bands of texts" {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("broken off: got %v", err)
	}
	if n, err := a.Uncompared(t.Context()); err != nil || n == 0 {
		t.Errorf("after breaking off: %d articles are not compared (%v)", n, err)
	}
	compare()
	if pairs := againstAll(t, a); pairs < 50 {
		t.Errorf("only %d pairs to find", pairs)
	}

	// An original changes: what was found with its earlier text goes, and its copies find one another.
	var id int64
	var site string
	var n int
	if copies := count(t, a, `SELECT max(n) FROM (SELECT count(*) AS n FROM similarities WHERE similarity = 1 GROUP BY other)`); copies < 2 {
		t.Fatalf("no original has two copies")
	}
	query(t, a, `SELECT other FROM similarities WHERE similarity = 1 GROUP BY other ORDER BY count(*) DESC LIMIT 1`, &id)
	query(t, a, fmt.Sprintf(`SELECT site, CAST(substr(key, 5) AS INTEGER) FROM articles WHERE id = %d`, id), &site, &n)
	v := article(n, noon.AddDate(0, 0, 1), "又一篇", w.text(200))
	v.Target.Site = site
	save(t, c, v)
	compare()
	againstAll(t, a)
	again, err := a.CompareTexts(t.Context(), CompareOptions{})
	if err != nil || again != (Comparison{}) {
		t.Errorf("with nothing new: got %+v (%v)", again, err)
	}
	if n, err := a.Uncompared(t.Context()); err != nil || n != 0 {
		t.Errorf("at the end: %d articles are not compared (%v)", n, err)
	}
}

// TestManyAlike: a notice that comes again and again costs as much as so many articles, and all are joined.
func TestManyAlike(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	w := newRepeater()
	body := w.text(400)
	const notices = 120
	for n := 1; n <= notices; n++ {
		save(t, c, article(n, noon, fmt.Sprint("通知", n), fmt.Sprint(body, n)))
	}
	made, err := a.CompareTexts(t.Context(), CompareOptions{})
	if err != nil || made.Compared > notices*neighbours*minhash.Bands {
		t.Errorf("got %+v (%v)", made, err)
	}
	same := groups(foundPairs(t, a), 0.9)
	for id := int64(2); id <= notices; id++ {
		if same(id) != same(1) {
			t.Fatalf("article %d is not joined to the first", id)
		}
	}
}

func TestDuplicateKinds(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	w := newRepeater()
	body := w.text(300)
	for n, x := range []struct{ site, title, day string }{
		{"xjtu", "学校召开会议", "2016-07-22"}, {"xjtu", "学校召开会议", "2016-07-22"}, {"csu", "西交大召开会议", "2016-07-23"}, {"xjtu", "学校又召开会议", "2016-07-22"},
	} {
		v := article(n+1, noon, x.title, body)
		v.Target.Site, v.Result.Article.Published = x.site, x.day
		save(t, c, v)
	}
	if _, err := a.CompareTexts(t.Context(), CompareOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		q    DuplicateQuery
		want string
	}{
		{DuplicateQuery{}, "2-1 twin 3-1 repost 4-1 similar "},
		{DuplicateQuery{Site: "csu"}, "3-1 repost "},
		{DuplicateQuery{Article: 2}, "2-1 twin "},
		{DuplicateQuery{Kind: KindSimilar, Min: 0.9}, "4-1 similar "},
		{DuplicateQuery{Min: 1.1}, ""},
	} {
		got := ""
		if err := a.EachDuplicate(t.Context(), c.q, func(d Duplicate) error {
			got += fmt.Sprintf("%d-%d %s ", d.Article, d.Other, d.Kind)
			return nil
		}); err != nil || got != c.want {
			t.Errorf("%+v: got %q (%v), want %q", c.q, got, err, c.want)
		}
	}
}
