package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"campusnews/archive"
)

// searchData is what the search page shows.
type searchData struct {
	search
	Hits           []archive.Hit
	Total          int // -1 = not counted
	Pages          int
	Chips          []chip // the filters that are on
	Sorts          []choice
	Previous, Next string
	Sites          []archive.SiteStatus
}

// A chip is a filter that is on, and the address of the same search without it.
type chip struct{ Name, Value, Link string }

func (r *Room) search(w http.ResponseWriter, req *http.Request) error {
	s, err := parseSearch(req.URL.Query())
	if err != nil {
		return err
	}
	d, err := r.find(req.Context(), s)
	if err != nil {
		return err
	}
	lang := languageOf(req)
	d.label(lang)
	title := text(lang, "search")
	if s.Text != "" {
		title = s.Text + " · " + title
	}
	r.show(w, req, http.StatusOK, "search", view{Title: title, Nav: "search", Query: s.Text, Data: d})
	return nil
}

// find looks for the articles of a page of results.
func (r *Room) find(ctx context.Context, s search) (*searchData, error) {
	d := &searchData{search: s}
	s.Query.Total = true
	hits, err := r.archive.Search(ctx, s.Query)
	if errors.Is(err, archive.ErrNoTerms) {
		hits, err = r.browse(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	d.Hits, d.Total = hits.Hits, hits.Total
	d.Pages = min((d.Total+perPage-1)/perPage, maxPage)
	if s.Page > 1 {
		p := s
		p.Page--
		d.Previous = address("/search", p.values())
	}
	if s.Page < d.Pages {
		p := s
		p.Page++
		d.Next = address("/search", p.values())
	}
	return d, nil
}

// browse gives the newest articles of a search without words.
func (r *Room) browse(ctx context.Context, s search) (archive.Hits, error) {
	f := archive.Walk{Filter: s.Filter, Newest: true, Limit: s.Offset + perPage}
	n, _, err := r.archive.Extent(ctx, s.Filter)
	if err != nil {
		return archive.Hits{}, err
	}
	hits := archive.Hits{Total: n}
	at := 0
	err = r.archive.EachArticle(ctx, f, func(a archive.Article) error {
		if at++; at > s.Offset {
			line, _, _ := strings.Cut(a.Body, "\n")
			if runes := []rune(line); len(runes) > 90 {
				line = string(runes[:90]) + "…"
			}
			hits.Hits = append(hits.Hits, archive.Hit{ID: a.ID, Site: a.Site, Key: a.Key, URL: a.URL, Section: a.Section, Title: a.Title,
				Published: a.Published, Day: a.Day, Source: a.Source, State: string(a.State), Snippet: archive.Snippet{Text: line}})
		}
		return nil
	})
	return hits, err
}

// label names the filters and orders in a person's language.
func (d *searchData) label(lang string) {
	for _, f := range []struct{ name, value string }{
		{"site", d.Site}, {"section", d.Section}, {"source", d.Source}, {"person", d.Person}, {"from", d.From}, {"to", d.To},
	} {
		if f.value != "" {
			d.Chips = append(d.Chips, chip{text(lang, "filter."+f.name), f.value, d.with(f.name, "")})
		}
	}
	for _, f := range []struct {
		name string
		on   bool
	}{{"files", d.Files}, {"changed", d.Changed}, {"gone", d.Gone}} {
		if f.on {
			d.Chips = append(d.Chips, chip{"", text(lang, "filter."+f.name), d.with(f.name, "")})
		}
	}
	d.Sorts = []choice{
		{text(lang, "sort.newest"), d.with("sort", ""), d.Order == archive.Newest},
		{text(lang, "sort.relevance"), d.with("sort", "relevance"), d.Order == archive.Relevance},
	}
}

// PageNumber is the page for people.
func (d *searchData) PageNumber() string { return strconv.Itoa(d.Page) }

// homeData is what the front page shows.
type homeData struct {
	Articles int
	Sites    []archive.SiteStatus
	Hits     []archive.Hit
}

func (r *Room) home(w http.ResponseWriter, req *http.Request) error {
	sites, err := r.archive.Sites(req.Context(), r.opts.Now())
	if err != nil {
		return err
	}
	d := homeData{Sites: sites}
	for _, s := range sites {
		d.Articles += s.Articles
	}
	latest, err := r.browse(req.Context(), search{})
	if err != nil {
		return err
	}
	d.Hits = latest.Hits
	r.show(w, req, http.StatusOK, "home", view{Nav: "search", Data: d})
	return nil
}
