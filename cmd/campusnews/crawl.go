package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"campusnews/archive"
	"campusnews/archive/warc"
	"campusnews/extract/profile"
	"campusnews/scraper"
)

// defaultArchive is the folder that commands work on when none is named.
const defaultArchive = "news-archive"

type crawlCommand struct {
	archive   string
	userAgent string
	contact   string
	json      bool
	quiet     bool
	ask       askFlags
	web       webFlags
	again     repeatFlags
}

// crawlCacheKB is how much of the database a crawl keeps in memory. BenchmarkMemory and BenchmarkCrawl (package scraper) use the same.
const crawlCacheKB = 8192

func (c *crawlCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "crawl SITE...",
		Short: "Crawl news sites into an archive",
		Long: `Crawl reads a site's lists, fetches the articles that the archive does not know yet, looks again at
young ones, and keeps articles in archive.db and the bytes as received in warc/ below the archive's
folder. A run that was interrupted, or killed, goes on with the next one.

SITE is the name of a built-in profile ("campusnews sites list"), a profile file, or the address of a
home page: then the publishing system is recognised and the sections are found from its navigation.

With --replay the same crawl is answered from saved pages: a folder laid out as host/path, or as
path for one host, or a WARC file. What is not there is a 404.

HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured. Robots.txt is obeyed. CAMPUSNEWS_CONTACT is the
default of --contact.`,
		Example: `  campusnews crawl csu
  campusnews crawl --section 学校要闻 --since 2026-01-01 csu
  campusnews crawl http://cst.nuc.edu.cn/ --archive nuc
  campusnews crawl csu --replay testdata/csu --fast
  campusnews crawl --every 6h --window 22:00-06:00 csu hnu`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := c.validate(g.env); err != nil {
				return err
			}
			return c.run(cmd.Context(), cmd.OutOrStdout(), g, args)
		},
		ValidArgsFunction: completeSite,
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive; made if it is not there")
	f.StringVar(&c.userAgent, "user-agent", "", "how to introduce oneself (default campusnews/VERSION with the contact)")
	f.StringVar(&c.contact, "contact", "", "address or URL where the site's people reach you; part of the user agent")
	f.BoolVar(&c.json, "json", false, "print one JSON object a site instead of the summary table")
	f.BoolVarP(&c.quiet, "quiet", "q", false, "no progress and no summary; only errors and what is amiss with a site, to standard error")
	c.ask.register(f)
	c.web.register(f)
	c.again.register(f)
	return cmd
}

// validate checks the flags.
func (c *crawlCommand) validate(env Env) error {
	switch {
	case c.quiet && c.json:
		return usagef("crawl: --quiet and --json exclude each other")
	case c.userAgent != "" && c.contact != "":
		return usagef("crawl: --user-agent says it all; leave out --contact")
	case strings.ContainsAny(c.userAgent+c.contact, "\r\n"):
		return usagef("crawl: a user agent has no line breaks")
	}
	if err := c.ask.validate(); err != nil {
		return err
	}
	for flag, v := range map[string]string{"since": c.ask.since, "until": c.ask.until} {
		if v == "" && c.again.given != nil && c.again.given(flag) { // as of a variable that is not set: all years would be asked for
			return usagef("crawl: --%s is empty; write it as 2016-07-22, 2016-07 or 2016", flag)
		}
	}
	if err := c.web.validate(); err != nil {
		return err
	}
	if _, err := c.again.read(); err != nil {
		return err
	}
	if c.contact == "" && c.userAgent == "" {
		c.contact = env.Getenv("CAMPUSNEWS_CONTACT")
	}
	return nil
}

func (c *crawlCommand) agent() string {
	if c.userAgent != "" {
		return c.userAgent
	}
	return userAgent(c.contact)
}

// userAgent names the program and whom to write to; contact "" names nobody.
func userAgent(contact string) string {
	if contact == "" {
		return fmt.Sprintf("campusnews/%s (news archiver)", version())
	}
	return fmt.Sprintf("campusnews/%s (news archiver; +%s)", version(), contact)
}

// A siteRun is one site of a run with what came of it.
type siteRun struct {
	profile *profile.Profile
	report  scraper.Report
	err     error
}

