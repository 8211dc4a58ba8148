package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"campusnews/archive"
	"campusnews/scraper/fleet"
)

// questionVersion goes up when a question says what workers of earlier releases do not know and must not leave unheeded: these then refuse it.
const questionVersion = 1

// A searchQuestion is a search put to all workers. Workers of earlier releases know the Query alone, and answer that.
type searchQuestion struct {
	archive.Query
	Version int  `json:"version,omitempty"` // 0 = 1
	Spread  bool `json:"spread,omitempty"`  // also how all hits are spread
}

// An archiveHits is what one archive of a worker answers. With Site "" it is how the hits of all its archives are spread.
type archiveHits struct {
	Site   string          `json:"site"`
	Hits   archive.Hits    `json:"hits"`
	Facets *archive.Facets `json:"facets,omitempty"`
}

// fleetHits is what a whole fleet found.
type fleetHits struct {
	hits     archive.Hits
	facets   archive.Facets
	archives int      // that should have answered
	silent   []string // sites of those that did not, in order
	faults   []string // what workers said that could not answer
}

// understood is the error, as of archive.Search, that every archive would give.
func (q searchQuestion) understood() error {
	for _, words := range []string{q.Text, q.Not} {
		if words == "" {
			continue
		}
		if err := archive.ParseWords(words); err != nil && !(q.Everything && errors.Is(err, archive.ErrNoTerms)) {
			return err
		}
	}
	return nil
}

// searchFleet puts the question to every archive of the fleet. The error is as of archive.Search when the words cannot be understood.
func searchFleet(ctx context.Context, s *fleetSession, q searchQuestion, wait time.Duration) (f fleetHits, err error) {
	if err := q.understood(); err != nil {
		return f, err
	}
	expected, err := archivesOf(ctx, s.Fleet, q.Site)
	if err != nil {
		return f, err
	}
	f.archives = len(expected)
	replies, _, err := s.Ask(ctx, "search", q, wait)
	if err != nil {
		return f, err
	}
	var lists [][]archive.Hit
	for _, r := range replies {
		var answers []archiveHits
		if r.Error != "" || json.Unmarshal(r.Answer, &answers) != nil {
			f.faults = append(f.faults, fmt.Sprintf("worker %s: %s", r.Worker, cmp.Or(r.Error, "its answer is not understood")))
			continue // its archives are among those that did not answer
		}
		for _, a := range answers {
			if a.Facets != nil {
				f.facets = addFacets(f.facets, *a.Facets)
			}
			if _, missing := expected[a.Site]; !missing {
				continue // a second worker has an older archive of it
			}
			delete(expected, a.Site)
			f.hits.Total += max(a.Hits.Total, 0)
			lists = append(lists, a.Hits.Hits)
		}
	}
	all := merge(lists, q.Order == archive.Relevance)
	f.hits.Hits = all[:min(len(all), q.Limit)]
	for site := range expected {
		f.silent = append(f.silent, site)
	}
	slices.Sort(f.silent)
	return f, nil
}

// archivesOf gives the home of each archive that the fleet's sites have; of one site, if it is not "".
func archivesOf(ctx context.Context, f *fleet.Fleet, site string) (map[string]string, error) {
	sites, err := f.Sites(ctx)
	if err != nil {
		return nil, err
	}
	states, err := f.States(ctx)
	if err != nil {
		return nil, err
	}
	homes := map[string]string{}
	for _, st := range states {
		if st.Home != "" && (site == "" || site == st.Site) {
			homes[st.Site] = st.Home
		}
	}
	all := map[string]string{}
	for _, s := range sites {
		if home := homes[s.ID]; home != "" {
			all[s.ID] = home
		}
	}
	return all, nil
}

// merge puts hits of several archives in one order: newest first, or the best of each archive, then the second best, and so on.
func merge(lists [][]archive.Hit, byRank bool) []archive.Hit {
	all := ranked(lists, byRank)
	hits := make([]archive.Hit, len(all))
	for i, p := range all {
		hits[i] = p.Hit
	}
	return hits
}

// A placed is a hit with where it stood: in which list, and there.
type placed struct {
	archive.Hit
	list, rank int
}

func ranked(lists [][]archive.Hit, byRank bool) []placed {
	var all []placed
	for i, l := range lists {
		for rank, h := range l {
			all = append(all, placed{h, i, rank})
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		rank := 0
		if byRank {
			rank = cmp.Compare(a.rank, b.rank)
		}
		return cmp.Or(rank, cmp.Compare(b.Day, a.Day), cmp.Compare(a.Site, b.Site), cmp.Compare(b.ID, a.ID))
	})
	return all
}

