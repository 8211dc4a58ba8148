package web

import (
	"slices"
	"strconv"

	"campusnews/archive"
)

// A yearBar is a year in the chart above the hits, and the address that narrows the search to it, or no longer does.
type yearBar struct {
	Year          string
	Hits, Height  int // Height in percent of the tallest
	Link          string
	On, Milestone bool // Milestone = its name is written below it
}

// maxYears bounds the chart; years before stand in the filters.
const maxYears = 60

// yearChart draws how the hits are spread over the years; nil when there is nothing to compare. The gaps between years are years, too.
func (s search) yearChart(counts []archive.Count) []yearBar {
	byYear := map[int]int{}
	for _, c := range counts {
		if y, err := strconv.Atoi(c.Name); err == nil && y > 1000 && y < 3000 {
			byYear[y] += c.Hits
		}
	}
	if len(byYear) < 2 {
		return nil
	}
	first, last, most := 9999, 0, 1
	for y, n := range byYear {
		first, last, most = min(first, y), max(last, y), max(most, n)
	}
	first = max(first, last-maxYears+1)
	var list []yearBar
	step := 1 + (last-first)/12
	for y := first; y <= last; y++ {
		year := strconv.Itoa(y)
		b := yearBar{Year: year, Hits: byYear[y], Height: share(byYear[y], most), Milestone: (last-y)%step == 0}
		b.On = (s.From != "" || s.To != "") && (s.From == "" || s.From[:4] <= year) && (s.To == "" || s.To[:4] >= year)
		v := s.values()
		v.Del("page")
		if s.From == year && s.To == year {
			v.Del("from")
			v.Del("to")
		} else {
			v.Set("from", year)
			v.Set("to", year)
		}
		b.Link = address("/search", v)
		list = append(list, b)
	}
	return list
}

// A facet is a field with its most frequent values among the hits.
type facet struct {
	Name, Label string
	Values      []facetValue
	More        []facetValue // beyond those shown at first
}

type facetValue struct {
	Name, Link string
	Hits       int
}

// How many values of a facet are shown at first, and at most.
const (
	facetFirst = 6
	facetMost  = 40
)

// facetOf gives the values of a field that would narrow the search further; nil when none would.
func (s search) facetOf(name, label, chosen string, counts []archive.Count, show func(string) string) *facet {
	if chosen != "" || len(counts) < 2 {
		return nil
	}
	f := &facet{Name: name, Label: label}
	merged := map[string]int{} // sections of the same name on several sites are one to a reader
	var order []string
	for _, c := range counts {
		if c.Name == "" {
			continue
		}
		if _, ok := merged[c.Name]; !ok {
			order = append(order, c.Name)
		}
		merged[c.Name] += c.Hits
	}
	slices.SortStableFunc(order, func(a, b string) int { return merged[b] - merged[a] })
	for i, value := range order {
		if i == facetMost {
			break
		}
		v := facetValue{show(value), s.with(name, value), merged[value]}
		if i < facetFirst {
			f.Values = append(f.Values, v)
		} else {
			f.More = append(f.More, v)
		}
	}
	if len(f.Values) == 0 {
		return nil
	}
	return f
}
