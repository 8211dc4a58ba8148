package byline

import (
	"strings"
	"unicode/utf8"
)

// A kind says what a label's slot holds.
type kind uint8

const (
	kindNone    kind = iota
	kindNames        // people and units in the roles of the label
	kindSource       // 来源: the medium or unit an item comes from
	kindSupply       // 供稿: a unit as source; a person as source and author
	kindDate         // 发布时间
	kindUpdate       // 更新时间: a date, when nothing better is stated
	kindClicks       // 点击
	kindSection      // 属于, 栏目
	kindOther        // a label whose value is nothing to us: 字号, 主编
)

// A roleSet holds the roles of a label, in the order of the bits below.
type roleSet uint8

const (
	isAuthor roleSet = 1 << iota
	isPhotographer
	isEditor
	isReviewer
	isProofreader
	isPublisher
)

var roleNames = [...]struct {
	bit  roleSet
	name string
}{{isAuthor, Author}, {isPhotographer, Photographer}, {isEditor, Editor}, {isReviewer, Reviewer}, {isProofreader, Proofreader}, {isPublisher, Publisher}}

// A label is one entry of the dictionary.
type label struct {
	kind     kind
	roles    roleSet
	reporter bool // 记者, 通讯员: a title as much as a label
	suffix   bool // may stand behind the name: 张三摄, 宣传部供稿
	loose    bool // may stand without a colon in front of the name: 编辑 张三
}

var (
	dictionary   = make(map[string]label, 1024)
	longestLabel int            // bytes
	labelFirst   = new(runeSet) // characters that begin a label
	labelLast    = new(runeSet) // characters that end one
)

func init() {
	for _, row := range labelTable {
		for _, w := range strings.Fields(row.words) {
			if _, twice := dictionary[w]; twice {
				panic("byline: the label " + w + " stands twice in the table")
			}
			dictionary[w] = row.label
			longestLabel = max(longestLabel, len(w))
			first, _ := utf8.DecodeRuneInString(w)
			last, _ := utf8.DecodeLastRuneInString(w)
			labelFirst.add(first)
			labelLast.add(last)
		}
	}
}

// labelAtEnd returns the longest dictionary word that ends s, and its entry.
func labelAtEnd(s string) (word string, l label, ok bool) {
	if last, _ := utf8.DecodeLastRuneInString(s); !labelLast.has(last) {
		return "", label{}, false
	}
	var starts [16]int
	n, i := 0, len(s)
	for n < len(starts) && i > 0 && len(s)-i < longestLabel {
		_, w := utf8.DecodeLastRuneInString(s[:i])
		i -= w
		starts[n] = i
		n++
	}
	for n--; n >= 0; n-- {
		if l, ok := dictionary[s[starts[n]:]]; ok {
			return s[starts[n]:], l, true
		}
	}
	return "", label{}, false
}

// labelAtStart returns the longest dictionary word that begins s, and its entry.
func labelAtStart(s string) (word string, l label, ok bool) {
	if first, _ := utf8.DecodeRuneInString(s); !labelFirst.has(first) {
		return "", label{}, false
	}
	for i := 0; i < len(s) && i < longestLabel; {
		_, w := utf8.DecodeRuneInString(s[i:])
		i += w
		if entry, found := dictionary[s[:i]]; found {
			word, l, ok = s[:i], entry, true
		}
	}
	return word, l, ok
}
