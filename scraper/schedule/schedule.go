// Package schedule runs jobs again and again: crawls of many sites in one
// process, each at its own times, so that a slow or blocked one holds up no other.
//
// It knows clocks, cron expressions and windows of the day. It refuses to know
// what the jobs do.
package schedule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
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
	Window Window                      // runs begin within it, are told to end when it closes, and go on when it opens again
	Last   time.Time                   // when it ran last, in an earlier process; zero = never
	Run    func(context.Context) error // a job never overlaps with itself
}

// Options say how jobs are run. The zero value is good.
type Options struct {
	AtOnce   int           // jobs running at the same time; 0 = no bound, so that no number of slow ones holds up the others
	Spread   time.Duration // cron times, and starts at the opening of a window, are put off by up to so much, always the same for the same name; 0 = not at all
	RunFirst bool          // run a job that is due once, or each so often and has not run for so long, when the scheduler begins
	Stagger  time.Duration // between two of those first runs; 0 = they begin together

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
	Next        time.Time // when it is due; while it runs, when it was; zero = never again
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
		s.status[j.Name] = &Status{Name: j.Name, LastStarted: j.Last}
	}
	if len(jobs) == 0 {
		return nil, errors.New("no jobs")
	}
	return s, nil
}

// Plan gives when each job is due first if Run is called now, in the order of the jobs; zero = never.
func (s *Scheduler) Plan() []time.Time { return s.firstTimes(s.now()) }

// Run runs the jobs until ctx ends, or none is due any more, and then waits for
// those under way, which are told by ctx. Errors of jobs are logged and stand in Status; a
// job that fails is run again at its next time.
func (s *Scheduler) Run(ctx context.Context) error {
	var turns chan struct{}
	if s.opts.AtOnce > 0 {
		turns = make(chan struct{}, s.opts.AtOnce)
	}
	var wg sync.WaitGroup
	for i, first := range s.firstTimes(s.now()) {
		wg.Go(func() { s.repeat(ctx, s.jobs[i], first, turns) })
	}
	wg.Wait()
	return ctx.Err()
}

// firstTimes gives when each job is due first, overdue ones one after the other in the order of their phases.
func (s *Scheduler) firstTimes(now time.Time) []time.Time {
	times := make([]time.Time, len(s.jobs))
	var late []int
	for i, j := range s.jobs {
		t := s.timetable(j)
		if s.opts.RunFirst && t.overdue(j.Last, now) {
			late = append(late, i)
		}
		times[i] = t.next(j.Last, now)
	}
	slices.SortFunc(late, func(a, b int) int { return cmp.Compare(phaseOf(s.jobs[a].Name), phaseOf(s.jobs[b].Name)) })
	for n, i := range late {
		times[i] = s.timetable(s.jobs[i]).within(now.Add(time.Duration(n) * s.opts.Stagger))
	}
	for i, j := range s.jobs {
		s.note(j.Name, func(st *Status) { st.Next = times[i] })
	}
	return times
}

func (s *Scheduler) timetable(j Job) timetable {
	return timetable{spec: j.Spec, window: j.Window, phase: phaseOf(j.Name), spread: s.opts.Spread}
}

// now is the wall clock: the monotonic one stands still while a machine sleeps.
func (s *Scheduler) now() time.Time { return s.opts.Now().Round(0) }

// repeat is one job's life. Its runs follow one another in this function, so that none overlaps another.
func (s *Scheduler) repeat(ctx context.Context, j Job, at time.Time, turns chan struct{}) {
	t := s.timetable(j)
	last := j.Last
	for !at.IsZero() {
		s.note(j.Name, func(st *Status) { st.Next = at })
		if at = s.await(ctx, j, t, last, at); at.IsZero() {
			break
		}
		if turns != nil {
			select {
			case turns <- struct{}{}:
			case <-ctx.Done():
			}
		}
		if ctx.Err() != nil {
			return
		}
		last = s.now()
		cut := s.once(ctx, j)
		if turns != nil {
			<-turns
		}
		if ctx.Err() != nil {
			return
		}
		// What came due while it ran is not made up for.
		now := s.now()
		if at = t.next(last, now); cut {
			at = t.within(now) // the rest of a run that the window ended
		}
	}
	s.note(j.Name, func(st *Status) { st.Next = time.Time{} })
}

// stretch is the longest time between two looks at the clock: so late at most is
// a run that came due while the machine slept or when its clock was put forward.
const stretch = time.Minute

// await waits until at, or the time that takes its place when the clock was put
// back. It gives zero when there is none, and returns early when ctx ends.
func (s *Scheduler) await(ctx context.Context, j Job, t timetable, last, at time.Time) time.Time {
	before := s.now()
	for {
		now := s.now()
		if now.Before(before.Add(-stretch)) {
			// The clock was wrong when at was worked out: that may be years from now.
			if again := t.next(last, now); !again.IsZero() && again.Before(at) {
				at = again
				s.note(j.Name, func(st *Status) { st.Next = at })
			}
			s.opts.Log.Info("clock was put back", "site", j.Name, "from", before, "to", now, "next", at)
		}
		before = now
		wait := at.Sub(now)
		if wait <= 0 {
			// Later than meant, the window may be closed.
			if open := t.within(now); open.After(now) {
				at = open
				s.note(j.Name, func(st *Status) { st.Next = at })
				continue
			}
			return at
		}
		if s.opts.Sleep(ctx, min(wait, stretch)) != nil {
			return at
		}
	}
}

// once runs the job one time and says whether its window closed before it came to its end.
func (s *Scheduler) once(ctx context.Context, j Job) (cut bool) {
	started := s.now()
	s.note(j.Name, func(st *Status) { st.Running, st.LastStarted = true, started })
	s.opts.Log.Info("run begins", "site", j.Name)
	runCtx, cancel := context.WithCancelCause(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		s.watchWindow(runCtx, j.Window, func() { cancel(errClosed) })
	}()
	err := run(runCtx, j)
	closed := context.Cause(runCtx) == errClosed
	cancel(nil)
	<-watched
	ended := s.now()
	if closed && errors.Is(err, context.Canceled) {
		cut, err = true, nil
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
	if err != nil {
		s.opts.Log.Warn("run failed", "site", j.Name, "dur", ended.Sub(started), "err", err)
		return cut
	}
	s.opts.Log.Info("run ended", "site", j.Name, "dur", ended.Sub(started), "cut", cut)
	return cut
}

// errClosed is why the context of a run ended that its window cut.
var errClosed = errors.New("the window has closed")

// Cut says whether a job's context ended because its window closed.
func Cut(ctx context.Context) bool { return context.Cause(ctx) == errClosed }

// watchWindow calls closed when the window is not open any more. It looks at the clock again and again, which may jump.
func (s *Scheduler) watchWindow(ctx context.Context, w Window, closed func()) {
	if w.whole() {
		return
	}
	for {
		now := s.now()
		closes := w.Closes(now)
		if closes.IsZero() {
			closed()
			return
		}
		if s.opts.Sleep(ctx, min(closes.Sub(now), stretch)) != nil {
			return
		}
	}
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
