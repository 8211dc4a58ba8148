package main

import (
	"bufio"
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"campusnews/archive"
	"campusnews/archive/export"
)

type exportCommand struct {
	archive string
	output  string
	filterFlags
	query string
	limit int
	bom   bool
	quiet bool
	warc  string
}

// feedLength is how many articles a feed has unless --limit says otherwise.
const feedLength = 50

// The formats that are a folder.
const (
	markdown    = "markdown"
	datapackage = "datapackage"
)

// The formats of evidence: they take the whole archive.
const (
	wacz = "wacz"
	cdxj = "cdxj"
)

func (c *exportCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export FORMAT [-o FILE]",
		Short: "Write articles for other programs",
		Long: `Export writes the newest version of all articles, or of those that the flags select, in a format that other
programs read:

  jsonl     JSON Lines: one object an article, all the archive knows of it
  csv       a table for spreadsheets; what a spreadsheet would run as a formula gets an apostrophe in front
  markdown  a folder of files with YAML front matter, site/year/day-id-title.md
  atom      an Atom feed of the latest articles
  jsonfeed  a JSON Feed of the latest articles
  jsonld    schema.org NewsArticle
  parquet   Apache Parquet, zstd, for DuckDB, Spark, pandas
  datapackage  a folder of CSV files, one a table, and a datapackage.json (Frictionless) that explains every column
  wacz      the captured pages themselves as WACZ 1.1.1, to look around in with ReplayWeb.page: the whole archive
  cdxj      the index that readers of WARC files want: of the whole archive, or of one file with --warc

The order is that in which the archive got the articles, the same every time; feeds have the newest first. Memory stays
bounded, and it works while a crawl writes. FILE takes its name only when it is whole; an earlier one is replaced.`,
		Example: `  campusnews export jsonl -o articles.jsonl
  campusnews export csv --bom --since 2016 --until 2018 -o articles.csv
  campusnews export jsonl --query '湘雅 -讲座' -o xiangya.jsonl
  campusnews export atom --site csu -o feed.xml
  campusnews export cdxj --warc campusnews-00001.warc.gz -o campusnews-00001.cdxj`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("export: one format at a time, not %s; words go into --query", strings.Join(args, " "))
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		ValidArgs: []string{"atom", cdxj, "csv", datapackage, "jsonfeed", "jsonl", "jsonld", markdown, "parquet", wacz},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.validate(cmd, args[0]); err != nil {
				return err
			}
			return c.run(cmd.Context(), cmd.OutOrStdout(), g, args[0])
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive")
	f.StringVarP(&c.output, "output", "o", "-", "write to this `FILE`, for markdown and datapackage a new folder; - is standard output")
	c.register(f)
	f.StringVar(&c.query, "query", "", "only articles that campusnews search finds by these `WORDS`")
	f.IntVar(&c.limit, "limit", 0, "at most `N` articles (default all; of feeds 50)")
	f.BoolVar(&c.bom, "bom", false, "csv: begin with a byte order mark, by which Excel knows that the text is UTF-8")
	f.StringVar(&c.warc, "warc", "", "cdxj: only the captures in this WARC `FILE` of the archive")
	f.BoolVarP(&c.quiet, "quiet", "q", false, "say nothing but errors")
	return cmd
}

func (c *exportCommand) validate(cmd *cobra.Command, format string) error {
	switch {
	case c.limit < 0:
		return usagef("export: --limit %d is below zero", c.limit)
	case c.bom && format != "csv":
		return usagef("export: --bom goes with csv")
	case c.warc != "" && format != cdxj:
		return usagef("export: --warc goes with cdxj")
	case format == wacz || format == cdxj:
		if c.filterFlags != (filterFlags{}) || c.query != "" || c.limit != 0 {
			return usagef("export: %s is of the whole archive; leave out what selects articles", format)
		}
		return nil
	case (format == markdown || format == datapackage) && c.output == "-":
		return usagef("export: %s is a folder; name it with -o", format)
	case format == datapackage && c.asOf != "":
		return usagef("export: --as-of is not for datapackage, whose tables hold all versions and when each was seen")
	case format == datapackage && c.limit > 0:
		return usagef("export: --limit is not for datapackage, whose tables belong together")
	case format == markdown || format == datapackage:
		return nil
	}
	f, err := export.Find(format)
	if err != nil {
		return usagef("export: %w, %s, %s, %s, %s", err, markdown, datapackage, wacz, cdxj)
	}
	if f.Feed && !cmd.Flags().Changed("limit") {
		c.limit = feedLength
	}
	return nil
}

