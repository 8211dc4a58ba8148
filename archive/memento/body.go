package memento

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httputil"

	"campusnews/archive"
	"campusnews/archive/warc"
	"campusnews/scraper/capture"
)

// maxHead bounds the head of a captured answer.
const maxHead = 256 << 10

func isMissing(err error) bool { return errors.Is(err, archive.ErrNotFound) }

// A body is what a capture's record holds, read as it is sent on: of whatever length it is, little of it is in memory.
type body struct {
	head []byte    // of the answer that holds the bytes
	data io.Reader // transfer coding taken off, content coding as received
	file *warc.Reader
}

func (b *body) Close() error { return b.file.Close() }

// coding gives the answer's content coding as received, "" for none.
func (b *body) coding() string { return capture.HeadValue(b.head, "Content-Encoding") }

// holder gives the capture that holds another one's bytes.
func (h *Handler) holder(ctx context.Context, c archive.Capture) (archive.Capture, error) {
	if c.SameAs == 0 {
		return c, nil
	}
	return h.a.Capture(ctx, c.SameAs)
}

// open opens the body of a capture that holds its bytes itself.
func (h *Handler) open(ctx context.Context, c archive.Capture) (_ *body, err error) {
	file, err := h.a.OpenWARC(ctx, c.File)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("capture %d, %s at byte %d: %w", c.ID, c.File, c.Offset, err), file.Close())
		}
	}()
	rec, err := record(file, c)
	if err != nil {
		return nil, err
	}
	if rec.Type() != "response" {
		return nil, fmt.Errorf("the record there is a %s, not a response", rec.Type())
	}
	b := &body{file: file}
	if !rec.IsHTTP() { // cut within its head
		b.data = bytes.NewReader(nil)
		return b, nil
	}
	in := bufio.NewReaderSize(rec.Block(), 32<<10)
	if b.head, err = readHead(in); err != nil {
		return nil, err
	}
	if b.data = in; capture.IsChunked(b.head) {
		b.data = httputil.NewChunkedReader(in)
	}
	return b, nil
}

// head reads the head of a capture's own answer, of a revisit too.
func (h *Handler) head(ctx context.Context, c archive.Capture) (_ []byte, err error) {
	file, err := h.a.OpenWARC(ctx, c.File)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	rec, err := record(file, c)
	if err != nil {
		return nil, fmt.Errorf("capture %d, %s at byte %d: %w", c.ID, c.File, c.Offset, err)
	}
	return readHead(bufio.NewReader(rec.Block()))
}

// record goes to a capture's record and makes sure that it is its.
func record(file *warc.Reader, c archive.Capture) (*warc.Record, error) {
	file.SeekTo(c.Offset)
	rec, err := file.Next()
	if err != nil {
		return nil, err
	}
	if rec.URL() != warc.TargetURI(c.URL) {
		return nil, fmt.Errorf("the record there is of %s, not of %s", rec.URL(), c.URL)
	}
	return rec, nil
}

// readHead reads an answer's head, blank line included; one that is cut is what there is.
func readHead(in *bufio.Reader) ([]byte, error) {
	var head []byte
	for {
		line, err := in.ReadSlice('\n')
		if head = append(head, line...); len(head) > maxHead {
			return nil, fmt.Errorf("head of an answer of more than %d bytes", maxHead)
		}
		switch {
		case err == bufio.ErrBufferFull:
		case err == io.EOF:
			return head, nil
		case err != nil:
			return nil, err
		case len(bytes.TrimRight(line, "\r\n")) == 0:
			return head, nil
		}
	}
}

// content reads a body with its content coding taken off. capture.ErrTooLarge when it is larger than what is rewritten. A body that
// is cut or damaged gives what can be read of it.
func (b *body) content() ([]byte, error) {
	packed, err := io.ReadAll(io.LimitReader(b.data, maxPacked+1))
	if len(packed) > maxPacked {
		return nil, capture.ErrTooLarge
	}
	if err != nil && len(packed) == 0 {
		return nil, err
	}
	content, err := capture.Decode(packed, b.coding(), maxPage)
	if errors.Is(err, capture.ErrTooLarge) {
		return nil, err
	}
	return content, nil
}
