package archive

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// A Walk says which articles EachArticle gives and in what order.
type Walk struct {
	Filter
	Newest bool  // by day, newest first, instead of by id
	Limit  int   // at most so many; 0 = all
	After  int64 // by id only: those with a higher one; 0 = all
}

// Extent says how many articles the filter selects, and when the latest of their present
// versions was first seen; zero if there are none.
func (a *Archive) Extent(ctx context.Context, f Filter) (n int, updated time.Time, err error) {
	where, args := f.conditions()
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
