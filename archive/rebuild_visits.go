package archive

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"campusnews/archive/warc"
	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/capture"
)

// maxReread is the largest record that is read again, in bytes: a run's own limit for a body is far below.
const maxReread = 256 << 20

// A hop is one exchange as its records have it: response or revisit, request, metadata.
type hop struct {
	evidence
	kind    string // of the main record; "" = nothing was sent
	id      string // of the main record
	refers  string // WARC-Refers-To
	block   []byte // of the response or revisit
	fields  warc.Header
	current string // address of the record, for hops without notes
}

// A rebuilder puts visits together again and saves them.
type rebuilder struct {
	a       *Archive
	warcDir string
	opts    RebuildOptions
	report  func(string)
	each    func(ctx context.Context, hops []hop) error // what is done with a whole visit; nil = it is saved, and runs with it
	made    Rebuilding

	// Of one of several chains, see rebuild_chains.go:
	give  func(step) bool
	taken map[int64]int64 // its runs → ids in the database; nil = the same
	runs  *int64          // of all chains that were numbered anew

	done    *int64
	total   int64
	hops    map[string][]hop // of visits whose last exchange has not come; "" = of older files, which do not say
	ids     map[string]int64 // record → capture
	crawls  map[int64]bool   // those that have a row
	readers map[string]scraper.Reader
}

func (b *rebuilder) fault(format string, args ...any) {
	b.made.Faults++
	b.report(fmt.Sprintf(format, args...))
}

// file reads the records of a file and saves the visits that they make.
func (b *rebuilder) file(ctx context.Context, name string) (err error) {
	file, err := os.Open(filepath.Join(b.warcDir, name))
	if err != nil {
		return err
	}
	defer file.Close() // only read
	info, err := file.Stat()
	if err != nil {
		return err
	}
	r := warc.NewReader(file, info.Size())
	var h *hop // the exchange whose records are being read
	end := func(at int64) error {
		if h == nil {
			return nil
		}
		x := *h
		h = nil
		return b.exchange(ctx, file, x, at)
	}
	lastAt := int64(-1) // of the record in hand
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		rec, err := r.Next()
		if damage, ok := errors.AsType[*warc.DamageError](err); ok {
			if damage.Offset == lastAt { // within the record in hand
				h = nil
			} else if err := end(damage.Offset); err != nil { // what is damaged is no part of it
				return err
			}
			b.fault("%s/%s: %v", warcName, name, damage)
			continue
		}
		if err == io.EOF {
			*b.done += info.Size()
			return end(info.Size())
		}
		if err != nil {
			return err
		}
		if n%64 == 0 {
			b.opts.Progress(name, *b.done+rec.Offset, b.total)
		}
		lastAt = rec.Offset
		kind, about := rec.Type(), rec.Header.Get("WARC-Concurrent-To")
		follows := h != nil && about == h.id && h.id != "" && (kind == "request" || kind == "metadata")
		if h != nil && h.at.Length == 0 {
			h.at.Length = rec.Offset - h.at.Offset
		}
		if !follows {
			if err := end(rec.Offset); err != nil {
				return err
			}
		}
		if kind == "warcinfo" || kind == "conversion" || kind == "continuation" {
			continue
		}
		block, err := rec.ReadBlock(maxReread)
		if err != nil {
			if _, ok := errors.AsType[*os.PathError](err); ok {
				return err
			}
			if errors.Is(err, capture.ErrTooLarge) {
				b.fault("%s/%s at %d: %v", warcName, name, rec.Offset, err)
			}
			h = nil
			continue // Next says the rest, with the place
		}
		switch {
		case kind == "metadata" && strings.HasPrefix(rec.URL(), crawlURN):
			if b.each != nil {
				continue
			}
			if err := b.crawlNote(ctx, block); err != nil {
				return err
			}
		case follows && kind == "request":
			h.exchange.Request = block
		case follows:
			h.fields = parseFields(block)
		case kind == "response", kind == "revisit", kind == "request", kind == "metadata" && about == "":
			h = newHop(name, rec, block)
		}
	}
}

// newHop begins an exchange with its main record.
func newHop(file string, rec *warc.Record, block []byte) *hop {
	h := &hop{kind: rec.Type(), id: rec.ID(), current: rec.URL()}
	h.exchange = capture.Exchange{URL: rec.URL(), Started: rec.Date(), Remote: rec.Header.Get("WARC-IP-Address"), Truncated: rec.Header.Get("WARC-Truncated")}
	h.at = warc.Position{File: file, Offset: rec.Offset, Type: h.kind, RecordID: h.id, Date: rec.Date(), URL: rec.URL(), PayloadDigest: rec.Header.Get("WARC-Payload-Digest")}
	switch h.kind {
	case "metadata":
		h.kind, h.fields, h.at = "", parseFields(block), warc.Position{Offset: rec.Offset}
	case "request":
		h.exchange.Request = block
	default:
		h.block = block
		h.exchange.Response = block
		head, _ := capture.Split(block)
		h.exchange.Status = capture.HeadStatus(head)
		h.contentType = headerField(block, "Content-Type")
		h.refers, h.profile = uuidOf(rec.Header.Get("WARC-Refers-To")), profileOf(rec)
		if h.at.PayloadDigest != "" {
			_, h.at.PayloadSize = warc.PayloadDigest(block)
		}
		if h.profile == "identical-payload-digest" {
			h.exchange.Truncated = "" // the record leaves the payload out; the answer was whole
		}
	}
	return h
}

