package systems

import (
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"golang.org/x/net/html"
)

func TestRulesFromYAML(t *testing.T) {
	var r Rules
	err := yaml.UnmarshalWithOptions([]byte(`
article:
  title: [h1.arti_title, {css: "meta[name=pageTitle]", attr: content}]
  body:
    - {css: .v_news_content, pick: innermost}
list:
  rows: ["ul.news_list > li"]
`), &r, yaml.Strict())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(r.Article.Title), 2; got != want {
		t.Fatalf("titles: got %d, want %d", got, want)
	}
	if got, want := r.Article.Title[0].CSS, "h1.arti_title"; got != want {
		t.Errorf("bare selector: got %q, want %q", got, want)
	}
	if got, want := r.Article.Title[1].key, (key{'t', "meta"}); got != want {
		t.Errorf("key: got %v, want %v", got, want)
	}
}

func TestRulesErrorsNameThePlace(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"unknown field", "article:\n  titel: [h1]\n", "[2:3]"},
		{"unknown key of a candidate", "article:\n  title:\n    - {css: h1, pik: last}\n", "[3:17]"},
		{"bad selector", "article:\n  body:\n    - h1\n    - 'div[['\n", "[4:7]"},
		{"bad expression", "article:\n  title:\n    - {script: '('}\n", "[3:"},
		{"bad pick", "list:\n  rows:\n    - {css: li, pick: some}\n", "[3:"},
		{"nothing set", "list:\n  rows:\n    - {pick: all}\n", "[3:"},
		{"bad locator", "list:\n  rows:\n    - {find: rows}\n", "[3:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r Rules
			err := yaml.UnmarshalWithOptions([]byte(c.in), &r, yaml.Strict())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one at %s", err, c.want)
			}
		})
	}
}

func TestSelect(t *testing.T) {
	doc, err := html.Parse(strings.NewReader(`<div id=a class="x y"><p class=x>1<div class=x>22</div></div><div class=x>333</div>`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		c    Candidate
		want string
	}{
		{Candidate{CSS: ".x"}, "122"},
		{Candidate{CSS: ".x", Pick: "last"}, "333"},
		{Candidate{CSS: "div.x", Pick: "innermost"}, "22"},
		{Candidate{CSS: ".x", Pick: "longest"}, "122"},
		{Candidate{CSS: "#a > div.x"}, "22"},
		{Candidate{CSS: "p.x, #nothing"}, "1"},
		{Candidate{CSS: "[class~=y]"}, "122"},
		{Candidate{CSS: ".x", Pick: "all"}, "122|1|22|333"},
	} {
		list := []Candidate{c.c}
		if err := list[0].Compile(); err != nil {
			t.Fatal(err)
		}
		var p Plan
		p.Add(list)
		var got []string
		for _, n := range p.Walk(doc).Select(&list[0]) {
			var text strings.Builder
			for d := range n.Descendants() {
				if d.Type == html.TextNode {
					text.WriteString(d.Data)
				}
			}
			got = append(got, text.String())
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%q %s: got %q, want %q", c.c.CSS, c.c.Pick, s, c.want)
		}
	}
}
