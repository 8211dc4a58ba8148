package date

import "strings"

// A Hint is what is known of a date beforehand, mostly from an article's
// address. Publishing systems date the address by when the item was made or
// moved, not by what the page shows, so it only ever completes a date
// (CMS survey §5: an address says 1218 where the page says 12-08).
type Hint struct {
	Year  int // 0 = nothing known
	Month int // 0 = only the year is known
	Day   int // 0 = not known
}

// FromURL reads the date that publishing systems put into an address:
// /2016/0722/ (WebPlus), /art/2015/3/4/ (Hanweb), /201607/t20160722_1.html (TRS),
// /2016-07-22/ and /20160722/. The host and the query are not looked at.
// The zero Hint means none.
func FromURL(address string) Hint {
	path := address
	if i := strings.Index(path, "://"); i >= 0 {
		path = path[i+3:]
		if i = strings.IndexByte(path, '/'); i < 0 {
			return Hint{}
		} else {
			path = path[i:]
		}
	}
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	var best Hint
	for i := 0; i < len(path); {
		n, ok := numberAt(path, i)
		if !ok {
			i++
			continue
		}
		i = n.end
		if h := pathDate(path, n); h.precision() > best.precision() {
			best = h
		}
	}
	return best
}

func (h Hint) precision() int {
	switch {
	case h.Year == 0:
		return 0
	case h.Month == 0:
		return 1
	case h.Day == 0:
		return 2
	}
	return 3
}

// pathDate reads the date that begins with the number n of a path, which must
// begin a path segment (t20160722 counts as beginning one).
func pathDate(path string, n number) Hint {
	if n.start == 0 {
		return Hint{}
	}
	before := path[n.start-1]
	if before == 't' && n.start >= 2 && path[n.start-2] == '/' && n.digits == 8 {
		before = '/'
	}
	if before != '/' || n.wide {
		return Hint{}
	}
	y, _ := n.part(path, 0, 4)
	if n.digits < 4 || !plausible(y) {
		return Hint{}
	}
	m, _ := n.part(path, 4, 2)
	d, _ := n.part(path, 6, 2)
	switch {
	case n.digits == 8 && valid(y, m, d):
		return Hint{y, m, d}
	case n.digits == 6 && valid(y, m, 1):
		return Hint{y, m, 0}
	case n.digits != 4:
		return Hint{}
	}
	if n.end >= len(path) || path[n.end] != '/' && path[n.end] != '-' {
		return Hint{}
	}
	sep := path[n.end]
	second, ok := numberAt(path, n.end+1)
	switch {
	case !ok:
		if sep == '/' {
			return Hint{Year: y}
		}
		return Hint{}
	case second.digits == 4 && sep == '/':
		if m, d := second.value/100, second.value%100; valid(y, m, d) {
			return Hint{y, m, d}
		}
		return Hint{}
	case second.digits > 2 || !valid(y, second.value, 1):
		return Hint{} // /info/2016/127015.htm: a column's number
	}
	if second.end < len(path) && path[second.end] == sep {
		if third, ok := numberAt(path, second.end+1); ok && third.digits <= 2 && valid(y, second.value, third.value) {
			return Hint{y, second.value, third.value}
		}
	}
	return Hint{Year: y, Month: second.value}
}

// yearFor returns the year that puts month-day closest to the hint.
func (h Hint) yearFor(month, day int) int {
	if h.Month == 0 {
		return h.Year
	}
	at := func(y, m, d int) int { return y*372 + m*31 + d }
	here := at(h.Year, h.Month, h.Day)
	best := h.Year
	for _, y := range [...]int{h.Year - 1, h.Year + 1} {
		if abs(at(y, month, day)-here) < abs(at(best, month, day)-here) {
			best = y
		}
	}
	return best
}

func abs(n int) int { return max(n, -n) }
