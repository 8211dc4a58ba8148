package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"campusnews/scraper/capture"
)

// A Problem is one thing that is wrong with a file.
type Problem struct {
	Offset   int64  // of the record, or of the damage
	RecordID string // "" when no record could be read there
	Text     string
}

func (p Problem) String() string {
	if p.RecordID == "" {
		return fmt.Sprintf("at %d: %s", p.Offset, p.Text)
	}
	return fmt.Sprintf("at %d, %s: %s", p.Offset, p.RecordID, p.Text)
}

// A Summary counts what Verify read.
type Summary struct {
	Records  map[string]int // by WARC-Type
	Digests  int            // compared
	Problems int
	Bytes    int64 // of the file
}

// maxVerifyBlock is the largest HTTP block whose payload digest is checked;
// its payload must be found in memory. Larger ones have their block digest checked.
const maxVerifyBlock = 256 << 20

// Verify reads a whole file and reports what is wrong with it: packing and
// framing, missing or double fields, digests of block and payload. It goes on
// behind damage. The error is of the disk, never of the file's contents.
func Verify(path string, report func(Problem)) (s Summary, err error) {
	r, err := OpenFile(path)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return r.Verify(report)
}

// Verify is the function of that name for the file, or the part of one, that r
// was made for: of a file that is being written, the part up to the last synced record.
func (r *Reader) Verify(report func(Problem)) (Summary, error) {
	return r.VerifyEach(report, func(*Record) {})
}

// VerifyEach is Verify for a caller who wants to see each record as well, its
// version line and fields; the block is Verify's to read.
func (r *Reader) VerifyEach(report func(Problem), each func(*Record)) (Summary, error) {
	s := Summary{Records: map[string]int{}, Bytes: r.size}
	v := verifier{r: r, s: &s, report: report, each: each, ids: map[string]bool{}}
	err := v.run()
	return s, err
}

type verifier struct {
	r      *Reader
	s      *Summary
	report func(Problem)
	each   func(*Record)
	ids    map[string]bool
	last   *Record
}

func (v *verifier) problem(rec *Record, format string, args ...any) {
	v.s.Problems++
	v.report(Problem{rec.Offset, rec.ID(), fmt.Sprintf(format, args...)})
}

func (v *verifier) run() error {
	for {
		rec, err := v.r.Next()
		var damage *DamageError
		if v.last != nil && (err == nil || err == io.EOF) && string(v.r.ends) != "\r\n\r\n" {
			v.problem(v.last, "%q follows the block, want two line ends", v.r.ends)
		}
		v.last = nil
		switch {
		case err == io.EOF:
			return nil
		case errors.As(err, &damage):
			v.s.Problems++
			v.report(Problem{Offset: damage.Offset, Text: damage.Err.Error()})
			continue
		case err != nil:
			return err
		}
		v.s.Records[rec.Type()]++
		v.each(rec)
		v.fields(rec)
		if err := v.digests(rec); err != nil {
			continue // Next says it again, with the place
		}
		v.last = rec
	}
}

// fields checks what every record must state, section 5.1 of the standard.
func (v *verifier) fields(rec *Record) {
	if rec.Version != "WARC/1.0" && rec.Version != "WARC/1.1" {
		v.problem(rec, "version %q", rec.Version)
	}
	if rec.Skip > 0 {
		v.problem(rec, "shares a gzip member with another record")
	}
	for _, name := range []string{"WARC-Type", "WARC-Record-ID", "WARC-Date", "Content-Length"} {
		n := 0
		for _, f := range rec.Header {
			if strings.EqualFold(f.Name, name) {
				n++
			}
		}
		if n != 1 {
			v.problem(rec, "%d fields %s, want 1", n, name)
		}
	}
	if rec.Date().IsZero() {
		v.problem(rec, "date %q", rec.Header.Get("WARC-Date"))
	}
	switch rec.Type() {
	case "response", "resource", "request", "revisit", "conversion", "continuation":
		if rec.URL() == "" {
			v.problem(rec, "no WARC-Target-URI")
		}
	}
	if id := rec.ID(); id != "" {
		if v.ids[id] {
			v.problem(rec, "its id stands twice in the file")
		}
		v.ids[id] = true
	}
}

// digests compares what the record states with what it holds. The error is of reading the block.
func (v *verifier) digests(rec *Record) error {
	blockSum := v.checker(rec, "WARC-Block-Digest")
	var payloadSum *checker
	if t := rec.Type(); t == "response" || t == "resource" {
		payloadSum = v.checker(rec, "WARC-Payload-Digest")
	}
	if payloadSum == nil || !rec.IsHTTP() || rec.Size > maxVerifyBlock {
		var both []io.Writer
		for _, c := range []*checker{blockSum, payloadSum} {
			if c != nil && (c == blockSum || !rec.IsHTTP()) {
				both = append(both, c)
			}
		}
		if _, err := io.Copy(io.MultiWriter(append(both, io.Discard)...), rec.Block()); err != nil {
			return err
		}
		if rec.IsHTTP() {
			payloadSum = nil
		}
	} else {
		block, err := rec.ReadBlock(maxVerifyBlock)
		if err != nil {
			return err
		}
		if blockSum != nil {
			blockSum.Write(block)
		}
		for p := range capture.Pieces(block) {
			payloadSum.Write(p)
		}
	}
	v.compare(rec, "block", blockSum)
	v.compare(rec, "payload", payloadSum)
	return nil
}

func (v *verifier) checker(rec *Record, field string) *checker {
	labelled := rec.Header.Get(field)
	if labelled == "" {
		return nil
	}
	c, err := newChecker(labelled)
	if err != nil {
		v.problem(rec, "%s: %v", field, err)
	}
	return c
}

func (v *verifier) compare(rec *Record, what string, c *checker) {
	if c == nil {
		return
	}
	v.s.Digests++
	if !c.ok() {
		v.problem(rec, "the %s does not have the digest it states", what)
	}
}

// A Span is what one WriteExchange appended.
type Span struct {
	Offset, Length int64
	Sum            string // labelled digest of the bytes as packed
}

// VerifySpan says whether a span's bytes in the file are the ones that were
// written, packing included. It finds what the records' own digests cannot: a
// flipped bit in a gzip header or in padding. The error is nil, of the disk, or a *DamageError.
func VerifySpan(src io.ReaderAt, s Span) error {
	c, err := newChecker(s.Sum)
	if err != nil {
		return err
	}
	n, err := io.Copy(c, io.NewSectionReader(src, s.Offset, s.Length))
	switch {
	case err != nil:
		return err
	case n != s.Length:
		return &DamageError{s.Offset, io.ErrUnexpectedEOF}
	case !bytes.Equal(c.Sum(nil), c.want):
		return &DamageError{s.Offset, errors.New("not the bytes that were written")}
	}
	return nil
}
