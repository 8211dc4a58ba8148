package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // for --timezone where the system has no zones, as in an empty container

	"github.com/spf13/pflag"

	"campusnews/archive"
	"campusnews/scraper"
	"campusnews/scraper/schedule"
)

// repeatFlags say when a crawl is run again.
type repeatFlags struct {
	every    time.Duration
	cron     string
	window   string
	timezone string
	listen   string
	given    func(flag string) bool // whether a flag was written; nil = those that say something
}

func (f *repeatFlags) register(flags *pflag.FlagSet) {
	f.given = flags.Changed
	timeVar(flags, &f.every, "every", 0, "stay, and crawl each site again each `TIME` (6h, 1d), the sites spread over that time; the first time at once")
	flags.StringVar(&f.cron, "cron", "", "stay, and crawl at the times of a cron `EXPRESSION` ('0 */6 * * *'); many sites begin within ten minutes")
	flags.StringVar(&f.window, "window", "", "crawl only at this time of the day, `FROM-TO` (22:00-06:00); what is left goes on in the next window")
	flags.StringVar(&f.timezone, "timezone", "Asia/Shanghai", "time zone of --cron, --window and the log, a `NAME` of the tz database")
	flags.StringVar(&f.listen, "listen", "", "with --every, --cron or --window, serve /healthz and Prometheus /metrics at this `ADDRESS` (127.0.0.1:9177)")
}

// on says whether runs wait for a time: to be repeated, or for a window.
func (f *repeatFlags) on() bool { return !f.once() || f.window != "" }

// once says that each site is crawled to the end and not again.
func (f *repeatFlags) once() bool { return f.every == 0 && f.cron == "" }

// A rhythm is what the flags say, read.
type rhythm struct {
	spec   schedule.Spec
	window schedule.Window
	zone   *time.Location
}

// read gives when runs are due and within which window.
func (f *repeatFlags) read() (rhythm, error) {
	var r rhythm
	given := func(flag string) bool { return f.given != nil && f.given(flag) }
	switch {
	case f.cron == "" && given("cron"): // as of a variable that is not set
		return r, usagef("crawl: --cron is empty; write it as '0 */6 * * *'")
	case f.window == "" && given("window"):
		return r, usagef("crawl: --window is empty; write it as 22:00-06:00")
	case f.timezone == "" && given("timezone"):
		return r, usagef("crawl: --timezone is empty; write it as Asia/Shanghai or UTC")
	case f.listen == "" && given("listen"):
		return r, usagef("crawl: --listen is empty; write it as 127.0.0.1:9177")
	case f.every == 0 && given("every"):
		return r, usagef("crawl: --every 0: want a minute or more; without it each site is crawled once")
	case f.every < 0 || f.every > 0 && f.every < time.Minute:
		return r, usagef("crawl: --every %s: want a minute or more", f.every)
	case f.every != 0 && f.cron != "":
		return r, usagef("crawl: --every and --cron exclude each other")
	case !f.on() && f.listen != "":
		return r, usagef("crawl: --listen goes with --every, --cron or --window")
	}
	zone, err := time.LoadLocation(f.timezone)
	if err != nil {
		return r, usagef("crawl: --timezone %q is not in the tz database; write it as Asia/Shanghai or UTC", f.timezone)
	}
	r.zone = zone
	if f.window != "" {
		if r.window, err = schedule.ParseWindow(f.window, zone); err != nil {
			return r, usagef("crawl: --window: %v", err)
		}
	}
	switch {
	case f.once():
		r.spec = schedule.Once{}
		return r, nil
	case f.cron == "":
		r.spec = schedule.Every(f.every)
		return r, nil
	}
	cron, err := schedule.ParseCron(f.cron, zone)
	if err != nil {
		return r, usagef("crawl: --cron: %v", err)
	}
	if cron.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, zone)).IsZero() {
		return r, usagef("crawl: --cron %q names no day there is", f.cron)
	}
	r.spec = cron
	return r, nil
}

