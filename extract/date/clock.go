package date

// withTime extends m over a time of day that follows it in s.
func (m Match) withTime(s string) Match {
	i := skipWeekday(s, skipBlank(s, m.End))
	if i < len(s) && (s[i] == 'T' || s[i] == 't') && i == m.End {
		i++
	}
	if i < len(s) && (s[i] == ',' || s[i] == '|') {
		i = skipBlank(s, i+1)
	}
	half := 0
	if i, half = dayHalf(s, i); half != 0 {
		i = skipBlank(s, i)
	}
	h, ok := numberAt(s, i)
	if !ok || h.digits > 2 {
		return m
	}
	minute, second, end, ok := restOfClock(s, h.end)
	if !ok {
		return m
	}
	hour := h.value
	if j, ampm := dayHalf(s, skipBlank(s, end)); ampm != 0 && half == 0 {
		end, half = j, ampm
	}
	switch {
	case half == 2 && hour < 12:
		hour += 12
	case half == 1 && hour == 12:
		hour = 0
	}
	offset, end := zone(s, end)
	withTime := m
	withTime.End = end
	if t, ok := withTime.at(hour, minute, second, offset); ok {
		return t
	}
	return m
}

// at sets the time of day. Midnight sharp counts as no time; an impossible
// time makes ok false.
func (m Match) at(hour, minute, second, offset int) (Match, bool) {
	if hour > 23 || minute > 59 || second > 60 {
		return Match{}, false
	}
	if hour|minute|second != 0 {
		m.Hour, m.Minute, m.Second = hour, minute, min(second, 59)
		m.HasTime, m.Offset = true, offset
	}
	return m, true
}

// restOfClock reads :MM[:SS[.fff]] or 时MM分[SS秒] behind an hour. A count glued
// to the last number stays outside.
func restOfClock(s string, i int) (minute, second, end int, ok bool) {
	i, ok = clockSign(s, i)
	if !ok {
		return 0, 0, 0, false
	}
	n, ok := numberAt(s, i)
	if !ok || n.digits < 2 {
		return 0, 0, 0, false
	}
	minute, end = n.part(s, 0, 2)
	if n.digits > 2 {
		return minute, 0, end, true
	}
	j, more := clockSign(s, end)
	if hasPrefixAt(s, end, "分") {
		end += len("分")
		j, more = end, true
	}
	if !more {
		return minute, 0, end, true
	}
	n, ok = numberAt(s, j)
	if !ok || n.digits < 2 {
		return minute, 0, end, true
	}
	second, end = n.part(s, 0, 2)
	if n.digits == 2 {
		if hasPrefixAt(s, end, "秒") {
			end += len("秒")
		} else if hasPrefixAt(s, end, ".") {
			if f, ok := numberAt(s, end+1); ok {
				end = f.end
			}
		}
	}
	return minute, second, end, true
}

func clockSign(s string, i int) (int, bool) {
	for _, sign := range [...]string{":", "：", "∶", "时", "時", "点"} {
		if hasPrefixAt(s, i, sign) {
			return i + len(sign), true
		}
	}
	return i, false
}

// dayHalf reads 上午/下午/AM/PM at s[i:]: 1 = first half, 2 = second, 0 = none.
func dayHalf(s string, i int) (end, half int) {
	switch {
	case hasPrefixAt(s, i, "上午"), hasPrefixAt(s, i, "早上"):
		return i + len("上午"), 1
	case hasPrefixAt(s, i, "下午"), hasPrefixAt(s, i, "晚上"):
		return i + len("下午"), 2
	}
	if i+1 < len(s) && s[i+1]|0x20 == 'm' && (i+2 == len(s) || !isLetter(s[i+2])) {
		switch s[i] | 0x20 {
		case 'a':
			return i + 2, 1
		case 'p':
			return i + 2, 2
		}
	}
	return i, 0
}

// skipWeekday steps over 星期五, 周五, (周五), （星期五） and the blanks behind.
func skipWeekday(s string, i int) int {
	j := i
	for _, open := range [...]string{"(", "（", "[", "【"} {
		if hasPrefixAt(s, j, open) {
			j += len(open)
			break
		}
	}
	switch {
	case hasPrefixAt(s, j, "星期"), hasPrefixAt(s, j, "礼拜"):
		j += len("星期")
	case hasPrefixAt(s, j, "周"):
		j += len("周")
	default:
		return i
	}
	for _, day := range [...]string{"一", "二", "三", "四", "五", "六", "日", "天"} {
		if hasPrefixAt(s, j, day) {
			j += len(day)
			for _, shut := range [...]string{")", "）", "]", "】"} {
				if hasPrefixAt(s, j, shut) {
					j += len(shut)
					break
				}
			}
			return skipBlank(s, j)
		}
	}
	return i
}

// zone reads Z, GMT, UTC, CST, +08:00 or +0800 at s[i:] (one blank allowed) and
// returns minutes east of UTC. CST is China Standard Time here. Without a zone
// it is Beijing and i.
func zone(s string, i int) (offset, end int) {
	j := i
	if hasPrefixAt(s, j, " ") {
		j++
	}
	for _, z := range [...]struct {
		name   string
		offset int
	}{{"GMT", 0}, {"UTC", 0}, {"CST", beijing}, {"Z", 0}} {
		if hasPrefixAt(s, j, z.name) && (j+len(z.name) == len(s) || !isLetter(s[j+len(z.name)])) {
			if k := j + len(z.name); z.offset == 0 && k < len(s) && (s[k] == '+' || s[k] == '-') {
				return signedZone(s, k, i)
			}
			return z.offset, j + len(z.name)
		}
	}
	return signedZone(s, j, i)
}

func signedZone(s string, j, i int) (offset, end int) {
	if j >= len(s) || s[j] != '+' && s[j] != '-' {
		return beijing, i
	}
	h, ok := numberAt(s, j+1)
	if !ok || h.wide || h.digits != 2 && h.digits != 4 {
		return beijing, i
	}
	hours, minutes, end := h.value, 0, h.end
	if h.digits == 4 {
		hours, minutes = h.value/100, h.value%100
	} else if hasPrefixAt(s, end, ":") {
		mm, ok := numberAt(s, end+1)
		if !ok || mm.digits != 2 || mm.wide {
			return beijing, i
		}
		minutes, end = mm.value, mm.end
	} else {
		return beijing, i // "12:30 -05" is more likely a range
	}
	if hours > 14 || minutes > 59 {
		return beijing, i
	}
	offset = hours*60 + minutes
	if s[j] == '-' {
		offset = -offset
	}
	return offset, end
}
