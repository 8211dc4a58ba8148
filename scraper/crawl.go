package scraper

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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

	feeding chan struct{} // full while a worker is at a feed or sitemap: one of 50,000 addresses takes much memory, and there may be many

	mu     sync.Mutex
	turned *sync.Cond // somebody has come to an end with what he was at
	busy   int        // workers that are at a target
	ahead  int        // those of them that are at a hub or list: articles wait until these have named theirs
	over   bool       // nothing is due any more
	failed error      // what ended the run

	hosts       hosts
	robots      map[string]robotsEntry
	asking      map[string]bool      // origins whose robots.txt somebody is fetching, and keys of made-up addresses
	shapes      map[string]*shape    // what came of addresses that differ in their numbers only
	absent      map[string]*portrait // host → what it answers for a made-up address, nil = an honest 404
	absentToday map[string]bool      // hosts of which absent is from this run
	report      Report

	asked     int               // requests so far
	needed    map[string]bool   // keys of requisites named in this run
	vanished  int               // articles made due because a list has lost their rows
	taken     int               // unknown addresses of sitemaps so far
	feedsLeft bool              // a feed or sitemap may be due
	walked    int               // slow walk's pages so far
	webplus   bool              // a page of this publishing system came
	led       bool              // a list, feed or sitemap was found, by this run or an earlier one
	linkedTo  map[string]bool   // keys of what the first pages of this run link to: the others mostly repeat it
	lists     map[string]*list  // by the key of page 1
	lastRow   map[string]string // section → rows of its last list page, to see a list that repeats itself
	given     map[string]bool   // lists and hubs already looked at in this run
	fresh     map[string]bool   // articles found by this run outside walks to the end: several pages may name them
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
	maxParked    = 1000            // targets of stopped hosts set aside before the run ends
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
		fetcher: newFetcher(c), pacer: newPacer(c), hosts: make(hosts), robots: make(map[string]robotsEntry), asking: make(map[string]bool), absent: make(map[string]*portrait), absentToday: make(map[string]bool),
		report: newReport(c.Site.ID, start, c.Budget), lists: make(map[string]*list), lastRow: make(map[string]string), given: make(map[string]bool), linkedTo: make(map[string]bool), needed: make(map[string]bool), fresh: make(map[string]bool),
	}
	r.turned, r.feedsLeft, r.shapes = sync.NewCond(&r.mu), true, make(map[string]*shape)
	r.feeding = make(chan struct{}, 1)
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
		seeds[i].Deep = r.cfg.Full && seeds[i].Role != RoleFeed // its request is not conditional in any case
		t, ok, err := r.store.Lookup(ctx, r.cfg.Site.ID, seeds[i].Key)
		if err != nil {
			return err
		}
		if ok && t.FirstSeen.Before(r.opened) {
			r.opened = t.FirstSeen
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
			r.turned.Broadcast()
		})
	}
	wg.Wait()
	return r.failed
}

