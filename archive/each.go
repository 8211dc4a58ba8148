package archive

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"campusnews/archive/postings"
)

// A Walk says which articles EachArticle gives and in what order.
type Walk struct {
	Filter
	Newest bool  // by day, newest first, instead of by id
	Limit  int   // at most so many; 0 = all
	After  int64 // by id only: those with a higher one; 0 = all
}

// days are the articles from one ISO day to another, or "", as a statement that begins with FROM.
func days(from, to string) (string, []any) {
	// A day within to begins with it: 2016-12-31 with 2016; "~" sorts behind all that may follow.
	return `FROM articles INDEXED BY articles_day WHERE day >= ? AND day < ?`, []any{from, to + "~"}
}

// Extent says how many articles the filter selects, and when the latest of their present
// versions was first seen; zero if there are none.
func (a *Archive) Extent(ctx context.Context, f Filter) (n int, updated time.Time, err error) {
	where, args := f.conditions()
	if f.AsOf.IsZero() && (f.From != "" || f.To != "") {
		from, values := days(f.From, f.To) // the rows of all others stay unread
		where, args = where+` AND c.id IN (SELECT id `+from+`)`, append(args, values...)
	}
	var latest sql.NullString
	err = a.read.QueryRowContext(ctx, `SELECT count(*), max(coalesce(c.changed, c.first_seen)) FROM `+f.table()+` c WHERE `+where, args...).Scan(&n, &latest)
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("count articles: %w", err)
	}
	return n, moment(latest), nil
}

// eachBatch is how many articles one transaction of EachArticle reads. A transaction over all of
// them would keep the write-ahead log of a crawl from being emptied.
const eachBatch = 100

// EachArticle calls each for every article that the walk selects, in its newest version, by rising id: the
// order in which the archive got them, the same every time, with later ones at the end. With Newest it is by
// falling day, those without a day last. Memory holds one batch. While a crawl writes, each article
// is as it was when its batch was read. The error is each's first, or the store's.
func (a *Archive) EachArticle(ctx context.Context, f Walk, each func(Article) error) error {
	if f.AsOf.IsZero() && !f.Newest && (f.From != "" || f.To != "") {
		return a.eachOfDays(ctx, f, each)
	}
	where, args := f.conditions()
	next, order := ` AND c.id > ?`, `c.id`
	place := []any{max(f.After, 0)}
	if f.Newest {
		next, order = ` AND (coalesce(c.day, ''), c.id) < (?, ?)`, `coalesce(c.day, '') DESC, c.id DESC`
		place = []any{"~", int64(0)} // behind every day
	}
	query := `SELECT ` + f.columns() + ` FROM ` + f.table() + ` c WHERE ` + where + next + ` ORDER BY ` + order + ` LIMIT ?`
	for left := f.Limit; ; {
		limit := eachBatch
		if f.Limit > 0 {
			limit = min(limit, left)
		}
		var batch []Article
		err := a.eachRow(ctx, func(rows *sql.Rows) error {
			r, err := scanArticle(rows)
			batch = append(batch, r)
			return err
		}, query, append(append(args[:len(args):len(args)], place...), limit)...)
		if err != nil {
			return fmt.Errorf("read articles: %w", err)
		}
		for _, r := range batch {
			if err := each(r); err != nil {
				return err
			}
		}
		left -= len(batch)
		if len(batch) < limit || f.Limit > 0 && left == 0 {
			return nil
		}
		last := batch[len(batch)-1]
		if place = []any{last.ID}; f.Newest {
			place = []any{last.Day, last.ID}
		}
	}
}

// eachOfDays is EachArticle by id for a walk over some days. It would come across few of a short time if it read all rows, of 10 KB each: the index by days
// tells it their ids first.
func (a *Archive) eachOfDays(ctx context.Context, f Walk, each func(Article) error) error {
	from, values := days(f.From, f.To)
	text, err := a.idList(ctx, `FROM (SELECT id AS hit `+from+`)`, values...)
	if err != nil {
		return fmt.Errorf("read articles: %w", err)
	}
	var set postings.Set
	eachID(text, func(id int) {
		if int64(id) > f.After {
			set = set.Add(id)
		}
	})
	where, args := f.conditions()
	query := `SELECT ` + f.columns() + ` FROM (SELECT value AS hit FROM json_each(?)) CROSS JOIN articles c ON c.id = hit WHERE ` + where + ` ORDER BY c.id`
	given := 0
	for ids := range slices.Chunk(set.Rows(), eachBatch) {
		var batch []Article
		err := a.eachRow(ctx, func(rows *sql.Rows) error {
			r, err := scanArticle(rows)
			batch = append(batch, r)
			return err
		}, query, append([]any{listed(ids)}, args...)...)
		if err != nil {
			return fmt.Errorf("read articles: %w", err)
		}
		for _, r := range batch {
			if err := each(r); err != nil {
				return err
			}
			if given++; given == f.Limit {
				return nil
			}
		}
	}
	return nil
}
