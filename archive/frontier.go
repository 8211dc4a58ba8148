package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"campusnews/extract"
	"campusnews/scraper"
)

var _ scraper.Store = (*Crawl)(nil)

// targetColumns are the columns of frontier in the order of scanTarget.
const targetColumns = `site, key, url, role, section, parent, depth, title, date, deep, state, due, first_seen, last_visit,
	etag, last_modified, visits, failures, missing_since, missing_count, last_error`

type scanner interface{ Scan(...any) error }

func scanTarget(s scanner, more ...any) (scraper.Target, error) {
	var t scraper.Target
	var parent, title, date, due, first, last, etag, modified, missing, lastError sql.NullString
	err := s.Scan(append([]any{&t.Site, &t.Key, &t.URL, &t.Role, &t.Section, &parent, &t.Depth, &title, &date, &t.Deep, &t.State, &due, &first, &last,
		&etag, &modified, &t.Visits, &t.Failures, &missing, &t.MissingCount, &lastError}, more...)...)
	if err != nil {
		return scraper.Target{}, err
	}
	t.Parent, t.Title, t.Date, t.ETag, t.LastModified, t.LastError = parent.String, title.String, date.String, etag.String, modified.String, lastError.String
	t.Due, t.FirstSeen, t.LastVisit, t.MissingSince = moment(due), moment(first), moment(last), moment(missing)
	return t, nil
}

// Known implements scraper.Store.
func (c *Crawl) Known(ctx context.Context, site string, keys []string) (_ map[string]bool, err error) {
	known := make(map[string]bool, len(keys))
	if len(keys) == 0 {
		return known, nil
	}
	stmt, err := c.a.prepared(ctx, `SELECT key FROM frontier WHERE site = ? AND key IN (SELECT value FROM json_each(?))`)
	if err != nil {
		return nil, fmt.Errorf("look keys up: %w", err)
	}
	rows, err := stmt.QueryContext(brief(ctx), site, jsonText(keys))
	if err != nil {
		return nil, fmt.Errorf("look keys up: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		known[key] = true
	}
	return known, rows.Err()
}

// Lookup implements scraper.Store. Times are kept to the millisecond.
func (c *Crawl) Lookup(ctx context.Context, site, key string) (scraper.Target, bool, error) {
	stmt, err := c.a.prepared(ctx, `SELECT `+targetColumns+` FROM frontier WHERE site = ? AND key = ?`)
	if err != nil {
		return scraper.Target{}, false, fmt.Errorf("look up %s: %w", key, err)
	}
	t, err := scanTarget(stmt.QueryRowContext(brief(ctx), site, key))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return scraper.Target{}, false, nil
	case err != nil:
		return scraper.Target{}, false, fmt.Errorf("look up %s: %w", key, err)
	}
	return t, true, nil
}

