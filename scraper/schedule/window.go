package schedule

import (
	"fmt"
	"strings"
	"time"
)

// A Window is the part of each day within which jobs may run; the zero value
// is the whole day.
type Window struct {
	from, to time.Duration // since midnight; to before from = over midnight
	zone     *time.Location
}

// ParseWindow reads "22:00-06:00". zone nil = local time.
func ParseWindow(text string, zone *time.Location) (Window, error) {
	if zone == nil {
		zone = time.Local
	}
	first, second, ok := strings.Cut(text, "-")
	from, err1 := time.Parse("15:04", strings.TrimSpace(first))
	to, err2 := time.Parse("15:04", strings.TrimSpace(second))
	if !ok || err1 != nil || err2 != nil || from.Equal(to) {
		return Window{}, fmt.Errorf("window %q: write it as 22:00-06:00", text)
	}
	midnight := from.Truncate(24 * time.Hour)
	return Window{from: from.Sub(midnight), to: to.Sub(midnight), zone: zone}, nil
}

func (w Window) whole() bool { return w.zone == nil }

// clock gives the time of day d on t's day, moved by days.
func (w Window) clock(t time.Time, days int, d time.Duration) time.Time {
	t = t.In(w.zone)
	return time.Date(t.Year(), t.Month(), t.Day()+days, int(d/time.Hour), int(d%time.Hour/time.Minute), 0, 0, w.zone)
}

// Opens gives t if the window is open then, else the time when it opens next.
func (w Window) Opens(t time.Time) time.Time {
	if w.whole() || !w.Closes(t).IsZero() {
		return t
	}
	if from := w.clock(t, 0, w.from); !from.Before(t) {
		return from
	}
	return w.clock(t, 1, w.from)
}

// Closes gives the time when the window that is open at t closes; zero if it is
// not open, or never closes.
func (w Window) Closes(t time.Time) time.Time {
	if w.whole() {
		return time.Time{}
	}
	for _, days := range [2]int{-1, 0} { // the window of yesterday may still be open
		from, to := w.clock(t, days, w.from), w.clock(t, days, w.to)
		if w.to <= w.from {
			to = w.clock(t, days+1, w.to)
		}
		if !t.Before(from) && t.Before(to) {
			return to
		}
	}
	return time.Time{}
}
