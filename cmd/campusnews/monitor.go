package main

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"campusnews/archive"
	"campusnews/scraper"
	"campusnews/scraper/schedule"
)

// A monitor knows how a crawl that repeats fares, for /metrics and /healthz.
type monitor struct {
	now    func() time.Time
	status func() []schedule.Status // where the jobs stand, by name; set before the monitor is asked

	mu       sync.Mutex
	sites    map[string]*siteWatch
	draining bool
}

// A siteWatch is one site's share.
type siteWatch struct {
	runs    map[string]int64 // by status, since the process began
	ended   tally            // of runs that have ended
	current tally            // of the run under way
	heard   time.Time        // when the run under way gave the last sign of life
	good    time.Time        // when the latest run ended that came to its end; zero = none is known
	last    scraper.Report   // of the latest run; its zero = there was none
}

// A tally counts since the process began, or within one run.
type tally struct {
	requests map[scraper.Reason]int64
	changes  map[string]int64 // articles: new, changed, gone, returned
	bytes    int64
	failed   int64
	blocked  int64
}

func tallyOf(r *scraper.Report) tally {
	t := tally{requests: map[scraper.Reason]int64{}, bytes: r.Bytes, failed: int64(r.Failed), blocked: int64(r.Blocked), changes: map[string]int64{
		"new": int64(r.New), "changed": int64(r.Changed), "gone": int64(r.Gone), "returned": int64(r.Returned),
	}}
	for reason, n := range r.RequestsBy {
		t.requests[reason] = int64(n)
	}
	return t
}

func (t tally) plus(u tally) tally {
	sum := tally{requests: map[scraper.Reason]int64{}, changes: map[string]int64{}, bytes: t.bytes + u.bytes, failed: t.failed + u.failed, blocked: t.blocked + u.blocked}
	for _, v := range []tally{t, u} {
		for reason, n := range v.requests {
			sum.requests[reason] += n
		}
		for change, n := range v.changes {
			sum.changes[change] += n
		}
	}
	return sum
}

func newMonitor(now func() time.Time) *monitor {
	return &monitor{now: now, sites: map[string]*siteWatch{}}
}

// add makes a site known with what the archive says of its runs before.
func (m *monitor) add(site string, before lastRuns) {
	s := &siteWatch{runs: map[string]int64{}, good: before.good}
	for _, status := range []string{archive.StatusDone, archive.StatusPart, archive.StatusInterrupted, archive.StatusFailed} {
		s.runs[status] = 0 // a counter that is there from the beginning: its first increase shows
	}
	m.sites[site] = s
}

func (m *monitor) begin(site string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sites[site].heard = m.now()
}

// event takes in one visit.
func (m *monitor) event(site string, e scraper.Event) {
	t := tallyOf(e.Report) // valid during the call only
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.sites[site]
	s.current, s.heard = t, m.now()
}

// end takes in what a run brought.
func (m *monitor) end(site, status string, r scraper.Report) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.sites[site]
	s.runs[status]++
	s.ended, s.current, s.last = s.ended.plus(tallyOf(&r)), tally{}, r
	if succeeded(status) {
		s.good = m.now()
	}
}

// drain notes that the program was told to end.
func (m *monitor) drain() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.draining = true
}

// Patience of /healthz.
const (
	lateAfter  = 5 * time.Minute  // a run that has not begun so long after its time is overdue
	stuckAfter = 30 * time.Minute // a run that fetched nothing for so long is stuck: robots.txt's longest pause is a minute, Retry-After's five
)

// overdue is how long a run should have begun ago; 0 = it has, or is not due.
func overdue(s schedule.Status, now time.Time) time.Duration {
	if s.Running || s.Next.IsZero() {
		return 0
	}
	return max(now.Sub(s.Next), 0)
}

// A health is the body of /healthz.
type health struct {
	Status   string   `json:"status"` // "ok", or "unwell" with reasons
	Sites    int      `json:"sites"`
	Running  int      `json:"running"`
	Reasons  []string `json:"reasons"`  // what makes it unwell: a restart or a person is needed
	Warnings []string `json:"warnings"` // what a person should see to, of sites and not of this program
}

// health says how the program fares. A site that refuses or is down is none of its faults and a warning only.
func (m *monitor) health() health {
	now := m.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	h := health{Status: "ok", Reasons: []string{}, Warnings: []string{}}
	if m.draining {
		h.Reasons = append(h.Reasons, "the program was told to end")
	}
	for _, st := range m.status() {
		h.Sites++
		s := m.sites[st.Name]
		reason := func(format string, args ...any) {
			h.Reasons = append(h.Reasons, st.Name+": "+fmt.Sprintf(format, args...))
		}
		if st.Running {
			h.Running++
			if silent := now.Sub(s.heard); silent > stuckAfter {
				reason("its run has fetched nothing for %s", silent.Round(time.Minute))
			}
		}
		if late := overdue(st, now); late > lateAfter {
			reason("its run is overdue by %s", late.Round(time.Minute))
		}
		if st.LastErr != "" {
			reason("%s ended with an error: %s", count(st.Failures, "run"), st.LastErr)
		}
		for _, section := range s.last.Broken {
			h.Warnings = append(h.Warnings, fmt.Sprintf("%s: section %s had articles before and shows none now", st.Name, section))
		}
		if n := len(s.last.Changes); n > 0 {
			h.Warnings = append(h.Warnings, fmt.Sprintf("%s: pages read differently than before: %s", st.Name, s.last.Changes[0]))
		}
		for _, host := range slices.Sorted(maps.Keys(s.last.Stopped)) {
			h.Warnings = append(h.Warnings, fmt.Sprintf("%s: %s was left alone: %s", st.Name, host, s.last.Stopped[host]))
		}
	}
	if len(h.Reasons) > 0 {
		h.Status = "unwell"
	}
	return h
}
