package archive

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// A Filter selects articles. The zero value of a field does not restrict.
type Filter struct {
	Site     string
	Section  string // any of the columns in which the article was seen
	From, To string // ISO days, both included; "2016" and "2016-07" mean the whole year or month
	Newest   bool   // by day, newest first, instead of by id
	Limit    int    // at most so many; 0 = all
}

func (f Filter) conditions() (where string, args []any) {
	list := []string{`true`}
	add := func(condition string, values ...any) { list, args = append(list, condition), append(args, values...) }
	if f.Site != "" {
		add(`a.site = ?`, f.Site)
	}
	if f.Section != "" {
		add(`(a.section = ? OR EXISTS (SELECT 1 FROM list_items i WHERE i.site = a.site AND i.key = a.key AND i.section = ?))`, f.Section, f.Section)
	}
	if f.From != "" {
		add(`a.day >= ?`, f.From)
	}
	if f.To != "" {
		add(`substr(a.day, 1, ?) <= ?`, len(f.To), f.To)
	}
	return strings.Join(list, ` AND `), args
}

// Extent says how many articles the filter selects, Limit left aside, and when the latest of their present
// versions was first seen; zero if there are none.
func (a *Archive) Extent(ctx context.Context, f Filter) (n int, updated time.Time, err error) {
	where, args := f.conditions()
	var latest sql.NullString
	err = a.read.QueryRowContext(ctx, `SELECT count(*), max(coalesce(a.changed, a.first_seen)) FROM articles a WHERE `+where, args...).Scan(&n, &latest)
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("count articles: %w", err)
	}
	return n, moment(latest), nil
}

// eachBatch is how many articles one transaction of EachArticle reads. A transaction over all of
// them would keep the write-ahead log of a crawl from being emptied.
const eachBatch = 100

// EachArticle calls each for every article that the filter selects, in its newest version, by rising id: the
// order in which the archive got them, the same every time, with later ones at the end. With Newest it is by
// falling day, those without a day last. Memory holds one batch. While a crawl writes, each article
// is as it was when its batch was read. The error is each's first, or the store's.
func (a *Archive) EachArticle(ctx context.Context, f Filter, each func(Article) error) error {
	where, args := f.conditions()
	next, order := ` AND a.id > ?`, `a.id`
	place := []any{int64(-1)}
	if f.Newest {
		next, order = ` AND (coalesce(a.day, ''), a.id) < (?, ?)`, `coalesce(a.day, '') DESC, a.id DESC`
		place = []any{"~", int64(0)} // behind every day
	}
	query := `SELECT ` + articleColumns + ` FROM articles a WHERE ` + where + next + ` ORDER BY ` + order + ` LIMIT ?`
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
