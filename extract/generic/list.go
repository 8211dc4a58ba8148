package generic

import (
	"bytes"
	"strings"

	"campusnews/extract/date"
	"campusnews/extract/render"
)

// A List is one page of a list of articles.
type List struct {
	Items   []Item // in page order, each address once
	Next    string // absolute address of the next (older) page; "" = none
	Page    int    // number of this page as the pager says, 0 = not said
	Pages   int    // number of pages as the pager says, 0 = not said
	Total   int    // number of items in the whole list, 0 = not said
	Section string // name of the list as its heading or breadcrumb says

	dated int   // items with a date
	score int64 // how much speaks for a list
}

// An Item is one row of a list.
type Item struct {
	URL   string `json:"url"` // absolute
	Title string `json:"title"`
	Date  string `json:"date,omitempty"` // ISO 8601 day, "" = not stated
}

// A row is an element that holds one item.
type row struct {
	elem  int32
	links []int32 // of the page's links, those with text in the row
}

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

// List finds the list of articles: the element whose children repeat a link
// with text, most of them with a date. ok says that there are at least two rows.
func (p *Page) List() (l List, ok bool) {
	c := p.rack()
	if c.elem == 0 {
		return l, false
	}
	l.score = c.score
	near := date.Hint{}
	if p.base != nil {
		near = date.FromURL(p.base.String())
	}
	seen := map[string]bool{}
	for _, r := range p.rows(c.elem) {
		it := p.item(r, near)
		if it.URL == "" || it.Title == "" || seen[it.URL] {
			continue
		}
		seen[it.URL] = true
		if it.Date != "" {
			l.dated++
		}
		l.Items = append(l.Items, it)
	}
	p.pager(&l, c.elem)
	l.Section = p.column(c.elem)
	return l, len(l.Items) >= 2
}

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
		if r.links > 3*r.rows {
			s /= int64(1 + r.links/(3*r.rows))
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

// linkSize is the length of the text of a link, in letters as blocks count.
func (p *Page) linkSize(l *link) int32 {
	n := int32(0)
	if l.t0 >= 0 {
		for i, c := range p.text[l.t0:l.t1] {
			if c > ' ' {
				n++
			}
			if i > 400 {
				break
			}
		}
	}
	if n < 9 {
		n = max(n, int32(min(len(attr(p.elems[l.elem].node, "title")), 60)))
	}
	return n
}

// leads says that an address leads to another page.
func leads(href string) bool {
	href = strings.TrimSpace(href)
	if href == "" || href[0] == '#' {
		return false
	}
	if len(href) > 11 && strings.EqualFold(href[:11], "javascript:") {
		return scripted(href) != ""
	}
	return !strings.HasPrefix(href, "mailto:") && !strings.HasPrefix(href, "tel:")
}

// scripted gives the address that a javascript: link sets as the location.
// Site copiers wrap links to other hosts in a question before they follow them.
func scripted(href string) string {
	if len(href) > 4000 {
		return ""
	}
	for _, call := range [...]string{"location.href=", "location=", "window.open("} {
		i := strings.LastIndex(href, call)
		if i < 0 {
			continue
		}
		rest := strings.TrimLeft(strings.ReplaceAll(href[i+len(call):], "%27", "'"), ` '"`)
		if end := strings.IndexAny(rest, `'")`); end > 0 && strings.HasPrefix(rest, "http") {
			return rest[:end]
		}
	}
	return ""
}

// address makes the address of a link absolute, "" if it leads nowhere.
func (p *Page) address(href string) string {
	if s := scripted(href); s != "" {
		href = s
	}
	return render.Resolve(p.base, href)
}

// rows gives the children of element c that hold a link, with their links.
func (p *Page) rows(c int32) []row {
	var rows []row
	i := p.elems[c].link0
	for e := c + 1; e < p.elems[c].end; e = p.elems[e].end {
		var r row
		for ; int(i) < len(p.links) && p.links[i].elem < p.elems[e].end; i++ {
			r.links = append(r.links, i)
		}
		if r.links != nil {
			r.elem = e
			rows = append(rows, r)
		}
	}
	return rows
}

// item reads a row: the link with the longest text is the article, what stands
// around it may be the date.
func (p *Page) item(r row, near date.Hint) Item {
	var it Item
	best, main := int32(0), int32(-1)
	for _, i := range r.links {
		l := &p.links[i]
		n := p.linkSize(l)
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
	for b := e.b0; b < e.b1 && around.Len() < 600; b++ {
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
			lines.Write(p.text[bl.start:l.t0])
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

// column names the list: the last part of the breadcrumb or the heading above.
func (p *Page) column(c int32) string {
	from := p.elems[c].b0
	for b := from - 1; b >= 0 && b > from-12; b-- {
		bl := &p.blocks[b]
		if bl.heading > 0 && bl.size >= 6 && bl.size < 90 {
			return p.textOf(b)
		}
	}
	return crumb(p)
}

// crumb gives the last column that the breadcrumb names, without 正文.
func crumb(p *Page) string {
	for i := range p.blocks {
		b := int32(i)
		bl := &p.blocks[b]
		if bl.size > 300 || p.marks[b]&markPlace == 0 && p.elems[bl.elem].in&hintNav == 0 || bl.links == 0 || p.elems[bl.elem].in&hintPager != 0 {
			continue
		}
		s := p.textOf(b)
		if !strings.ContainsAny(s, ">»›/－→") {
			continue
		}
		parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(">»›/－→", r) })
		for j := len(parts) - 1; j > 0; j-- {
			part := strings.TrimSpace(parts[j])
			if part == "" || part == "正文" || part == "首页" || part == "列表" || part == "详细内容" || part == "内容" || fold(part) == fold(p.title.text) {
				continue
			}
			return part
		}
	}
	return ""
}
