// Package bigram makes the words under which a text is found in a full-text
// index: overlapping pairs of Han characters, since Chinese marks no words, and
// whole words of letters and digits.
//
// It knows strings only. Its words are made for SQLite's FTS5 with the
// tokenizer "unicode61 remove_diacritics 0": each is one token there.
package bigram

import (
	"cmp"
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
	text  string // folded
	raw   string // as it stands; "" = as text, but for capitals
	class class
	cut   bool // longer than maxWord
}

// runs calls f for each run of s: a longest sequence of units with nothing between. What is a unit is decided by
// the folded text. f must not keep the slice.
func runs(s string, f func([]unit)) {
	folded := Fold(s)
	var run []unit
	flush := func() {
		if len(run) > 0 {
			f(run)
			run = run[:0]
		}
	}
	i, j := 0, 0 // bytes of folded and of s: rune for rune the same place
	step := func() (rune, int, int) {
		r, n := utf8.DecodeRuneInString(folded[i:])
		_, m := utf8.DecodeRuneInString(s[j:])
		return r, n, m
	}
	for i < len(folded) {
		r, n, m := step()
		c := classOf(r)
		from, fromRaw := i, j
		i, j = i+n, j+m
		switch c {
		case gap:
			flush()
		case han:
			run = append(run, unit{folded[from:i], differing(folded[from:i], s[fromRaw:j]), han, false})
		case letter:
			count, stop, stopRaw := 1, i, j
			for i < len(folded) {
				r, n, m := step()
				if classOf(r) != letter {
					break
				}
				i, j = i+n, j+m
				if count++; count <= maxWord {
					stop, stopRaw = i, j
				}
			}
			run = append(run, unit{folded[from:stop], differing(folded[from:stop], s[fromRaw:stopRaw]), letter, count > maxWord})
		}
	}
	flush()
}

// differing gives raw where the tokenizer would not take it for folded anyway.
func differing(folded, raw string) string {
	if folded == raw || strings.EqualFold(folded, raw) {
		return ""
	}
	return raw
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
			last := i+1 == len(run)
			if u.class == letter || last {
				word(u.text, "")
				if u.raw != "" {
					word(u.raw, "")
				}
			}
			if last {
				break
			}
			next := run[i+1]
			word(u.text, next.text)
			if u.raw != "" || next.raw != "" {
				word(cmp.Or(u.raw, u.text), cmp.Or(next.raw, next.text))
			}
		}
	})
	return b.String()
}
