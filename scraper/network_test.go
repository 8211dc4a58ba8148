package scraper_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"golang.org/x/net/dns/dnsmessage"

	"campusnews/scraper"
	"campusnews/scraper/campustest"
	"campusnews/scraper/capture"
)

// An authority vouches for certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// issue makes a certificate; by nil = signed by itself.
func issue(t *testing.T, template x509.Certificate, by *authority) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	if template.NotBefore.IsZero() {
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	}
	template.BasicConstraintsValid = true
	parent, signer := &template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{cert, key}
}

// Each fault of TLS stands in the report in words, and nothing is asked for past it.
func TestBadTLS(t *testing.T) {
	local := []net.IP{net.IPv4(127, 0, 0, 1)}
	root := issue(t, x509.Certificate{Subject: pkix.Name{CommonName: "Test Root"}, IsCA: true, KeyUsage: x509.KeyUsageCertSign}, nil)
	middle := issue(t, x509.Certificate{Subject: pkix.Name{CommonName: "Test Middle"}, IsCA: true, KeyUsage: x509.KeyUsageCertSign}, root)
	leaf := func(change func(*x509.Certificate), by *authority) *authority {
		c := x509.Certificate{Subject: pkix.Name{CommonName: "leaf"}, IPAddresses: local, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
		change(&c)
		return issue(t, c, by)
	}
	plain := func(*x509.Certificate) {}
	old := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	elsewhere := func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"www.elsewhere.edu.cn"} }
	tests := []struct {
		name string
		send []*authority
		want string // "" = all is well
	}{
		{"sound", []*authority{leaf(plain, middle), middle}, ""},
		{"incomplete chain", []*authority{leaf(plain, middle)}, `the certificate chain is incomplete: the server does not send the certificate of "Test Middle"`},
		{"expired", []*authority{leaf(old, middle), middle}, "the certificate has expired on 2025-01-01"},
		{"wrong host", []*authority{leaf(elsewhere, middle), middle}, "the certificate is not for 127.0.0.1 but for www.elsewhere.edu.cn"},
		{"signed by itself", []*authority{leaf(plain, nil)}, "the certificate is signed by itself"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := small(t, 3, 40)
			srv := httptest.NewUnstartedServer(w.site)
			srv.Config.ErrorLog = log.New(io.Discard, "", 0)
			chain := tls.Certificate{PrivateKey: tt.send[0].key}
			for _, a := range tt.send {
				chain.Certificate = append(chain.Certificate, a.cert.Raw)
			}
			srv.TLS = &tls.Config{Certificates: []tls.Certificate{chain}}
			srv.StartTLS()
			defer srv.Close()
			roots := x509.NewCertPool()
			roots.AddCert(root.cert)
			w.cfg.Transport = capture.New(capture.Options{TLS: &tls.Config{RootCAs: roots}})
			w.cfg.Site.Home = srv.URL + "/"
			rep := w.run()
			if tt.want == "" {
				if rep.New != 3 || rep.InPart() {
					t.Errorf("%d new, %v; want 3", rep.New, rep.Stopped)
				}
				return
			}
			w.wantSaid(rep, tt.want)
			if n := len(w.site.TakeAudit().Requests); n > 0 {
				t.Errorf("%d requests in spite of it", n)
			}
		})
	}
}

// wantSaid checks that a run is in part and its report says why.
func (w *world) wantSaid(rep scraper.Report, want string) {
	w.t.Helper()
	said := fmt.Sprint(rep.Stopped, rep.Failures)
	if !rep.InPart() || !strings.Contains(said, want) {
		w.t.Errorf("in part %v, said %s; want %q", rep.InPart(), said, want)
	}
}

// Names that do not resolve, servers that are not there, and addresses of one's own network.
func TestUnreachable(t *testing.T) {
	w := small(t, 3, 40)
	closed := httptest.NewServer(w.site)
	closed.Close()
	tests := []struct{ name, home, want string }{
		{"no such name", "http://news.campus.invalid/", "the name news.campus.invalid"},
		{"nobody listens", closed.URL + "/", "the server takes no connections"},
		{"one's own network", w.srv.URL + "/", "not an address of the public internet"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := small(t, 3, 40)
			w.cfg.Site.Home = tt.home
			w.cfg.Transport = capture.New(capture.Options{Permit: func(a netip.Addr) error {
				if tt.name == "one's own network" {
					return scraper.Public(a)
				}
				return nil
			}})
			w.wantSaid(w.run(), tt.want)
		})
	}
}