// Led implements scraper.Store.
func (c *Crawl) Led(ctx context.Context, site string) (bool, error) {
	var led bool
	err := c.a.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM frontier WHERE site = ? AND role IN (?, ?) AND due IS NOT NULL AND state IN ('kept', 'missing'))`,
		site, int(scraper.RoleSection), int(scraper.RoleFeed)).Scan(&led)
	if err != nil {
		return false, fmt.Errorf("look for lists of %s: %w", site, err)
	}
	return led, nil
}

// Waits implements scraper.Store.
func (c *Crawl) Waits(ctx context.Context, host string) (time.Time, error) {
	return c.a.waits(ctx, host)
}

// waits gives until when a host has asked to be left alone, by any site's word; zero = it has not.
func (a *Archive) waits(ctx context.Context, host string) (time.Time, error) {
	var until sql.NullString
	err := a.read.QueryRowContext(ctx, `SELECT max(due) FROM frontier WHERE url IN (?, ?)`, "http://"+host+"/robots.txt", "https://"+host+"/robots.txt").Scan(&until)
	if err != nil {
		return time.Time{}, fmt.Errorf("look how long %s asked to wait: %w", host, err)
	}
	return moment(until), nil
}

// Answer implements scraper.Store.
func (c *Crawl) Answer(ctx context.Context, site, key string) (extract.Page, bool, error) {
	stmt, err := c.a.prepared(ctx, `SELECT capture FROM frontier WHERE site = ? AND key = ? AND capture IS NOT NULL`)
	if err != nil {
		return extract.Page{}, false, fmt.Errorf("look up %s: %w", key, err)
	}
	var id int64
	switch err := stmt.QueryRowContext(brief(ctx), site, key).Scan(&id); {
	case errors.Is(err, sql.ErrNoRows):
		return extract.Page{}, false, nil
	case err != nil:
		return extract.Page{}, false, fmt.Errorf("look up %s: %w", key, err)
	}
	p, err := c.a.Page(ctx, id)
	if err != nil {
		// Damaged evidence is verify's business; to a run it is as if it were not there.
		c.a.log.Warn("an earlier answer cannot be read", "site", site, "err", err)
		return extract.Page{}, false, nil
	}
	return p, true, nil
}

// Add implements scraper.Store.
func (c *Crawl) Add(ctx context.Context, targets []scraper.Target, again bool) (int, error) {
	added, now := 0, c.a.now()
	err := c.a.write.do(ctx, func(t *tx) error {
		added = 0
		for _, target := range targets {
			if err := t.noteSite(target.Site, now); err != nil {
				return err
			}
			n, err := t.addTarget(target, again, now)
			if err != nil {
				return err
			}
			added += n
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("add to the frontier: %w", err)
	}
	return added, nil
}

// addTarget puts a target into the frontier if it is unknown and says how many were (0 or 1).
// Of a known one empty fields are filled; with again it becomes due at its Due.
func (t *tx) addTarget(target scraper.Target, again bool, now time.Time) (int, error) {
	if target.State == "" {
		target.State = scraper.StateNew
	}
	if target.FirstSeen.IsZero() {
		target.FirstSeen = now
	}
	n, err := t.changes(`INSERT INTO frontier (`+targetColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, targetValues(target)...)
	if err != nil {
		return 0, err
	}
	if n > 0 {
		t.dues = append(t.dues, dueNote{target.Site, target.Key, target.Role, target.Section, target.Due, dueNew})
		return int(n), nil
	}
	if target.Section != "" || target.Title != "" || target.Date != "" || !target.Due.IsZero() {
		n, err = t.changes(`UPDATE frontier SET section = iif(section = '', ?1, section), title = coalesce(title, ?2), date = coalesce(date, ?3),
			due = iif(state = 'new' AND last_visit IS NULL AND due > ?6, ?6, due), depth = iif(last_visit IS NULL, min(depth, ?7), depth)
			WHERE site = ?4 AND key = ?5 AND (section = '' AND ?1 <> '' OR title IS NULL AND ?2 IS NOT NULL OR date IS NULL AND ?3 IS NOT NULL
				OR state = 'new' AND last_visit IS NULL AND due > ?6 OR last_visit IS NULL AND depth > ?7)`,
			target.Section, null(target.Title), null(target.Date), target.Site, target.Key, stamp(target.Due), target.Depth)
		if err != nil {
			return 0, err
		}
		if n > 0 {
			t.dues = append(t.dues, dueNote{site: target.Site, what: dueMoved})
		}
	}
	if target.Role == scraper.RoleAsset {
		// A thumbnail of a list may be an article's own picture: then the rules for those hold. A whole one is there already.
		n, err = t.changes(`UPDATE frontier SET role = ?, section = ?, parent = ?, depth = ?, due = iif(state = 'kept', NULL, ?) WHERE site = ? AND key = ? AND role = ?`,
			int(target.Role), target.Section, null(target.Parent), target.Depth, stamp(target.Due), target.Site, target.Key, int(scraper.RoleRequisite))
		if err != nil {
			return 0, err
		}
		if n > 0 {
			t.dues = append(t.dues, dueNote{site: target.Site, what: dueMoved})
		}
	}
	if again {
		t.dues = append(t.dues, dueNote{site: target.Site, what: dueMoved})
		err = t.exec(`UPDATE frontier SET due = ?, deep = max(deep, ?), role = iif(role = ? AND ? = ?, ?, role) WHERE site = ? AND key = ?`,
			stamp(target.Due), target.Deep, int(scraper.RoleWalk), int(target.Role), int(scraper.RoleRevisit), int(scraper.RoleRevisit), target.Site, target.Key)
	}
	return 0, err
}

// putTarget makes the frontier's row what target says, adding it if it is unknown.
func (t *tx) putTarget(target scraper.Target, article, capture int64, now time.Time) error {
	if target.FirstSeen.IsZero() {
		target.FirstSeen = now
	}
	if target.State == "" {
		target.State = scraper.StateNew
	}
	t.dues = append(t.dues, dueNote{target.Site, target.Key, target.Role, target.Section, target.Due, duePut})
	return t.exec(`INSERT INTO frontier (`+targetColumns+`, article, capture) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET url = excluded.url, role = iif(role = 6 AND excluded.role = 9, role, excluded.role), section = excluded.section, parent = excluded.parent, depth = excluded.depth,
		title = excluded.title, date = excluded.date, deep = excluded.deep, state = excluded.state, due = excluded.due, last_visit = excluded.last_visit,
		etag = excluded.etag, last_modified = excluded.last_modified, visits = excluded.visits, failures = excluded.failures,
		missing_since = excluded.missing_since, missing_count = excluded.missing_count, last_error = excluded.last_error,
		article = coalesce(excluded.article, article), capture = coalesce(excluded.capture, capture)`,
		append(targetValues(target), nullID(article), nullID(capture))...)
}

func targetValues(t scraper.Target) []any {
	return []any{t.Site, t.Key, t.URL, int(t.Role), t.Section, null(t.Parent), t.Depth, null(t.Title), null(t.Date), t.Deep, string(t.State), stamp(t.Due),
		stamp(t.FirstSeen), stamp(t.LastVisit), null(t.ETag), null(t.LastModified), t.Visits, t.Failures, stamp(t.MissingSince), t.MissingCount, null(t.LastError)}
}
