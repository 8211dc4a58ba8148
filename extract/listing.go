package extract

import (
	"strings"

	"campusnews/extract/date"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// listing reads the page as a list of articles, and says how many rows the
// page has in all of its lists; nil: it has none.
func (pg *page) listing() (*Listing, int) {
	groups, ruleName := pg.recordGroups()
	if len(groups) == 0 {
		groups, ruleName = pg.ruledGroups()
		groups = pg.inScope(groups)
		named := 0
		for _, g := range groups {
			g.ruled = true
			named += len(g.rows)
		}
		// The named rows may be those of a side box, while the list itself goes
		// without the usual names.
		if len(pg.articleLinks()) > named {
			groups = append(groups, pg.inScope(pg.addressGroups())...)
		}
	}
	best := pg.bestGroup(groups)
	if weak(best) && !pg.isHome() && !strings.HasPrefix(ruleName, "profile/") {
		// A list of links that all leave the site has no address to go by.
		if g, ok := pg.generic().List(); ok {
			if l := pg.fromGeneric(g); datedItems(l.Items) > datedRows(best) {
				return l, len(l.Items)
			}
		}
	}
	if best == nil {
		groups, ruleName = pg.inScope(pg.gridGroups()), pg.systemName()+"/grid"
		if best = pg.bestGroup(groups); best == nil {
			return nil, 0
		}
	} else if !best.ruled && best.parent != pg.doc {
		ruleName = pg.systemName() + "/address"
	}
	rows := 0
	links := map[*html.Node]bool{}
	for _, g := range groups {
		for _, r := range g.rows {
			if !links[r.link] {
				links[r.link] = true
				rows++
			}
		}
	}
	l := &Listing{Provenance: map[string]string{"items": ruleName}}
	seen := map[string]bool{}
	for _, r := range best.rows {
		if !seen[r.item.URL] {
			seen[r.item.URL] = true
			l.Items = append(l.Items, r.item)
		}
	}
	pg.pager(l)
	h := head{lines: linesBefore(best.rows[0].node, nil), title: -1, heading: -1}
	l.Section = h.section()
	if l.Section == "" {
		l.Section = documentTitle(pg.title)
	}
	return l, rows
}

// weak says that the rows found need not be the page's list.
func weak(g *group) bool { return g == nil || len(g.rows) < 4 || datedRows(g) == 0 }

func datedRows(g *group) (dated int) {
	if g == nil {
		return 0
	}
	for i := range g.rows {
		if g.rows[i].item.Date != "" {
			dated++
		}
	}
	return dated
}

func datedItems(items []Item) (dated int) {
	for _, i := range items {
		if i.Date != "" {
			dated++
		}
	}
	return dated
}

func (pg *page) systemName() string {
	if pg.system == nil {
		return "generic"
	}
	return pg.system.Name
}

// ruledGroups reads the rows that the rules name, a group for each parent.
func (pg *page) ruledGroups() ([]*group, string) {
	nodes, name := pg.rowNodes()
	near := date.FromURL(pg.path)
	var groups []*group
	for _, n := range nodes {
		r, ok := pg.readRow(n, near)
		if !ok {
			continue
		}
		if last := len(groups) - 1; last >= 0 && (groups[last].parent == n.Parent || sameComponent(groups[last].rows[0].node, n)) {
			groups[last].rows = append(groups[last].rows, r)
			continue
		}
		groups = append(groups, &group{parent: n.Parent, rows: []row{r}})
	}
	return groups, name
}

// rowNodes gives what the first rule for rows that matches finds, and the
// rule's name. A rule without a pick means all rows.
func (pg *page) rowNodes() ([]*html.Node, string) {
	for _, s := range pg.asked {
		for i, c := range s.rules.List.Rows {
			if c.Pick == "" {
				c.Pick = "all"
			}
			if found := pg.ix.Select(&c); len(found) > 0 {
				return found, rule(s, "rows", i)
			}
		}
	}
	return nil, ""
}

// sameComponent says that two rows have numbered ids of one component: VSB
// writes line_u5_0, line_u5_1 …
func sameComponent(a, b *html.Node) bool {
	cut := func(n *html.Node) string {
		id := attr(n, "id")
		if i := strings.LastIndexByte(id, '_'); i > 0 {
			return id[:i]
		}
		return ""
	}
	c := cut(a)
	return c != "" && c == cut(b)
}

// A hit is a link to an article by its address.
type hit struct {
	node    *html.Node
	address string
}

// articleLinks gives the links whose address is an article's in the page's
// system, of links to one address in a row the first.
func (pg *page) articleLinks() []hit {
	if pg.hits != nil || pg.system == nil {
		return pg.hits
	}
	pg.hits = make([]hit, 0, len(pg.ix.Anchors))
	for _, a := range pg.anchors() {
		if !a.article {
			continue
		}
		if last := len(pg.hits) - 1; last >= 0 && pg.hits[last].address == a.address {
			continue // picture and title of one row
		}
		pg.hits = append(pg.hits, hit{a.node, a.address})
	}
	return pg.hits
}

// addressGroups finds rows by the addresses of articles: a row is the largest
// element that holds links to one article only. Siblings of rows that are built
// alike are rows, too, wherever they lead.
func (pg *page) addressGroups() []*group {
	hits := pg.articleLinks()
	if len(hits) == 0 {
		return nil
	}
	tops := make([]*html.Node, len(hits)) // the row of each hit
	for i := range hits {
		var prev, next *html.Node
		if i > 0 {
			prev = hits[i-1].node
		}
		if i+1 < len(hits) {
			next = hits[i+1].node
		}
		tops[i] = rowTop(hits[i].node, prev, next)
	}
	near := date.FromURL(pg.path)
	var groups []*group
	done := map[*html.Node]bool{}
	for i, top := range tops {
		if done[top] || top.Parent == nil {
			continue
		}
		if i > 0 && tops[i-1].Parent == top.Parent && tops[i-1].DataAtom == top.DataAtom && len(groups) > 0 {
			continue // read with its siblings already
		}
		g := &group{parent: top.Parent}
		for s := top.Parent.FirstChild; s != nil; s = s.NextSibling {
			if s.Type != html.ElementNode || s.DataAtom != top.DataAtom || done[s] {
				continue
			}
			if r, ok := pg.readRow(s, near); ok {
				done[s] = true
				g.rows = append(g.rows, r)
			}
		}
		if len(g.rows) == 0 {
			continue
		}
		if last := len(groups) - 1; last >= 0 && siblings(groups[last].parent, g.parent) {
			groups[last].rows = append(groups[last].rows, g.rows...)
			continue
		}
		groups = append(groups, g)
	}
	return groups
}

// siblings says that two parents of rows are parts of one list: neighbours of
// the same element under one parent.
func siblings(a, b *html.Node) bool {
	return a != b && a.Parent == b.Parent && a.DataAtom == b.DataAtom && attr(a, "class") == attr(b, "class")
}

// rowTop climbs from a link as long as the element holds neither the link
// before nor the one after, and is no list or page by itself.
func rowTop(a, prev, next *html.Node) *html.Node {
	top := a
	for p := a.Parent; p != nil; p = p.Parent {
		switch p.DataAtom {
		case atom.Ul, atom.Ol, atom.Tbody, atom.Table, atom.Form, atom.Body, atom.Html, atom.Dl:
			return top
		}
		if prev != nil && holds(p, prev) || next != nil && holds(p, next) {
			return top
		}
		top = p
		if p.DataAtom == atom.Li || p.DataAtom == atom.Tr || repeated(p) {
			return top
		}
	}
	return top
}

// repeated says that a block has at least two siblings of its tag and class
// with a link in each: it is one row of several, though the others may lead
// elsewhere.
func repeated(n *html.Node) bool {
	if inlineElement(n) || n.Parent == nil {
		return false
	}
	alike := 0
	like := func(s *html.Node) {
		if s.Type == html.ElementNode && s.DataAtom == n.DataAtom && attr(s, "class") == attr(n, "class") && hasLink(s, 6) {
			alike++
		}
	}
	for s, near := n.NextSibling, 0; s != nil && near < nearSiblings; s, near = s.NextSibling, near+1 {
		like(s)
	}
	for s, near := n.PrevSibling, 0; s != nil && near < nearSiblings && alike < 2; s, near = s.PrevSibling, near+1 {
		like(s)
	}
	return alike >= 2
}

// nearSiblings is how many siblings each way, texts between them included, are
// held against a row.
const nearSiblings = 8

// hasLink says that n holds a link, at most depth levels down.
func hasLink(n *html.Node, depth int) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.A && c.Type == html.ElementNode || depth > 0 && c.Type == html.ElementNode && hasLink(c, depth-1) {
			return true
		}
	}
	return false
}

