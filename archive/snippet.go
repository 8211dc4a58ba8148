package archive

import (
	"slices"
	"strings"
	"unicode/utf8"

	"campusnews/archive/bigram"
)

// A Snippet is a piece of an article's text around the terms searched for.
type Snippet struct {
	Text  string   // one line; "…" stands where text was left out
	Marks [][2]int // places of the terms in Text, byte offsets, in order, apart from each other
}

// The length of a snippet in characters, and how many of them at most stand before the first term.
const (
	snippetLength = 90
	snippetLead   = 24
)

// marks gives the places of all terms in text, in order; those that touch are one.
func marks(text string, terms []bigram.Term) [][2]int {
	var all [][2]int
	for _, t := range terms {
		all = append(all, t.Find(text, 100)...)
	}
	slices.SortFunc(all, func(a, b [2]int) int {
		if a[0] != b[0] {
			return a[0] - b[0]
		}
		return a[1] - b[1]
	})
	var merged [][2]int
	for _, m := range all {
		if n := len(merged); n > 0 && m[0] <= merged[n-1][1] {
			merged[n-1][1] = max(merged[n-1][1], m[1])
		} else {
			merged = append(merged, m)
		}
	}
	return merged
}

// snippet cuts the stretch of body that shows most of the terms, the first of several; the beginning if it shows none.
func snippet(body string, terms []bigram.Term) Snippet {
	if len(terms) == 1 {
		at, _ := terms[0].First(body)
		return cut(body, max(at, 0), terms)
	}
	type place struct{ at, term int }
	var places []place
	for i, t := range terms {
		for _, at := range t.Starts(body, 100) {
			places = append(places, place{at, i})
		}
	}
	slices.SortFunc(places, func(a, b place) int { return a.at - b.at })
	start, most := 0, 0
	seen := make([]bool, len(terms))
	for i, p := range places {
		end := forward(body, p.at, snippetLength-snippetLead)
		clear(seen)
		count := 0
		for _, q := range places[i:] {
			if q.at >= end || count == len(terms) {
				break
			}
			if !seen[q.term] {
				seen[q.term] = true
				count++
			}
		}
		if count > most {
			start, most = p.at, count
		}
		if most == len(terms) {
			break
		}
	}
	return cut(body, start, terms)
}

// cut is the snippet around a place.
func cut(body string, at int, terms []bigram.Term) Snippet {
	start := back(body, at, snippetLead)
	end := forward(body, start, snippetLength)
	text := strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		return r
	}, body[start:end])
	trimmed := strings.TrimLeft(text, " ")
	text = strings.TrimRight(trimmed, " ")
	if start > 0 {
		text = "…" + text
	}
	if end < len(body) {
		text += "…"
	}
	return Snippet{Text: text, Marks: marks(text, terms)}
}

// back is the offset n runes before at, but not before the line's begin.
func back(s string, at, n int) int {
	for ; n > 0 && at > 0; n-- {
		r, size := utf8.DecodeLastRuneInString(s[:at])
		if r == '\n' {
			break
		}
		at -= size
	}
	return at
}

// forward is the offset n runes after at.
func forward(s string, at, n int) int {
	for ; n > 0 && at < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[at:])
		at += size
	}
	return at
}
