package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"campusnews/archive"
	"campusnews/extract"
	"campusnews/extract/profile"
	"campusnews/scraper"
)

type rebuildCommand struct {
	archive string
	json    bool
}

func (c *rebuildCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rebuild",
		Short: "Make a lost archive.db again from the WARC files",
		Long: `Rebuild makes archive.db again from the WARC files alone: every visit is read again, in order, by the
profile that was kept beside it, and saved as it was at first. It never touches a database that is
there: move a damaged one away first. The new one takes its name only when it is whole.

Not in the WARC files, and so not brought back: addresses that were found but never asked for (the next
crawl reads all lists to their end and finds them again), and versions of articles that a better
extractor made. Ids may differ where several sites were crawled at the same time.

Damage in a WARC file is reported and what is readable behind it is used: the exit status is 3 then.`,
		Example: `  mv news-archive/archive.db damaged.db
  campusnews rebuild`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.run(cmd.Context(), cmd.OutOrStdout(), g)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive")
	f.BoolVar(&c.json, "json", false, "print one JSON object")
	return cmd
}

func (c *rebuildCommand) run(ctx context.Context, out io.Writer, g *global) error {
	if _, err := os.Stat(c.archive); errors.Is(err, fs.ErrNotExist) {
		return noArchive(c.archive)
	}
	defer collectLess()()
	line := newStatusLine(g.env)
	made, err := archive.Rebuild(ctx, c.archive, archive.RebuildOptions{
		Now:    g.env.Now,
		Reader: siteReader,
		Progress: func(what string, done, total int64) {
			line.show(func() string { return fmt.Sprintf("reading %s, %d%% of the evidence", what, done*100/max(total, 1)) })
		},
	}, func(fault string) {
		line.clear()
		fmt.Fprintln(g.env.Stderr, fault)
	})
	line.clear()
	if errors.Is(err, archive.ErrExists) {
		return hint(err, "a database is never written over: move it away first")
	}
	if err != nil {
		return locked(err)
	}
	if c.json {
		err = json.NewEncoder(out).Encode(made)
	} else {
		_, err = fmt.Fprintf(out, "%s and %s made again from %s in %s\n", count(made.Articles, "article"), count(made.Captures, "capture"),
			count(made.Visits, "visit"), count(made.Files, "file"))
	}
	if err == nil && made.Lost > 0 {
		fmt.Fprintf(g.env.Stderr, "%s of visits that did not come to their end left out\n", count(made.Lost, "exchange"))
	}
	if err == nil && made.Faults > 0 {
		return errPart
	}
	return err
}

// siteReader reads a site's pages by the profile that the archive kept, else by the built-in one, else as those of an unknown site.
func siteReader(s archive.Site) (scraper.Reader, error) { return siteExtractor(s) }

func siteExtractor(s archive.Site) (*extract.Extractor, error) {
	if s.Profile != "" {
		p, err := profile.Parse([]byte(s.Profile), s.ID+".yaml")
		if err != nil {
			return nil, fmt.Errorf("the profile that was kept: %w", err)
		}
		return extractorOf(p, false)
	}
	if p, ok := profile.Builtin(s.ID); ok {
		return extractorOf(p, false)
	}
	return extractorOf(nil, false)
}
