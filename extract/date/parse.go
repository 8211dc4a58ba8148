package date

// Parse reads a value that holds nothing but a date, as meta tags, time elements
// and list rows do: brackets, blanks and a label of punctuation around it are
// allowed, other text is not. RFC 3339 and its cuts, RFC 1123 and all shapes of
// Find are understood; a zone in the value is kept.
func Parse(s string) (Date, bool) { return parse(s, Hint{}) }

// ParseNear is Parse for values that may leave the year out, see FindNear.
func ParseNear(s string, near Hint) (Date, bool) { return parse(s, near) }

func parse(s string, near Hint) (Date, bool) {
	m, ok := find(s, near)
	if !ok || hasText(s[:m.Start]) || hasText(s[m.End:]) {
		return Date{}, false
	}
	return m.Date, true
}

// hasText reports whether s holds letters or digits other than a weekday or day sign.
func hasText(s string) bool {
	for i := 0; i < len(s); {
		if j := skipWeekday(s, i); j != i {
			i = j
			continue
		}
		c := s[i]
		if _, w := digitAt(s, i); w > 0 {
			return true
		}
		if isLetter(c) {
			j := i
			for j < len(s) && isLetter(s[j]) {
				j++
			}
			if !englishWeekday(s[i:j]) {
				return true
			}
			i = j
			continue
		}
		if c >= 0x80 && !outsideSign(s, &i) {
			return true
		}
		if c < 0x80 {
			i++
		}
	}
	return false
}

// outsideSign steps over one non-ASCII sign that may stand around a date.
func outsideSign(s string, i *int) bool {
	if j := skipBlank(s, *i); j != *i {
		*i = j
		return true
	}
	for _, sign := range [...]string{"【", "】", "（", "）", "［", "］", "〔", "〕", "：", "，", "·", "｜", "•", "《", "》"} {
		if hasPrefixAt(s, *i, sign) {
			*i += len(sign)
			return true
		}
	}
	return false
}

func englishWeekday(w string) bool {
	if len(w) < 3 {
		return false
	}
	for _, d := range [...]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		if len(w) <= len(d) && foldEqual(w, d[:len(w)]) {
			return true
		}
	}
	return false
}
