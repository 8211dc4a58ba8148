package extract

import (
	"campusnews/extract/generic"
	"campusnews/extract/render"

	"golang.org/x/net/html"
)

// readGeneric reads a page of no known system.
func (pg *page) readGeneric(r *Result) {
	g := pg.generic()
	v := g.Verdict()
	if v.Kind == "article" && pg.genericArticle(r) {
		return
	}
	r.Nav = pg.nav()
	r.Feeds = pg.feeds()
	if v.Kind == "list" {
		if l, ok := g.List(); ok && (l.Next != "" || l.Pages > 0 || !pg.isHome()) {
			r.Kind, r.Listing = KindList, pg.fromGeneric(l)
			return
		}
	}
	r.Kind, r.Reason = KindOther, "neither an article nor a list"
	if pg.isHome() {
		r.Reason = "a home page"
	}
	r.ItemLinks = pg.fromGeneric(generic.List{Items: g.Items()}).Items
}

func (pg *page) generic() *generic.Page {
	if pg.gen == nil {
		pg.gen = generic.Read(pg.doc, pg.base)
	}
	return pg.gen
}

// genericArticle reads the page as an article without rules; false: it is none.
func (pg *page) genericArticle(r *Result) bool {
	g, ok := pg.generic().Article()
	if !ok {
		return false
	}
	a := &Article{
		Title: g.Title, Subtitle: g.Subtitle, Published: g.Published, Source: g.Source, Section: g.Section, Credits: g.Credits,
		Parts: g.Parts, Part: max(g.Part, 1), Provenance: map[string]string{},
	}
	if g.TitleRule == "title" && len(g.Body) > 0 {
		// <title> may be the name of the site; a heading over the body says more.
		if h := lookBefore(g.Body[0], pg.title); h.title >= 0 && h.text != "" {
			a.Title, g.TitleRule = h.text, "heading"
		}
	}
	for name, rule := range map[string]string{"title": g.TitleRule, "published": g.PublishedRule, "source": g.SourceRule, "body": g.BodyRule} {
		if rule != "" {
			a.Provenance[name] = "generic/" + rule
		}
	}
	skip := pg.skipper()
	content := render.Render(g.Body, pg.base, render.Options{Skip: func(n *html.Node) bool {
		return g.Dropped(n) || n.Type == html.ElementNode && skip(n)
	}})
	if marked, _ := pg.elements(titleRules, "title"); len(marked) > 0 && len(g.Body) > 0 && precedes(pg.doc, g.Body[0], marked[0]) && !holds(g.Body[0], marked[0]) {
		content, g.Files = render.Content{}, nil // what stands above the title is the frame of the page
		delete(a.Provenance, "body")
	}
	a.Body, a.HTML = content.Text, content.HTML
	a.Images, a.Files, a.Links, a.Media = content.Images, content.Files, content.Links, content.Media
	seen := map[string]bool{}
	for _, f := range a.Files {
		seen[f.URL] = true
	}
	for _, f := range g.Files {
		if !seen[f.URL] {
			seen[f.URL] = true
			a.Files = append(a.Files, f)
		}
	}
	pg.counter(a)
	if a.Parts == nil {
		pg.parts(a)
	}
	r.Kind, r.Article = KindArticle, a
	return true
}

// fromGeneric makes a Listing of a list found without rules.
func (pg *page) fromGeneric(g generic.List) *Listing {
	l := &Listing{Section: g.Section, Next: g.Next, Page: g.Page, Pages: g.Pages, Total: g.Total, Provenance: map[string]string{"items": "generic/rows"}}
	if l.Next != "" {
		l.Provenance["next"] = "generic/next"
	}
	for _, i := range g.Items {
		item := Item{URL: i.URL, Title: i.Title, Date: i.Date, Outside: pg.outside(i.URL)}
		item.Key = pg.itemKey(item)
		l.Items = append(l.Items, item)
	}
	return l
}

// itemKey gives the identity of a row's article.
func (pg *page) itemKey(i Item) string {
	if i.Outside {
		return i.URL
	}
	return pg.key(i.URL)
}

// itemLinks gives all links of a page that lead to articles, once each.
func (pg *page) itemLinks() []Item {
	var items []Item
	at := map[string]int{}
	for _, g := range pg.addressGroups() {
		for _, r := range g.rows {
			if i, ok := at[r.item.Key]; ok {
				if items[i].Date == "" {
					items[i].Date = r.item.Date
				}
				continue
			}
			at[r.item.Key] = len(items)
			items = append(items, r.item)
		}
	}
	return items
}

// precedes says that a begins before b on the page.
func precedes(doc, a, b *html.Node) bool {
	for n := range doc.Descendants() {
		if n == a || n == b {
			return n == a
		}
	}
	return false
}
