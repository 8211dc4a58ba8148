package byline

import (
	"strings"
	"unicode/utf8"
)

// How a label without colon or slash is to be taken.
type looseUse uint8

const (
	asText looseUse = iota
	asPrefix
	asSuffix
)

// loose decides on the labels run at token i, which no colon or slash follows.
func (p *parser) loose(run atomRun, i int) looseUse {
	cur := &p.cur
	next := p.past(run.next)
	nk := p.kind(next)
	if !run.label.loose && !run.suffix {
		return asText
	}
	switch run.kind {
	case kindDate, kindUpdate:
		if nk == tDate {
			return asPrefix
		}
		return asText
	case kindClicks:
		if nk == tNumber || nk == tEnd || nk == tOpen || nk == tBlank {
			return asPrefix
		}
		return asText
	case kindSection:
		return asText
	case kindOther:
		if nk == tText && cur.kind == kindNames && p.hasText(cur.from, i) {
			return asPrefix // 学生记者 甲 指导教师 乙
		}
		return asText
	case kindSource:
		if nk != tText || !isUnit(p.text(next)) || !cur.strong && p.hasText(cur.from, i) {
			return asText
		}
	}
	follows := nk == tText || nk == tNumber && run.kind == kindNames
	if follows {
		if l, ok := p.entry(next); ok && !l.reporter {
			follows = false
		}
	}
	before := p.hasText(cur.from, i)
	if cur.strong {
		switch {
		case run.reporter && cur.kind == kindNames:
			return asText // a title in front of a name
		case !before && cur.kind == kindNames && run.kind == kindNames && follows: // 作者：文/图 张三
			return asPrefix
		case !before || p.kind(i-1) == tSlash || cur.kind != kindNames && short(p.text(i)):
			return asText
		case follows && (cur.kind != kindSource && cur.kind != kindSupply || p.namesFollow(next)):
			return asPrefix
		case cur.kind == kindNames && run.suffix && p.kind(i-1) == tBlank && !follows && short(p.text(i)):
			return asSuffix // 作者：张三 摄
		case !follows && !run.reporter && p.kind(i-1) == tBlank && run.kind == kindNames && cur.kind == kindNames:
			return asPrefix // an empty slot
		}
		return asText
	}
	if run.reporter && cur.kind == kindNames && !before {
		return asText // 文/图 校报记者 张三
	}
	behind := run.suffix && before && (cur.kind == kindNone || cur.reporter) && !run.reporter
	switch {
	case follows && behind:
		if p.endsWithLabel() || run.kind == kindSupply {
			return asSuffix
		}
		return asPrefix
	case follows:
		return asPrefix
	case behind:
		return asSuffix
	}
	return asPrefix
}

// namesFollow reports whether token i begins a person's or unit's name.
func (p *parser) namesFollow(i int) bool {
	if p.kind(i) != tText {
		return false
	}
	s := p.text(i)
	return isPerson(s) || isUnit(s) || isTitle(s) || short(s)
}

// endsWithLabel reports whether the last text of the line is a label, which
// tells the style 张三 文 李四 图.
func (p *parser) endsWithLabel() bool {
	for i := len(p.toks) - 1; i >= 0; i-- {
		if p.kind(i) == tText {
			l, ok := p.entry(i)
			return ok && l.suffix
		}
	}
	return false
}

// glued reads text token i, which is no label itself but may have one glued to
// it, and returns the next token.
func (p *parser) glued(i int) int {
	cur := &p.cur
	s := p.text(i)
	free := !cur.strong || cur.kind == kindNames && p.hasText(cur.from, i) || cur.kind != kindNames && cur.kind != kindOther && p.kind(i-1) == tBlank && p.hasText(cur.from, i) ||
		cur.kind == kindDate || cur.kind == kindUpdate || cur.kind == kindClicks
	if !free {
		return i + 1
	}
	// 通讯员刘丹, 文张梦凡, 图片由张三提供
	if word, l, ok := labelAtStart(s); ok && len(word) < len(s) && l.loose {
		rest := s[len(word):]
		by := strings.HasSuffix(word, "由")
		padded := l.kind == kindNames && short(rest) && utf8.RuneCountInString(word) > 1 && p.kind(i+1) == tBlank && p.kind(i+2) == tText && short(p.text(i+2))
		if by || padded || l.kind == kindNames && p.gluedName(s, word, rest, l) || l.kind == kindSource && !cur.strong && (isUnit(rest) && !isUnit(s) || strings.HasPrefix(rest, "《")) {
			p.flush(i)
			run := atomRun{label: l, natoms: 1, long: !short(word)}
			run.atoms[0] = l.roles
			if tail, tl, ok := labelAtEnd(rest); ok && tl.suffix && l.reporter && (utf8.RuneCountInString(tail) > 1 || tl.roles == isPhotographer) && isPerson(rest[:len(rest)-len(tail)]) {
				run.label, run.atoms[0] = tl, tl.roles // 记者张三摄
				p.toks[i].end -= len(tail)
			}
			p.toks[i].start += len(word)
			p.open(run, false, i)
			return i + 1
		}
	}
	word, l, ok := labelAtEnd(s)
	if !ok || len(word) == len(s) {
		return i + 1
	}
	rest := s[:len(s)-len(word)]
	next := p.past(i + 1)
	switch {
	case l.loose && l.kind == kindNames && utf8.RuneCountInString(word) > 1 && isUnit(rest) && next > i+1 && p.kind(next) == tText && !l.suffix,
		l.reporter && next > i+1 && p.namesFollow(next): // 新闻中心编辑 孟黎明
		p.flush(i)
		run := atomRun{label: l, natoms: 1, long: true}
		run.atoms[0] = l.roles
		p.open(run, false, i+1)
		if isUnit(rest) {
			cur.unit = span{p.toks[i].start, p.toks[i].end - len(word)}
		}
	case l.suffix && !cur.strong && (utf8.RuneCountInString(word) > 1 || word == "摄" || word == "攝") && (isPerson(rest) || isUnit(rest)): // 王建一摄
		p.toks[i].end -= len(word)
		run := atomRun{label: l, natoms: 1, long: true}
		run.atoms[0] = l.roles
		p.closeWith(run)
		p.flush(i + 1)
	}
	return i + 1
}

// gluedName reports whether rest, glued behind the label word in s, is a name.
func (p *parser) gluedName(s, word, rest string, l label) bool {
	if !isPerson(rest) {
		if tail, tl, ok := labelAtEnd(rest); !ok || !tl.suffix || !l.reporter || !isPerson(rest[:len(rest)-len(tail)]) {
			return false
		}
	}
	if utf8.RuneCountInString(word) > 1 {
		return true
	}
	// 文张梦凡: one character is a label only in a line that has others.
	return l.suffix && p.hasMark() && (utf8.RuneCountInString(rest) >= 3 || !isPerson(s))
}

// hasMark reports whether the line has a colon or slash.
func (p *parser) hasMark() bool {
	for _, t := range p.toks {
		if t.kind == tColon || t.kind == tSlash {
			return true
		}
	}
	return false
}
