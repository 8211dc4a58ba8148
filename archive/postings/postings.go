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
	"encoding/hex"
	"errors"
	"fmt"
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
	most     int             // no row has a higher number
	segments []segment       // the newest first
	list     string          // of their numbers, in JSON
	begun    map[Word][]part // what Fetch has read, one a segment
	cache    *Cache
	state    string       // for cache
	ready    map[Word]Set // what Fetch has found there
}

type segment struct{ id, first, last int64 }

// A Word is one to look up, or with Open all that begin so.
type Word struct {
	Text string
	Open bool
}

func (w Word) key() []byte { return append([]byte{mainPrefix}, w.Text...) }

// Head is two columns of a SELECT, which New takes: so they can be asked for together with other things.
func Head(name string) string {
	return `coalesce((SELECT v FROM ` + name + `_config WHERE k = 'version'), 0), (SELECT block FROM ` + name + `_data WHERE id = ` + strconv.Itoa(structureRow) + `)`
}

// Open gives the index of a name as tx sees it. No row of it has a number above most, which is trusted as long as it takes to find one that has.
// The error may wrap ErrFormat.
func Open(ctx context.Context, tx Querier, name string, most int) (*Index, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+Head(name))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var version int64
	var structure []byte
	if !rows.Next() {
		return nil, errors.Join(rows.Err(), ErrFormat)
	}
	if err := rows.Scan(&version, &structure); err != nil {
		return nil, err
	}
	return New(tx, name, most, version, structure, nil)
}

