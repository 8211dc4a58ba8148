package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"campusnews/archive"
)

type duplicatesCommand struct {
	archive string
	site    string
	kind    string
	min     float64
	json    bool
	quiet   bool
}

func (c *duplicatesCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "duplicates",
		Short: "List articles with much the same text",
		Long: `Duplicates lists the articles that say the same or nearly the same: one article under two addresses or columns of a site (twin), one
that another site has, too (repost), and anything else (similar), such as a notice that comes each year. An article belongs to a group
when it is like any of the group.

The similarity is the share of the sequences of five characters that both texts have among those that either has; blanks, signs and
the script do not count. Of texts of less than 50 characters title and day are part.

Articles that are new or have changed since it last ran are compared first, and the result is kept in the archive, where view
duplicates shows it. While a crawl writes, it lists what was found before.`,
		Example: `  campusnews duplicates
  campusnews duplicates --kind repost --min 0.9 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.validate(); err != nil {
				return err
			}
			return c.run(cmd.Context(), cmd.OutOrStdout(), g)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive")
	f.StringVar(&c.site, "site", "", "only pairs of which one is of this site")
	f.StringVar(&c.kind, "kind", "", "only pairs of this `KIND`: twin, repost or similar")
	f.Float64Var(&c.min, "min", 0.8, "least similarity, from 0.5 to 1")
	f.BoolVar(&c.json, "json", false, "print one JSON object a pair")
	f.BoolVarP(&c.quiet, "quiet", "q", false, "no progress and no report of the comparison")
	return cmd
}

func (c *duplicatesCommand) validate() error {
	switch {
	case c.min < 0.5 || c.min > 1:
		return usagef("duplicates: --min %v is not between 0.5 and 1", c.min)
	case !slices.Contains([]string{"", archive.KindTwin, archive.KindRepost, archive.KindSimilar}, c.kind):
		return usagef("duplicates: --kind is twin, repost or similar, not %q", c.kind)
	}
	return nil
}

func (c *duplicatesCommand) run(ctx context.Context, w io.Writer, g *global) (err error) {
	a, err := c.open(ctx, g)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	q := archive.DuplicateQuery{Min: c.min, Kind: c.kind, Site: c.site}
	if c.json {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return a.EachDuplicate(ctx, q, func(d archive.Duplicate) error { return enc.Encode(asDuplicateJSON(d)) })
	}
	var pairs []archive.Duplicate
	if err := a.EachDuplicate(ctx, q, func(d archive.Duplicate) error {
		pairs = append(pairs, d)
		return nil
	}); err != nil {
		return err
	}
	return printDuplicates(w, pairs)
}

// open compares what has not been compared, and gives the archive. When another process writes to it, or nobody can, it is given as it is.
func (c *duplicatesCommand) open(ctx context.Context, g *global) (*archive.Archive, error) {
	r, err := openReader(ctx, g.env, c.archive) // which says so when there is none
	if err != nil {
		return nil, err
	}
	todo, err := r.Uncompared(ctx)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	if todo == 0 {
		return r, nil
	}
	a, err := archive.Open(ctx, c.archive, archive.Options{Log: g.log(), Now: g.env.Now})
	if err != nil {
		why := "another process writes to the archive"
		switch {
		case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
			why = "the archive cannot be written to"
		case !errors.Is(err, archive.ErrLocked):
			return nil, errors.Join(err, r.Close())
		}
		if !c.quiet {
			fmt.Fprintf(g.env.Stderr, "%s: %s not compared yet\n", why, count(todo, "article"))
		}
		return r, nil
	}
	if err := r.Close(); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	line := newStatusLine(g.env)
	defer line.clear()
	var opts archive.CompareOptions
	if !c.quiet {
		opts.Progress = func(what string, done, total int) {
			line.show(func() string { return fmt.Sprintf("%s: %d of %d", what, done, total) })
		}
	}
	made, err := a.CompareTexts(ctx, opts)
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	line.clear()
	if !c.quiet {
		fmt.Fprintf(g.env.Stderr, "%s compared, %s found\n", count(made.Articles, "article"), count(made.Found, "pair"))
	}
	return a, nil
}

// printDuplicates prints the groups into which pairs join articles, those that are most alike first.
func printDuplicates(w io.Writer, pairs []archive.Duplicate) error {
	parent := map[int64]int64{}
	articles := map[int64]archive.DuplicateArticle{}
	find := func(x int64) int64 {
		for parent[x] != x {
			parent[x] = parent[parent[x]]
			x = parent[x]
		}
		return x
	}
	for _, d := range pairs {
		for i, id := range [2]int64{d.Article, d.Other} {
			if _, ok := parent[id]; !ok {
				parent[id] = id
			}
			articles[id] = d.Articles[i]
		}
		x, y := find(d.Article), find(d.Other)
		parent[max(x, y)] = min(x, y) // the first stands for the group
	}
	type group struct {
		ids         []int64
		least, most float64
		kinds       []string
	}
	groups := map[int64]*group{}
	for id := range parent {
		first := find(id)
		if groups[first] == nil {
			groups[first] = &group{least: 2}
		}
		groups[first].ids = append(groups[first].ids, id)
	}
	for _, d := range pairs {
		x := groups[find(d.Article)]
		x.least, x.most = min(x.least, d.Similarity), max(x.most, d.Similarity)
		if !slices.Contains(x.kinds, d.Kind) {
			x.kinds = append(x.kinds, d.Kind)
		}
	}
	var list []*group
	for _, x := range groups {
		slices.Sort(x.ids)
		slices.Sort(x.kinds)
		list = append(list, x)
	}
	slices.SortFunc(list, func(x, y *group) int { return cmp.Or(cmp.Compare(y.least, x.least), cmp.Compare(x.ids[0], y.ids[0])) })
	var b strings.Builder
	for _, x := range list {
		share := percent(x.least)
		if low, high := share, percent(x.most); low != high {
			share = low + " to " + high
		}
		fmt.Fprintf(&b, "%s, %s alike, %s\n", count(len(x.ids), "article"), share, strings.Join(x.kinds, " "))
		for _, id := range x.ids {
			r := articles[id]
			day := r.Day
			if day == "" {
				day = "no date   "
			}
			fmt.Fprintf(&b, "  %s  %s  [%d]\n              %s\n", day, printable(r.Title), id, printable(strings.Join(nonEmpty(r.Site, r.Section, r.URL), " · ")))
		}
	}
	fmt.Fprintf(&b, "%s of %s\n", count(len(list), "group"), count(len(parent), "article"))
	_, err := io.WriteString(w, b.String())
	return err
}

// percent writes a similarity, rounded down so that 100 % is said of equal texts alone.
func percent(s float64) string { return fmt.Sprintf("%d %%", int(s*100)) }

func nonEmpty(list ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// duplicateJSON is a pair as duplicates --json prints it.
type duplicateJSON struct {
	Similarity float64              `json:"similarity"`
	Kind       string               `json:"kind"`
	Article    duplicateArticleJSON `json:"article"`
	Other      duplicateArticleJSON `json:"other"` // the one that the archive got earlier
}

type duplicateArticleJSON struct {
	ID      int64  `json:"id"`
	Site    string `json:"site"`
	Section string `json:"section"`
	Day     string `json:"day"`
	Title   string `json:"title"`
	URL     string `json:"url"`
}

func asDuplicateJSON(d archive.Duplicate) duplicateJSON {
	of := func(id int64, r archive.DuplicateArticle) duplicateArticleJSON {
		return duplicateArticleJSON{id, r.Site, r.Section, r.Day, r.Title, r.URL}
	}
	return duplicateJSON{d.Similarity, d.Kind, of(d.Article, d.Articles[0]), of(d.Other, d.Articles[1])}
}
