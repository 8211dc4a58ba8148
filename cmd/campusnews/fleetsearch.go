package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"campusnews/archive"
	"campusnews/archive/ask"
	"campusnews/scraper/fleet"
)

type fleetSearchCommand struct {
	nats *natsFlags
	filterFlags
	not       []string
	relevance bool
	limit     int
	wait      time.Duration
	json      bool
	color     string
}

func (c *fleetSearchCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "search WORD...",
		Short: "Find articles in all archives of a fleet",
		Long: `Search asks every worker for the articles in its archives that hold all words, as "campusnews search" does in one archive, and puts
the answers together, newest first. What did not answer in time is told, and is the exit status: 3.

With --relevance the best of each archive come first; how well an article fits is known within its archive only.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(cmd.Context(), cmd.OutOrStdout(), g, args)
		},
	}
	f := cmd.Flags()
	c.filterFlags.register(f)
	f.StringArrayVar(&c.not, "not", nil, "leave out articles that hold this `WORD`; may be given several times")
	f.BoolVar(&c.relevance, "relevance", false, "best matches of each archive first instead of newest first")
	f.IntVar(&c.limit, "limit", 20, "show at most `N` articles")
	f.DurationVar(&c.wait, "wait", 5*time.Second, "wait for answers so long, a `TIME`")
	f.BoolVar(&c.json, "json", false, "print one JSON object a line")
	f.StringVar(&c.color, "color", "auto", "mark the words with colour: auto, always or never")
	return cmd
}

// An archiveHits is what one archive of a worker answers.
type archiveHits struct {
	Site string       `json:"site"`
	Hits archive.Hits `json:"hits"`
}

func (c *fleetSearchCommand) run(ctx context.Context, w io.Writer, g *global, words []string) error {
	filter, err := c.filter("fleet search")
	if err != nil {
		return err
	}
	switch {
	case c.limit < 1 || c.limit > 1000:
		return usagef("fleet search: --limit %d: want 1 to 1000", c.limit)
	case c.relevance && c.asOf != "":
		return usagef("fleet search: --as-of goes by day; leave out --relevance")
	}
	s, err := c.nats.open(ctx, g, "fleet search")
	if err != nil {
		return err
	}
	defer s.Close()
	q := archive.Query{Text: quoteWords(words), Not: quoteWords(c.not), Filter: filter, Limit: c.limit, Total: true}
	if c.relevance {
		q.Order = archive.Relevance
	}
	found, err := searchFleet(ctx, s, q, c.wait)
	if err != nil {
		return err
	}
	if len(found.refusal) > 0 {
		return usagef("fleet search: %s", found.refusal)
	}
	if c.json {
		err = printHitsJSON(w, found.hits)
	} else {
		err = printHits(w, found.hits, 0, g.env.colour(c.color, g.env.Stdout))
	}
	if err != nil || len(found.silent) == 0 {
		return err
	}
	fmt.Fprintf(g.env.Stderr, "%d of %s did not answer: %s\n", len(found.silent), count(found.archives, "archive"), strings.Join(found.silent, ", "))
	return errPart
}

// fleetHits is what a whole fleet found.
type fleetHits struct {
	hits     archive.Hits
	archives int      // that should have answered
	silent   []string // sites of those that did not, in order
	refusal  string   // why the query cannot be meant; "" = it can
}

// searchFleet puts the query to every archive of the fleet.
func searchFleet(ctx context.Context, s *fleetSession, q archive.Query, wait time.Duration) (f fleetHits, err error) {
	states, err := s.States(ctx)
	if err != nil {
		return f, err
	}
	expected := map[string]bool{}
	for _, st := range states {
		if st.Runs > 0 && (q.Site == "" || q.Site == st.Site) {
			expected[st.Site] = true
		}
	}
	f.archives = len(expected)
	replies, _, err := s.Ask(ctx, "search", q, wait)
	if err != nil {
		return f, err
	}
	var lists [][]archive.Hit
	for _, r := range replies {
		if r.Error != "" {
			f.refusal = r.Error
			continue
		}
		var answers []archiveHits
		if err := json.Unmarshal(r.Answer, &answers); err != nil {
			return f, fmt.Errorf("answer of worker %s: %w", r.Worker, err)
		}
		for _, a := range answers {
			if !expected[a.Site] {
				continue // a second worker has an older archive of it
			}
			delete(expected, a.Site)
			f.hits.Total += a.Hits.Total
			lists = append(lists, a.Hits.Hits)
		}
	}
	f.hits.Hits = merge(lists, q.Order == archive.Relevance)
	f.hits.Hits = f.hits.Hits[:min(len(f.hits.Hits), q.Limit)]
	for site := range expected {
		f.silent = append(f.silent, site)
	}
	slices.Sort(f.silent)
	return f, nil
}

// merge puts hits of several archives in one order: newest first, or the best of each archive, then the second best, and so on.
func merge(lists [][]archive.Hit, byRank bool) []archive.Hit {
	type placed struct {
		archive.Hit
		rank int
	}
	var all []placed
	for _, l := range lists {
		for i, h := range l {
			all = append(all, placed{h, i})
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		rank := 0
		if byRank {
			rank = cmp.Compare(a.rank, b.rank)
		}
		return cmp.Or(rank, cmp.Compare(b.Day, a.Day), cmp.Compare(a.Site, b.Site), cmp.Compare(b.ID, a.ID))
	})
	hits := make([]archive.Hit, len(all))
	for i, p := range all {
		hits[i] = p.Hit
	}
	return hits
}

// answerSearch lets the worker answer searches over the archives that it is the home of.
func (r *siteRunner) answerSearch(ctx context.Context, f *fleet.Fleet, worker string) error {
	return f.Answer(ctx, worker, version(), "search", func(ctx context.Context, question []byte) (any, []string, error) {
		var q archive.Query
		if err := json.Unmarshal(question, &q); err != nil {
			return nil, nil, err
		}
		states, err := f.States(ctx)
		if err != nil {
			return nil, nil, err
		}
		var mu sync.Mutex
		answers := []archiveHits{}
		var sites []string
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(2)
		for _, st := range states {
			if st.Home != worker || q.Site != "" && q.Site != st.Site {
				continue
			}
			group.Go(func() error {
				hits, err := r.searchSite(ctx, st.Site, q)
				if _, wrong := errors.AsType[*ask.Error](err); wrong || errors.Is(err, archive.ErrNoTerms) {
					return err
				}
				if err != nil {
					r.g.log().Warn("an archive cannot be searched", "site", st.Site, "err", err)
					return nil // it is counted among those that did not answer
				}
				mu.Lock()
				defer mu.Unlock()
				answers, sites = append(answers, archiveHits{st.Site, hits}), append(sites, st.Site)
				return nil
			})
		}
		err = group.Wait()
		return answers, sites, err
	})
}

func (r *siteRunner) searchSite(ctx context.Context, site string, q archive.Query) (hits archive.Hits, err error) {
	a, err := archive.OpenReader(ctx, r.dir(site))
	if err != nil {
		return hits, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.Search(ctx, q)
}
