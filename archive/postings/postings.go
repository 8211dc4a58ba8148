// Package postings reads from a full-text index of SQLite which rows have a word, past SQL, a hundred times as fast: FTS5 gives
// rows one at a time, some 0.1 µs each, and 100,000 of them are 10 ms; here they are some nanoseconds each.
//
// It reads the tables in which FTS5 keeps an index made with detail=none: name_data with pages of postings, name_idx with the first
// word of each page. Their format is set down in SQLite's fts5Int.h and fts5_index.c, is version 4 of name_config since 2015,
// and what has another version, or is not as described there, is refused with ErrFormat: FTS5 itself then answers. The package knows no words
// but those it is asked for, and none of the tables besides.
//
// An index is a list of segments, written one after the other and merged later. Each has its words in order, and with each word its rows, by
// rising number. A newer segment overrules older ones: a row may be marked there as taken out.
package postings

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// ErrFormat is wrapped by the errors of an index that is not as expected.
var ErrFormat = errors.New("not a full-text index of the kind that is read here")

// Where FTS5 keeps what: the number of the row with the list of segments; a page is numbered by its segment and its place in it. Words
// of the index proper begin with mainPrefix.
const (
	structureRow = 10
	pageBits     = 37
	mainPrefix   = '0'
	headBytes    = 4
)

// A Querier is a transaction, so that all is of one moment.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// An Index is one as a transaction sees it.
type Index struct {
	tx       Querier
	name     string
	most     int       // no row has a higher number
	segments []segment // the newest first
	list     string    // of their numbers, in JSON
	seek     string    // statements
	first    string
	further  string
}

type segment struct{ id, first, last int64 }

// Open gives the index of a name as tx sees it. No row of it has a number above most, which is trusted as long as it takes to find one that has.
// The error may wrap ErrFormat.
func Open(ctx context.Context, tx Querier, name string, most int) (*Index, error) {
	x := &Index{tx: tx, name: name, most: most,
		seek:    `SELECT coalesce((SELECT i.pgno >> 1 FROM ` + name + `_idx i WHERE i.segid = s.value AND i.term <= ? ORDER BY i.term DESC LIMIT 1), 0) FROM json_each(?) s`,
		first:   `SELECT d.block FROM json_each(?) s CROSS JOIN ` + name + `_data d ON d.id = s.value`,
		further: `SELECT block FROM ` + name + `_data WHERE id BETWEEN ? AND ? ORDER BY id`,
	}
	var err error
	if x.segments, err = x.structure(ctx); err != nil {
		return nil, fmt.Errorf("index %s: its list of segments: %w", name, err)
	}
	list := []byte{'['}
	for i, s := range x.segments {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendInt(list, s.id, 10)
	}
	x.list = string(append(list, ']'))
	return x, nil
}

// structure finds the list of segments.
func (x *Index) structure(ctx context.Context) ([]segment, error) {
	rows, err := x.tx.QueryContext(ctx, `SELECT coalesce((SELECT v FROM `+x.name+`_config WHERE k = 'version'), 0), block FROM `+x.name+`_data WHERE id = ?`, structureRow)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, errors.Join(rows.Err(), ErrFormat)
	}
	var version int64
	var block []byte
	if err := rows.Scan(&version, &block); err != nil {
		return nil, err
	}
	if version != 4 {
		return nil, fmt.Errorf("of version %d: %w", version, ErrFormat)
	}
	return readStructure(block)
}

// readStructure reads the list of segments: levels, the newest first, each with its segments, the oldest first.
func readStructure(b []byte) (list []segment, err error) {
	if len(b) < 7 || bytes.HasPrefix(b[4:], []byte{0xFF, 0, 0, 1}) { // of an index that keeps track of what is taken out
		return nil, ErrFormat
	}
	r := reader{b: b, at: 4}
	levels, segments := r.next(), r.next()
	r.next() // how much was written
	for range min(levels, 64) {
		r.next() // how many of its segments are being merged
		n := r.next()
		from := len(list)
		for range min(n, 4096) {
			list = append(list, segment{r.next(), r.next(), r.next()})
		}
		for i, j := from, len(list)-1; i < j; i, j = i+1, j-1 {
			list[i], list[j] = list[j], list[i]
		}
	}
	if r.bad || len(list) != int(segments) {
		return nil, ErrFormat
	}
	kept := list[:0]
	for _, s := range list {
		if s.first > 0 { // else all of it has gone into another already
			kept = append(kept, s)
		}
	}
	return kept, nil
}

// Rows gives the rows that have a word, or with open one that begins so. The error may wrap ErrFormat.
func (x *Index) Rows(ctx context.Context, word string, open bool) (Set, error) {
	set, err := x.rows(ctx, word, open)
	if err != nil {
		return nil, fmt.Errorf("index %s: %w", x.name, err)
	}
	return set, nil
}

