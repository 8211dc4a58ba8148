package archive_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"campusnews/archive"
	"campusnews/archive/archivetest"
)

// TestFacets compares the counts with those made from all hits one by one.
func TestFacets(t *testing.T) {
	a := archivetest.Open(t, 500)
	for _, q := range []archive.Query{
		{Text: "学院"}, {Text: "学"}, {Text: "学院 大学"}, {Text: "湘雅 OR 韶山"}, {Text: "学院 -大学"}, {Text: "大学学院"}, {Text: "2026年"}, {Text: "无此词语"}, {},
		{Text: "学院", Filter: archive.Filter{Site: "hnu"}}, {Text: "学院", Filter: archive.Filter{From: "2015", To: "2018"}}, {Text: "title:学院"},
		{Text: "学院", Filter: archive.Filter{Gone: true}}, {Filter: archive.Filter{Files: true}}, {Text: "大学学院", Filter: archive.Filter{Section: "学术动态"}},
	} {
		q.Limit, q.Everything = 1000, true
		hits, err := a.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]map[archive.Count]int{"year": {}, "site": {}, "section": {}, "source": {}}
		for _, h := range hits.Hits {
			year, _, _ := strings.Cut(h.Day, "-")
			want["year"][archive.Count{Name: year}]++
			want["site"][archive.Count{Name: h.Site}]++
			want["section"][archive.Count{Site: h.Site, Name: h.Section}]++
			want["source"][archive.Count{Name: h.Source}]++
		}
		got, err := a.Facets(t.Context(), q)
		if err != nil || got.Total != len(hits.Hits) || got.More {
			t.Errorf("%+v: got %d hits, more %t (%v), want %d", q, got.Total, got.More, err, len(hits.Hits))
		}
		for kind, list := range map[string][]archive.Count{"year": got.Years, "site": got.Sites, "section": got.Sections, "source": got.Sources} {
			n := 0
			for _, c := range list {
				hits := c.Hits
				c.Hits = 0
				if want[kind][c] != hits {
					t.Errorf("%+v: %s %+v: got %d, want %d", q, kind, c, hits, want[kind][c])
				}
				n += hits
			}
			if n != got.Total {
				t.Errorf("%+v: by %s %d hits, of %d", q, kind, n, got.Total)
			}
		}
		if !slices.IsSortedFunc(got.Years, func(x, y archive.Count) int { return cmp.Compare(cmp.Or(x.Name, "~"), cmp.Or(y.Name, "~")) }) {
			t.Errorf("years out of order: %v", got.Years)
		}
	}
	// 228 articles hold one of these.
	got, err := a.Facets(t.Context(), archive.Query{Text: "学院的 OR 的学院 OR 大学的 OR 的大学", Most: 60})
	if err != nil || !got.About || got.Total < 228-50 || got.Total > 228+50 {
		t.Errorf("with Most: got %d, about: %t (%v), want about 228", got.Total, got.About, err)
	}
}
