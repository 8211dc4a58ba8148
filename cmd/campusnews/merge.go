package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"campusnews/archive"
)

type mergeCommand struct {
	json  bool
	quiet bool
}

func (c *mergeCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "merge ARCHIVE INTO",
		Short: "Take one archive into another",
		Long: `Merge takes the archive in the folder ARCHIVE into that in the folder INTO, which is made if it is not there, and then reads
INTO whole, as verify does. ARCHIVE is not changed, but that one of an older format is brought up to date; nobody may be writing to either.

Sites may be in one or in both. An article that both have gets one history: what each saw, in the order of time. Of what has
no history, such as when an address is due, the one seen last counts. Ids in INTO stay as they are.

The WARC files are copied; their names tell the archive they came from (campusnews+3f2a9c1e-00001.warc.gz). Merging again takes over what
has come since, and nothing twice; after an interruption the same command goes on. The exit status is 3 when INTO has faults.`,
		Example: `  campusnews merge /data/laptop /data/news`,
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(cmd.Context(), cmd.OutOrStdout(), g, args[0], args[1])
		},
	}
	f := cmd.Flags()
	f.BoolVar(&c.json, "json", false, "print one JSON object")
	f.BoolVarP(&c.quiet, "quiet", "q", false, "no progress and no report; errors only")
	return cmd
}

func (c *mergeCommand) run(ctx context.Context, w io.Writer, g *global, from, into string) error {
	if err := upToDate(ctx, g.env, from); err != nil { // before INTO is made
		return err
	}
	line := newStatusLine(g.env)
	defer line.clear()
	made, err := c.merge(ctx, g, line, from, into)
	if err != nil {
		return locked(err)
	}
	v, err := archive.Verify(ctx, into, archive.VerifyOptions{Progress: func(p archive.VerifyProgress) {
		if !c.quiet {
			line.show(func() string { return "verify: " + p.String() })
		}
	}}, func(fault string) { fmt.Fprintln(g.env.Stderr, printable(fault)) })
	if err != nil {
		return err
	}
	line.clear()
	switch {
	case c.json:
		if err := json.NewEncoder(w).Encode(struct {
			archive.Merging
			Faults int `json:"faults"`
		}{made, v.Faults}); err != nil {
			return err
		}
	case !c.quiet:
		fmt.Fprintf(w, "%s: %s and %s taken over, %s that both had got more history, %s of the frontier\n", into,
			count(made.Articles, "article"), count(made.Captures, "capture"), count(made.Merged, "article"), count(made.Targets, "address"))
	}
	if v.Faults > 0 {
		return errPart
	}
	if !c.quiet {
		fmt.Fprintf(g.env.Stderr, "%s, %s read again: all is sound\n", count(v.Captures, "capture"), count(v.Articles, "version"))
	}
	return nil
}

func (c *mergeCommand) merge(ctx context.Context, g *global, line *statusLine, from, into string) (made archive.Merging, err error) {
	a, err := archive.Open(ctx, into, archive.Options{Log: g.log(), Now: g.env.Now})
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.Merge(ctx, from, archive.MergeOptions{Progress: func(what string, done, total int) {
		if !c.quiet {
			line.show(func() string { return fmt.Sprintf("%s: %d of %d", what, done, total) })
		}
	}})
}