func (c *crawlCommand) run(ctx context.Context, w io.Writer, g *global, sites []string) (err error) {
	runs, err := resolveSites(sites)
	if err != nil {
		return err
	}
	if err := c.checkSections(runs); err != nil {
		return err
	}
	var hosts []string
	for _, r := range runs {
		hosts = append(hosts, r.profile.Hosts...)
	}
	web, err := c.web.open(g.env, hosts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, web.Close()) }()
	if c.web.replay == "" && c.contact == "" && c.userAgent == "" && !c.quiet {
		fmt.Fprintln(g.env.Stderr, "hint: --contact or CAMPUSNEWS_CONTACT tells the site's people whom to write to")
	}

	if err := archive.LimitCache(crawlCacheKB); err != nil {
		g.log().Debug("more memory than need be", "err", err)
	}
	a, err := archive.Open(ctx, c.archive, archive.Options{
		Log: g.log(),
		Now: g.env.Now,
		WARC: warc.Options{Info: warc.Info{
			Software:    "campusnews/" + version(),
			Operator:    c.contact,
			UserAgent:   c.agent(),
			Robots:      "obeyed (RFC 9309)",
			Description: c.web.origin(),
		}},
	})
	if err != nil {
		return roomless(locked(err), c.archive)
	}
	defer func() { err = roomless(errors.Join(err, a.Close()), c.archive) }()

	if c.again.on() {
		return c.repeat(ctx, w, g, a, runs, func(ctx context.Context, r *siteRun, tell func(scraper.Event)) (scraper.Report, error) {
			return c.crawlSite(ctx, g, a, web, r.profile, tell)
		})
	}
	show := newProgress(g.env, c.quiet || c.json)
	defer show.tellEnd(ctx, "told to end: requests under way have ten seconds, and what came is stored; a second signal ends at once")()
	group := errgroup.Group{} // without a bound: runs mostly wait, and as many slow ones would hold up all others
	var mu sync.Mutex         // keeps JSON lines whole
	for i := range runs {
		r := &runs[i]
		group.Go(func() error {
			r.report, r.err = c.crawlSite(ctx, g, a, web, r.profile, func(e scraper.Event) { show.event(siteTitle(r.profile), e) })
			if c.json {
				mu.Lock()
				defer mu.Unlock()
				return printRunJSON(w, r)
			}
			return nil
		})
	}
	err = group.Wait()
	show.done()
	if err == nil && !c.quiet && !c.json {
		err = printSummary(w, runs)
	}
	if c.quiet { // cron sends what is written, and does not look at the status
		for _, r := range runs {
			for _, alarm := range alarms(r.report) {
				fmt.Fprintf(g.env.Stderr, "campusnews: %s: %s\n", siteTitle(r.profile), printable(alarm))
			}
		}
	}
	return errors.Join(err, outcome(ctx, g.env.Stderr, runs))
}

// resolveSites turns the SITE arguments into profiles, each once.
func resolveSites(sites []string) ([]siteRun, error) {
	var runs []siteRun
	seen := map[string]bool{}
	for _, s := range sites {
		p, err := resolveProfile(s)
		if err != nil {
			return nil, err
		}
		if seen[p.ID] {
			continue
		}
		seen[p.ID] = true
		runs = append(runs, siteRun{profile: p})
	}
	return runs, nil
}

// checkSections refuses --section names that no profile has, where the profiles name their sections.
func (c *crawlCommand) checkSections(runs []siteRun) error {
	for _, name := range c.ask.sections {
		known := false
		var all []string
		for _, r := range runs {
			known = known || len(r.profile.Sections) == 0
			for _, s := range r.profile.Sections {
				known = known || s.Name == name
				all = append(all, s.Name)
			}
		}
		if !known {
			return usagef("crawl: there is no section %q; there are %s", name, strings.Join(all, ", "))
		}
	}
	return nil
}

