package byline

import (
	"strings"
	"unicode/utf8"
)

// colon decides what the text in front of a colon is: the longest label that
// ends it (cut off from the value it is glued to), or an unknown label.
func (p *parser) colon() {
	i := len(p.toks) - 1
	if p.kind(i) == tBlank {
		i--
	}
	i = p.joinPadded(i)
	p.labelise(i, true)
	// 撰稿、摄影：the words in front of a joint label may be glued to a value too.
	for k := 0; k < 4 && p.kind(i) == tLabel; k++ {
		j := i - 1
		if p.kind(j) == tBlank {
			j--
		}
		if p.kind(j) != tJoin && p.kind(j) != tSlash {
			return
		}
		if j--; p.kind(j) == tBlank {
			j--
		}
		n := len(p.toks)
		if !p.labelise(j, false) {
			return
		}
		i = j + len(p.toks) - n
	}
}

// joinPadded makes one token of a label set with blanks, 作 者 or 责 任 编 辑, that
// ends with token i, and returns the index of the last token of the label.
func (p *parser) joinPadded(i int) int {
	if p.kind(i) != tText || !short(p.text(i)) {
		return i
	}
	best, j := i, i
	for n := 1; n < 6 && p.kind(j-1) == tBlank && p.kind(j-2) == tText && short(p.text(j-2)); n++ {
		j -= 2
		if _, ok := dictionary[unblank(p.s[p.toks[j].start:p.toks[i].end])]; ok {
			best = j
		}
	}
	if best == i {
		return p.partPadded(i)
	}
	p.toks[best] = token{tLabel, p.toks[best].start, p.toks[i].end}
	p.toks = append(p.toks[:best+1], p.toks[i+1:]...)
	return best
}

// partPadded is joinPadded for a label glued to a value: 王芳作 者.
func (p *parser) partPadded(i int) int {
	if p.kind(i-1) != tBlank || p.kind(i-2) != tText {
		return i
	}
	value := p.text(i - 2)
	_, w := utf8.DecodeLastRuneInString(value)
	cut := p.toks[i-2].end - w
	rest := value[:len(value)-w]
	if _, ok := dictionary[unblank(p.s[cut:p.toks[i].end])]; !ok || !isPerson(rest) && !isUnit(rest) {
		return i
	}
	p.toks[i-2].end = cut
	p.toks[i-1] = token{tLabel, cut, p.toks[i].end}
	p.toks = append(p.toks[:i], p.toks[i+1:]...)
	return i - 1
}

// unblank returns s without blanks.
func unblank(s string) string {
	return strings.Map(func(r rune) rune {
		if classify(r) == tBlank {
			return -1
		}
		return r
	}, s)
}

// labelise makes the label at the end of text token i a token of its own.
func (p *parser) labelise(i int, atColon bool) bool {
	if p.kind(i) != tText {
		return false
	}
	t := p.toks[i]
	s := p.s[t.start:t.end]
	word, l, ok := labelAtEnd(s)
	if !ok {
		if whole, _, twin := twinLabel(s); twin && whole {
			p.toks[i].kind = tLabel
			return true
		}
		if l := guess(s); atColon && l.kind != kindNone {
			p.toks[i].kind = tLabel
			return true
		}
		if atColon && !isLead(s) {
			p.toks[i].kind = tUnknown
		}
		return false
	}
	if len(word) == len(s) {
		if short, sl, ok := labelAtEnd(s[firstRune(s):]); ok && l.reporter && sl.reporter && p.kind(i-1) == tColon && isUnit(s[:len(s)-len(short)]) {
			word, l = short, sl // 来源：校报记者：甲: the medium is the value of the slot before
		} else {
			p.toks[i].kind = tLabel
			return true
		}
	}
	rest := s[:len(s)-len(word)]
	if whole, _, twin := twinLabel(s); twin && whole {
		p.toks[i].kind = tLabel
		return true
	}
	if !p.glueable(i, rest, word, l) {
		if atColon && guess(s).kind != kindNone {
			p.toks[i].kind = tLabel
			return true
		}
		if atColon {
			p.toks[i].kind = tUnknown
		}
		return false
	}
	// Split: value, label, and what already followed.
	cut := t.start + len(rest)
	p.toks = append(p.toks, token{})
	copy(p.toks[i+2:], p.toks[i+1:])
	p.toks[i].end = cut
	p.toks[i+1] = token{tLabel, cut, t.end}
	return true
}

