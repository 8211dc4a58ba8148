package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"campusnews/archive/warc"
	"campusnews/scraper"
	"campusnews/scraper/capture"
)

// An evidence is an exchange that stands in a WARC file, not yet on disk for sure, and has no row yet.
type evidence struct {
	exchange    capture.Exchange
	at          warc.Position
	contentType string
	sameAs      int64
	profile     string
}

// writeEvidence appends the visit's exchanges to the WARC file. It runs in the caller's goroutine, so that
// visits are compressed side by side; only earlier commits can be referred to, and those are on disk.
func (c *Crawl) writeEvidence(ctx context.Context, v scraper.Visit) ([]evidence, error) {
	list := make([]evidence, len(v.Exchanges))
	for i, x := range v.Exchanges {
		e := &list[i]
		e.exchange = x
		e.contentType = headerField(x.Response, "Content-Type")
		var lookup error
		rv := warc.Revisits{SamePayload: func(digest string) (warc.Original, bool) {
			o, id, err := c.a.originalByDigest(ctx, digest)
			if lookup = err; id == 0 {
				return warc.Original{}, false
			}
			e.sameAs, e.profile = id, "identical-payload-digest"
			return o, true
		}}
		if x.Status == 304 && v.Reason != reasonImport { // another tool's was about what that tool had
			o, id, err := c.a.originalOfTarget(ctx, v.Target)
			if err != nil {
				return nil, err
			}
			if id != 0 {
				e.sameAs, e.profile, rv.NotModified = id, "server-not-modified", &o
			}
		}
		var err error
		if e.at, err = c.a.write.warc.WriteExchange(x, rv, exchangeNotes(c.id, v, i)...); err != nil {
			return nil, fmt.Errorf("store evidence: %w", err)
		}
		if lookup != nil {
			return nil, lookup
		}
		if e.at.Type != "revisit" {
			e.sameAs, e.profile = 0, ""
		}
		if e.at.Type == "metadata" {
			e.at = warc.Position{} // nothing was sent: what is noted of it is no evidence
		}
	}
	return list, nil
}

const originalColumns = `id, url, started, record, coalesce(payload_digest, '')`

// originalByDigest finds the capture that holds these bytes; id 0 = none.
func (a *Archive) originalByDigest(ctx context.Context, digest string) (warc.Original, int64, error) {
	return a.original(ctx, `SELECT `+originalColumns+` FROM captures
		WHERE payload_digest = ? AND same_as IS NULL AND truncated IS NULL AND error IS NULL AND record IS NOT NULL LIMIT 1`, digest)
}

// originalOfTarget finds the capture whose validators the target carries; id 0 = none.
func (a *Archive) originalOfTarget(ctx context.Context, t scraper.Target) (warc.Original, int64, error) {
	return a.original(ctx, `SELECT `+originalColumns+` FROM captures WHERE record IS NOT NULL AND
		id = (SELECT coalesce(c.same_as, c.id) FROM frontier f JOIN captures c ON c.id = f.capture WHERE f.site = ? AND f.key = ?)`, t.Site, t.Key)
}

func (a *Archive) original(ctx context.Context, query string, args ...any) (o warc.Original, id int64, err error) {
	stmt, err := a.prepared(ctx, query)
	if err != nil {
		return warc.Original{}, 0, fmt.Errorf("look for an earlier capture: %w", err)
	}
	var started sql.NullString
	err = stmt.QueryRowContext(brief(ctx), args...).Scan(&id, &o.URL, &started, &o.RecordID, &o.PayloadDigest)
	if errors.Is(err, sql.ErrNoRows) {
		return warc.Original{}, 0, nil
	}
	if err != nil {
		return warc.Original{}, 0, fmt.Errorf("look for an earlier capture: %w", err)
	}
	o.RecordID, o.Date = "<urn:uuid:"+o.RecordID+">", moment(started)
	return o, id, nil
}

