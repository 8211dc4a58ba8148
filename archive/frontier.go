package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"campusnews/extract"
	"campusnews/scraper"
)

var _ scraper.Store = (*Crawl)(nil)

// Leases are kept in memory: they end with the process, and with the lock no other process gives any.
type leases struct {
	mu  sync.Mutex
	out map[lease]bool
}

type lease struct{ site, key string }

func (l *leases) drop(t scraper.Target) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.out, lease{t.Site, t.Key})
}

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
	rows, err := stmt.QueryContext(ctx, site, jsonText(keys))
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
	t, err := scanTarget(stmt.QueryRowContext(ctx, site, key))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return scraper.Target{}, false, nil
	case err != nil:
		return scraper.Target{}, false, fmt.Errorf("look up %s: %w", key, err)
	}
	return t, true, nil
}

// Answer implements scraper.Store.
func (c *Crawl) Answer(ctx context.Context, site, key string) (extract.Page, bool, error) {
	stmt, err := c.a.prepared(ctx, `SELECT capture FROM frontier WHERE site = ? AND key = ? AND capture IS NOT NULL`)
	if err != nil {
		return extract.Page{}, false, fmt.Errorf("look up %s: %w", key, err)
	}
	var id int64
	switch err := stmt.QueryRowContext(ctx, site, key).Scan(&id); {
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

// Next implements scraper.Store.
func (c *Crawl) Next(ctx context.Context, q scraper.Query) (scraper.Target, error) {
	if c.a.write == nil {
		return scraper.Target{}, ErrReadOnly
	}
	l := &c.a.leases
	l.mu.Lock()
	defer l.mu.Unlock()
	roles := q.Roles
	if roles == nil {
		roles = []scraper.Role{scraper.RoleHome, scraper.RoleSection, scraper.RoleList, scraper.RolePart,
			scraper.RoleArticle, scraper.RoleRevisit, scraper.RoleAsset, scraper.RoleWalk}
	}
	best, bestID, found := scraper.Target{}, int64(0), false
	for _, role := range roles {
		if found && role > best.Role {
			continue // Roles need not be in order
		}
		sections := q.Sections
		if sections == nil {
			sections = []string{""}
		}
		for _, section := range sections {
			t, id, ok, err := c.a.nextOf(ctx, q, role, section)
			if err != nil {
				return scraper.Target{}, fmt.Errorf("find the next target: %w", err)
			}
			if ok && (!found || t.Role < best.Role || t.Role == best.Role && (t.Due.Before(best.Due) || t.Due.Equal(best.Due) && id < bestID)) {
				best, bestID, found = t, id, true
			}
		}
	}
	if !found {
		return scraper.Target{}, scraper.ErrNoneDue
	}
	if l.out == nil {
		l.out = map[lease]bool{}
	}
	l.out[lease{best.Site, best.Key}] = true
	return best, nil
}

// nextOf finds the first due target of a role that is not leased; section counts only when q asks for sections.
// It reads one row for each lease at most, however large the frontier is. The lock on leases is held.
func (a *Archive) nextOf(ctx context.Context, q scraper.Query, role scraper.Role, section string) (_ scraper.Target, id int64, found bool, err error) {
	query := `SELECT ` + targetColumns + `, id FROM frontier WHERE site = ?1 AND role = ?2 AND due <= ?3 ORDER BY due, id LIMIT ?4`
	args := []any{q.Site, int(role), stamp(q.Now), len(a.leases.out) + 1}
	if q.Sections != nil {
		query = `SELECT ` + targetColumns + `, id FROM frontier WHERE site = ?1 AND role = ?2 AND due <= ?3 AND section = ?5 ORDER BY due, id LIMIT ?4`
		args = append(args, section)
	}
	stmt, err := a.prepared(ctx, query)
	if err != nil {
		return scraper.Target{}, 0, false, err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return scraper.Target{}, 0, false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		t, err := scanTarget(rows, &id)
		if err != nil {
			return scraper.Target{}, 0, false, err
		}
		if !a.leases.out[lease{t.Site, t.Key}] {
			return t, id, true, nil
		}
	}
	return scraper.Target{}, 0, false, rows.Err()
}

// Release implements scraper.Store. The frontier's row was never touched, so nothing has to be written.
func (c *Crawl) Release(_ context.Context, t scraper.Target) error {
	c.a.leases.drop(t)
	return nil
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
	if err != nil || n > 0 {
		return int(n), err
	}
	if target.Section != "" || target.Title != "" || target.Date != "" {
		err = t.exec(`UPDATE frontier SET section = iif(section = '', ?1, section), title = coalesce(title, ?2), date = coalesce(date, ?3)
			WHERE site = ?4 AND key = ?5 AND (section = '' AND ?1 <> '' OR title IS NULL AND ?2 IS NOT NULL OR date IS NULL AND ?3 IS NOT NULL)`,
			target.Section, null(target.Title), null(target.Date), target.Site, target.Key)
		if err != nil {
			return 0, err
		}
	}
	if again {
		err = t.exec(`UPDATE frontier SET due = ?, deep = max(deep, ?) WHERE site = ? AND key = ?`, stamp(target.Due), target.Deep, target.Site, target.Key)
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
	return t.exec(`INSERT INTO frontier (`+targetColumns+`, article, capture) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET url = excluded.url, role = excluded.role, section = excluded.section, parent = excluded.parent, depth = excluded.depth,
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