// firstRune returns the width of the first character of s.
func firstRune(s string) int {
	_, w := utf8.DecodeRuneInString(s)
	return w
}

// glueable reports whether rest, in front of the label word in text token i, is
// the end of a value and not the first half of a longer, unknown label
// (报告时间, 主题图片).
func (p *parser) glueable(i int, rest, word string, l label) bool {
	if word == "作者" && (strings.HasSuffix(rest, "工") || strings.HasSuffix(rest, "创") || strings.HasSuffix(rest, "合")) {
		return false // 工作者, 创作者, 合作者
	}
	j := i - 1
	if p.kind(j) == tBlank {
		j--
	}
	if utf8.RuneCountInString(word) < 2 {
		return isPerson(rest) || isUnit(rest) && p.kind(j) == tColon
	}
	switch p.kind(j) {
	case tColon, tSlash, tNumber, tDate:
		return true
	case tEnd, tOpen: // nothing before that could own the value
		if guess(rest+word).kind != kindNone && !isUnit(rest) {
			return false
		}
	}
	if _, known := dictionary[rest]; known {
		return true
	}
	return isPerson(rest) || isUnit(rest) || placeholders[rest] || rest == "次" || rest == "人" || rest == "人次" || isTitle(rest) && l.kind == kindNames ||
		hanOnly(rest) && utf8.RuneCountInString(rest) == 1 && p.kind(i-1) == tBlank && p.kind(i-2) == tText // 黄 妍审核：
}

func hanOnly(s string) bool {
	_, only, _ := hanCount(s)
	return only
}

// guess reads a label that the dictionary does not have by its build: 党建编辑 is
// some editor, 本页被浏览次数 some count. The zero label means no guess.
func guess(s string) label {
	n, han, _ := hanCount(s)
	if !han || n > 9 {
		return label{}
	}
	if strings.Contains(s, "浏览") || strings.Contains(s, "点击") || strings.Contains(s, "阅读") || strings.Contains(s, "阅览") || strings.Contains(s, "访问") || strings.Contains(s, "点阅") {
		for _, end := range [...]string{"次", "次数", "数", "量", "人次", "率", "数量"} {
			if strings.HasSuffix(s, end) {
				return label{kind: kindClicks}
			}
		}
	}
	if strings.Contains(s, "发布") || strings.Contains(s, "发表") || strings.Contains(s, "添加") {
		if strings.HasSuffix(s, "时间") || strings.HasSuffix(s, "日期") {
			return label{kind: kindDate}
		}
	}
	for _, end := range [...]string{"编辑", "责编", "审核", "审稿", "审校", "终审", "初审", "复审", "校对", "撰稿", "摄影", "记者", "通讯员"} {
		if strings.HasSuffix(s, end) && n <= 6 {
			l := dictionary[end]
			l.suffix = false
			return l
		}
	}
	return label{}
}

// isLead: 本网讯, 新华社电 and the like, which open a text.
func isLead(s string) bool {
	return strings.HasSuffix(s, "讯") || strings.HasSuffix(s, "電") || strings.HasSuffix(s, "电") || strings.HasSuffix(s, "訊")
}

// twinLabel splits s into two labels that stand side by side, 撰稿摄影; whole
// reports that nothing is left over.
func twinLabel(s string) (whole bool, l label, ok bool) {
	first, a, ok := labelAtStart(s)
	if !ok || a.kind != kindNames {
		return false, label{}, false
	}
	b, ok := dictionary[s[len(first):]]
	if !ok || b.kind != kindNames {
		return false, label{}, false
	}
	a.roles |= b.roles
	a.suffix = a.suffix && b.suffix
	a.reporter = false
	return true, a, true
}
