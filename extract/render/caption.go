package render

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxCaption bounds, in characters, a line that is taken for a caption by its
// place alone. Captions on stored campus pages have up to 40; centred paragraphs
// longer than that are text.
const maxCaption = 60

// centredBelow says that line is the caption of img by its place: picture and
// line are centred, each in a block of its own, and the line is the next block.
// Editors of VSB and WebPlus write captions so, as paragraphs or as two rows of
// a layout table. A line that is bold throughout is a heading.
func centredBelow(img *html.Node, line string) bool {
	if utf8.RuneCountInString(line) > maxCaption {
		return false
	}
	centre := false
	n := img
	for up := 0; up < 6 && n.Parent != nil; up++ {
		centre = centre || centred(n)
		if n != img && block(n) {
			if next := nextBlock(n); next != nil {
				return centre && centredInside(next, 3) && !bold(next) && Line(next) == line
			}
		}
		n = n.Parent
	}
	return false
}

func block(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Section, atom.Center, atom.Figure, atom.Tr, atom.Table:
		return true
	}
	return false
}

// nextBlock gives the next sibling, blank text and empty elements passed over,
// if it is a block with text.
func nextBlock(n *html.Node) *html.Node {
	for s := n.NextSibling; s != nil; s = s.NextSibling {
		switch {
		case s.Type == html.TextNode && strings.TrimSpace(s.Data) == "", s.Type == html.CommentNode:
		case s.Type == html.ElementNode && block(s):
			if Line(s) == "" {
				if holdsImage(s) {
					return nil
				}
				continue
			}
			return s
		default:
			return nil
		}
	}
	return nil
}

func holdsImage(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.DataAtom == atom.Img {
			return true
		}
	}
	return false
}

// centred reads the alignment that n itself states.
func centred(n *html.Node) bool {
	if n.DataAtom == atom.Center {
		return true
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "align":
			if v := strings.ToLower(a.Val); v == "center" || v == "middle" {
				return true
			}
		case "style":
			if i := strings.Index(a.Val, "text-align"); i >= 0 {
				value, _, _ := strings.Cut(a.Val[i+len("text-align"):], ";")
				return strings.TrimLeft(value, ": ") == "center"
			}
		}
	}
	return false
}

// centredInside is centred for n or the first elements within it.
func centredInside(n *html.Node, depth int) bool {
	for ; n != nil && depth > 0; depth-- {
		if centred(n) {
			return true
		}
		n = n.FirstChild
		for n != nil && n.Type != html.ElementNode {
			n = n.NextSibling
		}
	}
	return false
}

// bold says that all text of n stands in one <strong> or <b>.
func bold(n *html.Node) bool {
	for d := range n.Descendants() {
		if d.DataAtom == atom.Strong || d.DataAtom == atom.B {
			return Line(d) == Line(n)
		}
	}
	return false
}
