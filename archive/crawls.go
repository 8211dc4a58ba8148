package archive

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A CrawlInfo says what a run is about to do.
type CrawlInfo struct {
	Sites     []Site    `json:"sites"`
	Started   time.Time `json:"started"` // zero = now
	Program   string    `json:"program"` // "campusnews 1.0"
	Command   string    `json:"command"` // as typed
	UserAgent string    `json:"user_agent"`
}

// A Site is a news site as its profile describes it. Empty fields leave what the archive knows as it is.
type Site struct {
	ID       string    `json:"id"`
	Name     string    `json:"name,omitempty"`
	URL      string    `json:"url,omitempty"`
	System   string    `json:"system,omitempty"`
	Sections []Section `json:"sections,omitempty"`
	Profile  string    `json:"profile,omitempty"` // the profile's own text, kept beside the evidence so that Rebuild and Reextract read pages by it
}

// A Section is a column of a site; URL is page 1 of its list.
type Section struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// The ways a crawl ends, and the states it is in before.
const (
	StatusRunning     = "running"
	StatusDone        = "done"
	StatusPart        = "part"        // ended with something left undone: a blocked site, failed pages
	StatusInterrupted = "interrupted" // by a person or a limit
	StatusFailed      = "failed"      // by an error
	StatusDied        = "died"        // its process ended without a word; found by the next Open
)

// Counts are a crawl's figures, as columns of table crawls.
type Counts struct {
	Requests, Bytes                                 int64
	New, Changed, Unchanged, Gone, Returned, Failed int64
}

// An Ending is how a crawl ended.
type Ending struct {
	Status string          `json:"status"` // one of the constants above, but not running or died
	Ended  time.Time       `json:"ended"`  // zero = now
	Counts Counts          `json:"counts"`
	Error  string          `json:"error,omitempty"`  // why it failed; "" = it did not
	Report json.RawMessage `json:"report,omitempty"` // the crawler's own report; nil = none
}

// A Crawl is one run. It satisfies scraper.Store; its methods may be called from several goroutines.
type Crawl struct {
	a  *Archive
	id int64
}

// Begin notes the start of a run and makes its sites and sections known.
func (a *Archive) Begin(ctx context.Context, info CrawlInfo) (*Crawl, error) {
	c := &Crawl{a: a}
	if info.Started.IsZero() {
		info.Started = a.now()
	}
	err := a.write.do(ctx, func(t *tx) (err error) {
		if c.id, err = t.beginCrawl(0, info); err != nil {
			return err
		}
		if err := t.setBack(info); err != nil {
			return err
		}
		return a.write.note(crawlNote{Crawl: c.id, Info: &info}, info.Started)
	})
	if err != nil {
		return nil, fmt.Errorf("begin crawl: %w", err)
	}
	return c, nil
}

// setBack brings what runs have noted under a clock that was ahead to the time that it is: as if they had looked just now.
// Else lists that were found on the site's pages, and articles, would not be due until the clock has caught up, which may be years.
func (t *tx) setBack(info CrawlInfo) error {
	now := stamp(info.Started)
	var ahead bool
	if _, err := t.row([]any{&ahead}, `SELECT EXISTS (SELECT 1 FROM crawls WHERE started > ?1 OR ended > ?1)`, now); err != nil || !ahead {
		return err
	}
	for _, s := range info.Sites {
		// The few milliseconds less are for what julianday rounds.
		err := t.exec(`UPDATE frontier SET last_visit = ?2, first_seen = min(first_seen, ?2), missing_since = min(missing_since, ?2),
			due = strftime('%Y-%m-%dT%H:%M:%fZ', julianday(due) - julianday(last_visit) + julianday(?2), '-0.005 seconds')
			WHERE site = ?1 AND last_visit > ?2`, s.ID, now)
		if err != nil {
			return err
		}
		// What has not been looked at yet, or not since the clock was right.
		if err := t.exec(`UPDATE frontier SET due = ?2, first_seen = min(first_seen, ?2) WHERE site = ?1 AND due > ?2 AND first_seen > ?2 AND last_visit IS NULL`, s.ID, now); err != nil {
			return err
		}
		t.dues = append(t.dues, dueNote{site: s.ID, what: dueMoved})
	}
	return nil
}

