package date

import "unicode/utf8"

// maxBlank bounds how far a shape may reach over blanks, so that scanning stays linear.
const maxBlank = 48

// A number is one run of ASCII or full-width digits.
type number struct {
	start, end int // bytes in the text
	digits     int // how many digits the run has
	value      int // of at most the first nine digits
	wide       bool
}

// digitAt returns the digit at s[i:] and its width in bytes; width 0 = no digit.
func digitAt(s string, i int) (v, width int) {
	if i >= len(s) {
		return 0, 0
	}
	c := s[i]
	if c >= '0' && c <= '9' {
		return int(c - '0'), 1
	}
	// U+FF10..U+FF19 = EF BC 90..99
	if c == 0xEF && i+2 < len(s) && s[i+1] == 0xBC && s[i+2] >= 0x90 && s[i+2] <= 0x99 {
		return int(s[i+2] - 0x90), 3
	}
	return 0, 0
}

// numberAt reads the run of digits at s[i:]; ok is false if there is none.
func numberAt(s string, i int) (n number, ok bool) {
	n.start, n.end = i, i
	for {
		v, w := digitAt(s, n.end)
		if w == 0 {
			break
		}
		if n.digits < 9 {
			n.value = n.value*10 + v
		}
		n.digits++
		n.end += w
		n.wide = n.wide || w == 3
	}
	return n, n.digits > 0
}

// part returns the value of the count digits of n that begin at digit from,
// and the byte offset behind them.
func (n number) part(s string, from, count int) (value, end int) {
	i := n.start
	for k := 0; k < from+count && i < n.end; k++ {
		v, w := digitAt(s, i)
		if k >= from {
			value = value*10 + v
		}
		i += w
	}
	return value, i
}

// skipBlank returns the offset of the first byte at or after i that is no blank.
// NBSP, U+2000..200B, U+3000, U+FEFF and line ends are blanks.
func skipBlank(s string, i int) int {
	stop := min(i+maxBlank, len(s))
	for i < stop {
		c := s[i]
		switch {
		case c == ' ' || c >= '\t' && c <= '\r':
			i++
		case c < utf8.RuneSelf:
			return i
		default:
			r, w := utf8.DecodeRuneInString(s[i:])
			if !blankRune(r) {
				return i
			}
			i += w
		}
	}
	return i
}

func blankRune(r rune) bool {
	return r == 0xA0 || r == 0x85 || r >= 0x2000 && r <= 0x200D || r == 0x202F || r == 0x205F || r == 0x2060 || r == 0x3000 || r == 0xFEFF
}

// A separator kind between two numbers of a date.
type separator int

const (
	sepNone  separator = iota
	sepDash            // - – — － and the like
	sepSlash           // / ／
	sepDot             // . ． ·
	sepYear            // 年
	sepMonth           // 月
)

// separatorAt reads one separator at s[i:], blanks around it allowed, and
// returns the offset behind it. It returns sepNone and i if there is none.
func separatorAt(s string, i int) (separator, int) {
	j := skipBlank(s, i)
	if j >= len(s) {
		return sepNone, i
	}
	r, w := rune(s[j]), 1
	if r >= utf8.RuneSelf {
		r, w = utf8.DecodeRuneInString(s[j:])
	}
	var k separator
	switch r {
	case '-', '‐', '‑', '‒', '–', '—', '−', '－':
		k = sepDash
	case '/', '／':
		k = sepSlash
	case '.', '．':
		k = sepDot
	case '年':
		k = sepYear
	case '月':
		k = sepMonth
	default:
		return sepNone, i
	}
	return k, skipBlank(s, j+w)
}

// hasPrefixAt reports whether s[i:] begins with p.
func hasPrefixAt(s string, i int, p string) bool {
	return i >= 0 && len(s)-i >= len(p) && s[i:i+len(p)] == p
}
