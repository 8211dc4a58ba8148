package capture

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

func TestSplitAndHeads(t *testing.T) {
	for _, c := range []struct{ name, msg, head, body string }{
		{"usual", "HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody\r\n\r\nmore", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "body\r\n\r\nmore"},
		{"bare line feeds", "HTTP/1.0 200 OK\nA: b\n\nbody", "HTTP/1.0 200 OK\nA: b\n\n", "body"},
		{"no fields", "HTTP/1.1 204 No\r\n\r\n", "HTTP/1.1 204 No\r\n\r\n", ""},
		{"cut", "HTTP/1.1 200 OK\r\nA: b\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n", ""},
		{"empty", "", "", ""},
	} {
		if head, body := Split([]byte(c.msg)); string(head) != c.head || string(body) != c.body {
			t.Errorf("%s: got %q and %q, want %q and %q", c.name, head, body, c.head, c.body)
		}
	}
	for line, want := range map[string]int{"HTTP/1.1 200 OK": 200, "HTTP/2 404": 404, "HTTP/1.1  301 x": 301, "HTTP/1.1 20": 0, "HTTP/1.1 2000 x": 0, "HTTP/1.1 abc": 0, "SSH-2.0 200": 0, "": 0, "HTTP/1.1 -12": 0} {
		if got := HeadStatus([]byte(line)); got != want {
			t.Errorf("%q: got %d, want %d", line, got, want)
		}
	}
}

func TestContent(t *testing.T) {
	var deflated, bare, br bytes.Buffer
	zw := zlib.NewWriter(&deflated)
	io.WriteString(zw, "hello")
	zw.Close()
	fw, _ := flate.NewWriter(&bare, 6)
	io.WriteString(fw, "hello")
	fw.Close()
	bw := brotli.NewWriter(&br)
	io.WriteString(bw, "hello")
	bw.Close()
	for _, c := range []struct {
		name, head, body string
		want             string
		err              error
	}{
		{name: "plain", body: "hello", want: "hello"},
		{name: "gzip", head: "Content-Encoding: gzip", body: zipped("hello"), want: "hello"},
		{name: "x-gzip in capitals", head: "content-encoding: X-GZIP", body: zipped("hello"), want: "hello"},
		{name: "gzip in chunks", head: "Content-Encoding: gzip\r\nTransfer-Encoding: chunked", body: "5\r\n" + zipped("hello")[:5] + "\r\n100\r\n" + zipped("hello")[5:], want: "hello"},
		{name: "gzip as transfer coding", head: "Transfer-Encoding: gzip, chunked", body: "100\r\n" + zipped("hello"), want: "hello"},
		{name: "zlib", head: "Content-Encoding: deflate", body: deflated.String(), want: "hello"},
		{name: "bare deflate", head: "Content-Encoding: deflate", body: bare.String(), want: "hello"},
		{name: "brotli", head: "Content-Encoding: br", body: br.String(), want: "hello"},
		{name: "twice", head: "Content-Encoding: gzip\r\nContent-Encoding: br", body: func() string {
			var b bytes.Buffer
			w := brotli.NewWriter(&b)
			io.WriteString(w, zipped("hello"))
			w.Close()
			return b.String()
		}(), want: "hello"},
		{name: "wrong label", head: "Content-Encoding: gzip", body: "hello", want: "hello"},
		{name: "no coding at all", head: "Content-Encoding: utf-8", body: "hello", want: "hello"},
		{name: "identity", head: "Content-Encoding: identity", body: "hello", want: "hello"},
		{name: "cut gzip", head: "Content-Encoding: gzip", body: zipped("hello")[:16], want: "hello", err: io.ErrUnexpectedEOF},
		{name: "over the limit", body: strings.Repeat("x", 200), want: strings.Repeat("x", 100), err: ErrTooLarge},
		{name: "over the limit, packed", head: "Content-Encoding: gzip", body: zipped(strings.Repeat("x", 200)), want: strings.Repeat("x", 100), err: ErrTooLarge},
		{name: "broken chunks", head: "Transfer-Encoding: chunked", body: "3\r\nhel\r\nzz\r\nlo", want: "hel"},
		{name: "huge chunk", head: "Transfer-Encoding: chunked", body: "7fffffffffffffff\r\nhello", want: "hello"},
		{name: "chunk size too large for a number", head: "Transfer-Encoding: chunked", body: "fffffffffffffffff\r\nhello", want: "fffffffffffffffff\r\nhello"},
		{name: "label kept, chunks taken off", head: "Transfer-Encoding: chunked", body: "<p>hello</p>", want: "<p>hello</p>"},
		{name: "four codings", head: "Content-Encoding: gzip, gzip, gzip, gzip", body: "hello", want: "hello", err: errAny},
		{name: "zstd", head: "Content-Encoding: zstd", body: "hello", want: "hello", err: errAny},
	} {
		t.Run(c.name, func(t *testing.T) {
			head := "HTTP/1.1 200 OK\r\n"
			if c.head != "" {
				head += c.head + "\r\n"
			}
			got, err := Content([]byte(head+"\r\n"+c.body), 100)
			if string(got) != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if c.err == errAny && err == nil || c.err != errAny && !errors.Is(err, c.err) {
				t.Errorf("got error %v, want %v", err, c.err)
			}
		})
	}
}

var errAny = errors.New("any")

// FuzzMessage holds the reading of messages to this: pieces join to the payload,
// nothing comes out that was not in, limits hold, and where net/http reads a whole
// body, it is the same body.
func FuzzMessage(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nT: x\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + zipped("hello"),
		"HTTP/1.1 200 OK\r\nContent-Encoding: br, deflate\r\n\r\nxyz",
		"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\nTransfer-Encoding: gzip,chunked\n\n1\nx\n0\n\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, msg []byte) {
		payload, whole := Payload(msg)
		var joined []byte
		for p := range Pieces(msg) {
			if len(p) == 0 {
				t.Fatal("an empty piece")
			}
			joined = append(joined, p...)
		}
		if !bytes.Equal(joined, payload) || len(payload) > len(msg) {
			t.Fatalf("pieces %q, payload %q", joined, payload)
		}
		content, _ := Content(msg, 1000)
		if len(content) > 1000 {
			t.Fatalf("content of %d bytes", len(content))
		}
		again, _ := Content(msg, 1000)
		if !bytes.Equal(content, again) {
			t.Fatal("two contents of one message")
		}
		resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(msg)), nil)
		if err != nil || resp.ContentLength >= 0 || resp.StatusCode < 200 || resp.StatusCode == 204 || resp.StatusCode == 304 {
			return
		}
		theirs, err := io.ReadAll(resp.Body)
		if head, body := Split(msg); err == nil && whole && IsChunked(head) == (len(resp.TransferEncoding) > 0) && !bytes.Equal(theirs, payload) && inChunks(head, body) {
			t.Fatalf("net/http reads %q, we read %q", theirs, payload)
		}
	})
}
