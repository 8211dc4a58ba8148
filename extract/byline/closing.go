package byline

import (
	"strings"
	"unicode/utf8"
)

// ParseClosing reads a paragraph that may be a byline: the closing bracket of an
// article, （编辑：刘虹 来源：党委宣传部）, or its last lines. ok reports whether the
// paragraph is a byline and nothing else; if it is not, the Line is zero.
//
// aligned says that the paragraph stands at the right margin or otherwise apart
// from the text: then a bare signature (学生记者团 李欣阳) is one too. A unit alone is no
// byline there: it signs a notice. Dates of closings are read but seldom what
// the page calls its publication.
func ParseClosing(paragraph string, aligned bool) (l Line, ok bool) {
	paragraph = strings.TrimFunc(paragraph, func(r rune) bool { return classify(r) == tBlank })
	if len(paragraph) == 0 || len(paragraph) > maxClosing || sentence(paragraph) || !aligned && prose(paragraph) {
		return Line{}, false
	}
	if l = Parse(paragraph); !closes(&l, bracketed(paragraph), aligned) {
		return Line{}, false
	}
	return l, true
}

// closes decides whether what was read of a whole paragraph makes it a byline.
func closes(l *Line, bracket, aligned bool) bool {
	if l.Leftover != "" || l.unknown > 0 || len(l.Source) > 4*maxName {
		return false
	}
	for _, c := range l.Credits {
		n, han, dotted := hanCount(c.Name)
		if len(c.Name) > maxName || han && !dotted && n > 6 && !isUnit(c.Name) {
			return false
		}
	}
	if l.strong == 0 && l.labels == 1 && !bracket {
		// 图 付雁, 编辑 程语: one loose word is a byline only if all else is a person or unit.
		return l.loose && len(l.Credits)+len(l.Source) > 0 && allNames(l)
	}
	switch {
	case l.labels > 0:
		// A date or a count alone is a fact about something else (时间：5月1日).
		return len(l.Credits) > 0 || l.Source != ""
	case bracket:
		n, _, _ := hanCount(l.Source)
		return (len(l.Credits) > 0 || l.Source != "") && (l.Source == "" || unitWords[l.Source] || hasUnitEnding(l.Source, n))
	case aligned:
		return len(l.Credits) > 0
	}
	return false
}

// prose turns away most paragraphs of text at one look: no bracket around them, no
// colon or slash, and longer than 编辑 张三 校对 李四 or with a comma.
func prose(s string) bool {
	for i, r := range s {
		switch k := classify(r); {
		case k == tColon || k == tSlash || i == 0 && k == tOpen:
			return false
		case k == tJoin && r != '、' || i > 120:
			return true
		}
	}
	return false
}

// allNames reports whether all credits look like names of persons or units.
func allNames(l *Line) bool {
	for _, c := range l.Credits {
		if !isPerson(c.Name) && !isUnit(c.Name) {
			return false
		}
	}
	return true
}

// sentence reports whether s holds a sentence mark before its end, which no byline does.
func sentence(s string) bool {
	i := strings.IndexAny(s, "。！？!?“＂《")
	return i >= 0 && strings.TrimRight(s[i:], "。 )）】]") != ""
}

const (
	maxClosing = 900 // bytes; the longest closing seen has 300
	maxName    = 75  // bytes, 25 characters: units credited as authors
)

// bracketed reports whether s begins with an opening bracket that only the end
// of s closes (or that nothing closes).
func bracketed(s string) bool {
	depth := 0
	for i, r := range s {
		switch classify(r) {
		case tOpen:
			depth++
		case tClose:
			depth--
		}
		if i == 0 && depth != 1 {
			return false
		}
		if depth == 0 {
			return strings.Trim(s[i+utf8.RuneLen(r):], "。. ") == ""
		}
	}
	return s != ""
}
