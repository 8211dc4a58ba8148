package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
)

// Pages of one site's archive lie where the archive is: a visit asks that worker for one, over NATS. It is an HTTP
// request without a body, and its answer comes in parts, each sent when the one before has been taken: so no
// answer is held in memory as a whole, a slow reader slows its own answer alone, and one who has left is noticed.

// ErrNotAnswered says that the worker asked did not answer.
var ErrNotAnswered = errors.New("no answer")

// A visitRequest asks for a page of a site's archive.
type visitRequest struct {
	Site   string      `json:"site"`
	Method string      `json:"method"` // GET or HEAD
	URI    string      `json:"uri"`    // path and query
	Host   string      `json:"host"`   // as the visitor wrote it
	Header http.Header `json:"header,omitempty"`
}

// Headers of a message that is a part of an answer.
const (
	visitPart   = "Campusnews-Part"   // head, body or end
	visitStatus = "Campusnews-Status" // of head; the other headers are the answer's
	visitPrefix = "Campusnews-Http-"
)

const (
	visitChunk    = 256 << 10        // bytes of a part; NATS takes a mebibyte unless told otherwise
	visitPatience = 5 * time.Second  // for the first part
	visitIdle     = 45 * time.Second // between two parts; longer than the beat of pages that stay open
	visitTaken    = 30 * time.Second // for a part to be taken
	maxVisits     = 64               // that a worker answers at the same time
)

// visitHeaders are what of a request goes on to the worker. Who may ask is settled before: no token travels.
var visitHeaders = []string{"Accept", "Accept-Datetime", "Accept-Language", "Cookie", "If-None-Match", "If-Modified-Since", "If-Range", "Range"}

func (f *Fleet) visitSubject(worker string) string { return f.Name + ".visit." + token(worker) }

// AnswerVisits lets a worker answer visits to the archives that it holds until ctx ends. open gives what answers for a site, and
// lets it go with done; its error is told as 503.
func (f *Fleet) AnswerVisits(ctx context.Context, worker, version string, open func(ctx context.Context, site string) (h http.Handler, done func(), err error)) error {
	s, err := micro.AddService(f.nc, micro.Config{
		Name: f.Name + "-visit", Version: "1.0.0", Description: "pages of the archives of one worker",
		Metadata: map[string]string{"worker": worker, "program": version}, QueueGroupDisabled: true,
	})
	if err != nil {
		return fmt.Errorf("answer visits: %w", err)
	}
	places := make(chan struct{}, maxVisits)
	err = s.AddEndpoint("visit", micro.HandlerFunc(func(r micro.Request) {
		w := &visitWriter{nc: f.nc, to: r.Reply(), header: http.Header{}}
		var q visitRequest
		if json.Unmarshal(r.Data(), &q) != nil || q.Method != http.MethodGet && q.Method != http.MethodHead {
			return
		}
		select {
		case places <- struct{}{}:
		default:
			go w.refuse(errors.New("too many visits at once"))
			return
		}
		go func() {
			defer func() { <-places }()
			visit, cancel := context.WithCancel(ctx)
			defer cancel()
			w.left = cancel
			h, done, err := open(visit, q.Site)
			if err != nil {
				w.refuse(err)
				return
			}
			defer done()
			w.serve(visit, h, q)
		}()
	}), micro.WithEndpointSubject(f.visitSubject(worker)))
	if err != nil {
		return errors.Join(fmt.Errorf("answer visits: %w", err), s.Stop())
	}
	context.AfterFunc(ctx, func() { _ = s.Stop() })
	return nil
}

// A visitWriter is the http.ResponseWriter of a visit.
type visitWriter struct {
	nc      *nats.Conn
	to      string
	left    context.CancelFunc // the visitor has gone
	header  http.Header
	status  int // 0 = not yet known
	pending bytes.Buffer
	sent    bool // the head
	err     error
}

func (w *visitWriter) serve(ctx context.Context, h http.Handler, q visitRequest) {
	u, err := url.ParseRequestURI(q.URI)
	if err != nil {
		w.refuse(err)
		return
	}
	req := (&http.Request{Method: q.Method, URL: u, RequestURI: q.URI, Host: q.Host, Header: q.Header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody}).WithContext(ctx)
	if req.Header == nil {
		req.Header = http.Header{}
	}
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler { //nolint:errorlint // as net/http compares it
			panic(p)
		} else if p == nil {
			w.end()
		} // an answer that was broken off gets no end, and the visitor sees that it is cut
	}()
	h.ServeHTTP(w, req)
}

