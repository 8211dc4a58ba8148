package generic

import (
	"net/url"

	"golang.org/x/net/html"

	"campusnews/extract/byline"
	"campusnews/extract/render"
)

// An Article is what Page.Article found. The nodes are the document's own. A
// rule names the evidence a field was taken from, "" with an empty field.
type Article struct {
	Title         string
	TitleRule     string // "h1", "heading", "block", "og:title", "title", …
	Published     string // ISO 8601 as precise as the page, "" = not stated
	PublishedRule string // "line", "time", "json-ld", "meta[…]"
	Source        string
	SourceRule    string
	Section       string
	Credits       []byline.Credit
	Body          []*html.Node  // in page order; render them with Skip: Dropped
	BodyRule      string        // "text": found by its text; "place": by where it stands
	Files         []render.File // attachments listed beside the body, in order
	Parts         []string      // absolute addresses of the further pages of the article

	drop map[*html.Node]bool
}

// Dropped says that a node inside of Body is no part of the article: a box of
// related news, a share bar, a repeated title, the line of the byline.
func (a *Article) Dropped(n *html.Node) bool { return a.drop[n] }

// Base is the address that relative addresses of the page are relative to: the
// page's own, or what its base element makes of it.
func (p *Page) Base() *url.URL { return p.base }

// Article finds the article of the page. ok says that there is one: running
// text, or a title with a date and a place where the body stands.
func (p *Page) Article() (a Article, ok bool) {
	a.Title, a.TitleRule = p.title.text, p.title.rule
	c, _ := p.container()
	var k *cut
	if c > 0 {
		k = p.prune(c)
		a.drop = k.nodes()
		a.Body = []*html.Node{p.elems[c].node}
		a.BodyRule = "text"
	}
	f := p.frameOf(c, k)
	a.Published, a.PublishedRule = p.published(f)
	a.Section = crumb(p)
	if a.Section == "" {
		a.Section = p.head.first("columnname", "article:section")
	}
	p.credit(&a, f, k)
	a.Files = p.attachments(f)
	return a, c > 0
}

// attachments collects the files that are listed around the body.
func (p *Page) attachments(f frame) []render.File {
	var files []render.File
	seen := map[string]bool{}
	for i := range p.links {
		l := &p.links[i]
		if l.b0 < f.end || l.b0 >= f.to || !p.files[l.b0] || l.t0 < 0 {
			continue
		}
		href := attr(p.elems[l.elem].node, "href")
		if !render.FileAddress(href) || p.elems[l.elem].in&(hintFooter|hintNav|hintSide) != 0 {
			continue
		}
		u := render.Resolve(p.base, href)
		if u == "" || seen[u] {
			continue
		}
		seen[u] = true
		files = append(files, render.File{URL: u, Name: string(p.text[l.t0:l.t1])})
	}
	return files
}
