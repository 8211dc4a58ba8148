package scraper

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"campusnews/extract"
)

// A run is one crawl of one site. Its workers hold mu but for the time they wait
// for an answer, read a page or wait for the store: see outside.
type run struct {
	cfg     Config
	store   Store
	reader  Reader
	scope   scope
	start   time.Time
	opened  time.Time // when the site was first looked at, by this run or an earlier one
	fetcher *fetcher
	pacer   *pacer

	reading chan struct{} // holds a token for each worker that reads a page, one a processor at most: more of them would only keep answers waiting, and memory
	feeding chan struct{} // full while a worker is at a feed or sitemap: one of 50,000 addresses takes much memory, and there may be many

	mu     sync.Mutex
	idle   *sync.Cond // something may be due for one of those who wait for it; see work
	turned *sync.Cond // somebody has an answer that others wait for as well: see asking
	busy   int        // workers that are at a target
	ahead  int        // those of them that are at a hub, list or feed: articles wait until these have named theirs, but see freely
	hubs   int        // those of them that are at a hub or feed
	over   bool       // nothing is due any more
	failed error      // what ended the run

	hosts  hosts
	seeds  map[string]string // by key: the address of what the run begins with, as the profile names it
	secure map[string]bool   // hosts, without port, that the run begins with by https
	robots map[string]robotsEntry
	asking map[string]bool    // origins whose robots.txt somebody is fetching, and keys of made-up addresses
	shapes map[string]*shape  // what came of addresses that differ in their numbers only
	absent map[string]absence // by host
	report Report

	asked     int              // requests so far
	needed    map[string]bool  // keys of requisites named in this run
	vanished  int              // articles made due because a list has lost their rows
	taken     int              // unknown addresses of sitemaps so far
	feedsLeft bool             // a feed or sitemap may be due
	walked    int              // slow walk's pages so far
	webplus   bool             // a page of this publishing system came
	led       bool             // a list, feed or sitemap was found, by this run or an earlier one
	linkedTo  map[string]bool  // keys of what the first pages of this run link to: the others mostly repeat it
	lists     map[string]*list // by the key of page 1
	walks     map[string]*walk // by the key of page 1
	given     map[string]bool  // lists and hubs already looked at in this run
	fresh     map[string]bool  // articles found by this run outside walks to the end: several pages may name them
	retries   []retry
	parked    []Target // leased targets of hosts that are left alone
}

// A retry is a target that failed in this run and may be asked for again in it.
type retry struct {
	key string
	due time.Time
}

// Bounds of a run's memory and patience.
const (
	maxFresh     = 50_000          // keys of new articles remembered within a run
	maxRetries   = 256             // failures that are tried again in the same run
	retryWithin  = 2 * time.Minute // only if their back-off is no longer than this
	saveDeadline = time.Minute     // for what must be written after ctx has ended
)

// Crawl makes one run over the site: page 1 of each section, older pages while
// they bring articles not known before, then those articles, then what is due
// to be looked at again. Each page is saved as a whole, so the run may be
// killed at any time: the next one goes on, and asks again for at most the pages in
// hand, one a worker.
//
// The error is nil when the run came to its end, whatever the site did: that is
// in the Report. It is ctx's error when ctx ended first (nothing is lost and the
// page in hand is given back), and wraps the store's when that is broken. The
// Report is valid in each case.
func Crawl(ctx context.Context, c Config, store Store, reader Reader) (Report, error) {
	c, err := c.withDefaults()
	if err != nil {
		return Report{}, err
	}
	r := newRun(c, store, reader)
	err = r.seed(ctx)
	if err == nil {
		err = r.unfetched(ctx)
	}
	if err == nil {
		err = r.loop(ctx)
	}
	if err == nil {
		r.mu.Lock()
		err = r.clicks(ctx)
		r.mu.Unlock()
	}
	err = errors.Join(err, r.unpark(ctx))
	r.report.Duration = c.Now().Sub(r.start)
	if err != nil {
		return r.report, fmt.Errorf("crawl %s: %w", c.Site.ID, err)
	}
	return r.report, nil
}

// newRun makes a run of a Config that has its defaults.
func newRun(c Config, store Store, reader Reader) *run {
	start := c.Now().UTC()
	r := &run{
		cfg: c, store: store, reader: reader, scope: newScope(c.Site, c.Assets), start: start,
		fetcher: newFetcher(c), pacer: newPacer(c), hosts: make(hosts), robots: make(map[string]robotsEntry), asking: make(map[string]bool), absent: make(map[string]absence),
		report: newReport(c.Site.ID, start, c.Budget), lists: make(map[string]*list), walks: make(map[string]*walk), given: make(map[string]bool), linkedTo: make(map[string]bool), needed: make(map[string]bool), fresh: make(map[string]bool),
	}
	r.idle, r.turned, r.feedsLeft, r.shapes = sync.NewCond(&r.mu), sync.NewCond(&r.mu), true, make(map[string]*shape)
	r.seeds, r.secure = make(map[string]string), make(map[string]bool)
	r.feeding, r.reading = make(chan struct{}, 1), make(chan struct{}, runtime.GOMAXPROCS(0))
	return r
}