// exchange takes an exchange whose records end at byte end, and saves the visit if it was the last of one.
func (b *rebuilder) exchange(ctx context.Context, file *os.File, h hop, end int64) error {
	if h.kind == "" {
		h.at = warc.Position{}
	} else {
		span := warc.Span{Offset: h.at.Offset, Length: end - h.at.Offset}
		packed := make([]byte, span.Length)
		if _, err := file.ReadAt(packed, span.Offset); err != nil {
			return err
		}
		span.Sum = warc.Digest(packed)
		h.at.Span = span
		if h.at.Length == 0 {
			h.at.Length = span.Length
		}
	}
	x := &h.exchange
	x.URL = cmp.Or(h.fields.Get(noteURL), x.URL)
	if ms, err := strconv.ParseInt(h.fields.Get(fetchTimeMs), 10, 64); err == nil {
		x.Duration = time.Duration(ms) * time.Millisecond
	}
	if text := h.fields.Get(noteError); text != "" {
		x.Err = errors.New(text)
	}
	visit := h.fields.Get(noteVisit)
	b.hops[visit] = append(b.hops[visit], h)
	if h.fields.Get(noteSite) == "" {
		return nil
	}
	hops := b.hops[visit]
	delete(b.hops, visit)
	if b.each != nil {
		return b.each(ctx, hops)
	}
	at, err := time.Parse(timeFormat, h.fields.Get(noteTime))
	if err != nil { // of older files, which do not say
		at = x.Started.Add(x.Duration)
	}
	return b.take(ctx, at, func() error { return b.visit(ctx, hops) })
}

// visitOf is what is noted of a visit, and the run that made it, 0 = none that is known. It has no exchanges and no result.
func visitOf(hops []hop) (v scraper.Visit, crawl int64) {
	last := &hops[len(hops)-1]
	v = scraper.Visit{Target: targetOf(last.fields, cmp.Or(last.fields.Get(noteTarget), hops[0].exchange.URL)), Reason: scraper.Reason(last.fields.Get(notePrefix + "reason"))}
	if v.Time = v.Target.LastVisit; v.Time.IsZero() { // of older files, which do not say
		v.Time = last.exchange.Started.Add(last.exchange.Duration)
		v.Target.LastVisit = v.Time
	}
	if v.Target.State == "" {
		v.Target.State = stateOf(last.exchange.Status)
	}
	crawl, _ = strconv.ParseInt(last.fields.Get(noteCrawl), 10, 64) // none = 0
	return v, crawl
}

