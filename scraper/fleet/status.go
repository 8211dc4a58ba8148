package fleet

import (
	"maps"
	"time"
)

// counts are of what a worker has done since it began.
type counts struct {
	runs map[string]int // by how they ended
	lost int            // leases, in mid-run
	beat time.Time      // the latest that the server took
}

// A Status is how a worker fares.
type Status struct {
	Leases   map[string]time.Duration // by site it is at: how long the lease is good if it is not renewed
	Slots    int
	Runs     map[string]int // since it began, by how they ended
	Lost     int            // leases lost in mid-run
	Beat     time.Time      // when the server last took a sign of life; zero = never
	Draining bool
}

func (w *Worker) count(change func(*counts)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(&w.counts)
}

// Status says how the worker fares just now.
func (w *Worker) Status() Status {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := Status{Leases: map[string]time.Duration{}, Slots: w.opts.Slots, Runs: maps.Clone(w.counts.runs), Lost: w.counts.lost, Beat: w.counts.beat, Draining: w.draining}
	for site, l := range w.leases {
		s.Leases[site] = l.left()
	}
	return s
}

// left is how long the lease is good if it is not renewed.
func (l *Lease) left() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost != nil {
		return 0
	}
	return max(time.Until(l.until), 0)
}
