package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// ErrNoRelevance is returned by Search for a query that asks for relevance as of a moment: the index weighs present texts only.
var ErrNoRelevance = errors.New("a search as of a moment goes by day, not by relevance")

// searchAsOf is Search for a query with AsOf. The index has present texts only, so the candidates are what it finds, and every
// article that has changed since: their texts of that time are read and checked.
func (a *Archive) searchAsOf(ctx context.Context, q Query, s *statement) (Hits, error) {
	if q.Order == Relevance {
		return Hits{}, ErrNoRelevance
	}
	from, args := asOfHits(q, s)
	hits := Hits{Total: -1}
	if q.Total {
		var err error
		if hits.Total, hits.More, err = a.countUpTo(ctx, q.Most, from, args); err != nil {
			return Hits{}, fmt.Errorf("count hits: %w", err)
		}
	}
	// Places first, by what sorts them; then the few rows that are shown, with all that is known of them.
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		h, err := scanHit(rows, s.terms)
		hits.Hits = append(hits.Hits, h)
		return err
	}, `SELECT a.id, a.site, a.key, a.url, coalesce(a.section, ''), coalesce(a.title, ''), coalesce(a.published, ''), coalesce(a.day, ''),
		coalesce(a.source, ''), a.state, a.body FROM (SELECT c.id AS hit `+from+` ORDER BY c.day DESC, c.id DESC LIMIT ? OFFSET ?)
		CROSS JOIN `+q.table()+` a ON a.id = hit ORDER BY a.day DESC, a.id DESC`, append(args[:len(args):len(args)], q.Limit, q.Offset)...)
	if err != nil {
		return Hits{}, fmt.Errorf("search %q: %w", q.Text, err)
	}
	return hits, nil
}

// asOfHits is the statement from FROM on: rows c of the articles as of the query's moment that answer it.
func asOfHits(q Query, s *statement) (from string, args []any) {
	candidates := `SELECT id AS hit FROM articles`
	if s.match != "" {
		candidates = `SELECT rowid AS hit FROM ` + s.table + ` WHERE ` + s.table + ` MATCH ? UNION SELECT article FROM revisions WHERE number > 1 AND seen > ?`
		args = append(args, s.match, stamp(q.AsOf))
	}
	where := []string{`true`}
	filter := func(condition string, values ...any) { where, args = append(where, condition), append(args, values...) }
	q.Filter.restrict(filter)
	known := `` // what the index says of a text that is still the newest
	if s.exact {
		known = `c.newest OR `
	}
	filter(`(`+known+fitsName+`(?, c.title, c.subtitle, c.body))`, s.number)
	return `FROM (` + candidates + `) CROSS JOIN ` + q.table() + ` c ON c.id = hit WHERE ` + strings.Join(where, ` AND `), args
}
