package drift

import (
	"campusnews/extract"
	"campusnews/extract/byline"
)

// Counts are what the pages of a run gave. The zero value is ready for use.
// Its JSON form is stable and may be stored with the run.
type Counts struct {
	Articles Group `json:"articles"` // pages asked for as articles
	Lists    Group `json:"lists"`    // pages asked for as lists
}

// A Group counts the pages that were asked for as one kind.
type Group struct {
	Pages   int            `json:"pages"`             // all that were asked for
	Kinds   map[string]int `json:"kinds,omitempty"`   // what they were
	Systems map[string]int `json:"systems,omitempty"` // publishing systems recognised; "" = none
	// Fields has a Field for each name of ArticleFields or ListFields, counted
	// over the pages that were of the kind asked for.
	Fields map[string]Field `json:"fields,omitempty"`
}

// A Field says how often one field was filled, and by which rules.
type Field struct {
	Of     int            `json:"of"`              // pages, or rows for the rows' fields, that could have it
	Filled int            `json:"filled"`          // of them, those that have it
	Rules  map[string]int `json:"rules,omitempty"` // how often each rule gave it; pages, never rows
}

// Rate is the share that is filled, 0 to 1; 0 of nothing.
func (f Field) Rate() float64 {
	if f.Of == 0 {
		return 0
	}
	return float64(f.Filled) / float64(f.Of)
}

// ArticleFields names the counted fields of an article, in the order to show
// them. A credit's field counts articles that have at least one of the role.
var ArticleFields = []string{
	"title", "subtitle", "published", "source", "author", "editor", "photographer", "reviewer",
	"section", "body", "images", "files", "clicks",
}

// ListFields names the counted fields of a list, in the order to show them.
// "row.title" and "row.date" are counted over rows, the others over pages.
var ListFields = []string{"rows", "row.title", "row.date", "next", "pages"}

// Add counts one result. asked is what the page was asked for as; only
// extract.KindArticle and extract.KindList are counted.
func (c *Counts) Add(asked extract.Kind, r *extract.Result) {
	var g *Group
	switch asked {
	case extract.KindArticle:
		g = &c.Articles
	case extract.KindList:
		g = &c.Lists
	default:
		return
	}
	g.Pages++
	bump(&g.Kinds, string(r.Kind), 1)
	bump(&g.Systems, r.System, 1)
	switch {
	case asked != r.Kind:
	case r.Article != nil:
		g.article(r.Article)
	case r.Listing != nil:
		g.listing(r.Listing)
	}
}

func (g *Group) article(a *extract.Article) {
	roles := map[string]bool{}
	for _, c := range a.Credits {
		roles[c.Role] = true
	}
	filled := map[string]bool{
		"title": a.Title != "", "subtitle": a.Subtitle != "", "published": a.Published != "", "source": a.Source != "",
		"author": roles[byline.Author], "editor": roles[byline.Editor], "photographer": roles[byline.Photographer], "reviewer": roles[byline.Reviewer],
		"section": a.Section != "", "body": a.Body != "", "images": len(a.Images) > 0, "files": len(a.Files) > 0, "clicks": a.Clicks != nil,
	}
	for _, name := range ArticleFields {
		g.count(name, 1, one(filled[name]), a.Provenance[name])
	}
}

func (g *Group) listing(l *extract.Listing) {
	titles, dates := 0, 0
	for _, it := range l.Items {
		titles += one(it.Title != "")
		dates += one(it.Date != "")
	}
	g.count("rows", 1, one(len(l.Items) > 0), l.Provenance["items"])
	g.count("row.title", len(l.Items), titles, l.Provenance["title"])
	g.count("row.date", len(l.Items), dates, l.Provenance["date"])
	g.count("next", 1, one(l.Next != ""), l.Provenance["next"])
	g.count("pages", 1, one(l.Pages > 0), l.Provenance["pages"])
}

func (g *Group) count(name string, of, filled int, rule string) {
	if g.Fields == nil {
		g.Fields = map[string]Field{}
	}
	f := g.Fields[name]
	f.Of += of
	f.Filled += filled
	if rule != "" && filled > 0 {
		bump(&f.Rules, rule, 1)
	}
	g.Fields[name] = f
}

// Merge adds the counts of another run; o is left as it is.
func (c *Counts) Merge(o Counts) {
	c.Articles.merge(o.Articles)
	c.Lists.merge(o.Lists)
}

func (g *Group) merge(o Group) {
	g.Pages += o.Pages
	for k, n := range o.Kinds {
		bump(&g.Kinds, k, n)
	}
	for k, n := range o.Systems {
		bump(&g.Systems, k, n)
	}
	for name, of := range o.Fields {
		g.count(name, of.Of, of.Filled, "")
		f := g.Fields[name]
		for rule, n := range of.Rules {
			bump(&f.Rules, rule, n)
		}
		g.Fields[name] = f
	}
}

func bump(m *map[string]int, key string, n int) {
	if *m == nil {
		*m = map[string]int{}
	}
	(*m)[key] += n
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
