package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campusnews/scraper/capture"
)

// open gives the source and a client that goes through the capture transport, as a crawl does.
func open(t testing.TB, path string) (*Source, *http.Client) {
	t.Helper()
	src, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	tr := capture.New(capture.Options{Dial: src.DialContext, DialTLS: src.DialTLSContext})
	t.Cleanup(func() { tr.CloseIdleConnections(); src.Close() })
	return src, &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

type got struct {
	status int
	body   string
	header http.Header
	err    error
	kept   []capture.Exchange
}

func get(t testing.TB, c *http.Client, address string, headers ...string) got {
	t.Helper()
	var g got
	ctx := capture.WithSink(t.Context(), func(x capture.Exchange) { g.kept = append(g.kept, x) })
	req, err := http.NewRequestWithContext(ctx, "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.Do(req)
	if err != nil {
		g.err = err
		return g
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	g.status, g.body, g.header, g.err = resp.StatusCode, string(b), resp.Header, err
	return g
}

// lay writes files whose content is their own name, unless content says otherwise.
func lay(t testing.TB, dir string, names ...string) string {
	t.Helper()
	for _, n := range names {
		name, content, ok := strings.Cut(n, "=>")
		if !ok {
			content = name
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFolderNames(t *testing.T) {
	site := lay(t, filepath.Join(t.TempDir(), "site"),
		"index.htm", "a/index.html", "a/1.htm", "b/2.html", "list.jsp?x=1", "list.jsp@x=2.html", "only.jsp.html", "style.css", "q.css?v=3",
		"info/%E6%96%B0%E9%97%BB.htm", "讲座/一.htm", "Up/Case.HTM", "noext", "c/x.jsp?u=a%2Fb", "d/index.jsp?id=5", "e/f g.htm", "img.png", ".hidden")
	_, client := open(t, site)
	for _, c := range []struct{ ask, file string }{
		{"/", "index.htm"},
		{"", "index.htm"},
		{"/index.htm", "index.htm"},
		{"/index.html", "index.htm"},
		{"/a/", "a/index.html"},
		{"/a/1.htm", "a/1.htm"},
		{"/a/1.html", "a/1.htm"},
		{"/b/2.htm", "b/2.html"},
		{"/a/1.htm#part", "a/1.htm"},
		{"/a/../b/./2.html", "b/2.html"},
		{"//a//1.htm", "a/1.htm"},
		{"/list.jsp?x=1", "list.jsp?x=1"},
		{"/list.jsp?x=2", "list.jsp@x=2.html"},
		{"/list.jsp?x=3", ""},
		{"/list.jsp", ""},
		{"/only.jsp", "only.jsp.html"},
		{"/only.jsp?id=9", ""}, // which of its pages was saved is not known
		{"/style.css?v=7", "style.css"},
		{"/q.css?v=3", "q.css?v=3"},
		{"/a/1.htm?from=home", "a/1.htm"},
		{"/info/%E6%96%B0%E9%97%BB.htm", "info/%E6%96%B0%E9%97%BB.htm"},
		{"/info/新闻.htm", "info/%E6%96%B0%E9%97%BB.htm"},
		{"/%e8%ae%b2%e5%ba%a7/%e4%b8%80.htm", "讲座/一.htm"},
		{"/up/case.htm", "Up/Case.HTM"},
		{"/noext", "noext"},
		{"/c/x.jsp?u=a/b", "c/x.jsp?u=a%2Fb"},
		{"/d/?id=5", "d/index.jsp?id=5"},
		{"/e/f%20g.htm", "e/f g.htm"},
		{"/missing.htm", ""},
		{"/robots.txt", ""},
		{"/a/1.htm/", ""},
		{"/../../etc/passwd", ""},
		{"/%2e%2e/%2e%2e/etc/passwd", ""},
		{"/..%2f..%2fetc/passwd", ""},
	} {
		for _, base := range []string{"http://news.example.edu.cn", "https://other.example:8443"} {
			g := get(t, client, base+c.ask)
			if c.file == "" {
				if g.status != 404 || g.err != nil {
					t.Errorf("%s: got %d %q err %v, want 404", c.ask, g.status, g.body, g.err)
				}
			} else if g.status != 200 || g.body != c.file {
				t.Errorf("%s: got %d %q err %v, want %q", c.ask, g.status, g.body, g.err, c.file)
			}
		}
	}
	if g := get(t, client, "http://x.example/a"); g.status != 301 || g.header.Get("Location") != "/a/" {
		t.Errorf("a folder without its slash: got %d to %q", g.status, g.header.Get("Location"))
	}
	for ask, want := range map[string]string{"/list.jsp?x=1": "text/html", "/style.css": "text/css", "/img.png": "image/png", "/noext": "text/plain", "/": "text/html"} {
		if kind := get(t, client, "http://x.example"+ask).header.Get("Content-Type"); kind != want {
			t.Errorf("%s: got type %q, want %q", ask, kind, want)
		}
	}
}

func TestFolderHosts(t *testing.T) {
	many := lay(t, filepath.Join(t.TempDir(), "saved"), "news.example.edu.cn/index.htm", "news.example.edu.cn/1.htm", "www.example.edu.cn/index.htm",
		"www.example.edu.cn:8080/index.htm", "localhost+81/index.htm", "robots.txt")
	src, client := open(t, many)
	if h := strings.Join(src.Hosts(), " "); h != "news.example.edu.cn localhost:81 www.example.edu.cn www.example.edu.cn:8080" {
		t.Errorf("hosts: got %s", h)
	}
	for ask, want := range map[string]string{
		"http://news.example.edu.cn/":       "news.example.edu.cn/index.htm",
		"https://NEWS.example.edu.cn:443/":  "news.example.edu.cn/index.htm",
		"http://www.example.edu.cn/":        "www.example.edu.cn/index.htm",
		"http://www.example.edu.cn:8080/":   "www.example.edu.cn:8080/index.htm",
		"http://localhost:81/":              "localhost+81/index.htm",
		"http://www.example.edu.cn/1.htm":   "",
		"http://elsewhere.example.edu.cn/":  "",
		"http://news.example.edu.cn:8080/":  "",
		"http://elsewhere.example/index.ht": "",
	} {
		g := get(t, client, ask)
		if want == "" && g.status != 404 || want != "" && g.body != want {
			t.Errorf("%s: got %d %q, want %q", ask, g.status, g.body, want)
		}
	}
	one := lay(t, filepath.Join(t.TempDir(), "cs.example.edu.cn"), "index.htm")
	src, client = open(t, one)
	if g := get(t, client, "http://cs.example.edu.cn/"); g.body != "index.htm" || strings.Join(src.Hosts(), " ") != "cs.example.edu.cn" {
		t.Errorf("a folder named for its host: got %d %q, hosts %v", g.status, g.body, src.Hosts())
	}
	if g := get(t, client, "http://www.example.edu.cn/"); g.status != 404 {
		t.Errorf("another host: got %d, want 404", g.status)
	}
	odd := lay(t, filepath.Join(t.TempDir(), "saved.v2"), "index.htm")
	if _, client = open(t, odd); get(t, client, "http://www.example.edu.cn/").status != 200 {
		t.Error("a folder named for no host does not answer for any")
	}
}

func TestList(t *testing.T) {
	dir := lay(t, filepath.Join(t.TempDir(), "site"), "start.htm", "x/content.jsp.html", "b.bin", "plain.htm")
	list := "\ufeffhttp://news.example.edu.cn/\tstart.htm\ttext/html; charset=gb2312\r\n" +
		"http://news.example.edu.cn/content.jsp?urltype=news.NewsContentUrl&id=5\t./x/content.jsp.html\n\n# a remark\n" +
		"https://gov.example/%E6%96%B0?a=b\tb.bin\tapplication/x-y\nhttp://news.example.edu.cn/lost.htm\tlost.htm\n"
	if err := os.WriteFile(dir+".urls.tsv", []byte(list), 0o666); err != nil {
		t.Fatal(err)
	}
	src, client := open(t, dir)
	if h := strings.Join(src.Hosts(), " "); h != "news.example.edu.cn gov.example" {
		t.Errorf("hosts: got %s", h)
	}
	for ask, want := range map[string]string{
		"http://news.example.edu.cn/": "start.htm text/html; charset=gb2312",
		"http://news.example.edu.cn/content.jsp?urltype=news.NewsContentUrl&id=5": "x/content.jsp.html text/html",
		"http://gov.example/新?a=b":             "b.bin application/x-y",
		"http://news.example.edu.cn/plain.htm": "plain.htm text/html",
		"http://gov.example/plain.htm":         "404",
		"http://third.example/plain.htm":       "404",
		"http://news.example.edu.cn/lost.htm":  "404",
	} {
		g := get(t, client, ask)
		said := g.body + " " + g.header.Get("Content-Type")
		if g.status == 404 {
			said = "404"
		}
		if said != want {
			t.Errorf("%s: got %q, want %q", ask, said, want)
		}
	}
	for line, want := range map[string]string{
		"http://a.example/\n":             ":1: 1 columns",
		"\n/relative\tx.htm\n":            ":2: \"/relative\" is no absolute address",
		"http://a.example/\t../x.htm\n":   ":1: file \"../x.htm\" is outside",
		"http://a.example/\t/etc/passwd":  ":1: file \"/etc/passwd\" is outside",
		"http://a.example/%zz\tx.htm\tt ": ":1: \"http://a.example/%zz\" is no absolute",
	} {
		if err := os.WriteFile(dir+".urls.tsv", []byte(line), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", line, err, want)
		}
	}
}

func TestValidatorsAndMethods(t *testing.T) {
	dir := lay(t, filepath.Join(t.TempDir(), "site"), "a.htm")
	_, client := open(t, dir)
	first := get(t, client, "http://x.example/a.htm")
	tag := first.header.Get("ETag")
	if tag == "" || first.header.Get("Server") != serverName {
		t.Fatalf("got headers %v", first.header)
	}
	for given, want := range map[string]int{tag: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200} {
		g := get(t, client, "http://x.example/a.htm", "If-None-Match", given)
		if g.status != want || want == 304 && g.body != "" {
			t.Errorf("If-None-Match %s: got %d %q, want %d", given, g.status, g.body, want)
		}
	}
	lay(t, dir, "a.htm=>changed")
	if g := get(t, client, "http://x.example/a.htm", "If-None-Match", tag); g.status != 200 || g.body != "changed" {
		t.Errorf("after a change: got %d %q", g.status, g.body)
	}
	resp, err := client.Head("http://x.example/a.htm")
	if err != nil || resp.StatusCode != 200 || resp.ContentLength != int64(len("changed")) {
		t.Errorf("HEAD: got %v, err %v", resp, err)
	}
	resp, err = client.Post("http://x.example/a.htm", "text/plain", strings.NewReader(strings.Repeat("x", 100_000)))
	if err != nil || resp.StatusCode != 405 || resp.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: got %v, err %v", resp, err)
	}
	if g := get(t, client, "http://x.example/a.htm"); g.status != 200 {
		t.Errorf("after a POST: got %d", g.status)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(lay(t, dir, "page.htm", "empty.warc=>", "noise.warc.gz"), "page.htm")
	for _, path := range []string{filepath.Join(dir, "missing"), text, t.TempDir(), filepath.Join(dir, "empty.warc"), filepath.Join(dir, "noise.warc.gz")} {
		if src, err := Open(path); err == nil || src != nil {
			t.Errorf("%s: got %v, err %v; want an error", path, src, err)
		}
	}
}

func TestLinksAreNotFollowed(t *testing.T) {
	outside := lay(t, t.TempDir(), "secret.htm")
	dir := lay(t, filepath.Join(t.TempDir(), "site"), "a.htm")
	if err := os.Symlink(filepath.Join(outside, "secret.htm"), filepath.Join(dir, "link.htm")); err != nil {
		t.Skip(err)
	}
	_, client := open(t, dir)
	if g := get(t, client, "http://x.example/link.htm"); g.status != 404 {
		t.Errorf("got %d %q, want 404", g.status, g.body)
	}
	// A file that becomes a link after opening must not lead out either.
	if err := errors.Join(os.Remove(filepath.Join(dir, "a.htm")), os.Symlink(filepath.Join(outside, "secret.htm"), filepath.Join(dir, "a.htm"))); err != nil {
		t.Fatal(err)
	}
	if g := get(t, client, "http://x.example/a.htm"); strings.Contains(g.body, "secret") {
		t.Errorf("got %d %q", g.status, g.body)
	}
}

func TestConnection(t *testing.T) {
	src, _ := open(t, lay(t, filepath.Join(t.TempDir(), "site"), "a.htm"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := src.DialContext(ctx, "tcp", "x:80"); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled dial: got %v", err)
	}
	c, err := src.DialContext(t.Context(), "tcp", "x:80")
	if err != nil {
		t.Fatal(err)
	}
	c.SetReadDeadline(time.Now().Add(time.Millisecond))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("deadline: got %v", err)
	}
	c.SetReadDeadline(time.Time{})
	// two requests, byte by byte, in one go
	for _, b := range []byte("GET /a.htm HTTP/1.1\r\nHost: x\r\n\r\nGET /b.htm HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") {
		if _, err := c.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := io.ReadAll(c)
	if err != nil || strings.Count(string(all), "HTTP/1.1 200 OK") != 1 || strings.Count(string(all), "HTTP/1.1 404 Not Found") != 1 {
		t.Errorf("got %q, err %v", all, err)
	}
	c.Close()
	if _, err := c.Write([]byte("x")); err == nil {
		t.Error("a write on a closed connection succeeded")
	}
	bad, _ := src.DialContext(t.Context(), "tcp", "x:80")
	fmt.Fprint(bad, "no HTTP\r\n\r\n")
	if all, _ := io.ReadAll(bad); !strings.HasPrefix(string(all), "HTTP/1.1 400 ") {
		t.Errorf("no HTTP: got %q", all)
	}
}

func TestClosedSource(t *testing.T) {
	src, client := open(t, lay(t, filepath.Join(t.TempDir(), "site"), "a.htm"))
	src.Close()
	if g := get(t, client, "http://x.example/a.htm"); g.status != 503 {
		t.Errorf("got %d, want 503", g.status)
	}
}
