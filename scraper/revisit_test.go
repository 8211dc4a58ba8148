package scraper

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func TestAfterKept(t *testing.T) {
	tests := []struct {
		name string
		born time.Time
		want time.Duration // after noon; 0 = left to the slow walk
	}{
		{"just now", noon, day - revisitSlack},
		{"a day ago, to the minute", noon.Add(-day), day - revisitSlack},
		{"three days ago", noon.Add(-3 * day), day - revisitSlack},
		{"five days ago", noon.Add(-5 * day), 2*day - revisitSlack},
		{"twenty days ago", noon.Add(-20 * day), 10*day - revisitSlack},
		{"thirty days ago", noon.Add(-30 * day), 0},
		{"years ago", noon.Add(-3000 * day), 0},
		{"tomorrow", noon.Add(day), 2*day - revisitSlack},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			due, role := afterKept("k", tt.born, noon)
			if tt.want == 0 {
				if role != RoleWalk || due.Sub(noon) < walkEvery/2 || due.Sub(noon) > walkEvery*3/2 {
					t.Errorf("got %v as role %d, want the slow walk in %v to %v", due.Sub(noon), role, walkEvery/2, walkEvery*3/2)
				}
				return
			}
			if role != RoleRevisit || due.Sub(noon) != tt.want {
				t.Errorf("got %v as role %d, want %v as a revisit", due.Sub(noon), role, tt.want)
			}
		})
	}
}

// A daily run, some minutes early or late, looks at an article at each age
// once, and then no more.
func TestRevisitsOfDailyRuns(t *testing.T) {
	for _, hour := range []int{0, 7, 15, 23} {
		born := time.Date(2026, 3, 10, hour, 17, 0, 0, time.UTC)
		due, role := afterKept("k", born, born)
		var ages []int
		for d := 1; d < 60; d++ {
			run := born.Add(time.Duration(d)*day + time.Duration(d%3-1)*5*time.Minute)
			if role == RoleRevisit && !due.After(run) {
				ages = append(ages, d)
				due, role = afterKept("k", born, run)
			}
		}
		if want := "[1 2 4 7 14 30]"; len(ages) != 6 || sprint(ages) != want {
			t.Errorf("found at %d h: looked at on days %v, want %s", hour, ages, want)
		}
	}
}

func TestBorn(t *testing.T) {
	tests := []struct {
		name, date string
		opened     time.Time
		want       time.Time
	}{
		{"no date", "", noon, noon},
		{"a day, in Beijing", "2026-03-01", noon, time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC)},
		{"with a time", "2026-03-01T09:30:00+08:00", noon.Add(-day), time.Date(2026, 2, 28, 16, 0, 0, 0, time.UTC)},
		{"in the future", "2027-01-01", noon, noon},
		{"no such day", "2026-02-31", noon, noon},
		{"an old date that turned up late", "2026-02-01", noon.Add(-30 * day), noon},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := born(Target{Date: tt.date, FirstSeen: noon}, tt.opened); !got.Equal(tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestAfterMissing(t *testing.T) {
	visit := func(t Target, days ...float64) []State {
		var states []State
		for _, d := range days {
			t = afterMissing(t, noon.Add(time.Duration(d*float64(day))))
			states = append(states, t.State)
		}
		return states
	}
	tests := []struct {
		name string
		from State
		days []float64
		want string
	}{
		{"kept, daily", StateKept, []float64{0, 1, 3, 7, 14}, "[missing missing missing missing gone]"},
		{"too few visits", StateKept, []float64{0, 20}, "[missing missing]"},
		{"few but enough", StateKept, []float64{0, 1, 20}, "[missing missing gone]"},
		{"many in a day", StateKept, []float64{0, .1, .2, .3, .4, .5}, "[missing missing missing missing missing missing]"},
		{"never kept", StateNew, []float64{0, 1, 3, 7, 14}, "[failed failed failed failed failed]"},
		{"gone stays gone", StateGone, []float64{0, 7, 15}, "[missing missing gone]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := sprint(visit(Target{Key: "k", State: tt.from, Role: RoleRevisit}, tt.days...)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	t.Run("due times", func(t *testing.T) {
		target, now := Target{Key: "k", State: StateKept, Role: RoleRevisit}, noon
		var days []int
		for target.State != StateGone {
			target = afterMissing(target, now)
			if len(days) > 10 {
				t.Fatalf("still %s after %d visits", target.State, len(days))
			}
			days = append(days, int(now.Sub(noon)/day))
			now = target.Due
		}
		if got, want := sprint(days), "[0 1 3 7 14]"; got != want {
			t.Errorf("looked at on days %s, want %s", got, want)
		}
		if target.Role != RoleWalk || target.Due.Sub(now) < 0 {
			t.Errorf("gone: role %d due %v, want the slow walk later", target.Role, target.Due)
		}
	})
}

func TestBackoff(t *testing.T) {
	last := time.Duration(0)
	for n := -1; n < 12; n++ {
		d := backoff(n)
		if d < last || d < time.Minute || d > 7*day {
			t.Errorf("backoff(%d) = %v after %v, want rising from a minute to a week", n, d, last)
		}
		last = d
	}
}

// However many addresses sitemaps name, each waits longer than those before it.
func TestMapWait(t *testing.T) {
	for n, want := range map[int]time.Duration{1: 0, 500: 0, 1000: day, 107_252: 106_752 * (day / 500), 200_500: 400 * day, 1 << 40: 36_500 * day} {
		if got := mapWait(n); got != want {
			t.Errorf("address %d waits %v, want %v", n, got, want)
		}
	}
}
