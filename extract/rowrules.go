package extract

import (
	"campusnews/extract/date"
	"campusnews/extract/render"
	"campusnews/extract/systems"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// rowRules are what the rules say of the rows of a list beyond where they are.
// Most systems need none of it; a profile may.
type rowRules struct {
	scope, skip       *goquery.Selection // nil = nothing is said
	link, title, date []systems.Candidate
}

// rowRules gathers the rules of all sources, in the order they are asked.
func (pg *page) rowRules() *rowRules {
	if pg.rules != nil {
		return pg.rules
	}
	pg.rules = &rowRules{}
	for _, s := range pg.asked {
		list := &s.rules.List
		pg.rules.link = append(pg.rules.link, list.Link...)
		pg.rules.title = append(pg.rules.title, list.Title...)
		pg.rules.date = append(pg.rules.date, list.Date...)
		for i := range list.Scope {
			if found := pg.ix.Select(&list.Scope[i]); pg.rules.scope == nil && len(found) > 0 {
				pg.rules.scope = &goquery.Selection{Nodes: found}
			}
		}
		for i := range list.Skip {
			c := list.Skip[i]
			c.Pick = "all"
			if found := pg.ix.Select(&c); len(found) > 0 {
				if pg.rules.skip == nil {
					pg.rules.skip = &goquery.Selection{}
				}
				pg.rules.skip = pg.rules.skip.AddNodes(found...)
			}
		}
	}
	return pg.rules
}

// inScope drops the rows that stand where the rules expect none, and the groups
// that are empty then.
func (pg *page) inScope(groups []*group) []*group {
	rules := pg.rowRules()
	if rules.scope == nil && rules.skip == nil {
		return groups
	}
	var kept []*group
	for _, g := range groups {
		var rows []row
		for _, r := range g.rows {
			if (rules.scope == nil || among(rules.scope, r.link)) && (rules.skip == nil || !among(rules.skip, r.link)) {
				rows = append(rows, r)
			}
		}
		if g.rows = rows; len(rows) > 0 {
			kept = append(kept, g)
		}
	}
	return kept
}

// among says that n is one of the selected elements or in one of them.
func among(s *goquery.Selection, n *html.Node) bool {
	return s.IndexOfNode(n) >= 0 || s.Contains(n)
}

// ruledLink gives the link that the rules name in a row; nil: none does.
func (pg *page) ruledLink(node *html.Node) (link *html.Node, address, title string) {
	rules := pg.rowRules().link
	for i := range rules {
		for _, n := range rules[i].Within(node).Nodes {
			if rules[i].Attr != "" {
				address = pg.to.Resolve(rules[i].Value(n, render.Line))
			} else {
				address = pg.linkTarget(n)
			}
			if address != "" {
				return n, address, linkTitle(n)
			}
		}
	}
	return nil, "", ""
}

// ruledTitle gives the title that the rules name in a row, "" for none.
func (pg *page) ruledTitle(node *html.Node) string {
	rules := pg.rowRules().title
	for i := range rules {
		for _, n := range rules[i].Within(node).Nodes {
			if title := render.Squeeze(rules[i].Value(n, render.Line)); title != "" {
				return title
			}
		}
	}
	return ""
}

// ruledDate gives the day that the rules name in a row, "" for none.
func (pg *page) ruledDate(node *html.Node, near date.Hint) string {
	rules := pg.rowRules().date
	for i := range rules {
		for _, n := range rules[i].Within(node).Nodes {
			if d, ok := date.FindNear(render.Squeeze(rules[i].Value(n, render.Line)), near); ok {
				return d.DayString()
			}
		}
	}
	return ""
}
