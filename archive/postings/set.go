package postings

import "math/bits"

// A Set is a set of rows, a bit a row; nil is the empty one.
type Set []uint64

// Add puts a row in and gives the set, which may have grown.
func (s Set) Add(row int) Set {
	if row/64 >= len(s) {
		s = append(s, make([]uint64, max(len(s), row/64+1-len(s)))...)
	}
	s[row/64] |= 1 << (row % 64)
	return s
}

// Has says whether a row is in the set.
func (s Set) Has(row int) bool { return row/64 < len(s) && s[row/64]&(1<<(row%64)) != 0 }

// Take says whether a row was in the set, which it leaves.
func (s Set) Take(row int) bool {
	if !s.Has(row) {
		return false
	}
	s[row/64] &^= 1 << (row % 64)
	return true
}

// Len counts the rows.
func (s Set) Len() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// And keeps the rows that are also in t.
func (s Set) And(t Set) Set {
	s = s[:min(len(s), len(t))]
	for i := range s {
		s[i] &= t[i]
	}
	return s
}

// Or takes in the rows of t.
func (s Set) Or(t Set) Set {
	if len(s) < len(t) {
		s = append(s, make([]uint64, len(t)-len(s))...)
	}
	for i, w := range t {
		s[i] |= w
	}
	return s
}

// Not takes the rows of t out.
func (s Set) Not(t Set) Set {
	for i := range s[:min(len(s), len(t))] {
		s[i] &^= t[i]
	}
	return s
}

// Rows lists the rows, rising.
func (s Set) Rows() []int {
	rows := make([]int, 0, s.Len())
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			rows = append(rows, 64*i+bits.TrailingZeros64(w))
		}
	}
	return rows
}

// Last lists the n highest rows, falling; fewer if there are no more.
func (s Set) Last(n int) []int {
	var rows []int
	for i := len(s) - 1; i >= 0; i-- {
		for w := s[i]; w != 0; {
			if len(rows) == n {
				return rows
			}
			bit := bits.Len64(w) - 1
			rows = append(rows, 64*i+bit)
			w &^= 1 << bit
		}
	}
	return rows
}
