// Package schedule runs jobs again and again: crawls of many sites in one
// process, each at its own times, so that a slow or blocked one holds up no other.
//
// It knows clocks, cron expressions and windows of the day. It refuses to know
// what the jobs do.
package schedule

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Job is one thing to do at set times.
type Job struct {
	Name   string // unique
	Spec   Spec
	Window Window                      // runs begin within it, and are told to end when it closes
	Run    func(context.Context) error // a job never overlaps with itself
}

// Options say how jobs are run. The zero value is good.
type Options struct {
	AtOnce   int           // jobs running at the same time; 0 = 16
	Spread   time.Duration // times are put off by up to so much, always the same for the same name; 0 = not at all
	RunFirst bool          // run each job when the scheduler begins, not only from its first time on

	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error // returns early, with ctx.Err(), when ctx ends
	Log   *slog.Logger
}

// A Status is where a job stands.
type Status struct {
	Name        string
	Running     bool
	Runs        int       // that have ended
	Failures    int       // runs in a row that ended with an error
	LastStarted time.Time // zero = never
	LastEnded   time.Time
	LastErr     string
	Next        time.Time // when it is due; zero = never again
}

// A Scheduler runs jobs. Status may be asked for while it does.
type Scheduler struct {
	opts Options
	jobs []Job

	mu     sync.Mutex
	status map[string]*Status
}

// New makes a Scheduler. The error says which job cannot be run as it is.
func New(jobs []Job, o Options) (*Scheduler, error) {
	if o.AtOnce <= 0 {
		o.AtOnce = 16
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Scheduler{opts: o, jobs: jobs, status: make(map[string]*Status)}
	for _, j := range jobs {
		switch {
		case j.Spec == nil || j.Run == nil:
			return nil, fmt.Errorf("job %s: nothing to do, or no time for it", j.Name)
		case s.status[j.Name] != nil:
			return nil, fmt.Errorf("job %s: named twice", j.Name)
		}
		if e, ok := j.Spec.(Every); ok && e <= 0 {
			return nil, fmt.Errorf("job %s: every %s", j.Name, time.Duration(e))
		}
		s.status[j.Name] = &Status{Name: j.Name}
	}
	if len(jobs) == 0 {
		return nil, errors.New("no jobs")
	}
	return s, nil
}

// Run runs the jobs until ctx ends, or none is due any more, and then waits for
// those under way, which are told by ctx. Errors of jobs are logged and stand in Status; a
// job that fails is run again at its next time.
func (s *Scheduler) Run(ctx context.Context) error {
	turns := make(chan struct{}, s.opts.AtOnce)
	var wg sync.WaitGroup
	for _, j := range s.jobs {
		wg.Go(func() { s.repeat(ctx, j, turns) })
	}
	wg.Wait()
	return ctx.Err()
}

// repeat is one job's life.
func (s *Scheduler) repeat(ctx context.Context, j Job, turns chan struct{}) {
	offset := s.offset(j.Name)
	at := s.opts.Now()
	if !s.opts.RunFirst {
		at = j.Spec.Next(at).Add(offset)
	}
	for !at.IsZero() {
		at = j.Window.Opens(at)
		s.note(j.Name, func(st *Status) { st.Next = at })
		// In stretches: a sleeping machine, or a clock put right, must not put a run off for hours.
		for wait := at.Sub(s.opts.Now()); wait > 0; wait = at.Sub(s.opts.Now()) {
			if s.opts.Sleep(ctx, min(wait, 10*time.Minute)) != nil {
				return
			}
		}
		select {
		case turns <- struct{}{}:
		case <-ctx.Done():
			return
		}
		s.once(ctx, j)
		<-turns
		if ctx.Err() != nil {
			return
		}
		at = s.following(j, at, offset)
	}
	s.note(j.Name, func(st *Status) { st.Next = time.Time{} })
}

// following gives the job's time after at. What came due while it ran is not made up for.
func (s *Scheduler) following(j Job, at time.Time, offset time.Duration) time.Time {
	now := s.opts.Now()
	if _, ok := j.Spec.(Every); ok {
		if next := j.Spec.Next(at); next.After(now) {
			return next
		}
		return now
	}
	next := j.Spec.Next(now.Add(-offset))
	if next.IsZero() {
		return next
	}
	return next.Add(offset)
}

// once runs the job one time.
func (s *Scheduler) once(ctx context.Context, j Job) {
	started := s.opts.Now()
	s.note(j.Name, func(st *Status) { st.Running, st.LastStarted = true, started })
	s.opts.Log.Info("run begins", "site", j.Name)
	runCtx, cancel := context.WithCancel(ctx)
	if closes := j.Window.Closes(started); !closes.IsZero() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			if s.opts.Sleep(runCtx, closes.Sub(started)) == nil {
				cancel()
			}
		}()
		defer func() { <-done }()
	}
	err := run(runCtx, j)
	closed := runCtx.Err() != nil && ctx.Err() == nil
	cancel()
	ended := s.opts.Now()
	if closed && errors.Is(err, context.Canceled) {
		err = nil // the window closed: the rest is for the next time
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = nil // all is ending
	}
	s.note(j.Name, func(st *Status) {
		st.Running, st.LastEnded, st.Runs = false, ended, st.Runs+1
		if err == nil {
			st.LastErr, st.Failures = "", 0
		} else {
			st.LastErr, st.Failures = err.Error(), st.Failures+1
		}
	})
	if err != nil && ctx.Err() == nil {
		s.opts.Log.Warn("run failed", "site", j.Name, "dur", ended.Sub(started), "err", err)
		return
	}
	s.opts.Log.Info("run ended", "site", j.Name, "dur", ended.Sub(started))
}

// run keeps one job's panic from ending all others.
func run(ctx context.Context, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return j.Run(ctx)
}

func (s *Scheduler) note(name string, f func(*Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s.status[name])
}

// Status gives where each job stands, by name.
func (s *Scheduler) Status() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Status
	for _, st := range s.status {
		all = append(all, *st)
	}
	slices.SortFunc(all, func(a, b Status) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// offset spreads jobs that are due at the same time.
func (s *Scheduler) offset(name string) time.Duration {
	if s.opts.Spread <= 0 {
		return 0
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	return time.Duration(float64(s.opts.Spread) * float64(h.Sum32()) / (1 << 32)).Truncate(time.Second)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
