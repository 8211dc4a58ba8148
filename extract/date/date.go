// Package date finds dates and times in the text of Chinese (and some English)
// web pages. It is pure: it has no clock, so "3小时前" is not a date, and it
// never makes up a part that the text does not state.
package date

import "strconv"

// A Date is a day, or a moment, as a page states it. The zero Date is no date.
type Date struct {
	Year, Month, Day     int // Gregorian; Year is within MinYear..MaxYear
	Hour, Minute, Second int // zero without HasTime
	HasTime              bool
	Offset               int // minutes east of UTC, only with HasTime; Beijing (480) when the text names no zone
}

// Years outside these are taken for something else (a room, a price, a count).
const (
	MinYear = 1950
	MaxYear = 2099
)

const beijing = 8 * 60

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d.Year == 0 }

// String gives d in ISO 8601, as precise as the text was: "2016-07-22", or
// "2016-07-22T09:30:00+08:00" when a time was stated. The zero Date gives "".
// Midnight sharp is what publishing systems print for a day without a time,
// so the finders in this package never set HasTime for it.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	var buf [25]byte
	b := append2(strconv.AppendInt(buf[:0], int64(d.Year), 10), '-', d.Month)
	b = append2(b, '-', d.Day)
	if !d.HasTime {
		return string(b)
	}
	b = append2(b, 'T', d.Hour)
	b = append2(b, ':', d.Minute)
	b = append2(b, ':', d.Second)
	sign, off := byte('+'), d.Offset
	if off < 0 {
		sign, off = '-', -off
	}
	b = append2(b, sign, off/60)
	b = append2(b, ':', off%60)
	return string(b)
}

// DayString gives the day alone, "2016-07-22"; "" for the zero Date.
func (d Date) DayString() string {
	d.HasTime = false
	return d.String()
}

func append2(b []byte, sep byte, n int) []byte {
	return append(b, sep, byte('0'+n/10%10), byte('0'+n%10))
}

// valid reports whether y-m-d is a day of the calendar in a plausible year.
func valid(y, m, d int) bool {
	return plausible(y) && m >= 1 && m <= 12 && d >= 1 && d <= monthDays(y, m)
}

func plausible(y int) bool { return y >= MinYear && y <= MaxYear }

func monthDays(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
