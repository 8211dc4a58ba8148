package capture

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// ErrLost is the Err of an attempt whose kept-alive connection died after the request
// was sent and before any answer came; net/http then sends the request again on
// another one, and that is an Exchange of its own.
var ErrLost = errors.New("connection lost before an answer; sent again")

// Options say how a Transport connects and what it bounds. Zero means the default.
type Options struct {
	MaxBytes   int64 // wire bytes kept of one response, head included; 0 = 64 MiB. What is longer is cut and flagged "length".
	MaxContent int64 // bytes handed to the caller after unpacking; 0 = 128 MiB

	Timeout        time.Duration // a whole exchange, connecting included; 0 = 2 minutes
	ConnectTimeout time.Duration // TCP, and TLS again as much; 0 = 15 s
	HeaderTimeout  time.Duration // from the request sent to the response head; 0 = 1 minute
	IdleTimeout    time.Duration // how long an unused connection is kept; 0 = 90 s
	IdlePerHost    int           // unused connections kept a host; 0 = 2

	// TLS is copied, with HTTP/1.1 as the only protocol. nil checks certificates
	// against the system's roots and tolerates old versions and ciphers.
	TLS *tls.Config

	// Proxy picks the proxy for an address, nil = none. The default follows
	// HTTP_PROXY, HTTPS_PROXY and NO_PROXY as they are when New is called.
	// Schemes: http, https, socks5, socks5h.
	Proxy func(*url.URL) (*url.URL, error)

	// Permit may forbid an address after the name was resolved, by an error,
	// which then is wrapped by the exchange's. nil permits all. Of what is fetched
	// through a proxy only addresses written as numbers are seen here.
	Permit func(netip.Addr) error

	// Resolver finds the addresses of names; nil = net.DefaultResolver.
	Resolver *net.Resolver

	// Dial makes the connections, for instance to saved pages; then Proxy and Permit are not
	// used. DialTLS makes those for https, which then carry plain HTTP; without it TLS is spoken over Dial's.
	Dial    func(ctx context.Context, network, addr string) (net.Conn, error)
	DialTLS func(ctx context.Context, network, addr string) (net.Conn, error)
}

// A Transport is an http.RoundTripper that keeps the exact bytes of every
// exchange. It speaks HTTP/1.1 only, keeps connections alive, and reads the
// whole response before RoundTrip returns, so that the Exchange is complete
// whatever the caller does with the body.
//
// A body that was cut (by the peer, a limit or a time-out) is handed to the
// caller as far as it came, and then gives the error; what came is in the
// Exchange. Content codings are taken off (Uncompressed is set, so that nobody above unpacks again).
type Transport struct {
	opts Options
	base *http.Transport
}

type sinkKey struct{}
type limitKey struct{}
type proxyKey struct{}
type contentKey struct{}

// WithSink gives a context whose requests hand their finished Exchanges to
// sink: each hop of a redirect chain and each lost attempt, in order, before RoundTrip returns, in the
// goroutine that called it. The sink owns the Exchange's bytes.
func WithSink(ctx context.Context, sink func(Exchange)) context.Context {
	return context.WithValue(ctx, sinkKey{}, sink)
}

// WithMaxBytes gives a context whose requests have another limit than Options.MaxBytes.
func WithMaxBytes(ctx context.Context, n int64) context.Context {
	return context.WithValue(ctx, limitKey{}, n)
}

// WithContent gives a context whose requests hand the body, content codings taken off, to take instead of to who reads
// the response, which has none then: a reader would copy it. At most limit bytes; the error is what cut the body, ErrTooLarge for the limit. take is
// called in the goroutine that called RoundTrip, after the sink, for each response; it owns the bytes but may only read
// them: they can be the Exchange's.
func WithContent(ctx context.Context, limit int64, take func(body []byte, err error)) context.Context {
	return context.WithValue(ctx, contentKey{}, content{limit, take})
}

type content struct {
	limit int64
	take  func([]byte, error)
}

