package date

// month names by their first three letters, lower case
const months = "janfebmaraprmayjunjulaugsepoctnovdec"

// monthName returns 1..12 for the English month name s[i:j] (full or cut to
// three letters, "Sept" too), or 0.
func monthName(s string, i, j int) int {
	if j-i < 3 || j-i > 9 {
		return 0
	}
	for m := 0; m < 12; m++ {
		if lower(s[i]) == months[3*m] && lower(s[i+1]) == months[3*m+1] && lower(s[i+2]) == months[3*m+2] {
			if j-i == 3 || j-i == 4 && m == 8 || foldEqual(s[i:j], fullMonths[m]) {
				return m + 1
			}
			return 0
		}
	}
	return 0
}

var fullMonths = [12]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

func lower(c byte) byte { return c | 0x20 }

func foldEqual(a, lowered string) bool {
	if len(a) != len(lowered) {
		return false
	}
	for i := range len(a) {
		if lower(a[i]) != lowered[i] {
			return false
		}
	}
	return true
}

// english reads a date that begins with the month name s[i:j]:
// Jun 30, 2016 8:53:00 AM or Jun 30 08:53:00 CST 2016.
func english(s string, i, j int) (Match, bool) {
	m := monthName(s, i, j)
	if m == 0 {
		return Match{}, false
	}
	k := j
	if hasPrefixAt(s, k, ".") {
		k++
	}
	d, ok := numberAt(s, skipBlank(s, k))
	if !ok || d.digits > 2 {
		return Match{}, false
	}
	k = skipOrdinal(s, d.end)
	if y, ok := numberAt(s, skipSoft(s, k)); ok && y.digits == 4 && valid(y.value, m, d.value) {
		return Match{Date{Year: y.value, Month: m, Day: d.value}, i, y.end}.withTime(s), true
	}
	// java.util.Date and C: the time stands between day and year.
	h, ok := numberAt(s, skipBlank(s, k))
	if !ok || h.digits > 2 {
		return Match{}, false
	}
	minute, second, end, ok := restOfClock(s, h.end)
	if !ok {
		return Match{}, false
	}
	offset, end := zone(s, end)
	y, ok := numberAt(s, skipBlank(s, end))
	if !ok || y.digits != 4 || !valid(y.value, m, d.value) {
		return Match{}, false
	}
	return Match{Date{Year: y.value, Month: m, Day: d.value}, i, y.end}.at(h.value, minute, second, offset)
}

// dayMonthName reads 30 June 2016 and 30-Jun-2016.
func dayMonthName(s string, n number) (Match, bool) {
	i := skipOrdinal(s, n.end)
	if hasPrefixAt(s, i, "-") {
		i++
	}
	i = skipBlank(s, i)
	j := i
	for j < len(s) && j-i < 10 && isLetter(s[j]) {
		j++
	}
	m := monthName(s, i, j)
	if m == 0 {
		return Match{}, false
	}
	if hasPrefixAt(s, j, ".") || hasPrefixAt(s, j, "-") {
		j++
	}
	y, ok := numberAt(s, skipSoft(s, j))
	if !ok || y.digits != 4 || !valid(y.value, m, n.value) {
		return Match{}, false
	}
	return Match{Date{Year: y.value, Month: m, Day: n.value}, n.start, y.end}.withTime(s), true
}

// skipOrdinal steps over st, nd, rd and th behind a day.
func skipOrdinal(s string, i int) int {
	if i+2 > len(s) || i+2 < len(s) && isLetter(s[i+2]) {
		return i
	}
	switch s[i : i+2] {
	case "st", "nd", "rd", "th":
		return i + 2
	}
	return i
}
