package generic

import (
	"net/url"
	"strings"
)

// The kinds of page a Verdict knows.
const (
	KindArticle = "article"
	KindList    = "list"
	KindOther   = "other"
)

// A Verdict says what a page is, and how sure that is.
type Verdict struct {
	Kind  string
	Score float64 // 0 to 1, of the evidence for Kind against the evidence for the other
}

// Verdict weighs what speaks for an article, running text under a title with a
// byline, against what speaks for a list, rows of links with dates.
func (p *Page) Verdict() Verdict {
	article, list := p.forArticle(), p.forList()
	switch {
	case article < 200 && list < 250:
		return Verdict{KindOther, 1 - float64(max(article, list))/250}
	case article >= list:
		return Verdict{KindArticle, float64(article) / float64(article+list+1)}
	}
	return Verdict{KindList, float64(list) / float64(article+list+1)}
}

// forArticle adds up the evidence for an article, in letters of running text.
func (p *Page) forArticle() int64 {
	w := p.place()
	c, sum := w.in, int64(0)
	if c > 0 {
		for b := p.elems[c].b0; b < p.elems[c].b1; b++ {
			if !w.cut.gone(b) {
				sum += int64(max(p.values[b], 0))
			}
		}
	}
	if w.dated >= 0 && p.title.block >= 0 && w.dated >= p.title.block && w.dated <= p.title.last+6 && !p.inRack(w.dated) {
		sum += 300
		if p.marks[w.dated]&markMeta != 0 {
			sum += 400
		}
	}
	if c > 0 {
		sum = min(sum-p.inRows(c), 3000)
		if p.elems[c].own&hintBody != 0 && p.title.block >= 0 {
			sum += 150
		}
		if attr(p.elems[c].node, "itemprop") == "articleBody" {
			sum += 300
		}
	}
	if p.title.rule == "h1" && p.title.block >= 0 && c > 0 && p.elems[c].b0 > p.title.last && fold(p.head.first("og:title", "twitter:title")) == fold(p.title.text) {
		sum += 150
	}
	if itemAddress(p.base) {
		sum += 60
	}
	if p.head.ld.article {
		sum += 500
	}
	if p.head.names["og:type"] == "article" || p.head.names["article:published_time"] != "" {
		sum += 300
	}
	switch p.head.names["pagetype"] {
	case "3":
		sum += 1000
	case "2":
		sum -= 1000
	}
	return max(sum, 0)
}

// inRack says that block b stands in the rows of a list.
func (p *Page) inRack(b int32) bool {
	r := p.rack()
	e := &p.elems[r.elem]
	return r.elem > 0 && r.rows >= 2 && r.dates*5 >= r.rows*3 && b >= e.b0 && b < e.b1
}

// inRows gives how much of the running text in container c stands in rows of a
// dated list: summaries under their titles, no article.
func (p *Page) inRows(c int32) int64 {
	r := p.rack()
	if r.elem == 0 || r.rows < 2 || r.dates*5 < r.rows*3 {
		return 0
	}
	e, d := &p.elems[r.elem], &p.elems[c]
	if r.elem < c && d.end <= e.end {
		alike, rows, own := 0, p.rows(r.elem), p.goodIn(c)
		for _, row := range rows {
			if p.goodIn(row.elem)*3 > own {
				alike++
			}
		}
		if 2*alike > len(rows) && len(rows) > 1 {
			return own // a row like its neighbours
		}
		return 0
	}
	if e.b0 < d.b0 || e.b1 > d.b1 {
		return 0
	}
	text := int64(0)
	for _, row := range p.rows(r.elem) {
		text += p.goodIn(row.elem)
	}
	if all := p.goodIn(r.elem); text*10 < all*7 || r.titled*5 < r.rows*3 || r.rows < 4 {
		return 0 // paragraphs, some of them with a link
	}
	return text
}

// forList adds up the evidence for a list, in letters of titles in rows.
func (p *Page) forList() int64 {
	l, ok := p.List()
	if !ok {
		return 0
	}
	n := int64(len(l.Items))
	sum := min(l.score, 60*n+60*int64(l.dated))
	if n < 4 {
		sum /= 2
	}
	if int64(l.dated)*5 < n*3 {
		sum /= 3
	}
	if l.Next != "" || l.Pages > 0 {
		sum += 200
	} else if p.many(n) {
		sum /= 3
	}
	if listAddress(p.base) && sum >= 120 {
		sum += 200
	}
	return sum
}

// many says that the page has other lists with more rows together than the n of
// the one found: it is a front page.
func (p *Page) many(n int64) bool {
	chosen := &p.elems[p.rack().elem]
	others := int64(0)
	for i, rows := range p.racks {
		e := &p.elems[i]
		if e.end <= p.rack().elem || i >= chosen.end {
			others += int64(rows)
		}
	}
	return others > n
}

// itemAddress says that an address looks like one of many: it ends in numbers.
func itemAddress(u *url.URL) bool {
	if u == nil || listAddress(u) {
		return false
	}
	path := strings.TrimRight(u.Path, "/")
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		path = path[strings.LastIndexByte(path[:i], '/')+1:]
	}
	digits := 0
	for _, c := range path + u.RawQuery {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return digits >= 3
}

// listAddress says that an address looks like one of a list: a folder, an
// index, a file named for lists.
func listAddress(u *url.URL) bool {
	if u == nil {
		return false
	}
	path := strings.ToLower(u.Path)
	name := path[strings.LastIndexByte(path, '/')+1:]
	return name == "" || strings.HasPrefix(name, "index") || strings.HasPrefix(name, "list") || strings.HasPrefix(name, "main.")
}
