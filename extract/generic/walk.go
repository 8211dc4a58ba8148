package generic

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A walker fills the tables of a Page in one pass over the tree.
type walker struct {
	p       *Page
	open    []int32 // elements around the cursor
	boxes   []int32 // those of them that are block-level
	seen    map[string]hint
	link    int32 // anchor around the cursor, as 1 + its index in links; 0 = none
	bold    int
	heading uint8
	inBlock bool
	space   bool
}

// walk visits the tree in document order without recursion.
func (w *walker) walk(root *html.Node) {
	n := root
	for n != nil {
		down := w.enter(n)
		if down && n.FirstChild != nil {
			n = n.FirstChild
			continue
		}
		if down {
			w.leave(n)
		}
		for n != root && n.NextSibling == nil {
			n = n.Parent
			if n == nil {
				break
			}
			w.leave(n)
		}
		if n == nil || n == root {
			break
		}
		n = n.NextSibling
	}
	w.breakBlock()
}

// enter says whether to go on to the children; then leave is called after them.
func (w *walker) enter(n *html.Node) bool {
	switch n.Type {
	case html.TextNode:
		w.words(n)
		return false
	case html.DocumentNode:
		return true
	case html.ElementNode:
	default:
		return false
	}
	p := w.p
	switch n.DataAtom {
	case atom.Script:
		p.head.script(n)
		return false
	case atom.Style, atom.Template, atom.Noscript, atom.Svg, atom.Math, atom.Select, atom.Textarea, atom.Input, atom.Datalist, atom.Noframes:
		return false
	case atom.Meta:
		p.head.meta(n)
	case atom.Link:
		p.head.link(n)
		return false
	case atom.Title:
		if p.head.title == "" && n.FirstChild != nil && n.FirstChild.Type == html.TextNode {
			p.head.title = squeeze(n.FirstChild.Data)
		}
		return false
	case atom.Br, atom.Hr:
		w.breakBlock()
		return false
	case atom.Base:
		if p.base != nil && !p.head.based {
			if u, err := p.base.Parse(strings.TrimSpace(attr(n, "href"))); err == nil && attr(n, "href") != "" {
				p.base, p.head.based = u, true
			}
		}
		return false
	}
	e := elem{node: n, tag: n.DataAtom, kind: kinds[n.DataAtom], img0: int32(len(p.images)), link0: int32(len(p.links))}
	if len(w.open) > 0 {
		e.parent = w.open[len(w.open)-1]
	}
	e.depth = p.elems[e.parent].depth + 1
	e.own = w.hints(n)
	if e.kind == replaced {
		e.own &= hintAd // the rest names how it is shown or came ("rich_pages", "wechatimg")
	}
	i := int32(len(p.elems))
	if e.kind == boxed {
		w.breakBlock()
		w.boxes = append(w.boxes, i)
	}
	e.b0 = int32(len(p.blocks))
	if w.inBlock {
		e.b0--
	}
	switch n.DataAtom {
	case atom.Body:
		if p.body == 0 {
			p.body = i
			e.own = 0 // "home", "single post sidebar-right": names of the whole page
		}
	case atom.Html:
		e.own = 0
	case atom.A, atom.Area:
		if w.link == 0 && attr(n, "href") != "" {
			p.links = append(p.links, link{elem: i, t0: -1})
			w.link = int32(len(p.links))
			p.links[w.link-1].b0 = e.b0
			if w.inBlock {
				p.blocks[len(p.blocks)-1].links++
			}
		}
	case atom.B, atom.Strong:
		w.bold++
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		w.heading = n.Data[1] - '0'
	case atom.Img, atom.Video, atom.Audio, atom.Embed, atom.Object, atom.Iframe, atom.Picture:
		p.images = append(p.images, i)
	}
	p.elems = append(p.elems, e)
	w.open = append(w.open, i)
	if e.kind == skipped || e.kind == replaced && n.DataAtom != atom.Picture && n.DataAtom != atom.Object {
		w.leave(n)
		return false
	}
	return true
}

func (w *walker) leave(n *html.Node) {
	if n.Type != html.ElementNode || len(w.open) == 0 {
		return
	}
	p := w.p
	i := w.open[len(w.open)-1]
	e := &p.elems[i]
	if e.node != n {
		return
	}
	w.open = w.open[:len(w.open)-1]
	if e.kind == boxed {
		w.breakBlock()
		w.boxes = w.boxes[:len(w.boxes)-1]
	}
	switch e.tag {
	case atom.A, atom.Area:
		if w.link > 0 && p.links[w.link-1].elem == i {
			p.links[w.link-1].b1 = int32(len(p.blocks))
			w.link = 0
		}
	case atom.B, atom.Strong:
		w.bold--
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		w.heading = 0
	}
	e.end = int32(len(p.elems))
	e.b1 = int32(len(p.blocks))
}

