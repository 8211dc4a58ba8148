package archive

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"campusnews/archive/postings"
)

// ErrNoRelevance is returned by Search for a query that asks for relevance as of a moment: the index weighs present texts only.
var ErrNoRelevance = errors.New("a search as of a moment goes by day, not by relevance")

// searchAsOf is Search for a query with AsOf.
func (a *Archive) searchAsOf(ctx context.Context, q Query, s *statement) (Hits, error) {
	if q.Order == Relevance {
		return Hits{}, ErrNoRelevance
	}
	hits := Hits{Total: -1}
	var from string // the hits in question, as rows of hit, beginning with FROM
	var args []any
	if s.look == nil {
		var err error
		from, args = asOfHits(q, s)
		if q.Total {
			if hits.Total, hits.More, err = a.countUpTo(ctx, q.Most, from, args); err != nil {
				return Hits{}, fmt.Errorf("count hits: %w", err)
			}
		}
		// Places first, by what sorts them; then the few rows that are shown, with all that is known of them.
		from, args = `FROM (SELECT c.id AS hit `+from+` ORDER BY c.day DESC, c.id DESC LIMIT ? OFFSET ?)`, append(args[:len(args):len(args)], q.Limit, q.Offset)
	} else {
		p, err := a.past(ctx, q, s)
		if err == nil && q.Total {
			if hits.Total, hits.More, hits.About, err = p.total(ctx, a, q.Most, q.Estimate); err != nil {
				err = fmt.Errorf("count hits: %w", err)
			}
		}
		var ids []int
		if err == nil {
			ids, err = p.newest(ctx, a, q.Offset+q.Limit)
		}
		if err != nil {
			return Hits{}, fmt.Errorf("search %q: %w", q.Text, err)
		}
		from, args = `FROM (SELECT value AS hit FROM json_each(?))`, []any{listed(ids[min(q.Offset, len(ids)):])}
	}
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		h, err := scanHit(rows, s.terms)
		hits.Hits = append(hits.Hits, h)
		return err
	}, `SELECT a.id, a.site, a.key, a.url, coalesce(a.section, ''), coalesce(a.title, ''), coalesce(a.published, ''), coalesce(a.day, ''),
		coalesce(a.source, ''), a.state, a.body `+from+` CROSS JOIN `+q.table()+` a ON a.id = hit ORDER BY a.day DESC, a.id DESC`, args...)
	if err != nil {
		return Hits{}, fmt.Errorf("search %q: %w", q.Text, err)
	}
	return hits, nil
}

// A past is what answers a query as of its moment. The index has present texts only. So there are two kinds of candidates: articles of which no version
// came later, of which all that the index and the tables say holds, and those that have changed since, whose texts of that time are read.
type past struct {
	q       Query
	same    *statement // finds those of the first kind
	set     postings.Set
	now     point
	where   string // of those of the second, as rows c of the articles at that moment
	args    []any
	changed string // their ids, in JSON
	number  int64  // for fitsName
	hits    []dated
	read    bool // hits is known
}

func (a *Archive) past(ctx context.Context, q Query, s *statement) (*past, error) {
	p := &past{q: q, number: s.number, where: `true`}
	q.Filter.restrict(func(condition string, values ...any) {
		p.where, p.args = p.where+` AND `+condition, append(p.args, values...)
	})
	then := stamp(q.AsOf)
	now := q.Filter // the same filter on the articles as they are
	now.AsOf, now.Section, now.Gone = time.Time{}, "", false
	same := *s
	same.among, same.amid = ``, nil
	switch {
	case q.Person != "":
		same.among, same.amid = `FROM (SELECT article AS hit FROM credits WHERE name = ?)`, []any{q.Person}
	case q.Gone:
		same.among, same.amid = `FROM (SELECT DISTINCT article AS hit FROM events WHERE seen <= ?)`, []any{then}
	}
	same.and = func(add func(string, ...any)) {
		if q.Section != "" { // what lists said and what looks found may have come later
			add(`(c.section = ? OR EXISTS (SELECT 1 FROM list_items i JOIN articles x ON x.site = i.site AND x.key = i.key WHERE x.id = c.id AND i.section = ? AND i.first_seen <= ?))`,
				q.Section, q.Section, then)
		}
		if q.Gone {
			add(`(SELECT e.event FROM events e WHERE e.article = c.id AND e.seen <= ? ORDER BY e.seen DESC, e.id DESC LIMIT 1) <> 'returned'`, then)
		}
	}
	same.restrict(now)
	p.same = &same
	// Two moments in one query: what came in between them is of the second kind, or was not there at that time.
	var err error
	if p.set, p.now, err = a.candidates(ctx, p.same); err != nil {
		return nil, err
	}
	var later string
	if err := a.read.QueryRowContext(ctx, `SELECT coalesce(group_concat(article, ' '), ''), '[' || coalesce(group_concat(DISTINCT article) FILTER (WHERE number > 1), '') || ']'
		FROM revisions WHERE seen > ?`, then).Scan(&later, &p.changed); err != nil {
		return nil, err
	}
	eachID(later, func(id int) { p.set.Take(id) })
	return p, nil
}

