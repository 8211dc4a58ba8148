package extract

import (
	"strings"
)

// Key gives the identity of a page within its site: two addresses of one
// article have the same key. Where the shape of the address is one of a known
// publishing system, the key is the system's own id of the article behind the
// host, so that http and https, several columns, page files and dynamic twins
// make no copies: "news.example.edu.cn/news1234" for VSB's /info/1002/1234.htm,
// /info/1002/1234_1.htm and content.jsp?…wbnewsid=1234. Any other address is
// its own key, without scheme, default port, fragment and index file.
func (e *Extractor) Key(rawURL string) string {
	rawURL = WithoutSession(rawURL)
	host, path, query, ok := splitAddress(rawURL)
	if !ok {
		return strings.TrimSpace(rawURL)
	}
	if e.forced != nil {
		if key, _, ok := e.forced.system.Identity(path, query); ok {
			return host + key
		}
	}
	for _, s := range e.known {
		if key, _, ok := s.system.Identity(path, query); ok {
			return host + key
		}
	}
	for _, index := range [...]string{"/index.htm", "/index.html", "/index.shtml", "/index.jsp", "/index.php", "/index.asp", "/index.aspx", "/default.htm", "/default.html", "/default.aspx", "/index.psp"} {
		if cut, found := strings.CutSuffix(path, index); found {
			path = cut + "/"
			break
		}
	}
	if query != "" {
		return host + path + "?" + query
	}
	return host + path
}

// splitAddress takes an absolute http address apart without allocating: host in
// lower case without default port, path (at least "/"), query without "?".
func splitAddress(address string) (host, path, query string, ok bool) {
	s := strings.TrimSpace(address)
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		return "", "", "", false
	}
	port := ""
	switch strings.ToLower(scheme) {
	case "http":
		port = ":80"
	case "https":
		port = ":443"
	default:
		return "", "", "", false
	}
	if i := strings.IndexByte(rest, '#'); i >= 0 {
		rest = rest[:i]
	}
	if i := strings.IndexByte(rest, '?'); i >= 0 {
		rest, query = rest[:i], rest[i+1:]
	}
	host, path = rest, "/"
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	host = strings.TrimSuffix(strings.ToLower(strings.TrimSuffix(host, port)), ".")
	return host, path, query, host != ""
}
