package extract

import (
	"slices"
	"strings"

	"campusnews/extract/render"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A line is one line of text as a reader sees it, outside of the body.
type line struct {
	text   string
	node   *html.Node // the innermost block that it stands in
	linked bool       // all of it is links
}

// maxLines bounds how far the search around the body goes.
const maxLines = 40

// linesAbove is how many lines above the title the breadcrumb is looked for.
const linesAbove = 10

// linesBefore gives the lines that stand before node on the page, the nearest
// first; not many more after the one that until knows (nil: none).
func linesBefore(node *html.Node, until func(line string) bool) []line {
	w := backward{most: maxLines, until: until}
	for n := node; n != nil && len(w.lines) < w.most; {
		if n.PrevSibling == nil {
			n = n.Parent
			if n == nil || n.DataAtom == atom.Body {
				break
			}
			if !inlineElement(n) {
				w.flush()
			}
			continue
		}
		n = n.PrevSibling
		w.visit(n, 0)
	}
	w.flush()
	return w.lines
}

// backward collects lines while walking a page from its end.
type backward struct {
	lines  []line
	pieces []string // of the line at hand, last first
	node   *html.Node
	plain  bool                   // a piece stands outside of links
	most   int                    // lines wanted
	until  func(line string) bool // once it says so, a few more lines are enough
}

func (w *backward) visit(n *html.Node, depth int) {
	if len(w.lines) >= w.most || depth > 600 {
		return
	}
	switch n.Type {
	case html.TextNode:
		if blankText(n.Data) {
			if len(w.pieces) > 0 {
				w.pieces = append(w.pieces, " ")
			}
			return
		}
		w.pieces = append(w.pieces, n.Data)
		w.node = n.Parent
		w.plain = w.plain || !within(n, atom.A, 4)
	case html.ElementNode:
		if unseen(n) {
			return
		}
		block := !inlineElement(n)
		if block {
			w.flush()
		}
		for c := n.LastChild; c != nil; c = c.PrevSibling {
			w.visit(c, depth+1)
		}
		if !block && len(w.pieces) > 0 && beginsWithLabel(n) {
			w.pieces = append(w.pieces, " ")
		}
		if block {
			w.flush()
		}
	}
}

// beginsWithLabel says that n is an item of a meta line of its own: templates
// write <span>作者：甲</span><span>编辑：乙</span> and part them by style.
func beginsWithLabel(n *html.Node) bool {
	text := firstText(n, 2)
	i := strings.IndexAny(text[:min(len(text), maxLabel)], ":：")
	return i > 0 && (text[i] == ':' || strings.HasPrefix(text[i:], "："))
}

// maxLabel bounds a label with its colon, in bytes: eight Han characters.
const maxLabel = 27

func (w *backward) flush() {
	if len(w.pieces) == 0 {
		return
	}
	slices.Reverse(w.pieces)
	text := render.Squeeze(strings.Join(w.pieces, ""))
	if text != "" {
		n := w.node
		for n.Parent != nil && inlineElement(n) {
			n = n.Parent
		}
		w.lines = append(w.lines, line{text: text, node: n, linked: !w.plain})
		if w.until != nil && w.plain && w.until(text) {
			w.most, w.until = min(w.most, len(w.lines)+linesAbove), nil
		}
	}
	w.pieces, w.node, w.plain = w.pieces[:0], nil, false
}

// unseen says that nothing in n is shown as text.
func unseen(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Select, atom.Textarea, atom.Button, atom.Iframe, atom.Object, atom.Head:
		return true
	}
	return render.Hidden(n)
}

// inlineElement says that n does not begin a line of its own.
func inlineElement(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.Span, atom.Font, atom.B, atom.Strong, atom.I, atom.Em, atom.U, atom.S, atom.Small, atom.Big, atom.Sub, atom.Sup,
		atom.Label, atom.Img, atom.Input, atom.Cite, atom.Code, atom.Time, atom.Mark, atom.Abbr, atom.Del, atom.Ins, atom.Nobr, atom.Q, atom.Wbr:
		return true
	}
	return n.DataAtom == 0 && n.Type == html.ElementNode
}

// within says that n stands in an element of that name, at most depth levels up.
func within(n *html.Node, name atom.Atom, depth int) bool {
	for p := n.Parent; p != nil && depth > 0; p, depth = p.Parent, depth-1 {
		if p.DataAtom == name {
			return true
		}
	}
	return false
}

// blankText says that s is white space of any width.
func blankText(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c > ' ' && (c < 0x80 || !(c == 0xc2 || c == 0xa0 || c == 0xe3 || c == 0x80)) {
			return false
		}
	}
	return true
}

// attr gives the value of an attribute, "" for none.
func attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}
