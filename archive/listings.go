package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"campusnews/scraper"
)

// saveListing notes the rows of a list page. When they are as at the last look only the time is noted.
func (t *tx) saveListing(v scraper.Visit, capture int64) error {
	if len(v.Listed) == 0 {
		return nil
	}
	target, seen := v.Target, stamp(v.Time)
	sum := sha256.Sum256([]byte(jsonText(v.Listed)))
	digest := hex.EncodeToString(sum[:])
	var last int64
	var lastDigest string
	if _, err := t.row([]any{&last, &lastDigest}, `SELECT id, digest FROM listings WHERE site = ? AND url = ? ORDER BY id DESC LIMIT 1`, target.Site, target.URL); err != nil {
		return err
	}
	var page, pages, total any
	if v.Result != nil && v.Result.Listing != nil {
		l := v.Result.Listing
		page, pages, total = nullID(int64(l.Page)), nullID(int64(l.Pages)), nullID(int64(l.Total))
	}
	if lastDigest == digest {
		return t.exec(`UPDATE listings SET last_seen = ?, page = ?, pages = ?, total = ? WHERE id = ?`, seen, page, pages, total, last)
	}
	id, err := t.insert(`INSERT INTO listings (site, url, section, first_seen, last_seen, capture, page, pages, total, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		target.Site, target.URL, null(target.Section), seen, seen, nullID(capture), page, pages, total, digest)
	if err != nil {
		return err
	}
	for i, row := range v.Listed {
		item, err := t.listItem(target, row, seen)
		if err != nil {
			return err
		}
		// An article that was found elsewhere learns from its list what its page does not say.
		if err := t.exec(`UPDATE articles SET section = coalesce(section, ?1), day = coalesce(day, ?2)
			WHERE site = ?3 AND key = ?4 AND (section IS NULL AND ?1 IS NOT NULL OR day IS NULL AND ?2 IS NOT NULL)`,
			null(target.Section), null(row.Date), target.Site, row.Key); err != nil {
			return err
		}
		if err := t.exec(`INSERT INTO listing_rows (listing, position, item) VALUES (?, ?, ?)`, id, i+1, item); err != nil {
			return err
		}
	}
	return nil
}

// Addresses implements scraper.Store.
func (c *Crawl) Addresses(ctx context.Context, site, key string) (_ []string, err error) {
	rows, err := c.a.read.QueryContext(ctx, `SELECT DISTINCT url FROM list_items WHERE site = ? AND key = ? ORDER BY url LIMIT 8`, site, key)
	if err != nil {
		return nil, fmt.Errorf("addresses of %s: %w", key, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var urls []string
	for rows.Next() {
		var u string
		if err := rows.Scan(&u); err != nil {
			return nil, err
		}
		urls = append(urls, u)
	}
	return urls, rows.Err()
}

// listItem finds or adds a row as lists show it.
func (t *tx) listItem(target scraper.Target, row scraper.Listed, seen any) (id int64, err error) {
	found, err := t.row([]any{&id}, `SELECT id FROM list_items WHERE site = ? AND key = ? AND section IS ? AND url = ? AND title IS ? AND date IS ?`,
		target.Site, row.Key, null(target.Section), row.URL, null(row.Title), null(row.Date))
	if found || err != nil {
		return id, err
	}
	return t.insert(`INSERT INTO list_items (site, key, section, url, title, date, first_seen) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		target.Site, row.Key, null(target.Section), row.URL, null(row.Title), null(row.Date), seen)
}
