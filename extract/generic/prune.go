package generic

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A cut is what is taken out of a container.
type cut struct {
	p      *Page
	in     int32
	elems  map[int32]bool
	blocks []bool // by block, from the container's first
	b0, b1 int32
	all    int64 // sum of the positive values in the container
}

// prune marks what inside of container c is no part of the article.
func (p *Page) prune(c int32) *cut {
	e := &p.elems[c]
	k := &cut{p: p, in: c, elems: map[int32]bool{}, blocks: make([]bool, e.b1-e.b0), b0: e.b0, b1: e.b1}
	k.all = p.good[e.b1] - p.good[e.b0]
	p.rack() // fills p.racks
	k.before()
	k.hinted()
	k.ends()
	k.marked()
	k.tail()
	return k
}

func (k *cut) block(b int32) {
	if i := b - k.b0; i >= 0 && int(i) < len(k.blocks) {
		k.blocks[i] = true
	}
}

func (k *cut) gone(b int32) bool { return k.blocks[b-k.b0] }

func (k *cut) elem(i int32) {
	if k.elems[i] {
		return
	}
	k.elems[i] = true
	e := &k.p.elems[i]
	for b := e.b0; b < e.b1; b++ {
		if in := k.p.blocks[b].elem; in >= i && in < e.end {
			k.block(b)
		}
	}
}

// before takes out the title and what stands above it, and the lines between
// the title and the text: byline, share bar, font size.
func (k *cut) before() {
	p := k.p
	from := k.b0
	if t := p.title.last; t >= k.b0 && t < k.b1 {
		if p.good[t+1]-p.good[k.b0] <= k.all/3 {
			for b := k.b0; b <= t; b++ {
				k.block(b)
			}
			from = t + 1
			k.pictures(t)
		}
	}
	// With the title outside, what an element named as the body holds is the
	// text's own: a talk has its time and place, a reprint its source.
	own := p.title.block >= 0 && p.title.block < k.b0 && p.elems[k.in].own&hintBody != 0
	again := int32(-1)
	for b := from; b < k.b1; b++ {
		bl := &p.blocks[b]
		m := p.marks[b]
		switch {
		case m&(markShare|markPlace) != 0 && bl.size < 420:
		case own && bl.linked == 0 && bl.size > 5 && m&markEditor == 0:
			return
		case m&(markMeta|markEditor) != 0 && bl.size < 420:
		case bl.size <= 5 && !bl.cell:
		case bl.linked*10 > bl.size*8 && !p.files[b] && bl.size < 100 && !bl.cell:
		case isDateLine(p.raw(b)):
		case fold(p.textOf(b)) == fold(p.title.text):
			again = b
		case p.elems[bl.elem].in&hintMeta&^p.elems[k.in].in != 0 && bl.size < 150:
		default:
			return
		}
		k.block(b)
	}
	if again >= 0 {
		k.blocks[again-k.b0] = false // it is all the text there is
	}
}

// pictures takes out the pictures above the title in block t, unless they
// stand right above it: banners and logos, not the article's opening picture.
func (k *cut) pictures(t int32) {
	p := k.p
	for _, i := range p.images {
		if e := &p.elems[i]; i > k.in && i < p.elems[k.in].end && e.b0 < t-1 {
			k.elem(i)
		}
	}
}

// isDateLine says that a line holds a date and little else.
func isDateLine(s []byte) bool {
	if len(s) > 60 || len(s) < 6 {
		return false
	}
	digits, other := 0, 0
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 0x80, c > ' ' && c != '-' && c != '/' && c != ':' && c != '.':
			other++
		}
	}
	return digits >= 6 && other <= 9
}

// hinted takes out parts whose names say that they are no article.
func (k *cut) hinted() {
	p := k.p
	e := &p.elems[k.in]
	for i := k.in + 1; i < e.end; {
		d := &p.elems[i]
		if k.leaves(i, d) {
			k.elem(i)
			i = d.end
			continue
		}
		i++
	}
}

