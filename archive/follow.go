package archive

import (
	"context"
	"database/sql"
	"fmt"
	"sort"
	"strings"
	"time"
)

// A Progress is what a run under way has done so far, as the archive has it. Follow brings it up to date.
type Progress struct {
	Crawl    int64
	Sites    []string
	Started  time.Time      // UTC
	Latest   time.Time      // when the latest request began, UTC; zero = none yet
	URL      string         // of the latest request
	Requests int            // noted so far
	Failed   int            // of them, those without an answer or with one from 400 on
	Articles int            // captures of new articles' pages
	Bytes    int64          // of bodies
	By       map[string]int // requests by reason
	cursor   int64          // id of the last capture counted
}

// Running gives the runs that are noted as under way, oldest first: those of a process that was killed among them, until the
// archive is opened for writing again. Their figures are empty until Follow counts.
func (a *Archive) Running(ctx context.Context) ([]*Progress, error) {
	var list []*Progress
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		p := &Progress{By: map[string]int{}}
		var started sql.NullString
		var sites string
		err := rows.Scan(&p.Crawl, &started, &sites)
		p.Started, p.Sites = moment(started), strings.Fields(sites)
		list = append(list, p)
		return err
	}, `SELECT id, started, coalesce(sites, '') FROM crawls WHERE status = 'running' ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("list runs under way: %w", err)
	}
	return list, nil
}

// followed bounds how many captures one call of Follow reads.
const followed = 50000

// Follow counts what has come since it was last called for p. It reads those captures alone, at most 50,000 a call.
func (a *Archive) Follow(ctx context.Context, p *Progress) error {
	if p.cursor == 0 {
		before, err := a.capturesBefore(ctx, p.Started)
		if err != nil {
			return err
		}
		p.cursor = before
	}
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var id, crawl, bytes int64
		var status int
		var reason, address string
		var article bool
		var started sql.NullString
		if err := rows.Scan(&id, &crawl, &reason, &status, &bytes, &article, &started, &address); err != nil {
			return err
		}
		p.cursor = id
		if crawl != p.Crawl {
			return nil
		}
		p.Requests++
		p.By[reason]++
		p.Bytes += bytes
		if status == 0 || status >= 400 {
			p.Failed++
		}
		if reason == "new" && article {
			p.Articles++
		}
		p.Latest, p.URL = moment(started), address
		return nil
	}, `SELECT id, coalesce(crawl, 0), coalesce(reason, ''), coalesce(status, 0), coalesce(payload_length, 0), article IS NOT NULL, started, url
		FROM captures WHERE id > ? ORDER BY id LIMIT ?`, p.cursor, followed)
	if err != nil {
		return fmt.Errorf("follow run %d: %w", p.Crawl, err)
	}
	return nil
}

// capturesBefore is the id of the last capture that surely began before t: rows are added in the order in which visits end, so that
// a minute or two is left for those that took long.
func (a *Archive) capturesBefore(ctx context.Context, t time.Time) (int64, error) {
	var last int64
	if err := a.read.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM captures`).Scan(&last); err != nil {
		return 0, fmt.Errorf("find captures: %w", err)
	}
	limit := t.Add(-2 * time.Minute).UTC().Format(timeFormat)
	var failed error
	n := sort.Search(int(last), func(i int) bool {
		var started string
		err := a.read.QueryRowContext(ctx, `SELECT started FROM captures WHERE id > ? ORDER BY id LIMIT 1`, i).Scan(&started)
		if err != nil && failed == nil {
			failed = err
		}
		return started >= limit
	})
	if failed != nil {
		return 0, fmt.Errorf("find captures: %w", failed)
	}
	return int64(n), nil
}
