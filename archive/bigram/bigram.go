// Package bigram makes the words under which a text is found in a full-text
// index: overlapping pairs of Han characters, since Chinese marks no words, and
// whole words of letters and digits.
//
// It knows strings only. Its words are made for SQLite's FTS5 with the
// tokenizer "unicode61 remove_diacritics 0": each is one token there.
package bigram

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxWord is how many runes of a word of letters count. What is longer is machine-made (a data
// address, an encoded blob) and would only swell the index.
const maxWord = 64

type class uint8

const (
	gap    class = iota // ends a run
	letter              // part of a word of letters and digits
	han                 // a character that is a unit of its own
)

// classOf must call nothing a letter or Han that unicode61 calls a separator; TestEachRuneIsOneToken asks SQLite.
func classOf(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return letter
		}
		return gap
	case r >= 0x4E00 && r <= 0x9FFF:
		return han
	case !unicode.In(r, unicode.L, unicode.N):
		return gap
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo), r == 'ー', r == 'ｰ':
		return han
	case r >= 0x19B0 && r <= 0x19C9, r == 0x1CF2, r == 0x1CF3: // letters since Unicode 8, not yet for unicode61
		return gap
	}
	return letter
}

// A unit is a Han character or a whole word of letters.
type unit struct {
	text  string
	class class
	cut   bool // longer than maxWord
}

// runs calls f for each run of s: a longest sequence of units with nothing between. f must not keep the slice.
func runs(s string, f func([]unit)) {
	var run []unit
	flush := func() {
		if len(run) > 0 {
			f(run)
			run = run[:0]
		}
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch classOf(r) {
		case gap:
			flush()
		case han:
			run = append(run, unit{s[i : i+n], han, false})
		case letter:
			end, count, stop := i+n, 1, i+n
			for end < len(s) {
				r, n := utf8.DecodeRuneInString(s[end:])
				if classOf(r) != letter {
					break
				}
				end += n
				if count++; count <= maxWord {
					stop = end
				}
			}
			run = append(run, unit{s[i:stop], letter, count > maxWord})
			i = end
			continue
		}
		i += n
	}
	flush()
}

// Text gives the words of s as the index takes them, separated by blanks.
//
// In a run, that is in a sequence of Han characters and words of letters with
// nothing between: each word of letters; each two neighbours glued together; and
// the last character alone, so that each character begins some word. Of 于2009年举行: 于2009
// 2009 2009年 年举 举行 行. Where folding (see Fold) changes a word, both forms are given:
// the folded one for our own search, the other for people who search with plain SQL.
func Text(s string) string {
	var b strings.Builder
	b.Grow(len(s)*2 + len(s)/2)
	word := func(w, next string) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		b.WriteString(next)
	}
	runs(s, func(run []unit) {
		for i, u := range run {
			fu := Fold(u.text)
			if u.class == letter {
				word(fu, "")
				if fu != u.text && !sameButCase(fu, u.text) {
					word(u.text, "")
				}
			}
			if i+1 < len(run) {
				next := run[i+1]
				fn := Fold(next.text)
				word(fu, fn)
				if !sameButCase(fu, u.text) || !sameButCase(fn, next.text) {
					word(u.text, next.text)
				}
			} else if u.class == han {
				word(fu, "")
				if fu != u.text {
					word(u.text, "")
				}
			}
		}
	})
	return b.String()
}

func sameButCase(a, b string) bool { return a == b || strings.EqualFold(a, b) }
