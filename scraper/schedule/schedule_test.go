package schedule

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Time in these tests is synctest's: it passes when everybody waits.

// A log of when jobs began.
type log struct {
	mu     sync.Mutex
	begun  map[string][]time.Time
	atOnce map[string]int
	t      *testing.T
}

func newLog(t *testing.T) *log {
	return &log{begun: make(map[string][]time.Time), atOnce: make(map[string]int), t: t}
}

func (l *log) job(name string, spec Spec, takes time.Duration, err error) Job {
	return Job{Name: name, Spec: spec, Run: func(ctx context.Context) error {
		l.mu.Lock()
		l.begun[name] = append(l.begun[name], time.Now())
		if l.atOnce[name]++; l.atOnce[name] > 1 {
			l.t.Errorf("%s runs twice at the same time", name)
		}
		l.mu.Unlock()
		defer func() {
			l.mu.Lock()
			l.atOnce[name]--
			l.mu.Unlock()
		}()
		if e := sleep(ctx, takes); e != nil {
			return e
		}
		return err
	}}
}

func TestSchedulerManySites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLog(t)
		var jobs []Job
		for i := range 200 {
			takes, err := 10*time.Minute, error(nil)
			switch i % 20 {
			case 3:
				takes = 9 * time.Hour // slower than its interval
			case 7:
				err = errors.New("host is down")
			}
			jobs = append(jobs, l.job(fmt.Sprintf("site%03d", i), Every(6*time.Hour), takes, err))
		}
		const stagger = 2 * time.Second
		s, err := New(jobs, Options{RunFirst: true, Stagger: stagger})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 48*time.Hour-time.Minute)
		defer cancel()
		if err := s.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the end of its time", err)
		}
		slots := map[time.Time]int{}
		for i := range 200 {
			name := fmt.Sprintf("site%03d", i)
			runs := l.begun[name]
			if i%20 == 3 {
				if len(runs) < 4 || len(runs) > 6 {
					t.Errorf("%s, which takes nine hours, ran %d times in 48 hours", name, len(runs))
				}
				continue
			}
			if len(runs) < 8 || len(runs) > 9 {
				t.Errorf("%s ran %d times in 48 hours, want 8 or 9", name, len(runs))
			}
			if first := runs[0].Sub(start); first < 0 || first > 200*stagger {
				t.Errorf("%s ran first after %v", name, first)
			}
			if gap := runs[1].Sub(runs[0]); gap < 3*time.Hour || gap > 9*time.Hour {
				t.Errorf("%s: the second run comes %v after the first", name, gap)
			}
			slots[runs[1].Truncate(10*time.Minute)]++
			for n := 2; n < len(runs); n++ {
				if gap := runs[n].Sub(runs[n-1]); gap != 6*time.Hour {
					t.Errorf("%s: run %d comes %v after the one before, want six hours to the second", name, n, gap)
				}
			}
		}
		for at, n := range slots {
			if n > 20 { // 190 sites in 36 slots
				t.Errorf("%d sites begin within ten minutes of %v", n, at)
			}
		}
		for _, st := range s.Status() {
			if st.Running || st.Runs == 0 {
				t.Errorf("%s: %+v, want it ended and run", st.Name, st)
			}
			if failing := st.Name[6] == '7' && (st.Name[5]-'0')%2 == 0; failing != (st.LastErr == "host is down") {
				t.Errorf("%s: last error %q, %d failures", st.Name, st.LastErr, st.Failures)
			}
		}
	})
}

func TestSchedulerCron(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLog(t)
		c, err := ParseCron("0 */6 * * *", time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		s, err := New([]Job{l.job("a", c, time.Hour, nil)}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Hour)
		defer cancel()
		s.Run(ctx)
		if n := len(l.begun["a"]); n < 4 || n > 5 {
			t.Errorf("ran %d times in 25 hours, want every six", n)
		}
		for _, at := range l.begun["a"] {
			if at.UTC().Hour()%6 != 0 || at.Minute() != 0 {
				t.Errorf("ran at %v", at)
			}
		}
	})
}

func TestSchedulerWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, err := ParseWindow("22:00-06:00", time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		l := newLog(t)
		j := l.job("a", Every(2*time.Hour), 5*time.Hour, nil)
		j.Window = w
		s, err := New([]Job{j}, Options{RunFirst: true})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 72*time.Hour)
		defer cancel()
		s.Run(ctx)
		if len(l.begun["a"]) < 3 {
			t.Errorf("ran %d times in three nights", len(l.begun["a"]))
		}
		for _, at := range l.begun["a"] {
			if h := at.UTC().Hour(); h >= 6 && h < 22 {
				t.Errorf("began at %v, outside the window", at.UTC())
			}
		}
		if st := s.Status()[0]; st.LastErr != "" {
			t.Errorf("a run that the window ended counts as failed: %q", st.LastErr)
		}
	})
}

// A job that panics is a failure of its own.
func TestSchedulerPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLog(t)
		bad := Job{Name: "bad", Spec: Every(time.Hour), Run: func(context.Context) error { panic("oh") }}
		s, err := New([]Job{bad, l.job("good", Every(time.Hour), time.Minute, nil)}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Hour+time.Minute)
		defer cancel()
		s.Run(ctx)
		if st := s.Status()[0]; st.Failures < 9 || st.LastErr != "panic: oh" || len(l.begun["good"]) < 9 {
			t.Errorf("%+v, the other ran %d times; want both to go on", st, len(l.begun["good"]))
		}
	})
}

func TestNewRefuses(t *testing.T) {
	l := newLog(t)
	for name, jobs := range map[string][]Job{
		"none":          nil,
		"no time":       {{Name: "a", Run: func(context.Context) error { return nil }}},
		"nothing to do": {{Name: "a", Spec: Every(1)}},
		"twice":         {l.job("a", Every(1), 0, nil), l.job("a", Every(1), 0, nil)},
		"never":         {l.job("a", Every(0), 0, nil)},
	} {
		if _, err := New(jobs, Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
