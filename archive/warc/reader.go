package warc

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"campusnews/scraper/capture"
)

// maxHead bounds a record's version line and named fields. wget and Heritrix stay below 4 KiB.
const maxHead = 256 << 10

// A Record is one record of a file. Its block is read once, and before the next record is asked for.
type Record struct {
	Version string // "WARC/1.1"
	Header  Header
	Offset  int64 // of the record in the file; with gzip, of the member it is in
	Skip    int64 // unpacked bytes of that member before the record; not 0 only where a tool packed several records as one
	Size    int64 // of the block: Content-Length

	block *io.LimitedReader
}

// Type gives WARC-Type in lower case.
func (r *Record) Type() string { return strings.ToLower(r.Header.Get("WARC-Type")) }

// ID gives WARC-Record-ID, angle brackets included.
func (r *Record) ID() string { return r.Header.Get("WARC-Record-ID") }

// URL gives WARC-Target-URI without the angle brackets that wget and others put around it.
func (r *Record) URL() string { return unbracket(r.Header.Get("WARC-Target-URI")) }

func unbracket(s string) string {
	if strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">") {
		return s[1 : len(s)-1]
	}
	return s
}

// Date gives WARC-Date in UTC, the zero time when it cannot be read.
func (r *Record) Date() time.Time { return parseDate(r.Header.Get("WARC-Date")) }

// parseDate also reads the shortened dates that WARC/1.1 allows: 2016, 2016-07, 2016-07-22.
func parseDate(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// IsHTTP says whether the block is an HTTP message.
func (r *Record) IsHTTP() bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/http")
}

// Block gives the record's block as it stands in the file. A file that ends
// within it gives io.ErrUnexpectedEOF.
func (r *Record) Block() io.Reader { return blockReader{r.block} }

type blockReader struct{ l *io.LimitedReader }

