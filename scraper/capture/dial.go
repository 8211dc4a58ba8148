package capture

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/proxy"
)

// errTimeout is the cause of a whole exchange's time-out, told apart from one of the caller's.
var errTimeout = errors.New("exchange took too long")

// A dialer makes the connections that a Transport's exchanges are recorded on.
type dialer struct{ opts Options }

// plainProxy lets net/http speak to the proxy for http addresses only; for
// https the tunnel is made below TLS, by dialTLS, where it is not recorded.
func plainProxy(req *http.Request) (*url.URL, error) {
	if req.URL.Scheme == "http" {
		return proxyOf(req.Context()), nil
	}
	return nil, nil
}

func proxyOf(ctx context.Context) *url.URL {
	u, _ := ctx.Value(proxyKey{}).(*url.URL)
	return u
}

// dialPlain connects for an http address: to the server, or to the proxy that ctx names.
func (d *dialer) dialPlain(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := d.tcp(ctx, network, addr, proxyOf(ctx) != nil)
	if err != nil {
		return nil, err
	}
	return d.wrap(ctx, c), nil
}

// dialTLS connects for an https address, or with TLS to a proxy for an http address.
func (d *dialer) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	if d.opts.DialTLS != nil {
		c, err := d.opts.DialTLS(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return d.wrap(ctx, c), nil
	}
	via := proxyOf(ctx)
	if via != nil && via.Scheme == "https" && addr == proxyAddr(via) {
		c, err := d.tcp(ctx, network, addr, true)
		if err == nil {
			c, err = d.handshake(ctx, c, via.Hostname())
		}
		if err != nil {
			return nil, err
		}
		return d.wrap(ctx, c), nil
	}
	var c net.Conn
	var err error
	if via == nil {
		c, err = d.tcp(ctx, network, addr, false)
	} else {
		c, err = d.tunnel(ctx, network, addr, via)
	}
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if c, err = d.handshake(ctx, c, host); err != nil {
		return nil, err
	}
	return d.wrap(ctx, c), nil
}

func (d *dialer) wrap(ctx context.Context, c net.Conn) *conn {
	rc := &conn{Conn: c}
	if proxyOf(ctx) == nil && c.RemoteAddr() != nil {
		if ap, err := netip.ParseAddrPort(c.RemoteAddr().String()); err == nil {
			rc.remote = ap.Addr().Unmap().WithZone("").String()
		}
	}
	return rc
}

// tcp connects to a server, whose address must be permitted, or to a proxy, whose need not.
func (d *dialer) tcp(ctx context.Context, network, addr string, toProxy bool) (net.Conn, error) {
	if d.opts.Dial != nil {
		return d.opts.Dial(ctx, network, addr)
	}
	nd := net.Dialer{Timeout: d.opts.ConnectTimeout, KeepAlive: 30 * time.Second, Resolver: d.opts.Resolver}
	if d.opts.Permit != nil && !toProxy {
		nd.ControlContext = func(_ context.Context, _, resolved string, _ syscall.RawConn) error {
			ap, err := netip.ParseAddrPort(resolved)
			if err != nil {
				return err
			}
			return d.opts.Permit(ap.Addr().Unmap())
		}
	}
	return nd.DialContext(ctx, network, addr)
}

// Addresses gives the addresses of a host, as a connection to it would find them; none when they cannot
// be told: the name does not resolve, a proxy resolves it, or Options.Dial makes the connections.
func (t *Transport) Addresses(ctx context.Context, host string) []netip.Addr {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}
	}
	if t.opts.Dial != nil || t.proxied(host) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, t.opts.ConnectTimeout)
	defer cancel()
	found, err := t.opts.Resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil // the request will say so
	}
	return found
}

// proxied says whether requests to the host may go through a proxy.
func (t *Transport) proxied(host string) bool {
	for _, scheme := range []string{"http", "https"} {
		if via, err := t.opts.Proxy(&url.URL{Scheme: scheme, Host: host}); err != nil || via != nil {
			return true
		}
	}
	return false
}

// permitLiteral asks permit about a host that is written as an address.
func permitLiteral(permit func(netip.Addr) error, host string) error {
	if permit == nil {
		return nil
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return nil // a name: the proxy resolves it
	}
	return permit(addr.Unmap())
}

