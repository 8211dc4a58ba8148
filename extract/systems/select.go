package systems

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

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
