package generic

import (
	"slices"
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

// Items gives the rows of all lists of the page, in page order, each address
// once: of a front page, which is a list of none of its sections. Without dated
// rows they are those of List.
func (p *Page) Items() []Item {
	if p.rack(); len(p.racks) == 0 {
		if l, _ := p.List(); l.score >= 200 { // a menu of short words adds up to less
			return l.Items
		}
		return nil
	}
	near := date.Hint{}
	if p.base != nil {
		near = date.FromURL(p.base.String())
	}
	var items []Item
	seen := map[string]bool{}
	last := int32(-1) // the last rack that was read
	for i := int32(len(p.elems)) - 1; i > 0; i-- {
		if p.racks[i] == 0 || last >= 0 && last < p.elems[i].end {
			continue // none, or racks stand in it
		}
		last = i
		for _, r := range slices.Backward(p.rows(i)) {
			items = append(items, p.item(r, near))
		}
	}
	slices.Reverse(items)
	return slices.DeleteFunc(items, func(it Item) bool {
		gone := it.URL == "" || it.Title == "" || seen[it.URL]
		seen[it.URL] = true
		return gone
	})
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