// addCapture writes the row of an exchange; article 0 = none.
func (t *tx) addCapture(crawl int64, v scraper.Visit, e evidence, article int64) (int64, error) {
	x := e.exchange
	var status, size, file, offset, length, record, packed, sum, failure any
	if x.Status != 0 {
		status = x.Status
	}
	if x.Err != nil {
		failure = x.Err.Error()
	}
	if e.at.Type == "response" || e.at.Type == "revisit" {
		size = e.at.PayloadSize
	}
	if e.at.File != "" {
		file, offset, length = e.at.File, e.at.Offset, e.at.Length
		packed, sum = e.at.Span.Length, e.at.Span.Sum
		record = strings.TrimSuffix(strings.TrimPrefix(e.at.RecordID, "<urn:uuid:"), ">")
	}
	id, err := t.insert(`INSERT INTO captures (crawl, site, article, url, reason, started, duration_ms, remote, status, content_type, truncated, error,
		payload_length, payload_digest, same_as, profile, file, offset, length, record, packed_length, packed_digest)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		nullID(crawl), v.Target.Site, nullID(article), x.URL, null(string(v.Reason)), stamp(x.Started), x.Duration.Milliseconds(), null(x.Remote), status,
		null(e.contentType), null(x.Truncated), failure, size, null(e.at.PayloadDigest), nullID(e.sameAs), null(e.profile), file, offset, length, record, packed, sum)
	if err != nil {
		return 0, fmt.Errorf("note capture of %s: %w", x.URL, err)
	}
	return id, nil
}

// headerField gives a field of an HTTP/1 message's head as received, "" if there is none.
func headerField(message []byte, name string) string {
	head, _ := capture.Split(message[:min(len(message), 64<<10)])
	return strings.ToValidUTF8(capture.HeadValue(head, name), "\uFFFD")
}

// A Capture is one request as the archive noted it.
type Capture struct {
	ID, Crawl, Article int64 // Article 0 = belongs to none
	Site, URL, Reason  string
	Started            time.Time // UTC
	Duration           time.Duration
	Remote             string
	Status             int // 0 = no answer
	ContentType        string
	Truncated, Error   string
	PayloadLength      int64
	PayloadDigest      string // labelled
	SameAs             int64  // the capture that holds these bytes; 0 = this one
	Profile            string // why SameAs is set: "identical-payload-digest" or "server-not-modified"
	File               string // within WARCDir; "" = nothing was sent or received
	Offset, Length     int64  // of the record in File, bytes
	RecordID           string // UUID
}

const captureColumns = `id, coalesce(crawl, 0), coalesce(article, 0), site, url, coalesce(reason, ''), started, duration_ms, coalesce(remote, ''),
	coalesce(status, 0), coalesce(content_type, ''), coalesce(truncated, ''), coalesce(error, ''), coalesce(payload_length, 0),
	coalesce(payload_digest, ''), coalesce(same_as, 0), coalesce(profile, ''), coalesce(file, ''), coalesce(offset, 0), coalesce(length, 0), coalesce(record, '')`

func scanCapture(s scanner) (c Capture, err error) {
	var started sql.NullString
	var ms int64
	err = s.Scan(&c.ID, &c.Crawl, &c.Article, &c.Site, &c.URL, &c.Reason, &started, &ms, &c.Remote, &c.Status, &c.ContentType, &c.Truncated, &c.Error,
		&c.PayloadLength, &c.PayloadDigest, &c.SameAs, &c.Profile, &c.File, &c.Offset, &c.Length, &c.RecordID)
	c.Started, c.Duration = moment(started), time.Duration(ms)*time.Millisecond
	return c, err
}

// Capture gives a capture by its id. For the bytes of one with SameAs, read that one's record. The error may be ErrNotFound.
func (a *Archive) Capture(ctx context.Context, id int64) (Capture, error) {
	stmt, err := a.prepared(ctx, `SELECT `+captureColumns+` FROM captures WHERE id = ?`)
	if err != nil {
		return Capture{}, fmt.Errorf("capture %d: %w", id, err)
	}
	c, err := scanCapture(stmt.QueryRowContext(ctx, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Capture{}, fmt.Errorf("capture %d: %w", id, ErrNotFound)
	}
	return c, err
}

// CapturesOf gives an article's captures, newest first, at most limit: its own pages, further pages and files.
func (a *Archive) CapturesOf(ctx context.Context, article int64, limit int) ([]Capture, error) {
	return a.captures(ctx, `SELECT `+captureColumns+` FROM captures WHERE article = ? ORDER BY started DESC, id DESC LIMIT ?`, article, limit)
}

// CapturesAt gives the captures of an address, newest first, at most limit.
func (a *Archive) CapturesAt(ctx context.Context, url string, limit int) ([]Capture, error) {
	return a.captures(ctx, `SELECT `+captureColumns+` FROM captures WHERE url = ? ORDER BY started DESC, id DESC LIMIT ?`, url, limit)
}

func (a *Archive) captures(ctx context.Context, query string, args ...any) (_ []Capture, err error) {
	rows, err := a.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list captures: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var list []Capture
	for rows.Next() {
		c, err := scanCapture(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}
