package archivetest

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"time"

	"campusnews/archive"
	"campusnews/scraper"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// FillFrontier puts n targets into the frontier of the archive in dir, which is made if it is missing. They are as t, but for a number from 0 on in place of
// the %d (or %07d) in its Key and its URL, and due at different times up to 997 seconds before t.Due, in no order of
// their numbers. The rows are those that Add would make, made by SQL and with the indexes built at the end: a million in
// seconds. The archive must not be open.
func FillFrontier(ctx context.Context, dir string, t scraper.Target, n int) (err error) {
	a, err := archive.Open(ctx, dir, archive.Options{})
	if err != nil {
		return err
	}
	_, err = a.Begin(ctx, archive.CrawlInfo{Sites: []archive.Site{{ID: t.Site}}})
	if err = errors.Join(err, a.Close()); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "archive.db")+"?_pragma=synchronous(OFF)&_pragma=cache_size(-262144)&_pragma=temp_store(MEMORY)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	var names, makes []string
	rows, err := db.QueryContext(ctx, `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'frontier' AND sql IS NOT NULL`)
	if err != nil {
		return err
	}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return errors.Join(err, rows.Close())
		}
		names, makes = append(names, name), append(makes, text)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := db.ExecContext(ctx, `DROP INDEX `+name); err != nil {
			return err
		}
	}
	const layout = "2006-01-02T15:04:05.000Z"
	if _, err := db.ExecContext(ctx, `WITH RECURSIVE number (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM number WHERE i + 1 < ?1)
		INSERT INTO frontier (site, key, url, role, section, parent, depth, title, date, deep, state, due, first_seen, visits, failures, missing_count)
		SELECT ?2, printf(?3, i), printf(?4, i), ?5, ?6, nullif(?7, ''), ?8, nullif(?9, ''), nullif(?10, ''), 0, ?11,
			strftime('%Y-%m-%dT%H:%M:%fZ', ?12, '-' || (i * 7919 % 997) || ' seconds'), ?13, 0, 0, 0 FROM number`,
		n, t.Site, t.Key, t.URL, int(t.Role), t.Section, t.Parent, t.Depth, t.Title, t.Date, string(t.State), t.Due.UTC().Format(layout), time.Now().UTC().Format(layout)); err != nil {
		return err
	}
	for _, text := range makes {
		if _, err := db.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}
