package probe

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"campusnews/extract"
	"campusnews/extract/charset"
	"campusnews/extract/systems"

	"golang.org/x/net/html"
)

// A RuleUse counts what one of a profile's overrides did.
type RuleUse struct {
	Field   string `json:"field"`   // "article.title", "list.rows"
	Index   int    `json:"index"`   // place among the field's candidates
	Rule    string `json:"rule"`    // its selector, or how else it finds a value
	Counted bool   `json:"counted"` // Matched is counted; false for locators, which only the extractor can run
	Pages   int    `json:"pages"`   // pages of the kind the rule is for
	Matched int    `json:"matched"` // of them, pages where the rule alone finds something
	Gave    int    `json:"gave"`    // of them, pages where it gave the value
}

type ruleUses struct {
	all   []RuleUse
	rules []*systems.Candidate // of all, by index
	plan  systems.Plan
}

func newRuleUses(r *systems.Rules) *ruleUses {
	u := &ruleUses{}
	u.plan.AddRules(r)
	fields := r.Fields()
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		list := *fields[field]
		for i := range list {
			c := &list[i]
			u.rules = append(u.rules, c)
			u.all = append(u.all, RuleUse{Field: field, Index: i, Rule: ruleText(c), Counted: c.CSS != "" || c.Script != "" || c.URL != ""})
		}
	}
	return u
}

func ruleText(c *systems.Candidate) string {
	switch {
	case c.CSS != "":
		return c.CSS
	case c.Find != "":
		return "find " + c.Find
	case c.Script != "":
		return "script " + c.Script
	}
	return "url " + c.URL
}

// count tries each rule on a page of its kind, and asks the result which gave
// its value.
func (u *ruleUses) count(page extract.Page, r *extract.Result) {
	if len(u.all) == 0 || r.Kind != extract.KindArticle && r.Kind != extract.KindList {
		return
	}
	text, _ := charset.Decode(page.Body, page.ContentType)
	doc, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return // nested too deep for a page of a profile's site
	}
	ix := u.plan.Walk(doc)
	_, address, _ := strings.Cut(page.URL, "://")
	var provenance map[string]string
	switch {
	case r.Article != nil:
		provenance = r.Article.Provenance
	case r.Listing != nil:
		provenance = r.Listing.Provenance
	}
	for i := range u.all {
		use := &u.all[i]
		kind, field, _ := strings.Cut(use.Field, ".")
		if kind != string(r.Kind) {
			continue
		}
		use.Pages++
		matched := false
		switch c := u.rules[i]; {
		case c.CSS != "":
			matched = len(ix.Select(c)) > 0
		case c.Script != "":
			for _, script := range ix.Scripts {
				_, ok := c.Search(script)
				matched = matched || ok
			}
		case c.URL != "":
			_, matched = c.Search(address)
		}
		if matched {
			use.Matched++
		}
		name := fmt.Sprintf("profile/%s[%d]", field, use.Index)
		for _, rule := range provenance {
			if rule == name {
				use.Gave++
				break
			}
		}
	}
}