func (k *cut) leaves(i int32, d *elem) bool {
	p := k.p
	good := p.good[d.b1] - p.good[d.b0]
	if good*2 > k.all && k.all > 0 {
		return false
	}
	switch {
	case d.kind == inline && d.own&bad == hintPopup && (d.tag == atom.A || k.nests(i, d)):
		return false // the word that a card opens over, not the card
	case d.own&bad != 0 && d.own&hintBody == 0:
		return true
	case p.racks[i] > 0 && d.own&hintBody == 0:
		return true // a list of other articles
	case d.own&(hintMeta|hintTags|hintAuthor) != 0 && d.kind == boxed:
		return good < 200 || good*8 < k.all
	case d.own&hintLead != 0 && d.own&(hintBody|hintArticle) == 0 && d.kind == boxed && good*3 < k.all && p.good[d.b0] == p.good[k.b0]:
		return !k.joins(d) // the subtitle: it stands before the text, and apart
	case d.tag == atom.Figcaption, d.own&hintCaption != 0 && good*6 < k.all:
		// The labelled English pages count captions out, the Chinese ones in.
		return d.b0 >= d.b1 || hanIn(p.textOf(d.b0)) == 0
	}
	return false
}

// ends takes out what follows a line after which nothing belongs to the
// article: the links to its neighbours, the line of rights. Below a heading of
// related articles only their list goes, for such boxes stand in texts, too.
func (k *cut) ends() {
	p := k.p
	for b := k.b0; b < k.b1; b++ {
		m := p.marks[b]
		if m&(markEnd|markEditor) == 0 || k.gone(b) {
			continue
		}
		rest := p.good[k.b1] - p.good[b]
		if m&markEnd == 0 {
			// The responsible editor signs below the text; what little follows is none.
			if !closes(p.raw(b)) || rest*5 > 2*k.all || p.pictures(k.in) > 0 && rest == 0 && k.picturesAfter(b) {
				continue
			}
		}
		if m&markRelated != 0 {
			if p.blocks[b].size > 60 || p.blocks[b].item && p.blocks[b].linked > 0 {
				continue
			}
			stop := k.b1
			if rest*12 > k.all {
				stop = b + 1
				for stop < k.b1 && p.values[stop] < 0 {
					stop++
				}
			}
			for ; b < stop; b++ {
				k.block(b)
			}
			b--
			continue
		}
		if m&markPager == 0 && rest*3 > k.all || rest*2 > k.all && k.all > 200 {
			continue
		}
		for ; b < k.b1; b++ {
			k.block(b)
		}
	}
}

// closes says that a line names the editor who answers for the page.
func closes(line []byte) bool {
	line = bytes.TrimLeft(line, "[(【（ ")
	for _, w := range [...]string{"责任编辑", "责编", "网络编辑", "本文责编"} {
		if bytes.HasPrefix(line, []byte(w)) {
			return true
		}
	}
	return false
}

// picturesAfter says that pictures of the container stand below block b.
func (k *cut) picturesAfter(b int32) bool {
	for i := len(k.p.images) - 1; i >= 0; i-- {
		if e := &k.p.elems[k.p.images[i]]; k.p.images[i] < k.p.elems[k.in].end {
			return k.p.images[i] > k.in && e.b0 > b && e.tag == atom.Img
		}
	}
	return false
}

// marked takes out lines whose words say that they are no article.
func (k *cut) marked() {
	p := k.p
	for b := k.b0; b < k.b1; b++ {
		if k.gone(b) {
			continue
		}
		bl := &p.blocks[b]
		m := p.marks[b]
		switch {
		case m&(markPager|markShare|markPlace|markFooter) != 0 && bl.size < 150:
			k.block(b)
		case m&markPromo != 0 && (bl.linked*3 > bl.size || bl.size < 40):
			k.block(b)
		case m&markFile != 0 && p.files[b]:
			k.block(b)
		case bl.linked > 0 && bl.linked*20 >= bl.size*17 && !p.files[b] && !bl.cell && k.all > 150 && (bl.size < 150 || bl.stops == 0) && p.stays(b):
			k.block(b)
		case m&markRelated != 0 && (bl.heading > 0 || bl.bold):
			k.block(b)
		}
	}
}