// seed makes the pages due that every run begins with.
func (r *run) seed(ctx context.Context) error {
	var seeds []Target
	for _, s := range r.cfg.Site.Sections {
		if len(r.cfg.Sections) > 0 && !slices.Contains(r.cfg.Sections, s.Name) {
			continue
		}
		seeds = append(seeds, Target{URL: s.URL, Role: RoleSection, Section: s.Name, Title: s.Name})
	}
	if len(r.cfg.Site.Sections) == 0 {
		seeds = append(seeds, Target{URL: r.cfg.Site.Home, Role: RoleHome, Title: r.cfg.Site.Name})
	} else if len(seeds) == 0 {
		return fmt.Errorf("no section is called %q", r.cfg.Sections)
	}
	seeds = append(seeds, r.feedSeeds()...)
	for i := range seeds {
		t := &seeds[i]
		t.Site, t.Key, t.State, t.Due, t.FirstSeen, t.Deep = r.cfg.Site.ID, r.reader.Key(t.URL), StateNew, r.start, r.start, true
	}
	if _, err := r.store.Add(ctx, seeds, false); err != nil {
		return err
	}
	r.opened = r.start
	for i := range seeds {
		r.seeds[seeds[i].Key] = seeds[i].URL
		r.namedBy(seeds[i].URL)
		seeds[i].Deep = r.cfg.Full && seeds[i].Role != RoleFeed // its request is not conditional in any case
		t, ok, err := r.store.Lookup(ctx, r.cfg.Site.ID, seeds[i].Key)
		if err != nil {
			return err
		}
		if ok && t.FirstSeen.Before(r.opened) {
			r.opened = t.FirstSeen
		}
		if ok && t.State == StateKept {
			r.namedBy(t.URL)
		}
	}
	if _, err := r.store.Add(ctx, seeds, true); err != nil {
		return err
	}
	if r.discovers() {
		led, err := r.store.Led(ctx, r.cfg.Site.ID)
		if err != nil {
			return err
		}
		r.led = led
	}
	return nil
}

// loop looks at one target after the other until none is due.
func (r *run) loop(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for range r.cfg.Workers {
		wg.Go(func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			if err := r.work(ctx); err != nil && r.failed == nil {
				r.failed = err
				cancel()
			}
			r.idle.Broadcast()
		})
	}
	wg.Wait()
	return r.failed
}

// work is one worker's part of the loop. Who has come to an end with a target looks for the next, and who has found one wakes another, for there
// may be more. Waking all at each end costs more than the pages when a hundred wait for the lists that a few are at.
func (r *run) work(ctx context.Context) error {
	for {
		r.report.Limited = r.cfg.Limit > 0 && r.report.New >= r.cfg.Limit
		if r.failed != nil || r.over || len(r.parked) >= maxParked && r.allDown() {
			return nil
		}
		if r.cfg.Budget > 0 && r.asked >= r.cfg.Budget {
			r.report.Exhausted, r.over = true, true
			return nil
		}
		t, err := r.next(ctx)
		if errors.Is(err, ErrNoneDue) {
			if r.busy > 0 { // what the others are at may name more
				r.idle.Wait()
				continue
			}
			t, err = r.again(ctx)
		}
		if errors.Is(err, ErrNoneDue) {
			r.over = true
			return nil
		}
		if err != nil {
			return err
		}
		r.idle.Signal()
		r.count(t.Role, 1)
		err = r.visit(ctx, t)
		r.count(t.Role, -1)
		if err != nil {
			return err
		}
	}
}

// count takes a worker that begins (1) or ends (-1) with a target into account.
func (r *run) count(role Role, n int) {
	r.busy += n
	if role.names() {
		r.ahead += n
		if role == RoleHome || role == RoleFeed {
			r.hubs += n
		}
	}
}

// outside lets the other workers go on while f waits or computes.
func (r *run) outside(f func()) {
	r.mu.Unlock()
	defer r.mu.Lock()
	f()
}

// read has the reader look at a page while the other workers go on.
func (r *run) read(page extract.Page, hurry bool) (res extract.Result) {
	r.outside(func() {
		if !hurry {
			r.reading <- struct{}{}
			defer func() { <-r.reading }()
		}
		res = r.reader.Extract(page)
	})
	return res
}

// release gives a target back as it was, even though ctx may have ended.
func (r *run) release(ctx context.Context, t Target) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveDeadline)
	defer cancel()
	return r.store.Release(ctx, t)
}