// beginCrawl adds the row of a run and what it says of its sites; id 0 = the next.
func (t *tx) beginCrawl(id int64, info CrawlInfo) (int64, error) {
	ids := make([]string, len(info.Sites))
	for i, s := range info.Sites {
		ids[i] = s.ID
		if err := t.putSite(s, info.Started); err != nil {
			return 0, err
		}
	}
	return t.insert(`INSERT INTO crawls (id, started, status, sites, program, command, user_agent) VALUES (?, ?, 'running', ?, ?, ?, ?)`,
		nullID(id), stamp(info.Started), null(strings.Join(ids, " ")), null(info.Program), null(info.Command), null(info.UserAgent))
}

// endCrawl notes in a run's row how it ended.
func (t *tx) endCrawl(id int64, e Ending) error {
	n := e.Counts
	return t.exec(`UPDATE crawls SET ended = ?, status = ?, requests = ?, bytes = ?, new = ?, changed = ?, unchanged = ?,
		gone = ?, returned = ?, failed = ?, error = ?, report = ? WHERE id = ?`,
		stamp(e.Ended), e.Status, n.Requests, n.Bytes, n.New, n.Changed, n.Unchanged,
		n.Gone, n.Returned, n.Failed, null(e.Error), null(string(e.Report)), id)
}

// ID is the run's id in table crawls.
func (c *Crawl) ID() int64 { return c.id }

// End notes how the run ended.
func (c *Crawl) End(ctx context.Context, e Ending) error {
	if e.Ended.IsZero() {
		e.Ended = c.a.now()
	}
	switch e.Status {
	case StatusDone, StatusPart, StatusInterrupted, StatusFailed:
	default:
		return fmt.Errorf("end crawl %d: status %q is no ending", c.id, e.Status)
	}
	err := c.a.write.do(ctx, func(t *tx) error {
		if err := t.endCrawl(c.id, e); err != nil {
			return err
		}
		return c.a.write.note(crawlNote{Crawl: c.id, Ending: &e}, e.Ended)
	})
	if err != nil {
		return fmt.Errorf("end crawl %d: %w", c.id, err)
	}
	return nil
}

// buryCrawls marks the runs of killed processes. The caller holds the lock, so no running one is alive.
// Their end is the last thing they are known to have done.
func (a *Archive) buryCrawls(ctx context.Context) error {
	return a.write.do(ctx, func(t *tx) error {
		return t.exec(`UPDATE crawls SET status = 'died',
			ended = coalesce((SELECT max(started) FROM captures WHERE crawl = crawls.id), started) WHERE status = 'running'`)
	})
}

// A CrawlRow is a run as table crawls has it.
type CrawlRow struct {
	ID                          int64
	Started, Ended              time.Time // UTC; Ended zero = still running
	Status                      string
	Sites                       []string
	Program, Command, UserAgent string
	Counts                      Counts
	Error                       string
	Report                      json.RawMessage
}

// Crawls gives the latest runs, newest first, at most limit; site "" = of all sites.
func (a *Archive) Crawls(ctx context.Context, site string, limit int) (_ []CrawlRow, err error) {
	rows, err := a.read.QueryContext(ctx, `SELECT id, started, ended, status, coalesce(sites, ''), coalesce(program, ''), coalesce(command, ''),
		coalesce(user_agent, ''), requests, bytes, new, changed, unchanged, gone, returned, failed, coalesce(error, ''), coalesce(report, '')
		FROM crawls WHERE ?1 = '' OR instr(' ' || sites || ' ', ' ' || ?1 || ' ') ORDER BY started DESC, id DESC LIMIT ?2`, site, limit)
	if err != nil {
		return nil, fmt.Errorf("list crawls: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var list []CrawlRow
	for rows.Next() {
		var c CrawlRow
		var started, ended sql.NullString
		var sites, report string
		n := &c.Counts
		if err := rows.Scan(&c.ID, &started, &ended, &c.Status, &sites, &c.Program, &c.Command, &c.UserAgent,
			&n.Requests, &n.Bytes, &n.New, &n.Changed, &n.Unchanged, &n.Gone, &n.Returned, &n.Failed, &c.Error, &report); err != nil {
			return nil, err
		}
		c.Started, c.Ended, c.Sites = moment(started), moment(ended), strings.Fields(sites)
		if report != "" {
			c.Report = json.RawMessage(report)
		}
		list = append(list, c)
	}
	return list, rows.Err()
}
