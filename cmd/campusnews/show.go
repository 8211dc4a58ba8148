package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"campusnews/archive"
	"campusnews/archive/warc"
	"campusnews/extract"
	"campusnews/scraper/capture"
)

// maxShown is the largest captured page that show --raw prints, in bytes.
const maxShown = 1 << 30

type showCommand struct {
	archive  string
	revision int
	asOf     string
	raw      bool
	http     bool
	html     bool
	json     bool
}

func (c *showCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show ID|URL",
		Short: "Show an article of the archive, or the page it was taken from",
		Long: `Show prints an article: its text and all that the archive knows of it. The article is named by its id,
as search shows it, or by its address, with http or https alike; campusnews log shows its history.

With --raw it prints the captured page from the WARC file instead, as the server meant it: content
codings taken off, charset untouched. --raw --http prints the response as it crossed the wire.`,
		Example: `  campusnews show 41
  campusnews show 41 --raw > page.html
  campusnews show https://news.csu.edu.cn/info/1002/128731.htm --as-of 2026-11`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.validate(); err != nil {
				return err
			}
			return c.run(cmd.Context(), cmd.OutOrStdout(), g.env, args[0])
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive")
	f.IntVar(&c.revision, "revision", 0, "show revision `N`, 1 being the first, instead of the newest")
	f.StringVar(&c.asOf, "as-of", "", asOfUsage)
	f.BoolVar(&c.raw, "raw", false, "print the captured page")
	f.BoolVar(&c.http, "http", false, "with --raw, print the whole response as it crossed the wire")
	f.BoolVar(&c.html, "html", false, "print the body as clean HTML")
	f.BoolVar(&c.json, "json", false, "print one JSON object")
	return cmd
}

func (c *showCommand) validate() error {
	modes := 0
	for _, m := range []bool{c.raw, c.html, c.json} {
		if m {
			modes++
		}
	}
	switch {
	case modes > 1:
		return usagef("show: --raw, --html and --json exclude each other")
	case c.http && !c.raw:
		return usagef("show: --http goes with --raw")
	case c.asOf != "" && c.revision != 0:
		return usagef("show: --as-of and --revision exclude each other")
	case c.revision < 0:
		return usagef("show: --revision %d: the first is 1", c.revision)
	}
	return nil
}