// best leaves of all lists together only the hits that an answer of so many can hold: what one worker sends is as long for a hundred
// archives as for one.
func best(answers []archiveHits, byRank bool, limit int) {
	lists := make([][]archive.Hit, len(answers))
	for i, a := range answers {
		lists[i] = a.Hits.Hits
	}
	kept := make([]int, len(answers))
	for _, p := range ranked(lists, byRank)[:min(limit, len(ranked(lists, byRank)))] {
		kept[p.list] = max(kept[p.list], p.rank+1)
	}
	for i := range answers {
		answers[i].Hits.Hits = answers[i].Hits.Hits[:kept[i]]
	}
}

// mostNames is how many sections and sources an answer names.
const mostNames = 60

// addFacets is how the hits of both are spread.
func addFacets(a, b archive.Facets) archive.Facets {
	a.Total, a.More, a.About = a.Total+b.Total, a.More || b.More, a.About || b.About
	byHits := func(x, y archive.Count) int { return cmp.Or(cmp.Compare(y.Hits, x.Hits), cmp.Compare(x.Name, y.Name)) }
	byYear := func(x, y archive.Count) int {
		if (x.Name == "") != (y.Name == "") {
			return cmp.Compare(y.Name, x.Name) // of no known day: at the end
		}
		return cmp.Compare(x.Name, y.Name)
	}
	a.Years, a.Sites = addCounts(a.Years, b.Years, byYear), addCounts(a.Sites, b.Sites, byHits)
	a.Sections, a.Sources = addCounts(a.Sections, b.Sections, byHits), addCounts(a.Sources, b.Sources, byHits)
	return a
}

func addCounts(a, b []archive.Count, order func(x, y archive.Count) int) []archive.Count {
	sum := map[archive.Count]int{}
	for _, c := range slices.Concat(a, b) {
		sum[archive.Count{Site: c.Site, Name: c.Name}] += c.Hits
	}
	list := make([]archive.Count, 0, len(sum))
	for c, n := range sum {
		c.Hits = n
		list = append(list, c)
	}
	slices.SortFunc(list, func(x, y archive.Count) int { return cmp.Or(order(x, y), cmp.Compare(x.Site, y.Site)) })
	return list
}

// answerSearch lets the worker answer searches over the archives that it is the home of.
func (r *siteRunner) answerSearch(ctx context.Context, f *fleet.Fleet, worker string) error {
	return f.Answer(ctx, worker, version(), "search", func(ctx context.Context, question []byte) (any, []string, error) {
		r.mon.searches.Add(1)
		var q searchQuestion
		if err := json.Unmarshal(question, &q); err != nil {
			return nil, nil, err
		}
		if q.Version > questionVersion {
			return nil, nil, fmt.Errorf("the question is of a newer release (version %d; this worker knows %d)", q.Version, questionVersion)
		}
		if err := q.understood(); err != nil {
			return nil, nil, err
		}
		homes, err := archivesOf(ctx, f, q.Site)
		if err != nil {
			return nil, nil, err
		}
		var mu sync.Mutex
		answers := []archiveHits{}
		var facets archive.Facets
		var sites []string
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(2)
		for site, home := range homes {
			if home != worker {
				continue
			}
			group.Go(func() error {
				hits, spread, err := r.searchSite(ctx, site, q)
				if err != nil {
					r.g.log().Warn("an archive cannot be searched", "site", site, "err", err)
					return nil // it is counted among those that did not answer
				}
				mu.Lock()
				defer mu.Unlock()
				answers, sites = append(answers, archiveHits{Site: site, Hits: hits}), append(sites, site)
				facets = addFacets(facets, spread)
				return nil
			})
		}
		err = group.Wait()
		best(answers, q.Order == archive.Relevance, cmp.Or(q.Limit, 20))
		if q.Spread {
			facets.Sections, facets.Sources = facets.Sections[:min(len(facets.Sections), mostNames)], facets.Sources[:min(len(facets.Sources), mostNames)]
			answers = append(answers, archiveHits{Facets: &facets})
		}
		return answers, sites, err
	})
}

func (r *siteRunner) searchSite(ctx context.Context, site string, q searchQuestion) (hits archive.Hits, facets archive.Facets, err error) {
	a, done, err := r.open.take(ctx, site)
	if err != nil {
		return hits, facets, err
	}
	defer done()
	if hits, err = a.Search(ctx, q.Query); err != nil || !q.Spread {
		return hits, facets, err
	}
	if facets, err = a.Facets(ctx, q.Query); err != nil {
		return hits, facets, fmt.Errorf("count hits: %w", err)
	}
	return hits, facets, nil
}
