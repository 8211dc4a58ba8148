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
	case article < 150 && list < 250:
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
		sum = min(sum, 3000)
	}
	if w.dated >= 0 && p.title.block >= 0 && w.dated >= p.title.block && w.dated <= p.title.last+6 {
		sum += 300
		if p.marks[w.dated]&markMeta != 0 {
			sum += 400
		}
	}
	if c > 0 && p.elems[c].own&hintBody != 0 && p.title.block >= 0 {
		sum += 100
	}
	if p.head.ld.article || p.head.names["og:type"] == "article" || p.head.names["article:published_time"] != "" {
		sum += 500
	}
	switch p.head.names["pagetype"] {
	case "3":
		sum += 1000
	case "2":
		sum -= 1000
	}
	return max(sum, 0)
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
	}
	if listAddress(p.base) {
		sum += 200
	}
	return sum
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
