package capture

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// A proxy that sends whatever it is asked for to one server, and counts.
type testProxy struct {
	mu      sync.Mutex
	backend string
	seen    []string
}

func (p *testProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.seen = append(p.seen, r.Method+" "+r.RequestURI+" "+r.Header.Get("Proxy-Authorization"))
	p.mu.Unlock()
	up, err := net.Dial("tcp", p.backend)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer up.Close()
	if r.Method != http.MethodConnect {
		r.Header.Del("Proxy-Authorization")
		r.URL.Scheme, r.URL.Host = "", ""
		r.RequestURI = ""
		r.Header.Set("Connection", "close")
		r.Write(up)
		c, _, _ := w.(http.Hijacker).Hijack()
		defer c.Close()
		io.Copy(c, up)
		return
	}
	c, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer c.Close()
	io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
	var wg sync.WaitGroup
	wg.Go(func() { io.Copy(up, c); up.Close() })
	io.Copy(c, up)
	c.Close()
	wg.Wait()
}

func TestProxies(t *testing.T) {
	site := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "%s %s", r.Host, r.RequestURI) })
	plain, secure := httptest.NewServer(site), httptest.NewTLSServer(site)
	defer plain.Close()
	defer secure.Close()
	for _, c := range []struct {
		name     string
		address  string
		backend  *httptest.Server
		tlsProxy bool
		seen     string
	}{
		{"http", "http://news.test/a?u=http://b/", plain, false, "GET http://news.test/a?u=http://b/ Basic dTpw"},
		{"https", "https://example.com/a?u=http://b/", secure, false, "CONNECT example.com:443 Basic dTpw"},
		{"http by a proxy with TLS", "http://news.test/a?u=http://b/", plain, true, "GET http://news.test/a?u=http://b/ Basic dTpw"},
		{"https by a proxy with TLS", "https://example.com/a?u=http://b/", secure, true, "CONNECT example.com:443 Basic dTpw"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &testProxy{backend: c.backend.Listener.Addr().String()}
			srv := httptest.NewServer(p)
			roots := pool(secure)
			if c.tlsProxy {
				srv.Close()
				srv = httptest.NewTLSServer(p)
				roots.AddCert(srv.Certificate())
			}
			defer srv.Close()
			via, _ := url.Parse(srv.URL)
			via.User = url.UserPassword("u", "p")
			t.Setenv("HTTP_PROXY", via.String())
			t.Setenv("HTTPS_PROXY", via.String())
			t.Setenv("NO_PROXY", "elsewhere.test")
			tr := New(Options{TLS: &tls.Config{RootCAs: roots}})
			defer tr.CloseIdleConnections()
			v := get(t, t.Context(), tr, c.address)
			target, _ := url.Parse(c.address)
			if v.err != nil || v.body != target.Host+" /a?u=http://b/" {
				t.Fatalf("got %q, err %v", v.body, v.err)
			}
			if len(p.seen) != 1 || p.seen[0] != c.seen {
				t.Errorf("the proxy saw %q, want %q", p.seen, c.seen)
			}
			x := v.exchanges[0]
			if len(v.exchanges) != 1 || x.Remote != "" || !strings.HasPrefix(string(x.Request), "GET /a?u=http://b/ HTTP/1.1\r\nHost: "+target.Host+"\r\n") ||
				strings.Contains(string(x.Request), "Proxy") || !strings.HasPrefix(string(x.Response), "HTTP/1.1 200 OK\r\n") {
				t.Errorf("the exchange is not the end-to-end one: %q %q", x.Request, x.Response)
			}
		})
	}
}

func TestNoProxyAndRefusedTunnel(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer srv.Close()
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTPS_PROXY", srv.URL)
	tr := New(Options{})
	defer tr.CloseIdleConnections()
	if v := get(t, t.Context(), tr, srv.URL); v.err != nil { // loopback never goes by way of a proxy
		t.Error(v.err)
	}
	v := get(t, t.Context(), tr, "https://example.com/")
	if v.err == nil || !strings.Contains(v.err.Error(), "403") || len(v.exchanges) != 1 || len(v.exchanges[0].Response) != 0 {
		t.Errorf("refused tunnel: got %v, %+v", v.err, v.exchanges)
	}
}

// A SOCKS5 proxy (RFC 1928) without authentication that sends everything to one server.
func TestSOCKS(t *testing.T) {
	site := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host) })
	plain, secure := httptest.NewServer(site), httptest.NewTLSServer(site)
	defer plain.Close()
	defer secure.Close()
	for address, backend := range map[string]*httptest.Server{"http://news.test/": plain, "https://example.com/": secure} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close()
			b := make([]byte, 300)
			io.ReadFull(c, b[:3])
			c.Write([]byte{5, 0})
			io.ReadFull(c, b[:5])
			io.ReadFull(c, b[:int(b[4])+2])
			c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
			up, err := net.Dial("tcp", backend.Listener.Addr().String())
			if err != nil {
				return
			}
			defer up.Close()
			wg.Go(func() { io.Copy(up, c); up.Close() })
			io.Copy(c, up)
		})
		tr := New(Options{TLS: &tls.Config{RootCAs: pool(secure)}, Proxy: func(*url.URL) (*url.URL, error) { return url.Parse("socks5://" + l.Addr().String()) }})
		v := get(t, t.Context(), tr, address)
		target, _ := url.Parse(address)
		if v.err != nil || v.body != target.Host || !strings.HasPrefix(string(v.exchanges[0].Request), "GET / HTTP/1.1\r\n") || v.exchanges[0].Response[0] != 'H' {
			t.Errorf("%s: got %q, err %v, %+v", address, v.body, v.err, v.exchanges)
		}
		tr.CloseIdleConnections()
		l.Close()
		wg.Wait()
	}
}
