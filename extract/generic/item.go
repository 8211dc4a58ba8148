package generic

import (
	"strings"

	"campusnews/extract/date"
)

// mostBeside is how many bytes beside a title are looked through for its date: a line may hold thousands of rows.
const mostBeside = 200

// item reads a row: the link with the longest text is the article, what stands
// around it may be the date.
func (p *Page) item(r row, near date.Hint) Item {
	var it Item
	best, main := int32(0), int32(-1)
	for _, i := range r.links {
		l := &p.links[i]
		n := p.linkSize(l)
		if l.t0 >= 0 && l.t1-l.t0 < 30 {
			text := strings.ToLower(strings.Trim(string(p.text[l.t0:l.t1]), " []<>«»…"))
			if turns[text] || nextRank(text) < len(nextWords) {
				continue
			}
		}
		if n < 6 || !leads(attr(p.elems[l.elem].node, "href")) {
			continue
		}
		e := &p.elems[l.elem]
		switch {
		case n > 240:
			n = 30 // a summary
		case n > 120:
			n = 60
		}
		if l.t0 >= 0 && int(l.b0) < len(p.blocks) && p.blocks[l.b0].heading > 0 || (e.in&^p.elems[r.elem].in|e.own)&hintTitle != 0 {
			n += 200
		}
		if (e.in&^p.elems[r.elem].in|e.own)&(hintLead|hintMeta) != 0 {
			n /= 4
		}
		if n > best {
			best, main = n, i
		}
	}
	if main < 0 {
		return it
	}
	l := &p.links[main]
	node := p.elems[l.elem].node
	it.URL = p.address(attr(node, "href"))
	if it.URL == "" {
		return it
	}
	title, own := p.linkTitle(l)
	hint := date.FromURL(it.URL)
	if hint.Year == 0 {
		hint = near
	}
	e := &p.elems[r.elem]
	// The date has a line of its own, which may be broken into day and month; else
	// it stands beside the title, else in the other lines.
	var lines, around strings.Builder
	for b := e.b0; b < e.b1 && around.Len() < 600 && lines.Len() < 600; b++ {
		if b == own {
			continue
		}
		if bl := &p.blocks[b]; bl.size <= 30 || p.elems[bl.elem].in&^p.elems[r.elem].in&hintMeta != 0 && bl.size < 90 {
			lines.WriteByte(' ')
			lines.Write(p.raw(b))
		} else if bl.size < 300 {
			around.WriteByte(' ')
			around.Write(p.raw(b))
		}
	}
	if own >= 0 && l.t0 >= 0 {
		// The rest of the line that the title stands in.
		bl := &p.blocks[own]
		if l.t0 > bl.start && l.t0 <= bl.end {
			lines.WriteByte(' ')
			lines.Write(p.text[max(bl.start, l.t0-mostBeside):l.t0])
		}
		if l.t1 < bl.end && l.t1 >= bl.start {
			lines.WriteByte(' ')
			lines.Write(p.text[l.t1:min(bl.end, l.t1+200)])
		}
	}
	if m, ok := date.FindNear(lines.String(), hint); ok {
		it.Date = m.DayString()
	} else if m, ok := date.Find(around.String()); ok {
		it.Date = m.DayString()
	} else if m, ok := date.Find(title); ok && p.glued(title, m) {
		it.Date = m.DayString()
		title = strings.Trim(title[:m.Start]+title[m.End:], " []()（）【】")
	}
	if t := squeeze(attr(node, "title")); t != "" && (fuller(t, title) || title == "") {
		title = t
	}
	it.Title = title
	return it
}

// glued says that the date at m stands at an end of the title, not in it.
func (p *Page) glued(title string, m date.Match) bool {
	before, after := strings.Trim(title[:m.Start], " [(（【"), strings.Trim(title[m.End:], " ])）】")
	return (before == "" || after == "") && len(before)+len(after) >= 9
}

// fuller says that an attribute gives in full what the text of the link cuts.
func fuller(full, cut string) bool {
	a, b := fold(full), fold(cut)
	if b == "" {
		return true
	}
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return len(a) > len(b) && (n >= len(b) || n*10 >= len(b)*7 && n >= 12)
}

// linkTitle gives the title in a link that may hold a whole card, and the block
// it stands in, -1 if it is no block of its own.
func (p *Page) linkTitle(l *link) (string, int32) {
	if l.t0 < 0 {
		return squeeze(attr(p.elems[l.elem].node, "title")), -1
	}
	b1 := max(l.b1, l.b0+1)
	if b1-l.b0 <= 1 {
		return strings.TrimSpace(string(p.text[l.t0:l.t1])), l.b0
	}
	best, score := l.b0, int32(-1<<30)
	want := fold(attr(p.elems[l.elem].node, "title"))
	for b := l.b0; b < b1 && int(b) < len(p.blocks); b++ {
		bl := &p.blocks[b]
		s := min(bl.size, 90)
		if bl.heading > 0 {
			s += 100
		}
		if p.elems[bl.elem].in&hintTitle != 0 {
			s += 80
		}
		if p.elems[bl.elem].in&(hintLead|hintMeta) != 0 {
			s -= 60
		}
		if isDateLine(p.raw(b)) || bl.size < 6 {
			s -= 200
		}
		if want != "" && strings.HasPrefix(want, fold(string(p.raw(b)))) && bl.size >= 9 {
			s += 300
		}
		if bl.size > 150 {
			s -= 60
		}
		if s > score {
			best, score = b, s
		}
	}
	return strings.TrimSpace(p.textOf(best)), best
}

// turns holds how links that turn pages or open lists are called, lower case.
var turns = map[string]bool{
	"首页": true, "上页": true, "上一页": true, "下页": true, "下一页": true, "尾页": true, "末页": true, "更多": true, "查看更多": true, "more": true,
	"read more": true, "详细": true, "查看详情": true, "阅读全文": true, "first": true, "previous": true, "prev": true, "next": true, "last": true, "home": true,
}
