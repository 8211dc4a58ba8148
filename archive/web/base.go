package web

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// A Room that does not stand at the root of its server has its Base before every address of its own. Pages are made as if they stood at
// the root; then every attribute that leads to a path of this server is given the Base, in this one place: no template has to think of
// it, and none can forget it. The article's own links are whole addresses and stay as they are.

// localAttributes are those that hold a path of this server in our pages.
var localAttributes = map[string]bool{"href": true, "src": true, "action": true, "data-live": true}

// upward marks links that lead out of the Room, to the one above.
const upward = "up"

// based gives a page of ours with the Base before its addresses.
func based(page []byte, base string) []byte {
	var out bytes.Buffer
	out.Grow(len(page) + len(page)/16)
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			out.Write(z.Raw())
			return out.Bytes()
		}
		raw := z.Raw()
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken || !bytes.Contains(raw, []byte(`="/`)) {
			out.Write(raw)
			continue
		}
		raw = bytes.Clone(raw) // Token takes it apart in place
		t := z.Token()
		changed, leaves := false, false
		for i, a := range t.Attr {
			leaves = leaves || a.Key == "rel" && a.Val == upward
			if localAttributes[a.Key] && strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//") {
				t.Attr[i].Val, changed = base+a.Val, true
			}
		}
		if !changed || leaves {
			out.Write(raw)
			continue
		}
		out.WriteString(t.String())
	}
}

// withoutBase answers what stands below the Base as if it stood at the root.
func withoutBase(base string, next http.Handler) http.Handler {
	if base == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		path, ok := strings.CutPrefix(req.URL.Path, base)
		if !ok || !strings.HasPrefix(path, "/") {
			http.NotFound(w, req)
			return
		}
		plain := new(http.Request)
		*plain = *req
		plain.URL = new(url.URL)
		*plain.URL = *req.URL
		plain.URL.Path, plain.URL.RawPath = path, strings.TrimPrefix(req.URL.RawPath, base)
		next.ServeHTTP(w, plain)
	})
}
