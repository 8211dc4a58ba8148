package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"campusnews/archive"
	"campusnews/archive/replica"
	"campusnews/archive/warc"
	"campusnews/extract/profile"
	"campusnews/scraper"
	"campusnews/scraper/fleet"
)

// A siteRunner crawls sites for a worker, each into an archive of its own, and copies that as it grows.
type siteRunner struct {
	g      *global
	crawl  *crawlCommand
	data   string
	every  time.Duration // between two copies
	keeper *replica.Keeper
	open   *openArchives // for questions
	fleet  *fleet.Fleet
	disk   *disk
	mon    *workerMonitor
}

func (r *siteRunner) dir(site string) string { return filepath.Join(r.data, "sites", site) }

// Addresses implements fleet.Runner. A name that has no address just now has none to share.
func (r *siteRunner) Addresses(ctx context.Context, s fleet.Site) []string {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var all []string
	for _, h := range s.Hosts {
		name := (&url.URL{Host: h}).Hostname()
		if a, err := netip.ParseAddr(name); err == nil {
			all = append(all, a.Unmap().String())
			continue
		}
		addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
		if err != nil {
			r.g.log().Debug("no address", "host", name, "err", err)
		}
		for _, a := range addrs {
			all = append(all, a.Unmap().String())
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Run implements fleet.Runner.
func (r *siteRunner) Run(ctx context.Context, s fleet.Site, grant fleet.Grant) (ending fleet.Ending, err error) {
	defer func() {
		if err != nil && ending.Status == "" {
			ending.Status = fleet.EndFailed
			if ctx.Err() != nil {
				ending.Status = fleet.EndInterrupted
			}
		}
	}()
	if s.ID != filepath.Base(s.ID) || s.ID == "." || s.ID == ".." {
		return ending, fmt.Errorf("site id %q is no name of a folder", s.ID)
	}
	crawl, p, err := r.prepare(s)
	if err != nil {
		// Whoever added the site could read it.
		return fleet.Ending{Status: fleet.EndRefused, Note: fmt.Sprintf("worker %s of version %s does not understand it: %v", r.keeper.Worker, version(), err)}, nil
	}
	web, err := crawl.web.open(r.g.env, p.Hosts)
	if err != nil {
		return ending, err
	}
	defer func() { err = errors.Join(err, web.Close()) }()
	web.transport = guarded{web.transport, grant.Check}

	if left, known := freeSpace(r.data); known && left < exhausted {
		return fleet.Ending{Status: fleet.EndRefused, Note: fmt.Sprintf("the disk of worker %s has %s left", r.keeper.Worker, size(left))}, nil
	}
	busy := r.disk.of(s.ID)
	busy.Lock()
	defer func() {
		busy.Unlock()
		r.tidy(ctx, s.ID)
	}()
	dir := r.dir(s.ID)
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return ending, err
	}
	copier, err := r.keeper.Take(ctx, dir, replica.Run{Archive: s.ID, Format: archive.Format(), Fence: grant.Fence, Check: grant.Check})
	if errors.Is(err, replica.ErrNewer) {
		// In a fleet that is being brought up to date, some workers are behind for a while.
		return fleet.Ending{Status: fleet.EndRefused, Note: err.Error()}, nil
	}
	if err != nil {
		return ending, err
	}
	a, err := archive.Open(ctx, dir, archive.Options{
		Log: r.g.log(), Now: r.g.env.Now, KeepLog: true,
		WARC: warc.Options{MaxBytes: r.disk.segment(), Info: warc.Info{Software: "campusnews/" + version(), Operator: crawl.contact, UserAgent: crawl.agent(), Robots: "obeyed (RFC 9309)"}},
	})
	if errors.Is(err, archive.ErrNewer) { // the copy does not say of which format it is
		return fleet.Ending{Status: fleet.EndRefused, Note: err.Error()}, nil
	}
	if err != nil {
		return ending, locked(err)
	}
	if err := copier.Follow(ctx); err != nil {
		return ending, errors.Join(err, a.Close())
	}
	run, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var copying sync.WaitGroup
	over := make(chan struct{})
	r.mon.copied(s.ID, time.Now())
	defer r.mon.copied(s.ID, time.Time{})
	copying.Go(func() { r.copyEach(run, stop, copier, s.ID, over) })
	report, err := crawl.crawlSite(run, r.g, a, web, p, func(scraper.Event) {})
	close(over)
	copying.Wait()
	if ctx.Err() == nil && run.Err() != nil {
		err = errors.Join(context.Cause(run), err) // the copy could not be kept up
	}
	err = errors.Join(err, a.Close())
	if grant.Check() == nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		err = errors.Join(err, copier.End(last))
		cancel()
	}
	r.mon.add(copier.Sent())
	ending.Note = fmt.Sprintf("%d new, %d changed, %d gone, %d failed, %s, %s copied", report.New, report.Changed, report.Gone, report.Failed, count(report.Requests, "request"), size(copier.Sent()))
	report.RequestsBy = nil // for whoever reads a line, their number is enough
	ending.Note = strings.Join(append([]string{ending.Note}, remarks(report)...), "; ")
	ending.Blocked = slices.Sorted(maps.Keys(report.Stopped))
	switch {
	case ctx.Err() != nil:
		ending.Status = fleet.EndInterrupted
	case err != nil:
		ending.Status = fleet.EndFailed
	case report.InPart():
		ending.Status = fleet.EndPart
	default:
		ending.Status = fleet.EndDone
	}
	return ending, err
}

// prepare gives the crawl that a site asks for, with the worker's own manners.
func (r *siteRunner) prepare(s fleet.Site) (*crawlCommand, *profile.Profile, error) {
	p, err := profile.Parse([]byte(s.Profile), "profile of "+s.ID)
	if err != nil {
		return nil, nil, err
	}
	crawl := &crawlCommand{}
	cmd := crawl.cobra(r.g)
	if err := cmd.ParseFlags(s.Options); err != nil {
		return nil, nil, fmt.Errorf("options of site %s: %w", s.ID, err)
	}
	crawl.userAgent, crawl.contact, crawl.quiet = r.crawl.userAgent, r.crawl.contact, true
	crawl.web.delay, crawl.web.allowPrivate = r.crawl.web.delay, r.crawl.web.allowPrivate
	if err := crawl.validate(r.g.env); err != nil {
		return nil, nil, fmt.Errorf("options of site %s: %w", s.ID, err)
	}
	return crawl, p, nil
}

// maxBehind is how old the copy may become before the run is stopped: beyond it a machine's death would cost too much.
const maxBehind = 5 * time.Minute

// copyEach copies again and again until the run is over. A run that lost its right, or whose copy cannot be kept up, is stopped.
func (r *siteRunner) copyEach(ctx context.Context, stop context.CancelCauseFunc, c *replica.Copier, site string, over <-chan struct{}) {
	tick := time.NewTicker(r.every)
	defer tick.Stop()
	good := time.Now()
	for {
		select {
		case <-over:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		begin := time.Now()
		err := c.Sync(ctx)
		switch {
		case err == nil:
			good = begin
			r.mon.copied(site, good)
		case errors.Is(err, fleet.ErrLost) || errors.Is(err, replica.ErrStale):
			stop(err)
			return
		case time.Since(good) > maxBehind:
			r.mon.failed()
			stop(fmt.Errorf("nothing could be copied for %s: %w", maxBehind, err))
			return
		default:
			r.mon.failed()
			r.g.log().Warn("the copy is behind", "since", good.UTC().Format(time.RFC3339), "err", err)
		}
	}
}

// guarded asks whether the run has still a right to go on before each request.
type guarded struct {
	http.RoundTripper
	check func() error
}

// RoundTrip implements http.RoundTripper.
func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.check(); err != nil {
		return nil, err
	}
	return g.RoundTripper.RoundTrip(r)
}