// checkFound says that a --section is none of those that were found on a site whose profile names none.
func (c *crawlCommand) checkFound(ctx context.Context, a *archive.Archive, p *profile.Profile) error {
	if len(p.Sections) > 0 || len(c.ask.sections) == 0 {
		return nil
	}
	have, err := a.SectionNames(ctx, p.ID)
	if err != nil {
		return err
	}
	for _, name := range c.ask.sections {
		if slices.Contains(have, name) {
			continue
		}
		if len(have) == 0 {
			return fmt.Errorf("there is no section %q: no list of articles was found from %s", name, p.Home)
		}
		return fmt.Errorf("there is no section %q; those found from %s are %s", name, p.Home, strings.Join(have, ", "))
	}
	return nil
}

// crawlSite runs one site and notes the run in the archive, however it ends.
func (c *crawlCommand) crawlSite(ctx context.Context, g *global, a *archive.Archive, web *web, p *profile.Profile, tell func(scraper.Event)) (scraper.Report, error) {
	x, err := extractorOf(p, false)
	if err != nil {
		return scraper.Report{}, err
	}
	cfg := scraper.Default()
	cfg.Site = scraperSite(p)
	cfg.UserAgent = c.agent()
	cfg.Delay = c.web.pause()
	cfg.Follow = p.Follow
	c.ask.apply(&cfg)
	cfg.Log = g.log()
	cfg.Transport, cfg.Servers = web.transport, web.servers
	cfg.Now = g.env.Now
	cfg.Progress = tell

	crawl, err := a.Begin(ctx, archive.CrawlInfo{
		Sites:     []archive.Site{archiveSite(p)},
		Program:   "campusnews " + version(),
		Command:   strings.Join(os.Args, " "),
		UserAgent: cfg.UserAgent,
	})
	if err != nil {
		return scraper.Report{}, err
	}
	report, err := scraper.Crawl(ctx, cfg, crawl, x)

	stopped := ctx
	// The run's end is noted even when the run was told to stop.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	var derr error
	if report.Changes, derr = templateChanges(ctx, a, p.ID, report.Drift); len(report.Changes) > 0 {
		cfg.Log.Warn("pages read differently than in the runs before", "site", p.ID, "changes", len(report.Changes), "greatest", report.Changes[0].String())
	}
	if err == nil {
		err = c.checkFound(ctx, a, p)
	}
	if err == nil && !report.Exhausted && !report.InPart() {
		report.Empty, err = a.Empty(ctx, p.ID)
	}
	ending, merr := endingOf(stopped, report, err)
	return report, errors.Join(err, derr, merr, crawl.End(ctx, ending))
}

// endingOf is what the archive notes of a run.
func endingOf(ctx context.Context, r scraper.Report, err error) (archive.Ending, error) {
	e := archive.Ending{Status: archive.StatusDone, Counts: archive.Counts{
		Requests: int64(r.Requests), Bytes: r.Bytes,
		New: int64(r.New), Changed: int64(r.Changed), Unchanged: int64(r.Unchanged),
		Gone: int64(r.Gone), Returned: int64(r.Returned), Failed: int64(r.Failed),
	}}
	switch {
	case err != nil && ctx.Err() != nil:
		e.Status = archive.StatusInterrupted
	case err != nil:
		e.Status, e.Error = archive.StatusFailed, err.Error()
	case r.InPart():
		e.Status = archive.StatusPart
	}
	report, merr := json.Marshal(r)
	e.Report = report
	return e, merr
}

// outcome turns what came of the sites into the command's error: a broken store or an unusable
// profile fails the whole, a blocked or failing site leaves it done in part.
func outcome(ctx context.Context, w io.Writer, runs []siteRun) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var errs []error
	part := false
	for _, r := range runs {
		if r.err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", r.profile.ID, r.err))
		}
		part = part || r.report.InPart()
	}
	switch {
	case len(errs) == len(runs):
		return errors.Join(errs...)
	case len(errs) > 0:
		fmt.Fprintf(w, "campusnews: %v\n", errors.Join(errs...))
		return errPart
	case part:
		return errPart
	}
	return nil
}

// printRunJSON prints a run's report, with the error that ended it if there is one.
func printRunJSON(w io.Writer, r *siteRun) error {
	line := struct {
		scraper.Report
		Error string `json:"error,omitempty"`
	}{Report: r.report}
	line.Site = r.profile.ID
	if r.err != nil {
		line.Error = r.err.Error()
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(line)
}
