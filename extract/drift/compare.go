package drift

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Options say what Compare reports. Zero fields mean the defaults.
type Options struct {
	// Threshold is the least change of a share that is reported; 0 = 0.2.
	Threshold float64
	// Doubt is the greatest probability of seeing so great a change by chance
	// (Fisher's exact test); 0 = 0.001. With it a template that always gave a
	// title is reported after two articles without one, and a run of one
	// article reports nothing.
	Doubt float64
}

// A Share is a part of a whole.
type Share struct {
	Count int `json:"count"`
	Of    int `json:"of"`
}

// Rate is Count/Of, and 0 of nothing.
func (s Share) Rate() float64 {
	if s.Of == 0 {
		return 0
	}
	return float64(s.Count) / float64(s.Of)
}

func (s Share) String() string {
	return fmt.Sprintf("%d of %d (%.0f %%)", s.Count, s.Of, 100*s.Rate())
}

// A Change is a share that differs between two runs by more than chance.
type Change struct {
	Group  string  `json:"group"`  // "article" or "list"
	Field  string  `json:"field"`  // a name of ArticleFields or ListFields, "kind" or "system"
	Rule   string  `json:"rule"`   // the rule, kind or system whose share changed; "" = the field's fill rate
	Before Share   `json:"before"` //
	Now    Share   `json:"now"`    //
	Chance float64 `json:"chance"` // probability of the change if nothing had changed
}

// String says the change in a line.
func (c Change) String() string {
	switch {
	case c.Field == "kind":
		return fmt.Sprintf("%s pages that are %q: %s, before %s", c.Group, c.Rule, c.Now, c.Before)
	case c.Field == "system":
		return fmt.Sprintf("%s pages of system %q: %s, before %s", c.Group, c.Rule, c.Now, c.Before)
	case c.Rule == "":
		return fmt.Sprintf("%s %s filled: %s, before %s", c.Group, c.Field, c.Now, c.Before)
	}
	return fmt.Sprintf("%s %s by %s: %s, before %s", c.Group, c.Field, c.Rule, c.Now, c.Before)
}

// Compare gives the changes from one run, or the sum of several, to the next,
// the greatest first; nil for none. Compare like with like: articles of other
// years may have another template, so count the new articles of each run.
func Compare(before, now Counts, o Options) []Change {
	o.Threshold = cmp.Or(o.Threshold, 0.2)
	o.Doubt = cmp.Or(o.Doubt, 0.001)
	var changes []Change
	changes = compareGroup(changes, "article", before.Articles, now.Articles, o)
	changes = compareGroup(changes, "list", before.Lists, now.Lists, o)
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Compare(math.Abs(b.Now.Rate()-b.Before.Rate()), math.Abs(a.Now.Rate()-a.Before.Rate()))
	})
	return changes
}

func compareGroup(changes []Change, group string, before, now Group, o Options) []Change {
	add := func(field, rule string, b, n Share) {
		if b.Of == 0 || n.Of == 0 || math.Abs(n.Rate()-b.Rate()) < o.Threshold {
			return
		}
		if p := chance(b, n); p <= o.Doubt {
			changes = append(changes, Change{group, field, rule, b, n, p})
		}
	}
	for _, k := range keys(before.Kinds, now.Kinds) {
		add("kind", k, Share{before.Kinds[k], before.Pages}, Share{now.Kinds[k], now.Pages})
	}
	for _, k := range keys(before.Systems, now.Systems) {
		add("system", k, Share{before.Systems[k], before.Pages}, Share{now.Systems[k], now.Pages})
	}
	for _, name := range slices.Concat(ArticleFields, ListFields) {
		b, n := before.Fields[name], now.Fields[name]
		add(name, "", Share{b.Filled, b.Of}, Share{n.Filled, n.Of})
		// Rules count pages: their shares are of the pages where some rule answered.
		bAll, nAll := sum(b.Rules), sum(n.Rules)
		for _, rule := range keys(b.Rules, n.Rules) {
			add(name, rule, Share{b.Rules[rule], bAll}, Share{n.Rules[rule], nAll})
		}
	}
	return changes
}

func keys(a, b map[string]int) []string {
	all := slices.Collect(maps.Keys(a))
	for k := range b {
		if _, ok := a[k]; !ok {
			all = append(all, k)
		}
	}
	slices.Sort(all)
	return all
}

func sum(m map[string]int) int {
	total := 0
	for _, n := range m {
		total += n
	}
	return total
}

// chance is Fisher's exact test of two shares: the probability that, with all
// pages thrown together and dealt out again, the shares lie at least as far
// apart in the direction seen. One-sided, doubled, at most 1.
func chance(a, b Share) float64 {
	k, n := a.Count+b.Count, a.Of+b.Of
	if a.Rate() > b.Rate() {
		a, b = b, a // the tail is where b has many
	}
	log := func(x int) float64 { // log of the probability that b has x of the k
		return choose(k, x) + choose(n-k, b.Of-x) - choose(n, b.Of)
	}
	p := 0.0
	for x := b.Count; x <= min(k, b.Of); x++ {
		term := math.Exp(log(x))
		p += term
		if term < 1e-12*p {
			break
		}
	}
	return min(1, 2*p)
}

// choose is the logarithm of n over k, -∞ where there is no way to choose.
func choose(n, k int) float64 {
	if k < 0 || k > n {
		return math.Inf(-1)
	}
	gamma := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
	return gamma(n) - gamma(k) - gamma(n-k)
}
