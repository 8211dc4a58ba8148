package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// harmless looks at a page as a browser parses it and complains of anything that acts by itself or asks another host.
func harmless(t *testing.T, what, page string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "iframe", "object", "embed", "base", "style":
			t.Errorf("%s: has a <%s>", what, n.Data)
		case "script":
			if !strings.HasPrefix(attribute(n, "src"), "/static/") || n.FirstChild != nil {
				t.Errorf("%s: a script that is not ours", what)
			}
		}
		for _, a := range n.Attr {
			v := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc", a.Key == "http-equiv":
				t.Errorf("%s: <%s %s=%q>", what, n.Data, a.Key, a.Val)
			case a.Key == "src" || a.Key == "action" || a.Key == "formaction" || a.Key == "srcset" || n.Data == "link" && a.Key == "href":
				if !strings.HasPrefix(v, "/") || strings.HasPrefix(v, "//") {
					t.Errorf("%s: <%s %s=%q> asks another host", what, n.Data, a.Key, a.Val)
				}
			case a.Key == "href" && !strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "#") && !strings.HasPrefix(v, "http://") && !strings.HasPrefix(v, "https://"):
				t.Errorf("%s: <%s href=%q>", what, n.Data, a.Val)
			}
		}
	}
}

func TestHostileArticlesAndQueriesDoNothing(t *testing.T) {
	r := room(t, nil)
	const attack = `%22%3E%3Cscript%3Ealert(1)%3C/script%3E%3Cimg%20src=x%20onerror=alert(1)%3E`
	for _, address := range []string{
		"/", "/search", "/articles/1", "/articles/2", "/articles/3", "/articles/3/changes", "/overview", "/overview?site=" + attack, "/health", "/captures/3", "/search?q=攻击", "/search?q=%22" + attack, "/search?site=" + attack, "/search?person=" + attack,
		"/search?q=x&lang=" + attack, "/?theme=" + attack, "/?theme=javascript:alert(1)",
	} {
		harmless(t, address, body(t, r, address, http.StatusOK))
	}
	for _, address := range []string{"/" + attack, "/search?from=" + attack, "/search?page=" + attack, "/articles/" + attack} {
		res := get(t, r, address)
		if res.StatusCode != http.StatusBadRequest && res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: got %d", address, res.StatusCode)
		}
	}
	if page := body(t, r, "/search?q="+attack, http.StatusBadRequest); !strings.Contains(page, "引号没有闭合") { // a quotation mark alone
		t.Error("a query that cannot be understood is not told why")
	} else {
		harmless(t, "a query that cannot be understood", page)
	}
	page := body(t, r, "/articles/3", http.StatusOK)
	for _, want := range []string{"攻击", "甲", "&lt;script&gt;alert(1)"} {
		if !strings.Contains(page, want) {
			t.Errorf("the hostile article does not show %q", want)
		}
	}
}

// Files are pictures only when their bytes are; whatever else they are is for saving.
func TestFilesAreNeverPages(t *testing.T) {
	r := room(t, nil)
	kinds := map[string]int{}
	for id := 1; id <= 8; id++ {
		res := get(t, r, filePath(int64(id)))
		if res.StatusCode != http.StatusOK {
			t.Errorf("capture %d: got %d", id, res.StatusCode)
			continue
		}
		kind := res.Header.Get("Content-Type")
		kinds[kind]++
		if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("capture %d: policy %q", id, csp)
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("capture %d: a browser may guess its type", id)
		}
		if kind != "image/png" && !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("capture %d of type %s opens in the browser", id, kind)
		}
	}
	if kinds["image/png"] != 1 || kinds["application/octet-stream"] != 7 || len(kinds) != 2 {
		t.Errorf("got %v, want one picture and seven files to save", kinds)
	}
	for _, address := range []string{"/files/0", "/files/-1", "/files/99", "/files/x", "/files/..%2f..%2farchive.db", "/files/1/../../archive.db", "/static/../room.go", "/static/%2e%2e/room.go"} {
		if res := get(t, r, address); res.StatusCode == http.StatusOK {
			t.Errorf("%s: got 200", address)
		}
	}
}

func TestGuard(t *testing.T) {
	open := room(t, nil)
	closed := room(t, func(o *Options) { o.Token, o.AnyHost = "correct horse battery", true })
	ask := func(r *Room, method, host, address string, set func(*http.Request)) *http.Response {
		req := httptest.NewRequest(method, address, strings.NewReader("a body"))
		req.Host = host
		if set != nil {
			set(req)
		}
		w := httptest.NewRecorder()
		r.ServeHTTP(w, req)
		return w.Result()
	}
	bearer := func(token string) func(*http.Request) {
		return func(req *http.Request) { req.Header.Set("Authorization", "Bearer "+token) }
	}
	for _, c := range []struct {
		name         string
		room         *Room
		method, host string
		address      string
		set          func(*http.Request)
		want         int
	}{
		{"loopback", open, "GET", "127.0.0.1:8420", "/", nil, 200},
		{"loopback, IPv6", open, "GET", "[::1]:8420", "/", nil, 200},
		{"another host's name", open, "GET", "evil.example", "/", nil, 421},
		{"a name that begins like ours", open, "GET", "localhost.evil.example:80", "/", nil, 421},
		{"no name", open, "GET", "", "/", nil, 421},
		{"writing", open, "POST", "localhost", "/search", nil, 405},
		{"deleting", open, "DELETE", "localhost", "/articles/1", nil, 405},
		{"a long address", open, "GET", "localhost", "/search?q=" + strings.Repeat("x", maxAddress), nil, 414},
		{"many words", open, "GET", "localhost", "/search?q=" + strings.Repeat("x", maxWords+1), nil, 400},
		{"a far page", open, "GET", "localhost", "/search?page=999999999", nil, 400},
		{"no UTF-8", open, "GET", "localhost", "/search?q=%ff%fe", nil, 400},
		{"no token", closed, "GET", "room.example", "/", nil, 401},
		{"no token for the style", closed, "GET", "room.example", closed.static.at["style.css"], nil, 401},
		{"wrong token", closed, "GET", "room.example", "/", bearer("correct horse batterx"), 401},
		{"token", closed, "GET", "room.example", "/", bearer("correct horse battery"), 200},
		{"token as password", closed, "GET", "room.example", "/", func(req *http.Request) { req.SetBasicAuth("me", "correct horse battery") }, 200},
	} {
		res := ask(c.room, c.method, c.host, c.address, c.set)
		if res.StatusCode != c.want {
			t.Errorf("%s: got %d, want %d", c.name, res.StatusCode, c.want)
		}
		if csp := res.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%s: policy %q", c.name, csp)
		}
	}
	if res := ask(closed, "GET", "room.example", "/", nil); res.Header.Get("WWW-Authenticate") == "" {
		t.Error("a browser is not told to ask for the token")
	}
	if res := ask(open, "GET", "localhost", "/?lang=en%0d%0aSet-Cookie:%20a=b", nil); len(res.Cookies()) != 0 {
		t.Errorf("a line end in the address became cookies %v", res.Cookies())
	}
}