// A redirect into one's own network is not followed, however its address is written, and whatever its name resolves to.
func TestRedirectInside(t *testing.T) {
	inside, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skipf("no second address on the loopback: %v", err)
	}
	srv := &httptest.Server{Listener: inside, Config: &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("asked for what is inside") })}}
	srv.Start()
	defer srv.Close()
	port := srv.URL[strings.LastIndex(srv.URL, ":"):]
	const private = "not an address of the public internet"
	for host, want := range map[string]string{
		"127.0.0.2": private, "[::ffff:127.0.0.2]": private, "0.0.0.0": private, "[::]": private, "[::1]": private, "2130706434": "2130706434",
		"169.254.169.254": private, "[fe80::1]": private, "[64:ff9b::7f00:2]": private, "[64:ff9b::a9fe:a9fe]": private,
		"loopback.campus.test": private, "link-local.campus.test": private, "any.campus.test": private,
		"nat64.campus.test": private, "mapped.campus.test": private, "link-local6.campus.test": private,
		"moves.campus.test": private,
	} {
		t.Run(host, func(t *testing.T) {
			w := small(t, 3, 40)
			w.cfg.Site.Hosts = []string{strings.TrimPrefix(w.srv.URL, "http://"), strings.Trim(host, "[]") + port, host + port, strings.Trim(host, "[]")}
			transport := capture.New(capture.Options{Resolver: resolver(t), Permit: func(a netip.Addr) error {
				if a == netip.AddrFrom4([4]byte{127, 0, 0, 1}) {
					return nil // the site itself stands for one of the public internet
				}
				return scraper.Public(a)
			}})
			w.cfg.Transport, w.cfg.Servers = transport, &scraper.Servers{Addresses: transport.Addresses}
			w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: campustest.Status(302, "Location", "http://"+host+port+"/secret.htm")})
			rep := w.run()
			if rep.New != 2 {
				t.Errorf("%d new, want the other two", rep.New)
			}
			w.wantSaid(rep, want)
		})
	}
}

