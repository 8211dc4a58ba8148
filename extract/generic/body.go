package generic

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
