package profile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Fault is one thing wrong with a profile, with its place in the file.
type Fault struct {
	File         string // as given to Parse
	Line, Column int    // 1 is the first; columns count characters
	Message      string // what is wrong, and what would be right
}

func (f *Fault) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Message)
}

// Faults are all that is wrong with a profile, in file order, never empty as an
// error. Each is a *Fault.
type Faults []*Fault

func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find a *Fault.
func (fs Faults) Unwrap() []error {
	errs := make([]error, len(fs))
	for i, f := range fs {
		errs[i] = f
	}
	return errs
}

func (fs Faults) sort() {
	slices.SortStableFunc(fs, func(a, b *Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// nearest gives the word of known that takes the fewest edits from word, and
// whether it is near enough to be what was meant: at most a third of its
// letters wrong, and one wrong letter always.
func nearest(word string, known []string) (best string, near bool) {
	least := -1
	for _, k := range known {
		if d := edits(strings.ToLower(word), k); least < 0 || d < least {
			best, least = k, d
		}
	}
	return best, least >= 0 && least <= max(1, (len(best)+1)/3)
}

// edits is the number of single-character insertions, deletions,
// substitutions and swaps of neighbours that turn a into b (optimal string
// alignment distance). Long words are cut at 64 characters.
func edits(a, b string) int {
	s, t := cut([]rune(a)), cut([]rune(b))
	prev2 := make([]int, len(t)+1)
	prev := make([]int, len(t)+1)
	row := make([]int, len(t)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row[0] = i
		for j := 1; j <= len(t); j++ {
			change := 1
			if s[i-1] == t[j-1] {
				change = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+change)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
		}
		prev2, prev, row = prev, row, prev2
	}
	return prev[len(t)]
}

func cut(r []rune) []rune {
	if len(r) > 64 {
		return r[:64]
	}
	return r
}
