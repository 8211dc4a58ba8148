// Package replay answers a crawl from saved pages instead of the network: a
// folder as wget or a site copier leaves it, or WARC files. It answers at the
// connection, in HTTP/1.1 over memory, so that what is above it (the capture
// transport, colly, the crawl) runs as it does against a live server.
//
// What is not saved is a 404. Nothing is fetched, written or guessed beyond the
// names of files; what the pages say is not looked at.
package replay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Source holds saved pages. Its methods may be called from several goroutines.
type Source struct {
	pages pages
	hosts []string
}

// pages is what a folder and a set of WARC files have in common.
type pages interface {
	// find gives the answer to a GET of address, found false for none. secure
	// and host are of the connection and the Host field; target is the path and query as sent.
	find(secure bool, host, target string) (a answer, found bool, err error)
	close() error
}

// An answer is a saved page, either as raw bytes of an HTTP response or as a body to make one of.
type answer struct {
	raw      []byte // a whole response; nil = make one
	keep     bool   // raw says itself where it ends
	body     []byte
	kind     string // Content-Type
	etag     string // quoted
	modified string // Last-Modified
	location string // a redirect to there
}

// Open opens saved pages: a .warc or .warc.gz file, a folder of such files, an
// archive of ours (its warc folder is read), or a folder of pages. A folder's files lie as host/path or, of one host, as path
// alone; a list named urls.tsv in it, or <folder>.urls.tsv beside it, may say
// which address is in which file: address, file and content type (may be
// missing), separated by tabs. The caller closes the Source.
//
// A folder of one host answers for any host, unless its list or its own name
// (news.example.edu.cn) says which it is.
func Open(name string) (*Source, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	if !st.IsDir() {
		if !isWARC(name) {
			return nil, fmt.Errorf("replay %s: want a folder or a .warc or .warc.gz file", name)
		}
		return openWARC(name)
	}
	if _, err := os.Stat(filepath.Join(name, "archive.db")); err == nil {
		name = filepath.Join(name, "warc")
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("replay %s: the folder is empty", name)
	}
	if warcs := warcFiles(name, entries); len(warcs) > 0 {
		return openWARC(warcs...)
	}
	return openFolder(name)
}

// warcFiles gives a folder's WARC files; none when it has folders too, for then it is a site with such a file in it.
func warcFiles(dir string, entries []os.DirEntry) []string {
	var files []string
	for _, e := range entries {
		switch {
		case e.IsDir():
			return nil
		case e.Type().IsRegular() && isWARC(e.Name()):
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	return files
}

func isWARC(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".warc") || strings.HasSuffix(name, ".warc.gz")
}

// Hosts gives the hosts the saved pages are known to be of, the one with most
// pages first; empty when a folder does not say.
func (s *Source) Hosts() []string { return slices.Clone(s.hosts) }

// Close closes the files. Connections answer 503 from then on.
func (s *Source) Close() error { return s.pages.close() }

// DialContext gives a connection that speaks plain HTTP as the server at addr. It never fails but for ctx.
func (s *Source) DialContext(ctx context.Context, _, addr string) (net.Conn, error) {
	return s.dial(ctx, addr, false)
}

// DialTLSContext is DialContext for https addresses. The connection carries plain HTTP.
func (s *Source) DialTLSContext(ctx context.Context, _, addr string) (net.Conn, error) {
	return s.dial(ctx, addr, true)
}

func (s *Source) dial(ctx context.Context, addr string, secure bool) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return newConn(func(r *http.Request) reply { return s.serve(r, addr, secure) }), nil
}

// A reply is what goes over the connection.
type reply struct {
	head, body []byte
	close      bool // the connection ends after it
}

// serverName tells a replayed answer from a live one in whatever is kept of it.
const serverName = "campusnews-replay"

