package postings

import (
	"bytes"
	"encoding/binary"
)

// A search goes through the pages of one segment after the other, the newest first.
type search struct {
	key  []byte
	open bool
	most int
	set  Set
	gone map[string][]int64 // rows, rising, that a newer segment takes out, by word
	part *part              // of the segment that is being read
}

// A part is what a segment has of what is looked for, on the pages read last.
type part struct {
	page int64  // the first that was read
	term []byte // the last one read
	hit  bool   // it is looked for
	over bool   // no further page has any
	rows []rowList
}

// A rowList is a piece of the rows of a word, as it stands on a page.
type rowList struct {
	word string // one of many in an open search; else ""
	list []byte
}

// found takes a piece of the rows of the last word.
func (s *search) found(list []byte) {
	word := ""
	if s.open {
		word = string(s.part.term)
	}
	s.part.rows = append(s.part.rows, rowList{word, list})
}

// add puts rows of segments into the set, the newest segment first.
func (s *search) add(parts []part) error {
	for i := range parts {
		for _, r := range parts[i].rows {
			if err := s.doclist(r); err != nil {
				return err
			}
		}
		parts[i].rows = parts[i].rows[:0]
	}
	return nil
}

// leaf reads a page: its head says where its words end, behind which stands, as differences, where each word begins. Before the first of them the
// rows of the last word on the page before go on. more = what is looked for may go on on the next page.
func (s *search) leaf(p []byte) (more bool, err error) {
	if len(p) < headBytes {
		return false, ErrFormat
	}
	size := int(binary.BigEndian.Uint16(p[2:]))
	if size < headBytes || size > len(p) {
		return false, ErrFormat
	}
	places := reader{b: p, at: size}
	next := func() int { // where the next word begins, size for none
		if places.at >= len(p) {
			return size
		}
		return int(places.next())
	}
	at := next()
	if at < headBytes || at > size {
		return false, ErrFormat
	}
	part := s.part
	if part.hit {
		s.found(p[headBytes:at])
	}
	for first := true; at < size; first = false {
		r := reader{b: p[:size], at: at}
		keep := 0
		if !first {
			keep = int(r.next())
		}
		n := int(r.next())
		if r.bad || keep < 0 || keep > len(part.term) || n < 0 || n > size-r.at {
			return false, ErrFormat
		}
		part.term = append(part.term[:keep], p[r.at:r.at+n]...)
		r.at += n
		end := size
		if places.at < len(p) {
			step := int(places.next())
			if end = at + step; step <= 0 || end < r.at || end >= size {
				return false, ErrFormat
			}
		}
		if places.bad {
			return false, ErrFormat
		}
		part.hit = bytes.Equal(part.term, s.key) || s.open && bytes.HasPrefix(part.term, s.key)
		switch {
		case part.hit:
			s.found(p[r.at:end])
		case bytes.Compare(part.term, s.key) > 0:
			return false, nil
		}
		at = end
	}
	// An open word goes on with its next; another only if its rows may.
	return part.hit || s.open && s.begun(), nil
}

// begun says that words that begin with the key may follow the last one read.
func (s *search) begun() bool { return bytes.Compare(s.part.term, s.key) < 0 }
