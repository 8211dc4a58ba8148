package extract

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"campusnews/extract/date"
	"campusnews/extract/render"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A row is one row of a list on the page, with what was found in it.
type row struct {
	node *html.Node
	link *html.Node
	item Item
}

// A group is a run of rows of the same kind.
type group struct {
	parent *html.Node
	rows   []row
	score  float64
	ruled  bool // found by a rule, not by the addresses
}

// readRow reads the row that node is; ok = false: it has no link to an article.
func (pg *page) readRow(node *html.Node, near date.Hint) (row, bool) {
	r := row{node: node}
	if r.link, r.item.URL, r.item.Title = pg.ruledLink(node); r.link == nil {
		r.link, r.item.URL, r.item.Title = pg.rowLink(node)
	}
	if r.link == nil {
		return r, false
	}
	var glued string
	r.item.Date, glued = rowDate(node, r.link, r.item.Title, near.Year, r.item.URL)
	if glued != "" {
		r.item.Title = glued
	}
	if day := pg.ruledDate(node, near); day != "" {
		r.item.Date = day
	}
	if title := pg.ruledTitle(node); title != "" {
		r.item.Title = title
	}
	r.item.Outside = pg.outside(r.item.URL)
	r.item.Key = pg.itemKey(r.item)
	return r, r.item.Title != "" && (len(r.item.Title) > 30 || !pagerText.MatchString(r.item.Title) && !moreText.MatchString(r.item.Title))
}

// moreText is the text of links that lead to a list, beside rows that look alike.
var moreText = lazily(`(?i)^\W*(more|更多|查看更多|查看全部)\W*$`)

// outside says that the address is not one of the page's host.
func (pg *page) outside(address string) bool {
	host, _, _, ok := splitAddress(address)
	return !ok || host != pg.host
}

// rowLink finds the link of a row and the title that stands on it. Of links to
// several addresses an article's goes first, then the one with most text (not
// the category in brackets); of several links to that address (picture, title,
// summary, date) the first that has a title's text.
func (pg *page) rowLink(node *html.Node) (link *html.Node, address, title string) {
	type candidate struct {
		node    *html.Node
		address string
		title   string
		size    int // of the title in characters, at most 60; 0 = none, or a date
		article bool
	}
	var store [6]candidate
	found := store[:0]
	consider := func(n *html.Node) {
		a := pg.link(n)
		if a.address == "" || len(found) >= 60 {
			return
		}
		c := candidate{node: n, address: a.address, title: linkTitle(n), article: a.article}
		if _, isDate := date.Parse(c.title); !isDate {
			c.size = min(utf8.RuneCountInString(c.title), 60)
		}
		found = append(found, c)
	}
	if node.DataAtom == atom.A {
		consider(node)
	}
	each(node, atom.A, 0, consider)
	best := -1
	for i, c := range found {
		switch {
		case best < 0:
		case c.article != found[best].article:
			if found[best].article {
				continue
			}
		case c.article && found[best].size >= minTitle, c.size <= found[best].size:
			continue
		}
		best = i
	}
	if best < 0 {
		return nil, "", ""
	}
	for i, c := range found { // the first of the same address that says enough
		if c.address == found[best].address && c.size >= minTitle {
			best = i
			break
		}
	}
	return found[best].node, found[best].address, found[best].title
}

// minTitle is how many characters make a title rather than "more" or a rank.
const minTitle = 5

// linkTitle gives the full title that stands on a link: its title attribute
// when the text is a cut of it or no title, else a heading in it, else its text.
func linkTitle(a *html.Node) string {
	full := render.Squeeze(attr(a, "title"))
	text := ""
	if heading := descendant(a, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6); heading != nil {
		text = render.Line(heading)
	}
	if text == "" {
		if block := titleBlock(a); block != nil {
			text = render.Line(block)
		}
	}
	if text == "" {
		text = render.Line(a)
	}
	switch {
	case full == "":
		return text
	case text == "":
		return full
	}
	cut := strings.TrimRight(text, ".…。 ")
	if b, f := bare(cut), bare(full); strings.HasPrefix(f, b) || strings.Contains(b, f) || cut != text && len(f) > len(b)/2 {
		return full
	}
	if strings.ContainsAny(full, "\n") || len(full) < len(text)/3 {
		return text
	}
	return full
}