// New is Open for who has the columns of Head, and for who has a Cache of the index, or nil.
func New(tx Querier, name string, most int, version int64, structure []byte, cache *Cache) (*Index, error) {
	x := &Index{tx: tx, name: name, most: most, begun: map[Word][]part{}, cache: cache, state: string(structure), ready: map[Word]Set{}}
	err := error(ErrFormat)
	if version == 4 {
		x.segments, err = readStructure(structure)
	}
	if err != nil {
		return nil, fmt.Errorf("index %s, of version %d: its list of segments: %w", name, version, err)
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

// mostFetched is how many words are fetched together, so that their rows take little memory.
const mostFetched = 32

// Fetch reads the pages on which words begin, of the first mostFetched: two statements for all, instead of two for each.
func (x *Index) Fetch(ctx context.Context, words []Word) error {
	var list []Word
	for _, w := range words[:min(len(words), mostFetched)] {
		if x.ready[w] != nil {
			continue
		}
		if set, ok := x.cache.get(x.state, w); ok {
			x.ready[w] = set
		} else if _, known := x.begun[w]; !known {
			x.begun[w] = make([]part, len(x.segments))
			list = append(list, w)
		}
	}
	if len(list) == 0 || len(x.segments) == 0 {
		return nil
	}
	if err := x.fetch(ctx, list); err != nil {
		return fmt.Errorf("index %s: %w", x.name, err)
	}
	return nil
}

func (x *Index) fetch(ctx context.Context, words []Word) error {
	searches := make([]search, len(words))
	keys := []byte{'['}
	for i, w := range words {
		searches[i] = search{key: w.key(), open: w.Open}
		if i > 0 {
			keys = append(keys, ',')
		}
		keys = append(hex.AppendEncode(append(keys, '"'), searches[i].key), '"')
	}
	i, n := 0, len(words)*len(x.segments)
	// place says of which word and segment a row is; each row moves on to the next.
	place := func() (s *search, seg segment, p *part, err error) {
		if i == n {
			return nil, seg, nil, ErrFormat
		}
		w, k := i/len(x.segments), i%len(x.segments)
		i++
		return &searches[w], x.segments[k], &x.begun[words[w]][k], nil
	}
	ids := []byte{'['}
	err := x.each(ctx, func(rows *sql.Rows) error {
		_, seg, p, err := place()
		if err != nil {
			return err
		}
		if err := rows.Scan(&p.page); err != nil {
			return err
		}
		p.page = max(p.page, seg.first)
		if len(ids) > 1 {
			ids = append(ids, ',')
		}
		ids = strconv.AppendInt(ids, seg.id<<pageBits+p.page, 10)
		return nil
	}, `SELECT coalesce((SELECT i.pgno >> 1 FROM `+x.name+`_idx i WHERE i.segid = s.value AND i.term <= unhex(w.value) ORDER BY i.term DESC LIMIT 1), 0)
		FROM json_each(?) w CROSS JOIN json_each(?) s`, string(append(keys, ']')), x.list)
	if err == nil && i != n {
		err = ErrFormat
	}
	if err != nil {
		return err
	}
	i = 0
	var block sql.RawBytes
	err = x.each(ctx, func(rows *sql.Rows) error {
		s, seg, p, err := place()
		if err != nil {
			return err
		}
		if err := rows.Scan(&block); err != nil {
			return err
		}
		s.part = p
		more, err := s.leaf(block)
		if err != nil {
			return fmt.Errorf("segment %d, page %d: %w", seg.id, p.page, err)
		}
		p.over = !more || p.page >= seg.last
		for i, r := range p.rows { // the page goes
			p.rows[i].list = bytes.Clone(r.list)
		}
		return nil
	}, `SELECT d.block FROM json_each(?) s CROSS JOIN `+x.name+`_data d ON d.id = s.value`, string(append(ids, ']')))
	if err == nil && i != n {
		err = ErrFormat
	}
	return err
}

// each calls f for the rows of an answer.
func (x *Index) each(ctx context.Context, f func(*sql.Rows) error, query string, args ...any) (err error) {
	rows, err := x.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Rows gives the rows that have a word, or with open one that begins so. The error may wrap ErrFormat.
func (x *Index) Rows(ctx context.Context, w Word) (Set, error) {
	if err := x.Fetch(ctx, []Word{w}); err != nil {
		return nil, err
	}
	if set := x.ready[w]; set != nil {
		delete(x.ready, w) // seldom wanted twice
		return set, nil
	}
	parts := x.begun[w]
	delete(x.begun, w)
	s := search{key: w.key(), open: w.Open, most: x.most, set: make(Set, x.most/64+1)}
	// The further pages of all segments come by one statement.
	further, end := []byte{'['}, s.key
	for i, p := range parts {
		if !p.over {
			if len(further) > 1 {
				further = append(further, ',')
			}
			further = fmt.Appendf(further, "[%d,%d,%d,%d]", i, x.segments[i].id, p.page+1, x.segments[i].last)
		}
	}
	at := 0 // the segment that is being read, all before it being through
	var err error
	if len(further) > 1 {
		if w.Open {
			end = append(bytes.Clone(s.key), 0xFF) // in no word
		}
		err = x.goOn(ctx, &s, parts, &at, end, string(append(further, ']')))
	}
	if err == nil {
		err = s.add(parts[at:])
	}
	if err != nil {
		return nil, fmt.Errorf("index %s: %w", x.name, err)
	}
	x.cache.put(x.state, w, s.set)
	return s.set, nil
}

// goOn reads segments from a page on until the word has ended: by the first page that begins with a word behind end at the latest.
func (x *Index) goOn(ctx context.Context, s *search, parts []part, at *int, end []byte, further string) error {
	var i int
	var block sql.RawBytes
	reading := -1 // the segment whose pages come
	return x.each(ctx, func(rows *sql.Rows) error {
		if err := rows.Scan(&i, &block); err != nil {
			return err
		}
		if i != reading {
			if i < *at || i >= len(parts) {
				return ErrFormat
			}
			if err := s.add(parts[*at : i+1]); err != nil {
				return err
			}
			reading, *at, s.part = i, i+1, &parts[i]
		}
		if s.part.over {
			return nil // a page that the next word begins
		}
		more, err := s.leaf(block)
		if err == nil {
			err = s.add(parts[i : i+1])
		}
		if err != nil {
			return fmt.Errorf("segment %d: %w", x.segments[i].id, err)
		}
		s.part.over = !more
		return ctx.Err()
	}, `SELECT s.value ->> 0, d.block FROM json_each(?) s CROSS JOIN `+x.name+`_data d ON d.id BETWEEN ((s.value ->> 1) << 37) + (s.value ->> 2) AND ((s.value ->> 1) << 37) +
		coalesce((SELECT i.pgno >> 1 FROM `+x.name+`_idx i WHERE i.segid = s.value ->> 1 AND i.term > ? ORDER BY i.term LIMIT 1), s.value ->> 3)`, further, end)
}
