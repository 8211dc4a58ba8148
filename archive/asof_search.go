package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"campusnews/archive/bigram"
)

// ErrNoRelevance is returned by Search for a query that asks for relevance as of a moment: the index weighs present texts only.
var ErrNoRelevance = errors.New("a search as of a moment goes by day, not by relevance")

// searchAsOf is Search for a query with AsOf. The index has present texts only, so the candidates are what it finds, and every
// article that has changed since: their texts of that time are read and checked.
func (a *Archive) searchAsOf(ctx context.Context, q Query, terms []bigram.Term) (Hits, error) {
	if q.Order == Relevance {
		return Hits{}, ErrNoRelevance
	}
	from, args := asOfHits(q, terms)
	hits := Hits{Total: -1}
	if q.Total {
		if err := a.read.QueryRowContext(ctx, `SELECT count(*) `+from, args...).Scan(&hits.Total); err != nil {
			return Hits{}, fmt.Errorf("count hits: %w", err)
		}
	}
	// Places first, by what sorts them; then the few rows that are shown, with all that is known of them.
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		h, err := scanHit(rows, terms)
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
func asOfHits(q Query, terms []bigram.Term) (from string, args []any) {
	candidates := `SELECT id AS hit FROM articles`
	var match []string
	for _, t := range terms {
		if t.Match() != "" {
			match = append(match, t.Match())
		}
	}
	if len(match) > 0 {
		candidates = `SELECT rowid AS hit FROM articles_fts WHERE articles_fts MATCH ? UNION SELECT article FROM revisions WHERE number > 1 AND seen > ?`
		args = append(args, strings.Join(match, " "), stamp(q.AsOf))
	}
	where := []string{`true`}
	filter := func(condition string, values ...any) { where, args = append(where, condition), append(args, values...) }
	q.Filter.restrict(filter)
	for _, t := range terms {
		known := `` // what the index says of a text that is still the newest
		if t.Exact() {
			known = `c.newest OR `
		}
		filter(`(`+known+holdsName+`(?, c.title, c.subtitle, c.body))`, t.String())
	}
	for _, t := range Terms(q.Not) {
		filter(`NOT `+holdsName+`(?, c.title, c.subtitle, c.body)`, t.String())
	}
	return `FROM (` + candidates + `) CROSS JOIN ` + q.table() + ` c ON c.id = hit WHERE ` + strings.Join(where, ` AND `), args
}
