package web

import (
	"context"
	"slices"

	"campusnews/archive"
)

// An outcome is what a page of results is made of. It is shared: nobody changes it.
type outcome struct {
	hits   []archive.Hit
	facets archive.Facets
	years  []archive.Count // of all hits, whatever years are chosen
}

// lookUp looks for the articles of a page of results, and how all hits are spread. What was asked a moment ago is not looked up again.
func (r *Room) lookUp(ctx context.Context, s search) (outcome, error) {
	generation, err := r.archive.Generation(ctx)
	if err != nil {
		return outcome{}, err
	}
	key := "hits " + s.values().Encode()
	if o, ok := r.found.get(key, generation); ok {
		return o.(outcome), nil
	}
	leave, err := r.searching.enter(ctx)
	if err != nil {
		return outcome{}, err
	}
	defer leave()
	if o, ok := r.found.get(key, generation); ok { // somebody asked the same before
		return o.(outcome), nil
	}
	hits, err := r.archive.Search(ctx, s.everything())
	if err != nil {
		return outcome{}, err
	}
	o := outcome{hits: hits.Hits}
	if o.facets, o.years, err = r.spread(ctx, s, generation); err != nil {
		return outcome{}, err
	}
	n := 0
	for _, h := range o.hits {
		n += 400 + len(h.Key) + len(h.URL) + len(h.Title) + len(h.Snippet.Text)
	}
	r.found.put(key, generation, o, n)
	return o, nil
}

// spread counts the hits by what the page shows of them.
func (r *Room) spread(ctx context.Context, s search, generation int64) (f archive.Facets, years []archive.Count, err error) {
	if f, err = r.facetsOf(ctx, s, generation); err != nil || s.From == "" && s.To == "" {
		return f, f.Years, err
	}
	s.From, s.To = "", ""
	all, err := r.facetsOf(ctx, s, generation)
	return f, all.Years, err
}

// facetsOf are the same on all pages of a search and in any order.
func (r *Room) facetsOf(ctx context.Context, s search, generation int64) (archive.Facets, error) {
	if s.Text == "" && s.Filter == (archive.Filter{}) {
		return r.allFacets.get(ctx)
	}
	s.Page, s.Order = 1, archive.Newest
	key := "facets " + s.values().Encode()
	if f, ok := r.found.get(key, generation); ok {
		return f.(archive.Facets), nil
	}
	q := s.everything()
	q.Most = mostCounted
	f, err := r.archive.Facets(ctx, q)
	if err != nil {
		return archive.Facets{}, err
	}
	// No page shows the long tail of sources, of which there can be thousands.
	f.Sources = slices.Clone(f.Sources[:min(len(f.Sources), facetMost+1)])
	r.found.put(key, generation, f, 64*(len(f.Years)+len(f.Sites)+len(f.Sections)+len(f.Sources)))
	return f, nil
}
