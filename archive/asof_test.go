package archive

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"campusnews/scraper"
)

// asOfQueries are asked at each moment, and later as of it.
var asOfQueries = []Query{
	{Text: "军训"}, {Text: "训"}, {Text: "图书馆"}, {Text: "书馆 军训"}, {Text: "新闻", Not: "图书"}, {Text: "新闻", Not: "图书馆开"},
	{Text: "新闻", Limit: 2, Offset: 1}, {Text: "2009年"}, {Text: "news*"}, {Text: "++"},
	{Text: "新闻", Filter: Filter{Person: "白露"}}, {Text: "新闻", Filter: Filter{Files: true}}, {Text: "新闻", Filter: Filter{Changed: true}},
	{Text: "新闻", Filter: Filter{Gone: true}}, {Text: "新闻", Filter: Filter{Section: "专题"}}, {Text: "新闻", Filter: Filter{Source: "校团委"}},
	{Text: "新闻", Filter: Filter{From: "2016-03", To: "2016-05"}}, {Text: "新闻", Filter: Filter{Site: "nobody"}},
}

// TestAsOf lets articles come, change, go and return at random and writes down after each step all that the
// archive says. At the end it must say the same as of each of those moments.
func TestAsOf(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	r := rand.New(rand.NewPCG(1, 2))
	words := []string{"军训", "图书馆", "开馆", "新闻", "2009年", "News", "C++", "训练", "书"}
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	text := func() string {
		s := "新闻"
		for range 1 + r.IntN(4) {
			s += words[r.IntN(len(words))]
		}
		return s
	}
	type said struct {
		at       time.Time
		articles []Article
		hits     []Hits
		total    int
	}
	listen := func(at time.Time, f Filter) said {
		s := said{at: at}
		if err := a.EachArticle(t.Context(), Walk{Filter: f}, func(r Article) error {
			r.Charset = "" // not kept of earlier versions
			s.articles = append(s.articles, r)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, q := range asOfQueries {
			q.AsOf, q.Total = f.AsOf, true
			h, err := a.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			s.hits = append(s.hits, h)
		}
		n, _, err := a.Extent(t.Context(), Filter{AsOf: f.AsOf, Person: "白露"})
		if err != nil {
			t.Fatal(err)
		}
		s.total = n
		return s
	}
	var log []said
	at := noon
	for range 60 {
		at = at.Add(time.Hour)
		n := 1 + r.IntN(12)
		v := article(n, at, text(), text())
		for i := range v.Exchanges {
			v.Exchanges[i].Started = at
		}
		x := v.Result.Article
		x.Published = pick("2016-03-01", "2016-04-02", "2016-07-22", "2015")
		x.Source = pick("校团委", "新闻中心")
		if r.IntN(2) == 0 {
			x.Credits = x.Credits[1:]
		}
		if r.IntN(2) == 0 {
			x.Files = nil
		}
		v.Target.Section = pick("要闻", "专题")
		switch r.IntN(5) {
		case 0:
			v.Result, v.Target.State = nil, scraper.StateMissing
			v.Exchanges[0].Status = 404
		case 1:
			v.Result, v.Target.State = nil, scraper.StateGone
			v.Exchanges[0].Status = 404
		}
		if r.IntN(10) == 0 {
			v = scraper.Visit{Target: due("list", scraper.RoleSection, 60), Reason: scraper.ReasonList, Time: at, Listed: []scraper.Listed{
				{Key: fmt.Sprintf("vsb:%d", n), URL: v.Target.URL, Title: "题", Date: "2016-01-01"}}}
			v.Target.Section = "专题"
		}
		save(t, c, v)
		log = append(log, listen(at, Filter{}))
	}
	changed := 0
	for _, was := range log {
		got := listen(was.at, Filter{AsOf: was.at})
		for i := range got.articles {
			if got.articles[i].Revision < log[len(log)-1].articles[slices.IndexFunc(log[len(log)-1].articles, func(r Article) bool { return r.ID == got.articles[i].ID })].Revision {
				changed++
			}
		}
		if !reflect.DeepEqual(got, was) {
			t.Fatalf("as of %s: got %+v\nwant %+v", was.at, got, was)
		}
		one, err := a.ArticleAsOf(t.Context(), was.articles[0].ID, was.at)
		if one.Charset = ""; err != nil || !reflect.DeepEqual(one, was.articles[0]) {
			t.Errorf("article as of %s: got %+v (%v), want %+v", was.at, one, err, was.articles[0])
		}
	}
	if changed < 40 {
		t.Errorf("only %d earlier versions were looked at", changed)
	}
	if _, err := a.ArticleAsOf(t.Context(), 1, noon); !errors.Is(err, ErrNotFound) {
		t.Errorf("before the first look: got %v, want ErrNotFound", err)
	}
	if _, err := a.Search(t.Context(), Query{Text: "新闻", Order: Relevance, Filter: Filter{AsOf: at}}); !errors.Is(err, ErrNoRelevance) {
		t.Errorf("by relevance: got %v, want ErrNoRelevance", err)
	}
}