// tolerantTLS also speaks to servers of the 2010s: TLS 1.0, and key exchange by
// RSA, which crypto/tls no longer offers unasked. Newer servers still get the best both know.
// Pages that anyone may read need no secrecy, and a page that cannot be
// fetched is lost; certificates are checked as ever.
var tolerantTLS = &tls.Config{MinVersion: tls.VersionTLS10, CipherSuites: allSuites()}

func allSuites() []uint16 {
	var ids []uint16
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		ids = append(ids, s.ID)
	}
	return ids
}

func (d *dialer) handshake(ctx context.Context, c net.Conn, host string) (net.Conn, error) {
	cfg := tolerantTLS
	if d.opts.TLS != nil {
		cfg = d.opts.TLS
	}
	cfg = cfg.Clone()
	if cfg.ServerName == "" {
		cfg.ServerName = host
	}
	cfg.NextProtos = []string{"http/1.1"}
	ctx, cancel := context.WithTimeout(ctx, d.opts.ConnectTimeout)
	defer cancel()
	tc := tls.Client(c, cfg)
	if err := tc.HandshakeContext(ctx); err != nil {
		c.Close() // the handshake's error is the one to tell
		return nil, fmt.Errorf("tls to %s: %w", host, err)
	}
	return tc, nil
}

func proxyAddr(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// tunnel connects to addr through a proxy.
func (d *dialer) tunnel(ctx context.Context, network, addr string, via *url.URL) (net.Conn, error) {
	switch via.Scheme {
	case "socks5", "socks5h":
		return d.socks(ctx, network, addr, via)
	case "http", "https":
	default:
		return nil, fmt.Errorf("proxy scheme %q is not known", via.Scheme)
	}
	c, err := d.tcp(ctx, network, proxyAddr(via), true)
	if err == nil && via.Scheme == "https" {
		c, err = d.handshake(ctx, c, via.Hostname())
	}
	if err != nil {
		return nil, err
	}
	if err := d.connect(ctx, c, addr, via); err != nil {
		c.Close() // the proxy's answer is the error to tell
		return nil, err
	}
	return c, nil
}

// connect asks a proxy for a tunnel (RFC 9110 section 9.3.6).
func (d *dialer) connect(ctx context.Context, c net.Conn, addr string, via *url.URL) error {
	ctx, cancel := context.WithTimeout(ctx, d.opts.ConnectTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	if u := via.User; u != nil {
		pass, _ := u.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+pass)))
	}
	if err := req.Write(c); err != nil {
		return fmt.Errorf("proxy %s: %w", via.Host, err)
	}
	br := bufio.NewReaderSize(c, 4<<10)
	resp, err := http.ReadResponse(br, req)
	if err != nil {
		return fmt.Errorf("proxy %s: %w", via.Host, err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("proxy %s refused a tunnel to %s: %s", via.Host, addr, strings.TrimSpace(resp.Status))
	}
	if br.Buffered() > 0 {
		return fmt.Errorf("proxy %s: bytes before the tunnel's first", via.Host)
	}
	if !stop() {
		return ctx.Err()
	}
	return nil
}

func (d *dialer) socks(ctx context.Context, network, addr string, via *url.URL) (net.Conn, error) {
	var auth *proxy.Auth
	if u := via.User; u != nil {
		pass, _ := u.Password()
		auth = &proxy.Auth{User: u.Username(), Password: pass}
	}
	s, err := proxy.SOCKS5(network, proxyAddr(via), auth, forward{d})
	if err != nil {
		return nil, err
	}
	return s.(proxy.ContextDialer).DialContext(ctx, network, addr)
}

// forward dials a proxy for package proxy.
type forward struct{ d *dialer }

func (f forward) Dial(network, addr string) (net.Conn, error) {
	return f.DialContext(context.Background(), network, addr)
}

func (f forward) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	return f.d.tcp(ctx, network, addr, true)
}

// named puts the cause in place of the bare context error that net/http reports.
func named(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause == errTimeout && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, cause)) {
		return fmt.Errorf("%w: %w", errTimeout, context.DeadlineExceeded)
	}
	return err
}

// reason gives WARC-Truncated's word for what cut an answer: the exchange's
// error, and how reading the connection ended, which net/http's error may hide.
func reason(ctx context.Context, err, ended error) string {
	var network net.Error
	switch {
	case errors.Is(err, ErrTooLarge):
		return "length"
	case errors.Is(err, errTimeout), errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "time"
	case ctx.Err() != nil:
		return "unspecified" // cancelled by the caller
	case ended != nil:
		return "disconnect"
	}
	return "unspecified" // what arrived is no HTTP, and reading on made no sense
}