// titleBlock gives the element in a card that is classed as its title.
func titleBlock(a *html.Node) *html.Node {
	if a.FirstChild == nil || a.FirstChild == a.LastChild {
		return nil
	}
	for d := range a.Descendants() {
		if d.Type == html.ElementNode && d.DataAtom != atom.Img {
			if titleClass(attr(d, "class")) && firstText(d, 4) != "" {
				return d
			}
		}
	}
	return nil
}

func descendant(n *html.Node, names ...atom.Atom) *html.Node {
	if n.FirstChild == nil || n.FirstChild == n.LastChild && n.FirstChild.Type == html.TextNode {
		return nil
	}
	for d := range n.Descendants() {
		if d.Type == html.ElementNode {
			for _, name := range names {
				if d.DataAtom == name {
					return d
				}
			}
		}
	}
	return nil
}

// rowDate finds the date of a row: an element that holds nothing else, else a
// date in the row's text without the title, else one glued to the end of the
// title, which is then given without it.
func rowDate(node, link *html.Node, title string, year int, address string) (day, glued string) {
	_, path, _, _ := splitAddress(address)
	near := date.FromURL(path)
	if near.Year == 0 {
		near.Year = year
	}
	if d, ok := dateElement(node, near, 0); ok {
		return d.DayString(), ""
	}
	text := render.Line(node)
	if i := strings.Index(text, title); i >= 0 && title != "" {
		text = text[:i] + " " + text[i+len(title):]
	}
	if len(text) < 2000 {
		if m, ok := date.FindNear(text, near); ok {
			return m.DayString(), ""
		}
	}
	if attr(link, "title") == "" {
		if before, rest := cutDate(title); rest != "" {
			if m, ok := date.FindNear(rest, near); ok {
				return m.DayString(), before
			}
		}
	}
	return "", ""
}

// dateElement gives the date of the first element that holds only a date.
func dateElement(n *html.Node, near date.Hint, depth int) (date.Date, bool) {
	if depth > 12 {
		return date.Date{}, false
	}
	var buf [dateText]byte
	if text, ok := gather(n, buf[:0]); ok && bytes.ContainsAny(text, "0123456789") {
		if d, ok := date.ParseNear(render.Squeeze(string(text)), near); ok {
			return d, true
		}
	}
	// Text beside elements is tried alone, too: <li><a>…</a>2021-03-01</li>.
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.ElementNode:
			if c.DataAtom == atom.Script || c.DataAtom == atom.Style || c.DataAtom == atom.Img {
				continue
			}
			if d, ok := dateElement(c, near, depth+1); ok {
				return d, true
			}
		case html.TextNode:
			if len(c.Data) < dateText && n.FirstChild != n.LastChild && strings.ContainsAny(c.Data, "0123456789") {
				if d, ok := date.ParseNear(render.Squeeze(c.Data), near); ok {
					return d, true
				}
			}
		}
	}
	return date.Date{}, false
}

// dateText is the most text, in bytes, that an element has which holds only a date.
const dateText = 80

// gather appends the text of n to buf as long as it has room; ok = false: it
// had not.
func gather(n *html.Node, buf []byte) (text []byte, ok bool) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			if len(buf)+len(c.Data) > cap(buf) {
				if !blankText(c.Data) || len(buf) == cap(buf) {
					return buf, false
				}
				buf = append(buf, ' ')
				continue
			}
			buf = append(buf, c.Data...)
		case c.Type == html.ElementNode && c.DataAtom != atom.Script && c.DataAtom != atom.Style:
			if buf, ok = gather(c, buf); !ok {
				return buf, false
			}
		}
	}
	return buf, true
}

// each calls f for the elements of that name in n, in page order.
func each(n *html.Node, name atom.Atom, depth int, f func(*html.Node)) {
	if depth > 600 {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		if c.DataAtom == name {
			f(c)
		}
		each(c, name, depth+1, f)
	}
}
