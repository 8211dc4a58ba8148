package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"campusnews/extract/profile"
	"campusnews/scraper/fleet"
)

type fleetAddCommand struct {
	nats     *natsFlags
	every    time.Duration
	cron     string
	timezone string
	needs    string
	ask      askFlags
}

func (c *fleetAddCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add SITE...",
		Short: "Add sites to a fleet, or change how they are crawled",
		Long: `Add gives the fleet a site with its profile and its times; NATS tells a worker each time it is due. Of a site
that is there already only what is said is changed. SITE is as for crawl: the name of a built-in profile, a profile file, or the address of a home page.

Sites that answer only inside a network get a label (--needs campus=csu): workers that were started with it crawl them.`,
		Example: `  campusnews fleet add csu hnu --every 6h
  campusnews fleet add my-site.yaml --cron '30 2 * * *' --needs campus=csu --assets none`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(cmd.Context(), g, args, cmd.Flags())
		},
		ValidArgsFunction: completeSite,
	}
	f := cmd.Flags()
	timeVar(f, &c.every, "every", 6*time.Hour, "crawl each `TIME`")
	f.StringVar(&c.cron, "cron", "", "crawl at the times of a cron `EXPRESSION` instead")
	f.StringVar(&c.timezone, "timezone", "Asia/Shanghai", "time zone of --cron, a `NAME` of the tz database")
	f.StringVar(&c.needs, "needs", "", "`LABELS` that a worker must have: campus=csu, several with commas between")
	c.ask.register(f)
	return cmd
}

func (c *fleetAddCommand) run(ctx context.Context, g *global, args []string, flags *pflag.FlagSet) error {
	runs, err := resolveSites(args)
	if err != nil {
		return err
	}
	if err := c.ask.validate(); err != nil {
		return err
	}
	needs, err := fleet.ParseLabels(c.needs)
	if err != nil {
		return usagef("fleet add: --needs: %v", err)
	}
	rhythm := fleet.Rhythm{Every: c.every}
	if c.cron == "" && flags.Changed("cron") { // as of a variable that is not set
		return usagef("fleet add: --cron is empty; write it as '0 */6 * * *'")
	}
	if c.cron != "" {
		if flags.Changed("every") {
			return usagef("fleet add: --every and --cron exclude each other")
		}
		rhythm = fleet.Rhythm{Cron: c.cron, Zone: c.timezone}
	}
	if err := rhythm.Validate(); err != nil {
		return usagef("fleet add: %v", err)
	}
	s, err := c.nats.open(ctx, g, "fleet add")
	if err != nil {
		return err
	}
	defer s.Close()
	for _, r := range runs {
		site := fleet.Site{
			ID: r.profile.ID, Name: siteTitle(r.profile), Profile: string(profile.Format(r.profile, nil)), Hosts: scraperSite(r.profile).Hosts,
			Rhythm: rhythm, Needs: needs, Options: setFlags(flags, c.ask),
		}
		before, err := s.Site(ctx, site.ID)
		switch {
		case err == nil:
			keepUnsaid(&site, before, flags)
		case !errors.Is(err, fleet.ErrNoSite):
			return err
		}
		if err := s.PutSite(ctx, site); err != nil {
			return err
		}
		paused := ""
		if site.Paused {
			paused = ", paused"
		}
		fmt.Fprintf(g.env.Stderr, "%s: %s%s\n", site.ID, site.Rhythm, paused)
		warnNobody(ctx, s, g, site)
	}
	return nil
}

// keepUnsaid leaves as it was what no flag says of a site that is there already.
func keepUnsaid(site *fleet.Site, before fleet.Site, flags *pflag.FlagSet) {
	site.Added, site.Paused = before.Added, before.Paused
	if !flags.Changed("every") && !flags.Changed("cron") {
		site.Rhythm = before.Rhythm
	}
	if !flags.Changed("needs") {
		site.Needs = before.Needs
	}
	if len(site.Options) == 0 {
		site.Options = before.Options
	}
}

// warnNobody says when no worker is there that may crawl a site. What cannot be asked is no reason to fail.
func warnNobody(ctx context.Context, s *fleetSession, g *global, site fleet.Site) {
	crew, err := s.Crew(ctx)
	if err != nil || site.Paused || slices.ContainsFunc(crew, func(m fleet.Member) bool { return !m.Draining && m.Labels.Fit(site.Needs) }) {
		return
	}
	with := ""
	if len(site.Needs) > 0 {
		with = " with --labels " + site.Needs.String()
	}
	fmt.Fprintf(g.env.Stderr, "%s: it waits until there is a worker: campusnews worker%s\n", site.ID, with)
}

// setFlags gives the flags of what is asked for that were set, as crawl takes them.
func setFlags(flags *pflag.FlagSet, ask askFlags) []string {
	known := pflag.NewFlagSet("", pflag.ContinueOnError)
	ask.register(known)
	var set []string
	flags.Visit(func(f *pflag.Flag) {
		switch {
		case known.Lookup(f.Name) == nil:
		case f.Value.Type() == "stringArray":
			values, err := flags.GetStringArray(f.Name)
			if err != nil {
				panic(err) // pflag knows its own types
			}
			for _, v := range values {
				set = append(set, "--"+f.Name+"="+v)
			}
		default:
			set = append(set, "--"+f.Name+"="+f.Value.String())
		}
	})
	return set
}

type fleetListCommand struct {
	nats *natsFlags
	json bool
}

func (c *fleetListCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the sites of a fleet",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.run(cmd.Context(), cmd.OutOrStdout(), g)
		},
	}
	cmd.Flags().BoolVar(&c.json, "json", false, "print one JSON object a line")
	return cmd
}

func (c *fleetListCommand) run(ctx context.Context, w io.Writer, g *global) error {
	s, err := c.nats.open(ctx, g, "fleet list")
	if err != nil {
		return err
	}
	defer s.Close()
	sites, err := s.Sites(ctx)
	if err != nil {
		return err
	}
	if c.json {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		for _, site := range sites {
			if err := enc.Encode(site); err != nil {
				return err
			}
		}
		return nil
	}
	t := newTable(w, "site", "name", "crawled", "needs", "options", "")
	for _, site := range sites {
		paused := ""
		if site.Paused {
			paused = "paused"
		}
		t.AppendRow(table.Row{site.ID, site.Name, site.Rhythm.String(), site.Needs.String(), strings.Join(site.Options, " "), paused})
	}
	t.Render()
	return nil
}

// A fleetSiteCommand does one thing to each of the sites named.
type fleetSiteCommand struct {
	nats  *natsFlags
	use   string
	short string
	long  string
	do    func(*fleet.Fleet, context.Context, string) error
	done  string
}

func (c *fleetSiteCommand) cobra(g *global) *cobra.Command {
	return &cobra.Command{
		Use:   c.use + " SITE...",
		Short: c.short,
		Long:  c.long,
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := c.nats.open(cmd.Context(), g, "fleet "+c.use)
			if err != nil {
				return err
			}
			defer s.Close()
			for _, site := range args {
				if err := c.do(s.Fleet, cmd.Context(), site); err != nil {
					return err
				}
				fmt.Fprintf(g.env.Stderr, "%s: %s\n", site, c.done)
				if now, err := s.Site(cmd.Context(), site); err == nil && c.use != "pause" {
					warnNobody(cmd.Context(), s, g, now)
				}
			}
			return nil
		},
	}
}
