package archive

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"campusnews/archive/bigram"
)

// An Order says which hits come first.
type Order int

// The orders of hits.
const (
	Newest    Order = iota // by day, articles without one last
	Relevance              // by where and how often the words stand, see relevance.go
)

// A Query is a search. The zero value of a field does not restrict.
type Query struct {
	// Text is what to look for, in the language of package ask: words and "phrases", AND, OR, NOT, parentheses,
	// lab*, title:word. A word is found in title, subtitle or body; Han words anywhere, others as whole words.
	Text string
	Not  string // words, as in Text, none of which an article may hold
	Filter
	Order      Order
	Limit      int // hits given; 0 = 20
	Offset     int
	Everything bool // without a word in Text, give all articles that pass the filter instead of ErrNoTerms
	Total      bool // also count all hits
	Most       int  // count no further than this, so that an answer comes soon; 0 = count all
}

// Hits is the answer to a Query.
type Hits struct {
	Total int  // -1 if the query did not ask for it
	More  bool // there may be more than Total: counting stopped for Query.Most
	Hits  []Hit
}

// A Hit is an article that fits the query.
type Hit struct {
	ID                             int64
	Site, Key, URL, Section, Title string
	Published, Day, Source, State  string
	TitleMarks                     [][2]int // places of the terms in Title, byte offsets
	Snippet                        Snippet
}

// Search finds articles. The error is ErrNoTerms when the text holds nothing to look for,
// and wraps a *ask.Error, which says where and what to do, when it cannot be understood; it may be ErrNoRelevance.
func (a *Archive) Search(ctx context.Context, q Query) (Hits, error) {
	m, err := q.matcher()
	if err != nil {
		return Hits{}, err
	}
	if q.Limit <= 0 {
		q.Limit = 20
	}
	q.Offset = max(q.Offset, 0)
	s := newStatement(q.Filter, m)
	defer s.end()
	if !q.AsOf.IsZero() {
		return a.searchAsOf(ctx, q, s)
	}
	hits := Hits{Total: -1}
	if q.Total {
		if hits.Total, hits.More, err = a.total(ctx, s, q.Most); err != nil {
			return Hits{}, fmt.Errorf("count hits: %w", err)
		}
	}
	var ids []int64
	if q.Order == Relevance && m.match != "" {
		ids, err = a.relevant(ctx, s, q.Limit, q.Offset)
	} else {
		ids, err = a.newest(ctx, s, q.Limit, q.Offset)
	}
	if err == nil {
		hits.Hits, err = a.hits(ctx, m.terms, ids)
	}
	if err != nil {
		return Hits{}, fmt.Errorf("search %q: %w", q.Text, err)
	}
	return hits, nil
}

// A statement is a search in SQL.
type statement struct {
	*matcher
	number int64 // for fitsName
	end    func()
	where  string // filters on articles c, each with AND before it
	args   []any
}

func newStatement(f Filter, m *matcher) *statement {
	s := &statement{matcher: m}
	s.number, s.end = m.begin()
	f.restrict(func(condition string, values ...any) {
		s.where, s.args = s.where+` AND `+condition, append(s.args, values...)
	})
	if m.title != "" {
		s.where, s.args = s.where+` AND c.id IN (SELECT rowid FROM articles_fts_title WHERE articles_fts_title MATCH ?)`, append(s.args, m.title)
	}
	return s
}

// plain says that the index alone answers: no filter, no look at texts.
func (s *statement) plain() bool { return s.match != "" && s.exact && s.where == "" }

// candidates are the articles that the index and the filters let through, as rows of hit. It begins with FROM.
func (s *statement) candidates(order string) (string, []any) {
	if s.match == "" {
		return `FROM (SELECT c.id AS hit FROM articles c INDEXED BY articles_sorting WHERE true` + s.where + order + ` LIMIT -1)`, s.args
	}
	// The LIMIT keeps SQLite from making one step of it and what stands around it.
	return `FROM (SELECT c.id AS hit FROM ` + s.table + ` f CROSS JOIN articles c INDEXED BY articles_sorting ON c.id = f.rowid WHERE f.` + s.table + ` MATCH ?` +
		s.where + order + ` LIMIT -1)`, append([]any{s.match}, s.args...)
}

// checked is candidates whose text fits, as rows of articles a.
func (s *statement) checked(candidates string, args []any) (string, []any) {
	candidates += ` CROSS JOIN articles a ON a.id = hit`
	if s.exact {
		return candidates, args
	}
	return candidates + ` WHERE ` + fitsName + `(?, a.title, a.subtitle, a.body)`, append(args[:len(args):len(args)], s.number)
}

