package archive

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// answered selects captures that can be shown: an answer came, and where it says "as before" it is known what was before.
const answered = `status IS NOT NULL AND file IS NOT NULL AND (status <> 304 OR same_as IS NOT NULL)`

// maxSpellings is how many addresses CapturesNear takes for one.
const maxSpellings = 4

// CapturesNear gives the captures of an address that are nearest to a moment: at most n that began by then, and at most
// n later ones, both in order of time. spellings are the address and its twins, at most 4 of them; none is told from
// the other. Only captures with an answer count; a 304 counts where its page is known.
func (a *Archive) CapturesNear(ctx context.Context, spellings []string, at time.Time, n int) (before, after []Capture, err error) {
	if len(spellings) > maxSpellings {
		return nil, nil, fmt.Errorf("captures near %s: %d spellings, want at most %d", stamp(at), len(spellings), maxSpellings)
	}
	const (
		earlier = `SELECT * FROM (SELECT id FROM captures WHERE url = ?1 AND started <= ?5 AND ` + answered + ` ORDER BY started DESC LIMIT ?6)`
		later   = `SELECT * FROM (SELECT id FROM captures WHERE url = ?1 AND started > ?5 AND ` + answered + ` ORDER BY started LIMIT ?6)`
	)
	query := `SELECT ` + captureColumns + ` FROM captures WHERE id IN (` + forSpellings(earlier) + ` UNION ALL ` + forSpellings(later) + `) ORDER BY started, id`
	args := make([]any, maxSpellings, maxSpellings+2)
	for i, s := range spellings {
		args[i] = s
	}
	stmt, err := a.prepared(ctx, query)
	if err != nil {
		return nil, nil, fmt.Errorf("captures near %s: %w", stamp(at), err)
	}
	rows, err := stmt.QueryContext(ctx, append(args, stamp(at), n)...)
	if err != nil {
		return nil, nil, fmt.Errorf("captures near %s: %w", stamp(at), err)
	}
	defer rows.Close()
	for rows.Next() {
		c, err := scanCapture(rows)
		if err != nil {
			return nil, nil, err
		}
		if c.Started.After(at) {
			after = append(after, c)
		} else {
			before = append(before, c)
		}
	}
	return before[max(0, len(before)-n):], after[:min(n, len(after))], rows.Err()
}

// forSpellings joins a query over ?1 for each of ?1 to ?4.
func forSpellings(query string) string {
	all := query
	for _, to := range []string{"?2", "?3", "?4"} {
		all += ` UNION ALL ` + strings.Replace(query, "?1", to, 1)
	}
	return all
}

// EachCaptureOf calls each for every capture with an answer of an address in its spellings, see CapturesNear, in order of
// time, earliest first. The error is each's first, or the store's.
func (a *Archive) EachCaptureOf(ctx context.Context, spellings []string, each func(Capture) error) error {
	if len(spellings) > maxSpellings {
		return fmt.Errorf("captures of an address: %d spellings, want at most %d", len(spellings), maxSpellings)
	}
	args := make([]any, maxSpellings)
	for i, s := range spellings {
		args[i] = s
	}
	return a.eachRow(ctx, func(rows *sql.Rows) error {
		c, err := scanCapture(rows)
		if err != nil {
			return err
		}
		return each(c)
	}, `SELECT `+captureColumns+` FROM captures WHERE url IN (?, ?, ?, ?) AND `+answered+` ORDER BY started, id`, args...)
}
