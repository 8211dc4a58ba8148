package archive

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"campusnews/archive/warc"
	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/capture"
)

// reasonImport marks captures that another tool made.
const reasonImport scraper.Reason = "import"

// ImportOptions say what of another tool's WARC file is taken in.
type ImportOptions struct {
	Site    string                    // id of the site that the pages are of. Required.
	Reader  scraper.Reader            // reads its pages. Required.
	InScope func(address string) bool // whether an address is the site's; nil = all are

	// Progress is told, now and then, how many of the file's bytes have been read. nil = nobody.
	Progress func(done, total int64)
}

// An Import counts what was taken in.
type Import struct {
	Taken    int `json:"taken"`    // responses, now captures
	Articles int `json:"articles"` // new ones
	Changed  int `json:"changed"`  // further versions of known ones
	Older    int `json:"older"`    // of Taken: pages of articles that the archive has seen later; kept as evidence only
	Known    int `json:"known"`    // responses that the archive has already
	Outside  int `json:"outside"`  // responses of other sites
	Skipped  int `json:"skipped"`  // records that stand for responses held elsewhere: revisits
	Faults   int `json:"faults"`   // reported
}

// ImportWARC takes the responses in a file of WARC, packed or not, of whichever tool, into
// the archive: each becomes a capture with the time at which that tool made it, with its
// request where the file has it, and is read as a crawl reads it. A page that is older than what the
// archive has of its article is kept as evidence and changes nothing else; one of an address that the archive has only ever
// found dead becomes the article that it was, missing since then. What is imported twice is known the second time.
//
// Damage is reported, a line each, and what is readable behind it is taken. The error is of the disk or the archive; with it comes what was taken until then.
func (c *Crawl) ImportWARC(ctx context.Context, path string, opts ImportOptions, report func(fault string)) (_ Import, err error) {
	if c.a.write == nil {
		return Import{}, ErrReadOnly
	}
	info, err := os.Stat(path)
	if err != nil {
		return Import{}, err
	}
	r, err := warc.OpenFile(path)
	if err != nil {
		return Import{}, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if opts.InScope == nil {
		opts.InScope = func(string) bool { return true }
	}
	m := &importer{c: c, path: path, opts: opts, report: report, requests: map[string][]byte{}}
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return m.done, err
		}
		rec, err := r.Next()
		if damage, ok := errors.AsType[*warc.DamageError](err); ok {
			if m.pending != nil && m.pending.offset == damage.Offset {
				m.pending = nil // the damage is within it
			}
			m.fault(damage.Offset, damage.Err)
			continue
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return m.done, err
		}
		if n%64 == 0 && opts.Progress != nil {
			opts.Progress(rec.Offset, info.Size())
		}
		if err := m.record(ctx, rec); err != nil {
			return m.done, err
		}
	}
	if err := m.flush(ctx); err != nil {
		return m.done, err
	}
	return m.done, m.further(ctx)
}

// further saves the further pages of articles, after the pages that name them. They are read again, in the order of the file.
func (m *importer) further(ctx context.Context) (err error) {
	if len(m.parts) == 0 {
		return nil
	}
	r, err := warc.OpenFile(m.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	member := int64(-1)
	for _, x := range m.parts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if x.offset != member {
			r.SeekTo(x.offset)
			member = x.offset
		}
		for x.Response == nil {
			rec, err := r.Next()
			if err != nil || rec.Offset != x.offset {
				return errors.Join(fmt.Errorf("%s at %d: the record is not there any more", m.path, x.offset), err)
			}
			if rec.Skip != x.skip { // a member may hold several
				continue
			}
			if x.Response, err = rec.ReadBlock(maxReread); err != nil {
				return fmt.Errorf("%s at %d: %w", m.path, x.offset, err)
			}
		}
		if err := m.save(ctx, x, true); err != nil {
			return err
		}
	}
	return nil
}

// A foreign is a response of the file, with its request if that has been seen.
type foreign struct {
	capture.Exchange
	id     string
	with   string // WARC-Concurrent-To
	offset int64
	skip   int64 // as Record.Skip
}

