package archive

import (
	"cmp"
	"slices"
)

// A FieldCount says in how many articles a field changed.
type FieldCount struct {
	Field    string `json:"field"`
	Articles int    `json:"articles"`
}

// A RuleCount says in how many articles a field is given by another rule than
// before, or by the same with another result.
type RuleCount struct {
	Field    string `json:"field"`
	Before   string `json:"before"` // rule that gave the field; "" = none did
	Now      string `json:"now"`
	Articles int    `json:"articles"`
	Changed  int    `json:"changed"` // of these, articles in which the field's value changed too
}

// A tally counts what changed.
type tally struct {
	fields map[string]int
	rules  map[ruleKey]*RuleCount
}

type ruleKey struct{ field, before, now string }

func newTally() *tally { return &tally{map[string]int{}, map[ruleKey]*RuleCount{}} }

func (t *tally) add(r *reread, changed []FieldChange) {
	differs := map[string]bool{}
	for _, c := range changed {
		differs[c.Field] = true
		t.fields[c.Field]++
	}
	if r.old.HTML != r.new.HTML {
		t.fields["html"]++
	}
	names := map[string]bool{}
	for name := range r.before {
		names[name] = true
	}
	for name := range r.rules {
		names[name] = true
	}
	for name := range names {
		k := ruleKey{name, r.before[name], r.rules[name]}
		if k.before == k.now && !differs[name] {
			continue
		}
		t.count(RuleCount{name, k.before, k.now, 1, one(differs[name])})
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (t *tally) count(c RuleCount) {
	k := ruleKey{c.Field, c.Before, c.Now}
	if t.rules[k] == nil {
		t.rules[k] = &RuleCount{Field: c.Field, Before: c.Before, Now: c.Now}
	}
	t.rules[k].Articles += c.Articles
	t.rules[k].Changed += c.Changed
}

// plain gives the counts as lists, most frequent first.
func (t *tally) plain() (p ReextractReport) {
	for name, n := range t.fields {
		p.Fields = append(p.Fields, FieldCount{name, n})
	}
	for _, c := range t.rules {
		p.Rules = append(p.Rules, *c)
	}
	slices.SortFunc(p.Fields, func(a, b FieldCount) int { return cmp.Or(b.Articles-a.Articles, cmp.Compare(a.Field, b.Field)) })
	slices.SortFunc(p.Rules, func(a, b RuleCount) int {
		return cmp.Or(b.Articles-a.Articles, cmp.Compare(a.Field, b.Field), cmp.Compare(a.Before, b.Before), cmp.Compare(a.Now, b.Now))
	})
	return p
}

func (t *tally) report(counts ReextractReport) ReextractReport {
	p := t.plain()
	counts.Fields, counts.Rules = p.Fields, p.Rules
	return counts
}
