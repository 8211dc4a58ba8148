package warc

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"campusnews/scraper/capture"
)

// The profiles of revisit records, section 6.7 of the standard.
const (
	ProfileIdentical   = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
	ProfileNotModified = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
)

// A Position says where a record stands and what it holds.
type Position struct {
	File          string    // name within the writer's folder
	Offset        int64     // of the record's gzip member in the file, bytes
	Length        int64     // of the gzip member, bytes
	Type          string    // "response" or "revisit"; "request" when nothing was answered
	RecordID      string    // "<urn:uuid:…>"
	Date          time.Time // UTC, as the record states it: milliseconds
	URL           string    // as WARC-Target-URI states it
	BlockDigest   string    // labelled
	PayloadDigest string    // labelled; of a 304 the original's; "" for a request and for an answer without a whole HTTP head
	PayloadSize   int64     // bytes, transfer coding taken off
	Span          Span      // all that was appended: this record, the request, the metadata
}

// An Original is the earlier capture a revisit record points back to.
type Original struct {
	RecordID      string
	URL           string
	Date          time.Time
	PayloadDigest string // needed for a 304 only; may be ""
}

// Revisits lets a Writer point back instead of storing the same bytes again. The zero value stores everything.
type Revisits struct {
	// SamePayload finds an earlier whole capture whose payload has the digest.
	// It is not asked about empty, cut or failed answers. nil = never.
	SamePayload func(payloadDigest string) (Original, bool)

	// NotModified is the capture whose validators the request carried. A 304
	// then becomes a revisit of it. nil = unknown; the 304 is stored as a response.
	NotModified *Original
}

// WriteExchange appends an exchange: its response (or a revisit that stands
// for it), then its request, each naming the other, then, if there are fields, a
// metadata record about the response. All of them are appended or none.
// The Position is of the response or revisit; of the request if nothing was
// answered; the zero Position if nothing was even sent and no fields were given.
// The bytes are on disk after Sync. An error names file and offset.
func (w *Writer) WriteExchange(x capture.Exchange, rv Revisits, metadata ...Field) (Position, error) {
	target := TargetURI(x.URL)
	var main *record
	var pos Position
	var records []*record
	if len(x.Response) > 0 {
		main, pos = responseRecord(x, target, rv)
		records = append(records, main)
	}
	if len(x.Request) > 0 {
		q := newRecord("request", x.Started, x.Request)
		q.fields.add("WARC-Target-URI", target)
		q.fields.add("WARC-IP-Address", fieldText(x.Remote))
		q.fields.add("Content-Type", "application/http; msgtype=request")
		if main != nil {
			main.fields.add("WARC-Concurrent-To", q.id)
			q.fields.add("WARC-Concurrent-To", main.id)
		} else {
			main = q
		}
		records = append(records, q)
	}
	if len(metadata) > 0 {
		records = append(records, metadataRecord(x, target, main, metadata))
	}
	if len(records) == 0 {
		return Position{}, nil
	}
	at, err := w.write(records)
	if err != nil {
		return Position{}, err
	}
	first := records[0]
	pos.File, pos.Offset, pos.Length, pos.Span = at.File, at.Offset, at.Length, at.Span
	pos.Type, pos.RecordID, pos.Date, pos.URL, pos.BlockDigest = first.kind, first.id, first.date, target, first.digest
	return pos, nil
}

