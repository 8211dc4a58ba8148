package generic

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

var (
	pageOf  = regexp.MustCompile(`(\d{1,6})\s*/\s*(\d{1,6})`)
	pagesOf = regexp.MustCompile(`共\s*(\d{1,6})\s*页|(?i:page \d{1,6} of (\d{1,6}))`)
	totalOf = regexp.MustCompile(`(?:共|总共|总计|总数：?)\s*(\d{1,8})\s*(?:条|篇|个记录|项|个)`)
)

// nextWords are how links to the following page are called, lower case.
var nextWords = []string{"下一页", "下页", "后一页", "后页", "下一頁", "next page", "next", "older posts", "older", "older entries", "next »", "next >", "next ›", "›", "»", ">", ">>", "→", "下一页>", "下一页»", "下一页>>"}

// pager reads the links to further pages, and what the pager says in numbers.
func (p *Page) pager(l *List, c int32) {
	self := ""
	if p.base != nil {
		self = p.base.String()
	}
	best := 1 << 30
	for i := range p.links {
		a := &p.links[i]
		text := ""
		if a.t0 >= 0 && a.t1-a.t0 < 60 {
			text = strings.ToLower(strings.TrimSpace(string(p.text[a.t0:a.t1])))
		} else if a.t0 < 0 {
			text = strings.ToLower(squeeze(attr(p.elems[a.elem].node, "title")))
		}
		rank := nextRank(text)
		n := p.elems[a.elem].node
		if strings.EqualFold(attr(n, "rel"), "next") {
			rank = min(rank, 1)
		}
		if rank >= best || rank < 0 || p.elems[a.elem].in&hintHidden != 0 || disabled(n) {
			continue
		}
		if a.elem < c && rank > 8 {
			continue // an arrow above the list turns something else
		}
		u := p.address(attr(n, "href"))
		if u == "" || strings.TrimRight(u, "#") == self || strings.HasPrefix(attr(n, "href"), "#") {
			continue
		}
		best, l.Next = rank, u
	}
	if l.Next == "" && p.head.next != "" {
		l.Next = p.address(p.head.next)
	}
	for b := p.elems[c].b1; int(b) < len(p.blocks) && b < p.elems[c].b1+30; b++ {
		if p.blocks[b].size > 300 {
			continue
		}
		s := p.textOf(b)
		if m := totalOf.FindStringSubmatch(s); m != nil && l.Total == 0 {
			l.Total = number(m[1])
		}
		if m := pagesOf.FindStringSubmatch(s); m != nil && l.Pages == 0 {
			l.Pages = number(m[1] + m[2])
		}
		if m := pageOf.FindStringSubmatch(s); m != nil && l.Page == 0 {
			if k, n := number(m[1]), number(m[2]); k >= 1 && k <= n {
				l.Page = k
				if l.Pages == 0 {
					l.Pages = n
				}
			}
		}
	}
}

// nextRank orders the names of links to the next page, -1 = it is none.
func nextRank(text string) int {
	text = strings.Trim(text, " [](（）)【】")
	for i, w := range nextWords {
		if text == w {
			return i
		}
	}
	return 1 << 30
}

// disabled says that a pager shows a link that is switched off.
func disabled(n *html.Node) bool {
	class := strings.ToLower(attr(n, "class"))
	return strings.Contains(class, "disabled") || attr(n, "disabled") != "" || attr(n, "aria-disabled") == "true"
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
