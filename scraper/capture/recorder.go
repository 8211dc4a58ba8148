package capture

import (
	"bytes"
	"net"
	"sync"
)

// A recorder collects what one exchange sends and receives.
type recorder struct {
	mu       sync.Mutex
	request  []byte
	response []byte
	lent     *[]byte // what response grows in, given back at the end
	limit    int64   // of response bytes
	over     bool    // more than limit arrived; the rest is dropped
	ended    error   // how reading the connection ended, nil while it has not
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

func (r *recorder) isOver() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.over
}

// stop ends the recording and gives what was recorded, 1xx answers left out.
// Later bytes on the connection are another exchange's.
func (r *recorder) stop() (request, response []byte) {
	if r.conn != nil {
		r.conn.detach(r)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := dropInterim(r.response)
	switch {
	case cap(r.response) > maxPooled:
		response = kept // a copy of the right size would take as much again, just now
	default:
		if len(kept) > 0 {
			response = bytes.Clone(kept)
		}
		*r.lent = r.response
		responsePool.Put(r.lent)
	}
	r.response, r.lent, r.limit = nil, nil, 0
	return r.request, response
}

// maxPooled keeps the buffer of one giant from staying in memory.
const maxPooled = 1 << 20

// responsePool lends the buffers that answers of unknown length grow in; what is kept is a copy of the right size.
var responsePool = sync.Pool{New: func() any { return new([]byte) }}

func newRecorder(limit int64) *recorder {
	lent := responsePool.Get().(*[]byte)
	return &recorder{limit: limit, response: (*lent)[:0], lent: lent}
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