func (c *exportCommand) run(ctx context.Context, stdout io.Writer, g *global, format string) (err error) {
	filter, err := c.filter("export")
	if err != nil {
		return err
	}
	if filter.Words = c.query; c.query != "" {
		if err := archive.ParseWords(c.query); err != nil {
			return usagef("export: --query %q: %w", c.query, err)
		}
	}
	a, err := openReader(ctx, g.env, c.archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if format == wacz || format == cdxj {
		return c.evidence(ctx, stdout, g, a, format)
	}
	walk := archive.Walk{Filter: filter, Limit: c.limit}
	total, updated, err := a.Extent(ctx, filter)
	if err != nil {
		return err
	}
	if c.limit > 0 {
		total = min(total, c.limit)
	}
	line := newStatusLine(g.env)
	defer line.clear()
	done := 0
	each := func(w export.Writer) func(archive.Article) error {
		return func(r archive.Article) error {
			if done++; !c.quiet {
				line.show(func() string { return fmt.Sprintf("%d of %d articles", done, total) })
			}
			return w.Write(r)
		}
	}
	if format == datapackage {
		err = newFolder(c.output, func(dir string) error { return c.tables(ctx, a, dir, filter, g.env.Now(), updated) })
		done = total
	} else if format == markdown {
		err = newFolder(c.output, func(dir string) error {
			return a.EachArticle(ctx, walk, each(export.NewFolder(dir)))
		})
	} else {
		var f export.Format
		if f, err = export.Find(format); err != nil {
			return err
		}
		if f.Binary && c.output == "-" && isTerminal(g.env.Stdout) {
			return usagef("export: %s is nothing for a terminal; name a file with -o", format)
		}
		walk.Newest = f.Feed
		opts := export.Options{BOM: c.bom}
		if opts.Head, err = c.head(ctx, a, g.env.Now(), updated); err != nil {
			return err
		}
		err = newFile(c.output, stdout, func(w io.Writer) error {
			x, err := f.New(w, opts)
			if err != nil {
				return err
			}
			err = a.EachArticle(ctx, walk, each(x))
			if cerr := x.Close(); err == nil { // else it says the same again
				err = cerr
			}
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	line.clear()
	if c.quiet {
		return nil
	}
	if done == 0 {
		err = tellUnknown(ctx, a, g.env, filter)
	}
	if c.output != "-" {
		fmt.Fprintf(g.env.Stderr, "%s in %s\n", count(done, "article"), c.output)
	}
	return err
}

// evidence writes the formats of captured pages.
func (c *exportCommand) evidence(ctx context.Context, stdout io.Writer, g *global, a *archive.Archive, format string) error {
	if format == wacz && c.output == "-" && isTerminal(g.env.Stdout) {
		return usagef("export: %s is nothing for a terminal; name a file with -o", format)
	}
	head, err := c.head(ctx, a, g.env.Now(), time.Time{})
	if err != nil {
		return err
	}
	err = newFile(c.output, stdout, func(w io.Writer) error {
		if format == cdxj {
			return a.WriteCDXJ(ctx, w, c.warcName())
		}
		return a.WriteWACZ(ctx, w, archive.WACZOptions{Title: head.Title, Software: "campusnews " + version(), Created: g.env.Now()})
	})
	if errors.Is(err, archive.ErrNotFound) {
		return hint(fmt.Errorf("export: %w", err), "write it as it is called in the archive's folder warc")
	}
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if c.output != "-" && !c.quiet {
		info, err := os.Stat(c.output)
		if err != nil {
			return err
		}
		text := "all captures in " + c.output
		if c.warc != "" {
			text = "all captures of " + c.warcName() + " in " + c.output
		}
		if info.Mode().IsRegular() {
			text += ", " + size(info.Size())
		}
		fmt.Fprintln(g.env.Stderr, text)
	}
	return nil
}

// warcName is the name of the file that --warc names, which may stand with its folder; "" = all files.
func (c *exportCommand) warcName() string {
	if c.warc == "" {
		return ""
	}
	return filepath.Base(c.warc)
}

// tables writes the tables for researchers into the folder.
func (c *exportCommand) tables(ctx context.Context, a *archive.Archive, dir string, filter archive.Filter, now, updated time.Time) error {
	head, err := c.head(ctx, a, now, updated)
	if err != nil {
		return err
	}
	tables, err := a.Tables(ctx)
	if err != nil {
		return err
	}
	p := export.NewPackage(dir, head, tables)
	for _, t := range tables {
		if err := p.Add(t, func(each func([]any) error) error { return a.EachRow(ctx, t, filter, each) }); err != nil {
			return err
		}
	}
	return p.Close()
}

// head says what a feed is of. Its id depends on what was asked for alone, so that readers know it again.
func (c *exportCommand) head(ctx context.Context, a *archive.Archive, now, updated time.Time) (export.Head, error) {
	if updated.IsZero() {
		updated = now
	}
	sites, err := a.Sites(ctx, now)
	if err != nil {
		return export.Head{}, err
	}
	h := export.Head{Title: "campusnews", Updated: updated}
	asked := []string{c.section, c.since, c.until}
	if c.query != "" {
		asked = append(asked, c.query)
	}
	if more := []any{c.person, c.source, c.files, c.changed, c.gone, c.asOf}; c.person != "" || c.source != "" || c.files || c.changed || c.gone || c.asOf != "" {
		asked = append(asked, fmt.Sprintf("%q", more))
	}
	for _, s := range sites {
		if c.site != "" && s.Site.ID != c.site {
			continue
		}
		asked = append(asked, s.Site.ID)
		if c.site != "" || len(sites) == 1 {
			if h.Home = s.Site.URL; s.Site.Name != "" {
				h.Title = s.Site.Name
			}
		}
	}
	if c.section != "" {
		h.Title += " " + c.section
	}
	h.ID = urn(strings.Join(asked, "\x00"))
	return h, nil
}

// urn is a version 5 UUID (RFC 9562 section 5.5) in the name space of this program's feeds.
func urn(name string) string {
	space := [16]byte{0x8f, 0x1c, 0x5e, 0x0a, 0x3b, 0x7d, 0x4a, 0x51, 0x9d, 0x0e, 0x63, 0x61, 0x6d, 0x70, 0x75, 0x73}
	u := sha1.Sum(append(space[:], name...))
	u[6], u[8] = u[6]&0x0f|0x50, u[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[0:4], u[4:6], u[6:8], u[8:10], u[10:16])
}

// newFile has a file written under another name and gives it its own when it is whole; "-" is stdout. What is no file,
// such as a pipe or /dev/null, is written to as it is: nothing may take its place.
func newFile(path string, stdout io.Writer, write func(io.Writer) error) (err error) {
	if info, err := os.Stat(path); path != "-" && err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(newFile("-", f, write), f.Close())
	}
	if path == "-" {
		w := bufio.NewWriterSize(stdout, 64<<10)
		if err := write(w); err != nil {
			return err
		}
		return w.Flush()
	}
	unfinished := path + ".unfinished"
	f, err := os.Create(unfinished)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 256<<10)
	if err = write(w); err == nil {
		err = errors.Join(w.Flush(), f.Sync())
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(unfinished, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(unfinished))
	}
	return nil
}

// newFolder is newFile for a folder. One that is there and has something in it is never touched.
func newFolder(path string, write func(dir string) error) error {
	entries, err := os.ReadDir(path)
	switch {
	case err == nil && len(entries) > 0:
		return hint(fmt.Errorf("%s is there already and not empty", path), "name a new folder, or remove that one")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	unfinished := filepath.Clean(path) + ".unfinished"
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	if err := os.MkdirAll(unfinished, 0o777); err != nil {
		return err
	}
	if err = write(unfinished); err == nil {
		if err = os.Remove(path); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	if err == nil {
		err = os.Rename(unfinished, path)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(unfinished))
	}
	return nil
}
