package replay

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"campusnews/archive/warc"
	"campusnews/scraper/capture"
)

func pack(s string) string {
	var b bytes.Buffer
	gz := gzip.NewWriter(&b)
	io.WriteString(gz, s)
	gz.Close()
	return b.String()
}

// live is a site whose answers have every framing.
func live(t testing.TB) *httptest.Server {
	raw := map[string]string{
		"/plain":   "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-odd-CASE:  y\r\nETag: \"p1\"\r\nLast-Modified: Fri, 22 Jul 2016 09:30:00 GMT\r\nContent-Length: 5\r\n\r\nhello",
		"/chunked": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
		"/trailer": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n",
		"/gzip":    fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(pack("hello")), pack("hello")),
		"/close":   "HTTP/1.0 200 OK\r\n\r\nhello",
		"/short":   "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
		"/cut":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n9\r\nhal",
		"/moved":   "HTTP/1.1 301 Moved Permanently\r\nLocation: /plain\r\nContent-Length: 0\r\n\r\n",
		"/gone":    "HTTP/1.1 410 Gone\r\nContent-Length: 4\r\n\r\ngone",
		"/429":     "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
		"/empty":   "HTTP/1.1 204 No Content\r\n\r\n",
		"/新 闻?a=一": "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n你好",
	}
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		if q := unescape(r.URL.RawQuery); q != "" {
			path += "?" + q
		}
		answer, ok := raw[path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		c, _, _ := w.(http.Hijacker).Hijack()
		io.WriteString(c, answer)
		c.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, c)
		c.Close()
	}))
}

var livePaths = []string{"/plain", "/chunked", "/trailer", "/gzip", "/close", "/short", "/cut", "/moved", "/gone", "/429", "/empty", "/新 闻?a=一", "/404"}

