package schedule

import (
	"hash/fnv"
	"time"
)

// A timetable says when one job is due. It is a function of its fields and of
// the times it is asked with: no clock of its own, no state.
//
// Jobs of one scheduler have different phases, so that those with the same Spec
// and Window do not begin together; the same name has the same phase in every
// process, so that a restart moves nothing.
type timetable struct {
	spec   Spec
	window Window
	phase  float64       // in [0, 1), from the name
	spread time.Duration // cron times and the opening of a window are put off by phase × at most so much
}

// phaseOf maps a name to [0, 1), evenly for names however alike.
func phaseOf(name string) float64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	// FNV leaves the high bits of names that differ in their last letter nearly equal; this is the finalizer of
	// MurmurHash3 (public domain).
	x := h.Sum64()
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	x ^= x >> 33
	return float64(x>>11) / (1 << 53)
}

// next gives the first time after now; zero = never. last is when the latest
// run began; zero = there was none.
//
// Every is due at the points of a grid that depends on the interval and the
// phase alone, the first one that is at least half an interval after last:
// what came due meanwhile is not made up for, and a late run does not move those after it.
func (t timetable) next(last, now time.Time) time.Time {
	var at time.Time
	if e, ok := t.spec.(Every); ok {
		from := now
		if !last.IsZero() && last.Before(now) { // a start in the future is that of a clock since put right
			if earliest := last.Add(time.Duration(e) / 2); earliest.After(from) {
				from = earliest
			}
		}
		at = gridAfter(from, time.Duration(e), t.phase)
	} else {
		offset := t.offset(now)
		if at = t.spec.Next(now.Add(-offset)); at.IsZero() {
			return at
		}
		at = at.Add(offset)
	}
	return t.within(at)
}

// overdue says whether a run was missed: whether last is an interval ago or more, or
// there was none. A cron expression names its times and no others.
func (t timetable) overdue(last, now time.Time) bool {
	switch e := t.spec.(type) {
	case Once:
		return true
	case Every:
		return last.IsZero() || !now.Before(last.Add(time.Duration(e)))
	}
	return false
}

// within gives at if the window is open then, else a time soon after it opens.
func (t timetable) within(at time.Time) time.Time {
	open := t.window.Opens(at)
	if open.Equal(at) {
		return at
	}
	if closes := t.window.Closes(open); !closes.IsZero() {
		most := min(t.spread, closes.Sub(open)/10)
		open = open.Add(share(most, t.phase))
	}
	return open
}

// offset is how much cron times are put off: no more than a tenth of the time between two.
func (t timetable) offset(now time.Time) time.Duration {
	first := t.spec.Next(now)
	if first.IsZero() {
		return 0
	}
	second := t.spec.Next(first)
	if second.IsZero() {
		return share(t.spread, t.phase)
	}
	return share(min(t.spread, second.Sub(first)/10), t.phase)
}

func share(d time.Duration, phase float64) time.Duration {
	return time.Duration(float64(d) * phase).Truncate(time.Second)
}

// gridAfter gives the first point after t of the grid of the given step, moved by phase × step from 1970 on.
func gridAfter(t time.Time, step time.Duration, phase float64) time.Time {
	offset := share(step, phase)
	since := t.Sub(time.Unix(0, 0)) - offset
	n := since / step
	if since < 0 && since%step != 0 {
		n--
	}
	return time.Unix(0, 0).Add(offset + (n+1)*step).In(t.Location())
}