func (b blockReader) Read(p []byte) (int, error) {
	n, err := b.l.Read(p)
	if err == io.EOF && b.l.N > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// ReadBlock reads the whole block into memory. One that is larger than limit
// bytes is capture.ErrTooLarge and nothing is read.
func (r *Record) ReadBlock(limit int64) ([]byte, error) {
	if r.Size > limit {
		return nil, fmt.Errorf("block of %d bytes: %w", r.Size, capture.ErrTooLarge)
	}
	// Content-Length is a stranger's word: memory is taken as bytes come.
	b := bytes.NewBuffer(make([]byte, 0, min(r.Size, 1<<20)+bytes.MinRead)) // which a Buffer wants free to see the end
	if _, err := io.Copy(b, r.Block()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// ReadContent reads the block and gives what a page's reader wants: of an HTTP
// message the body with transfer and content codings taken off, else the block. Limit as for ReadBlock and capture.Content.
func (r *Record) ReadContent(limit int64) ([]byte, error) {
	b, err := r.ReadBlock(limit)
	if err != nil || !r.IsHTTP() {
		return b, err
	}
	return capture.Content(b, limit)
}

// A DamageError says where a file cannot be read and why. Next may be called
// again: it goes on with the next record that can be found.
type DamageError struct {
	Offset int64 // in the file
	Err    error
}

func (e *DamageError) Error() string { return fmt.Sprintf("damaged at %d: %v", e.Offset, e.Err) }

func (e *DamageError) Unwrap() error { return e.Err }

// A Reader goes through the records of a file: gzip with one record a member,
// as the standard wants it, gzip over the whole file, or not packed at all.
type Reader struct {
	src    io.ReaderAt
	size   int64
	closer io.Closer

	at       int64         // where the next member, or unpacked record, starts
	in       *bufio.Reader // over the file, from at or the current member on
	base     int64         // offset of in's first byte
	disk     *diskReader
	gz       *gzip.Reader
	body     *bufio.Reader // unpacked bytes, nil between members; in itself when the file is not packed
	unpacker *bufio.Reader // body of packed files, kept for the next member
	taken    *counting     // counts what body read
	packed   bool
	rec      *Record
	damage   bool   // the last Next failed
	ends     []byte // what stood after the last record's block: "\r\n\r\n" if all is well
}

// NewReader reads a WARC file of size bytes from src.
func NewReader(src io.ReaderAt, size int64) *Reader {
	r := &Reader{src: src, size: size}
	magic := make([]byte, 2)
	if n, _ := src.ReadAt(magic, 0); n == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		r.packed = true
	}
	return r
}

// OpenFile opens a WARC file for reading. The caller closes it.
func OpenFile(path string) (*Reader, error) {
	f, err := OpenHere(path)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r := NewReader(f, st.Size())
	r.closer = f
	return r, nil
}

// Close closes the file that OpenFile opened.
func (r *Reader) Close() error {
	if r.closer == nil {
		return nil
	}
	return r.closer.Close()
}

// Size gives the file's size in bytes when it was opened.
func (r *Reader) Size() int64 { return r.size }

// SeekTo makes Next give the record at offset, as Position or Record.Offset name it.
func (r *Reader) SeekTo(offset int64) {
	r.at, r.rec, r.body, r.damage = offset, nil, nil, false
}

// Load reads the record at offset of a file, its block into memory. The block
// may be at most limit bytes.
func Load(path string, offset, limit int64) (rec *Record, block []byte, err error) {
	r, err := OpenFile(path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if rec, block, err = r.Load(offset, limit); err != nil {
		return nil, nil, fmt.Errorf("record at %d of %s: %w", offset, path, err)
	}
	return rec, block, nil
}

// Load is the function Load for a file that is open already, for who reads many records of it.
func (r *Reader) Load(offset, limit int64) (rec *Record, block []byte, err error) {
	r.SeekTo(offset)
	if rec, err = r.Next(); err == nil {
		if block, err = rec.ReadBlock(limit); err == nil {
			err = r.checkMember()
		}
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, nil, err
	}
	return rec, block, nil
}

// checkMember reads on to where the member's checksum is compared.
func (r *Reader) checkMember() error {
	if err := r.finish(); err != nil {
		return err
	}
	if _, err := r.body.Peek(1); err != io.EOF {
		return err
	}
	return nil
}

// Next gives the next record, io.EOF after the last, or a *DamageError.
func (r *Reader) Next() (*Record, error) {
	if r.damage {
		r.damage = false
		if err := r.resync(); err != nil {
			return nil, err
		}
	}
	if err := r.finish(); err != nil {
		return nil, r.damaged(err)
	}
	for {
		if r.body == nil {
			if r.at >= r.size {
				return nil, io.EOF
			}
			if err := r.open(); err != nil {
				return nil, r.damaged(err)
			}
		}
		if _, err := r.body.Peek(1); err == nil {
			break
		} else if err != io.EOF {
			return nil, r.damaged(err)
		}
		r.at, r.body = r.position(), nil // the member or file is at its end
	}
	rec, err := r.head()
	if err != nil {
		return nil, r.damaged(err)
	}
	r.rec = rec
	return rec, nil
}

// damaged marks the reader and wraps err. An error of the disk is passed on as it is, with no way ahead.
func (r *Reader) damaged(err error) error {
	if r.disk != nil && r.disk.err != nil {
		return r.disk.err
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	r.damage = true
	return &DamageError{r.at, err}
}

// open starts at r.at: a gzip member, or the rest of an unpacked file.
func (r *Reader) open() error {
	if r.in != nil && r.disk.err == nil {
		// What is wanted next often stands in the buffer already, behind records passed over.
		if ahead := r.at - r.position(); ahead > 0 && ahead <= int64(r.in.Buffered()) {
			_, _ = r.in.Discard(int(ahead)) // what is buffered can be thrown away
		}
	}
	if r.in == nil || r.position() != r.at {
		r.disk = &diskReader{r: io.NewSectionReader(r.src, r.at, r.size-r.at)}
		r.base = r.at
		if r.in == nil {
			r.in = bufio.NewReaderSize(r.disk, 64<<10)
		} else {
			r.in.Reset(r.disk)
		}
	}
	if !r.packed {
		r.body = r.in
		return nil
	}
	var err error
	if r.gz == nil {
		r.gz, err = gzip.NewReader(r.in)
	} else {
		err = r.gz.Reset(r.in)
	}
	if err != nil {
		return err
	}
	r.gz.Multistream(false)
	r.taken = &counting{r: r.gz}
	if r.unpacker == nil {
		r.unpacker = bufio.NewReaderSize(r.taken, 16<<10)
	}
	r.unpacker.Reset(r.taken)
	r.body = r.unpacker
	return nil
}

// position is the offset in the file of the next byte that in gives.
func (r *Reader) position() int64 { return r.base + r.disk.n - int64(r.in.Buffered()) }

// unpacked is how many of the member's unpacked bytes have been taken from body.
func (r *Reader) unpacked() int64 { return r.taken.n - int64(r.body.Buffered()) }

// finish reads what is left of the record and the line ends after it.
func (r *Reader) finish() error {
	if r.rec == nil || r.body == nil {
		r.rec = nil
		return nil
	}
	rec := r.rec
	r.rec = nil
	if _, err := io.Copy(io.Discard, blockReader{rec.block}); err != nil {
		return err
	}
	for r.ends = r.ends[:0]; ; {
		b, err := r.body.Peek(1)
		if err != nil || b[0] != '\r' && b[0] != '\n' {
			break // an error comes again with the next read
		}
		if len(r.ends) < 8 {
			r.ends = append(r.ends, b[0])
		}
		r.body.Discard(1)
	}
	if !r.packed {
		r.at = r.position()
	}
	return nil
}

// head reads a record's version line and fields.
func (r *Reader) head() (*Record, error) {
	rec := &Record{Offset: r.at}
	if r.packed {
		rec.Skip = r.unpacked()
	}
	left := maxHead
	line, err := r.line(&left)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(line, "WARC/") {
		return nil, fmt.Errorf("no record starts here: %.40q", line)
	}
	rec.Version = line
	for {
		line, err := r.line(&left)
		if err != nil {
			return nil, err
		}
		if line == "" {
			break
		}
		if (line[0] == ' ' || line[0] == '\t') && len(rec.Header) > 0 { // folded
			last := &rec.Header[len(rec.Header)-1]
			last.Value += " " + strings.TrimSpace(line)
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("field without a colon: %.40q", line)
		}
		rec.Header = append(rec.Header, Field{strings.TrimSpace(name), strings.TrimSpace(value)})
	}
	length := rec.Header.Get("Content-Length")
	rec.Size, err = strconv.ParseInt(length, 10, 64)
	if err != nil || rec.Size < 0 {
		return nil, fmt.Errorf("content length %.40q", length)
	}
	rec.block = &io.LimitedReader{R: r.body, N: rec.Size}
	return rec, nil
}

// line reads a line without its end, at most *left bytes.
func (r *Reader) line(left *int) (string, error) {
	var long []byte
	for {
		part, err := r.body.ReadSlice('\n')
		if *left -= len(part); *left < 0 {
			return "", fmt.Errorf("record head of more than %d bytes", maxHead)
		}
		if err == bufio.ErrBufferFull {
			long = append(long, part...)
			continue
		}
		if err != nil {
			return "", err
		}
		if long != nil {
			part = append(long, part...)
		}
		return string(bytes.TrimRight(part, "\r\n")), nil
	}
}

// resync looks beyond the damage for the next record.
func (r *Reader) resync() error {
	r.rec, r.body, r.in = nil, nil, nil
	probe := new(gzip.Reader)
	for at := r.at + 1; ; at++ {
		next, err := findStart(r.src, at, r.size, r.packed)
		if err != nil {
			return err
		}
		if next < 0 {
			r.at = r.size
			return nil
		}
		if !r.packed || startsRecord(probe, r.src, next, r.size) {
			r.at = next
			return nil
		}
		at = next
	}
}

// startsRecord says whether a gzip member at offset unpacks to a record's first bytes.
func startsRecord(probe *gzip.Reader, src io.ReaderAt, offset, size int64) bool {
	if probe.Reset(bufio.NewReaderSize(io.NewSectionReader(src, offset, size-offset), 1<<10)) != nil {
		return false
	}
	start := make([]byte, 5)
	_, err := io.ReadFull(probe, start)
	return err == nil && string(start) == "WARC/"
}

// findStart gives the offset of the next thing that looks like a gzip member's
// or an unpacked record's start, -1 if there is none.
func findStart(src io.ReaderAt, from, size int64, packed bool) (int64, error) {
	mark := []byte("\nWARC/1.")
	skip := int64(1)
	if packed {
		mark, skip = []byte{0x1f, 0x8b, 8}, 0
	}
	buf := make([]byte, 256<<10)
	for at := from; at < size; {
		n, err := src.ReadAt(buf[:min(int64(len(buf)), size-at)], at)
		if err != nil && err != io.EOF {
			return -1, err
		}
		if i := bytes.Index(buf[:n], mark); i >= 0 {
			return at + int64(i) + skip, nil
		}
		if n < len(mark) {
			break
		}
		at += int64(n - len(mark) + 1)
	}
	return -1, nil
}

type counting struct {
	r io.Reader
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