// New gives a Transport. It may be used from several goroutines.
func New(opts Options) *Transport {
	setDefault(&opts.MaxBytes, 64<<20)
	setDefault(&opts.MaxContent, 128<<20)
	setDefault(&opts.Timeout, 2*time.Minute)
	setDefault(&opts.ConnectTimeout, 15*time.Second)
	setDefault(&opts.HeaderTimeout, time.Minute)
	setDefault(&opts.IdleTimeout, 90*time.Second)
	setDefault(&opts.IdlePerHost, 2)
	if opts.Resolver == nil {
		opts.Resolver = net.DefaultResolver
	}
	if opts.Proxy == nil {
		opts.Proxy = httpproxy.FromEnvironment().ProxyFunc()
	}
	if opts.Dial != nil {
		opts.Proxy = func(*url.URL) (*url.URL, error) { return nil, nil }
	}
	t := &Transport{opts: opts}
	d := &dialer{opts: opts}
	var http1 http.Protocols
	http1.SetHTTP1(true)
	t.base = &http.Transport{
		Proxy:                 plainProxy,
		DialContext:           d.dialPlain,
		DialTLSContext:        d.dialTLS,
		DisableCompression:    true, // the coding must stay in the bytes kept
		ResponseHeaderTimeout: opts.HeaderTimeout,
		IdleConnTimeout:       opts.IdleTimeout,
		MaxIdleConnsPerHost:   opts.IdlePerHost,
		MaxIdleConns:          256,
		Protocols:             &http1,
	}
	return t
}

func setDefault[T int | int64 | time.Duration](v *T, to T) {
	if *v <= 0 {
		*v = to
	}
}

// CloseIdleConnections closes the connections that no exchange uses.
func (t *Transport) CloseIdleConnections() { t.base.CloseIdleConnections() }

// An attempt is one request on one connection.
type attempt struct {
	started time.Time
	rec     *recorder
}

// RoundTrip sends req and gives the response with its body read. See Transport and WithSink.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	limit := t.opts.MaxBytes
	if n, ok := req.Context().Value(limitKey{}).(int64); ok && n > 0 {
		limit = n
	}
	sink, _ := req.Context().Value(sinkKey{}).(func(Exchange))
	if sink == nil {
		sink = func(Exchange) {}
	}
	proxy, err := t.opts.Proxy(req.URL)
	if err == nil && proxy != nil {
		err = permitLiteral(t.opts.Permit, req.URL.Hostname())
	}
	if err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		sink(Exchange{URL: addressOf(req), Started: time.Now().UTC(), Err: err})
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(req.Context(), t.opts.Timeout, errTimeout)
	defer cancel()
	if proxy != nil {
		ctx = context.WithValue(ctx, proxyKey{}, proxy)
	}

	var mu sync.Mutex
	now := attempt{started: time.Now(), rec: newRecorder(limit)}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		c, ok := info.Conn.(*conn)
		if !ok {
			return // cannot be: every connection comes from our dialer
		}
		mu.Lock()
		defer mu.Unlock()
		if now.rec.conn != nil { // net/http tries again
			if lost := finish(req, now, proxy); len(lost.Request) > 0 {
				lost.Err = ErrLost
				sink(lost)
			}
			now = attempt{started: time.Now(), rec: newRecorder(limit)}
		}
		c.attach(now.rec)
	}})
	out := req.Clone(ctx)
	if out.Header.Get("Accept-Encoding") == "" {
		out.Header.Set("Accept-Encoding", "gzip")
	}
	resp, err := t.base.RoundTrip(out)
	mu.Lock()
	a := now
	mu.Unlock()
	if err != nil {
		err = named(ctx, err)
		x := finish(req, a, proxy)
		x.Err = err
		if len(x.Response) > 0 {
			x.Truncated = reason(ctx, err, a.rec.end())
		}
		sink(x)
		return nil, err
	}
	readErr := drain(resp, a.rec)
	x := finish(req, a, proxy)
	if readErr != nil {
		readErr = named(ctx, readErr)
		x.Err, x.Truncated = readErr, reason(ctx, readErr, a.rec.end())
	}
	sink(x)
	t.hand(resp, req, x.Response, readErr)
	return resp, nil
}

