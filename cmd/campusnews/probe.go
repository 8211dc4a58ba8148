package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"campusnews/extract"
	"campusnews/extract/probe"
	"campusnews/extract/profile"
	"campusnews/scraper"
)

type sitesProbeCommand struct {
	pages int
	web   webFlags
}

func (c *sitesProbeCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "probe URL",
		Short: "Meet a site and write a profile for it",
		Long: `Probe reads a home page and what it leads to, recognises the publishing system, finds the sections,
samples articles, and prints a commented profile. What it saw stands in the comments.`,
		Example: `  campusnews sites probe http://cst.nuc.edu.cn/ > nuc-cst.yaml
  campusnews sites probe http://cst.nuc.edu.cn/ --replay saved/cst.nuc.edu.cn --fast`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.web.validate(); err != nil {
				return err
			}
			if c.pages <= 0 {
				return usagef("sites probe: --pages %d is not above zero", c.pages)
			}
			return c.run(cmd.Context(), cmd.OutOrStdout(), g, args[0])
		},
	}
	cmd.Flags().IntVar(&c.pages, "pages", 120, "ask for at most `N` pages")
	c.web.register(cmd.Flags())
	return cmd
}

func (c *sitesProbeCommand) run(ctx context.Context, w io.Writer, g *global, home string) (err error) {
	p, err := profile.FromURL(home)
	if err != nil {
		return usageError{fmt.Errorf("sites probe: %w", err)}
	}
	fetch, done, err := fetcherFor(g, &c.web, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	report, err := probe.Probe(ctx, fetch, p.Home, probe.Options{Pages: c.pages})
	if err != nil {
		return err
	}
	reportFailures(g.env.Stderr, report.Failures)
	_, err = w.Write(report.YAML())
	return err
}

type sitesCheckCommand struct {
	pages    int
	articles int
	json     bool
	web      webFlags
}

func (c *sitesCheckCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check SITE",
		Short: "Hold a profile against the site's pages",
		Long: `Check reads the list of each section of a profile, samples articles, and shows for each field how often
it was filled and which rule filled it, and for each of the profile's own rules how often it answers.
It exits 1 if something is wrong with the profile.

SITE is a built-in profile, a profile file, or the address of a home page.`,
		Example: `  campusnews sites check csu
  campusnews sites check my-site.yaml --replay saved/ --fast`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.web.validate(); err != nil {
				return err
			}
			if c.pages <= 0 || c.articles <= 0 {
				return usagef("sites check: --pages and --articles are above zero")
			}
			return c.run(cmd.Context(), cmd.OutOrStdout(), g, args[0])
		},
		ValidArgsFunction: completeSite,
	}
	f := cmd.Flags()
	f.IntVar(&c.pages, "pages", 120, "ask for at most `N` pages")
	f.IntVar(&c.articles, "articles", 12, "sample `N` articles")
	f.BoolVar(&c.json, "json", false, "print one JSON object")
	c.web.register(f)
	return cmd
}

func (c *sitesCheckCommand) run(ctx context.Context, w io.Writer, g *global, site string) (err error) {
	p, err := resolveProfile(site)
	if err != nil {
		return err
	}
	fetch, done, err := fetcherFor(g, &c.web, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	report, err := probe.Check(ctx, fetch, p, probe.Options{Pages: c.pages, Articles: c.articles})
	if err != nil {
		return err
	}
	if c.json {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		err = enc.Encode(report)
	} else {
		printCheck(w, report)
		reportFailures(g.env.Stderr, report.Failures)
	}
	if err == nil && len(report.Problems) > 0 {
		err = errDiffers
	}
	return err
}

func printCheck(w io.Writer, r *probe.CheckReport) {
	t := newTable(w, "section", "kind", "rows", "dated", "next", "list")
	numbers(t, "rows", "dated")
	for _, s := range r.Sections {
		kind := string(s.Kind)
		if s.Reason != "" {
			kind = strings.TrimSpace(kind + " " + s.Reason)
		}
		next := ""
		if s.Next {
			next = "yes"
		}
		t.AppendRow(table.Row{s.Name, printable(kind), s.Rows, s.Dated, next, s.URL})
	}
	t.Render()
	fmt.Fprintln(w)
	for _, line := range probe.Table(r.Counts) {
		fmt.Fprintln(w, line)
	}
	if len(r.Rules) > 0 {
		fmt.Fprintln(w)
		t = newTable(w, "own rule", "of pages", "matches", "gave the value")
		numbers(t, "of pages", "matches", "gave the value")
		for _, u := range r.Rules {
			matched := any(u.Matched)
			if !u.Counted {
				matched = ""
			}
			t.AppendRow(table.Row{fmt.Sprintf("%s[%d] %s", u.Field, u.Index, u.Rule), u.Pages, matched, u.Gave})
		}
		t.Render()
	}
	for _, p := range r.Problems {
		fmt.Fprintf(w, "problem: %s\n", printable(p))
	}
}

// reportFailures names pages that could not be used.
func reportFailures(w io.Writer, failures []probe.Failure) {
	for _, f := range failures {
		fmt.Fprintf(w, "%s: %s\n", f.URL, printable(f.Reason))
	}
}

// fetcherFor gives what fetches a site's pages politely, and what to call when done.
func fetcherFor(g *global, flags *webFlags, p *profile.Profile) (probe.Fetch, func() error, error) {
	x, err := extractorOf(p, false)
	if err != nil {
		return nil, nil, err
	}
	web, err := flags.open(g.env, p.Hosts)
	if err != nil {
		return nil, nil, err
	}
	var browser *scraper.Browser
	if browser, err = newBrowser(g, web, flags, p, x); err != nil {
		return nil, nil, errors.Join(err, web.Close())
	}
	fetch := func(ctx context.Context, address string) (extract.Page, error) {
		page, _, err := browser.Get(ctx, address)
		return page, err
	}
	return fetch, web.Close, nil
}

// resolveProfile is profile.Resolve with an error that says what to do.
func resolveProfile(site string) (*profile.Profile, error) {
	p, err := profile.Resolve(site, os.ReadFile)
	if errors.Is(err, profile.ErrUnknownSite) {
		return nil, usageError{hint(err, "campusnews sites list shows the built-in ones; else name a profile file or the address of a home page")}
	}
	return p, err
}
