package generic

import (
	"golang.org/x/net/html/atom"

	"campusnews/extract/date"
)

// container picks the element that holds the body: the one whose blocks add up
// to the most. Running text counts for it, what stands around articles counts
// against it, so the sum grows while text is gained and falls when the walk
// outwards reaches menus, lists of links and comments.
//
// A short body loses against a sentence in the footer. So an element that is
// named as the body and follows the title begins with something in hand.
func (p *Page) container() (best int32, sum int64) {
	named := 0
	for i := int32(1); i < int32(len(p.elems)); i++ {
		e := &p.elems[i]
		after := p.title.block >= 0 && e.b0 > p.title.last
		bonus := int64(0)
		if after && e.own&hintBody != 0 && e.in&bad == 0 && e.kind == boxed && named < 40 {
			named++
			if e.b0-p.title.last <= 8 {
				bonus = 60
				bonus += int64(min(p.pictures(i), 6)) * 15
			}
		}
		if e.b1 <= e.b0 && bonus == 0 || e.kind != boxed && e.end == i+1 && e.b1 <= e.b0 {
			continue
		}
		if e.kind != boxed && e.b0 < e.b1 {
			if in := p.blocks[e.b0].elem; in < i || in >= e.end {
				continue // it begins in the middle of a line
			}
		}
		s := p.sums[e.b1] - p.sums[e.b0] + bonus
		if e.own&hintBody != 0 && s > 0 {
			s += s / 10
		}
		if s >= sum && s > 0 {
			best, sum = i, s
		}
	}
	return best, sum
}

// weak is the running text, in letters, below which a container that no name
// supports has to stand where the page's title and byline say.
const weak = 400

// placed corrects the choice of container c by where it stands. Short texts,
// pictures and lone attachments weigh little; but they follow a title and its
// byline, and what follows these is the body.
func (p *Page) placed(c int32) int32 {
	if c > 0 {
		e := &p.elems[c]
		if p.plain(c) >= weak || e.own&hintBody != 0 && e.b0 > p.title.last && e.b0 <= p.title.last+12 {
			return c
		}
	}
	from := p.underByline()
	if from < 0 {
		return c
	}
	in := p.region(from)
	if in == 0 {
		if c > 0 && (p.elems[c].b0 > from+6 || p.elems[c].b1 <= p.title.block) {
			return 0 // a text that is not this article's
		}
		return c
	}
	if c >= in && c < p.elems[in].end && p.goodIn(c) >= 120 {
		return c
	}
	return in
}

// plain adds up the text in an element that is no link and no line around
// articles.
func (p *Page) plain(e int32) int32 {
	sum := int32(0)
	for b := p.elems[e].b0; b < p.elems[e].b1; b++ {
		if p.content(b) {
			sum += p.blocks[b].size - p.blocks[b].linked
		}
	}
	return sum
}

// underByline gives the first block below the byline with a date that follows
// the title; -1 if there is none.
func (p *Page) underByline() int32 {
	if p.title.block < 0 {
		return -1
	}
	dated := false
	b := p.title.last + 1
	for n := 0; int(b) < len(p.blocks) && n < 8; b, n = b+1, n+1 {
		bl := &p.blocks[b]
		_, states := date.Find(p.textOf(b))
		states = states && bl.size < 150 && bl.stops == 0
		if !states && p.marks[b]&(markMeta|markShare|markEditor) == 0 && bl.size > 5 && p.elems[bl.elem].in&hintMeta == 0 || bl.size > 420 {
			break
		}
		dated = dated || states
	}
	if !dated {
		return -1
	}
	return b
}

// region gives the element in which content follows what ends before block
// from: the nearest one around the byline with text, a picture or a file below it.
func (p *Page) region(from int32) int32 {
	e := p.blocks[from-1].owner
	for n := 0; n < 12 && e > p.body; n++ {
		in := p.elems[e].parent
		if in <= p.body {
			return 0
		}
		for d := p.elems[e].end; d < p.elems[in].end; d = p.elems[d].end {
			if p.elems[d].own&(hintBody|bad) == hintBody {
				return d
			}
			if p.elems[d].in&(hintFooter|hintSide|hintRelated|hintComment|hintNav) == 0 && p.holds(d) {
				for ; in > p.body; in = p.elems[in].parent { // rows are no containers
					if t := p.elems[in].tag; t != atom.Tr && t != atom.Tbody && t != atom.Thead {
						return in
					}
				}
				return 0
			}
		}
		if b := p.elems[e].b1; b < p.elems[in].b1 && p.elems[p.blocks[b].elem].parent == p.elems[in].parent && p.content(b) {
			return in // text that stands bare in it
		}
		e = in
	}
	return 0
}

// holds says that an element holds something of an article and is no column of
// links.
func (p *Page) holds(e int32) bool {
	size, linked := int32(0), int32(0)
	for b := p.elems[e].b0; b < p.elems[e].b1; b++ {
		if !p.files[b] {
			size += p.blocks[b].size
			linked += p.blocks[b].linked
		}
	}
	if linked*2 > size && linked > 60 {
		return false
	}
	if p.pictures(e) > 0 {
		return true
	}
	for b := p.elems[e].b0; b < p.elems[e].b1; b++ {
		if p.files[b] || p.content(b) {
			return true
		}
	}
	return false
}

// content says that block b is neither a link nor a line around articles.
func (p *Page) content(b int32) bool {
	bl := &p.blocks[b]
	return bl.linked*2 <= bl.size && p.marks[b]&(markPager|markFooter|markShare|markRelated|markPlace|markEnd) == 0 && p.elems[bl.elem].in&bad == 0
}
