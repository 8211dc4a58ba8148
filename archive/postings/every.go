package postings

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
)

// pagesAtOnce is how many pages of a segment are read by one statement.
const pagesAtOnce = 64

// Every reads the whole index: f is called with each word, in the order of their bytes, and the rows that have it, rising and at least one. Both are f's
// until it returns. It holds some pages of each segment, and the rows of one word. The error may wrap ErrFormat. Progress is told now and then how many
// pages were read, of all.
func (x *Index) Every(ctx context.Context, f func(word []byte, rows []int64) error, progress func(done, total int64)) error {
	var done, total int64
	for _, s := range x.segments {
		total += s.last - s.first + 1
	}
	read := func(n int) { done += int64(n); progress(done, total) }
	list := make([]*cursor, 0, len(x.segments)) // the newest first
	for _, s := range x.segments {
		c := &cursor{x: x, segment: s, ahead: s.first, told: read}
		if err := c.advance(ctx); err != nil {
			return fmt.Errorf("index %s, segment %d: %w", x.name, s.id, err)
		}
		list = append(list, c)
	}
	var rows []int64
	var both, spare []entry
	var word []byte
	for {
		var least *cursor
		for _, c := range list {
			if !c.over && (least == nil || bytes.Compare(c.term, least.term) < 0) {
				least = c
			}
		}
		if least == nil {
			return nil
		}
		word = append(word[:0], least.term...)
		both = both[:0]
		for _, c := range list {
			if c.over || !bytes.Equal(c.term, word) {
				continue
			}
			if len(both) == 0 {
				both = append(both, c.entries...)
			} else {
				spare = overrule(spare[:0], both, c.entries)
				both, spare = spare, both
			}
			if err := c.advance(ctx); err != nil {
				return fmt.Errorf("index %s, segment %d: %w", x.name, c.segment.id, err)
			}
		}
		if word[0] != mainPrefix {
			continue
		}
		rows = rows[:0]
		for _, e := range both {
			if !e.gone() {
				rows = append(rows, e.row())
			}
		}
		if len(rows) > 0 {
			if err := f(word[1:], rows); err != nil {
				return err
			}
		}
	}
}

// An entry is a row of a word, twice its number, and one more if it is taken out.
type entry int64

func (e entry) row() int64 { return int64(e >> 1) }
func (e entry) gone() bool { return e&1 != 0 }

// overrule appends the entries of two segments to list; of a row that both have, what the newer one says.
func overrule(list, newer, older []entry) []entry {
	for len(newer) > 0 && len(older) > 0 {
		switch n, o := newer[0].row(), older[0].row(); {
		case n < o:
			list, newer = append(list, newer[0]), newer[1:]
		case n > o:
			list, older = append(list, older[0]), older[1:]
		default:
			list, newer, older = append(list, newer[0]), newer[1:], older[1:]
		}
	}
	return append(append(list, newer...), older...)
}

// A cursor goes through the words of a segment.
type cursor struct {
	x       *Index
	segment segment
	ahead   int64    // the number of the page behind those that were read
	pages   [][]byte // read, and still to be gone through
	page    []byte   // at hand, up to where its words end; nil = none
	places  reader   // of the page: where its words begin
	at      int      // where the next word begins
	begun   bool     // a word of the page was read
	term    []byte   // the last one
	entries []entry  // its rows, rising
	over    bool
	told    func(pages int)
}

// turn takes the next page to hand. What stands before its first word are rows of the last one; ok = there was a page.
func (c *cursor) turn(ctx context.Context) (ok bool, err error) {
	if len(c.pages) == 0 {
		if err := c.read(ctx); err != nil {
			return false, err
		}
	}
	if len(c.pages) == 0 {
		return false, nil
	}
	p := c.pages[0]
	c.pages = c.pages[1:]
	if len(p) < headBytes {
		return false, ErrFormat
	}
	size := int(binary.BigEndian.Uint16(p[2:]))
	if size < headBytes || size > len(p) {
		return false, ErrFormat
	}
	c.page, c.places, c.at, c.begun = p[:size], reader{b: p, at: size}, size, false
	if size < len(p) {
		c.at = int(c.places.next())
	}
	if c.at < headBytes || c.at > size {
		return false, ErrFormat
	}
	return true, c.rows(p[headBytes:c.at])
}

// read reads pages.
func (c *cursor) read(ctx context.Context) error {
	last := min(c.ahead+pagesAtOnce-1, c.segment.last)
	if c.ahead > last {
		return ctx.Err()
	}
	err := c.x.each(ctx, func(rows *sql.Rows) error {
		var id int64
		var block []byte
		if err := rows.Scan(&id, &block); err != nil {
			return err
		}
		if id != c.segment.id<<pageBits+c.ahead {
			return ErrFormat
		}
		c.ahead++
		c.pages = append(c.pages, block)
		return nil
	}, `SELECT id, block FROM `+c.x.name+`_data WHERE id BETWEEN ? AND ? ORDER BY id`, c.segment.id<<pageBits+c.ahead, c.segment.id<<pageBits+last)
	c.told(len(c.pages))
	if err == nil && c.ahead != last+1 {
		err = ErrFormat
	}
	return errors.Join(err, ctx.Err())
}

// advance goes to the next word and reads all its rows.
func (c *cursor) advance(ctx context.Context) error {
	c.entries = c.entries[:0]
	for c.at >= len(c.page) {
		before := len(c.entries)
		ok, err := c.turn(ctx)
		if err != nil {
			return err
		}
		if !ok {
			c.over = true
			return nil
		}
		if len(c.entries) > before {
			return ErrFormat // rows of a word that was read to its end
		}
	}
	r := reader{b: c.page, at: c.at}
	keep := 0
	if c.begun {
		keep = int(r.next())
	}
	n := int(r.next())
	if r.bad || keep < 0 || keep > len(c.term) || n < 0 || n > len(c.page)-r.at || keep+n == 0 {
		return ErrFormat
	}
	c.term, c.begun = append(c.term[:keep], c.page[r.at:r.at+n]...), true
	r.at += n
	end := len(c.page)
	if c.places.at < len(c.places.b) {
		step := int(c.places.next())
		if end = c.at + step; step <= 0 || end < r.at || end >= len(c.page) {
			return ErrFormat
		}
	}
	if c.places.bad {
		return ErrFormat
	}
	err := c.rows(c.page[r.at:end])
	for c.at = end; err == nil && c.at >= len(c.page); { // they may go on
		var ok bool
		if ok, err = c.turn(ctx); !ok {
			break
		}
	}
	return err
}

// rows reads a piece of the rows of a word: the first whole, the others as differences, see search.doclist.
func (c *cursor) rows(b []byte) error {
	row, last := int64(0), int64(0)
	if n := len(c.entries); n > 0 {
		last = c.entries[n-1].row()
	}
	for at := 0; at < len(b); {
		d := int64(b[at])
		if at++; d >= 0x80 {
			r := reader{b: b, at: at - 1}
			if d = r.next(); r.bad {
				return ErrFormat
			}
			at = r.at
		}
		if row += d; d <= 0 || row <= last || row > 1<<61 {
			return ErrFormat
		}
		last = row
		e := entry(row << 1)
		if at < len(b) && b[at] == 0 {
			if at++; at < len(b) && b[at] == 0 {
				at++
			} else {
				e++
			}
		}
		c.entries = append(c.entries, e)
	}
	return nil
}