func holds(p, n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == p {
			return true
		}
	}
	return false
}

// bestGroup gives the group that is the page's list: rows with dates and real
// titles count most.
func (pg *page) bestGroup(groups []*group) *group {
	var best *group
	for _, g := range groups {
		dated, long, articles := 0, 0, 0
		for _, r := range g.rows {
			if r.item.Date != "" {
				dated++
			}
			if len(r.item.Title) >= 24 {
				long++
			}
			if _, path, query, ok := splitAddress(r.item.URL); ok && pg.system != nil && pg.system.ArticleAddress(path, query) {
				articles++
			}
		}
		g.score = float64(articles) + 2*float64(dated) + 0.5*float64(long)
		if articles+dated == 0 {
			continue
		}
		if g.ruled {
			g.score *= 1.25
		}
		if inNavigation(g.parent) {
			g.score /= 4
		}
		if best == nil || g.score > best.score {
			best = g
		}
	}
	return best
}

// inNavigation says that an element stands in the page's header, footer or menu.
func inNavigation(n *html.Node) bool {
	for p := n; p != nil && p.DataAtom != atom.Body; p = p.Parent {
		switch p.DataAtom {
		case atom.Nav, atom.Header, atom.Footer, atom.Aside:
			return true
		}
	}
	return false
}
