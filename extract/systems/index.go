package systems

import (
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
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

// An Index is what one walk over a page found for a Plan, all in page order.
type Index struct {
	Doc      *html.Node
	Count    int          // of elements
	Anchors  []*html.Node // <a href>
	Scripts  []string     // the text of inline scripts
	Sources  []string     // addresses of script, link and img elements
	Comments []string
	Metas    []*html.Node
	Title    string // the text of <title>, as written
	Base     string // href of <base>, "" = none
	Body     *html.Node

	plan  *Plan
	found [][]*html.Node
	all   []*html.Node // once they were needed
}

// Walk indexes a parsed page.
func (p *Plan) Walk(doc *html.Node) *Index {
	ix := &Index{Doc: doc, plan: p, found: make([][]*html.Node, p.slots), Anchors: make([]*html.Node, 0, 64)}
	walk(doc, func(n *html.Node) {
		if n.Type == html.ElementNode {
			ix.element(n)
		} else {
			ix.Comments = append(ix.Comments, n.Data)
		}
	})
	return ix
}

// walk visits the elements and comments of a page in order, but for what is in
// templates, foreign content and elements that hold no markup. It goes by parent
// pointers: a page can be as deep as it likes.
func walk(doc *html.Node, visit func(*html.Node)) {
	for n := doc; n != nil; {
		down := n.FirstChild
		switch n.Type {
		case html.ElementNode:
			if n.Namespace != "" {
				down = nil
				break
			}
			visit(n)
			switch n.DataAtom {
			case atom.Template, atom.Script, atom.Style, atom.Noscript, atom.Iframe, atom.Noframes, atom.Textarea, atom.Xmp:
				down = nil
			}
		case html.CommentNode:
			visit(n)
		}
		if down != nil {
			n = down
			continue
		}
		for n != nil && n != doc && n.NextSibling == nil {
			n = n.Parent
		}
		if n == nil || n == doc {
			return
		}
		n = n.NextSibling
	}
}

func (ix *Index) element(n *html.Node) {
	ix.Count++
	p := ix.plan
	if n.DataAtom != 0 {
		if !p.tagHints[byte(n.DataAtom>>8)] {
		} else if slot, ok := p.tags[n.DataAtom]; ok {
			ix.found[slot] = append(ix.found[slot], n)
		}
	} else if slot, ok := p.odd[n.Data]; ok {
		ix.found[slot] = append(ix.found[slot], n)
	}
	for i := range n.Attr {
		a := &n.Attr[i]
		switch a.Key {
		case "id":
			if slot, ok := p.ids[a.Val]; ok {
				ix.found[slot] = append(ix.found[slot], n)
			}
			for j, prefix := range p.prefixes {
				if strings.HasPrefix(a.Val, prefix) {
					slot := p.prefixSlots[j]
					ix.found[slot] = append(ix.found[slot], n)
				}
			}
		case "class":
			for rest := a.Val; rest != ""; {
				var name string
				name, rest = nextWord(rest)
				if name == "" || p.classHints[name[0]]&(1<<(len(name)&63)) == 0 {
					continue
				}
				if slot, ok := p.classes[name]; ok {
					if f := ix.found[slot]; len(f) == 0 || f[len(f)-1] != n {
						ix.found[slot] = append(f, n)
					}
				}
			}
		case "src":
			if n.DataAtom == atom.Script {
				ix.Sources = append(ix.Sources, a.Val)
			}
		case "href":
			switch n.DataAtom {
			case atom.A:
				ix.Anchors = append(ix.Anchors, n)
			case atom.Link:
				ix.Sources = append(ix.Sources, a.Val)
			case atom.Base:
				if ix.Base == "" {
					ix.Base = a.Val
				}
			}
		}
	}
	switch n.DataAtom {
	case atom.Script:
		if c := n.FirstChild; c != nil {
			ix.Scripts = append(ix.Scripts, c.Data)
		}
	case atom.Meta:
		ix.Metas = append(ix.Metas, n)
	case atom.Title:
		if c := n.FirstChild; c != nil && ix.Title == "" {
			ix.Title = c.Data
		}
	case atom.Body:
		if ix.Body == nil {
			ix.Body = n
		}
	}
}

// nextWord cuts the first word off s, which is separated by HTML white space.
func nextWord(s string) (word, rest string) {
	i := 0
	for i < len(s) && s[i] <= ' ' {
		i++
	}
	j := i
	for j < len(s) && s[j] > ' ' {
		j++
	}
	return s[i:j], s[j:]
}

// candidates gives the elements that can match c, in page order.
func (ix *Index) candidates(c *Candidate) []*html.Node {
	var slot int32
	ok := false
	switch c.key.kind {
	case '#':
		slot, ok = ix.plan.ids[c.key.name]
	case '^':
		for j, prefix := range ix.plan.prefixes {
			if prefix == c.key.name {
				slot, ok = ix.plan.prefixSlots[j], true
			}
		}
	case '.':
		slot, ok = ix.plan.classes[c.key.name]
	case 't':
		if c.key.name == "a" && strings.Contains(c.CSS, "[href") {
			return ix.Anchors
		}
		if c.key.name == "meta" {
			return ix.Metas
		}
		if a := atom.Lookup([]byte(c.key.name)); a != 0 {
			slot, ok = ix.plan.tags[a]
		} else {
			slot, ok = ix.plan.odd[c.key.name]
		}
	}
	if !ok {
		return ix.Elements()
	}
	return ix.found[slot]
}

// Elements gives all elements, but those in templates and foreign content.
func (ix *Index) Elements() []*html.Node {
	if ix.all == nil {
		all := make([]*html.Node, 0, ix.Count)
		walk(ix.Doc, func(n *html.Node) {
			if n.Type == html.ElementNode {
				all = append(all, n)
			}
		})
		ix.all = all
	}
	return ix.all
}

// Select gives the elements of the page that c's selector matches and its Pick
// keeps, in page order.
func (ix *Index) Select(c *Candidate) []*html.Node {
	if c.sel == nil {
		return nil
	}
	var hits []*html.Node
	for _, n := range ix.candidates(c) {
		if !c.sel.Match(n) {
			continue
		}
		hits = append(hits, n)
		if c.single() {
			return hits
		}
	}
	return c.pick(hits)
}

// Within gives the elements in n, n itself not counted, that c's selector
// matches and its Pick keeps, in page order.
func (c *Candidate) Within(n *html.Node) *goquery.Selection {
	root := goquery.NewDocumentFromNode(n)
	switch {
	case c.sel == nil:
		return root.Slice(0, 0)
	case c.single():
		return root.FindMatcher(goquery.SingleMatcher(c.sel))
	}
	all := root.FindMatcher(c.sel)
	return all.FilterNodes(c.pick(all.Nodes)...)
}

// single says that the first element is enough.
func (c *Candidate) single() bool { return c.Pick == "" || c.Pick == "first" }

// pick keeps of hits, which are in page order, what Pick says.
func (c *Candidate) pick(hits []*html.Node) []*html.Node {
	if len(hits) < 2 {
		return hits
	}
	switch c.Pick {
	case "", "first":
		return hits[:1]
	case "last":
		return hits[len(hits)-1:]
	case "innermost":
		// In page order the first hit that holds no other is the innermost of the first nest.
		for i := range hits {
			if i+1 == len(hits) || !inside(hits[i+1], hits[i]) {
				return hits[i : i+1]
			}
		}
	case "longest":
		best, size := 0, -1
		for i, n := range hits {
			if s := textSize(n); s > size {
				best, size = i, s
			}
		}
		return hits[best : best+1]
	}
	return hits
}

// Matches says that n matches c's selector.
func (c *Candidate) Matches(n *html.Node) bool { return c.sel != nil && c.sel.Match(n) }

// inside says that n is a proper descendant of of.
func inside(n, of *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p == of {
			return true
		}
	}
	return false
}