// What is replayed from a WARC file is, byte for byte and error for error, what was captured live.
func TestWARCReplaysTheBytes(t *testing.T) {
	srv := live(t)
	defer srv.Close()
	dir := t.TempDir()
	w, err := warc.Open(dir, warc.Options{Name: "live"})
	if err != nil {
		t.Fatal(err)
	}
	tr := capture.New(capture.Options{})
	defer tr.CloseIdleConnections()
	client := &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	captured := map[string]got{}
	for _, p := range livePaths {
		g := get(t, client, srv.URL+p)
		g.kept = g.kept[len(g.kept)-1:] // without attempts lost to the server's closing
		captured[p] = g
		for _, x := range g.kept {
			if _, err := w.WriteExchange(x, warc.Revisits{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	packed := filepath.Join(dir, "live-00001.warc.gz")
	whole, err := os.ReadFile(packed)
	if err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(t.TempDir(), "live.warc")
	gz, err := gzip.NewReader(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(gz)
	if err != nil {
		t.Fatal(err)
	}
	oneMember := filepath.Join(t.TempDir(), "live.warc.gz")
	for path, b := range map[string][]byte{plain: unpacked, oneMember: []byte(pack(string(unpacked)))} {
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	ours := lay(t, t.TempDir(), "archive.db=>x", "warc/live-00001.warc.gz=>"+string(whole))
	for _, path := range []string{packed, plain, oneMember, dir, ours} {
		src, client := open(t, path)
		if h := src.Hosts(); len(h) != 1 || h[0] != strings.TrimPrefix(srv.URL, "http://") {
			t.Errorf("hosts: got %v", h)
		}
		for range 2 {
			for _, p := range livePaths {
				g, want := get(t, client, srv.URL+p), captured[p]
				if len(g.kept) != 1 || !bytes.Equal(g.kept[0].Response, want.kept[0].Response) || g.kept[0].Truncated != want.kept[0].Truncated {
					t.Errorf("%s %s: got %+v, want %q", path, p, g.kept, want.kept[0].Response)
				}
				if g.body != want.body || g.status != want.status || (g.err == nil) != (want.err == nil) {
					t.Errorf("%s %s: got %d %q %v, want %d %q %v", path, p, g.status, g.body, g.err, want.status, want.body, want.err)
				}
			}
		}
		if g := get(t, client, srv.URL+"/never-seen"); g.status != 404 {
			t.Errorf("never captured: got %d, want 404", g.status)
		}
		for _, validator := range [][]string{{"If-None-Match", `"p1"`}, {"If-Modified-Since", "Fri, 22 Jul 2016 09:30:00 GMT"}} {
			if g := get(t, client, srv.URL+"/plain", validator...); g.status != 304 {
				t.Errorf("%v: got %d, want 304", validator, g.status)
			}
		}
	}
}

// entries written by hand, to hold what other tools and other days write.
func writeEntries(t *testing.T, text ...string) string {
	t.Helper()
	var b strings.Builder
	for i, e := range text {
		fields, block, _ := strings.Cut(strings.ReplaceAll(e, "\n", "\r\n"), "\r\n\r\n")
		if !strings.Contains(fields, "WARC-Record-ID") {
			fields += fmt.Sprintf("\r\nWARC-Record-ID: <urn:x:%d>", i)
		}
		fmt.Fprintf(&b, "WARC/1.0\r\n%s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", fields, len(block), block)
	}
	path := filepath.Join(t.TempDir(), "x.warc")
	if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func response(url, day, message string) string {
	return "WARC-Type: response\nWARC-Target-URI: " + url + "\nWARC-Date: " + day + "T00:00:00Z\nContent-Type: application/http;msgtype=response\n\n" + message
}

func TestWARCChoices(t *testing.T) {
	ok := func(body string) string {
		return fmt.Sprintf("HTTP/1.1 200 OK\nContent-Length: %d\n\n%s", len(body), body)
	}
	hello := warc.Digest([]byte("hello"))
	path := writeEntries(t,
		response("http://a.example/two", "2020-01-02", ok("new")),
		response("http://a.example/two", "2020-01-01", ok("old")),
		response("<http://a.example/wget>", "2020-01-01", ok("wget")),
		response("https://a.example/secure", "2020-01-01", ok("secure")),
		response("http://a.example/both", "2020-01-01", ok("plain")),
		response("https://a.example/both", "2020-02-01", ok("secure")),
		response("http://a.example/h2", "2020-01-01", "HTTP/2 200\nContent-Length: 3\n\ntwo"),
		response("http://a.example/unchunked", "2020-01-01", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n<p>was in chunks</p>"),
		response("http://a.example/unzipped", "2020-01-01", "HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 5\n\nhello"),
		response("http://a.example/unbrotlied", "2020-01-01", "HTTP/1.1 200 OK\nContent-Encoding: br\nContent-Length: 19\n\n<p>was brotli</p>\n"),
		response("http://a.example/304", "2020-02-01", "HTTP/1.1 304 Not Modified\n\n"),
		response("http://a.example/304", "2020-01-01", ok("page")),
		"WARC-Type: resource\nWARC-Target-URI: http://a.example/res\nWARC-Date: 2020\nContent-Type: text/css\n\np{}",
		"WARC-Type: response\nWARC-Target-URI: dns:a.example\nWARC-Date: 2020-01-01T00:00:00Z\nContent-Type: text/dns\n\n127.0.0.1",
		"WARC-Payload-Digest: "+hello+"\nWARC-Record-ID: <urn:orig>\n"+response("http://a.example/orig", "2020-01-01", "HTTP/1.1 200 OK\nX: old\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\n"),
		"WARC-Type: revisit\nWARC-Target-URI: http://a.example/orig\nWARC-Date: 2020-02-01T00:00:00Z\nWARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\nWARC-Refers-To: <urn:orig>\nContent-Type: application/http\n\nHTTP/1.1 200 OK\nX: new\nContent-Length: 5\n\n",
		"WARC-Type: revisit\nWARC-Target-URI: http://a.example/copy\nWARC-Date: 2020-02-01T00:00:00Z\nWARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest\nWARC-Payload-Digest: "+hello+"\n\n",
		"WARC-Type: revisit\nWARC-Target-URI: http://a.example/same\nWARC-Date: 2020-02-01T00:00:00Z\nWARC-Profile: http://netpreserve.org/warc/1.1/revisit/server-not-modified\nWARC-Refers-To: <urn:orig>\n\nHTTP/1.1 304 Not Modified\n\n",
		"WARC-Type: revisit\nWARC-Target-URI: http://a.example/lost\nWARC-Date: 2020-02-01T00:00:00Z\nWARC-Profile: http://netpreserve.org/warc/1.1/revisit/identical-payload-digest\nWARC-Refers-To: <urn:elsewhere>\n\nHTTP/1.1 200 OK\n\n",
	)
	_, client := open(t, path)
	for ask, want := range map[string]string{
		"http://a.example/two":        "200 new",
		"http://A.example:80/two":     "200 new",
		"http://a.example/wget":       "200 wget",
		"https://a.example/secure":    "200 secure",
		"http://a.example/secure":     "200 secure",
		"http://a.example/both":       "200 plain",
		"https://a.example/both":      "200 secure",
		"http://a.example/h2":         "200 two",
		"http://a.example/unchunked":  "200 <p>was in chunks</p>",
		"http://a.example/unzipped":   "200 hello",
		"http://a.example/unbrotlied": "200 <p>was brotli</p>\r\n",
		"http://a.example/304":        "200 page",
		"http://a.example/res":        "200 p{}",
		"http://a.example/orig":       "200 hello new",
		"http://a.example/copy":       "200 hello old",
		"http://a.example/same":       "200 hello old",
		"http://a.example/lost":       "404",
		"http://a.example/":           "404",
	} {
		g := get(t, client, ask)
		said := strings.TrimSuffix(fmt.Sprintf("%d %s %s", g.status, g.body, g.header.Get("X")), " ")
		if g.status == 404 {
			said = "404"
		}
		if said != want || g.err != nil {
			t.Errorf("%s: got %q err %v, want %q", ask, said, g.err, want)
		}
	}
}

// What wget itself writes, both ways, from a live site.
func TestWget(t *testing.T) {
	wget, err := exec.LookPath("wget")
	if err != nil {
		t.Skip("wget is not installed")
	}
	page := func(links ...string) string {
		s := "<html><body><p>一页</p>"
		for _, l := range links {
			s += `<a href="` + l + `">x</a>`
		}
		return s
	}
	pages := map[string]string{
		"/": page("/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=1040", "/info/1001/2.htm", "/a/", "/新闻.htm", "/p.jsp?f=a/b&amp;u=%E4%B8%80"),
		"/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=1040": page("/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=1041"),
		"/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=1041": page(),
		"/info/1001/2.htm":         page("3.htm", "/style.css?v=2"),
		"/info/1001/3.htm":         page(),
		"/style.css?v=2":           "p{}",
		"/a/":                      page("b/"),
		"/a/b/":                    page(),
		"/新闻.htm":                  page(),
		"/p.jsp?f=a/b&u=%E4%B8%80": page(),
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := r.URL.Path
		if r.URL.RawQuery != "" {
			p += "?" + r.URL.RawQuery
		}
		body, ok := pages[p]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, body)
		if len(p)%2 == 0 {
			w.(http.Flusher).Flush() // chunked
		}
	}))
	defer srv.Close()
	for name, args := range map[string][]string{
		"mirror":           {"--mirror"},
		"names with html":  {"--mirror", "--adjust-extension"},
		"windows names":    {"--mirror", "--adjust-extension", "--restrict-file-names=windows"},
		"no host":          {"--mirror", "--no-host-directories"},
		"warc":             {"--recursive", "--level=5", "--warc-file=site", "--delete-after"},
		"warc, not packed": {"--recursive", "--level=5", "--warc-file=site", "--no-warc-compression", "--delete-after"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			cmd := exec.Command(wget, append(append([]string{"--quiet", "--no-config", "--local-encoding=UTF-8", "--page-requisites"}, args...), srv.URL+"/")...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "http_proxy=", "HTTP_PROXY=")
			if out, err := cmd.CombinedOutput(); err != nil && cmd.ProcessState.ExitCode() != 8 { // 8: the site answered 404 to robots.txt
				t.Fatalf("%v\n%s", err, out)
			}
			path := dir
			if files, _ := filepath.Glob(filepath.Join(dir, "site.warc*")); len(files) == 1 {
				path = files[0]
			}
			_, client := open(t, path)
			for p, want := range pages {
				if g := get(t, client, srv.URL+p); g.status != 200 || g.body != want || g.err != nil {
					t.Errorf("%s: got %d %q err %v, want %q", p, g.status, g.body, g.err, want)
				}
			}
			if g := get(t, client, srv.URL+"/a"); path == dir && g.status != 301 {
				t.Errorf("/a: got %d, want 301", g.status)
			}
			if t.Failed() {
				t.Log(names(dir))
			}
		})
	}
}

func names(dir string) []string {
	var all []string
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, strings.TrimPrefix(path, dir))
		}
		return nil
	})
	slices.Sort(all)
	return all
}

// A damaged file still answers with what is whole in it.
func TestDamagedWARC(t *testing.T) {
	dir := t.TempDir()
	w, err := warc.Open(dir, warc.Options{Name: "d"})
	if err != nil {
		t.Fatal(err)
	}
	var at []warc.Position
	for n := range 3 {
		x := capture.Exchange{URL: fmt.Sprintf("http://a.example/%d", n), Started: time.Now(), Status: 200, Response: []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")}
		pos, err := w.WriteExchange(x, warc.Revisits{})
		if err != nil {
			t.Fatal(err)
		}
		at = append(at, pos)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, at[0].File)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	clear(b[at[1].Offset+30 : at[1].Offset+90])
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	_, client := open(t, path)
	for ask, want := range map[string]int{"/0": 200, "/2": 200} {
		if g := get(t, client, "http://a.example"+ask); g.status != want {
			t.Errorf("%s: got %d, want %d", ask, g.status, want)
		}
	}
	if g := get(t, client, "http://a.example/1"); g.status != 404 && g.status != 503 {
		t.Errorf("/1: got %d, want 404 or 503", g.status)
	}
}
