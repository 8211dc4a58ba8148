package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"campusnews/archive"
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
	timeVar(f, &c.wait, "wait", 5*time.Second, "wait for answers so long, a `TIME`")
	f.BoolVar(&c.json, "json", false, "print one JSON object a line")
	f.StringVar(&c.color, "color", "auto", "mark the words with colour: auto, always or never")
	return cmd
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
	question := searchQuestion{Query: q}
	if err := question.understood(); err != nil {
		return usagef("fleet search: %v", err)
	}
	found, err := searchFleet(ctx, s, question, c.wait)
	if err != nil {
		return err
	}
	if c.json {
		err = printHitsJSON(w, found.hits)
	} else {
		err = printHits(w, found.hits, 0, g.env.colour(c.color, g.env.Stdout))
	}
	if err != nil || len(found.silent) == 0 {
		return err
	}
	for _, fault := range found.faults {
		fmt.Fprintln(g.env.Stderr, printable(fault))
	}
	fmt.Fprintf(g.env.Stderr, "%d of %s did not answer: %s\n", len(found.silent), count(found.archives, "archive"), strings.Join(found.silent, ", "))
	return errPart
}
