package systems

import (
	"cmp"
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// A System is what is known of one publishing system.
type System struct {
	Name  string `yaml:"name"`  // short and stable: "vsb"
	Title string `yaml:"title"` // as its vendor calls it
	// Share is the part of the sampled schools that run it, 0 to 1. Frequent
	// systems are tried first.
	Share float64 `yaml:"share,omitempty"`

	// Recognise are the signs of a page of the system. Each that is seen lowers
	// the doubt by its weight: confidence = 1 - Π(1 - weight).
	Recognise []Sign `yaml:"recognise"`
	// Articles and Lists are the shapes of the addresses of its pages. Those of
	// articles that have a key give an article its identity.
	Articles []Address `yaml:"articles,omitempty"`
	Lists    []Address `yaml:"lists,omitempty"`
	// IsArticle and IsList tell the kind of a page from the page itself; they
	// win over its address.
	IsArticle []Candidate `yaml:"is_article,omitempty"`
	IsList    []Candidate `yaml:"is_list,omitempty"`
	// Open says that the system leaves it to themes what a page looks like: where
	// no rule and no address says what a page is, the generic reader does.
	Open bool `yaml:"open,omitempty"`
	// Counter finds the click counter: Owner and ClickID in its two groups.
	Counter []CounterRule `yaml:"counter,omitempty"`

	Rules Rules `yaml:"rules"`
}

// A CounterRule finds a click counter in the inline scripts.
type CounterRule struct {
	Script Expression `yaml:"script"`
	// Owner and ClickID are the numbers of the groups that hold them.
	Owner   int `yaml:"owner"`
	ClickID int `yaml:"clickid"`
}

// A Sign is something that pages of one system have and others have not.
// Exactly one of the fields beside Weight is set.
type Sign struct {
	Comment   string      `yaml:"comment,omitempty"`   // a comment contains it
	Source    string      `yaml:"source,omitempty"`    // the address of a script or style sheet contains it
	Script    string      `yaml:"script,omitempty"`    // an inline script contains it
	Generator string      `yaml:"generator,omitempty"` // <meta name=generator> contains it, in any case
	CSS       []Candidate `yaml:"css,omitempty"`       // an element matches
	Address   []Address   `yaml:"address,omitempty"`   // the page's address has the shape
	Weight    float64     `yaml:"weight"`              // over 0 and under 1
}

//go:embed *.yaml
var files embed.FS

// All gives the built-in systems, the frequent ones first. They are read once;
// the caller does not change them.
var All = sync.OnceValue(func() []*System {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err)
	}
	var all []*System
	for _, e := range entries {
		b, err := files.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		s, err := Parse(b)
		if err != nil {
			panic(fmt.Sprintf("%s: %v", e.Name(), err))
		}
		if s.Name != strings.TrimSuffix(e.Name(), path.Ext(e.Name())) {
			panic(fmt.Sprintf("%s: names itself %q", e.Name(), s.Name))
		}
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b *System) int { return cmp.Compare(b.Share, a.Share) })
	return all
})

// Find gives the built-in system of that name, nil for none.
func Find(name string) *System {
	for _, s := range All() {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// Parse reads a system from YAML. Errors name line and column.
func Parse(b []byte) (*System, error) {
	s := new(System)
	if err := yaml.UnmarshalWithOptions(b, s, yaml.Strict()); err != nil {
		return nil, err
	}
	if s.Name == "" || len(s.Recognise) == 0 {
		return nil, fmt.Errorf("a system has a name and signs to recognise it by")
	}
	for i, sign := range s.Recognise {
		if sign.Weight <= 0 || sign.Weight >= 1 {
			return nil, fmt.Errorf("recognise[%d]: weight %v is not between 0 and 1", i, sign.Weight)
		}
	}
	return s, nil
}

// AddTo takes all that the system asks of a page into the plan.
func (s *System) AddTo(p *Plan) {
	p.AddRules(&s.Rules)
	p.Add(s.IsArticle, s.IsList)
	for i := range s.Recognise {
		p.Add(s.Recognise[i].CSS)
	}
}

// ArticleAddress says that path and query (without ?) are those of an article.
func (s *System) ArticleAddress(path, query string) bool {
	var found captures
	for i := range s.Articles {
		if s.Articles[i].match(path, query, &found) {
			return true
		}
	}
	return false
}

// ListAddress says that path and query (without ?) are those of a list.
func (s *System) ListAddress(path, query string) bool {
	var found captures
	for i := range s.Lists {
		if s.Lists[i].match(path, query, &found) {
			return true
		}
	}
	return false
}

// Identity gives the identity that the address has in the system and the number
// of the page of a multi-page article (0: the first). ok = false: the shape is
// not one of the system's articles, or it has no identity.
func (s *System) Identity(path, query string) (key string, part int, ok bool) {
	var found captures
	for i := range s.Articles {
		a := &s.Articles[i]
		if a.Key == "" || !a.match(path, query, &found) {
			continue
		}
		if a.Part != "" {
			for _, c := range found.get(a.Part) {
				if part = part*10 + int(c-'0'); part > 9999 {
					break
				}
			}
		}
		return a.key(&found), part, true
	}
	return "", 0, false
}
