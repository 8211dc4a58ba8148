package capture

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
)

// TestWithContent: the body goes to who asked for it, as far as it came and within his limit, and to nobody else.
func TestWithContent(t *testing.T) {
	bomb := zipped(strings.Repeat("\x00", 5<<20))
	for _, c := range []struct {
		name, answer string
		limit        int64
		body         string
		cut          error // nil = none; errAny = some
	}{
		{"plain", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 10, "hello", nil},
		{"packed", fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(zipped("hello")), zipped("hello")), 10, "hello", nil},
		{"none", "HTTP/1.1 304 Not Modified\r\n\r\n", 10, "", nil},
		{"at the limit", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 5, "hello", nil},
		{"over the limit", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 4, "hell", ErrTooLarge},
		{"bomb", fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(bomb), bomb), 3, "\x00\x00\x00", ErrTooLarge},
		{"cut", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", 100, "hello", errAny},
	} {
		address := serveRaw(t, func(_ int, _ string, conn net.Conn) {
			fmt.Fprint(conn, c.answer)
			conn.Close()
		})
		var body []byte
		var cut error
		calls := 0
		v := get(t, WithContent(t.Context(), c.limit, func(b []byte, err error) { body, cut, calls = b, err, calls+1 }), New(Options{}), address)
		if v.err != nil || v.body != "" || calls != 1 || string(body) != c.body {
			t.Errorf("%s: got %q in %d calls, %q by the response (%v), want %q in one, none by the response", c.name, body, calls, v.body, v.err, c.body)
		}
		if (cut != nil) != (c.cut != nil) || c.cut != errAny && !errors.Is(cut, c.cut) {
			t.Errorf("%s: cut by %v, want %v", c.name, cut, c.cut)
		}
		if len(v.exchanges) != 1 || len(v.exchanges[0].Response) != len(c.answer) {
			t.Errorf("%s: the exchange has not the whole answer", c.name)
		}
	}
}
