package generic

import (
	"net/url"

	"golang.org/x/net/html"

	"campusnews/extract/byline"
	"campusnews/extract/date"
	"campusnews/extract/render"
)

// An Article is what Page.Article found. The nodes are the document's own. A
// rule names the evidence a field was taken from, "" with an empty field.
type Article struct {
	Title         string
	TitleRule     string // "h1", "heading", "block", "og:title", "title", …
	Subtitle      string // the line below the title that goes on with it, "" = none
	Published     string // ISO 8601 as precise as the page, "" = not stated
	PublishedRule string // "line", "time", "json-ld", "meta[…]"
	Source        string
	SourceRule    string
	Section       string
	Credits       []byline.Credit
	Body          []*html.Node  // in page order; render them with Skip: Dropped
	BodyRule      string        // "name": an element named as a body; "place": what follows the byline; "text": any other
	Files         []render.File // attachments listed beside the body, in order
	Parts         []string      // absolute addresses of the pages of the article after this one, in order
	Part          int           // which page of the article this is, from 1

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
	w := p.place()
	a.Title, a.TitleRule = p.title.text, p.title.rule
	if w.in > 0 {
		a.drop = w.cut.nodes()
		a.Body, a.BodyRule = []*html.Node{p.elems[w.in].node}, "text"
		switch {
		case p.elems[w.in].own&hintBody != 0:
			a.BodyRule = "name"
		case w.byPlace:
			a.BodyRule = "place"
		}
	}
	a.Subtitle = p.subtitle(w.frame)
	a.Published, a.PublishedRule = p.published(w)
	a.Section = crumb(p)
	if a.Section == "" {
		a.Section = p.head.first("columnname", "article:section")
	}
	p.credit(&a, w)
	a.Files = p.attachments(w)
	a.Parts, a.Part = p.parts(w.frame)
	return a, w.in > 0 || w.dated >= 0 && p.title.block >= 0
}

// A place is where the article stands on the page.
type place struct {
	in      int32 // container of the body, 0 = none
	cut     *cut  // what is taken out of it, nil without container
	byPlace bool  // it was found by title and byline
	frame   frame
	line    date.Date // of the line that states the date
	dated   int32     // block of that line, -1 = none
}

// place looks for the article once.
func (p *Page) place() *place {
	if p.where != nil {
		return p.where
	}
	w := &place{}
	c, _ := p.container()
	w.in = p.placed(c)
	w.byPlace = w.in != c
	if w.in > 0 {
		w.cut = p.prune(w.in)
	}
	w.frame = p.frameOf(w.in, w.cut)
	w.line, w.dated = p.dateLine(w.frame)
	p.where = w
	return w
}

// attachments collects the files that are listed below the text, or in lines
// taken out of the body.
func (p *Page) attachments(w *place) []render.File {
	f := w.frame
	var files []render.File
	seen := map[string]bool{}
	for i := range p.links {
		l := &p.links[i]
		if l.b0 < f.text || l.b0 >= f.to || !p.files[l.b0] || l.t0 < 0 {
			continue
		}
		if l.b0 < f.end && !w.cut.gone(l.b0) {
			continue // in what is left of the body
		}
		href := attr(p.elems[l.elem].node, "href")
		if !p.isFile(l) || p.elems[l.elem].in&(hintFooter|hintNav|hintSide) != 0 {
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