// hints gives what the element's names suggest; names recur, so they are kept.
func (w *walker) hints(n *html.Node) hint {
	h := tagHints[n.DataAtom]
	for i := range n.Attr {
		a := &n.Attr[i]
		switch a.Key {
		case "class", "id", "role", "itemprop":
			if a.Val == "" {
				continue
			}
			g, ok := w.seen[a.Val]
			if !ok {
				g = names.of(a.Val)
				if a.Key == "itemprop" && a.Val == "articleBody" {
					g |= hintBody
				}
				w.seen[a.Val] = g
			}
			h |= g
		case "hidden":
			h |= hintHidden
		case "aria-hidden":
			if a.Val == "true" {
				h |= hintHidden
			}
		case "style":
			if hides(a.Val) {
				h |= hintHidden
			}
		}
		if i > 40 {
			break // a page made to be slow
		}
	}
	return h
}

// hides says that an inline style keeps the element from being shown.
func hides(style string) bool {
	if len(style) > 500 {
		style = style[:500]
	}
	i := strings.Index(style, "display")
	if i < 0 {
		return false
	}
	s := strings.TrimLeft(style[i+len("display"):], " \t")
	return strings.HasPrefix(s, ":") && strings.HasPrefix(strings.TrimLeft(s[1:], " \t"), "none")
}

func (w *walker) breakBlock() {
	if w.inBlock {
		w.p.blocks[len(w.p.blocks)-1].end = int32(len(w.p.text))
		w.inBlock = false
	}
	w.space = false
}

// words adds a text node to the block around the cursor.
func (w *walker) words(n *html.Node) {
	s := n.Data
	p := w.p
	var b *block
	if w.inBlock {
		b = &p.blocks[len(p.blocks)-1]
	}
	from := int32(-1)
	size := int32(0)
	for i := 0; i < len(s); {
		c := s[i]
		width, r := 1, rune(c)
		if c >= utf8.RuneSelf {
			r, width = utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && width == 1:
				i++
				continue
			case r == 0xa0 || r == 0x3000 || r >= 0x2000 && r <= 0x200a || r == 0x2028 || r == 0x2029 || r == 0x202f || r == 0x205f || r == 0x1680 || r == 0x85:
				w.space = true
				i += width
				continue
			case r == 0xad || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff || r < 0xa0:
				i += width
				continue
			}
		} else if c <= ' ' || c == 0x7f {
			if c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v' {
				w.space = true
			}
			i++
			continue
		}
		if b == nil {
			b = w.begin(n)
		} else if w.space {
			p.text = append(p.text, ' ')
		}
		w.space = false
		if from < 0 {
			from = int32(len(p.text))
		}
		switch {
		case r >= 0x2e80:
			size += 3
			switch r {
			case '，', '、', '：':
				b.commas++
			case '。', '！', '？', '；', '…':
				b.stops++
			}
		case r < utf8.RuneSelf:
			size++
			switch c {
			case ',', ';', ':':
				if i+1 >= len(s) || s[i+1] <= ' ' || s[i+1] == '"' {
					b.commas++
				}
			case '.', '!', '?':
				if i+1 >= len(s) || s[i+1] <= ' ' || s[i+1] == '"' || s[i+1] == '\'' || s[i+1] >= utf8.RuneSelf || s[i+1] == ')' {
					b.stops++
				}
			}
		default:
			size++
		}
		p.text = append(p.text, s[i:i+width]...)
		i += width
	}
	if from < 0 {
		return
	}
	b.size += size
	b.last = n
	for p.elems[b.elem].end != 0 {
		b.elem = p.elems[b.elem].parent // what it began in is closed
	}
	if w.bold == 0 {
		b.bold = false
	}
	if w.link > 0 {
		b.linked += size
		l := &p.links[w.link-1]
		if l.t0 < 0 {
			l.t0 = from
			l.b0 = int32(len(p.blocks)) - 1
		}
		l.t1 = int32(len(p.text))
	}
}

// begin opens a block for a text node.
func (w *walker) begin(n *html.Node) *block {
	p := w.p
	b := block{start: int32(len(p.text)), first: n, last: n, heading: w.heading, bold: true}
	if len(w.boxes) > 0 {
		b.owner = w.boxes[len(w.boxes)-1]
	}
	if len(w.open) > 0 {
		b.elem = w.open[len(w.open)-1]
	}
	switch p.elems[b.owner].tag {
	case atom.Td, atom.Th:
		b.cell = true
	case atom.Li, atom.Dt, atom.Dd:
		b.item = true
	}
	if w.link > 0 {
		b.links = 1
	}
	p.blocks = append(p.blocks, b)
	w.inBlock = true
	return &p.blocks[len(p.blocks)-1]
}