// responseRecord makes the response or revisit record and fills in what its Position says of the payload.
func responseRecord(x capture.Exchange, target string, rv Revisits) (*record, Position) {
	if !wholeHead(x.Response) {
		// Cut within its head, or no HTTP at all. It is kept, but not called HTTP: strict readers refuse such a record.
		r := newRecord("response", x.Started, x.Response)
		r.fields.add("WARC-Target-URI", target)
		r.fields.add("WARC-IP-Address", fieldText(x.Remote))
		r.fields.add("WARC-Truncated", fieldText(x.Truncated))
		r.fields.add("Content-Type", "application/octet-stream")
		return r, Position{}
	}
	digest, size := PayloadDigest(x.Response)
	pos := Position{PayloadDigest: digest, PayloadSize: size}
	kind, block, profile, truncated := "response", x.Response, "", x.Truncated
	var orig Original
	switch {
	case x.Status == 304 && truncated == "" && rv.NotModified != nil:
		kind, profile, orig = "revisit", ProfileNotModified, *rv.NotModified
		pos.PayloadDigest = orig.PayloadDigest
	case size > 0 && truncated == "" && x.Err == nil && rv.SamePayload != nil:
		found, ok := rv.SamePayload(digest)
		if !ok {
			break
		}
		// The head is kept as evidence of this visit; section 6.7.2 asks for the
		// reason "length" where the payload is left out for being the same.
		kind, profile, orig, truncated = "revisit", ProfileIdentical, found, "length"
		block, _ = capture.Split(x.Response)
	}
	r := newRecord(kind, x.Started, block)
	r.fields.add("WARC-Target-URI", target)
	r.fields.add("WARC-IP-Address", fieldText(x.Remote))
	if profile != "" {
		r.fields.add("WARC-Profile", profile)
		r.fields.add("WARC-Refers-To", fieldText(orig.RecordID))
		r.fields.add("WARC-Refers-To-Target-URI", TargetURI(orig.URL))
		if !orig.Date.IsZero() {
			r.fields.add("WARC-Refers-To-Date", dateOf(orig.Date).Format(DateFormat))
		}
	}
	r.fields.add("WARC-Payload-Digest", pos.PayloadDigest)
	r.fields.add("WARC-Truncated", fieldText(truncated))
	r.fields.add("Content-Type", "application/http; msgtype=response")
	return r, pos
}

func wholeHead(response []byte) bool {
	head, _ := capture.Split(response)
	return capture.HeadStatus(head) != 0 && (bytes.HasSuffix(head, []byte("\n\r\n")) || bytes.HasSuffix(head, []byte("\n\n")))
}

func metadataRecord(x capture.Exchange, target string, about *record, fields []Field) *record {
	var b bytes.Buffer
	for _, f := range fields {
		name := strings.Map(func(r rune) rune {
			if r <= ' ' || r >= 0x7f || r == ':' {
				return '-'
			}
			return r
		}, f.Name)
		fmt.Fprintf(&b, "%s: %s\r\n", name, fieldText(f.Value))
	}
	m := newRecord("metadata", x.Started, b.Bytes())
	m.fields.add("WARC-Target-URI", target)
	if about != nil {
		m.fields.add("WARC-Concurrent-To", about.id)
	}
	m.fields.add("Content-Type", "application/warc-fields")
	return m
}

// write appends the records together and gives the position of the first.
func (w *Writer) write(records []*record) (Position, error) {
	for {
		info, err := w.current()
		if err != nil {
			return Position{}, err
		}
		for _, r := range records {
			r.fields = append(r.fields, Field{"WARC-Warcinfo-ID", info})
		}
		buf, err := w.render(records...)
		if err != nil {
			return Position{}, err
		}
		pos, ok, err := w.appendFor(info, buf, Digest(buf.Bytes()))
		buf.free()
		if ok || err != nil {
			return pos, err
		}
		// Another goroutine filled the file meanwhile; the next one has its own warcinfo.
		for _, r := range records {
			r.fields = r.fields[:len(r.fields)-1]
		}
	}
}

func (w *Writer) appendFor(info string, buf *rendered, sum string) (Position, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.ready(); err != nil {
		return Position{}, false, err
	}
	if w.infoID != info {
		return Position{}, false, nil
	}
	pos := Position{File: w.name, Offset: w.good, Length: int64(buf.ends[0]), Span: Span{w.good, int64(buf.Len()), sum}}
	err := w.append(buf)
	if err != nil {
		return Position{}, false, err
	}
	return pos, true, nil
}

// WriteMetadata appends a metadata record that is about no other record: about is an
// address of the writer's own (a URN), the block is of the content type. The bytes are on disk after Sync.
func (w *Writer) WriteMetadata(about, contentType string, date time.Time, block []byte) (Position, error) {
	r := newRecord("metadata", date, block)
	r.fields.add("WARC-Target-URI", TargetURI(about))
	r.fields.add("Content-Type", fieldText(contentType))
	pos, err := w.write([]*record{r})
	if err != nil {
		return Position{}, err
	}
	pos.Type, pos.RecordID, pos.Date, pos.URL, pos.BlockDigest = r.kind, r.id, r.date, TargetURI(about), r.digest
	return pos, nil
}