const byDay = ` ORDER BY c.day DESC, c.id DESC`

// How many texts are looked at, at most, for a count that is bounded: some for each hit that may be counted, but no more than take
// about 50 ms on a busy machine.
const (
	workFactor = 4
	mostRead   = 1000
)

// bounded is checked for a count that goes no further than most: neither hits nor texts looked at for them. more says that
// candidates were left out; those that came last are counted where newest is set. most 0 = all.
func (a *Archive) bounded(ctx context.Context, s *statement, newest bool, most int) (from string, args []any, more bool, err error) {
	order := ``
	if newest && most > 0 {
		order = byDay
	}
	if from, args = s.candidates(order); s.exact {
		return from, args, false, nil
	}
	if most > 0 {
		read := min(workFactor*most, mostRead)
		n := 0
		if newest && s.match != "" && !s.loose {
			if n, err = a.estimate(ctx, s); err != nil {
				return "", nil, false, err
			}
		}
		if n > fewCandidates {
			unread := *s.matcher
			unread.exact = true
			ids, err := a.sieve(ctx, &statement{matcher: &unread, where: s.where, args: s.args}, read, 0)
			if err != nil {
				return "", nil, false, err
			}
			from, args, n = `FROM (SELECT value AS hit FROM json_each(?))`, []any{list64(ids)}, len(ids)
		} else {
			from = strings.TrimSuffix(from, `-1)`) + `?)`
			args = append(args[:len(args):len(args)], read)
			if err := a.read.QueryRowContext(ctx, `SELECT count(*) `+from, args...).Scan(&n); err != nil {
				return "", nil, false, err
			}
		}
		more = n == read
	}
	from, args = s.checked(from, args)
	return from, args, more, nil
}

// total counts the hits, up to most if that is not 0.
func (a *Archive) total(ctx context.Context, s *statement, most int) (n int, more bool, err error) {
	if s.plain() {
		return a.countUpTo(ctx, most, `FROM `+s.table+` WHERE `+s.table+` MATCH ?`, []any{s.match})
	}
	from, args, left, err := a.bounded(ctx, s, false, most)
	if err != nil {
		return 0, false, err
	}
	n, more, err = a.countUpTo(ctx, most, from, args)
	return n, more || left, err
}

// countUpTo counts the rows that from gives, up to most if that is not 0.
func (a *Archive) countUpTo(ctx context.Context, most int, from string, args []any) (n int, more bool, err error) {
	query := `SELECT count(*) ` + from
	if most > 0 {
		query, args = `SELECT count(*) FROM (SELECT 1 `+from+` LIMIT ?)`, append(args[:len(args):len(args)], most+1)
	}
	if err := a.read.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return 0, false, err
	}
	if most > 0 && n > most {
		return most, true, nil
	}
	return n, false, nil
}

// ids gives the first column of the answer.
func (a *Archive) ids(ctx context.Context, query string, args ...any) (list []int64, err error) {
	err = a.eachRow(ctx, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		list = append(list, id)
		return err
	}, query, args...)
	return list, err
}

// hits reads articles in the order of ids.
func (a *Archive) hits(ctx context.Context, terms []bigram.Term, ids []int64) ([]Hit, error) {
	var list []Hit
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		h, err := scanHit(rows, terms)
		list = append(list, h)
		return err
	}, `SELECT a.id, a.site, a.key, a.url, coalesce(a.section, ''), coalesce(a.title, ''), coalesce(a.published, ''), coalesce(a.day, ''),
		coalesce(a.source, ''), a.state, a.body FROM json_each(?) j CROSS JOIN articles a ON a.id = j.value ORDER BY j.key`, list64(ids))
	return list, err
}

func scanHit(rows *sql.Rows, terms []bigram.Term) (Hit, error) {
	var h Hit
	var body string
	if err := rows.Scan(&h.ID, &h.Site, &h.Key, &h.URL, &h.Section, &h.Title, &h.Published, &h.Day, &h.Source, &h.State, &body); err != nil {
		return Hit{}, err
	}
	h.TitleMarks = marks(h.Title, terms)
	h.Snippet = snippet(body, terms)
	return h, nil
}

// list64 is numbers as a JSON array, for json_each.
func list64(ids []int64) string {
	b := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, id, 10)
	}
	return string(append(b, ']'))
}
