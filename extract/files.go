package extract

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"campusnews/extract/render"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// files adds the attachments that stand outside of the body: those the rules
// name, and links to files in what follows the body within its container.
func (pg *page) files(a *Article, body []*html.Node) {
	seen := map[string]bool{}
	for _, f := range a.Files {
		seen[f.URL] = true
	}
	add := func(n *html.Node) {
		address := pg.to.Resolve(attr(n, "href"))
		if address == "" || seen[address] || !render.FileAddress(address) && !strings.Contains(address, "download") {
			return
		}
		seen[address] = true
		name := render.Line(n)
		if name == "" {
			name = render.Squeeze(attr(n, "title"))
		}
		a.Files = append(a.Files, File{URL: address, Name: name})
	}
	for _, s := range pg.asked {
		list := filesRules(s.rules)
		for i := range list {
			for _, n := range pg.ix.Select(&list[i]) {
				if n.DataAtom == atom.A {
					add(n)
					continue
				}
				for d := range n.Descendants() {
					if d.Type == html.ElementNode && d.DataAtom == atom.A {
						add(d)
					}
				}
			}
		}
	}
	last := body[len(body)-1]
	for up := 0; up < 2 && last != nil && last.DataAtom != atom.Body && last.DataAtom != atom.Td; up, last = up+1, last.Parent {
		for n := last.NextSibling; n != nil; n = n.NextSibling {
			if n.Type != html.ElementNode {
				continue
			}
			for d := range n.Descendants() {
				if d.Type == html.ElementNode && d.DataAtom == atom.A && attr(d, "href") != "" {
					if address := pg.to.Resolve(attr(d, "href")); render.FileAddress(address) {
						add(d)
					}
				}
			}
		}
	}
}

// players adds what scripts in the body play.
func (pg *page) players(a *Article, body []*html.Node) {
	for _, s := range pg.asked {
		list := s.rules.Article.Players
		if len(list) == 0 {
			continue
		}
		for _, b := range body {
			for d := range b.Descendants() {
				if d.Type != html.TextNode || d.Parent.DataAtom != atom.Script {
					continue
				}
				for i := range list {
					for _, ref := range list[i].SearchAll(d.Data, 20) {
						pg.player(a, ref)
					}
				}
			}
		}
	}
}

func (pg *page) player(a *Article, ref string) {
	address := pg.to.Resolve(ref)
	if address == "" || slices.ContainsFunc(a.Media, func(f File) bool { return f.URL == address }) {
		return
	}
	a.Media = append(a.Media, File{URL: address})
	path, _, _ := strings.Cut(address, "?")
	if strings.HasSuffix(strings.ToLower(path), ".pdf") && !slices.ContainsFunc(a.Files, func(f File) bool { return f.URL == address }) {
		a.Files = append(a.Files, File{URL: address})
	}
}

// counter notes where the system counts the clicks.
func (pg *page) counter(a *Article) {
	if pg.system == nil {
		return
	}
	for _, c := range pg.system.Counter {
		for _, s := range pg.ix.Scripts {
			if m := c.Script.FindStringSubmatch(s); m != nil && c.Owner < len(m) && c.ClickID < len(m) {
				a.Clicks = &Counter{Owner: m[c.Owner], ClickID: m[c.ClickID]}
				return
			}
		}
	}
}

// parts finds the further pages of an article: links whose address has the
// identity of this page, and another page number.
func (pg *page) parts(a *Article) {
	if pg.system == nil {
		return
	}
	own, part, ok := pg.system.Identity(pg.path, pg.query)
	if !ok {
		return
	}
	a.Part = part + 1
	type page struct { // of the article
		number  int
		address string
	}
	var found []page
	for _, n := range pg.ix.Anchors {
		href := attr(n, "href")
		if strings.IndexByte(href, '_') < 0 { // every system numbers with _N
			continue
		}
		address := pg.to.Resolve(href)
		host, path, query, ok := splitAddress(address)
		if !ok || host != pg.host {
			continue
		}
		key, number, ok := pg.system.Identity(path, query)
		if !ok || key != own || number <= part {
			continue
		}
		found = append(found, page{number, address})
	}
	for _, s := range pg.asked {
		list := s.rules.Article.Parts
		for i := range list {
			c := list[i]
			c.Pick = "all"
			for _, n := range pg.ix.Select(&c) {
				if to := pg.linkTarget(n); to != "" && !pg.sameAddress(to) {
					number, _ := strconv.Atoi(render.Line(n))
					found = append(found, page{max(number, part+1), to})
				}
			}
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].number < found[j].number })
	for i, f := range found {
		if i == 0 || found[i-1].number != f.number {
			a.Parts = append(a.Parts, f.address)
		}
	}
}

// skipper says what is left out of a body: what the rules name, and what no
// system means to be part of a text.
func (pg *page) skipper() func(*html.Node) bool {
	var named map[*html.Node]bool
	for _, s := range pg.asked {
		list := skipRules(s.rules)
		for i := range list {
			c := list[i]
			c.Pick = "all"
			for _, n := range pg.ix.Select(&c) {
				if named == nil {
					named = map[*html.Node]bool{}
				}
				named[n] = true
			}
		}
	}
	return func(n *html.Node) bool { return named[n] || boilerplate(n) || pg.system != nil && offersFile(n) }
}
