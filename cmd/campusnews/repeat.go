package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"campusnews/scraper"
	"campusnews/scraper/schedule"
)

// repeatFlags say when a crawl is run again.
type repeatFlags struct {
	every  time.Duration
	cron   string
	window string
	listen string
}

func (f *repeatFlags) register(flags *pflag.FlagSet) {
	flags.DurationVar(&f.every, "every", 0, "stay, and crawl each site again each `TIME` (6h); the first time at once")
	flags.StringVar(&f.cron, "cron", "", "stay, and crawl at the times of a cron `EXPRESSION` ('0 */6 * * *', Beijing time)")
	flags.StringVar(&f.window, "window", "", "with --every or --cron, crawl only at this time of the day, `FROM-TO` (22:00-06:00, Beijing time)")
	flags.StringVar(&f.listen, "listen", "", "with --every or --cron, serve /healthz and Prometheus /metrics at this `ADDRESS` (127.0.0.1:9100)")
}

func (f *repeatFlags) on() bool { return f.every != 0 || f.cron != "" }

// spec gives when runs are due and within which window.
func (f *repeatFlags) spec() (schedule.Spec, schedule.Window, error) {
	var window schedule.Window
	switch {
	case f.every < 0 || f.every > 0 && f.every < time.Minute:
		return nil, window, usagef("crawl: --every %s: want a minute or more", f.every)
	case f.every != 0 && f.cron != "":
		return nil, window, usagef("crawl: --every and --cron exclude each other")
	case !f.on() && (f.window != "" || f.listen != ""):
		return nil, window, usagef("crawl: --window and --listen go with --every or --cron")
	}
	if f.window != "" {
		var err error
		if window, err = schedule.ParseWindow(f.window, beijing); err != nil {
			return nil, window, usagef("crawl: --window: %v", err)
		}
	}
	if f.cron == "" {
		return schedule.Every(f.every), window, nil
	}
	spec, err := schedule.ParseCron(f.cron, beijing)
	if err != nil {
		return nil, window, usagef("crawl: --cron: %v", err)
	}
	return spec, window, nil
}

// A watch is what the outside is told of runs that repeat.
type watch struct {
	scheduler *schedule.Scheduler

	mu     sync.Mutex
	last   map[string]scraper.Report
	totals map[string]map[string]int64 // site → counter → since the process began
}

// repeat crawls the sites at their times until ctx ends.
func (c *crawlCommand) repeat(ctx context.Context, w io.Writer, g *global, runs []siteRun, crawl func(context.Context, *siteRun) (scraper.Report, error)) error {
	spec, window, err := c.again.spec()
	if err != nil {
		return err
	}
	told := &watch{last: map[string]scraper.Report{}, totals: map[string]map[string]int64{}}
	var out sync.Mutex // keeps lines whole
	jobs := make([]schedule.Job, len(runs))
	for i := range runs {
		r := runs[i]
		jobs[i] = schedule.Job{Name: r.profile.ID, Spec: spec, Window: window, Run: func(ctx context.Context) error {
			run := r
			run.report, run.err = crawl(ctx, &run)
			told.note(run.profile.ID, run.report)
			out.Lock()
			defer out.Unlock()
			if c.json {
				return errors.Join(run.err, printRunJSON(w, &run))
			}
			if !c.quiet {
				n := run.report
				fmt.Fprintf(g.env.Stderr, "%s %s: %d new, %d changed, %d gone, %d failed, %d requests, %s\n",
					g.env.Now().In(beijing).Format("2006-01-02 15:04"), run.profile.ID, n.New, n.Changed, n.Gone, n.Failed, n.Requests, n.Duration.Round(time.Second))
			}
			return run.err
		}}
	}
	spread := min(c.again.every/10, 10*time.Minute)
	told.scheduler, err = schedule.New(jobs, schedule.Options{AtOnce: sitesAtOnce, Spread: spread, RunFirst: c.again.cron == "", Log: g.log()})
	if err != nil {
		return err
	}
	if c.again.listen != "" {
		stop, err := told.serve(ctx, c.again.listen)
		if err != nil {
			return err
		}
		defer stop()
	}
	return told.scheduler.Run(ctx)
}

