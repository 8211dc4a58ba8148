package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"campusnews/archive/bigram"
	"campusnews/archive/postings"
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
	Estimate   bool // where thousands of texts would have to be read to count all, read some and estimate: see Hits.About
}

// Hits is the answer to a Query.
type Hits struct {
	Total int  // -1 if the query did not ask for it
	More  bool // there may be more than Total: counting stopped for Query.Most
	About bool // Total is an estimate, for Query.Estimate, good to some 3 in 100 of what the index alone would let through, 19 times in 20
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

// mostHits is more than any archive has, and leaves room to add to it.
const mostHits = 1 << 28

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
	q.Limit, q.Offset = min(q.Limit, mostHits), min(max(q.Offset, 0), mostHits)
	s := newStatement(q.Filter, m)
	defer s.end()
	if !q.AsOf.IsZero() {
		return a.searchAsOf(ctx, q, s)
	}
	hits := Hits{Total: -1}
	if q.Total {
		if hits.Total, hits.More, hits.About, err = a.total(ctx, s, q.Most, q.Estimate); err != nil {
			return Hits{}, fmt.Errorf("count hits: %w", err)
		}
	}
	var ids []int64
	if q.Order == Relevance && m.look != nil {
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
	if hits.About && len(hits.Hits) > 0 {
		hits.Total = max(hits.Total, q.Offset+len(hits.Hits)) // what stands there counts, also where no text of the sample fitted
	}
	return hits, nil
}

// A statement is a search in SQL.
type statement struct {
	*matcher
	number int64 // for fitsName
	end    func()
	among  string // articles of the filter that an index has, as rows of hit, beginning with FROM; "" = all
	amid   []any  // its arguments
	where  string // filters on articles c, among included, each with AND before it
	args   []any
	filter Filter                         // that where is made of
	and    func(add func(string, ...any)) // further conditions; nil = none
	set    postings.Set                   // the candidates, once they were looked up
	now    point
}

func newStatement(f Filter, m *matcher) *statement {
	s := &statement{matcher: m}
	s.number, s.end = m.begin()
	switch {
	case !f.AsOf.IsZero():
	case f.Person != "":
		s.among, s.amid = `FROM (SELECT article AS hit FROM credits WHERE name = ?)`, []any{f.Person}
	case f.Gone:
		s.among = `FROM (SELECT id AS hit FROM articles WHERE state <> 'kept')`
	}
	s.restrict(f)
	return s
}

// restrict sets the filters.
func (s *statement) restrict(f Filter) {
	s.filter, s.where, s.args = f, ``, nil
	add := func(condition string, values ...any) {
		s.where, s.args = s.where+` AND `+condition, append(s.args, values...)
	}
	f.restrict(add)
	if s.and != nil {
		s.and(add)
	}
}

// candidates are the articles that the index has. The set is the caller's.
func (a *Archive) candidates(ctx context.Context, s *statement) (postings.Set, point, error) {
	if s.set != nil {
		return slices.Clone(s.set), s.now, nil
	}
	sets, now, err := a.found(ctx, s.table, s.look)
	if err != nil {
		return nil, now, err
	}
	set := sets[0]
	if s.title != nil {
		titles, _, err := a.found(ctx, "articles_fts_title", s.title)
		if err != nil {
			return nil, now, err
		}
		set = set.And(titles[0])
	}
	if s.among != "" {
		if set, err = a.keep(ctx, set, s.among, s.amid...); err != nil {
			return nil, now, err
		}
	}
	if set, err = a.narrow(ctx, s, set); err != nil {
		return nil, now, err
	}
	s.set, s.now = set, now
	return slices.Clone(set), now, nil
}

// keep keeps the rows that a statement has as hit; it begins with FROM.
func (a *Archive) keep(ctx context.Context, set postings.Set, from string, args ...any) (postings.Set, error) {
	ids, err := a.idList(ctx, from, args...)
	if err != nil {
		return nil, err
	}
	only := make(postings.Set, len(set))
	eachID(ids, func(id int) {
		if id/64 < len(only) {
			only = only.Add(id)
		}
	})
	return set.And(only), nil
}

// allowed are the candidates that the filters let through, as rows of hit: those of ids in their order, or all articles where the index cannot help.
// It begins with FROM and ends with LIMIT -1, which keeps SQLite from making one step of it and what stands around it.
func (s *statement) allowed(ids []int, order string) (string, []any) {
	if s.look == nil {
		return `FROM (SELECT c.id AS hit FROM articles c INDEXED BY articles_sorting WHERE true` + s.where + order + ` LIMIT -1)`, s.args
	}
	return `FROM (SELECT c.id AS hit FROM json_each(?) j CROSS JOIN articles c INDEXED BY articles_sorting ON c.id = j.value WHERE true` +
		s.where + order + ` LIMIT -1)`, append([]any{listed(ids)}, s.args...)
}

// checked is allowed whose text fits, as rows of articles a.
func (s *statement) checked(allowed string, args []any) (string, []any) {
	allowed += ` CROSS JOIN articles a ON a.id = hit`
	if s.exact {
		return allowed, args
	}
	return allowed + ` WHERE ` + fitsName + `(?, a.title, a.subtitle, a.body)`, append(args[:len(args):len(args)], s.number)
}

const byDay = ` ORDER BY c.day DESC, c.id DESC`

// How many texts are looked at, at most, for a count that is bounded: some for each hit that may be counted, but no more than take
// about 50 ms on a busy machine.
const (
	workFactor = 4
	mostRead   = 1000
)

// How many texts are read for an estimate, and from how many on it is made: to read these takes some 0.2 s.
var (
	estimatedBy   = 1000
	estimatedFrom = 5000
)

// total counts the hits, up to most if that is not 0; what the index alone answers it counts to the end.
func (a *Archive) total(ctx context.Context, s *statement, most int, estimate bool) (n int, more, about bool, err error) {
	if s.look == nil {
		return a.totalOf(ctx, s, nil, most, estimate)
	}
	set, _, err := a.candidates(ctx, s)
	if err != nil {
		return 0, false, false, err
	}
	return a.totalOf(ctx, s, set, most, estimate)
}

// totalOf is total for who has the candidates; nil where the index cannot help.
func (a *Archive) totalOf(ctx context.Context, s *statement, set postings.Set, most int, estimate bool) (n int, more, about bool, err error) {
	var ids []int
	if s.look != nil {
		if s.exact && s.where == "" {
			return set.Len(), false, false, nil
		}
		ids = set.Rows()
	}
	if estimate && !s.exact && len(ids) > estimatedFrom {
		return a.estimate(ctx, s, ids)
	}
	from, args := s.allowed(ids, ``)
	if !s.exact && most > 0 {
		read := min(workFactor*most, mostRead)
		from = strings.TrimSuffix(from, `-1)`) + `?)`
		args = append(args[:len(args):len(args)], read)
		if err := a.read.QueryRowContext(ctx, `SELECT count(*) `+from, args...).Scan(&n); err != nil {
			return 0, false, false, err
		}
		more = n == read
	}
	from, args = s.checked(from, args)
	n, cut, err := a.countUpTo(ctx, most, from, args)
	return n, cut || more, false, err
}

// estimate is total for many candidates whose texts would have to be read.
func (a *Archive) estimate(ctx context.Context, s *statement, ids []int) (n int, more, about bool, err error) {
	if s.where != "" {
		from, args := s.allowed(ids, ``)
		if ids, err = a.idsOf(ctx, from, args...); err != nil {
			return 0, false, false, err
		}
	}
	if len(ids) <= estimatedFrom {
		fit, err := a.thatFit(ctx, s, ids)
		return len(fit), false, false, err
	}
	share, err := a.shareThatFits(ctx, s, ids, estimatedBy)
	return int(share*float64(len(ids)) + 0.5), false, true, err
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

// fewHits are so many that reading them is not worth watching for the end of the context.
const fewHits = 100

// hits reads articles in the order of ids.
func (a *Archive) hits(ctx context.Context, terms []bigram.Term, ids []int64) (list []Hit, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	stmt, err := a.prepared(ctx, `SELECT a.id, a.site, a.key, a.url, coalesce(a.section, ''), coalesce(a.title, ''), coalesce(a.published, ''), coalesce(a.day, ''),
		coalesce(a.source, ''), a.state, a.body FROM json_each(?) j CROSS JOIN articles a ON a.id = j.value`) // sorted here: SQLite would carry the texts through a sorter
	if err != nil {
		return nil, err
	}
	if len(ids) <= fewHits {
		ctx = brief(ctx)
	}
	rows, err := stmt.QueryContext(ctx, listed(ids))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		h, err := scanHit(rows, terms)
		if err != nil {
			return nil, err
		}
		list = append(list, h)
	}
	places := make(map[int64]int, len(ids))
	for i, id := range ids {
		places[id] = i
	}
	slices.SortFunc(list, func(x, y Hit) int { return places[x.ID] - places[y.ID] })
	return list, rows.Err()
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

// listed is numbers as a JSON array, for json_each.
func listed[T int | int64](ids []T) string {
	b := []byte{'['}
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(id), 10)
	}
	return string(append(b, ']'))
}