// How sites are kept from beginning together.
const (
	firstRunsApart = 2 * time.Second  // at most, of sites that are overdue when the process begins
	mostPutOff     = 10 * time.Minute // of many sites with the same cron time, or at the opening of a window
	putOffPerSite  = 5 * time.Second
)

// A crawlFunc crawls one site, tells tell of each visit, and notes the run in the archive.
type crawlFunc func(ctx context.Context, r *siteRun, tell func(scraper.Event)) (scraper.Report, error)

// repeat crawls the sites at their times until ctx ends, and then waits for the runs under way.
// That is how it is meant to end: the error is nil. Without --every and --cron it ends when each site's
// run is through, however many windows that takes, with the error of a crawl.
func (c *crawlCommand) repeat(ctx context.Context, w io.Writer, g *global, a *archive.Archive, runs []siteRun, crawl crawlFunc) (err error) {
	when, err := c.again.read()
	if err != nil {
		return err
	}
	say := c.sayer(g, when.zone)
	mon := newMonitor(g.env.Now)
	var out sync.Mutex // keeps JSON lines whole
	jobs := make([]schedule.Job, len(runs))
	for i := range runs {
		p := runs[i].profile
		last, err := lastRun(ctx, a, p.ID)
		if err != nil {
			return err
		}
		mon.add(p.ID, last)
		jobs[i] = schedule.Job{Name: p.ID, Spec: when.spec, Window: when.window, Last: last.began(), Run: func(ctx context.Context) error {
			mon.begin(p.ID)
			run := &runs[i] // a site's runs follow one another
			run.report, run.err = scraper.Report{}, nil
			run.report, run.err = crawl(ctx, run, func(e scraper.Event) { mon.event(p.ID, e) })
			ending, _ := endingOf(ctx, run.report, run.err)
			mon.end(p.ID, ending.Status, run.report)
			sayEnd(say, ctx, p.ID, ending.Status, run)
			if c.json {
				out.Lock()
				defer out.Unlock()
				return errors.Join(run.err, printRunJSON(w, run))
			}
			return run.err
		}}
	}
	scheduler, err := schedule.New(jobs, schedule.Options{
		Spread: min(time.Duration(len(jobs)-1)*putOffPerSite, mostPutOff), RunFirst: true, Stagger: c.again.stagger(len(jobs)), Now: g.env.Now, Log: g.log(),
	})
	if err != nil {
		return err
	}
	mon.status = scheduler.Status
	if c.again.listen != "" {
		l, err := mon.listen(ctx, c.again.listen)
		if err != nil {
			return fmt.Errorf("crawl: --listen: %w", err)
		}
		say(slog.LevelInfo, "", "metrics and health at http://%s/metrics and /healthz", l.address)
		defer func() { err = errors.Join(err, l.close()) }()
	}
	say(slog.LevelInfo, "", "%s, %s; the first SIGINT or SIGTERM ends the runs under way and then the program, a second one ends it at once", count(len(jobs), "site"), c.again.describe())
	c.sayFirst(say, scheduler, jobs, when.zone, g.env.Now())
	var told sync.WaitGroup
	over, finish := context.WithCancel(ctx)
	told.Go(func() {
		if <-over.Done(); ctx.Err() != nil {
			mon.drain()
			say(slog.LevelInfo, "", "told to end: what is under way is stored, and the next start goes on")
		}
	})
	defer told.Wait()
	defer finish()
	if scheduler.Run(ctx) == nil {
		say(slog.LevelInfo, "", "no run is due any more")
	}
	if c.again.once() {
		return outcome(ctx, g.env.Stderr, runs)
	}
	return nil
}

// sayFirst tells when the first run begins, unless that is about now.
func (c *crawlCommand) sayFirst(say sayFunc, s *schedule.Scheduler, jobs []schedule.Job, zone *time.Location, now time.Time) {
	first := -1
	times := s.Plan()
	for i, t := range times {
		if !t.IsZero() && (first < 0 || t.Before(times[first])) {
			first = i
		}
	}
	if first >= 0 && times[first].After(now.Add(time.Second)) {
		say(slog.LevelInfo, jobs[first].Name, "the first run begins at %s", times[first].In(zone).Format("2006-01-02 15:04:05"))
	}
}