func (x *Index) rows(ctx context.Context, word string, open bool) (Set, error) {
	s := search{key: append([]byte{mainPrefix}, word...), open: open, most: x.most, set: make(Set, x.most/64+1)}
	pages, err := x.begins(ctx, s.key)
	if err != nil {
		return nil, err
	}
	leaves, err := x.leaves(ctx, pages)
	if err != nil {
		return nil, err
	}
	for i, seg := range x.segments {
		s.term, s.hit = s.term[:0], false
		more, err := s.leaf(leaves[i])
		if err != nil {
			return nil, fmt.Errorf("segment %d, page %d: %w", seg.id, pages[i], err)
		}
		if more && pages[i] < seg.last {
			if err := x.goOn(ctx, &s, seg, pages[i]+1); err != nil {
				return nil, err
			}
		}
	}
	return s.set, nil
}

// begins gives the page of each segment on which a word would stand.
func (x *Index) begins(ctx context.Context, key []byte) (pages []int64, err error) {
	rows, err := x.tx.QueryContext(ctx, x.seek, key, x.list)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var page int64
		if err := rows.Scan(&page); err != nil {
			return nil, err
		}
		if len(pages) < len(x.segments) {
			page = max(page, x.segments[len(pages)].first)
		}
		pages = append(pages, page)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(pages) != len(x.segments) {
		return nil, ErrFormat
	}
	return pages, nil
}

// leaves reads one page of each segment.
func (x *Index) leaves(ctx context.Context, pages []int64) (list [][]byte, err error) {
	ids := []byte{'['}
	for i, s := range x.segments {
		if i > 0 {
			ids = append(ids, ',')
		}
		ids = strconv.AppendInt(ids, s.id<<pageBits+pages[i], 10)
	}
	rows, err := x.tx.QueryContext(ctx, x.first, string(append(ids, ']')))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(list) != len(x.segments) {
		return nil, ErrFormat
	}
	return list, nil
}

// goOn reads a segment from a page on, until the word has ended.
func (x *Index) goOn(ctx context.Context, s *search, seg segment, page int64) error {
	rows, err := x.tx.QueryContext(ctx, x.further, seg.id<<pageBits+page, seg.id<<pageBits+seg.last)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var b sql.RawBytes
		if err := rows.Scan(&b); err != nil {
			return err
		}
		more, err := s.leaf(b)
		if err != nil {
			return fmt.Errorf("segment %d, page %d or later: %w", seg.id, page, err)
		}
		if !more {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// A search goes through the pages of one segment after the other, the newest first.
type search struct {
	key  []byte
	open bool
	most int
	set  Set
	term []byte             // the last one read
	hit  bool               // it is looked for
	gone map[string][]int64 // rows, rising, that a newer segment takes out, by word
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
	if s.hit {
		if err := s.doclist(p[headBytes:at]); err != nil {
			return false, err
		}
	}
	for first := true; at < size; first = false {
		r := reader{b: p[:size], at: at}
		keep := 0
		if !first {
			keep = int(r.next())
		}
		n := int(r.next())
		if r.bad || keep < 0 || keep > len(s.term) || n < 0 || n > size-r.at {
			return false, ErrFormat
		}
		s.term = append(s.term[:keep], p[r.at:r.at+n]...)
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
		s.hit = bytes.Equal(s.term, s.key) || s.open && bytes.HasPrefix(s.term, s.key)
		switch {
		case s.hit:
			if err := s.doclist(p[r.at:end]); err != nil {
				return false, err
			}
		case bytes.Compare(s.term, s.key) > 0:
			return false, nil
		}
		at = end
	}
	// An open word goes on with its next; another only if its rows may.
	return s.hit || s.open && s.begun(), nil
}

// begun says that words that begin with the key may follow the last one read.
func (s *search) begun() bool { return bytes.Compare(s.term, s.key) < 0 }

// doclist reads rows of the last word: the first whole, the others as differences, behind each whether the row is taken out (0), or was and
// came back (0, 0).
func (s *search) doclist(b []byte) error {
	gone := s.gone[string(s.term)] // by newer segments: those that this one has are passed
	passed, known := 0, len(gone)
	row := int64(0)
	for at := 0; at < len(b); {
		d := int64(b[at])
		if at++; d >= 0x80 {
			r := reader{b: b, at: at - 1}
			if d = r.next(); r.bad {
				return ErrFormat
			}
			at = r.at
		}
		if row += d; d <= 0 || row > int64(s.most) {
			return ErrFormat
		}
		if at < len(b) && b[at] == 0 {
			if at++; at < len(b) && b[at] == 0 {
				at++
			} else {
				gone = append(gone, row)
				continue
			}
		}
		for passed < known && gone[passed] < row {
			passed++
		}
		if passed == known || gone[passed] != row {
			s.set[row>>6] |= 1 << (row & 63)
		}
	}
	if len(gone) > known {
		if s.gone == nil {
			s.gone = map[string][]int64{}
		}
		slices.Sort(gone)
		s.gone[string(s.term)] = gone
	}
	return nil
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
