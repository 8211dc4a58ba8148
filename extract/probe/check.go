package probe

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"campusnews/extract"
	"campusnews/extract/drift"
	"campusnews/extract/profile"
)

// A CheckReport says how a profile fares on the site's pages.
type CheckReport struct {
	Sections []SectionCheck `json:"sections"`        // in the profile's order; those found from the home page, if the profile names none
	Rules    []RuleUse      `json:"rules,omitempty"` // each override, in the order of the fields; nil if the profile has none
	Systems  map[string]int `json:"systems"`         // pages by the system recognised without the profile's word; "" = none
	Counts   drift.Counts   `json:"counts"`          // of the section lists, their second pages, and the sampled articles
	Fetched  int            `json:"fetched"`         // pages asked for
	Failures []Failure      `json:"failures,omitempty"`
	Problems []string       `json:"problems,omitempty"` // what is wrong with the profile, in words; nil = nothing found
}

// A SectionCheck says what the address of a section leads to.
type SectionCheck struct {
	Name   string       `json:"name"`
	URL    string       `json:"url"`
	Kind   extract.Kind `json:"kind"`             // "" = the page cannot be had
	Reason string       `json:"reason,omitempty"` // why it is no list; "" for a list
	Rows   int          `json:"rows"`
	Dated  int          `json:"dated"` // rows with a date
	Next   bool         `json:"next"`  // it has a second page
}

// Check reads the list of each section, samples articles from them, and counts
// what the profile's rules find. The error wraps ErrHome for a profile without
// sections whose home page cannot be read, or is ctx.Err(); a section that
// cannot be read is a problem in the report.
func Check(ctx context.Context, fetch Fetch, p *profile.Profile, o Options) (*CheckReport, error) {
	o.Pages, o.Articles = cmp.Or(o.Pages, 120), cmp.Or(o.Articles, 20)
	uses := newRuleUses(&p.Overrides)
	systems := map[string]int{}
	recogniser := extract.New()
	s := &site{
		fetch:     fetch,
		extractor: extract.New(extract.WithSystem(p.System), extract.WithRules(p.Overrides)),
		budget:    o.Pages,
		systems:   map[string]int{},
	}
	s.visit = func(page extract.Page, r *extract.Result) {
		systems[recogniser.Extract(page).System]++
		uses.count(page, r)
	}
	report := &CheckReport{Systems: systems}
	samples, err := s.checkSections(ctx, p, o, report)
	if err != nil {
		return nil, err
	}
	if err := s.sample(ctx, samples, o.Articles); err != nil {
		return nil, err
	}
	report.Counts, report.Fetched, report.Failures, report.Rules = s.counts, s.fetched, s.failures, uses.all
	report.judge(p)
	return report, nil
}

func (s *site) checkSections(ctx context.Context, p *profile.Profile, o Options, report *CheckReport) ([]Section, error) {
	if len(p.Sections) == 0 {
		return s.checkHome(ctx, p, o, report)
	}
	var samples []Section
	for _, sec := range p.Sections {
		c := SectionCheck{Name: sec.Name, URL: sec.URL}
		before := len(s.failures)
		r, ok, err := s.read(ctx, sec.URL, extract.KindList)
		if err != nil {
			return nil, err
		}
		switch {
		case ok && r.Kind == extract.KindList:
			found := section(lead{url: sec.URL, text: sec.Name}, r)
			c.Kind, c.Rows, c.Dated, c.Next = r.Kind, found.Rows, found.Dated, found.next != ""
			samples = append(samples, found)
		case ok:
			c.Kind, c.Reason = r.Kind, cmp.Or(r.Reason, "the page is of kind "+string(r.Kind))
		case len(s.failures) > before:
			c.Reason = s.failures[len(s.failures)-1].Reason
			c.Kind = r.Kind
		default:
			c.Reason = "not looked at: too many sections for the number of pages allowed"
		}
		report.Sections = append(report.Sections, c)
	}
	return samples, nil
}

// checkHome finds the sections that a crawl would find.
func (s *site) checkHome(ctx context.Context, p *profile.Profile, o Options, report *CheckReport) ([]Section, error) {
	r, err := s.home(ctx, p.Home)
	if err != nil {
		return nil, err
	}
	reserve := min(o.Articles+secondPages, s.budget/2)
	s.budget -= reserve
	found, err := s.sections(ctx, r)
	if err != nil {
		return nil, err
	}
	s.budget += reserve
	for _, sec := range found {
		report.Sections = append(report.Sections, SectionCheck{Name: sec.Name, URL: sec.URL, Kind: extract.KindList, Rows: sec.Rows, Dated: sec.Dated, Next: sec.next != ""})
	}
	if len(found) == 0 {
		found = []Section{homeSection(r)}
	}
	return found, nil
}

// judge puts what the counts mean for the profile into words.
func (r *CheckReport) judge(p *profile.Profile) {
	problem := func(format string, args ...any) { r.Problems = append(r.Problems, fmt.Sprintf(format, args...)) }
	for _, s := range r.Sections {
		switch {
		case s.Kind != extract.KindList:
			problem("section %s (%s) is no list: %s", s.Name, s.URL, s.Reason)
		case s.Rows == 0:
			problem("section %s (%s) has no rows", s.Name, s.URL)
		case s.Dated == 0:
			problem("section %s (%s) shows no dates", s.Name, s.URL)
		}
	}
	if len(r.Sections) == 0 {
		problem("no section: the profile names none, and the home page's navigation leads to no list")
	}
	r.judgeSystem(p, problem)
	for _, u := range r.Rules {
		if u.Pages > 0 && u.Matched == 0 && u.Counted {
			problem("rule %s[%d] (%s) matches on none of %d pages", u.Field, u.Index, u.Rule, u.Pages)
		}
	}
	a := r.Counts.Articles
	if a.Pages == 0 {
		problem("no article could be sampled")
		return
	}
	if n := a.Kinds[string(extract.KindArticle)]; 10*n < 9*a.Pages {
		problem("of %d pages that lists name as articles, %d are", a.Pages, n)
	}
	for _, name := range []string{"title", "published"} {
		if f := a.Fields[name]; f.Of > 0 && f.Rate() < 0.9 {
			problem("%s is found on %d of %d articles", name, f.Filled, f.Of)
		}
	}
	if f, pics, files := a.Fields["body"], a.Fields["images"], a.Fields["files"]; f.Of > 0 && f.Filled+pics.Filled+files.Filled < f.Of/2 {
		problem("a body is found on %d of %d articles, and hardly pictures or files in its place", f.Filled, f.Of)
	}
}

func (r *CheckReport) judgeSystem(p *profile.Profile, problem func(string, ...any)) {
	all := 0
	var names []string
	for name, n := range r.Systems {
		all += n
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if n := r.Systems[name]; p.System != "" && name != "" && name != p.System && 2*n > all {
			problem("%d of %d pages look like system %s, the profile says %s", n, all, name, p.System)
		}
	}
	if n := r.Systems[""]; p.System != "" && n == all && all > 0 {
		problem("none of %d pages shows a sign of system %s, which the profile names", all, p.System)
	}
}
