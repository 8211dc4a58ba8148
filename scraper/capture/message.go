package capture

import (
	"bytes"
	"iter"
	"strconv"
	"strings"
)

// Split cuts an HTTP/1.1 message into its head, blank line included, and its
// body as sent. Without a blank line all of it is head. Bare line feeds count as
// line ends, as RFC 9112 section 2.2 lets a recipient read them. The slices share msg's memory.
func Split(msg []byte) (head, body []byte) {
	for at := 0; ; {
		nl := bytes.IndexByte(msg[at:], '\n')
		if nl < 0 {
			return msg, nil
		}
		at += nl + 1
		switch {
		case bytes.HasPrefix(msg[at:], []byte("\n")):
			return msg[:at+1], msg[at+1:]
		case bytes.HasPrefix(msg[at:], []byte("\r\n")):
			return msg[:at+2], msg[at+2:]
		}
	}
}

// HeadStatus gives the status code of a response head, 0 if there is none.
func HeadStatus(head []byte) int {
	if !bytes.HasPrefix(head, []byte("HTTP/")) {
		return 0
	}
	_, rest, _ := bytes.Cut(head, []byte(" "))
	rest = bytes.TrimLeft(rest, " ")
	if len(rest) < 3 || len(rest) > 3 && rest[3] >= '0' && rest[3] <= '9' {
		return 0
	}
	n, err := strconv.Atoi(string(rest[:3]))
	if err != nil || n < 100 {
		return 0
	}
	return n
}

// HeadValues gives the values of a head's fields of that name, in order, without surrounding space.
func HeadValues(head []byte, name string) []string {
	var values []string
	for line := range bytes.Lines(head) {
		n, v, ok := bytes.Cut(line, []byte(":"))
		if ok && len(n) == len(name) && strings.EqualFold(string(n), name) {
			values = append(values, string(bytes.TrimSpace(v)))
		}
	}
	return values
}

// HeadValue gives the first of HeadValues, "" if there is none.
func HeadValue(head []byte, name string) string {
	if v := HeadValues(head, name); len(v) > 0 {
		return v[0]
	}
	return ""
}

// IsChunked says whether the last transfer coding of a message with this head
// is chunked (RFC 9112 section 6.3); only then is the body framed in chunks.
func IsChunked(head []byte) bool {
	v := HeadValues(head, "Transfer-Encoding")
	if len(v) == 0 {
		return false
	}
	last := v[len(v)-1]
	if i := strings.LastIndexByte(last, ','); i >= 0 {
		last = last[i+1:]
	}
	return strings.EqualFold(strings.TrimSpace(last), "chunked")
}

// maxChunkLine bounds a chunk's size line with its extensions.
const maxChunkLine = 8 << 10

// Pieces gives a message's payload in pieces, without copying: the body with
// its chunks' framing taken off and its content coding (gzip) kept. A cut or broken body gives what is there.
func Pieces(msg []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		head, body := Split(msg)
		if !inChunks(head, body) {
			if len(body) > 0 {
				yield(body)
			}
			return
		}
		eachChunk(body, yield)
	}
}

// Payload gives a message's payload (see Pieces) in one slice, which shares
// msg's memory unless the body is chunked. whole is false when a chunked body is
// cut or broken; a body cut short of its Content-Length counts as whole here.
func Payload(msg []byte) (payload []byte, whole bool) {
	head, body := Split(msg)
	if !inChunks(head, body) {
		return body, true
	}
	out := make([]byte, 0, len(body))
	whole = eachChunk(body, func(p []byte) bool {
		out = append(out, p...)
		return true
	})
	return out, whole
}

// inChunks says whether a body is framed in chunks. A body that is labelled
// so but does not begin with a chunk's size is not: some archives keep the label and take the chunks off.
func inChunks(head, body []byte) bool {
	if !IsChunked(head) {
		return false
	}
	line, _, _ := bytes.Cut(body[:min(len(body), maxChunkLine)], []byte("\n"))
	_, ok := chunkSize(line)
	return ok || len(body) == 0
}

// eachChunk calls f with the content of each chunk until f says no. It says
// whether the last chunk was reached.
func eachChunk(body []byte, f func([]byte) bool) (whole bool) {
	for {
		nl := bytes.IndexByte(body[:min(len(body), maxChunkLine)], '\n')
		if nl < 0 {
			return false
		}
		size, ok := chunkSize(body[:nl])
		if !ok {
			return false
		}
		if size == 0 {
			return true
		}
		body = body[nl+1:]
		if size >= int64(len(body)) {
			if len(body) > 0 {
				f(body)
			}
			return false
		}
		if !f(body[:size]) {
			return false
		}
		body = body[size:]
		switch {
		case bytes.HasPrefix(body, []byte("\r\n")):
			body = body[2:]
		case body[0] == '\n':
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

// dropInterim takes 1xx answers off the front: each is a message of its own
// and says nothing of the page. 101 is kept; it ends HTTP.
func dropInterim(raw []byte) []byte {
	for {
		head, body := Split(raw)
		status := HeadStatus(head)
		if status < 100 || status > 199 || status == 101 || len(head) == len(raw) {
			return raw
		}
		raw = body
	}
}
