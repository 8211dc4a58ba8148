package archive

import (
	"context"
	"errors"
	"fmt"

	"campusnews/scraper"
)

// Order implements scraper.Store.
func (c *Crawl) Order(ctx context.Context, site, list string) (_ []scraper.Place, err error) {
	rows, err := c.a.read.QueryContext(ctx, `SELECT key, position FROM list_order WHERE site = ? AND list = ? ORDER BY position`, site, list)
	if err != nil {
		return nil, fmt.Errorf("read the order of %s: %w", list, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var places []scraper.Place
	for rows.Next() {
		var p scraper.Place
		if err := rows.Scan(&p.Key, &p.Position); err != nil {
			return nil, err
		}
		places = append(places, p)
	}
	return places, rows.Err()
}

// saveOrder notes what a list page showed of the list's order. What is missing has no
// place in any list: otherwise one article gone and one slipped in would cancel out.
func (t *tx) saveOrder(v scraper.Visit) error {
	if s := v.Target.State; s == scraper.StateMissing || s == scraper.StateGone {
		if err := t.exec(`DELETE FROM list_order WHERE site = ? AND key = ?`, v.Target.Site, v.Target.Key); err != nil {
			return err
		}
	}
	for _, key := range v.Unplaced {
		if err := t.exec(`DELETE FROM list_order WHERE site = ? AND list = ? AND key = ?`, v.Target.Site, v.List, key); err != nil {
			return err
		}
	}
	for _, p := range v.Places {
		if err := t.exec(`INSERT INTO list_order (site, list, key, position) VALUES (?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET position = excluded.position`, v.Target.Site, v.List, p.Key, p.Position); err != nil {
			return err
		}
	}
	return nil
}