type importer struct {
	c        *Crawl
	path     string
	opts     ImportOptions
	report   func(string)
	done     Import
	requests map[string][]byte // by record id, of those whose response has not come: some tools write the request first
	pending  *foreign          // others write it behind
	parts    []foreign         // without their bytes
}

func (m *importer) fault(offset int64, err error) {
	m.done.Faults++
	m.report(fmt.Sprintf("%s at %d: %v", m.path, offset, err))
}

// Bounds of the requests that wait for a response.
const (
	maxWaiting = 256
	maxRequest = 1 << 20 // bytes of one
)

func (m *importer) record(ctx context.Context, rec *warc.Record) error {
	switch kind := rec.Type(); {
	case kind == "revisit":
		m.done.Skipped++
		return nil
	case kind != "request" && kind != "response" || !rec.IsHTTP():
		return nil
	}
	limit := int64(maxReread)
	if rec.Type() == "request" {
		limit = maxRequest
	}
	block, err := rec.ReadBlock(limit)
	if errors.Is(err, capture.ErrTooLarge) {
		m.fault(rec.Offset, err)
	}
	if err != nil {
		return nil // Next says it again, with the place
	}
	if rec.Type() == "request" {
		if p := m.pending; p != nil && len(p.Request) == 0 && (rec.Header.Get("WARC-Concurrent-To") == p.id || p.with == rec.ID()) {
			p.Request = block
			return nil
		}
		if len(m.requests) >= maxWaiting {
			clear(m.requests)
		}
		m.requests[rec.ID()] = block
		return nil
	}
	if err := m.flush(ctx); err != nil {
		return err
	}
	head, _ := capture.Split(block)
	m.pending = &foreign{
		Exchange: capture.Exchange{
			URL: rec.URL(), Started: rec.Date(), Remote: rec.Header.Get("WARC-IP-Address"), Response: block,
			Status: capture.HeadStatus(head), Truncated: rec.Header.Get("WARC-Truncated"),
		},
		id: rec.ID(), with: rec.Header.Get("WARC-Concurrent-To"), offset: rec.Offset, skip: rec.Skip,
	}
	if request, ok := m.requests[m.pending.with]; ok {
		m.pending.Request = request
		delete(m.requests, m.pending.with)
	}
	return nil
}

// flush saves the response that waited for its request.
func (m *importer) flush(ctx context.Context) error {
	if m.pending == nil {
		return nil
	}
	x := *m.pending
	m.pending = nil
	return m.save(ctx, x, false)
}

// save makes a visit of a response. Further pages of articles are put off unless late.
func (m *importer) save(ctx context.Context, x foreign, late bool) error {
	switch {
	case !m.opts.InScope(x.URL):
		m.done.Outside++
		return nil
	case x.Started.IsZero() || x.Status == 0:
		m.fault(x.offset, errors.New("a response without a date or an HTTP status"))
		return nil
	}
	known, err := m.known(ctx, x)
	if err != nil {
		return err
	}
	if known {
		m.done.Known++
		return nil
	}
	v, err := m.visit(ctx, x)
	if err != nil {
		return err
	}
	if r := v.Result; r != nil && r.Article != nil && r.Article.Part > 1 && !late {
		x.Response = nil
		m.parts = append(m.parts, x)
		return nil
	}
	change, err := m.c.Save(ctx, v)
	if err != nil {
		return fmt.Errorf("%s at %d: %w", filepath.Base(m.path), x.offset, err)
	}
	m.done.Taken++
	if change.New {
		m.done.Articles++
	}
	if change.Changed {
		m.done.Changed++
	}
	return nil
}

// known says whether the archive has this very response.
func (m *importer) known(ctx context.Context, x foreign) (bool, error) {
	digest, _ := warc.PayloadDigest(x.Response)
	var n int
	err := m.c.a.read.QueryRowContext(ctx, `SELECT count(*) FROM captures WHERE url = ? AND started = ? AND payload_digest IS ?`,
		x.URL, stamp(x.Started), digest).Scan(&n)
	return n > 0, err
}

