package date

// A Match is a date and where it stands: s[Start:End] of the text searched.
type Match struct {
	Date
	Start, End int
}

// Find returns the first full date in s: year, month and day in any shape that
// campus pages use (CMS survey §4–5), with the time of day if one follows.
//
// Shapes: 2016-07-22 2016/7/22 2016.07.22 2016年7月22日 (blanks, full-width digits
// and brackets allowed), 16-07-22, 22 2016-07 and 222016-07 (day above year-month),
// 07-22 2016 and 07/222016, 2016 07-22 and 201607-22, 07/22/2016, 20160722,
// Jul 22, 2016, 22 July 2016 and Fri Jul 22 09:30:00 CST 2016.
// A count glued behind the day is left alone: 2016-07-228 is the 22nd, then an 8.
func Find(s string) (Match, bool) { return find(s, Hint{}) }

// FindNear is Find for texts that may leave the year out ("07-22", "[7月22日]").
// The year is then taken from near; if near also has a month, the year that brings
// the date closest to it. Without near.Year it is Find.
func FindNear(s string, near Hint) (Match, bool) { return find(s, near) }

func find(s string, near Hint) (Match, bool) {
	var yearless Match
	for i := 0; i < len(s); {
		c := s[i]
		if isLetter(c) {
			j := i
			for j < len(s) && isLetter(s[j]) {
				j++
			}
			if m, ok := english(s, i, j); ok {
				return m, true
			}
			i = j
			continue
		}
		n, ok := numberAt(s, i)
		if !ok {
			i++
			continue
		}
		if m, ok := numeric(s, n); ok {
			return m, true
		}
		if near.Year != 0 && yearless.IsZero() {
			if m, ok := withoutYear(s, n, near); ok {
				yearless = m // a full date further on is better
			}
		}
		i = n.end
	}
	return yearless, !yearless.IsZero()
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// numeric tries the shapes that begin with the number n.
func numeric(s string, n number) (Match, bool) {
	switch {
	case n.digits == 4 || n.digits > 8 && n.digits < 14 || n.digits == 5 || n.digits == 7:
		// More than four digits: a count may be glued in front of the year.
		if m, ok := yearFirst(s, n, n.digits-4); ok {
			return m, true
		}
		if n.digits == 4 {
			return yearAbove(s, n)
		}
		if n.digits == 5 {
			return dayAbove(s, n, 1)
		}
	case n.digits == 6:
		if m, ok := yearFirst(s, n, 2); ok {
			return m, true
		}
		if m, ok := dayAbove(s, n, 2); ok {
			return m, true
		}
		return yearMonthFirst(s, n)
	case n.digits == 8 || n.digits == 14:
		return compact(s, n)
	case n.digits <= 2:
		if m, ok := dayThenYear(s, n); ok {
			return m, true
		}
		if m, ok := dayMonthName(s, n); ok {
			return m, true
		}
		if m, ok := monthFirst(s, n); ok {
			return m, true
		}
		return shortYear(s, n)
	}
	return Match{}, false
}

// yearFirst reads YYYY sep M sep D; the year is the four digits of n from digit skip on.
func yearFirst(s string, n number, skip int) (Match, bool) {
	y, _ := n.part(s, skip, 4)
	if !plausible(y) {
		return Match{}, false
	}
	_, start := n.part(s, 0, skip)
	sep, i := separatorAt(s, n.end)
	if sep == sepNone || sep == sepMonth {
		return Match{}, false
	}
	m, ok := numberAt(s, i)
	if !ok || m.digits > 2 {
		return Match{}, false
	}
	sep2, i := separatorAt(s, m.end)
	if sep2 == sepNone || sep2 == sepYear || (sep == sepYear) != (sep2 == sepMonth) {
		return Match{}, false
	}
	d, ok := numberAt(s, i)
	if !ok {
		return Match{}, false
	}
	if d.digits == 4 && plausible(d.value) {
		if next, _ := separatorAt(s, d.end); sep2 != sep || next != sepNone {
			return Match{}, false // 2015.9-2016.7 is a span
		}
	}
	return dayAt(s, start, y, m.value, d, sep2 == sepMonth)
}

// dayAt ends a date with the day number d, which may have a time or a count
// glued to it.
func dayAt(s string, start, y, m int, d number, han bool) (Match, bool) {
	width := min(d.digits, 2)
	if d.digits > 2 && han {
		return Match{}, false // 2016年7月2210 is no date
	}
	day, end := d.part(s, 0, width)
	if width == 2 && d.digits > 2 && !valid(y, m, day) {
		day, end = d.part(s, 0, 1)
	}
	if !valid(y, m, day) {
		return Match{}, false
	}
	match := Match{Date{Year: y, Month: m, Day: day}, start, end}
	if end == d.end {
		match.End = skipDaySign(s, end)
	}
	return match.withTime(s), true
}

// skipDaySign steps over 日 or 号 (and its traditional form) behind a day.
func skipDaySign(s string, i int) int {
	j := skipBlank(s, i)
	for _, sign := range [...]string{"日", "号", "號"} {
		if hasPrefixAt(s, j, sign) {
			return j + len(sign)
		}
	}
	return i
}

// yearAbove reads a year that stands over month and day: 2024 05-23.
func yearAbove(s string, n number) (Match, bool) {
	i := skipBlank(s, n.end)
	if i == n.end || !plausible(n.value) {
		return Match{}, false
	}
	m, ok := numberAt(s, i)
	if !ok || m.digits > 2 {
		return Match{}, false
	}
	sep, i := separatorAt(s, m.end)
	if sep == sepNone || sep == sepYear {
		return Match{}, false
	}
	d, ok := numberAt(s, i)
	if !ok || d.digits > 2 || d.digits != 2 && sep != sepMonth {
		return Match{}, false
	}
	if next, _ := separatorAt(s, d.end); next != sepNone {
		return Match{}, false // 2024 05-23-…, 2024 05.12年
	}
	return dayAt(s, n.start, n.value, m.value, d, sep == sepMonth)
}

// yearMonthFirst reads 201607-22: a year box glued to month and day.
func yearMonthFirst(s string, n number) (Match, bool) {
	y, _ := n.part(s, 0, 4)
	m, _ := n.part(s, 4, 2)
	sep, i := separatorAt(s, n.end)
	if sep != sepDash && sep != sepSlash && sep != sepDot && sep != sepMonth {
		return Match{}, false
	}
	d, ok := numberAt(s, i)
	if !ok || d.digits != 2 {
		return Match{}, false
	}
	if next, _ := separatorAt(s, d.end); next != sepNone {
		return Match{}, false
	}
	return dayAt(s, n.start, y, m, d, sep == sepMonth)
}

// dayAbove reads 222016-07: a day box of width digits glued to year and month.
func dayAbove(s string, n number, width int) (Match, bool) {
	d, _ := n.part(s, 0, width)
	y, _ := n.part(s, width, 4)
	return yearMonth(s, n.start, d, y, n.end)
}

// dayThenYear reads 22 2016-07: a day box over year and month.
func dayThenYear(s string, n number) (Match, bool) {
	i := skipDaySign(s, n.end)
	j := skipSoft(s, i)
	if j == n.end {
		return Match{}, false
	}
	y, ok := numberAt(s, j)
	if !ok || y.digits != 4 {
		return Match{}, false
	}
	return yearMonth(s, n.start, n.value, y.value, y.end)
}

// skipSoft steps over blanks and at most one of | and , between two boxes.
func skipSoft(s string, i int) int {
	i = skipBlank(s, i)
	if i < len(s) && (s[i] == '|' || s[i] == ',') {
		i = skipBlank(s, i+1)
	}
	return i
}

func yearMonth(s string, start, d, y, i int) (Match, bool) {
	sep, i := separatorAt(s, i)
	if sep == sepNone || sep == sepMonth {
		return Match{}, false
	}
	m, ok := numberAt(s, i)
	if !ok || m.digits > 2 || !valid(y, m.value, d) {
		return Match{}, false
	}
	end := m.end
	next, after := separatorAt(s, m.end)
	if next == sepMonth {
		end = after
		for end > m.end && s[end-1] == ' ' {
			end--
		}
	}
	if next != sepNone {
		if _, more := numberAt(s, after); more {
			return Match{}, false // 22 2016-07-21 is another shape
		}
	}
	return Match{Date{Year: y, Month: m.value, Day: d}, start, end}, true
}

// monthFirst reads 07-22 2016, 07/222016 and 07/22/2016. Where both numbers
// could be the month, the first is.
func monthFirst(s string, n number) (Match, bool) {
	if precededBySeparator(s, n.start) {
		return Match{}, false
	}
	sep, i := separatorAt(s, n.end)
	if sep == sepNone || sep == sepYear {
		return Match{}, false
	}
	d, ok := numberAt(s, i)
	if !ok {
		return Match{}, false
	}
	var y, yearEnd, day int
	switch d.digits {
	case 1, 2:
		day = d.value
		i = skipDaySign(s, d.end)
		j := skipSoft(s, i)
		if j == d.end { // nothing between: a separator must be there
			var sep2 separator
			if sep2, j = separatorAt(s, d.end); sep2 == sepNone || sep2 == sepMonth || sep2 == sepYear {
				return Match{}, false
			}
		}
		yn, ok := numberAt(s, j)
		if !ok || yn.digits != 4 {
			return Match{}, false
		}
		y, yearEnd = yn.value, yn.end
	case 6:
		day, _ = d.part(s, 0, 2)
		y, yearEnd = d.part(s, 2, 4)
	default:
		return Match{}, false
	}
	if next, after := separatorAt(s, yearEnd); next != sepNone {
		if _, more := numberAt(s, after); more {
			return Match{}, false // 10.12 2016-07-22: the year begins a date of its own
		}
		if next == sepYear {
			yearEnd = after
		}
	}
	month := n.value
	if month > 12 && day <= 12 && sep != sepMonth {
		month, day = day, month
	}
	if !valid(y, month, day) {
		return Match{}, false
	}
	return Match{Date{Year: y, Month: month, Day: day}, n.start, yearEnd}.withTime(s), true
}

// shortYear reads 16-07-22, all three of two digits.
func shortYear(s string, n number) (Match, bool) {
	if n.digits != 2 || precededBySeparator(s, n.start) {
		return Match{}, false
	}
	sep, i := separatorAt(s, n.end)
	if sep == sepNone || sep == sepMonth || i-n.end > 3 {
		return Match{}, false
	}
	m, ok := numberAt(s, i)
	if !ok || m.digits != 2 && sep != sepYear || m.digits > 2 {
		return Match{}, false
	}
	sep2, i := separatorAt(s, m.end)
	if sep2 == sepNone || i-m.end > 3 || sep == sepYear && sep2 != sepMonth || sep != sepYear && sep2 != sep {
		return Match{}, false
	}
	d, ok := numberAt(s, i)
	if !ok || d.digits != 2 && sep != sepYear || d.digits > 2 {
		return Match{}, false
	}
	y := 2000 + n.value
	if n.value >= 80 {
		y = 1900 + n.value
	}
	if next, after := separatorAt(s, d.end); next != sepNone {
		if _, more := numberAt(s, after); more {
			return Match{}, false
		}
	}
	return dayAt(s, n.start, y, m.value, d, sep2 == sepMonth)
}

// compact reads 20160722 and 20160722093000 standing alone.
func compact(s string, n number) (Match, bool) {
	if n.start > 0 && isWordByte(s[n.start-1]) || n.end < len(s) && isWordByte(s[n.end]) {
		return Match{}, false
	}
	y, _ := n.part(s, 0, 4)
	m, _ := n.part(s, 4, 2)
	d, end := n.part(s, 6, 2)
	if !valid(y, m, d) {
		return Match{}, false
	}
	match := Match{Date{Year: y, Month: m, Day: d}, n.start, end}
	if n.digits == 14 {
		h, _ := n.part(s, 8, 2)
		mi, _ := n.part(s, 10, 2)
		sec, _ := n.part(s, 12, 2)
		match.End = n.end
		return match.at(h, mi, sec, beijing)
	}
	return match.withTime(s), true
}

// withoutYear reads 07-22, 7月22日 and 07/22 as a day near the hint.
func withoutYear(s string, n number, near Hint) (Match, bool) {
	if n.digits > 2 || precededBySeparator(s, n.start) {
		return Match{}, false
	}
	sep, i := separatorAt(s, n.end)
	if sep == sepNone || sep == sepYear || sep != sepMonth && n.digits != 2 {
		return Match{}, false
	}
	d, ok := numberAt(s, i)
	if !ok || d.digits > 2 || sep != sepMonth && d.digits != 2 {
		return Match{}, false
	}
	if next, _ := separatorAt(s, d.end); next != sepNone {
		return Match{}, false
	}
	y := near.yearFor(n.value, d.value)
	return dayAt(s, n.start, y, n.value, d, sep == sepMonth)
}

func precededBySeparator(s string, i int) bool {
	return i > 0 && (isWordByte(s[i-1]) || s[i-1] == '-' || s[i-1] == '/' || s[i-1] == '.' || s[i-1] == ':')
}

func isWordByte(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' || c == '_' }
