package archive

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"campusnews/scraper"
)

var _ scraper.Counting = (*Crawl)(nil)

// Counters implements scraper.Counting.
func (c *Crawl) Counters(ctx context.Context, site string, before time.Time, limit int) ([]scraper.Counted, error) {
	var all []scraper.Counted
	err := c.a.eachRow(ctx, func(rows *sql.Rows) error {
		var n scraper.Counted
		err := rows.Scan(&n.Page, &n.Owner, &n.ClickID)
		all = append(all, n)
		return err
	}, `SELECT url, click_owner, click_id FROM articles a WHERE site = ? AND state = 'kept' AND click_owner IS NOT NULL AND click_id IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM clicks WHERE article = a.id AND seen > ?) ORDER BY day DESC, id DESC LIMIT ?`, site, stamp(before), limit)
	if err != nil {
		return nil, fmt.Errorf("click counters of %s: %w", site, err)
	}
	return all, nil
}

// saveClicks notes what click counters said at a visit.
func (t *tx) saveClicks(v scraper.Visit) error {
	for _, c := range v.Clicks {
		err := t.exec(`INSERT INTO clicks (article, seen, count) SELECT id, ?, ? FROM articles WHERE site = ? AND click_owner = ? AND click_id = ?
			ON CONFLICT DO UPDATE SET count = excluded.count`, stamp(v.Time), c.Count, v.Target.Site, c.Owner, c.ClickID)
		if err != nil {
			return err
		}
	}
	return nil
}
