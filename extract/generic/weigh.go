package generic

import (
	"strings"

	"golang.org/x/net/html/atom"

	"campusnews/extract/render"
)

// layout takes hints off elements that do not mean them. A name on a part that
// holds most of the page's running text is a name of the page's layout
// ("has-sidebar", "main-nav-wrap"), and a quoted post is no share button.
func (p *Page) layout() {
	plain := make([]int64, len(p.blocks)+1)
	for i := range p.blocks {
		b := &p.blocks[i]
		plain[i+1] = plain[i]
		if s := b.size - b.linked; b.stops+b.commas > 0 {
			plain[i+1] += int64(s)
		}
	}
	all := plain[len(p.blocks)]
	for i := 1; i < len(p.elems); i++ {
		e := &p.elems[i]
		if e.tag == atom.Blockquote {
			for a, n := int32(i), 0; a > 0 && n < 4; a, n = p.elems[a].parent, n+1 {
				p.elems[a].own &^= hintShare
			}
		}
		if e.own&bad == 0 {
			continue
		}
		most := 2*(plain[e.b1]-plain[e.b0]) > all && all > 300
		if e.own&hintFooter != 0 && int(e.b0)*3 > len(p.blocks) {
			most = false
		}
		if e.own&hintSkipNeg != 0 || most {
			e.own &^= bad
		}
	}
}

// inherit hands hints down to the elements inside.
func (p *Page) inherit() {
	for i := 1; i < len(p.elems); i++ {
		e := &p.elems[i]
		e.in = p.elems[e.parent].in | e.own
	}
}

// spareTitle takes the hints off what is around the title: no menu, side
// column or advertisement holds the title of the page.
func (p *Page) spareTitle() {
	if p.title.block < 0 {
		return
	}
	changed := false
	for e := p.elems[p.blocks[p.title.block].owner].parent; e > 0; e = p.elems[e].parent {
		if p.elems[e].own&bad != 0 {
			p.elems[e].own &^= bad
			changed = true
		}
	}
	if changed {
		p.inherit()
	}
}

// weigh gives every block its marks and its value: positive for running text,
// negative for what stands around articles, zero for what may be either.
func (p *Page) weigh() {
	n := len(p.blocks)
	p.marks = make([]mark, n)
	p.values = make([]int32, n)
	p.sums = make([]int64, n+1)
	p.good = make([]int64, n+1)
	for i := range p.blocks {
		p.marks[i] = p.marksOf(int32(i))
	}
	p.events()
	for i := range p.blocks {
		v := p.value(int32(i))
		p.values[i] = v
		p.sums[i+1] = p.sums[i] + int64(v)
		p.good[i+1] = p.good[i] + int64(max(v, 0))
	}
}

func (p *Page) value(i int32) int32 {
	b := &p.blocks[i]
	in := p.elems[b.elem].in
	plain := b.size - b.linked
	points := b.commas + b.stops
	m := p.marks[i]
	after := p.title.block >= 0 && i > p.title.last
	switch {
	case m&markFooter != 0:
		if b.size > 500 && after {
			return 0
		}
		return -150
	case m&markPager != 0:
		return -60
	case b.linked*2 > b.size && b.size < 400:
		if p.files[i] {
			return 6
		}
		return -min(b.size, 90) - 15
	case m&(markPlace|markShare|markRelated) != 0:
		return -30
	case m&markContact != 0:
		return 0
	case m&(markMeta|markEditor|markFile) != 0 && b.size < 300:
		return -4
	case b.stops >= 1 && plain >= 45, points >= 1 && plain >= 75, plain >= 150:
		v := plain
		if v > 1000 {
			v = 1000 + (v-1000)/4
		}
		if b.linked*4 > b.size {
			v /= 2
		}
		if in&bad != 0 {
			return -min(v/2, 100)
		}
		if in&(hintCaption|hintMeta|hintTags|hintAuthor) != 0 && in&hintBody == 0 {
			v /= 4
		}
		if !after {
			v /= 2
		}
		return v
	case in&bad != 0:
		return -20
	case b.heading > 0:
		return 0
	}
	switch {
	case after && in&hintBody != 0:
		return min(plain, 60)/6 + 1
	case after:
		return min(plain, 60)/24 + 1
	case b.cell || b.item:
		return -4
	}
	return -8
}

// findFiles notes the blocks whose links lead to files, which are content.
func (p *Page) findFiles() {
	p.files = make(map[int32]bool)
	for i := range p.links {
		l := &p.links[i]
		if l.t0 >= 0 && p.isFile(l) {
			p.files[l.b0] = true
		}
	}
}

// isFile says that a link leads to a file, by its address or by what it is
// called: download scripts show neither name nor type in theirs.
func (p *Page) isFile(l *link) bool {
	href := attr(p.elems[l.elem].node, "href")
	if render.FileAddress(href) {
		return true
	}
	if l.t1-l.t0 > 300 || !leads(href) {
		return false
	}
	name := strings.ToLower(strings.TrimSpace(string(p.text[l.t0:l.t1])))
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		switch name[i+1:] {
		case "doc", "docx", "xls", "xlsx", "ppt", "pptx", "pdf", "zip", "rar", "7z", "wps", "et":
			return true
		}
	}
	return false
}

// goodIn adds the positive values of the blocks in an element.
func (p *Page) goodIn(e int32) int64 {
	return p.good[p.elems[e].b1] - p.good[p.elems[e].b0]
}

// pictures counts the pictures and players in an element.
func (p *Page) pictures(e int32) int {
	d := &p.elems[e]
	n := len(p.images)
	if int(d.end) < len(p.elems) {
		n = int(p.elems[d.end].img0)
	}
	count := 0
	for _, i := range p.images[d.img0:n] {
		if p.elems[i].tag == atom.Img || p.elems[i].tag == atom.Video || p.elems[i].tag == atom.Embed || p.elems[i].tag == atom.Object {
			count++
		}
	}
	return count
}
