package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"campusnews/archive"
	"campusnews/archive/ask"
)

// mostCounted bounds how far hits are counted, so that an answer comes soon whatever is asked for.
const mostCounted = 10000

// facetsFor is how long the facets of all articles are kept: what the front page and an empty search show.
const facetsFor = 30 * time.Second

// searchData is what the search page shows.
type searchData struct {
	search
	Hits            []archive.Hit
	Total           int
	More            bool   // there are more than Total
	About           bool   // the figures are estimates
	Unclear         string // why the words cannot be understood; "" = they can
	Pages           int
	Chips           []chip // the filters that are on
	Toggles         []choice
	Facets          []*facet
	Years           []yearBar
	Sorts           []choice
	Previous, Next  string
	CSV, JSON, Atom string
	Hidden          []hidden // filters that go with new words
	Silent          *silence // nil = all archives answered
}

// A chip is a filter that is on, and the address of the same search without it.
type chip struct{ Name, Value, Link string }

// A hidden is a field of the form that a person does not see.
type hidden struct{ Name, Value string }

func (r *Room) search(w http.ResponseWriter, req *http.Request) error {
	s, err := parseSearch(req.URL.Query())
	if err != nil {
		return err
	}
	lang, status := languageOf(req), http.StatusOK
	d, err := r.find(req.Context(), s, lang)
	if unclear, ok := errors.AsType[*ask.Error](err); ok {
		d, status = &searchData{search: s, Unclear: askedWrong(lang, unclear)}, http.StatusBadRequest
	} else if err != nil {
		return err
	}
	title := text(lang, "search")
	if s.Text != "" {
		title = s.Text + " · " + title
	}
	v := view{Title: title, Nav: "search", Feed: d.Atom, Query: s.Text, Data: d}
	r.show(w, req, status, "search", v)
	return nil
}

// find looks for the articles of a page of results, and how all hits are spread.
func (r *Room) find(ctx context.Context, s search, lang string) (*searchData, error) {
	got, err := r.lookUp(ctx, s)
	if err != nil {
		return nil, err
	}
	names, err := r.siteNames.get(ctx)
	if err != nil {
		return nil, err
	}
	return s.present(lang, names, got), nil
}

// present makes a page of results of what was found.
func (s search) present(lang string, names map[string]string, got outcome) *searchData {
	d := &searchData{search: s}
	f, years := got.facets, got.years
	d.Hits, d.Total, d.More, d.About = got.hits, max(f.Total, s.Offset+len(got.hits)), f.More, f.About
	d.Pages = min((d.Total+perPage-1)/perPage, maxPage)
	page := func(n int) string {
		p := s
		p.Page = n
		return address("/search", p.values())
	}
	if s.Page > 1 {
		d.Previous = page(s.Page - 1)
	}
	if s.Page < d.Pages {
		d.Next = page(s.Page + 1)
	}
	d.Years = s.yearChart(years)
	d.label(lang, names)
	same := func(v string) string { return v }
	for _, x := range []*facet{
		s.facetOf("site", text(lang, "filter.site"), s.Site, f.Sites, func(id string) string { return named(names, id) }),
		s.facetOf("section", text(lang, "filter.section"), s.Section, f.Sections, same),
		s.facetOf("source", text(lang, "filter.source"), s.Source, f.Sources, same),
	} {
		if x != nil {
			d.Facets = append(d.Facets, x)
		}
	}
	return d
}

// everything is the search as the archive takes it: without words it is about all articles.
func (s search) everything() archive.Query {
	q := s.Query
	q.Everything = true
	return q
}

// facetsOfAll counts all articles.
func (r *Room) facetsOfAll(ctx context.Context) (archive.Facets, error) {
	return r.archive.Facets(ctx, search{}.everything())
}

// label names the filters and orders in a person's language.
func (d *searchData) label(lang string, names map[string]string) {
	hide := func(name, value string) { d.Hidden = append(d.Hidden, hidden{name, value}) }
	for _, f := range []struct{ name, value string }{
		{"site", d.Site}, {"section", d.Section}, {"source", d.Source}, {"person", d.Person}, {"from", d.From}, {"to", d.To}, {"asof", d.asOf()},
	} {
		if f.value == "" {
			continue
		}
		hide(f.name, f.value)
		shown := f.value
		if f.name == "site" {
			shown = named(names, f.value)
		}
		d.Chips = append(d.Chips, chip{text(lang, "filter."+f.name), shown, d.with(f.name, "")})
	}
	for _, f := range []struct {
		name string
		on   bool
	}{{"files", d.Files}, {"changed", d.Changed}, {"gone", d.Gone}} {
		label := text(lang, "filter."+f.name)
		if f.on {
			hide(f.name, "1")
			d.Chips = append(d.Chips, chip{"", label, d.with(f.name, "")})
			continue
		}
		d.Toggles = append(d.Toggles, choice{Name: label, Link: d.with(f.name, "1")})
	}
	if d.Order == archive.Relevance {
		hide("sort", "relevance")
	}
	d.Sorts = []choice{
		{text(lang, "sort.newest"), d.with("sort", ""), d.Order == archive.Newest},
		{text(lang, "sort.relevance"), d.with("sort", "relevance"), d.Order == archive.Relevance},
	}
	v := d.values()
	v.Del("page")
	d.CSV, d.JSON, d.Atom = address("/search.csv", v), address("/search.json", v), address("/search.atom", v)
}

// homeData is what the front page shows.
type homeData struct {
	Articles, Sites int
	Years           []yearBar
	Hits            []archive.Hit
	Silent          *silence // nil = all archives answered
}

func (r *Room) home(w http.ResponseWriter, req *http.Request) error {
	ctx := req.Context()
	f, err := r.allFacets.get(ctx)
	if err != nil {
		return err
	}
	names, err := r.siteNames.get(ctx)
	if err != nil {
		return err
	}
	s, err := parseSearch(url.Values{})
	if err != nil {
		return err
	}
	s.Limit = shownLatest
	hits, err := r.archive.Search(ctx, s.everything())
	if err != nil {
		return err
	}
	d := homeData{Articles: f.Total, Sites: len(names), Years: s.yearChart(f.Years), Hits: hits.Hits}
	r.show(w, req, http.StatusOK, "home", view{Nav: "search", Feed: "/search.atom", Data: d})
	return nil
}

// shownLatest is how many articles the front page shows.
const shownLatest = 8
