package profile

import (
	"reflect"
	"testing"

	"campusnews/extract/systems"
)

func TestFormatComments(t *testing.T) {
	p := &Profile{
		ID: "ex", Name: "例大学", Home: "https://news.example.edu.cn/", Hosts: []string{"news.example.edu.cn"}, System: "vsb", Since: "2015",
		Sections:  Sections{{"要闻", "https://news.example.edu.cn/yw.htm"}, {"1: a", "https://news.example.edu.cn/a?b=c&d"}},
		Overrides: systems.Rules{Article: systems.ArticleRules{Body: []systems.Candidate{{CSS: "#body"}, {CSS: ".a .b", Pick: "innermost"}}}},
		Evidence:  []Evidence{{Kind: EvidencePages, Year: 2026, Note: "3 lists, 12 articles"}},
		Notes:     []string{"a: b", "yes"},
	}
	got := string(Format(p, map[string]string{
		"": "one\ntwo\n", "province": "for the catalogue", "system": "seen on 9 of 9 pages", "sections.要闻": "20 rows",
		"overrides.article.body[1]": "the newer template", "verified": "not yet",
	}))
	want := `# one
# two
id: ex
name: 例大学
# for the catalogue
province:
home: https://news.example.edu.cn/
hosts:
  - news.example.edu.cn
# seen on 9 of 9 pages
system: vsb
since: "2015"
sections:
  # 20 rows
  要闻: https://news.example.edu.cn/yw.htm
  "1: a": "https://news.example.edu.cn/a?b=c&d"
overrides:
  article:
    body:
      - "#body"
      # the newer template
      - {css: ".a .b", pick: innermost}
# not yet
verified: false
evidence:
  - {kind: pages, year: 2026, note: "3 lists, 12 articles"}
notes:
  - "a: b"
  - "yes"
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	roundTrip(t, p)
}

func TestFormatRoundTrip(t *testing.T) {
	for _, p := range Catalogue() {
		roundTrip(t, p)
	}
}

// roundTrip fails unless Parse reads what Format wrote of p as p.
func roundTrip(t *testing.T, p *Profile) {
	t.Helper()
	if err := p.Overrides.Compile(); err != nil {
		t.Fatal(err)
	}
	text := Format(p, nil)
	back, err := Parse(text, "formatted.yaml")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if !reflect.DeepEqual(back, p) {
		t.Fatalf("got  %+v\nwant %+v\nfrom\n%s", back, p, text)
	}
}
