package probe

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"campusnews/extract/drift"
	"campusnews/extract/profile"
)

// YAML writes the drafted profile with what was seen as comments beside it.
// profile.Parse reads it back as Report.Profile.
func (r *Report) YAML() []byte { return profile.Format(r.Profile, r.comments()) }

func (r *Report) comments() map[string]string {
	p := r.Profile
	c := map[string]string{
		"":         fmt.Sprintf("A draft, made of %d pages that lead from %s. Try it with sites check.", r.Fetched, p.Home),
		"id":       "Names the site in an archive for good: change it now or never.",
		"name":     "The school or unit, for instance 中南大学.",
		"province": "For searching the catalogue; may be left out.",
		"verified": "Set to true once somebody has compared some articles with their pages.",
	}
	if p.Name != "" {
		delete(c, "name")
	}
	all := 0
	for _, n := range r.Systems {
		all += n
	}
	switch {
	case p.System != "":
		c["system"] = fmt.Sprintf("Recognised on %d of %d pages.", r.Systems[p.System], all)
	case all > 0:
		c["system"] = fmt.Sprintf("No publishing system was recognised on %d of %d pages; the generic rules read them.", r.Systems[""], all)
	}
	var left, sums []string
	for _, s := range r.Sections {
		if _, ok := p.Section(s.Name); ok {
			c["sections."+s.Name] = s.describe()
			continue
		}
		line := fmt.Sprintf("%s: %s (%s)", s.Name, s.URL, s.describe())
		if s.Sums {
			sums = append(sums, line)
		} else {
			left = append(left, line)
		}
	}
	var about []string
	if len(p.Sections) == 0 {
		about = append(about, "No list with dates was found: sections are looked for on the home page in each run.")
	}
	if len(left) > 0 {
		about = append(append(about, "Left out are lists that mostly show no dates:"), left...)
	}
	if len(sums) > 0 {
		about = append(append(about, "Left out are columns that repeat what their sub-columns hold together:"), sums...)
	}
	if len(about) > 0 {
		c["sections"] = strings.Join(about, "\n")
	}
	c["overrides"] = strings.Join(append([]string{"What the rules found. Rules written here are asked before those of the system."}, Table(r.Counts)...), "\n")
	if n := len(r.Failures); n > 0 {
		lines := []string{fmt.Sprintf("%d pages could not be used:", n)}
		for _, f := range r.Failures[:min(n, 10)] {
			lines = append(lines, fmt.Sprintf("  %s (%s)", f.URL, f.Reason))
		}
		if n > 10 {
			lines = append(lines, "  …")
		}
		c["evidence"] = strings.Join(lines, "\n")
	}
	return c
}

func (s *Section) describe() string {
	text := fmt.Sprintf("%d rows, %d with a date", s.Rows, s.Dated)
	if s.Rows == 1 {
		text = fmt.Sprintf("1 row, %d with a date", s.Dated)
	}
	if s.Pages > 1 {
		text += fmt.Sprintf(", %d pages", s.Pages)
	} else if s.next != "" {
		text += ", more pages"
	}
	if s.Total > s.Rows {
		text += fmt.Sprintf(", %d items", s.Total)
	}
	return text
}

// Table renders counts as lines of text, a field a line: how often it was
// filled and which rules filled it. Nothing counted gives no lines.
func Table(c drift.Counts) []string {
	var lines []string
	group := func(name string, g drift.Group, fields []string) {
		if g.Pages == 0 {
			return
		}
		lines = append(lines, fmt.Sprintf("%s, %d pages (%s):", name, g.Pages, shares(g.Kinds)))
		for _, f := range fields {
			v := g.Fields[f]
			if v.Of == 0 {
				continue
			}
			line := fmt.Sprintf("  %-12s %4d of %-4d", f, v.Filled, v.Of)
			if len(v.Rules) > 0 {
				line += "  " + shares(v.Rules)
			}
			lines = append(lines, strings.TrimRight(line, " "))
		}
	}
	group("Articles", c.Articles, drift.ArticleFields)
	group("Lists", c.Lists, drift.ListFields)
	return lines
}

// shares writes counts with the greatest first: "vsb/title[1] 9, vsb/title[0] 3".
func shares(m map[string]int) string {
	names := slices.SortedFunc(maps.Keys(m), func(a, b string) int {
		if m[a] != m[b] {
			return m[b] - m[a]
		}
		return strings.Compare(a, b)
	})
	for i, n := range names {
		names[i] = fmt.Sprintf("%s %d", n, m[n])
	}
	return strings.Join(names, ", ")
}