func (c *showCommand) run(ctx context.Context, w io.Writer, env Env, ref string) (err error) {
	asOf, err := moment("show", c.asOf)
	if err != nil {
		return err
	}
	a, err := openReader(ctx, env, c.archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	id, err := findArticle(ctx, a, ref)
	if err != nil {
		return err
	}
	var article archive.Article
	switch {
	case !asOf.IsZero():
		if article, err = a.ArticleAsOf(ctx, id, asOf); errors.Is(err, archive.ErrNotFound) {
			err = hint(err, "campusnews log %d says when it was first seen", id)
		}
	case c.revision > 0:
		if article, err = a.ArticleAt(ctx, id, c.revision); errors.Is(err, archive.ErrNotFound) {
			err = hint(err, "campusnews log %d lists its versions", id)
		}
	default:
		article, err = a.Article(ctx, id)
	}
	if err != nil {
		return err
	}
	switch {
	case c.raw:
		return c.printRaw(ctx, w, a, article)
	case c.html:
		_, err = fmt.Fprintln(w, article.HTML)
		return err
	case c.json:
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(asArticleJSON(article))
	}
	if err := printArchived(w, article); err != nil {
		return err
	}
	return printTwins(ctx, w, a, article.ID)
}

// printTwins names the other addresses at which the archive has the article as one of its own, as far as campusnews duplicates has found them.
func printTwins(ctx context.Context, w io.Writer, a *archive.Archive, id int64) error {
	return a.EachDuplicate(ctx, archive.DuplicateQuery{Article: id, Min: 0.9}, func(d archive.Duplicate) error {
		if d.Kind == archive.KindSimilar {
			return nil
		}
		other, i := d.Other, 1
		if other == id {
			other, i = d.Article, 0
		}
		_, err := fmt.Fprintf(w, "%s of article %d, %s alike: %s\n", d.Kind, other, percent(d.Similarity), printable(d.Articles[i].URL))
		return err
	})
}

// printRaw prints the page that a version was taken from.
func (c *showCommand) printRaw(ctx context.Context, w io.Writer, a *archive.Archive, article archive.Article) (err error) {
	if article.Capture == 0 {
		return fmt.Errorf("article %d: no capture is known for this version", article.ID)
	}
	held, err := a.Capture(ctx, article.Capture)
	if err == nil && held.SameAs != 0 {
		held, err = a.Capture(ctx, held.SameAs)
	}
	if err != nil {
		return err
	}
	file := filepath.Join(a.WARCDir(), held.File)
	defer func() {
		if err != nil {
			err = fmt.Errorf("capture %d, %s at byte %d: %w", held.ID, file, held.Offset, err)
		}
	}()
	r, err := warc.OpenFile(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	r.SeekTo(held.Offset)
	record, err := r.Next()
	if err != nil {
		return err
	}
	if record.URL() != warc.TargetURI(held.URL) {
		return fmt.Errorf("the record there is of %s, not of %s", record.URL(), held.URL)
	}
	block, err := record.ReadBlock(maxShown)
	if err != nil {
		return err
	}
	if !c.http {
		if block, err = capture.Content(block, maxShown); err != nil {
			return err
		}
	}
	_, err = w.Write(block)
	return err
}

// printArchived prints an article for a person.
func printArchived(w io.Writer, a archive.Article) error {
	var b strings.Builder
	printArticle(&b, &extract.Article{
		Title: a.Title, Subtitle: a.Subtitle, Published: a.Published, Source: a.Source, Section: a.Section,
		Credits: a.Credits, Body: a.Body, Images: a.Images, Files: a.Attachments,
	})
	fmt.Fprintf(&b, "\n%s\n", a.URL)
	fmt.Fprintf(&b, "article %d, revision %d of %d, %s; first seen %s, last seen %s\n", a.ID, a.Revision, a.Revisions, a.State,
		minute(a.FirstSeen), minute(a.LastSeen))
	if !a.GoneSince.IsZero() {
		fmt.Fprintf(&b, "not there any more since %s\n", minute(a.GoneSince))
	}
	_, err := io.WriteString(w, printableLines(b.String()))
	return err
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04Z") }

// shortDigest cuts a labelled digest to what people compare by eye.
func shortDigest(d string) string {
	if label, value, ok := strings.Cut(d, ":"); ok && len(value) > 12 {
		return label + ":" + value[:12]
	}
	return d
}

// printableLines is printable, line by line.
func printableLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = printable(strings.ReplaceAll(l, "\t", "  "))
	}
	return strings.Join(lines, "\n")
}

// articleJSON is an article as show --json prints it.
type articleJSON struct {
	ID          int64            `json:"id"`
	Site        string           `json:"site"`
	Key         string           `json:"key"`
	URL         string           `json:"url"`
	Section     string           `json:"section"`
	Published   string           `json:"published"`
	Day         string           `json:"day"`
	Title       string           `json:"title"`
	Subtitle    string           `json:"subtitle"`
	Source      string           `json:"source"`
	Credits     []extract.Credit `json:"credits"`
	Body        string           `json:"body"`
	HTML        string           `json:"html"`
	Images      []extract.Image  `json:"images"`
	Attachments []extract.File   `json:"attachments"`
	Links       []extract.Link   `json:"links"`
	State       string           `json:"state"`
	GoneSince   *time.Time       `json:"gone_since"`
	FirstSeen   time.Time        `json:"first_seen"`
	LastSeen    time.Time        `json:"last_seen"`
	Revision    int              `json:"revision"`
	Revisions   int              `json:"revisions"`
	Cause       string           `json:"cause"` // of this version: page or extractor
	Capture     int64            `json:"capture"`
	Charset     string           `json:"charset"`
}

func asArticleJSON(a archive.Article) articleJSON {
	out := articleJSON{
		ID: a.ID, Site: a.Site, Key: a.Key, URL: a.URL, Section: a.Section, Published: a.Published, Day: a.Day,
		Title: a.Title, Subtitle: a.Subtitle, Source: a.Source, Credits: notNil(a.Credits), Body: a.Body, HTML: a.HTML,
		Images: notNil(a.Images), Attachments: notNil(a.Attachments), Links: notNil(a.Links), State: string(a.State),
		FirstSeen: a.FirstSeen, LastSeen: a.LastSeen, Revision: a.Revision, Revisions: a.Revisions, Cause: a.Cause, Capture: a.Capture, Charset: a.Charset,
	}
	if !a.GoneSince.IsZero() {
		out.GoneSince = &a.GoneSince
	}
	return out
}
