package extract

import (
	"campusnews/extract/render"
	"campusnews/extract/systems"

	"golang.org/x/net/html"
)

func titleRules(r *systems.Rules) []systems.Candidate     { return r.Article.Title }
func subtitleRules(r *systems.Rules) []systems.Candidate  { return r.Article.Subtitle }
func metaRules(r *systems.Rules) []systems.Candidate      { return r.Article.Meta }
func sectionRules(r *systems.Rules) []systems.Candidate   { return r.Article.Section }
func publishedRules(r *systems.Rules) []systems.Candidate { return r.Article.Published }
func sourceRules(r *systems.Rules) []systems.Candidate    { return r.Article.Source }
func authorRules(r *systems.Rules) []systems.Candidate    { return r.Article.Author }
func bodyRules(r *systems.Rules) []systems.Candidate      { return r.Article.Body }
func filesRules(r *systems.Rules) []systems.Candidate     { return r.Article.Files }
func skipRules(r *systems.Rules) []systems.Candidate      { return r.Article.Skip }

// article reads an article whose body stands in body.
func (pg *page) article(body []*html.Node, bodyRule string) *Article {
	a := &Article{Part: 1, Provenance: map[string]string{"body": bodyRule}}
	h := lookBefore(body[0], pg.title)

	var meta string
	a.Title, a.Provenance["title"] = pg.value(titleRules, "title", &h)
	a.Subtitle = pg.optional(a, subtitleRules, "subtitle", &h)
	if a.Subtitle == a.Title {
		a.Subtitle = ""
		delete(a.Provenance, "subtitle")
	}
	meta = pg.optional(a, metaRules, "meta", &h)
	a.Section = pg.optional(a, sectionRules, "section", &h)
	delete(a.Provenance, "meta")
	metaRule := ""
	if meta != "" {
		_, metaRule = pg.value(metaRules, "meta", &h)
	}

	content := render.Render(body, pg.base, render.Options{Skip: pg.skipper()})
	a.Body, a.HTML = content.Text, content.HTML
	a.Images, a.Files, a.Links, a.Media = content.Images, content.Files, content.Links, content.Media
	pg.players(a, body)
	pg.files(a, body)
	pg.counter(a)
	pg.parts(a)
	pg.bylines(a, body, meta, metaRule, &h)
	return a
}

// value asks the rules of a field one after the other; "" and no rule when none
// answers.
func (pg *page) value(f field, name string, h *head) (value, ruleName string) {
	for _, s := range pg.asked {
		list := f(s.rules)
		for i := range list {
			if v := pg.answer(&list[i], h); v != "" {
				return v, rule(s, name, i)
			}
		}
	}
	return "", ""
}

// optional is value for a field that leaves no trace when nothing answers.
func (pg *page) optional(a *Article, f field, name string, h *head) string {
	v, r := pg.value(f, name, h)
	if v != "" {
		a.Provenance[name] = r
	}
	return v
}

// answer gives the value of one candidate.
func (pg *page) answer(c *systems.Candidate, h *head) string {
	switch {
	case c.CSS != "":
		for _, n := range pg.ix.Select(c) {
			if v := render.Squeeze(c.Value(n, render.Line)); v != "" {
				return v
			}
		}
	case c.Find != "":
		return c.Cut(pg.find(c.Find, h))
	case c.Script != "":
		for _, s := range pg.ix.Scripts {
			if v, ok := c.Search(s); ok && v != "" {
				return render.Squeeze(v)
			}
		}
	case c.URL != "":
		v, _ := c.Search(pg.host + pg.path + "?" + pg.query)
		return v
	}
	return ""
}

// find asks a locator of systems.Locators.
func (pg *page) find(name string, h *head) string {
	switch name {
	case "titled":
		if h.titled {
			return h.text
		}
	case "heading":
		if h.heading >= 0 {
			text, _ := cutDate(h.lines[h.heading].text)
			return text
		}
	case "between":
		return h.between()
	case "head":
		return h.nearest()
	case "document":
		return documentTitle(pg.title)
	case "breadcrumb":
		return h.section()
	}
	return ""
}
