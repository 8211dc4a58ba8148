package capture

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// serveRaw answers each connection's requests with the given functions' bytes, in order over all connections.
func serveRaw(t testing.TB, answer func(n int, request string, c net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var n atomic.Int64
	var mu sync.Mutex
	var open []net.Conn
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			wg.Go(func() {
				defer c.Close()
				br := bufio.NewReader(c)
				for {
					var request strings.Builder
					for {
						line, err := br.ReadString('\n')
						if err != nil {
							return
						}
						request.WriteString(line)
						if line == "\r\n" {
							break
						}
					}
					answer(int(n.Add(1)), request.String(), c)
				}
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range open {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return "http://" + l.Addr().String()
}

type visit struct {
	exchanges []Exchange
	status    int
	body      string
	header    http.Header
	err       error // of the request or of reading the body
}

func get(t testing.TB, ctx context.Context, rt http.RoundTripper, address string) visit {
	t.Helper()
	var v visit
	ctx = WithSink(ctx, func(x Exchange) { v.exchanges = append(v.exchanges, x) })
	req, err := http.NewRequestWithContext(ctx, "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: rt}).Do(req)
	if err != nil {
		v.err = err
		return v
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	v.status, v.body, v.header, v.err = resp.StatusCode, string(b), resp.Header, err
	return v
}

func zipped(s string) string {
	var b bytes.Buffer
	gz := gzip.NewWriter(&b)
	io.WriteString(gz, s)
	gz.Close()
	return b.String()
}

func reset(c net.Conn) { c.(*net.TCPConn).SetLinger(0); c.Close() }

func TestExactBytesAndFaults(t *testing.T) {
	page := "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx-Odd-CASE:  spaced \r\n\r\nhello"
	packed := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(zipped("hello")), zipped("hello"))
	for _, c := range []struct {
		name      string
		answer    string
		reset     bool // after the answer, the connection is reset instead of closed
		keep      bool // after the answer, the connection is left open
		wire      string
		body      string
		truncated string
		status    int
		fails     bool
	}{
		{name: "plain", answer: page, keep: true, body: "hello", status: 200},
		{name: "chunked", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;e=1\r\nhel\r\n2\r\nlo\r\n0\r\nT: x\r\n\r\n", keep: true, body: "hello", status: 200},
		{name: "gzip", answer: packed, keep: true, body: "hello", status: 200},
		{name: "labelled gzip but plain", answer: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", keep: true, body: "hello", status: 200},
		{name: "until close", answer: "HTTP/1.0 200 OK\r\n\r\nhello", body: "hello", status: 200},
		{name: "early hints", answer: "HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n" + page, wire: page, keep: true, body: "hello", status: 200},
		{name: "404 with a page", answer: "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", keep: true, body: "gone", status: 404},
		{name: "429", answer: "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 9\r\nContent-Length: 4\r\n\r\nslow", keep: true, body: "slow", status: 429},
		{name: "304", answer: "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", keep: true, status: 304},
		{name: "short of its length", answer: "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhello", body: "hello", truncated: "disconnect", status: 200, fails: true},
		{name: "aborted chunk", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n9\r\nlo", body: "hello", truncated: "disconnect", status: 200, fails: true},
		{name: "cut gzip", answer: packed[:len(packed)-9], body: "hello", truncated: "disconnect", status: 200, fails: true},
		{name: "bad chunk size", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\nzz\r\nlo", body: "hel", truncated: "unspecified", status: 200, fails: true},
		{name: "reset in the head", answer: "HTTP/1.1 200 OK\r\nContent-", reset: true, truncated: "disconnect", status: 200, fails: true},
		{name: "no HTTP at all", answer: "SSH-2.0-OpenSSH_9\r\n", keep: true, truncated: "unspecified", fails: true},
		{name: "nothing", answer: "", fails: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked string
			base := serveRaw(t, func(_ int, request string, conn net.Conn) {
				asked = request
				io.WriteString(conn, c.answer)
				switch {
				case c.reset:
					// let the bytes arrive first: a reset drops what the peer has not read
					conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
					conn.Read(make([]byte, 1))
					reset(conn)
				case !c.keep:
					conn.Close()
				}
			})
			tr := New(Options{})
			defer tr.CloseIdleConnections()
			v := get(t, t.Context(), tr, base+"/a?b=1")
			if len(v.exchanges) != 1 {
				t.Fatalf("got %d exchanges, want 1", len(v.exchanges))
			}
			x := v.exchanges[0]
			want := c.wire
			if want == "" {
				want = c.answer
			}
			if string(x.Response) != want {
				t.Errorf("response: got %q, want %q", x.Response, want)
			}
			if string(x.Request) != asked || !strings.HasPrefix(asked, "GET /a?b=1 HTTP/1.1\r\n") || !strings.Contains(asked, "Accept-Encoding: gzip\r\n") {
				t.Errorf("request: got %q, the server saw %q", x.Request, asked)
			}
			if x.URL != base+"/a?b=1" || x.Remote != "127.0.0.1" || x.Status != c.status || x.Started.Location() != time.UTC {
				t.Errorf("got %s %s %d %v", x.URL, x.Remote, x.Status, x.Started)
			}
			if x.Truncated != c.truncated || (x.Err != nil) != c.fails {
				t.Errorf("got truncated %q, err %v; want %q, an error %v", x.Truncated, x.Err, c.truncated, c.fails)
			}
			if v.body != c.body || (v.err != nil) != c.fails {
				t.Errorf("the caller got %q, err %v; want %q, an error %v", v.body, v.err, c.body, c.fails)
			}
			if v.header.Get("Content-Encoding") != "" {
				t.Error("the content coding is still announced after it was taken off")
			}
		})
	}
}

func TestKeepAliveAndRedirects(t *testing.T) {
	conns := map[string]bool{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conns[r.RemoteAddr] = true
		switch r.URL.Path {
		case "/a":
			http.Redirect(w, r, "/b", http.StatusMovedPermanently)
		case "/b":
			http.Redirect(w, r, "/c", http.StatusFound)
		default:
			io.WriteString(w, strings.Repeat(r.URL.Path, 20_000))
		}
	}))
	defer srv.Close()
	tr := New(Options{})
	defer tr.CloseIdleConnections()
	for range 20 {
		v := get(t, t.Context(), tr, srv.URL+"/a")
		if v.err != nil || len(v.exchanges) != 3 {
			t.Fatalf("got %d exchanges, err %v; want 3", len(v.exchanges), v.err)
		}
		for i, want := range []struct {
			path   string
			status int
		}{{"/a", 301}, {"/b", 302}, {"/c", 200}} {
			x := v.exchanges[i]
			if x.URL != srv.URL+want.path || x.Status != want.status || !strings.HasPrefix(string(x.Request), "GET "+want.path+" ") ||
				!bytes.HasPrefix(x.Response, fmt.Appendf(nil, "HTTP/1.1 %d ", want.status)) {
				t.Fatalf("hop %d: got %s %d %q", i, x.URL, x.Status, x.Request)
			}
		}
		if content, err := Content(v.exchanges[2].Response, 1<<20); err != nil || string(content) != v.body {
			t.Fatalf("the kept bytes do not give the body: %d bytes, err %v", len(content), err)
		}
	}
	if len(conns) != 1 {
		t.Errorf("60 requests took %d connections, want 1", len(conns))
	}
}

// Many goroutines share connections; each must get its own bytes.
func TestConcurrentExchanges(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, strings.Repeat(r.URL.RawQuery+",", 3000))
	}))
	defer srv.Close()
	tr := New(Options{IdlePerHost: 3})
	defer tr.CloseIdleConnections()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for n := range 40 {
				query := fmt.Sprintf("%d-%d", g, n)
				v := get(t, t.Context(), tr, srv.URL+"/?"+query)
				if v.err != nil || len(v.exchanges) != 1 {
					t.Errorf("%s: %d exchanges, err %v", query, len(v.exchanges), v.err)
					return
				}
				x := v.exchanges[0]
				content, err := Content(x.Response, 1<<20)
				if err != nil || string(content) != strings.Repeat(query+",", 3000) || !strings.Contains(string(x.Request), "?"+query+" ") {
					t.Errorf("%s got another's bytes (err %v)", query, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// net/http repeats a GET whose kept-alive connection died; the lost attempt must be seen.
func TestLostAttemptIsVisible(t *testing.T) {
	base := serveRaw(t, func(n int, _ string, c net.Conn) {
		if n == 2 {
			reset(c)
			return
		}
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	})
	tr := New(Options{})
	defer tr.CloseIdleConnections()
	get(t, t.Context(), tr, base)
	v := get(t, t.Context(), tr, base+"/x")
	if v.err != nil || v.body != "ok" || len(v.exchanges) != 2 {
		t.Fatalf("got %q, %d exchanges, err %v; want ok and 2", v.body, len(v.exchanges), v.err)
	}
	if x := v.exchanges[0]; !errors.Is(x.Err, ErrLost) || x.Status != 0 || len(x.Response) != 0 || !strings.HasPrefix(string(x.Request), "GET /x ") {
		t.Errorf("lost attempt: got %+v", x)
	}
	if x := v.exchanges[1]; x.Err != nil || x.Status != 200 {
		t.Errorf("second attempt: got %+v", x)
	}
}

func TestLimits(t *testing.T) {
	endless := serveRaw(t, func(_ int, request string, c net.Conn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
		for {
			if _, err := c.Write(make([]byte, 1<<10)); err != nil {
				return
			}
		}
	})
	v := get(t, t.Context(), New(Options{MaxBytes: 10_000}), endless)
	if x := v.exchanges[0]; len(x.Response) != 10_000 || x.Truncated != "length" || !errors.Is(v.err, ErrTooLarge) {
		t.Errorf("over the limit: got %d bytes, %q, caller's err %v", len(x.Response), x.Truncated, v.err)
	}
	v = get(t, WithMaxBytes(t.Context(), 3000), New(Options{MaxBytes: 10_000}), endless)
	if x := v.exchanges[0]; len(x.Response) != 3000 {
		t.Errorf("limit of one request: got %d bytes, want 3000", len(x.Response))
	}

	bomb := zipped(strings.Repeat("\x00", 5<<20))
	packed := serveRaw(t, func(_ int, _ string, c net.Conn) {
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(bomb), bomb)
	})
	v = get(t, t.Context(), New(Options{MaxContent: 1 << 20}), packed)
	if x := v.exchanges[0]; len(v.body) != 1<<20 || !errors.Is(v.err, ErrTooLarge) || x.Err != nil || x.Truncated != "" {
		t.Errorf("bomb: got %d bytes, err %v; the exchange is whole: %q %v", len(v.body), v.err, x.Truncated, x.Err)
	}
}

func TestSlowAndCancelled(t *testing.T) {
	stalled := make(chan struct{}, 1)
	slow := serveRaw(t, func(_ int, request string, c net.Conn) {
		if strings.HasPrefix(request, "GET /head") {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nConte")
		} else {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhello")
		}
		stalled <- struct{}{}
		c.Read(make([]byte, 1)) // until the client goes away
	})
	for _, path := range []string{"/head", "/body"} {
		v := get(t, t.Context(), New(Options{Timeout: 50 * time.Millisecond}), slow+path)
		if x := v.exchanges[0]; x.Truncated != "time" || !errors.Is(x.Err, context.DeadlineExceeded) || len(x.Response) == 0 {
			t.Errorf("%s: got %q, %v, %d bytes; want time", path, x.Truncated, x.Err, len(x.Response))
		}
		<-stalled
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotFirstResponseByte: cancel})
	v := get(t, ctx, New(Options{}), slow+"/body")
	<-stalled
	if x := v.exchanges[0]; x.Truncated != "unspecified" || !errors.Is(x.Err, context.Canceled) {
		t.Errorf("cancelled: got %q, %v, %q", x.Truncated, x.Err, x.Response)
	}
}

func TestPermit(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	defer srv.Close()
	private := errors.New("private address")
	permit := func(a netip.Addr) error {
		if a.IsLoopback() {
			return private
		}
		return nil
	}
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	for _, address := range []string{srv.URL, "http://localhost:" + port, "https://localhost:" + port} {
		v := get(t, t.Context(), New(Options{Permit: permit}), address)
		if !errors.Is(v.err, private) || len(v.exchanges) != 1 || !errors.Is(v.exchanges[0].Err, private) || v.exchanges[0].Remote != "" {
			t.Errorf("%s: got %v, %+v", address, v.err, v.exchanges)
		}
	}
	proxied := Options{Permit: permit, Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(srv.URL) }}
	if v := get(t, t.Context(), New(proxied), "http://127.0.0.1/x"); !errors.Is(v.err, private) {
		t.Errorf("an address through a proxy: got %v", v.err)
	}
}

func TestTLSIsRecordedInTheClear(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Proto)
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	tr := New(Options{TLS: &tls.Config{RootCAs: pool(srv)}})
	defer tr.CloseIdleConnections()
	v := get(t, t.Context(), tr, srv.URL)
	if v.err != nil || v.body != "HTTP/1.1" || !bytes.HasPrefix(v.exchanges[0].Response, []byte("HTTP/1.1 200 OK\r\n")) || v.exchanges[0].Remote != "127.0.0.1" {
		t.Errorf("got %q, err %v, %+v", v.body, v.err, v.exchanges)
	}
	v = get(t, t.Context(), New(Options{}), srv.URL)
	if unknown := (x509.UnknownAuthorityError{}); !errors.As(v.exchanges[0].Err, &unknown) {
		t.Errorf("an unknown authority: got %v", v.exchanges[0].Err)
	}
}

// Campus servers that nobody has touched for ten years.
func TestOldTLS(t *testing.T) {
	for name, old := range map[string]*tls.Config{
		"TLS 1.0":          {MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10},
		"RSA key exchange": {MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}},
	} {
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "old") }))
		srv.TLS = old
		srv.StartTLS()
		withRoots := tolerantTLS.Clone()
		withRoots.RootCAs = pool(srv)
		tr := New(Options{TLS: withRoots})
		if v := get(t, t.Context(), tr, srv.URL); v.err != nil || v.body != "old" {
			t.Errorf("%s: got %q, err %v", name, v.body, v.err)
		}
		// and by default only the certificate is in the way
		if v := get(t, t.Context(), New(Options{}), srv.URL); !errors.As(v.err, new(x509.UnknownAuthorityError)) {
			t.Errorf("%s, default: got %v", name, v.err)
		}
		tr.CloseIdleConnections()
		srv.Close()
	}
}

func pool(srv *httptest.Server) *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(srv.Certificate())
	return p
}