// resolver knows some names of campus.test. What moves.campus.test resolves to is of the public internet only the first time.
func resolver(t *testing.T) *net.Resolver {
	names := map[string]string{
		"loopback.campus.test.": "127.0.0.2", "link-local.campus.test.": "169.254.169.254", "any.campus.test.": "0.0.0.0",
		"nat64.campus.test.": "64:ff9b::7f00:2", "mapped.campus.test.": "::ffff:127.0.0.2", "link-local6.campus.test.": "fe80::1",
	}
	var mu sync.Mutex
	moved := false
	address := func(q dnsmessage.Question) (a netip.Addr, ok bool) {
		name := q.Name.String()
		if name == "moves.campus.test." && q.Type == dnsmessage.TypeA {
			mu.Lock()
			defer mu.Unlock()
			defer func() { moved = true }()
			if moved {
				return netip.MustParseAddr("127.0.0.2"), true
			}
			return netip.MustParseAddr("127.0.0.1"), true
		}
		if names[name] == "" {
			return a, false
		}
		a = netip.MustParseAddr(names[name])
		return a, a.Is4() == (q.Type == dnsmessage.TypeA)
	}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { conn.Close(); wg.Wait() })
	wg.Go(func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return // closed
			}
			var m dnsmessage.Message
			if err := m.Unpack(buf[:n]); err != nil {
				t.Error(err)
				continue
			}
			m.Response, m.Additionals = true, nil
			q := m.Questions[0]
			head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
			if a, ok := address(q); ok && a.Is4() {
				m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AResource{A: a.As4()}}}
			} else if ok {
				m.Answers = []dnsmessage.Resource{{Header: head, Body: &dnsmessage.AAAAResource{AAAA: a.As16()}}}
			}
			out, err := m.Pack()
			if err == nil {
				_, err = conn.WriteTo(out, from)
			}
			if err != nil {
				t.Error(err)
			}
		}
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// Bytes that are not what they say: the page fails, in words, what came of it is kept as evidence, and the rest goes on.
func TestBadBytes(t *testing.T) {
	bomb := func(pack func(io.Writer) io.WriteCloser) []byte {
		var b bytes.Buffer
		p := pack(&b)
		zeros := make([]byte, 1<<20)
		for range 16 {
			p.Write(zeros) // into memory
		}
		p.Close()
		return b.Bytes()
	}
	coded := func(coding string, body []byte) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", coding)
			w.Write(body) // an error means the client has gone
			return true
		}
	}
	raw := func(answer string) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			c, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				io.WriteString(c, answer)
				c.Close()
			}
			return true
		}
	}
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	faults := map[string]struct {
		do   func(http.ResponseWriter, *http.Request) bool
		want string
	}{
		"gzip bomb":    {coded("gzip", bomb(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })), "larger than the limit"},
		"brotli bomb":  {coded("br", bomb(func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) })), "larger than the limit"},
		"too short":    {raw(head + "Content-Length: 5000\r\n\r\n<html>half of it"), "the answer ended before it was whole"},
		"bad chunk":    {raw(head + "Transfer-Encoding: chunked\r\n\r\nzz\r\nno number\r\n"), "chunk"},
		"cut chunk":    {raw(head + "Transfer-Encoding: chunked\r\n\r\n20\r\nhalf"), "the answer ended before it was whole"},
		"no HTTP":      {raw("220 mail.edu.cn ESMTP\r\n"), "malformed HTTP"},
		"endless head": {raw(head + strings.Repeat("X-Fill: "+strings.Repeat("x", 1000)+"\r\n", 20_000)), "response"},
	}
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			w := small(t, 3, 40)
			w.cfg.MaxBody = 4 << 20
			w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: f.do})
			rep := w.run()
			if rep.New != 2 || rep.Failed != 1 || len(rep.Stopped) > 0 {
				t.Errorf("%d new, %d failed, stopped %v; want 2, 1, nothing", rep.New, rep.Failed, rep.Stopped)
			}
			w.wantSaid(rep, f.want)
			if got := w.target("/info/1001/1002.htm", "state"); got != "failed" {
				t.Errorf("the page is %s, want failed", got)
			}
			w.site.Mend()
			w.clock.advance(300 * 24 * time.Hour)
			w.run()
			w.wantWhole()
		})
	}
}

// A server that sends a byte now and then is given up after the time-out.
func TestSlowBody(t *testing.T) {
	w := small(t, 3, 40)
	w.cfg.Timeout = 300 * time.Millisecond
	w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: func(rw http.ResponseWriter, r *http.Request) bool {
		rw.Header().Set("Content-Length", "1000")
		io.WriteString(rw, "<html>")
		http.NewResponseController(rw).Flush()
		return campustest.Hang(rw, r)
	}})
	rep := w.run()
	if rep.New != 2 || rep.Failed != 1 {
		t.Errorf("%d new, %d failed; want 2 and 1", rep.New, rep.Failed)
	}
	w.wantSaid(rep, "no whole answer within the time-out")
}

// A host that disappears in the middle of a run is left alone, and taken up where it was left when it is back.
func TestHostDisappears(t *testing.T) {
	w := small(t, 40, 40)
	address := w.srv.Listener.Addr().String()
	n := 0
	w.site.Break(campustest.Fault{On: w.site.IsArticle, Do: func(http.ResponseWriter, *http.Request) bool {
		if n++; n == 10 {
			w.srv.Listener.Close()
			go w.srv.CloseClientConnections()
		}
		return false
	}})
	rep := w.run()
	if rep.New < 9 || rep.New > 10 || rep.Postponed == 0 {
		t.Errorf("%d new, %d postponed; want those before it went", rep.New, rep.Postponed)
	}
	w.wantSaid(rep, "the server takes no connections")
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Skip("the port is somebody else's now: ", err)
	}
	w.site.Mend()
	back := &httptest.Server{Listener: l, Config: &http.Server{Handler: w.site}}
	back.Start()
	defer back.Close()
	w.clock.advance(24 * time.Hour)
	w.run()
	w.wantWhole()
}

