package archive_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/archive/archivetest"
)

// TestFiltersOfManyCandidates: a word that nearly all articles have, with each filter and several, is found in those articles that a walk by the same
// filter gives, as they are and as of a moment.
func TestFiltersOfManyCandidates(t *testing.T) {
	a := archivetest.Open(t, 600)
	var some archive.Article
	if err := a.EachArticle(t.Context(), archive.Walk{}, func(r archive.Article) error {
		if len(r.Credits) > 0 && r.Source != "" && r.Section != "" {
			some = r
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, f := range []archive.Filter{
		{}, {From: "2016"}, {To: "2016"}, {From: "2014-03", To: "2017-10-09"}, {From: "2016", To: "2016"}, {From: some.Day, To: some.Day},
		{Site: some.Site}, {Section: some.Section}, {Site: some.Site, Section: some.Section}, {Site: "nobody"}, {Section: "none"},
		{Source: some.Source}, {Person: some.Credits[0].Name}, {Files: true}, {Changed: true}, {Gone: true},
		{Site: some.Site, From: "2012", Source: some.Source}, {Section: some.Section, Changed: true}, {Files: true, To: "2019-05"}, {Gone: true, From: "2013"},
	} {
		for _, then := range []time.Time{{}, archivetest.Began.AddDate(0, 0, 20), archivetest.Began.AddDate(1, 0, 0)} {
			f.AsOf = then
			for _, text := range []string{"学院", "的", "学院 NOT 图书馆"} {
				walk := f
				walk.Words = text
				var want []int64
				if err := a.EachArticle(t.Context(), archive.Walk{Filter: walk}, func(r archive.Article) error { want = append(want, r.ID); return nil }); err != nil {
					t.Fatal(err)
				}
				hits, err := a.Search(t.Context(), archive.Query{Text: text, Filter: f, Limit: 1000, Total: true})
				if err != nil {
					t.Fatal(err)
				}
				var got []int64
				for _, h := range hits.Hits {
					got = append(got, h.ID)
				}
				slices.Sort(got)
				if !slices.Equal(got, want) || hits.Total != len(want) {
					t.Errorf("%s, %+v: got %d, total %d, want %d: %.80s, want %.80s", text, f, len(got), hits.Total, len(want), fmt.Sprint(got), fmt.Sprint(want))
				}
				found += len(want)
			}
		}
	}
	if found < 5000 {
		t.Errorf("only %d hits", found)
	}
}
