package drift

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"campusnews/extract"
	"campusnews/extract/byline"
)

func article(rule string, full bool) *extract.Result {
	a := &extract.Article{Title: "t", Body: "b", Provenance: map[string]string{"title": rule, "body": rule}}
	if full {
		a.Published = "2026-01-02"
		a.Credits = []extract.Credit{{Role: byline.Author, Name: "甲"}, {Role: byline.Author, Name: "乙"}, {Role: byline.Editor, Name: "丙"}}
		a.Images = []extract.Image{{URL: "http://a/b.jpg"}}
		a.Provenance["published"] = "vsb/meta[0]"
	}
	return &extract.Result{Kind: extract.KindArticle, System: "vsb", Article: a}
}

func run(n int, r ...*extract.Result) Counts {
	var c Counts
	for range n {
		for _, one := range r {
			c.Add(extract.KindArticle, one)
		}
	}
	return c
}

func TestCounts(t *testing.T) {
	var c Counts
	c.Add(extract.KindArticle, article("vsb/title[0]", true))
	c.Add(extract.KindArticle, article("vsb/title[1]", false))
	c.Add(extract.KindArticle, &extract.Result{Kind: extract.KindError})
	c.Add(extract.KindOther, &extract.Result{Kind: extract.KindOther})
	c.Add(extract.KindList, &extract.Result{Kind: extract.KindList, Listing: &extract.Listing{
		Items: []extract.Item{{Title: "a", Date: "2026-01-02"}, {Title: "b"}}, Next: "http://a/2.htm", Provenance: map[string]string{"items": "vsb/rows[0]"},
	}})
	if c.Articles.Pages != 3 || c.Articles.Kinds["error"] != 1 || c.Articles.Systems["vsb"] != 2 || c.Lists.Pages != 1 {
		t.Errorf("got %+v", c)
	}
	for name, want := range map[string]Field{
		"title":     {2, 2, map[string]int{"vsb/title[0]": 1, "vsb/title[1]": 1}},
		"published": {2, 1, map[string]int{"vsb/meta[0]": 1}},
		"author":    {2, 1, nil},
		"reviewer":  {2, 0, nil},
		"images":    {2, 1, nil},
	} {
		if got := c.Articles.Fields[name]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	for name, want := range map[string]Field{"rows": {1, 1, map[string]int{"vsb/rows[0]": 1}}, "row.date": {2, 1, nil}, "next": {1, 1, nil}, "pages": {1, 0, nil}} {
		if got := c.Lists.Fields[name]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	if len(c.Articles.Fields) != len(ArticleFields) || len(c.Lists.Fields) != len(ListFields) {
		t.Errorf("got %d and %d fields, want %d and %d", len(c.Articles.Fields), len(c.Lists.Fields), len(ArticleFields), len(ListFields))
	}

	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var back Counts
	if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(back, c) {
		t.Errorf("got %+v (%v) from JSON, want %+v", back, err, c)
	}
	before := run(0)
	before.Merge(c)
	before.Merge(c)
	if !reflect.DeepEqual(back, c) || before.Articles.Pages != 6 || before.Articles.Fields["title"].Rules["vsb/title[1]"] != 2 || before.Lists.Fields["row.date"].Of != 4 {
		t.Errorf("got %+v, want twice %+v", before, c)
	}
}

func TestCompare(t *testing.T) {
	old, changed, broken := article("vsb/title[0]", true), article("vsb/title[1]", true), article("vsb/title[0]", false)
	gone := &extract.Result{Kind: extract.KindOther, System: "vsb"}
	tests := map[string]struct {
		before, now Counts
		want        []string // parts of the changes, in order; "" ends
	}{
		"nothing changed":              {run(50, old), run(10, old), nil},
		"a first run":                  {Counts{}, run(10, old), nil},
		"nothing new":                  {run(50, old), Counts{}, nil},
		"one odd page is chance":       {run(300, old), run(1, broken), nil},
		"a small shift is no drift":    {run(100, old, old, old, old, broken), run(100, old, old, old, broken), nil},
		"two pages of a sure template": {run(300, old), run(2, broken), []string{"article published filled: 0 of 2 (0 %), before 300 of 300 (100 %)", "article author filled", "article editor filled", "article images filled"}},
		"another rule took over": {run(40, old), run(40, changed), []string{
			"article title by vsb/title[0]: 0 of 40 (0 %), before 40 of 40 (100 %)", "article title by vsb/title[1]: 40 of 40 (100 %), before 0 of 40 (0 %)", "article body by vsb/title[0]", "article body by vsb/title[1]"}},
		"pages are no articles any more": {run(40, old), run(8, gone), []string{`article pages that are "article": 0 of 8 (0 %), before 40 of 40 (100 %)`, `article pages that are "other": 8 of 8`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := Compare(tt.before, tt.now, Options{})
			for i, c := range got {
				if i >= len(tt.want) || !strings.Contains(c.String(), tt.want[i]) {
					t.Errorf("got %q, want as number %d of %q", c, i, tt.want)
				}
			}
			if len(got) < len(tt.want) {
				t.Errorf("got %d changes, want %q", len(got), tt.want)
			}
		})
	}
}

// Values of Fisher's exact test worked out by hand as fractions.
func TestChance(t *testing.T) {
	for _, tt := range []struct {
		a, b Share
		want float64
	}{
		{Share{3, 3}, Share{0, 3}, 2 * 1.0 / 20},
		{Share{0, 3}, Share{3, 3}, 2 * 1.0 / 20},
		{Share{8, 10}, Share{1, 6}, 2 * (7.0 + 9*21) / 8008},
		{Share{5, 10}, Share{5, 10}, 1},
		{Share{300, 300}, Share{0, 1}, 2 * 1.0 / 301},
	} {
		if got := chance(tt.a, tt.b); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("chance(%v, %v): got %g, want %g", tt.a, tt.b, got, tt.want)
		}
	}
	if got := chance(Share{900_000, 1_000_000}, Share{100_000, 1_000_000}); got != 0 {
		t.Errorf("got %g for a million pages, want 0", got)
	}
}
