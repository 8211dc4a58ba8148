package capture

import (
	"net"
	"sync"
)

// A recorder collects what one exchange sends and receives.
type recorder struct {
	mu       sync.Mutex
	request  []byte
	response []byte
	limit    int64 // of response bytes
	over     bool  // more than limit arrived; the rest is dropped
	ended    error // how reading the connection ended, nil while it has not
	conn     *conn
	remote   string
}

// sending notes p before it is sent: the answer may be here before the writer
// is told that it has written.
func (r *recorder) sending(p []byte) {
	r.mu.Lock()
	r.request = append(r.request, p...)
	r.mu.Unlock()
}

// unsent takes back the last n bytes.
func (r *recorder) unsent(n int) {
	r.mu.Lock()
	r.request = r.request[:len(r.request)-n]
	r.mu.Unlock()
}

func (r *recorder) received(p []byte, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = err
	if room := r.limit - int64(len(r.response)); int64(len(p)) > room {
		p, r.over = p[:max(room, 0)], true
	}
	r.response = append(r.response, p...)
}

// expect makes room for n more bytes of response.
func (r *recorder) expect(n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n = min(n, r.limit-int64(len(r.response)))
	if n > int64(cap(r.response)-len(r.response)) {
		grown := make([]byte, len(r.response), int64(len(r.response))+n)
		copy(grown, r.response)
		r.response = grown
	}
}

func (r *recorder) isOver() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.over
}

// stop ends the recording and gives what was recorded. Later bytes on the connection are another exchange's.
func (r *recorder) stop() (request, response []byte) {
	if r.conn != nil {
		r.conn.detach(r)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.request, r.response
}

func (r *recorder) end() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended
}

// A conn copies what passes to the recorder of the exchange that has it. For
// https it lies above TLS, so what it sees is HTTP in either case.
type conn struct {
	net.Conn
	remote string // IP address of the peer; "" when it is a proxy's or none

	mu  sync.Mutex
	rec *recorder // nil between exchanges
}

func (c *conn) attach(r *recorder) {
	c.mu.Lock()
	c.rec = r
	c.mu.Unlock()
	r.conn, r.remote = c, c.remote
}

func (c *conn) detach(r *recorder) {
	c.mu.Lock()
	if c.rec == r {
		c.rec = nil
	}
	c.mu.Unlock()
}

func (c *conn) current() *recorder {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rec
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if r := c.current(); r != nil {
		r.received(p[:n], err)
	}
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	r := c.current()
	if r != nil {
		r.sending(p)
	}
	n, err := c.Conn.Write(p)
	if r != nil && n < len(p) {
		r.unsent(len(p) - n)
	}
	return n, err
}