// refuse answers why not. The message is for whoever keeps the fleet.
func (w *visitWriter) refuse(why error) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(why.Error()))
	w.end()
}

func (w *visitWriter) Header() http.Header { return w.header }

func (w *visitWriter) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
}

func (w *visitWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n := 0
	for len(b) > 0 && w.err == nil {
		part := b[:min(len(b), visitChunk-w.pending.Len())]
		w.pending.Write(part)
		n, b = n+len(part), b[len(part):]
		if w.pending.Len() == visitChunk {
			w.send("body")
		}
	}
	return n, w.err
}

// FlushError is what http.ResponseController calls.
func (w *visitWriter) FlushError() error {
	w.send("body")
	return w.err
}

// Flush implements http.Flusher.
func (w *visitWriter) Flush() { _ = w.FlushError() }

func (w *visitWriter) end() { w.send("end") }

// send sends what is pending, the head before it, and waits until it is taken.
func (w *visitWriter) send(part string) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if w.err != nil || w.to == "" {
		return
	}
	m := nats.NewMsg(w.to)
	m.Header.Set(visitPart, part)
	if !w.sent {
		w.sent = true
		m.Header.Set(visitStatus, strconv.Itoa(w.status))
		for name, values := range w.header {
			for _, v := range values {
				m.Header.Add(visitPrefix+name, v)
			}
		}
	}
	m.Data = w.pending.Bytes()
	if part == "end" {
		w.err = w.nc.PublishMsg(m) // nobody has to take an end
		return
	}
	if _, err := w.nc.RequestMsg(m, visitTaken); err != nil {
		w.err = fmt.Errorf("the visitor has left: %w", err)
		if w.left != nil {
			w.left()
		}
	}
	w.pending.Reset()
}

// Visit answers req from the archive of a site, by way of the worker that holds it. The error wraps ErrNotAnswered when
// nothing has been written yet; after that, an answer that is broken off ends in a panic with http.ErrAbortHandler, as in httputil.ReverseProxy.
func (f *Fleet) Visit(w http.ResponseWriter, req *http.Request, worker, site string) error {
	q := visitRequest{Site: site, Method: req.Method, URI: req.URL.RequestURI(), Host: req.Host, Header: http.Header{}}
	for _, name := range visitHeaders {
		if v := req.Header.Values(name); len(v) > 0 {
			q.Header[name] = v
		}
	}
	data, err := json.Marshal(q)
	if err != nil {
		return err
	}
	inbox := f.nc.NewInbox()
	sub, err := f.nc.SubscribeSync(inbox)
	if err != nil {
		return fmt.Errorf("visit %s at %s: %w", site, worker, err)
	}
	defer sub.Unsubscribe()
	if err := f.nc.PublishRequest(f.visitSubject(worker), inbox, data); err != nil {
		return fmt.Errorf("visit %s at %s: %w", site, worker, err)
	}
	rc := http.NewResponseController(w)
	begun := false
	for patience := visitPatience; ; patience = visitIdle {
		wait, cancel := context.WithTimeout(req.Context(), patience)
		m, err := sub.NextMsgWithContext(wait)
		cancel()
		switch {
		case err == nil:
		case req.Context().Err() != nil:
			return nil // the visitor has left, and the worker will find nobody there
		case begun:
			panic(http.ErrAbortHandler)
		default:
			return fmt.Errorf("visit %s at %s: %w: %v", site, worker, ErrNotAnswered, err)
		}
		if !begun {
			status, err := strconv.Atoi(m.Header.Get(visitStatus))
			if err != nil || status < 200 || status > 599 {
				return fmt.Errorf("visit %s at %s: %w: not an answer of ours", site, worker, ErrNotAnswered)
			}
			takeHeader(w.Header(), m.Header)
			w.WriteHeader(status)
			begun = true
		}
		_ = rc.SetWriteDeadline(time.Now().Add(2 * visitIdle)) // where it is not supported, there is none
		if len(m.Data) > 0 {
			if _, err := w.Write(m.Data); err != nil {
				return nil
			}
		}
		if m.Header.Get(visitPart) == "end" {
			return nil
		}
		_ = rc.Flush()
		if err := m.Respond(nil); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}

// takeHeader replaces what was set for another answer by what the worker says.
func takeHeader(to http.Header, from nats.Header) {
	for name, values := range from {
		if len(name) > len(visitPrefix) && name[:len(visitPrefix)] == visitPrefix {
			to[name[len(visitPrefix):]] = values
		}
	}
}