func (s *Source) serve(r *http.Request, addr string, secure bool) reply {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return page(r, http.StatusMethodNotAllowed, http.Header{"Allow": {"GET, HEAD"}})
	}
	host := r.Host
	if host == "" {
		host = addr
	}
	target := r.URL.EscapedPath()
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		target += "?" + r.URL.RawQuery
	}
	a, found, err := s.pages.find(secure, host, target)
	switch {
	case err != nil:
		return page(r, http.StatusServiceUnavailable, http.Header{"X-Replay-Error": {oneLine(err.Error())}})
	case !found:
		return page(r, http.StatusNotFound, nil)
	case a.location != "":
		return page(r, http.StatusMovedPermanently, http.Header{"Location": {a.location}})
	case unchanged(r, a):
		h := "HTTP/1.1 304 Not Modified\r\nServer: " + serverName + "\r\n"
		if a.etag != "" {
			h += "ETag: " + a.etag + "\r\n"
		}
		return reply{head: []byte(h + "\r\n")}
	case a.raw != nil:
		rep := reply{head: a.raw, close: !a.keep}
		if r.Method == http.MethodHead {
			rep.head, rep.close = headOf(a.raw), false
		}
		return rep
	}
	b := make([]byte, 0, 256)
	b = append(b, "HTTP/1.1 200 OK\r\nServer: "+serverName+"\r\nContent-Type: "...)
	b = append(b, a.kind...)
	b = append(b, "\r\nContent-Length: "...)
	b = strconv.AppendInt(b, int64(len(a.body)), 10)
	b = append(b, "\r\nETag: "...)
	b = append(b, a.etag...)
	b = append(b, "\r\n\r\n"...)
	rep := reply{head: b, body: a.body}
	if r.Method == http.MethodHead {
		rep.body = nil
	}
	return rep
}

// unchanged says whether the request's validators are the page's (RFC 9110 section 13.1).
func unchanged(r *http.Request, a answer) bool {
	if given := r.Header.Get("If-None-Match"); given != "" {
		if a.etag == "" {
			return false
		}
		for tag := range strings.SplitSeq(given, ",") {
			tag = strings.TrimSpace(tag)
			if tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(a.etag, "W/") {
				return true
			}
		}
		return false
	}
	given := r.Header.Get("If-Modified-Since")
	return given != "" && given == a.modified
}

// page makes the short page that a server shows when it has none to show.
func page(r *http.Request, status int, h http.Header) reply {
	text := fmt.Sprintf("%d %s", status, http.StatusText(status))
	body := "<html><head><title>" + text + "</title></head><body><h1>" + text + "</h1></body></html>\n"
	head := "HTTP/1.1 " + text + "\r\nServer: " + serverName + "\r\nContent-Type: text/html\r\n"
	for name, values := range h {
		head += name + ": " + values[0] + "\r\n"
	}
	head += "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n"
	rep := reply{head: []byte(head), body: []byte(body)}
	if r.Method == http.MethodHead {
		rep.body = nil
	}
	return rep
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}

var errClosed = errors.New("the saved pages are closed")

// bareHost gives a host in lower case without a default port; the port is kept otherwise.
func bareHost(host string) string {
	host = strings.ToLower(host)
	if h, port, err := net.SplitHostPort(host); err == nil && (port == "80" || port == "443") {
		host = strings.Trim(h, "[]")
	}
	return strings.TrimSuffix(host, ".")
}

// key gives path and query in the one form that all ways of percent-encoding
// them share. The path is clean: no empty, "." or ".." elements.
func key(target string) (p, query string, hasQuery bool) {
	p, query, hasQuery = strings.Cut(target, "?")
	p = unescape(p)
	slash := strings.HasSuffix(p, "/")
	p = path.Clean("/" + p)
	if slash && p != "/" {
		p += "/"
	}
	return p, unescape(query), hasQuery && query != ""
}

// unescape decodes percent-encoding and leaves alone what is none.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	if u, err := url.PathUnescape(s); err == nil {
		return u
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
