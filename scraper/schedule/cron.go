package schedule

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Spec says when a job is due.
type Spec interface {
	// Next gives the first time after t; zero = never.
	Next(t time.Time) time.Time
}

// Every is due each time so much has passed.
type Every time.Duration

// Next implements Spec.
func (e Every) Next(t time.Time) time.Time { return t.Add(time.Duration(e)) }

// Once is due when the scheduler begins with RunFirst, and until the run has come to its end: a
// window may cut it into several.
type Once struct{}

// Next implements Spec.
func (Once) Next(time.Time) time.Time { return time.Time{} }

// A Cron is due at the minutes that a cron expression names.
type Cron struct {
	minute, hour, day, month, weekday uint64 // bit n = n is named
	anyDay, anyWeekday                bool   // the field began with *
	zone                              *time.Location
}

var shorthands = map[string]string{
	"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
}

var names = map[string]int{
	"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6,
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}

// ParseCron reads the five fields of crontab(5): minute, hour, day of the month,
// month, day of the week, with *, ranges, steps, lists and English names, or
// one of @hourly, @daily, @weekly, @monthly. As in cron, a day is named when either
// the day of the month or that of the week fits, if both are restricted. zone nil = local time.
func ParseCron(text string, zone *time.Location) (*Cron, error) {
	if zone == nil {
		zone = time.Local
	}
	c := &Cron{zone: zone}
	fields := strings.Fields(text)
	if len(fields) == 1 {
		if long, ok := shorthands[strings.ToLower(fields[0])]; ok {
			fields = strings.Fields(long)
		}
	}
	if len(fields) != 5 {
		return nil, fmt.Errorf("cron %q: %d fields, want minute, hour, day, month, weekday", text, len(fields))
	}
	for i, f := range []struct {
		name      string
		low, high int
		set       *uint64
	}{
		{"minute", 0, 59, &c.minute}, {"hour", 0, 23, &c.hour}, {"day", 1, 31, &c.day}, {"month", 1, 12, &c.month}, {"weekday", 0, 7, &c.weekday},
	} {
		set, err := parseField(fields[i], f.low, f.high)
		if err != nil {
			return nil, fmt.Errorf("cron %q: %s: %w", text, f.name, err)
		}
		*f.set = set
	}
	if c.weekday&(1<<7) != 0 {
		c.weekday |= 1 // Sunday is 0 and 7
	}
	c.anyDay, c.anyWeekday = strings.HasPrefix(fields[2], "*"), strings.HasPrefix(fields[4], "*")
	return c, nil
}

func parseField(text string, low, high int) (set uint64, err error) {
	for part := range strings.SplitSeq(text, ",") {
		span, stepText, stepped := strings.Cut(part, "/")
		step := 1
		if stepped {
			if step, err = strconv.Atoi(stepText); err != nil || step < 1 {
				return 0, fmt.Errorf("%q is no step", stepText)
			}
		}
		from, to := low, high
		if span != "*" {
			first, second, isRange := strings.Cut(span, "-")
			if from, err = number(first, low, high); err != nil {
				return 0, err
			}
			switch {
			case isRange:
				if to, err = number(second, low, high); err != nil {
					return 0, err
				}
			case !stepped:
				to = from
			}
			if to < from {
				return 0, fmt.Errorf("%q runs backwards", span)
			}
		}
		for n := from; n <= to; n += step {
			set |= 1 << n
		}
	}
	return set, nil
}

func number(text string, low, high int) (int, error) {
	n, ok := names[strings.ToLower(text)]
	if !ok {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			return 0, fmt.Errorf("%q is no number", text)
		}
	}
	if n < low || n > high {
		return 0, fmt.Errorf("%q is not between %d and %d", text, low, high)
	}
	return n, nil
}

// Next implements Spec. It looks eight years ahead: from one 29 February to the
// next but one.
//
// When clocks are changed, an expression that names hours keeps its count, as in cron(8): what would have come in the hour that
// is left out comes right after it, and what would come twice comes once. One for every hour goes on by the hour.
func (c *Cron) Next(t time.Time) time.Time {
	t = t.In(c.zone).Truncate(time.Minute).Add(time.Minute)
	end := t.AddDate(8, 0, 1)
	for t.Before(end) {
		switch {
		case !c.hourly() && c.leftOut(t):
			return t
		case c.month&(1<<int(t.Month())) == 0:
			t = c.morning(t.Year(), t.Month()+1, 1)
		case !c.dayFits(t):
			t = c.morning(t.Year(), t.Month(), t.Day()+1)
		case c.hour&(1<<t.Hour()) == 0:
			// By duration, not by the clock: when clocks go back, an hour comes twice.
			t = t.Add(time.Duration(60-t.Minute()) * time.Minute)
		case c.minute&(1<<t.Minute()) == 0, !c.hourly() && again(t):
			t = t.Add(time.Minute)
		default:
			return t
		}
	}
	return time.Time{}
}

// hourly says whether the expression names every hour.
func (c *Cron) hourly() bool { return c.hour == 1<<24-1 }

// morning is the first minute of a day. Where midnight is the hour that is left out, time.Date gives one of the day before.
func (c *Cron) morning(year int, month time.Month, day int) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, c.zone)
	for t.Hour() > 12 {
		t = t.Add(time.Minute)
	}
	return t
}

// leftOut says whether clocks were put forward to t, over a time that the expression names.
func (c *Cron) leftOut(t time.Time) bool {
	_, offset := t.Zone()
	_, before := t.Add(-time.Minute).Zone()
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
	for n := before - offset; n < 0; n += 60 {
		w := wall.Add(time.Duration(n) * time.Second)
		if c.month&(1<<int(w.Month())) != 0 && c.dayFits(w) && c.hour&(1<<w.Hour()) != 0 && c.minute&(1<<w.Minute()) != 0 {
			return true
		}
	}
	return false
}

// again says whether the clock has shown t's time before, since it was put back not long ago.
func again(t time.Time) bool {
	_, offset := t.Zone()
	_, before := t.Add(-3 * time.Hour).Zone()
	if before <= offset {
		return false
	}
	_, then := t.Add(-time.Duration(before-offset) * time.Second).Zone()
	return then == before
}

func (c *Cron) dayFits(t time.Time) bool {
	day, weekday := c.day&(1<<t.Day()) != 0, c.weekday&(1<<int(t.Weekday())) != 0
	if c.anyDay || c.anyWeekday {
		return day && weekday
	}
	return day || weekday
}
