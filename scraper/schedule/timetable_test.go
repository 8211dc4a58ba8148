package schedule

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestTimetableNext(t *testing.T) {
	const layout = "2006-01-02 15:04"
	at := func(s string) time.Time {
		if s == "" {
			return time.Time{}
		}
		v, err := time.ParseInLocation(layout, s, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	cron := func(s string) Spec {
		c, err := ParseCron(s, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	night, err := ParseWindow("22:00-06:00", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	six := Every(6 * time.Hour)
	tests := []struct {
		name            string
		table           timetable
		last, now, want string
	}{
		{"grid", timetable{spec: six}, "", "2026-03-10 01:00", "2026-03-10 06:00"},
		{"grid, strictly after", timetable{spec: six}, "", "2026-03-10 06:00", "2026-03-10 12:00"},
		{"grid with a phase", timetable{spec: six, phase: 0.5}, "", "2026-03-10 01:00", "2026-03-10 03:00"},
		{"a late run moves nothing", timetable{spec: six}, "2026-03-10 06:40", "2026-03-10 06:50", "2026-03-10 12:00"},
		{"not again at once", timetable{spec: six}, "2026-03-10 05:50", "2026-03-10 05:55", "2026-03-10 12:00"},
		{"missed ones are not made up for", timetable{spec: six}, "2026-03-01 00:00", "2026-03-10 13:00", "2026-03-10 18:00"},
		{"a run of the future is none", timetable{spec: six}, "2036-03-01 00:00", "2026-03-10 13:00", "2026-03-10 18:00"},
		{"before 1970", timetable{spec: six}, "", "1969-12-31 19:00", "1970-01-01 00:00"},
		{"cron", timetable{spec: cron("0 3 * * *")}, "2026-03-10 03:00", "2026-03-10 03:10", "2026-03-11 03:00"},
		{"cron put off", timetable{spec: cron("0 3 * * *"), phase: 0.5, spread: 10 * time.Minute}, "", "2026-03-10 03:01", "2026-03-10 03:05"},
		{"cron put off, after that", timetable{spec: cron("0 3 * * *"), phase: 0.5, spread: 10 * time.Minute}, "", "2026-03-10 03:05", "2026-03-11 03:05"},
		{"at most a tenth of the time between two", timetable{spec: cron("*/20 * * * *"), phase: 0.5, spread: 10 * time.Minute}, "", "2026-03-10 02:50", "2026-03-10 03:01"},
		{"cron that never comes", timetable{spec: cron("0 0 31 2 *")}, "", "2026-03-10 00:00", ""},
		{"window shut", timetable{spec: six, window: night}, "", "2026-03-10 07:00", "2026-03-10 22:00"},
		{"window shut, not all at its opening", timetable{spec: six, window: night, phase: 0.5, spread: 10 * time.Minute}, "", "2026-03-10 07:00", "2026-03-10 22:05"},
		{"window open", timetable{spec: six, window: night}, "", "2026-03-10 19:00", "2026-03-11 00:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.table.next(at(tt.last), at(tt.now)); !got.Equal(at(tt.want)) {
				t.Errorf("got %v, want %q", got, tt.want)
			}
		})
	}
}

// However the clock stands, the next time lies after now and no further than it must.
func FuzzEvery(f *testing.F) {
	f.Add(int64(6*time.Hour), int64(1773100000), int64(1773090000), "csu")
	f.Add(int64(time.Minute), int64(-5), int64(1<<33), "")
	f.Fuzz(func(t *testing.T, every, now, last int64, name string) {
		if every < int64(time.Minute) || every > int64(366*24*time.Hour) || now < -1<<32 || now > 1<<33 || last < -1<<32 || last > 1<<33 {
			t.Skip()
		}
		table := timetable{spec: Every(every), phase: phaseOf(name)}
		from := time.Unix(now, 0)
		got := table.next(time.Unix(last, 0), from)
		if ahead := got.Sub(from); ahead <= 0 || ahead > time.Duration(every)*3/2 {
			t.Errorf("after %v comes %v, every %v", from, got, time.Duration(every))
		}
	})
}

func TestPhasesAreEven(t *testing.T) {
	var tenths [10]int
	for i := range 1000 {
		p := phaseOf(fmt.Sprintf("site%03d", i))
		if p < 0 || p >= 1 {
			t.Fatalf("phase %v", p)
		}
		tenths[int(p*10)]++
	}
	for i, n := range tenths {
		if n < 60 || n > 140 {
			t.Errorf("%d of 1000 phases in tenth %d", n, i)
		}
	}
	if a, b := phaseOf("csu"), phaseOf("csu"); a != b {
		t.Errorf("one name, phases %v and %v", a, b)
	}
}

// A wallClock is synctest's clock with a person who sets it.
type wallClock struct {
	mu     sync.Mutex
	offset time.Duration
}

func (c *wallClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *wallClock) set(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// The clock is put forward by three years and back by four: a job runs neither for each hour
// left out nor waits until they have passed again.
func TestSchedulerClockJumps(t *testing.T) {
	for _, tt := range []struct {
		name string
		spec string // "" = every hour
	}{{"every", ""}, {"cron", "30 * * * *"}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var spec Spec = Every(time.Hour)
				if tt.spec != "" {
					c, err := ParseCron(tt.spec, time.UTC)
					if err != nil {
						t.Fatal(err)
					}
					spec = c
				}
				l, clock := newLog(t), &wallClock{}
				s, err := New([]Job{l.job("a", spec, time.Minute, nil)}, Options{Now: clock.now})
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Hour)
				defer cancel()
				time.AfterFunc(10*time.Hour, func() { clock.set(3 * 365 * 24 * time.Hour) })
				time.AfterFunc(20*time.Hour, func() { clock.set(-4 * 365 * 24 * time.Hour) })
				s.Run(ctx)
				runs := l.begun["a"] // by the clock that never jumped
				if len(runs) < 28 || len(runs) > 32 {
					t.Errorf("ran %d times in 30 hours, want once an hour", len(runs))
				}
				for i := 1; i < len(runs); i++ {
					if gap := runs[i].Sub(runs[i-1]); gap > 2*time.Hour {
						t.Errorf("%v between runs %d and %d", gap, i-1, i)
					}
				}
			})
		})
	}
}

