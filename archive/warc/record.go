package warc

import (
	"bytes"
	"strconv"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

// A record is about to be written.
type record struct {
	id     string
	kind   string
	date   time.Time
	fields Header // after type, id and date
	block  []byte
	digest string // of the block
}

func newRecord(kind string, date time.Time, block []byte) *record {
	return &record{id: newRecordID(), kind: kind, date: dateOf(date), block: block, digest: Digest(block)}
}

// rendered holds one or more records as they stand in the file, one gzip member each.
type rendered struct {
	bytes.Buffer
	gz    *gzip.Writer
	level int
	ends  []int // where each record ends
}

// maxPooled keeps a buffer that held one giant from staying in memory.
const maxPooled = 4 << 20

var renderPool = sync.Pool{New: func() any { return new(rendered) }}

func (r *rendered) free() {
	if r.Cap() <= maxPooled {
		renderPool.Put(r)
	}
}

// noTime is written as the zero that gzip means "no time stamp" by (RFC 1952);
// the zero time.Time would come out as some day in 2042, and memberStart would not match.
var noTime = time.Unix(0, 0)

// render compresses the records, each as a gzip member of its own, as annex D of the standard has it.
// No more callers do so at once than there are processors: each needs a mebibyte for it.
func (w *Writer) render(records ...*record) (*rendered, error) {
	w.packing <- struct{}{}
	defer func() { <-w.packing }()
	out := renderPool.Get().(*rendered)
	out.Reset()
	out.ends = out.ends[:0]
	if out.gz == nil || out.level != w.opts.Level {
		gz, err := gzip.NewWriterLevel(&out.Buffer, w.opts.Level)
		if err != nil {
			return nil, err
		}
		out.gz, out.level = gz, w.opts.Level
	}
	var head []byte
	for _, r := range records {
		out.gz.Reset(&out.Buffer)
		out.gz.ModTime = noTime
		head = r.head(head[:0])
		for _, part := range [][]byte{head, r.block, []byte("\r\n\r\n")} {
			if _, err := out.gz.Write(part); err != nil {
				return nil, err
			}
		}
		if err := out.gz.Close(); err != nil {
			return nil, err
		}
		out.ends = append(out.ends, out.Len())
	}
	return out, nil
}

// head appends the record's version line and named fields, blank line included.
func (r *record) head(b []byte) []byte {
	b = append(b, "WARC/1.1\r\n"...)
	line := func(name, value string) {
		b = append(b, name...)
		b = append(b, ": "...)
		b = append(b, value...)
		b = append(b, "\r\n"...)
	}
	line("WARC-Type", r.kind)
	line("WARC-Record-ID", r.id)
	line("WARC-Date", r.date.Format(DateFormat))
	for _, f := range r.fields {
		line(f.Name, f.Value)
	}
	line("WARC-Block-Digest", r.digest)
	line("Content-Length", strconv.Itoa(len(r.block)))
	return append(b, "\r\n"...)
}
