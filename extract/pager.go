package extract

import (
	"strconv"
	"strings"

	"campusnews/extract/render"
	"campusnews/extract/systems"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func nextRules(r *systems.Rules) []systems.Candidate { return r.List.Next }

// pagerHints are elements beside which pagers of all systems stand.
var pagerHints = func() []systems.Candidate {
	list := []systems.Candidate{
		{CSS: "span.p_pages", Pick: "last"},
		{CSS: "td[id^=fanye]", Pick: "last"},
		{CSS: ".wp_paging", Pick: "last"},
		{CSS: "span.NextDisabled", Pick: "last"},
		{CSS: "a.Next", Pick: "last"},
	}
	for i := range list {
		if err := list[i].Compile(); err != nil {
			panic(err)
		}
	}
	return list
}()

// nextText is what the link to the older page says, in all its spellings.
var nextText = lazily(`(?i)^[\s\[【<«‹|]*(下页|下一页|下一頁|后一页|后页|往后|next( page)?|older( posts)?|>|›|»|>>)[\s\]】>»›|→]*$`)

// pagerText is what any link of a pager says. No article is called so.
var pagerText = lazily(`^[\s\[【<«‹]*(首页|第一页|上一?页|上一頁|前一?页|下一?页|下一頁|后一?页|尾页|末页|最后一?页|\d{1,4})[\s\]】>»›]*$`)

var (
	rowCount  = lazily(`(?:共|总共|总计|合计)\s*(?:有)?\s*[:：]?\s*(\d{1,7})\s*(?:条|个?记录|篇|项|则)`)
	pageCount = lazily(`(?:共|总)\s*(\d{1,5})\s*页`)
	pageOf    = lazily(`(?:^|[^\d/-])(\d{1,5})\s*/\s*(\d{1,5})(?:[^\d/-]|$)`)
	pageAt    = lazily(`第\s*(\d{1,5})\s*页|当前[:：]?\s*(\d{1,5})\s*页?`)
)

// pager reads the pager of a list: the next page, and what it says of totals.
func (pg *page) pager(l *Listing) {
	var link *html.Node
	for _, s := range pg.asked {
		list := nextRules(s.rules)
		for i := range list {
			c := list[i]
			if c.Script != "" {
				for _, text := range pg.scripts() {
					if v, ok := c.Search(text); ok && l.Next == "" {
						if l.Next = pg.to.Resolve(html.UnescapeString(v)); l.Next != "" {
							l.Provenance["next"] = rule(s, "next", i)
						}
					}
				}
				continue
			}
			c.Pick = "all"
			for _, n := range pg.ix.Select(&c) {
				if c.Match != "" && c.Value(n, render.Line) == "" {
					continue
				}
				if to := pg.linkTarget(n); to != "" && link == nil {
					link, l.Next = n, to
					l.Provenance["next"] = rule(s, "next", i)
				}
			}
		}
	}
	if link == nil && l.Next == "" {
		for _, a := range pg.ix.Anchors {
			if nextLink(a) {
				if to := pg.linkTarget(a); to != "" {
					link, l.Next = a, to
					l.Provenance["next"] = "text"
				}
			}
		}
	}
	if l.Next != "" && pg.sameAddress(l.Next) {
		l.Next = "" // some pagers link the last page to itself
		delete(l.Provenance, "next")
	}
	text := ""
	for i := range pagerHints {
		if found := pg.ix.Select(&pagerHints[i]); len(found) > 0 {
			n := found[0]
			if link == nil {
				link = n
			}
			text = render.Line(n)
			if n.Parent != nil {
				if t, ok := shortText(n.Parent, 400); ok {
					text = t
				}
			}
			pg.numbered(l, n)
			break
		}
	}
	if text == "" && link != nil {
		for n, up := link.Parent, 0; n != nil && up < 4; n, up = n.Parent, up+1 {
			t, ok := shortText(n, 300)
			if !ok {
				break
			}
			text = t
		}
	}
	l.count(text)
	l.Total = pg.number(func(r *systems.Rules) []systems.Candidate { return r.List.Total }, l.Total)
	l.Pages = pg.number(func(r *systems.Rules) []systems.Candidate { return r.List.Pages }, l.Pages)
}

// number asks rules for a number; otherwise is what it is when none answers.
func (pg *page) number(f field, otherwise int) int {
	for _, s := range pg.asked {
		list := f(s.rules)
		for i := range list {
			for _, text := range pg.scripts() {
				if v, ok := list[i].Search(text); ok {
					if n, err := strconv.Atoi(v); err == nil {
						return n
					}
				}
			}
			if list[i].CSS != "" {
				if n, err := strconv.Atoi(pg.answer(&list[i], &head{title: -1, heading: -1})); err == nil {
					return n
				}
			}
		}
	}
	return otherwise
}

// nextLink says that a link says it leads to the older page.
func nextLink(a *html.Node) bool {
	var buf [40]byte
	raw, ok := gather(a, buf[:0])
	if !ok {
		return false
	}
	text := render.Squeeze(string(raw))
	if text == "" {
		text = attr(a, "title")
	}
	return len(text) <= 24 && text != "" && strings.ContainsAny(text, "页頁后tr>›»") && nextText.MatchString(text)
}

// count reads the totals that a pager's text states.
func (l *Listing) count(text string) {
	if text == "" {
		return
	}
	set := func(to *int, s string) {
		if n, err := strconv.Atoi(s); err == nil && *to == 0 {
			*to = n
		}
	}
	if m := rowCount.FindStringSubmatch(text); m != nil {
		set(&l.Total, m[1])
	}
	if m := pageOf.FindStringSubmatch(text); m != nil {
		if page, _ := strconv.Atoi(m[1]); page > 0 {
			set(&l.Page, m[1])
			set(&l.Pages, m[2])
		}
	}
	if m := pageCount.FindStringSubmatch(text); m != nil {
		set(&l.Pages, m[1])
	}
	if m := pageAt.FindStringSubmatch(text); m != nil {
		set(&l.Page, m[1]+m[2])
	}
}

// numbered reads VSB's newer pager (span.p_no, p_no_d) and WebPlus'
// (em.all_pages, em.curr_page, em.all_count).
func (pg *page) numbered(l *Listing, n *html.Node) {
	for d := range n.Descendants() {
		if d.Type != html.ElementNode || d.DataAtom != atom.Span && d.DataAtom != atom.Em {
			continue
		}
		class := attr(d, "class")
		number, err := strconv.Atoi(strings.TrimSpace(render.Line(d)))
		if err != nil {
			continue
		}
		switch class {
		case "p_no_d":
			l.Page = number
			l.Pages = max(l.Pages, number)
		case "p_no":
			l.Pages = max(l.Pages, number)
		case "all_pages":
			l.Pages = number
		case "curr_page":
			l.Page = number
		case "all_count":
			l.Total = number
		}
	}
}

// sameAddress says that the address is this page's.
func (pg *page) sameAddress(address string) bool {
	host, path, query, ok := splitAddress(address)
	return ok && host == pg.host && path == pg.path && query == pg.query
}