// visit saves a visit as it was saved at first.
func (b *rebuilder) visit(ctx context.Context, hops []hop) error {
	last := &hops[len(hops)-1]
	v, crawl := visitOf(hops)
	if v.Target.Key == "" {
		b.fault("%s/%s at %d: no key is noted for %s", warcName, last.at.File, last.at.Offset, last.exchange.URL)
		return nil
	}
	reader, err := b.reader(Site{ID: v.Target.Site})
	if err != nil {
		return err
	}
	crawl = b.run(crawl)
	err = b.a.write.do(ctx, func(t *tx) error {
		seen := make([]evidence, len(hops))
		for i := range hops {
			if err := b.point(t, &hops[i]); err != nil {
				return err
			}
			seen[i] = hops[i].evidence
			v.Exchanges = append(v.Exchanges, hops[i].exchange)
		}
		if v.Target.Failures == 0 && last.fields.Get(noteUnread) == "" && last.exchange.Err == nil && last.exchange.Truncated == "" {
			body, err := b.body(t, last)
			if err != nil {
				b.fault("%s/%s at %d: %v", warcName, last.at.File, last.at.Offset, err)
			} else {
				v.Result = scraper.Reread(reader, v.Target.Role, last.exchange.URL, last.exchange.Status, last.contentType, body)
				v.Listed = scraper.ListedRows(reader, v.Target.Role, v.Result)
				v.Clicks = scraper.Clicks(last.exchange.URL, body)
			}
		}
		if v.Reason != reasonImport {
			scraper.NoteWaits(&v, reader.Key)
		}
		if err := b.validators(t, &v.Target, last); err != nil {
			return err
		}
		if crawl != 0 && !b.crawls[crawl] { // the record of its beginning is lost
			if _, err := t.beginCrawl(crawl, CrawlInfo{Started: hops[0].exchange.Started}); err != nil {
				return err
			}
			b.crawls[crawl] = true
		}
		var fresh *draft
		if r := v.Result; r != nil && r.Kind == extract.KindArticle && r.Article != nil {
			fresh = newDraft(v)
		}
		if _, err := t.saveVisit(crawl, v, seen, fresh); err != nil {
			return err
		}
		var newest int64
		if _, err := t.row([]any{&newest}, `SELECT max(id) FROM captures`); err != nil {
			return err
		}
		for i := range hops {
			if hops[i].id != "" {
				b.ids[uuidOf(hops[i].id)] = newest - int64(len(hops)-1-i)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s at %d, %s: %w", last.at.File, last.at.Offset, last.exchange.URL, err)
	}
	b.made.Visits++
	return nil
}

// stateOf is how a target stands after an answer of that status, for files that do not say.
func stateOf(status int) scraper.State {
	switch {
	case status == 404 || status == 410:
		return scraper.StateMissing
	case status >= 200 && status < 400:
		return scraper.StateKept
	}
	return scraper.StateFailed
}

// point finds the capture that a revisit points back to.
func (b *rebuilder) point(t *tx, h *hop) error {
	if h.profile == "" {
		return nil
	}
	if h.sameAs = b.ids[h.refers]; h.sameAs == 0 {
		b.fault("%s/%s at %d: the record that it refers to, %s, is not there", warcName, h.at.File, h.at.Offset, h.refers)
		return nil
	}
	if h.profile == "server-not-modified" {
		return nil
	}
	_, err := t.row([]any{&h.at.PayloadSize}, `SELECT coalesce(payload_length, 0) FROM captures WHERE id = ?`, h.sameAs)
	return err
}

// body gives what a page's reader reads of an answer: of a revisit, the payload of the record it points back to.
func (b *rebuilder) body(t *tx, h *hop) ([]byte, error) {
	if h.exchange.Status < 200 || h.exchange.Status > 299 {
		return nil, nil
	}
	if h.kind == "response" {
		return capture.Content(h.block, maxReread)
	}
	var file string
	var offset int64
	if found, err := t.row([]any{&file, &offset}, `SELECT file, offset FROM captures WHERE id = ?`, h.sameAs); err != nil || !found {
		return nil, errors.Join(err, errors.New("its payload is not there"))
	}
	_, block, err := warc.Load(filepath.Join(b.warcDir, file), offset, maxReread)
	if err != nil {
		return nil, err
	}
	payload, _ := capture.Payload(block)
	head, _ := capture.Split(h.block)
	return capture.Decode(payload, strings.Join(capture.HeadValues(head, "Content-Encoding"), ","), maxReread)
}

// validators gives a target the ones of its last kept answer, as a run does: of the answer itself, or after a 304 those it had.
func (b *rebuilder) validators(t *tx, target *scraper.Target, last *hop) error {
	switch {
	case target.Failures == 0 && target.State == scraper.StateKept && last.exchange.Status == 200 && last.exchange.URL == target.URL:
		target.ETag, target.LastModified = headerField(last.block, "ETag"), headerField(last.block, "Last-Modified")
	case target.Failures > 0 || target.State != scraper.StateKept || last.exchange.Status == 304:
		_, err := t.row([]any{&target.ETag, &target.LastModified}, `SELECT coalesce(etag, ''), coalesce(last_modified, '') FROM frontier WHERE site = ? AND key = ?`, target.Site, target.Key)
		return err
	}
	return nil
}

// crawlNote takes in what is noted of a run's beginning or end.
func (b *rebuilder) crawlNote(ctx context.Context, block []byte) error {
	var n crawlNote
	if err := json.Unmarshal(block, &n); err != nil || n.Crawl <= 0 {
		b.fault("what is noted of a run cannot be read: %v", err)
		return nil
	}
	var at time.Time
	if n.Info != nil {
		at = n.Info.Started
	} else if n.Ending != nil {
		at = n.Ending.Ended
	}
	return b.take(ctx, at, func() error { return b.noted(ctx, n) })
}

// noted saves what is noted of a run.
func (b *rebuilder) noted(ctx context.Context, n crawlNote) error {
	n.Crawl = b.run(n.Crawl)
	return b.a.write.do(ctx, func(t *tx) error {
		if n.Info != nil && !b.crawls[n.Crawl] {
			for _, s := range n.Info.Sites {
				if s.Profile != "" {
					delete(b.readers, s.ID)
					if _, err := b.reader(s); err != nil {
						return err
					}
				}
			}
			b.crawls[n.Crawl] = true
			if _, err := t.beginCrawl(n.Crawl, *n.Info); err != nil {
				return err
			}
		}
		if n.Ending != nil && b.crawls[n.Crawl] {
			return t.endCrawl(n.Crawl, *n.Ending)
		}
		return nil
	})
}

// reader gives what reads the site's pages, made once.
func (b *rebuilder) reader(s Site) (scraper.Reader, error) {
	if r := b.readers[s.ID]; r != nil {
		return r, nil
	}
	r, err := b.opts.Reader(s)
	if err != nil {
		return nil, fmt.Errorf("site %s: %w", s.ID, err)
	}
	b.readers[s.ID] = r
	return r, nil
}