// stagger is how far apart the first runs of so many sites begin: all of them within the first interval.
func (f *repeatFlags) stagger(sites int) time.Duration {
	if f.every == 0 {
		return firstRunsApart
	}
	return min(firstRunsApart, f.every/time.Duration(sites))
}

func (f *repeatFlags) describe() string {
	what := "every " + spanText(f.every)
	switch {
	case f.once():
		what = "once"
	case f.cron != "":
		what = fmt.Sprintf("at %q %s", f.cron, f.timezone)
	}
	if f.window != "" {
		what += fmt.Sprintf(", only within %s %s", f.window, f.timezone)
	}
	return what
}

// A lastRuns is what the archive knows of a site's runs before this process.
type lastRuns struct {
	latest archive.CrawlRow // zero = there was none
	good   time.Time        // when the latest ended that came to its end; zero = none of the last few did
}

// began is when the latest run began, zero if it was broken off: then the site is due.
func (l lastRuns) began() time.Time {
	switch l.latest.Status {
	case archive.StatusDone, archive.StatusPart, archive.StatusFailed:
		return l.latest.Started
	}
	return time.Time{}
}

func lastRun(ctx context.Context, a *archive.Archive, site string) (lastRuns, error) {
	rows, err := a.Crawls(ctx, site, 20)
	if err != nil || len(rows) == 0 {
		return lastRuns{}, err
	}
	l := lastRuns{latest: rows[0]}
	for _, r := range rows {
		if succeeded(r.Status) {
			l.good = r.Ended
			break
		}
	}
	return l, nil
}

// succeeded says whether a run of this status came to its end.
func succeeded(status string) bool {
	return status == archive.StatusDone || status == archive.StatusPart
}

// A sayFunc writes a line for the person who follows the log; site "" = of the whole.
type sayFunc func(level slog.Level, site, format string, args ...any)

// sayer gives how the command speaks: lines, or JSON with --log-json; with --quiet only of what needs a person.
func (c *crawlCommand) sayer(g *global, zone *time.Location) sayFunc {
	var mu sync.Mutex
	jsonLog := slog.New(slog.NewJSONHandler(g.env.Stderr, nil))
	return func(level slog.Level, site, format string, args ...any) {
		if c.quiet && level < slog.LevelWarn {
			return
		}
		text := printable(fmt.Sprintf(format, args...))
		if g.logJSON {
			attrs := []slog.Attr{}
			if site != "" {
				attrs = append(attrs, slog.String("site", site))
			}
			jsonLog.LogAttrs(context.Background(), level, text, attrs...)
			return
		}
		if site == "" {
			site = "campusnews"
		}
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(g.env.Stderr, "%s  %s: %s\n", g.env.Now().In(zone).Format("2006-01-02 15:04:05"), site, text)
	}
}

// sayEnd tells what came of a run.
func sayEnd(say sayFunc, ctx context.Context, site, status string, run *siteRun) {
	n := run.report
	parts := []string{fmt.Sprintf("%d new", n.New)}
	for _, p := range []struct {
		n    int
		what string
	}{{n.Changed, "changed"}, {n.Gone, "gone"}, {n.Failed, "failed"}, {n.Blocked, "blocked"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	parts = append(parts, count(n.Requests, "request"), size(n.Bytes))
	what := status
	if schedule.Cut(ctx) && status == archive.StatusInterrupted {
		what = "the window has closed, the rest is for the next"
	}
	say(slog.LevelInfo, site, "%s: %s in %s", what, strings.Join(parts, ", "), duration(n.Duration))
	if status == archive.StatusFailed {
		say(slog.LevelError, site, "%v", run.err)
		if archive.Full(run.err) {
			say(slog.LevelError, site, "the disk is full: what was stored is kept, and the next run goes on if there is room by then")
		}
	}
	amiss := alarms(n)
	for _, r := range remarks(n) {
		level := slog.LevelInfo
		if slices.Contains(amiss, r) {
			level = slog.LevelWarn
		}
		say(level, site, "%s", r)
	}
}