// stays says that the links of block b lead to the same site: a line that is
// nothing but such a link offers another article.
func (p *Page) stays(b int32) bool {
	if isAddress(p.raw(b)) {
		return false
	}
	for n := p.blocks[b].first; n != nil; n = n.Parent {
		if n.DataAtom != atom.A {
			continue
		}
		href := strings.TrimSpace(attr(n, "href"))
		i := strings.Index(href, "//")
		if i < 0 || i > 6 || p.base == nil {
			return true
		}
		host := href[i+2:]
		if j := strings.IndexAny(host, "/?#"); j >= 0 {
			host = host[:j]
		}
		return site(host) == site(p.base.Host)
	}
	return true
}

// isAddress says that a line shows an address, for readers to copy.
func isAddress(line []byte) bool {
	for _, w := range [...]string{"://", "www.", ".com", ".cn", ".edu", ".org", ".net"} {
		if bytes.Contains(line, []byte(w)) {
			return bytes.IndexByte(line, ' ') < 0 || hanIn(string(line)) > 0
		}
	}
	return false
}

// site cuts a host name down to what its owner registered, roughly: the last
// two labels, or three where the second last is as short as "co" and "com".
func site(host string) string {
	labels := strings.Split(strings.ToLower(host), ".")
	n := len(labels)
	keep := 2
	if n > 2 && len(labels[n-2]) <= 3 {
		keep = 3
	}
	return strings.Join(labels[max(0, n-keep):], ".")
}

// tail takes out the lines below the text that name editors, tags and rights.
func (k *cut) tail() {
	p := k.p
	for b := k.b1 - 1; b >= k.b0; b-- {
		if k.gone(b) {
			continue
		}
		bl := &p.blocks[b]
		m := p.marks[b]
		switch {
		case m&(markEditor|markPager|markShare|markRelated|markPromo) != 0 && bl.size < 300:
		case bl.size > 60 && bl.size < 600 && k.aboutAuthor(b):
		case bl.linked*2 > bl.size && !p.files[b] && !bl.cell && p.stays(b):
		default:
			return
		}
		k.block(b)
	}
}

// nests says that a child of the element is named as a popup, too.
func (k *cut) nests(i int32, d *elem) bool {
	for c, n := i+1, 0; c < d.end && n < 20; c, n = k.p.elems[c].end, n+1 {
		if k.p.elems[c].own&hintPopup != 0 {
			return true
		}
	}
	return false
}

// joins says that what stands next to an element is a paragraph of the text:
// then it is the first of them, whatever its name.
func (k *cut) joins(d *elem) bool {
	p := k.p
	if d.tag != atom.P || int(d.end) >= len(p.elems) {
		return false
	}
	for b := d.b1; b < k.b1 && b < d.b1+3; b++ {
		if p.values[b] > 40 {
			return p.elems[p.blocks[b].owner].parent == d.parent
		}
	}
	return false
}

// aboutAuthor says that a line begins with the name of the author, as notes on
// who wrote the article do.
func (k *cut) aboutAuthor(b int32) bool {
	line := k.p.textOf(b)
	for _, name := range k.p.authors() {
		if len(name) > 6 && strings.HasPrefix(line, name) {
			return true
		}
	}
	return false
}

// nodes gives the nodes to leave out.
func (k *cut) nodes() map[*html.Node]bool {
	out := make(map[*html.Node]bool, len(k.elems))
	for i := range k.elems {
		out[k.p.elems[i].node] = true
	}
	for i, gone := range k.blocks {
		if !gone {
			continue
		}
		b := &k.p.blocks[int(k.b0)+i]
		for n := b.first; n != nil; n = next(n) {
			if n.Type == html.TextNode {
				out[n] = true
			}
			if n == b.last {
				break
			}
		}
	}
	return out
}

// next gives the node after n in document order.
func next(n *html.Node) *html.Node {
	if n.FirstChild != nil {
		return n.FirstChild
	}
	for n != nil && n.NextSibling == nil {
		n = n.Parent
	}
	if n == nil {
		return nil
	}
	return n.NextSibling
}