// work is one worker's part of the loop.
func (r *run) work(ctx context.Context) error {
	for {
		r.report.Limited = r.cfg.Limit > 0 && r.report.New >= r.cfg.Limit
		if r.failed != nil || r.over || len(r.parked) >= maxParked {
			return nil
		}
		if r.cfg.Budget > 0 && r.asked >= r.cfg.Budget {
			r.report.Exhausted, r.over = true, true
			return nil
		}
		t, err := r.next(ctx)
		if errors.Is(err, ErrNoneDue) {
			if r.busy > 0 { // what the others are at may name more
				r.turned.Wait()
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
		r.busy++
		if t.Role.names() {
			r.ahead++
		}
		err = r.visit(ctx, t)
		r.busy--
		if t.Role.names() {
			r.ahead--
		}
		r.turned.Broadcast()
		if err != nil {
			return err
		}
	}
}

// outside lets the other workers go on while f waits or computes.
func (r *run) outside(f func()) {
	r.mu.Unlock()
	defer r.mu.Lock()
	f()
}

// stop notes in the report that a host is left alone. Hosts that only serve images
// of others are no part of the site.
func (r *run) stop(address, why string) {
	if r.scope.hasHost(address) {
		r.report.Stopped[hostOf(address)] = why
	}
}

// visit looks at a leased target and saves what came of it.
func (r *run) visit(ctx context.Context, t Target) error {
	if t.Role.names() && r.given[t.Key] {
		// Only a clock that stands still or a store that forgets brings us here.
		t.Due = r.cfg.Now().UTC().Add(time.Hour)
		_, err := r.save(ctx, Visit{Target: t, Reason: ReasonList, Time: r.cfg.Now().UTC()})
		return err
	}
	if t.Role == RoleFeed {
		r.outside(func() { r.feeding <- struct{}{} }) // whoever is at one ends by himself when the run is to end
		defer func() { <-r.feeding }()
	}
	reason := reasonFor(t)
	l, err := r.trapped(t), error(nil)
	if !l.trap {
		l, err = r.lookAt(ctx, t)
	}
	if err != nil {
		return errors.Join(err, r.release(ctx, t))
	}
	r.learnShape(t, l)
	if l.outcome == outcomePostponed && isFileRole(t.Role) {
		// Hosts of old pictures die. Their files must not stand in the way of others'.
		l.outcome = outcomeFailed
		l.wait = max(l.wait, day)
	}
	if l.outcome == outcomePostponed && len(l.exchanges) == 0 {
		r.report.Postponed++
		r.parked = append(r.parked, t)
		r.tell(Visit{Target: t, Reason: reason}, l, Change{})
		return nil
	}
	if t.Role.names() {
		r.given[t.Key] = true
	}
	if t.Role == RoleWalk {
		r.walked++
	}
	p, err := r.planner(ctx, t, l)
	if err != nil {
		return errors.Join(err, r.release(ctx, t))
	}
	pl := p.make(t, l)
	v := Visit{
		Target: pl.target, Reason: reason, Time: p.now, Exchanges: l.exchanges, Result: l.result,
		Listed: pl.listed, Found: pl.found, Again: pl.again,
	}
	if err := r.watch(ctx, l, &pl, &v); err != nil {
		return errors.Join(err, r.release(ctx, t))
	}
	if err := r.follow(ctx, l, t.LastVisit, p, &pl, &v); err != nil {
		return errors.Join(err, r.release(ctx, t))
	}
	r.requisites(l, &pl, &v)
	if err := r.changed(ctx, l, t.LastVisit, p, &v); err != nil {
		return errors.Join(err, r.release(ctx, t))
	}
	if t.Role == RoleFeed && isFeed(l.result) && l.result.Listing.Source == extract.SourceSitemap {
		l.result.Listing.Items = nil // up to 50,000; all that is kept of them stands in Found and Again
	}
	// What has been fetched is kept, even if the run has been told to stop meanwhile.
	saveCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveDeadline)
	defer cancel()
	change, err := r.save(saveCtx, v)
	if err != nil {
		return err
	}
	r.account(v, l, pl, change)
	return nil
}

// save stores a visit while the other workers go on.
func (r *run) save(ctx context.Context, v Visit) (change Change, err error) {
	r.outside(func() { change, err = r.store.Save(ctx, v) })
	return change, err
}

// planner gathers what a plan has to know.
func (r *run) planner(ctx context.Context, t Target, l look) (planner, error) {
	p := planner{
		site: r.cfg.Site.ID, now: r.cfg.Now().UTC(), opened: r.opened, start: r.start, full: r.cfg.Full,
		discover: len(r.cfg.Site.Sections) == 0, maxDepth: r.cfg.MaxDepth, inScope: r.scope.has, isAsset: r.scope.hasAsset, key: r.reader.Key,
		discoverFeeds: r.discovers(), lastVisit: t.LastVisit, taken: r.taken, hasHost: r.scope.hasHost,
		follow: r.follows(), fromFeeds: r.cfg.Follow,
	}
	if !r.cfg.Since.IsZero() {
		p.since = r.cfg.Since.In(beijing).Format(time.DateOnly)
	}
	if !r.cfg.Until.IsZero() {
		p.until = r.cfg.Until.In(beijing).Format(time.DateOnly)
	}
	if l.result == nil {
		return p, nil
	}
	items := l.result.ItemLinks
	if l.result.Listing != nil {
		items = l.result.Listing.Items
	}
	keys := make([]string, 0, len(items))
	for _, it := range items {
		keys = append(keys, r.keyOf(it))
	}
	if t.Role == RoleFeed {
		var err error
		p.known, err = r.known(ctx, keys)
		return p, err
	}
	rows := strings.Join(keys, "\n")
	if l.result.Kind == extract.KindList {
		p.endless = r.endless(t, l.result.Listing.Items)
	}
	if l.result.Kind == extract.KindList && t.Role == RoleList {
		p.repeated = rows == r.lastRow[t.Section]
	}
	if l.result.Kind == extract.KindList {
		r.lastRow[t.Section] = rows
	}
	if len(keys) == 0 {
		return p, nil
	}
	var err error
	if p.known, err = r.store.Known(ctx, r.cfg.Site.ID, keys); err != nil {
		return p, err
	}
	for _, key := range keys {
		if r.fresh[key] {
			delete(p.known, key)
		}
	}
	return p, nil
}

// account brings a saved visit into the report, and a failure onto the list of retries.
func (r *run) account(v Visit, l look, pl plan, change Change) {
	r.report.count(v)
	r.report.settle(v, change)
	r.report.Outside += pl.outside
	t := v.Target
	r.taken += pl.taken
	r.feedsLeft = r.feedsLeft || namesFeed(v.Found) || namesFeed(v.Again)
	if !pl.deep && len(r.fresh) < maxFresh {
		for _, key := range pl.fresh {
			r.fresh[key] = true
		}
	}
	if l.result != nil && l.result.Kind == extract.KindList && t.Role == RoleFeed {
		f := &r.report.Feeds
		f.Read, f.Rows, f.Unknown, f.Later = f.Read+1, f.Rows+pl.rows, f.Unknown+pl.unknown, f.Later+pl.later
	}
	if l.result != nil && l.result.Kind == extract.KindList && t.Role != RoleHome && t.Role != RoleFeed {
		s := r.report.section(t.Section)
		s.Pages++
		s.Rows += len(l.result.Listing.Items)
		s.Unknown += pl.unknown
		if t.Role == RoleSection {
			s.URL = t.URL
		}
	}
	r.webplus = r.webplus || l.result != nil && l.result.System == "webplus"
	if pl.broken {
		r.report.Broken = append(r.report.Broken, t.Section)
		r.cfg.Log.Warn("section has no rows any more", "site", t.Site, "section", t.Section, "url", t.URL)
	}
	switch l.outcome {
	case outcomeKept:
		switch t.Role {
		case RoleAsset:
			r.report.Assets++
		case RoleRequisite:
			r.report.Requisites++
		}
	case outcomeMissing:
		switch {
		case isFileRole(t.Role):
			r.report.AssetsMissing++
		case t.Role == RoleFeed && t.State == StateFailed && t.Depth > 0: // a guess, or another's mistake
		case !change.Gone:
			r.report.Missing++
		}
	case outcomeBlocked:
		if r.hosts.of(hostOf(l.url)).stopped != "" || t.Depth == 0 { // where a run begins it was meant to be let in
			r.report.Blocked++
		} else {
			r.report.refuse(l.why, t.URL) // campus-only items stand in many public lists
		}
	case outcomeRefused:
		switch {
		case l.trap:
			r.report.Trapped++
		case t.Depth == 0 && t.Role.names(): // a run that may not even begin is not done
			r.report.Failed++
			r.report.fail(l.why, t.URL)
		default:
			r.report.refuse(l.why, t.URL)
		}
	case outcomePostponed:
		r.report.Postponed++
	case outcomeFailed:
		if isFileRole(t.Role) {
			if l.tooLarge {
				r.report.AssetsCut++
			} else {
				r.report.AssetsFailed++
			}
			break
		}
		if due := t.Due.Sub(v.Time); t.Failures <= 2 && due <= retryWithin && !l.tooLarge && len(r.retries) < maxRetries {
			r.retries = append(r.retries, retry{key: t.Key, due: t.Due})
		} else {
			r.report.Failed++
			r.report.fail(l.why, t.URL)
		}
		r.cfg.Log.Warn("no page", "site", t.Site, "url", t.URL, "status", l.status, "attempt", t.Failures, "err", l.why)
	}
	r.tell(v, l, change)
}

// tell reports a visit to whoever watches the run.
func (r *run) tell(v Visit, l look, change Change) {
	var n int64
	for _, x := range v.Exchanges {
		n += int64(len(x.Response))
	}
	r.cfg.Log.Debug("visit", "site", v.Target.Site, "url", v.Target.URL, "status", l.status, "bytes", n, "outcome", l.outcome.String(), "err", l.why)
	if r.cfg.Progress != nil {
		r.report.Duration = r.cfg.Now().Sub(r.start)
		r.cfg.Progress(Event{
			Target: v.Target, Reason: v.Reason, Outcome: l.outcome.String(), Status: l.status, Bytes: n, Change: change, Report: &r.report,
		})
	}
}

// reasonFor says why a target is requested.
func reasonFor(t Target) Reason {
	switch {
	case t.Failures > 0:
		return ReasonRetry
	case t.Role <= RoleList:
		return ReasonList
	case t.Role == RoleFeed:
		return ReasonFeed
	case t.Role == RoleAsset:
		return ReasonAsset
	case t.Role == RoleRequisite:
		return ReasonRequisite
	case t.Role == RoleWalk:
		return ReasonWalk
	case t.State == StateNew:
		return ReasonNew
	}
	return ReasonRevisit
}

// release gives a target back as it was, even though ctx may have ended.
func (r *run) release(ctx context.Context, t Target) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveDeadline)
	defer cancel()
	return r.store.Release(ctx, t)
}

// unpark gives the targets of stopped hosts back; the next run tries them again.
func (r *run) unpark(ctx context.Context) error {
	var errs []error
	for _, t := range r.parked {
		errs = append(errs, r.release(ctx, t))
	}
	r.parked = nil
	return errors.Join(errs...)
}
