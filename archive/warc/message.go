package warc

import (
	"bytes"
	"crypto/sha256"
	"io"
	"strconv"
	"strings"
)

// headEnd gives the length of an HTTP message's head, blank line included, or
// -1 when the blank line never comes. Bare line feeds count, as RFC 9112
// section 2.2 lets a recipient read them.
func headEnd(b []byte) int {
	for at := 0; ; {
		nl := bytes.IndexByte(b[at:], '\n')
		if nl < 0 {
			return -1
		}
		at += nl + 1
		switch {
		case bytes.HasPrefix(b[at:], []byte("\n")):
			return at + 1
		case bytes.HasPrefix(b[at:], []byte("\r\n")):
			return at + 2
		}
	}
}

// headerValues gives the values of an HTTP head's fields of that name, in order.
func headerValues(head []byte, name string) []string {
	var values []string
	for line := range bytes.Lines(head) {
		n, v, ok := bytes.Cut(line, []byte(":"))
		if ok && len(n) == len(name) && strings.EqualFold(string(n), name) {
			values = append(values, string(bytes.TrimSpace(v)))
		}
	}
	return values
}

func headerValue(head []byte, name string) string {
	if v := headerValues(head, name); len(v) > 0 {
		return v[0]
	}
	return ""
}

// isChunked says whether the message's last transfer coding is chunked
// (RFC 9112 section 6.3); only then is the body framed in chunks.
func isChunked(head []byte) bool {
	v := headerValues(head, "Transfer-Encoding")
	if len(v) == 0 {
		return false
	}
	last := v[len(v)-1]
	if i := strings.LastIndexByte(last, ','); i >= 0 {
		last = last[i+1:]
	}
	return strings.EqualFold(strings.TrimSpace(last), "chunked")
}

// splitMessage cuts an HTTP message into head and body as sent. Without a blank line all of it is head.
func splitMessage(b []byte) (head, body []byte) {
	if n := headEnd(b); n >= 0 {
		return b[:n], b[n:]
	}
	return b, nil
}

// maxChunkLine bounds a chunk's size line with its extensions.
const maxChunkLine = 8 << 10

// eachChunk calls f with the pieces of a chunked body's content and says
// whether the body is whole, its last chunk included. A cut or broken body gives what could be read.
func eachChunk(body []byte, f func([]byte)) (whole bool) {
	for {
		nl := bytes.IndexByte(body[:min(len(body), maxChunkLine)], '\n')
		if nl < 0 {
			return false
		}
		size, ok := chunkSize(body[:nl])
		if !ok {
			return false
		}
		body = body[nl+1:]
		if size == 0 {
			return true
		}
		if size > int64(len(body)) {
			f(body)
			return false
		}
		f(body[:size])
		body = body[size:]
		switch {
		case bytes.HasPrefix(body, []byte("\r\n")):
			body = body[2:]
		case bytes.HasPrefix(body, []byte("\n")):
			body = body[1:]
		default:
			return false
		}
	}
}

// chunkSize reads a chunk's size line without its line feed.
func chunkSize(line []byte) (int64, bool) {
	if i := bytes.IndexByte(line, ';'); i >= 0 {
		line = line[:i]
	}
	size, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 63)
	return int64(size), err == nil
}

// Payload gives an HTTP message's payload: the body with its transfer coding
// (chunks) taken off and its content coding (gzip) kept, which is what WARC
// digests are taken of. whole is false when a chunked body is cut or broken. The slice may share b's memory.
func Payload(b []byte) (payload []byte, whole bool) {
	head, body := splitMessage(b)
	if !isChunked(head) {
		return body, true
	}
	var out bytes.Buffer
	out.Grow(len(body))
	whole = eachChunk(body, func(p []byte) { out.Write(p) })
	return out.Bytes(), whole
}

// PayloadDigest gives the labelled digest of an HTTP message's payload (see
// Payload) and the payload's size in bytes.
func PayloadDigest(b []byte) (digest string, size int64) {
	head, body := splitMessage(b)
	if !isChunked(head) {
		return Digest(body), int64(len(body))
	}
	h := sha256.New()
	n := &counter{w: h}
	eachChunk(body, func(p []byte) { n.Write(p) })
	return label(h.Sum(nil)), n.n
}

// A counter counts what passes to w.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
