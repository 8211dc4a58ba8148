package extract

import (
	"strings"

	"campusnews/extract/render"

	"golang.org/x/net/html"
)

// An anchor is a link of the page with what its address says, worked out once.
type anchor struct {
	node              *html.Node
	address           string // absolute http; "" = it leads nowhere
	host, path, query string // of address
	article           bool   // the address is an article's in the page's system
}

// anchors gives the links of the page, in page order.
func (pg *page) anchors() []anchor {
	if pg.links != nil {
		return pg.links
	}
	pg.links = make([]anchor, 0, len(pg.ix.Anchors)+1)
	pg.at = make(map[*html.Node]int32, len(pg.ix.Anchors))
	for i, n := range pg.ix.Anchors {
		a := anchor{node: n, address: pg.resolveLink(n)}
		if a.address != "" {
			a.host, a.path, a.query, _ = splitAddress(a.address)
			a.article = pg.system != nil && pg.system.ArticleAddress(a.path, a.query)
		}
		pg.at[n] = int32(i)
		pg.links = append(pg.links, a)
	}
	return pg.links
}

// link gives what the address of a link says. Links of fragments, which are no
// part of the page, are worked out each time.
func (pg *page) link(n *html.Node) anchor {
	links := pg.anchors()
	if i, ok := pg.at[n]; ok {
		return links[i]
	}
	a := anchor{node: n, address: pg.resolveLink(n)}
	if a.address != "" {
		a.host, a.path, a.query, _ = splitAddress(a.address)
		a.article = pg.system != nil && pg.system.ArticleAddress(a.path, a.query)
	}
	return a
}

// linkTarget gives the absolute address a link leads to, "" if it leads nowhere.
func (pg *page) linkTarget(n *html.Node) string { return pg.link(n).address }

// resolveLink makes the address of a link absolute. Site copiers put the address
// of what they did not copy into an attribute of their own.
func (pg *page) resolveLink(n *html.Node) string {
	href := attr(n, "href")
	if href == "" || href[0] == '#' {
		return ""
	}
	if address := pg.to.Resolve(href); address != "" {
		if strings.HasPrefix(address, "http") {
			return address
		}
		return ""
	}
	if kept := attr(n, "tppabs"); kept != "" { // Teleport
		if address := pg.to.Resolve(kept); strings.HasPrefix(address, "http") {
			return address
		}
	}
	return ""
}

// nav gives the links to pages of the same site that are no articles.
func (pg *page) nav() []Link {
	var links []Link
	seen := make(map[string]bool, len(pg.ix.Anchors))
	for _, a := range pg.anchors() {
		if a.address == "" || a.host != pg.host || a.article || nofollow(attr(a.node, "rel")) || a.path == pg.path && a.query == pg.query || render.FileAddress(a.address) {
			continue
		}
		address := a.address
		if i := strings.IndexByte(address, '#'); i >= 0 {
			address = address[:i]
		}
		if seen[address] {
			continue
		}
		text := render.Line(a.node)
		if text == "" {
			text = render.Squeeze(attr(a.node, "title"))
		}
		seen[address] = true
		if text != "" {
			links = append(links, Link{URL: address, Text: text})
		}
	}
	return links
}