// A run that a window cut goes on when it opens again, whenever its next time would be.
func TestSchedulerGoesOnInTheNextWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, err := ParseWindow("22:00-06:00", time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		weekly, err := ParseCron("0 23 * * mon", time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		left := 20 * time.Hour // of work: three nights
		var begun, cut []time.Time
		s, err := New([]Job{{Name: "a", Spec: weekly, Window: w, Run: func(ctx context.Context) error {
			began := time.Now()
			begun = append(begun, began)
			err := sleep(ctx, left)
			left -= time.Since(began)
			if Cut(ctx) {
				cut = append(cut, time.Now().UTC())
			}
			return err
		}}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 7*24*time.Hour)
		defer cancel()
		s.Run(ctx) // from Saturday 1 January 2000 on
		if len(begun) != 3 || len(cut) != 2 || left != 0 {
			t.Fatalf("begun at %v, cut at %v, %v left; want three nights", begun, cut, left)
		}
		for i, want := range []string{"Mon 23:00", "Tue 22:00", "Wed 22:00"} {
			if got := begun[i].UTC().Format("Mon 15:04"); got != want {
				t.Errorf("night %d begins %s, want %s", i, got, want)
			}
		}
		for _, at := range cut {
			if got := at.Format("15:04"); got != "06:00" {
				t.Errorf("cut at %s", got)
			}
		}
	})
}

// A job that is due once takes as many nights as it needs, and then the scheduler ends.
func TestSchedulerOnceOverSeveralNights(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, err := ParseWindow("22:00-06:00", time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		left, begun := 20*time.Hour, []string(nil)
		s, err := New([]Job{{Name: "a", Spec: Once{}, Window: w, Last: time.Now(), Run: func(ctx context.Context) error {
			began := time.Now()
			begun = append(begun, began.UTC().Format("2 15:04"))
			err := sleep(ctx, left)
			left -= time.Since(began)
			return err
		}}}, Options{RunFirst: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Run(t.Context()); err != nil || left != 0 {
			t.Errorf("got %v with %v left, want the end of the work", err, left)
		}
		if got, want := fmt.Sprint(begun), "[1 00:00 1 22:00 2 22:00]"; got != want {
			t.Errorf("begun at %s, want %s", got, want)
		}
	})
}

// A process that is started again and again asks nobody more often.
func TestSchedulerRemembersEarlierProcesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLog(t)
		var last time.Time
		for range 24 * 4 { // started each quarter of an hour for a day
			j := l.job("a", Every(6*time.Hour), time.Minute, nil)
			j.Last = last
			s, err := New([]Job{j}, Options{RunFirst: true})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
			s.Run(ctx)
			cancel()
			last = s.Status()[0].LastStarted
		}
		if n := len(l.begun["a"]); n < 4 || n > 5 {
			t.Errorf("ran %d times in a day, want every six hours", n)
		}
	})
}
