package systems

import (
	"slices"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A key is what every element that a selector can match must have: an id, the
// beginning of an id, a class or a tag. Keys let one walk over the page stand
// for all selectors.
type key struct {
	kind byte // '#', '^' for the beginning of an id, '.', 't' for a tag, 0 = any element
	name string
}

// keyOf gives the key of the last compound of a selector; of a group with
// several, or one without id, class and tag, the zero key.
func keyOf(css string) key {
	if strings.ContainsAny(css, ",\\") {
		return key{}
	}
	depth, from := 0, 0
	var quote byte
	for i := 0; i < len(css); i++ { // find where the last compound begins
		c := css[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[' || c == '(':
			depth++
		case c == ']' || c == ')':
			depth--
		case depth == 0 && (c == ' ' || c == '>' || c == '+' || c == '~'):
			if rest := strings.TrimLeft(css[i:], " >+~"); rest != "" {
				from = len(css) - len(rest)
			}
		}
	}
	compound := strings.TrimSpace(css[from:])
	name := func(s string) string {
		i := 0
		for i < len(s) && (s[i] == '-' || s[i] == '_' || s[i] >= '0' && s[i] <= '9' || s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z' || s[i] >= 0x80) {
			i++
		}
		return s[:i]
	}
	tag := name(compound)
	rest := compound[len(tag):]
	if rest != "" && (rest[0] == '#' || rest[0] == '.') {
		if n := name(rest[1:]); n != "" {
			return key{rest[0], n}
		}
	}
	if _, prefix, ok := strings.Cut(rest, "[id^="); ok {
		prefix = strings.TrimLeft(prefix, `"'`)
		if n := name(prefix); n != "" && len(n) < len(prefix) {
			return key{'^', n}
		}
	}
	if tag != "" {
		return key{'t', strings.ToLower(tag)}
	}
	return key{}
}

// group is a list of selectors as one, and a goquery.Matcher. Unlike what
// cascadia.Compile gives it can be compared.
type group cascadia.SelectorGroup

func (g group) Match(n *html.Node) bool {
	for _, s := range g {
		if s.Match(n) {
			return true
		}
	}
	return false
}
func (g group) MatchAll(n *html.Node) []*html.Node     { return cascadia.Selector(g.Match).MatchAll(n) }
func (g group) MatchFirst(n *html.Node) *html.Node     { return cascadia.Selector(g.Match).MatchFirst(n) }
func (g group) Filter(nodes []*html.Node) []*html.Node { return cascadia.Filter(nodes, g) }

// A Plan says which ids, classes and tags the selectors of some rules ask for.
// It is made once and used for many pages, from several goroutines.
type Plan struct {
	ids, classes map[string]int32
	tags         map[atom.Atom]int32
	odd          map[string]int32 // tags that have no atom
	prefixes     []string         // of ids
	prefixSlots  []int32
	slots        int
	classHints   [256]uint64 // by first byte: which lengths (modulo 64) classes have
	tagHints     [256]bool   // by bits 8 to 15 of the atom
}

// common are tags that a page has so many of that they are not noted; selectors
// with nothing else to go by are matched against all elements when asked.
var common = map[string]bool{"a": true, "div": true, "li": true, "p": true, "span": true, "td": true, "tr": true, "img": true, "ul": true, "script": true}

// Add takes the selectors of the candidates into the plan.
func (p *Plan) Add(lists ...[]Candidate) {
	if p.ids == nil {
		p.ids, p.classes, p.tags, p.odd = map[string]int32{}, map[string]int32{}, map[atom.Atom]int32{}, map[string]int32{}
	}
	for _, list := range lists {
		for i := range list {
			k := list[i].key
			switch k.kind {
			case '#':
				p.add(p.ids, k.name)
			case '^':
				if !slices.Contains(p.prefixes, k.name) {
					p.prefixes, p.prefixSlots = append(p.prefixes, k.name), append(p.prefixSlots, int32(p.slots))
					p.slots++
				}
			case '.':
				p.add(p.classes, k.name)
				p.classHints[k.name[0]] |= 1 << (len(k.name) & 63)
			case 't':
				if common[k.name] {
					continue
				}
				if a := atom.Lookup([]byte(k.name)); a == 0 {
					p.add(p.odd, k.name)
				} else if _, ok := p.tags[a]; !ok {
					p.tags[a] = int32(p.slots)
					p.tagHints[byte(a>>8)] = true
					p.slots++
				}
			}
		}
	}
}

func (p *Plan) add(to map[string]int32, name string) {
	if _, ok := to[name]; !ok {
		to[name] = int32(p.slots)
		p.slots++
	}
}

// AddRules takes all of the rules' selectors into the plan.
func (p *Plan) AddRules(r *Rules) {
	for _, list := range r.Fields() {
		p.Add(*list)
	}
}
