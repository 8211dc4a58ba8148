package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"campusnews/archive"
)

type diffCommand struct {
	archive string
	full    bool
	json    bool
	color   string
}

func (c *diffCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff ID|URL [REV [REV]]",
		Short: "Show what changed between versions of an article",
		Long: `Diff shows field by field, and within a text word by word, how a version of an article became another.
What went stands as [-old-], what came as {+new+}; on a terminal they are coloured instead.

Without REV every version is compared with the one before it. With one REV that version is compared with the
one before, with two the first with the second.`,
		Example: `  campusnews diff 41
  campusnews diff 41 1 3 --json`,
		Args: cobra.RangeArgs(1, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.color != "auto" && c.color != "always" && c.color != "never" {
				return usagef("diff: --color is auto, always or never, not %q", c.color)
			}
			var revs []int
			for _, arg := range args[1:] {
				n, err := strconv.Atoi(arg)
				if err != nil || n < 1 {
					return usagef("diff: REV %q is no number from 1 on; campusnews log lists them", arg)
				}
				revs = append(revs, n)
			}
			return c.run(cmd.Context(), cmd.OutOrStdout(), g.env, args[0], revs)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive")
	f.BoolVar(&c.full, "full", false, "print unchanged text whole")
	f.BoolVar(&c.json, "json", false, "print one JSON object for each pair of versions")
	f.StringVar(&c.color, "color", "auto", "mark changes with colour: auto, always or never")
	return cmd
}

// diffJSON is what changed between two versions as --json prints it.
type diffJSON struct {
	Article int64        `json:"article"`
	From    int          `json:"from"`
	To      int          `json:"to"`
	Seen    string       `json:"seen"`  // when To was first seen, UTC
	Cause   string       `json:"cause"` // of To: page or extractor
	Changes []changeJSON `json:"changes"`
}

func (c *diffCommand) run(ctx context.Context, w io.Writer, env Env, ref string, revs []int) (err error) {
	a, err := openReader(ctx, env, c.archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	id, err := findArticle(ctx, a, ref)
	if err != nil {
		return err
	}
	revisions, err := a.Revisions(ctx, id)
	if err != nil {
		return err
	}
	pairs, err := versionPairs(id, revs, len(revisions))
	if err != nil {
		return err
	}
	if len(pairs) == 0 && !c.json {
		_, err = fmt.Fprintf(w, "article %d has one version\n", id)
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, pair := range pairs {
		old, err := a.ArticleAt(ctx, id, pair[0])
		if err != nil {
			return err
		}
		new, err := a.ArticleAt(ctx, id, pair[1])
		if err != nil {
			return err
		}
		version := func(n int) archive.Revision {
			return revisions[slices.IndexFunc(revisions, func(r archive.Revision) bool { return r.Number == n })]
		}
		rev := version(pair[1])
		changes := archive.Diff(old, new)
		if c.json {
			err = enc.Encode(diffJSON{id, pair[0], pair[1], rev.Seen.Format("2006-01-02T15:04:05.000Z"), rev.Cause, asChangesJSON(changes)})
		} else {
			err = printDiff(w, version(pair[0]), rev, old, changes, env.colour(c.color, env.Stdout), c.full)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// versionPairs says which versions are compared; there are n, numbered from 1.
func versionPairs(id int64, revs []int, n int) ([][2]int, error) {
	for _, r := range revs {
		if r > n {
			return nil, fmt.Errorf("article %d has %s, no version %d", id, count(n, "version"), r)
		}
	}
	switch {
	case len(revs) == 2:
		return [][2]int{{revs[0], revs[1]}}, nil
	case len(revs) == 1 && revs[0] == 1:
		return nil, fmt.Errorf("version 1 of article %d is its first; there is nothing before it", id)
	case len(revs) == 1:
		return [][2]int{{revs[0] - 1, revs[0]}}, nil
	}
	var pairs [][2]int
	for to := 2; to <= n; to++ {
		pairs = append(pairs, [2]int{to - 1, to})
	}
	return pairs, nil
}

// causes say in words why there is a version.
var causes = map[string]string{"page": "changed by the site", "extractor": "read better from the same bytes"}

// printDiff prints what changed from one version to another. Only of a version and the next one can a reason be told.
func printDiff(w io.Writer, from, to archive.Revision, old archive.Article, changes []archive.FieldChange, colour, full bool) error {
	var b strings.Builder
	head := fmt.Sprintf("article %d, version %d → %d, %s, %s", old.ID, from.Number, to.Number, minute(to.Seen), causes[to.Cause])
	if to.Number != from.Number+1 {
		head = fmt.Sprintf("article %d, version %d of %s → version %d of %s", old.ID, from.Number, minute(from.Seen), to.Number, minute(to.Seen))
	}
	if colour {
		head = cyan + head + plain
	}
	fmt.Fprintf(&b, "%s\n", head)
	if len(changes) == 0 {
		b.WriteString("nothing that a reader would see\n")
	}
	printChanges(&b, changes, colour, full)
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}
