package generic

import (
	"bytes"

	"campusnews/extract/date"
)

// A rack is an element whose children are rows.
type rack struct {
	elem   int32
	rows   int32
	last   int32 // the child that was counted last
	best   int32 // size of the longest link text in it so far
	dated  bool  // it holds a date
	links  int32
	score  int64
	titled int32 // rows with a line that is nothing but a link
	whole  bool  // the row counted last is one of them
	dates  int32
}

// climb is how many elements may lie between a link and its row: a table in a
// cell in a table is seven.
const climb = 9

// rack adds up, for every element, how much its children look like rows.
func (p *Page) rack() rack {
	if p.shelf == nil {
		best := p.findRack()
		p.shelf = &best
	}
	return *p.shelf
}

func (p *Page) findRack() (best rack) {
	racks := make(map[int32]*rack)
	p.racks = make(map[int32]int32)
	dated, pagers := p.dated(), p.pagers()
	for i := range p.links {
		l := &p.links[i]
		size := p.linkSize(l)
		if size < 9 {
			continue
		}
		e := l.elem
		if p.elems[e].in&(hintFooter|hintPager|hintPopup) != 0 || !leads(attr(p.elems[e].node, "href")) {
			continue
		}
		whole := l.t0 < 0 || int(l.b0) >= len(p.blocks) || size*10 >= p.blocks[l.b0].size*6
		for range climb {
			parent := p.elems[e].parent
			if parent == 0 {
				break
			}
			r := racks[parent]
			if r == nil {
				r = &rack{elem: parent}
				racks[parent] = r
			}
			r.links++
			if r.last != e {
				r.last, r.best, r.dated, r.whole = e, 0, false, false
				r.rows++
			}
			if whole && !r.whole {
				r.whole = true
				r.titled++
			}
			if d := dated[p.elems[e].b1] - dated[p.elems[e].b0]; d > 0 && !r.dated {
				r.dated = true
				r.dates++
			}
			if size = min(size, 60); size > r.best {
				r.score += int64(size - r.best)
				r.best = size
			}
			e = parent
		}
	}
	for i := range p.elems {
		r := racks[int32(i)]
		if r == nil || r.rows < 2 {
			continue
		}
		if r.rows >= 3 && r.titled*5 >= r.rows*3 && r.dates*2 >= r.rows && r.links <= 3*r.rows {
			p.racks[int32(i)] = r.rows
		}
		s := r.score + 60*int64(min(r.dates, r.rows))
		if r.links > 2*r.rows {
			s = s * 2 * int64(r.rows) / int64(r.links) // boxes of links, no rows
		}
		in := p.elems[i].in
		if in&(hintNav|hintSide|hintHeader|hintForm) != 0 {
			s /= 4
		}
		if in&hintRelated != 0 {
			s = s * 3 / 4
		}
		if pagers[min(int(p.elems[i].b1)+6, len(p.blocks))] > pagers[p.elems[i].b1] {
			s = 2*s + 150 // a pager stands below
		}
		if s > best.score {
			best = *r
			best.score = s
		}
	}
	return best
}

// pagers counts the blocks with links or words of a pager, as prefix sums.
func (p *Page) pagers() []int32 {
	sums := make([]int32, len(p.blocks)+1)
	for i := range p.blocks {
		sums[i+1] = sums[i]
		if p.blocks[i].size > 400 {
			continue
		}
		raw := p.raw(int32(i))
		for _, w := range [...]string{"下一页", "下页", "尾页", "末页", "Next", "next"} {
			if bytes.Contains(raw, []byte(w)) {
				sums[i+1]++
				break
			}
		}
	}
	return sums
}

// maxLooks bounds the lines that are searched for a date. The longest list page
// of the labelled sets has 300 lines.
const maxLooks = 20000

// dated counts the blocks with a date, as prefix sums.
func (p *Page) dated() []int32 {
	sums := make([]int32, len(p.blocks)+1)
	looks := 0
	for i := range p.blocks {
		sums[i+1] = sums[i]
		if looks > maxLooks || p.blocks[i].size > 400 {
			continue
		}
		raw := p.raw(int32(i))
		digits := 0
		for _, c := range raw {
			if c >= '0' && c <= '9' {
				digits++
			}
		}
		if digits < 2 {
			continue
		}
		looks++
		if _, ok := date.FindNear(string(raw), date.Hint{Year: 2020}); ok {
			sums[i+1]++
		}
	}
	return sums
}
