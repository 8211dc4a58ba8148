package replay

import (
	"io"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzFind asks for any address: the answer is a file of the tree or none, the
// same each time, and the file's own address finds it.
func FuzzFind(f *testing.F) {
	names := []string{"/index.htm", "/a/index.html", "/a/1.htm", "/list.jsp?x=1", "/list.jsp@x=2.html", "/讲座/一.htm", "/e/f g.htm", "/c%2Fd.htm"}
	tr := newTree()
	known := map[string]bool{}
	for _, n := range names {
		tr.add(n, n[1:])
		known[n[1:]] = true
	}
	for _, s := range []string{"/", "", "/a", "/a/", "/list.jsp?x=2", "/../../etc/passwd", "/%2e%2e/%2e%2e/x", "/%E8%AE%B2%E5%BA%A7/%E4%B8%80.htm", "/%zz?%", "//a//1.html?q#x", "/\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, target string) {
		p, query, hasQuery := key(target)
		if p == "" || p[0] != '/' || strings.Contains(p+"/", "/../") || strings.TrimSuffix(p, "/") != strings.TrimSuffix(path.Clean(p), "/") {
			t.Fatalf("%q gives the path %q", target, p)
		}
		name, ok := tr.find(p, query, hasQuery)
		if ok != known[name] {
			t.Fatalf("%q finds %q", target, name)
		}
		if again, ok2 := tr.find(p, query, hasQuery); again != name || ok2 != ok {
			t.Fatalf("%q finds %q, then %q", target, name, again)
		}
		if to, ok := tr.folderOf(p, hasQuery); ok {
			u, err := url.Parse(to)
			if err != nil || u.Host != "" || !strings.HasSuffix(u.Path, "/") {
				t.Fatalf("%q is sent to %q", target, to)
			}
		}
	})
}

// FuzzList reads any list: an error names its line, and without one every file is inside the folder.
func FuzzList(f *testing.F) {
	f.Add("http://a.example/\tindex.htm\ttext/html\r\n# x\n\nhttps://新.example/x?y=1\t./a/b.htm\n")
	f.Add("http://a.example/\t../x\n")
	f.Add("\ufeffhttp://[::1]:80/%zz\tx\t\n")
	f.Fuzz(func(t *testing.T, text string) {
		fo := &folder{list: map[string]entry{}}
		count := map[string]int{}
		if err := fo.readList(strings.NewReader(text), count); err != nil {
			if !strings.HasPrefix(err.Error(), ":") {
				t.Fatalf("error without its line: %v", err)
			}
			return
		}
		for k, e := range fo.list {
			if !filepath.IsLocal(e.file) || strings.ContainsAny(e.kind, "\r\n") || k == "" {
				t.Fatalf("%q: %+v", k, e)
			}
		}
	})
}

// FuzzConn sends any bytes as a client would: the server's end never panics, and
// what it answers is HTTP.
func FuzzConn(f *testing.F) {
	f.Add([]byte("GET /a.htm HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: y\r\n\r\n"), 3)
	f.Add([]byte("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcHEAD / HTTP/1.0\r\n\r\n"), 100)
	f.Add([]byte("GET http://x:99999/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"), 1)
	f.Fuzz(func(t *testing.T, sent []byte, step int) {
		served := 0
		c := newConn(func(r *http.Request) reply {
			served++
			return page(r, http.StatusNotFound, nil)
		})
		step = max(1, step)
		for len(sent) > 0 {
			n := min(step, len(sent))
			if _, err := c.Write(sent[:n]); err != nil {
				break
			}
			sent = sent[n:]
		}
		c.mu.Lock()
		c.ended = true
		c.mu.Unlock()
		got, err := io.ReadAll(c)
		if err != nil || len(got) > 0 && !strings.HasPrefix(string(got), "HTTP/1.1 ") || served > 0 && len(got) == 0 {
			t.Fatalf("%d requests, got %q, err %v", served, got, err)
		}
	})
}
