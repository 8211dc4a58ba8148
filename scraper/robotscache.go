package scraper

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// robotsFor is how long a robots.txt is taken to stand (RFC 9309 section 2.4 asks
// for at most a day); an unreachable one is asked for again sooner.
const (
	robotsFor        = day
	robotsRetryAfter = 15 * time.Minute
	maxRobotsHops    = 5 // RFC 9309 section 2.3.1.2
)

// A verdict is what robots.txt says of an address.
type verdict int

const (
	allowed verdict = iota
	disallowed
	unknown // robots.txt cannot be had: nothing may be asked for now (section 2.3.1.4)
)

// A robotsEntry is one host's robots.txt as the run knows it.
type robotsEntry struct {
	rules   robotsRules
	verdict verdict // unknown while the file cannot be had, else allowed
	why     string  // of unknown
	shut    bool    // it is unknown because nobody takes connections there
	expires time.Time
}

// mayFetch asks the host's robots.txt, which it fetches (at the host's pace)
// when there is none or it has expired.
func (r *run) mayFetch(ctx context.Context, address string) (verdict, string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return disallowed, err.Error(), nil
	}
	origin := originOf(u)
	for r.asking[origin] {
		r.turned.Wait()
	}
	e, ok := r.robots[origin]
	if !ok || !r.cfg.Now().Before(e.expires) {
		r.asking[origin] = true
		e, err = r.fetchRobots(ctx, origin)
		delete(r.asking, origin)
		r.turned.Broadcast()
		if err != nil {
			return unknown, "", err
		}
		r.robots[origin] = e
		if e.rules.delay > 0 {
			r.pacer.slowDown(strings.ToLower(u.Host), e.rules.delay)
		}
	}
	if e.verdict == unknown {
		return unknown, e.why, nil
	}
	if !e.rules.allows(u) {
		return disallowed, "robots.txt forbids it", nil
	}
	return allowed, "", nil
}

// fetchRobots gets an origin's robots.txt and stores the exchanges; it asks for nothing where the host has told an
// earlier run to wait. The error is ctx's or the store's.
func (r *run) fetchRobots(ctx context.Context, origin string) (robotsEntry, error) {
	if why, wait, err := r.askedToWait(ctx, hostOf(origin)); err != nil || why != "" {
		return robotsEntry{verdict: unknown, why: why, expires: r.cfg.Now().Add(min(wait, robotsRetryAfter))}, err
	}
	address := origin + "/robots.txt"
	v := Visit{Reason: ReasonRobots, Target: Target{
		Site: r.cfg.Site.ID, Key: r.reader.Key(address), URL: address, Role: RoleAsset, State: StateKept, FirstSeen: r.cfg.Now().UTC(),
	}}
	var a answer
	for range maxRobotsHops + 1 {
		var err error
		if a, err = r.ask(ctx, RoleHome, address, nil, r.cfg.MaxBody); err != nil {
			return robotsEntry{}, err
		}
		v.Exchanges = append(v.Exchanges, a.exchanges...)
		next := location(a)
		if next == "" {
			break
		}
		address = next
	}
	now := r.cfg.Now().UTC()
	e := robotsEntry{expires: now.Add(robotsFor)}
	var sitemaps []string
	switch {
	case a.err != nil:
		e.verdict, e.why = unknown, "robots.txt cannot be had: "+plain(a.err)
		e.shut = takesNone(a.err) && address == origin+"/robots.txt"
	case a.status >= 500 || a.status == http.StatusTooManyRequests:
		e.verdict, e.why = unknown, "robots.txt cannot be had: "+http.StatusText(a.status)
		if wait := retryAfter(a.header, now); wait > maxPause {
			e.why = fmt.Sprintf("robots.txt cannot be had: %s, asked to wait %s, until %s", http.StatusText(a.status), span(wait), minuteOf(now.Add(wait)))
			r.hosts.of(hostOf(address)).stopped = e.why // it is said of both schemes
		}
	case a.status >= 200 && a.status < 300:
		file := parseRobots(a.body)
		e.rules, sitemaps = file.rulesFor(r.cfg.UserAgent), file.sitemaps
	}
	v.Target.State, v.Target.LastVisit, v.Target.Visits, v.Time = StateKept, now, 1, now
	if e.verdict == unknown {
		e.expires = now.Add(robotsRetryAfter)
		v.Target.State, v.Target.LastError, v.Target.Failures = StateFailed, e.why, 1
	}
	r.report.count(v)
	if _, err := r.save(context.WithoutCancel(ctx), v); err != nil {
		return robotsEntry{}, err
	}
	return e, r.addSitemaps(ctx, origin, sitemaps, e.verdict == allowed)
}