// note keeps what a run brought.
func (t *watch) note(site string, r scraper.Report) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last[site] = r
	n := t.totals[site]
	if n == nil {
		n = map[string]int64{}
		t.totals[site] = n
	}
	for name, v := range map[string]int{
		"articles_new": r.New, "articles_changed": r.Changed, "articles_gone": r.Gone, "pages_failed": r.Failed, "requests": r.Requests,
	} {
		n[name] += int64(v)
	}
	n["bytes"] += r.Bytes
}

// serve answers /healthz and /metrics until the function it gives is called.
func (t *watch) serve(ctx context.Context, address string) (stop func(), err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		io.WriteString(w, t.metrics())
	})
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		srv.Serve(l) // ends with http.ErrServerClosed
	}()
	return func() {
		srv.Close()
		<-done
	}, nil
}

// metrics writes Prometheus' text format.
func (t *watch) metrics() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var b strings.Builder
	family := func(name, kind, help string, each func(line func(labels string, v float64))) {
		fmt.Fprintf(&b, "# HELP campusnews_%s %s\n# TYPE campusnews_%s %s\n", name, help, name, kind)
		each(func(labels string, v float64) { fmt.Fprintf(&b, "campusnews_%s{%s} %g\n", name, labels, v) })
	}
	all := t.scheduler.Status()
	flag := func(on bool) float64 {
		if on {
			return 1
		}
		return 0
	}
	family("run_running", "gauge", "Whether the site is being crawled.", func(line func(string, float64)) {
		for _, s := range all {
			line(fmt.Sprintf("site=%q", s.Name), flag(s.Running))
		}
	})
	family("run_failures", "gauge", "Runs in a row that ended with an error.", func(line func(string, float64)) {
		for _, s := range all {
			line(fmt.Sprintf("site=%q", s.Name), float64(s.Failures))
		}
	})
	family("run_last_end_seconds", "gauge", "When the last run ended, as Unix time.", func(line func(string, float64)) {
		for _, s := range all {
			if !s.LastEnded.IsZero() {
				line(fmt.Sprintf("site=%q", s.Name), float64(s.LastEnded.Unix()))
			}
		}
	})
	family("run_in_part", "gauge", "Whether the last run left something undone.", func(line func(string, float64)) {
		for _, s := range all {
			if r, ok := t.last[s.Name]; ok {
				line(fmt.Sprintf("site=%q", s.Name), flag(r.InPart()))
			}
		}
	})
	family("sections_broken", "gauge", "Sections that had rows before and had none in the last run.", func(line func(string, float64)) {
		for _, s := range all {
			if r, ok := t.last[s.Name]; ok {
				line(fmt.Sprintf("site=%q", s.Name), float64(len(r.Broken)))
			}
		}
	})
	family("hosts_stopped", "gauge", "Hosts that the last run left alone because they refuse or are down.", func(line func(string, float64)) {
		for _, s := range all {
			if r, ok := t.last[s.Name]; ok {
				line(fmt.Sprintf("site=%q", s.Name), float64(len(r.Stopped)))
			}
		}
	})
	for _, c := range []struct{ name, help string }{
		{"articles_changed", "Articles found changed."}, {"articles_gone", "Articles found gone."}, {"articles_new", "New articles."},
		{"bytes", "Bytes of answers."}, {"pages_failed", "Addresses that gave no page."}, {"requests", "Requests sent."},
	} {
		family(c.name+"_total", "counter", c.help, func(line func(string, float64)) {
			sites := make([]string, 0, len(t.totals))
			for site := range t.totals {
				sites = append(sites, site)
			}
			slices.Sort(sites)
			for _, site := range sites {
				line(fmt.Sprintf("site=%q", site), float64(t.totals[site][c.name]))
			}
		})
	}
	return b.String()
}
