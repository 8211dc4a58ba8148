// Command interop reads WARC files with nlnwa/gowarc, which shares no code with
// package warc, at its strictest. It complains of whatever that reader complains of, of
// references that lead nowhere, and of payload digests that do not agree with
// net/http's reading of the message.
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/nlnwa/gowarc"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: interop FILE...")
		os.Exit(2)
	}
	c := checker{count: map[string]int{}, ids: map[string]bool{}}
	for _, path := range os.Args[1:] {
		c.path = path
		if err := c.file(); err != nil {
			c.complain("", "%v", err)
		}
	}
	for _, r := range c.refers {
		if !c.ids[r.to] {
			c.complaints++
			fmt.Fprintf(os.Stderr, "%s: record %s refers to %s, which is in none of the files\n", r.path, r.from, r.to)
		}
	}
	kinds := []string{}
	for kind, n := range c.count {
		kinds = append(kinds, fmt.Sprintf("%d %s", n, kind))
	}
	slices.Sort(kinds)
	fmt.Printf("gowarc, strict: %d files, %s, %d payloads, %d complaints\n", len(os.Args)-1, strings.Join(kinds, ", "), c.payloads, c.complaints)
	if c.complaints > 0 || len(c.ids) == 0 {
		os.Exit(1)
	}
}

type reference struct{ path, from, to string }

type checker struct {
	path       string
	count      map[string]int
	ids        map[string]bool
	refers     []reference
	payloads   int
	complaints int
}

func (c *checker) complain(id, format string, args ...any) {
	c.complaints++
	fmt.Fprintf(os.Stderr, "%s: %s %s\n", c.path, id, fmt.Sprintf(format, args...))
}

func (c *checker) file() error {
	r, err := gowarc.NewWarcFileReader(c.path, 0,
		// ErrWarn finds what ErrFail finds and goes on; each warning is a complaint here.
		gowarc.WithSyntaxErrorPolicy(gowarc.ErrFail), gowarc.WithSpecViolationPolicy(gowarc.ErrWarn),
		gowarc.WithUnknownRecordTypePolicy(gowarc.ErrFail), gowarc.WithAddMissingDigest(false),
		gowarc.WithAddMissingRecordId(false), gowarc.WithAddMissingContentLength(false),
		gowarc.WithFixDigest(false), gowarc.WithFixContentLength(false), gowarc.WithFixSyntaxErrors(false))
	if err != nil {
		return err
	}
	defer r.Close()
	for n := 0; ; n++ {
		rec, offset, validation, err := r.Next()
		if errors.Is(err, io.EOF) {
			if n == 0 {
				return errors.New("no records")
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("at %d: %w", offset, err)
		}
		for _, v := range *validation {
			c.violation(rec, v)
		}
		if n == 0 && rec.Type() != gowarc.Warcinfo {
			c.complain(rec.RecordId(), "the first record is %v, want warcinfo", rec.Type())
		}
		if err := c.record(rec); err != nil {
			c.complain(rec.RecordId(), "at %d: %v", offset, err)
		}
	}
}

func (c *checker) record(rec gowarc.WarcRecord) error {
	h := rec.WarcHeader()
	c.count[rec.Type().String()]++
	if c.ids[rec.RecordId()] {
		return errors.New("its id stands twice")
	}
	c.ids[rec.RecordId()] = true
	for _, field := range []string{gowarc.WarcConcurrentTo, gowarc.WarcRefersTo, gowarc.WarcWarcinfoID} {
		for _, to := range h.GetAll(field) {
			c.refers = append(c.refers, reference{c.path, rec.RecordId(), strings.Trim(to, "<>")})
		}
	}
	validation := &gowarc.Validation{}
	if err := rec.ValidateDigest(validation); err != nil {
		return err
	}
	for _, v := range *validation {
		c.violation(rec, v)
	}
	if block, ok := rec.Block().(gowarc.HttpResponseBlock); ok {
		return c.payload(rec, block)
	}
	return nil
}

// violation complains of what gowarc found, but for one thing: it digests chunks with
// their framing, while the standard's payload is without it (section 5.9). Method
// payload compares that digest in its place.
func (c *checker) violation(rec gowarc.WarcRecord, v error) {
	block, ok := rec.Block().(gowarc.HttpResponseBlock)
	if ok && isChunked(block) && strings.HasPrefix(v.Error(), "payload: wrong digest") {
		return
	}
	c.complain(rec.RecordId(), "%v", v)
}

// isChunked looks at the head itself: net/http takes the field out of its map.
func isChunked(block gowarc.HttpResponseBlock) bool {
	return bytes.Contains(bytes.ToLower(block.ProtocolHeaderBytes()), []byte("\ntransfer-encoding: chunked"))
}

// payload compares the stated digest with one of the body as net/http reads it off the wire.
func (c *checker) payload(rec gowarc.WarcRecord, block gowarc.HttpResponseBlock) error {
	stated := rec.WarcHeader().Get(gowarc.WarcPayloadDigest)
	if stated == "" {
		return nil
	}
	raw, err := block.RawBytes()
	if err != nil {
		return err
	}
	cut := rec.WarcHeader().Get(gowarc.WarcTruncated) != ""
	resp, err := http.ReadResponse(bufio.NewReader(raw), nil)
	if err != nil && cut {
		return nil // within the head
	}
	if err != nil {
		return fmt.Errorf("net/http cannot read it: %w", err)
	}
	sum := sha256.New()
	_, err = io.Copy(sum, resp.Body)
	if err != nil && !cut {
		return fmt.Errorf("net/http cannot read the body of a record that is not said to be cut: %w", err)
	}
	c.payloads++
	if got := "sha256:" + hex.EncodeToString(sum.Sum(nil)); got != stated {
		return fmt.Errorf("payload digest: stated %s, net/http's body has %s", stated, got)
	}
	return nil
}