// textSize gives the bytes of text in n, scripts and styles not counted.
func textSize(n *html.Node) int {
	size := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			size += len(strings.TrimSpace(c.Data))
		case c.Type == html.ElementNode && c.DataAtom != atom.Script && c.DataAtom != atom.Style:
			size += textSize(c)
		}
	}
	return size
}

// Value makes c's value of an element: its attribute, or the text that text
// gives, cut down to what Match keeps. "" = it does not answer.
func (c *Candidate) Value(n *html.Node, text func(*html.Node) string) string {
	v := ""
	if c.Attr != "" {
		for _, a := range n.Attr {
			if a.Key == c.Attr {
				v = a.Val
			}
		}
	} else {
		v = text(n)
	}
	return c.Cut(v)
}

// Cut gives what Match keeps of v; "" if v does not match.
func (c *Candidate) Cut(v string) string {
	if c.match == nil {
		return v
	}
	m := c.match.FindStringSubmatch(v)
	if m == nil {
		return ""
	}
	for _, g := range m[1:] {
		if g != "" {
			return g
		}
	}
	if len(m) > 1 {
		return ""
	}
	return m[0]
}

// Search gives the first group (or the whole) of the first place where the
// candidate's Script or URL expression matches s.
func (c *Candidate) Search(s string) (string, bool) {
	if c.program == nil {
		return "", false
	}
	m := c.program.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	for _, g := range m[1:] {
		if g != "" {
			return c.Cut(g), true
		}
	}
	return c.Cut(m[0]), true
}

// SearchAll gives the first group of every match of the candidate's Script in
// s, at most limit of them.
func (c *Candidate) SearchAll(s string, limit int) []string {
	if c.program == nil || c.Script == "" {
		return nil
	}
	var all []string
	for _, m := range c.program.FindAllStringSubmatch(s, limit) {
		all = append(all, m[len(m)-1])
	}
	return all
}
