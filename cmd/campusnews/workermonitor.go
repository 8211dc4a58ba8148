package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"campusnews/scraper/fleet"
)

// A workerMonitor knows how a worker fares, for /metrics and /healthz.
type workerMonitor struct {
	worker func() fleet.Status
	disk   *disk
	nc     *nats.Conn
	lease  time.Duration

	mu     sync.Mutex
	copies map[string]time.Time // by site under way: up to when it is copied
	sent   int64                // bytes, of runs that have ended
	behind int64                // attempts to copy that failed
	since  time.Time            // when the connection was lost; zero = it is there

	searches, visits atomic.Int64
}

// copied notes up to when a run's archive is copied; the zero time ends that.
func (m *workerMonitor) copied(site string, upto time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.copies == nil {
		m.copies = map[string]time.Time{}
	}
	if upto.IsZero() {
		delete(m.copies, site)
	} else {
		m.copies[site] = upto
	}
}

func (m *workerMonitor) failed() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.behind++
}

func (m *workerMonitor) add(sent int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent += sent
}

// away is how long the connection has been lost, as far as it was looked at.
func (m *workerMonitor) away() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.nc.IsConnected() {
		m.since = time.Time{}
		return 0
	}
	if m.since.IsZero() {
		m.since = time.Now()
	}
	return time.Since(m.since)
}

// health says how the worker fares. What is wrong with a site, and that the disk is full, is none of its faults.
func (m *workerMonitor) health() health {
	s := m.worker()
	h := health{Status: "ok", Reasons: []string{}, Warnings: []string{}, Running: len(s.Leases)}
	_, h.Sites = m.disk.count(false)
	if s.Draining {
		h.Reasons = append(h.Reasons, "the program was told to end")
	}
	if away := m.away(); away > 0 {
		h.Reasons = append(h.Reasons, fmt.Sprintf("no connection to NATS (%s)", away.Round(time.Second)))
	}
	if silent := time.Since(s.Beat); !s.Beat.IsZero() && silent > m.lease {
		h.Reasons = append(h.Reasons, fmt.Sprintf("NATS has taken no sign of life for %s", silent.Round(time.Second)))
	}
	m.mu.Lock()
	for _, site := range slices.Sorted(maps.Keys(m.copies)) {
		if behind := time.Since(m.copies[site]); behind > maxBehind/2 {
			h.Reasons = append(h.Reasons, fmt.Sprintf("%s: its copy is %s behind", site, behind.Round(time.Second)))
		}
	}
	m.mu.Unlock()
	if full := m.disk.full(); full != "" {
		h.Warnings = append(h.Warnings, "no new sites are taken: "+full)
	}
	if len(h.Reasons) > 0 {
		h.Status = "unwell"
	}
	return h
}

// metrics writes all figures in the text exposition format.
func (m *workerMonitor) metrics() string {
	s := m.worker()
	used, archives := m.disk.count(false)
	var b strings.Builder
	family := func(name, kind, help string) {
		fmt.Fprintf(&b, "# HELP campusnews_worker_%s %s\n# TYPE campusnews_worker_%s %s\n", name, help, name, kind)
	}
	sample := func(name string, v float64, labels ...string) {
		b.WriteString("campusnews_worker_" + name)
		for n := 0; n+1 < len(labels); n += 2 {
			b.WriteString(map[bool]string{true: "{", false: ","}[n == 0] + labels[n] + "=" + quoteLabel(labels[n+1]))
		}
		if len(labels) > 0 {
			b.WriteString("}")
		}
		b.WriteString(" " + strconv.FormatFloat(v, 'g', -1, 64) + "\n")
	}
	one := func(name, kind, help string, v float64) { family(name, kind, help); sample(name, v) }
	truth := func(on bool) float64 {
		if on {
			return 1
		}
		return 0
	}

	fmt.Fprintf(&b, "# HELP campusnews_build_info The program's version.\n# TYPE campusnews_build_info gauge\ncampusnews_build_info{version=%s} 1\n", quoteLabel(version()))
	family("runs_total", "counter", "Runs that have ended, by how.")
	for _, status := range []string{fleet.EndDone, fleet.EndPart, fleet.EndInterrupted, fleet.EndFailed, fleet.EndRefused} {
		sample("runs_total", float64(s.Runs[status]), "status", status)
	}
	one("leases_lost_total", "counter", "Leases that came to their end in mid-run.", float64(s.Lost))
	one("slots", "gauge", "Sites that can be crawled at the same time.", float64(s.Slots))
	family("lease_seconds", "gauge", "How long the lease of a site under way is good if it is not renewed.")
	for _, site := range slices.Sorted(maps.Keys(s.Leases)) {
		sample("lease_seconds", s.Leases[site].Seconds(), "site", site)
	}
	m.mu.Lock()
	family("copy_behind_seconds", "gauge", "How old what is not yet copied of a site under way may be.")
	for _, site := range slices.Sorted(maps.Keys(m.copies)) {
		sample("copy_behind_seconds", time.Since(m.copies[site]).Seconds(), "site", site)
	}
	sent, behind := m.sent, m.behind
	m.mu.Unlock()
	one("copied_bytes_total", "counter", "Bytes sent to the copies by runs that have ended.", float64(sent))
	one("copy_failures_total", "counter", "Attempts to copy in mid-run that failed.", float64(behind))
	one("archives", "gauge", "Archives in the worker's folder.", float64(archives))
	one("archive_bytes", "gauge", "Bytes that they take.", float64(used))
	one("archive_bytes_most", "gauge", "Bytes that they may take; 0 = no bound.", float64(m.disk.bytes))
	if left, known := freeSpace(m.disk.data); known {
		one("disk_free_bytes", "gauge", "Bytes left on their disk.", float64(left))
	}
	one("full", "gauge", "Whether the worker takes no new sites.", truth(m.disk.full() != ""))
	one("connected", "gauge", "Whether there is a connection to NATS.", truth(m.away() == 0))
	if !s.Beat.IsZero() {
		one("beat_timestamp_seconds", "gauge", "When NATS last took a sign of life.", float64(s.Beat.UnixMilli())/1000)
	}
	family("questions_total", "counter", "Questions answered, by what was asked for.")
	sample("questions_total", float64(m.searches.Load()), "kind", "search")
	sample("questions_total", float64(m.visits.Load()), "kind", "page")
	return b.String()
}
