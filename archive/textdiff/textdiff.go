// Package textdiff says how one text became another, in runs that a person
// can read: whole words where words are written apart, single characters in
// Chinese. It knows nothing of articles or terminals.
package textdiff

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// An Op says what became of a run of text.
type Op string

// What may become of a run.
const (
	Equal  Op = "equal"
	Delete Op = "delete" // stands in the old text only
	Insert Op = "insert" // stands in the new text only
)

// A Run is a piece of text with one fate.
type Run struct {
	Op   Op     `json:"op"`
	Text string `json:"text"` // never empty
}

// Work is bounded: what differs more than this is called replaced as a whole.
const (
	maxSteps = 1500    // insertions and deletions of one comparison; memory grows with the square, 9 MB here
	maxBytes = 1 << 20 // of a stretch of lines that is compared by words
)

// Runs gives the way from old to new. The texts of all runs but insertions, put
// together, are old; those of all but deletions are new. Neighbours differ in
// Op, and a deletion comes before the insertion that takes its place. Two empty texts
// give nil.
//
// Lines are compared first, then, where lines differ, words and characters. A
// few characters that happen to agree between two changes are not called equal:
// a reader takes in one replaced phrase more easily than its crumbs.
func Runs(old, new string) []Run {
	var b builder
	a, c := lines(old), lines(new)
	walk(a, c, func(op Op, i, j int) { b.add(op, strings.Join(pick(op, a, c)[i:j], "")) })
	coarse := b.done()
	b = builder{}
	for i := 0; i < len(coarse); i++ {
		r := coarse[i]
		if r.Op != Delete || i+1 == len(coarse) || coarse[i+1].Op != Insert {
			b.add(r.Op, r.Text)
			continue
		}
		fine(&b, r.Text, coarse[i+1].Text)
		i++
	}
	return b.done()
}

// fine compares two texts that replace each other word by word.
func fine(b *builder, old, new string) {
	if len(old) > maxBytes || len(new) > maxBytes {
		b.add(Delete, old)
		b.add(Insert, new)
		return
	}
	var inner builder
	a, c := words(old), words(new)
	walk(a, c, func(op Op, i, j int) { inner.add(op, strings.Join(pick(op, a, c)[i:j], "")) })
	runs := inner.done()
	kept := 0
	for _, r := range runs {
		if r.Op == Equal {
			kept += len(r.Text)
		}
	}
	if kept*4 < min(len(old), len(new)) { // two different texts, not one that was changed
		b.add(Delete, old)
		b.add(Insert, new)
		return
	}
	for _, r := range withoutCrumbs(runs) {
		b.add(r.Op, r.Text)
	}
}

// crumb is the longest agreement, in characters, that may be called changed between two changes.
const crumb = 2

// withoutCrumbs makes agreements that say nothing part of the changes around
// them: those of at most crumb characters within a line, shorter than what changes on both sides together.
func withoutCrumbs(runs []Run) []Run {
	size := func(from, step int) (n int) {
		for i := from; i >= 0 && i < len(runs) && runs[i].Op != Equal; i += step {
			n = max(n, utf8.RuneCountInString(runs[i].Text))
		}
		return n
	}
	var b builder
	for i, r := range runs {
		n := utf8.RuneCountInString(r.Text)
		if r.Op == Equal && n <= crumb && !strings.Contains(r.Text, "\n") && size(i-1, -1) > 0 && size(i+1, 1) > 0 && n < size(i-1, -1)+size(i+1, 1) {
			b.add(Delete, r.Text)
			b.add(Insert, r.Text)
			continue
		}
		b.add(r.Op, r.Text)
	}
	return b.done()
}

// pick gives the side that a run's places count in.
func pick(op Op, old, new []string) []string {
	if op == Insert {
		return new
	}
	return old
}

// lines cuts after each line end.
func lines(s string) []string {
	if s == "" {
		return nil
	}
	all := strings.SplitAfter(s, "\n")
	if all[len(all)-1] == "" {
		all = all[:len(all)-1]
	}
	return all
}

// words cuts into runs of letters and digits that belong together, single
// characters of scripts without blanks, and single other characters.
func words(s string) []string {
	var list []string
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !joins(r) {
			list, i = append(list, s[i:i+n]), i+n
			continue
		}
		start := i
		for i < len(s) {
			if r, n = utf8.DecodeRuneInString(s[i:]); !joins(r) {
				break
			}
			i += n
		}
		list = append(list, s[start:i])
	}
	return list
}

func joins(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) &&
		!unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer)
}

// A builder puts runs in the order that Runs promises.
type builder struct {
	runs     []Run
	del, ins strings.Builder
}

func (b *builder) add(op Op, text string) {
	switch {
	case text == "":
	case op == Delete:
		b.del.WriteString(text)
	case op == Insert:
		b.ins.WriteString(text)
	default:
		b.flush()
		if n := len(b.runs); n > 0 && b.runs[n-1].Op == Equal {
			b.runs[n-1].Text += text
			return
		}
		b.runs = append(b.runs, Run{Equal, text})
	}
}

func (b *builder) flush() {
	if b.del.Len() > 0 {
		b.runs = append(b.runs, Run{Delete, b.del.String()})
	}
	if b.ins.Len() > 0 {
		b.runs = append(b.runs, Run{Insert, b.ins.String()})
	}
	b.del.Reset()
	b.ins.Reset()
}

func (b *builder) done() []Run {
	b.flush()
	return b.runs
}
