package replay

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"campusnews/scraper/capture"
)

// maxRequest bounds the bytes of a request that wait for their end.
const maxRequest = 1 << 20

// A conn is the client's end of a connection whose other end is a function: a
// request is answered within the Write that completes it, so there is no
// goroutine to hand over to and none to leave behind.
type conn struct {
	serve func(*http.Request) reply

	mu       sync.Mutex
	changed  sync.Cond
	in       []byte   // of a request not yet whole
	out      [][]byte // of replies not yet read
	ended    bool     // the server's end is closed
	closed   bool
	deadline time.Time
	timer    *time.Timer
}

func newConn(serve func(*http.Request) reply) *conn {
	c := &conn{serve: serve}
	c.changed.L = &c.mu
	return c
}

func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.ended {
		return 0, net.ErrClosed
	}
	c.in = append(c.in, p...)
	for !c.ended {
		head, body := capture.Split(c.in)
		if len(head) == len(c.in) && !bytes.HasSuffix(head, []byte("\n\r\n")) {
			if len(c.in) > maxRequest {
				c.ended = true
			}
			break
		}
		req, err := http.ReadRequest(bufio.NewReaderSize(bytes.NewReader(head), 4<<10))
		if err != nil || req.ContentLength < 0 || req.ContentLength > maxRequest {
			c.out = append(c.out, []byte("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
			c.ended = true
			break
		}
		if int64(len(body)) < req.ContentLength {
			break
		}
		rep := c.serve(req)
		c.in = append(c.in[:0], body[req.ContentLength:]...)
		c.out = append(c.out, rep.head)
		if len(rep.body) > 0 {
			c.out = append(c.out, rep.body)
		}
		c.ended = rep.close || req.Close
	}
	c.changed.Broadcast()
	return len(p), nil
}

func (c *conn) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		switch {
		case c.closed:
			return 0, net.ErrClosed
		case len(c.out) > 0:
			n := 0
			for n < len(p) && len(c.out) > 0 {
				m := copy(p[n:], c.out[0])
				n += m
				if c.out[0] = c.out[0][m:]; len(c.out[0]) == 0 {
					c.out = c.out[1:]
				}
			}
			return n, nil
		case c.ended:
			return 0, io.EOF
		case !c.deadline.IsZero() && !time.Now().Before(c.deadline):
			return 0, os.ErrDeadlineExceeded
		case len(p) == 0:
			return 0, nil
		}
		c.changed.Wait()
	}
}

func (c *conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return net.ErrClosed
	}
	c.closed, c.out, c.in = true, nil, nil
	if c.timer != nil {
		c.timer.Stop()
	}
	c.changed.Broadcast()
	return nil
}

// SetReadDeadline wakes a waiting Read at t; the zero time means never.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deadline = t
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
	if !t.IsZero() {
		c.timer = time.AfterFunc(time.Until(t), func() {
			c.mu.Lock()
			c.changed.Broadcast()
			c.mu.Unlock()
		})
	}
	c.changed.Broadcast()
	return nil
}

// SetWriteDeadline does nothing: a Write never waits.
func (c *conn) SetWriteDeadline(time.Time) error { return nil }

func (c *conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// addr is no address of any machine.
type addr struct{}

func (addr) Network() string { return "replay" }
func (addr) String() string  { return "replay" }

func (c *conn) LocalAddr() net.Addr  { return addr{} }
func (c *conn) RemoteAddr() net.Addr { return addr{} }