// visit says what a crawl would have made of the response.
func (m *importer) visit(ctx context.Context, x foreign) (v scraper.Visit, err error) {
	v = scraper.Visit{Reason: reasonImport, Time: x.Started, Exchanges: []capture.Exchange{x.Exchange}}
	body, contentErr := capture.Content(x.Response, maxReread)
	if contentErr == nil && x.Truncated == "" {
		v.Result = scraper.Reread(m.opts.Reader, scraper.RoleArticle, x.URL, x.Status, headerField(x.Response, "Content-Type"), body)
	}
	key := m.opts.Reader.Key(x.URL)
	role := scraper.RoleAsset
	if r := v.Result; r != nil {
		switch {
		case r.Kind == extract.KindList:
			role = scraper.RoleList
		case r.Article != nil && r.Article.Part > 1:
			role, key = scraper.RolePart, scraper.PartKey(key, x.URL)
		default:
			role = scraper.RoleWalk // the slow walk of the next run looks whether it is still there
		}
	}
	t, known, err := m.c.Lookup(ctx, m.opts.Site, key)
	if err != nil {
		return v, err
	}
	if !known {
		t = scraper.Target{Site: m.opts.Site, Key: key, URL: x.URL, Role: role, FirstSeen: x.Started, Parent: capture.HeadValue(x.Request, "Referer")}
		if role == scraper.RoleWalk {
			t.Due = x.Started.Add(24 * time.Hour)
		}
	}
	if known && t.Role == scraper.RoleAsset && role != scraper.RoleAsset { // taken for a file when it was missing
		t.Role, t.URL = role, x.URL
		if role == scraper.RoleWalk {
			t.Due = x.Started.Add(24 * time.Hour)
		}
	}
	seen, have := t.LastVisit, true // when it was seen last, and whether what it says now is there
	if r := v.Result; r != nil && r.Article != nil {
		if seen, have, err = m.textSeen(ctx, x.URL, cmp.Or(r.Key, key), r.Article.Part > 1); err != nil {
			return v, err
		}
	}
	switch {
	case !have && t.LastVisit.After(x.Started): // it has been seen later, but never with a text
		if t.State == scraper.StateFailed && t.MissingCount > 0 {
			t.State = scraper.StateMissing
		}
		v.Target = t
		return v, nil
	case have && (t.LastVisit.After(x.Started) || seen.After(x.Started)):
		m.done.Older++
		v.Result = nil
		v.Target = t
		if !known {
			v.Target.State = scraper.StateKept
		}
		return v, nil
	}
	t.LastVisit, t.LastError = x.Started, ""
	t.Visits++
	switch {
	case x.Status == 404 || x.Status == 410 || v.Result != nil && v.Result.Kind == extract.KindError:
		t.State, t.MissingSince, t.MissingCount = scraper.StateMissing, x.Started, t.MissingCount+1
	case x.Status < 400:
		t.State, t.MissingSince, t.MissingCount = scraper.StateKept, time.Time{}, 0
	case !known:
		t.State = scraper.StateFailed
	}
	v.Target = t
	v.Listed = scraper.ListedRows(m.opts.Reader, role, v.Result)
	return v, nil
}

// textSeen says whether the archive has a text of an article, or of that further page of it, and when it was seen last.
func (m *importer) textSeen(ctx context.Context, address, key string, further bool) (time.Time, bool, error) {
	query := `SELECT last_seen FROM articles WHERE site = ?1 AND key = ?2`
	if further {
		query = `SELECT c.started FROM parts p JOIN articles a ON a.id = p.article JOIN captures c ON c.id = p.capture WHERE a.site = ?1 AND a.key = ?2 AND p.url = ?3`
	}
	var seen sql.NullString
	err := m.c.a.read.QueryRowContext(ctx, query, m.opts.Site, key, address).Scan(&seen)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	return moment(seen), err == nil, err
}