// The clock jumps ahead by ten years and back again in the middle of a run: nothing is lost, and the run after it is as ever.
func TestClockJumps(t *testing.T) {
	for name, by := range map[string]time.Duration{"ahead": 10 * 365 * 24 * time.Hour, "back": -10 * 365 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			w := small(t, 30, 40)
			jump := func(d time.Duration) {
				w.clock.mu.Lock()
				w.clock.t = w.clock.t.Add(d)
				w.clock.mu.Unlock()
			}
			n := 0
			w.site.Break(campustest.Fault{On: w.site.IsArticle, Do: func(http.ResponseWriter, *http.Request) bool {
				switch n++; n {
				case 10:
					jump(by)
				case 20:
					jump(-by)
				}
				return false
			}})
			rep := w.run()
			if rep.New != 30 || rep.InPart() {
				t.Errorf("%d new, in part %v (%v); want 30", rep.New, rep.InPart(), rep.Stopped)
			}
			w.wantWhole()
			w.site.Mend()
			w.clock.advance(24 * time.Hour)
			w.site.Publish("学校要闻", w.day(0), 2)
			if rep := w.run(); rep.New != 2 {
				t.Errorf("the day after: %d new, want 2", rep.New)
			}
			w.wantWhole()
		})
	}
}

// A run under a clock that is years ahead, then runs under the right one: they look at the lists, which the site's pages
// have named, and no article is put off until the clock has caught up.
func TestClockWasAhead(t *testing.T) {
	w := small(t, 30, 1)
	jump := func(d time.Duration) {
		w.clock.mu.Lock()
		w.clock.t = w.clock.t.Add(d)
		w.clock.mu.Unlock()
	}
	w.run(func(c *scraper.Config) { c.Limit = 10 })
	const wrong = 10 * 365 * 24 * time.Hour
	jump(wrong)
	w.run()
	jump(-wrong)
	w.site.Publish("学校要闻", w.day(0), 3)
	if rep := w.run(); rep.New != 3 {
		t.Errorf("%d new (%v), want 3", rep.New, rep.RequestsBy)
	}
	w.wantWhole()
	w.clock.advance(30 * 24 * time.Hour)
	// The twenty that came under the wrong clock were ten years old then: the slow walk has them.
	if rep := w.run(); rep.RequestsBy[scraper.ReasonRevisit] != 13 {
		t.Errorf("%v a month later, want 13 looked at again", rep.RequestsBy)
	}
	if late := w.query(`SELECT count(*) FROM frontier WHERE due > ?`, w.clock.now().Add(300*24*time.Hour).Format(time.RFC3339)); late[0] != "0" {
		t.Errorf("%s targets are not due for years", late[0])
	}
	if late := w.query(`SELECT count(*) FROM frontier WHERE last_visit > ?1 OR first_seen > ?1`, w.clock.now().Format(time.RFC3339)); late[0] != "0" {
		t.Errorf("%s targets were looked at in days to come", late[0])
	}
}

// While somebody else keeps the database locked the run waits for it; what it has is stored then.
func TestLockedDatabase(t *testing.T) {
	w := small(t, 20, 40)
	w.run(func(c *scraper.Config) { c.Limit = 5 })
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "archive.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	w.site.Break(campustest.Fault{On: w.site.IsArticle, Do: func(http.ResponseWriter, *http.Request) bool {
		if n++; n == 3 {
			if _, err := conn.ExecContext(context.Background(), "BEGIN IMMEDIATE"); err != nil {
				t.Error(err)
			}
			time.AfterFunc(300*time.Millisecond, func() {
				if _, err := conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
					t.Error(err)
				}
			})
		}
		return false
	}})
	if rep := w.run(); rep.New != 15 || rep.InPart() {
		t.Errorf("%d new, in part %v; want the other 15", rep.New, rep.InPart())
	}
	w.wantWhole()
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}
