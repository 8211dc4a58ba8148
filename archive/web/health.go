package web

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"campusnews/archive"
	"campusnews/archive/warc"
	"campusnews/extract/drift"
	"campusnews/scraper"
)

// How much the page of health shows, and how long it is kept.
const (
	healthFor    = 10 * time.Second
	readRuns     = 40 // of each site
	shownRuns    = 12
	comparedRuns = 7 // before the last: as the crawler compares them
)

// A siteHealth is how one site's crawls fare.
type siteHealth struct {
	archive.SiteStatus
	Runs     []run // newest first
	Rates    []fillRate
	Warnings []warning
}

// A run is a run of one site with its own report.
type run struct {
	archive.CrawlRow
	Took   time.Duration // 0 = it goes on
	Report scraper.Report
	By     []reasonCount
}

type reasonCount struct {
	Reason string
	Count  int
}

// A fillRate is how often a field was filled in the latest run that read new articles, and in those before it, in percent; -1 = nothing
// to tell it from.
type fillRate struct {
	Field       string
	Now, Before int
	Fell        bool
}

// A warning is what a person should see to; Key is of texts.go.
type warning struct {
	Key  string
	What string
	Why  string
}

// healthData is what the page shows.
type healthData struct {
	Sites   []siteHealth
	Running []*archive.Progress
	Sample  *sample // nil = was not asked for
	Now     time.Time
}

func (r *Room) healthPage(w http.ResponseWriter, req *http.Request) error {
	sites, err := r.healthOf.get(req.Context())
	if err != nil {
		return err
	}
	d := &healthData{Sites: sites, Now: r.opts.Now()}
	if d.Running, err = r.progress(req.Context()); err != nil {
		return err
	}
	if req.URL.Query().Get("check") == "1" {
		if d.Sample, err = r.sampled(req.Context()); err != nil {
			return err
		}
	}
	r.show(w, req, http.StatusOK, "health", view{Title: text(languageOf(req), "nav.health"), Nav: "health", Data: d})
	return nil
}

// progress counts what the runs under way have done.
func (r *Room) progress(ctx context.Context) ([]*archive.Progress, error) {
	list, err := r.archive.Running(ctx)
	for _, p := range list {
		if err == nil {
			err = r.archive.Follow(ctx, p)
		}
	}
	return list, err
}

// health looks at every site.
func (r *Room) health(ctx context.Context) ([]siteHealth, error) {
	sites, err := r.archive.Sites(ctx, r.opts.Now())
	if err == nil {
		err = r.archive.LastCaptures(ctx, sites)
	}
	if err != nil {
		return nil, err
	}
	var list []siteHealth
	for _, s := range sites {
		rows, err := r.archive.Crawls(ctx, s.Site.ID, readRuns)
		if err != nil {
			return nil, err
		}
		list = append(list, healthOf(s, rows))
	}
	return list, nil
}

// healthOf reads what the reports of a site's runs say, newest first.
func healthOf(s archive.SiteStatus, rows []archive.CrawlRow) siteHealth {
	h := siteHealth{SiteStatus: s}
	var now, before drift.Counts
	counted := 0
	for _, row := range rows {
		v := run{CrawlRow: row}
		if !row.Ended.IsZero() {
			v.Took = row.Ended.Sub(row.Started)
		}
		if len(row.Report) > 0 && json.Unmarshal(row.Report, &v.Report) != nil {
			v.Report = scraper.Report{} // of another version
		}
		for _, reason := range slices.Sorted(maps.Keys(v.Report.RequestsBy)) {
			v.By = append(v.By, reasonCount{string(reason), v.Report.RequestsBy[reason]})
		}
		if v.Report.Drift.Articles.Pages > 0 && counted <= comparedRuns {
			if counted++; counted == 1 {
				now = v.Report.Drift
			} else {
				before.Merge(v.Report.Drift)
			}
		}
		if len(h.Runs) < shownRuns {
			h.Runs = append(h.Runs, v)
		}
	}
	h.Rates = fillRates(now, before)
	h.Warnings = warningsOf(h.Runs)
	return h
}

func fillRates(now, before drift.Counts) []fillRate {
	var list []fillRate
	percent := func(f drift.Field) int {
		if f.Of == 0 {
			return -1
		}
		return int(f.Rate()*100 + 0.5)
	}
	for _, name := range drift.ArticleFields {
		f := fillRate{Field: name, Now: percent(now.Articles.Fields[name]), Before: percent(before.Articles.Fields[name])}
		if f.Now < 0 {
			continue
		}
		f.Fell = f.Before-f.Now >= 25
		list = append(list, f)
	}
	return list
}

// warningsOf is what the last run that ended, and the one that goes on, have to say.
func warningsOf(runs []run) []warning {
	i := slices.IndexFunc(runs, func(r run) bool { return r.Status != archive.StatusRunning })
	if i < 0 {
		return nil
	}
	var list []warning
	last := runs[i]
	if last.Error != "" {
		list = append(list, warning{"health.failed", "", last.Error})
	}
	if last.Status == archive.StatusDied {
		list = append(list, warning{"health.died", "", ""})
	}
	for _, host := range slices.Sorted(maps.Keys(last.Report.Stopped)) {
		list = append(list, warning{"health.stopped", host, last.Report.Stopped[host]})
	}
	for _, section := range last.Report.Broken {
		list = append(list, warning{"health.broken", section, ""})
	}
	for _, c := range last.Report.Changes {
		list = append(list, warning{"health.drift", "", c.String()})
	}
	return list
}

// A sample is a look at the stored bytes of captures drawn by lot.
type sample struct {
	Captures int
	Bytes    int64
	Faults   []sampleFault
}

type sampleFault struct {
	Capture int64
	Fault   string
}

// sampleSize is how many captures are drawn; sampleBytes is how much of them is read at most.
const (
	sampleSize  = 25
	sampleBytes = 64 << 20
)

// sampled checks captures drawn by lot.
func (r *Room) sampled(ctx context.Context) (*sample, error) {
	ids, err := r.archive.RandomCaptures(ctx, sampleSize)
	if err != nil {
		return nil, err
	}
	s := &sample{}
	for _, c := range ids {
		if s.Bytes+c.Length > sampleBytes {
			continue
		}
		check, err := r.checkCapture(ctx, c)
		if errors.Is(err, warc.ErrAway) {
			continue // the copy is checked where it is
		}
		if err != nil {
			return nil, err
		}
		s.Captures++
		s.Bytes += check.Bytes
		for _, f := range check.Faults {
			s.Faults = append(s.Faults, sampleFault{check.Capture.ID, f})
		}
	}
	return s, nil
}
