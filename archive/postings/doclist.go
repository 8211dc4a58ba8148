package postings

import (
	"encoding/binary"
	"slices"
)

// doclist reads rows of a word: the first whole, the others as differences, behind each whether the row is taken out (0), or was and
// came back (0, 0). What newer segments have taken out stays out.
func (s *search) doclist(rows rowList) error {
	gone, b := s.gone[rows.word], rows.list // gone rises
	known, passed := len(gone), 0
	// The set of one word has none that is gone, so they can be put in with the others, and out again. That of several may have them for another word.
	careful := s.open && known > 0
	start := reader{b: b}
	first, row, most := start.next(), int64(0), int64(s.most)
	for at, try := 0, 0; at < len(b); {
		if at >= try && !careful {
			n := 0
			if n, row = s.set.plain(b[at:], row, most); n > 0 {
				at += n
				continue
			}
			try = at + stride // where long numbers are many, not before each
		}
		d := int64(b[at])
		if at++; d >= 0x80 {
			r := reader{b: b, at: at - 1}
			if d = r.next(); r.bad {
				return ErrFormat
			}
			at = r.at
		}
		if row += d; d <= 0 || row > most {
			return ErrFormat
		}
		if at < len(b) && b[at] == 0 {
			if at++; at < len(b) && b[at] == 0 {
				at++
			} else {
				if s.open || s.set[row>>6]&(1<<(row&63)) == 0 { // else a newer segment has it again, and that holds
					gone = append(gone, row)
				}
				continue
			}
		}
		if careful {
			for passed < known && gone[passed] < row {
				passed++
			}
			if passed < known && gone[passed] == row {
				continue
			}
		}
		s.set[row>>6] |= 1 << (row & 63)
	}
	if !careful && known > 0 {
		from, _ := slices.BinarySearch(gone[:known], first)
		for _, g := range gone[from:known] {
			if g > row {
				break
			}
			s.set[g>>6] &^= 1 << (g & 63)
		}
	}
	if len(gone) > known {
		if s.gone == nil {
			s.gone = map[string][]int64{}
		}
		mergeRuns(gone, known)
		s.gone[rows.word] = gone
	}
	return nil
}

// mergeRuns sorts a list of two rising runs, of which the second begins at n.
func mergeRuns(list []int64, n int) {
	if n == 0 || list[n-1] <= list[n] {
		return
	}
	second := slices.Clone(list[n:])
	for i, j := n-1, len(second)-1; j >= 0; {
		if i >= 0 && list[i] > second[j] {
			list[i+j+1] = list[i]
			i--
		} else {
			list[i+j+1] = second[j]
			j--
		}
	}
}

// stride is how many differences are read together.
const stride = 8

// plain puts the rows of a list into the set as long as each is a difference of one byte and nothing is said behind it, stride at a time: most
// rows of a frequent word are such. It gives the bytes read and the last row, and ends early where a row may be above most.
func (s Set) plain(b []byte, row, most int64) (n int, last int64) {
	const low, high = 0x0101010101010101, 0x8080808080808080
	for ; n+stride < len(b) && b[n+stride] != 0 && row+stride*0x7f <= most; n += stride {
		w := binary.LittleEndian.Uint64(b[n:])
		if w&high != 0 || (w-low)&^w&high != 0 { // a long number, or a 0
			break
		}
		// Sums of all bytes up to each: the rows, counted from the last one.
		w *= low
		if w>>56 < 64 && w&high == 0 {
			// Close together: the bits of all fall into this word of the set and the next.
			m := uint64(1)<<(w&63) | 1<<(w>>8&63) | 1<<(w>>16&63) | 1<<(w>>24&63) | 1<<(w>>32&63) | 1<<(w>>40&63) | 1<<(w>>48&63) | 1<<(w>>56)
			i, shift := row>>6, row&63
			s[i] |= m << shift
			if carried := m >> (64 - shift); carried != 0 {
				s[i+1] |= carried
			}
			row += int64(w >> 56)
			continue
		}
		for _, d := range b[n : n+stride] {
			row += int64(d)
			s[row>>6] |= 1 << (row & 63)
		}
	}
	return n, row
}

// A reader reads numbers as SQLite packs them: seven bits a byte, the highest first, of the ninth byte all eight.
type reader struct {
	b   []byte
	at  int
	bad bool // the bytes ended within one
}

func (r *reader) next() (n int64) {
	for i := range 9 {
		if r.at >= len(r.b) {
			r.bad = true
			return 0
		}
		c := r.b[r.at]
		r.at++
		if i == 8 {
			return n<<8 | int64(c)
		}
		if n = n<<7 | int64(c&0x7f); c < 0x80 {
			return n
		}
	}
	return n
}
