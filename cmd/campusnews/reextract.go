package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"campusnews/archive"
	"campusnews/extract"
	"campusnews/extract/profile"
)

type reextractCommand struct {
	archive  string
	site     string
	profiles []string
	dryRun   bool
	full     bool
	json     bool
	quiet    bool
	color    string
}

func (c *reextractCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reextract",
		Short: "Read every article again from its captured page, without the network",
		Long: `Reextract reads all articles again from the bytes that the archive keeps, with the extractor and the site profiles
of this program. Where a reader would see a difference the article gets a new version, marked as the extractor's work
and not the newsroom's; everything before stays. What no reader sees (markup, links, which rule gave a field) is
brought up to date in place. The report says how many articles changed by field and by rule.

A site that has no built-in profile is read by the one with which it was crawled, which the archive keeps.

With --dry-run nothing is written, and each change is shown. That also works while a crawl writes to the archive.

A run that was interrupted, or killed, goes on with the next one. A page that cannot be read any more leaves its
article as it is, is named on standard error, and makes the exit status 3.`,
		Example: `  campusnews reextract --dry-run
  campusnews reextract --archive /data/news --site csu
  campusnews reextract --profile my-site.yaml -n --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case c.color != "auto" && c.color != "always" && c.color != "never":
				return usagef("reextract: --color is auto, always or never, not %q", c.color)
			case c.quiet && c.json:
				return usagef("reextract: --quiet and --json exclude each other")
			}
			return c.run(cmd.Context(), cmd.OutOrStdout(), g)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive")
	f.StringVar(&c.site, "site", "", "only articles of this site")
	f.StringArrayVar(&c.profiles, "profile", nil, "read the site that this profile `FILE` describes by it; may be given several times")
	f.BoolVarP(&c.dryRun, "dry-run", "n", false, "write nothing; show what would change")
	f.BoolVar(&c.full, "full", false, "print unchanged text whole")
	f.BoolVar(&c.json, "json", false, "print one JSON object for each article that changes, and one with the report")
	f.BoolVarP(&c.quiet, "quiet", "q", false, "no progress and no report; errors only")
	f.StringVar(&c.color, "color", "auto", "mark changes with colour: auto, always or never")
	return cmd
}

func (c *reextractCommand) run(ctx context.Context, w io.Writer, g *global) (err error) {
	defer collectLess()()
	profiles, version, err := c.resolve()
	if err != nil {
		return err
	}
	a, err := c.open(ctx, g)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	p := &rereadPrinter{reextractCommand: c, w: w, env: g.env, colour: g.env.colour(c.color, g.env.Stdout), line: newStatusLine(g.env)}
	start := time.Now()
	report, err := a.Reextract(ctx, archive.Reextraction{
		Site: c.site, DryRun: c.dryRun, Version: version,
		Extractor: func(s archive.Site) (archive.Extractor, error) { return c.extractor(g, s, profiles) },
		Each:      p.each,
		Progress:  p.progress,
	})
	p.line.clear()
	if errors.Is(err, archive.ErrNotFound) {
		return hint(err, "campusnews status shows the sites of the archive")
	}
	if err != nil {
		return err
	}
	if err := p.report(report, time.Since(start)); err != nil {
		return err
	}
	if report.Unreadable > 0 {
		return errPart
	}
	return nil
}

// resolve reads the profiles that were named, and gives what tells this program with them from any other.
func (c *reextractCommand) resolve() (map[string]*profile.Profile, string, error) {
	h := sha256.New()
	named := map[string]*profile.Profile{}
	for _, file := range c.profiles {
		p, err := resolveProfile(file)
		if err != nil {
			return nil, "", err
		}
		named[p.ID] = p
		if err := hashFile(h, file); err != nil && !errors.Is(err, os.ErrNotExist) { // a built-in one is in the program
			return nil, "", err
		}
	}
	self, err := os.Executable()
	if err != nil || hashFile(h, self) != nil {
		return named, "", nil // then nothing is gone on with
	}
	return named, hex.EncodeToString(h.Sum(nil)), nil
}

func hashFile(w io.Writer, path string) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = io.Copy(w, f)
	return err
}

func (c *reextractCommand) open(ctx context.Context, g *global) (*archive.Archive, error) {
	if _, err := os.Stat(c.archive); c.dryRun || err != nil {
		return openReader(ctx, g.env, c.archive)
	}
	return openWriter(ctx, g, c.archive)
}

// extractor gives a site's extractor: by the profile that was named for it, by the built-in one, by the one with which
// it was crawled, or else by what the archive knows.
func (c *reextractCommand) extractor(g *global, s archive.Site, named map[string]*profile.Profile) (*extract.Extractor, error) {
	if p := named[s.ID]; p != nil {
		return extractorOf(p, false)
	}
	if p, ok := profile.Builtin(s.ID); ok {
		return extractorOf(p, false)
	}
	if s.Profile != "" {
		p, err := profile.Parse([]byte(s.Profile), s.ID+".yaml")
		if err != nil {
			return nil, hint(fmt.Errorf("the profile that the archive keeps of site %s: %w", s.ID, err), "name a better one with --profile")
		}
		return extractorOf(p, false)
	}
	if !c.quiet && !c.json {
		fmt.Fprintf(g.env.Stderr, "site %s was crawled without a profile and is read by its publishing system alone; --profile names a file\n", s.ID)
	}
	return extractorOf(&profile.Profile{ID: s.ID, System: s.System}, false)
}

// A rereadPrinter says what reading again brings.
type rereadPrinter struct {
	*reextractCommand
	w      io.Writer
	env    Env
	colour bool
	line   *statusLine
}

// rereadJSON is an article as reextract --json prints it.
type rereadJSON struct {
	Article  int64        `json:"article"`
	Site     string       `json:"site"`
	URL      string       `json:"url,omitempty"`
	Title    string       `json:"title,omitempty"`
	Revision int          `json:"revision,omitempty"` // the new version
	HTML     bool         `json:"html_changed"`
	Changes  []changeJSON `json:"changes"`
	Error    string       `json:"error,omitempty"`
}

func (p *rereadPrinter) each(r archive.Reread) error {
	if r.Err != nil && !p.json {
		p.line.clear()
		fmt.Fprintf(p.env.Stderr, "article %d of %s is left as it is: %v\n", r.ID, r.Site, r.Err)
		return nil
	}
	if p.json {
		line := rereadJSON{r.ID, r.Site, r.URL, r.Title, r.Revision, r.Markup, asChangesJSON(r.Changes), ""}
		if r.Err != nil {
			line.Error = r.Err.Error()
		}
		return p.encode(line)
	}
	if !p.dryRun || p.quiet || len(r.Changes) == 0 {
		return nil
	}
	p.line.clear()
	var b strings.Builder
	head := fmt.Sprintf("[%d] %s", r.ID, printable(r.Title))
	if p.colour {
		head = cyan + head + plain
	}
	fmt.Fprintf(&b, "%s\n     %s\n", head, printable(r.URL))
	printChanges(&b, r.Changes, p.colour, p.full)
	b.WriteByte('\n')
	_, err := io.WriteString(p.w, b.String())
	return err
}

func (p *rereadPrinter) progress(done, total int) error {
	if !p.quiet && !p.json {
		p.line.show(func() string { return fmt.Sprintf("%d of %d articles", done, total) })
	}
	return nil
}

func (p *rereadPrinter) encode(v any) error {
	enc := json.NewEncoder(p.w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// report prints the figures of the whole run.
func (p *rereadPrinter) report(r archive.ReextractReport, took time.Duration) error {
	switch {
	case p.json:
		r.Fields, r.Rules = notNil(r.Fields), notNil(r.Rules)
		return p.encode(struct {
			Report archive.ReextractReport `json:"report"`
		}{r})
	case p.quiet:
		return nil
	}
	if len(r.Fields) > 0 {
		t := newTable(p.w, "field", "articles")
		numbers(t, "articles")
		for _, f := range r.Fields {
			t.AppendRow(table.Row{f.Field, f.Articles})
		}
		t.Render()
		fmt.Fprintln(p.w)
	}
	if len(r.Rules) > 0 {
		t := newTable(p.w, "field", "rule before", "rule now", "articles", "value changed")
		numbers(t, "articles", "value changed")
		for _, c := range r.Rules {
			t.AppendRow(table.Row{c.Field, orDash(c.Before), orDash(c.Now), c.Articles, c.Changed})
		}
		t.Render()
		fmt.Fprintln(p.w)
	}
	verb := "have a new version"
	if p.dryRun {
		verb = "would have a new version"
	}
	rate := float64(r.Articles-r.Resumed) / max(took.Seconds(), 0.001)
	_, err := fmt.Fprintf(p.w, "%s read again in %s (%.0f pages/s): %d as before, %d %s, %d differ only in what no reader sees, %d could not be read\n",
		count(r.Articles, "article"), duration(took), rate, r.Unchanged, r.Revised, verb, r.Completed, r.Unreadable)
	if r.Resumed > 0 && err == nil {
		_, err = fmt.Fprintf(p.w, "%s of them by an earlier run that was interrupted\n", count(r.Resumed, "article"))
	}
	return err
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// collectLess has garbage collected less often until the function is called, unless the user has said how often in GOGC.
func collectLess() (until func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	before := debug.SetGCPercent(archive.BatchGCPercent)
	return func() { debug.SetGCPercent(before) }
}
