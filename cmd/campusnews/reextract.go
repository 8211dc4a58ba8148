package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"campusnews/archive"
	"campusnews/extract/profile"
	"campusnews/extract/systems"
)

type reextractCommand struct {
	archive string
	site    string
	profile string
	dryRun  bool
	json    bool
}

func (c *reextractCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reextract",
		Short: "Read all articles again from their captured pages, without the network",
		Long: `Reextract reads each article again from the page it was taken from, with the rules of this program. An article
that reads otherwise gets a further version, marked as the extractor's doing, not the newsroom's. Nothing is lost:
the versions before stay, and an article that would not be read any more is left as it is and named.

With --dry-run it says what would change and writes nothing; it may then run beside a crawl.`,
		Example: `  campusnews reextract --dry-run
  campusnews reextract --site csu --profile my-csu.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.profile != "" && c.site == "" {
				return usagef("reextract: --profile goes with --site")
			}
			return c.run(cmd.Context(), cmd.OutOrStdout(), g)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive")
	f.StringVar(&c.site, "site", "", "only this site's articles")
	f.StringVar(&c.profile, "profile", "", "read the site by this built-in profile or profile `FILE`")
	f.BoolVarP(&c.dryRun, "dry-run", "n", false, "write nothing")
	f.BoolVar(&c.json, "json", false, "print one JSON object an article")
	return cmd
}

func (c *reextractCommand) open(ctx context.Context, g *global) (*archive.Archive, error) {
	a, err := openReader(ctx, c.archive) // it must be there already
	if err != nil || c.dryRun {
		return a, err
	}
	if err := a.Close(); err != nil {
		return nil, err
	}
	return archive.Open(ctx, c.archive, archive.Options{Now: g.env.Now, Log: g.log()})
}

func (c *reextractCommand) run(ctx context.Context, out io.Writer, g *global) (err error) {
	a, err := c.open(ctx, g)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	known, err := a.Sites(ctx, g.env.Now())
	if err != nil {
		return err
	}
	if c.site != "" && !slices.ContainsFunc(known, func(s archive.SiteStatus) bool { return s.Site.ID == c.site }) {
		return hint(fmt.Errorf("the archive has no site %q", c.site), "campusnews status shows its sites")
	}
	var broken error // of out
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	total, err := a.Reextract(ctx, archive.Reextraction{
		Site: c.site, DryRun: c.dryRun,
		Reader: func(site string) (archive.PageReader, error) { return c.reader(site, known) },
	}, func(r archive.Reread) {
		switch {
		case broken != nil:
		case c.json:
			broken = enc.Encode(map[string]any{"article": r.Article, "site": r.Site, "url": r.URL, "title": r.Before.Title, "changed": strings.Fields(r.Changed), "reason": r.Reason})
		case r.Reason != "":
			_, broken = fmt.Fprintln(out, printable(fmt.Sprintf("%d  %s: not read: %s", r.Article, r.Before.Title, r.Reason)))
		default:
			_, broken = fmt.Fprintln(out, printable(fmt.Sprintf("%d  %s: %s", r.Article, r.Before.Title, r.Changed)))
		}
	})
	if err := errors.Join(err, broken); err != nil {
		return err
	}
	verb := "changed"
	if c.dryRun {
		verb = "would change"
	}
	fmt.Fprintf(g.env.Stderr, "%s read again: %d %s, %d in markup only, %d not read\n", count(total.Articles, "article"), total.Changed, verb, total.Refreshed, total.Unread)
	for _, field := range slices.Sorted(maps.Keys(total.Fields)) {
		fmt.Fprintf(g.env.Stderr, "  %s: %d\n", field, total.Fields[field])
	}
	return nil
}

// reader gives the extractor of a site: by --profile, by the built-in profile of that name, else by the publishing
// system the archive knows of it.
func (c *reextractCommand) reader(site string, known []archive.SiteStatus) (archive.PageReader, error) {
	name := c.profile
	if name == "" && slices.Contains(profile.IDs(), site) {
		name = site
	}
	if name != "" {
		return newExtractor(name, false)
	}
	p := &profile.Profile{ID: site}
	for _, s := range known {
		if s.Site.ID == site && systems.Find(s.Site.System) != nil {
			p.System = s.Site.System
		}
	}
	return extractorOf(p, false)
}