// finish ends an attempt's recording and makes the Exchange of it.
func finish(req *http.Request, a attempt, proxy *url.URL) Exchange {
	request, response := a.rec.stop()
	if proxy != nil && req.URL.Scheme == "http" {
		request = endToEnd(request)
	}
	head, _ := Split(response)
	return Exchange{
		URL: addressOf(req), Started: a.started.UTC(), Duration: time.Since(a.started), Remote: a.rec.remote,
		Request: request, Response: response, Status: HeadStatus(head),
	}
}

// addressOf gives the request's address without a user's name and password.
func addressOf(req *http.Request) string {
	if req.URL.User == nil {
		return req.URL.String()
	}
	u := *req.URL
	u.User = nil
	return u.String()
}

var drainPool = sync.Pool{New: func() any { return new([64 << 10]byte) }}

// drain reads the body to its end through net/http, so that its framing rules and the connection's
// reuse are net/http's; the bytes themselves are in rec.
func drain(resp *http.Response, rec *recorder) error {
	defer resp.Body.Close()
	buf := drainPool.Get().(*[64 << 10]byte)
	defer drainPool.Put(buf)
	for {
		_, err := resp.Body.Read(buf[:])
		switch {
		case rec.isOver():
			return ErrTooLarge
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// hand gives the caller the unpacked body in place of the one that was read.
func (t *Transport) hand(resp *http.Response, req *http.Request, raw []byte, readErr error) {
	resp.Request = req
	resp.Uncompressed = true
	head, _ := Split(raw)
	payload, _ := Payload(raw)
	if n := resp.ContentLength; n >= 0 && int64(len(payload)) > n {
		payload = payload[:n] // a server that sends more than it said
	}
	if req.Method == http.MethodHead {
		payload = nil
	}
	codings := strings.Join(append(resp.Header.Values("Content-Encoding"), packings(head)...), ",")
	limit := t.opts.MaxContent
	to, wanted := req.Context().Value(contentKey{}).(content)
	if wanted {
		limit = min(limit, to.limit)
	}
	body, err := Decode(payload, codings, limit)
	if readErr != nil {
		err = readErr
	}
	if codings != "" {
		resp.Header.Del("Content-Encoding")
		resp.Header.Del("Content-Length")
		resp.ContentLength = -1
	}
	if wanted {
		resp.Body = http.NoBody
		to.take(body, err)
		return
	}
	resp.Body = &readBody{Reader: bytes.NewReader(body), err: err}
}

// A readBody gives the bytes and then, in place of io.EOF, the error that cut them.
type readBody struct {
	*bytes.Reader
	err error
}

func (b *readBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF && b.err != nil {
		err = b.err
	}
	return n, err
}

// WriteTo keeps io.Copy from missing the error.
func (b *readBody) WriteTo(w io.Writer) (int64, error) {
	n, err := b.Reader.WriteTo(w)
	if err == nil {
		err = b.err
	}
	return n, err
}

func (b *readBody) Close() error { return nil }

// endToEnd turns a request as sent to a proxy into the one the server gets:
// path instead of address in the first line, no fields meant for the proxy.
func endToEnd(request []byte) []byte {
	head, body := Split(request)
	var out []byte
	first := true
	for line := range bytes.Lines(head) {
		switch {
		case first:
			method, rest, _ := bytes.Cut(line, []byte(" "))
			if _, after, ok := bytes.Cut(rest, []byte("://")); ok && rest[0] != '/' {
				i := bytes.IndexAny(after, "/? ")
				if i < 0 {
					i = len(after)
				}
				rest = after[i:]
				if len(rest) == 0 || rest[0] != '/' {
					rest = append([]byte("/"), rest...)
				}
			}
			out = append(append(append(out, method...), ' '), rest...)
			first = false
		case hasFold(line, "proxy-authorization:"), hasFold(line, "proxy-connection:"):
		default:
			out = append(out, line...)
		}
	}
	return append(out, body...)
}

func hasFold(line []byte, prefix string) bool {
	return len(line) >= len(prefix) && strings.EqualFold(string(line[:len(prefix)]), prefix)
}