// A dated is an article with its day.
type dated struct {
	id  int
	day string
}

// inChanged gives the articles that have changed and are hits. Their texts are read once for a query.
func (p *past) inChanged(ctx context.Context, a *Archive) ([]dated, error) {
	if p.read {
		return p.hits, nil
	}
	list, err := a.dated(ctx, `FROM json_each(?) j CROSS JOIN `+p.q.table()+` c ON c.id = j.value WHERE `+p.where+` AND `+fitsName+`(?, c.title, c.subtitle, c.body)`,
		append(append([]any{p.changed}, p.args...), p.number)...)
	p.hits, p.read = list, err == nil
	return list, err
}

// dated reads articles c.
func (a *Archive) dated(ctx context.Context, from string, args ...any) (list []dated, err error) {
	err = a.eachRow(ctx, func(rows *sql.Rows) error {
		var d dated
		err := rows.Scan(&d.id, &d.day)
		list = append(list, d)
		return err
	}, `SELECT c.id, coalesce(c.day, '') `+from, args...)
	return list, err
}

// total counts the hits, as Archive.total does.
func (p *past) total(ctx context.Context, a *Archive, most int, estimate bool) (n int, more, about bool, err error) {
	n, more, about, err = a.totalOf(ctx, p.same, p.set, most, estimate)
	if err != nil || most > 0 && n >= most {
		return n, more, about, err
	}
	changed, err := p.inChanged(ctx, a)
	if n += len(changed); most > 0 && n > most {
		n, more = most, true
	}
	return n, more, about, err
}

// newest gives the ids of the first n hits, newest first; of all for n < 0.
func (p *past) newest(ctx context.Context, a *Archive, n int) ([]int, error) {
	if n < 0 {
		n = math.MaxInt32
	}
	same, err := a.newestOf(ctx, p.same, slices.Clone(p.set), p.now, n, 0)
	if err != nil {
		return nil, err
	}
	hits, err := a.dated(ctx, `FROM json_each(?) j CROSS JOIN articles c INDEXED BY articles_sorting ON c.id = j.value`, listed(same))
	if err != nil {
		return nil, err
	}
	changed, err := p.inChanged(ctx, a)
	if err != nil {
		return nil, err
	}
	hits = append(hits, changed...)
	slices.SortFunc(hits, func(x, y dated) int { return cmp.Or(cmp.Compare(y.day, x.day), cmp.Compare(y.id, x.id)) })
	ids := make([]int, min(n, len(hits)))
	for i := range ids {
		ids[i] = hits[i].id
	}
	return ids, nil
}

// asOfHits is the statement from FROM on: rows c of the articles as of the query's moment that answer it, found without the index.
func asOfHits(q Query, s *statement) (from string, args []any) {
	where := []string{`true`}
	filter := func(condition string, values ...any) { where, args = append(where, condition), append(args, values...) }
	q.Filter.restrict(filter)
	filter(fitsName+`(?, c.title, c.subtitle, c.body)`, s.number)
	return `FROM (SELECT id AS hit FROM articles) CROSS JOIN ` + q.table() + ` c ON c.id = hit WHERE ` + strings.Join(where, ` AND `), args
}
