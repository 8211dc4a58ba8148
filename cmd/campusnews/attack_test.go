package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"campusnews/archive"
	readingroom "campusnews/archive/web"
	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/capture"
)

// The reading room as an attacker meets it: the real server on a real port, over an archive that is itself hostile.

// pwn is what no page may hold as markup, and no head as a line.
const (
	pwn     = `"'><pwn x=1 onmouseover=alert(1)>{{.}}`
	pwnLine = "\r\nPwned: 1\r\n\r\n<pwn>"
)

// hostileArchive is an archive whose every text, address and file name attacks; canary is an address that nobody may ask.
func hostileArchive(t *testing.T, canary string) *archive.Archive {
	t.Helper()
	now := time.Date(2016, 7, 22, 12, 0, 0, 0, time.UTC)
	a, err := archive.Open(t.Context(), t.TempDir(), archive.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := a.Begin(t.Context(), archive.CrawlInfo{Sites: []archive.Site{{ID: "evil", Name: pwn, URL: "http://evil.example/", System: pwn}}, Program: pwn, Command: pwn})
	if err != nil {
		t.Fatal(err)
	}
	save := func(address string, status int, head, body string, r *extract.Result) {
		now = now.Add(time.Second)
		v := scraper.Visit{Reason: scraper.ReasonNew, Time: now, Result: r, Target: scraper.Target{
			Site: "evil", Key: address, URL: address, Section: pwn, Title: pwn, Role: scraper.RoleArticle, State: scraper.StateKept, Visits: 1, LastVisit: now,
		}}
		v.Exchanges = []capture.Exchange{{
			URL: address, Started: now, Duration: time.Millisecond, Remote: "192.0.2.1", Status: status, Request: []byte("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
			Response: fmt.Appendf(nil, "HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s", status, head, len(body), body),
		}}
		if _, err := c.Save(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	article := func(key, body string) *extract.Result {
		return &extract.Result{Kind: extract.KindArticle, URL: "http://evil.example/1.htm", Key: key, System: pwn, Charset: extract.Charset{Name: pwn}, Article: &extract.Article{
			Title: pwn, Subtitle: pwn, Source: pwn, Published: "2016-07-22", Body: body + pwn, HTML: `<p>` + body + pwn + `</p><img src="` + canary + `"><a href="javascript:alert(1)">x</a>`, Part: 1,
			Credits: []extract.Credit{{Role: "author", Name: pwn}, {Role: pwn, Name: "x"}}, Images: []extract.Image{{URL: canary, Alt: pwn, Caption: pwn}},
			Files: []extract.File{{URL: "http://evil.example/a%0d%0aPwned:1%22.doc", Name: pwn}}, Links: []extract.Link{{URL: "javascript:alert(1)", Text: pwn}},
			Provenance: map[string]string{"title": pwn, pwn: "x"}, Clicks: &extract.Counter{Owner: pwn, ClickID: pwn},
		}}
	}
	page := "<title>" + pwn + `</title><meta http-equiv=refresh content="0;url=` + canary + `"><img src="` + canary + `"><link rel=stylesheet href="` + canary + `"><script src="` + canary + `"></script>`
	html := "Content-Type: text/html\r\n"
	save("http://evil.example/1.htm", 200, html, page, article("1", "first"))
	save("http://evil.example/1.htm", 200, html, page+"2", article("1", "second"))
	save("http://evil.example/a%0d%0aPwned:1%22.doc", 200, "Content-Type: application/msword; name=\"\x0dPwned:1\"\r\nContent-Encoding: x\x0dPwned:1\r\n", "doc", nil)
	save("http://evil.example/to", 302, "Location: "+canary+"\r\n", "", nil)
	save("http://evil.example/<pwn>?<pwn>", 200, html, page, nil)
	if err := c.End(t.Context(), archive.Ending{Status: archive.StatusFailed, Ended: now, Error: pwn}); err != nil {
		t.Fatal(err)
	}
	return a
}

// attacked is the server's address, and a function that says how often the canary was asked.
func attacked(t *testing.T) (addr string, asked func() []string) {
	t.Helper()
	seen := make(chan string, 1000)
	canary, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := canary.Accept()
			if err != nil {
				return
			}
			seen <- c.RemoteAddr().String()
			c.Close()
		}
	}()
	a := hostileArchive(t, "http://"+canary.Addr().String()+"/canary")
	room, err := readingroom.New(readingroom.Options{Archive: a})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- serveUntil(ctx, l, room, patience{head: 500 * time.Millisecond, answer: 30 * time.Second, idle: 30 * time.Second, end: 5 * time.Second})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
		canary.Close()
		room.Close()
	})
	return l.Addr().String(), func() (list []string) {
		for {
			select {
			case s := <-seen:
				list = append(list, s)
			default:
				return list
			}
		}
	}
}

// raw sends bytes as they are and gives the first answer; nil when the connection was closed without one.
func raw(t *testing.T, addr, request string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go io.WriteString(conn, request) // the server may answer before all of it is sent
	method, _, _ := strings.Cut(request, " ")
	in := bufio.NewReader(conn)
	res, err := http.ReadResponse(in, &http.Request{Method: method})
	if err != nil {
		return nil, err.Error()
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(io.LimitReader(res.Body, 4<<20)) // a cut body is looked at as far as it came
	return res, string(b)
}

// visit asks for a path as a browser would.
func visit(t *testing.T, addr, path string) (*http.Response, string) {
	t.Helper()
	return raw(t, addr, "GET "+path+" HTTP/1.1\r\nHost: "+addr+"\r\nConnection: close\r\n\r\n")
}

// unharmed complains when an answer holds an attack as markup or as a line of its head.
func unharmed(t *testing.T, what string, res *http.Response, body string) {
	t.Helper()
	if res == nil {
		return // closed without a word
	}
	if res.Header.Get("Pwned") != "" {
		t.Errorf("%s: a line was put into the head: %v", what, res.Header)
	}
	if exact := strings.Contains(res.Header.Get("Content-Security-Policy"), "sandbox; default-src 'none'") || strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'; sandbox"); exact {
		return // bytes as received, which may do nothing
	}
	if kind := res.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") && (strings.Contains(body, "<pwn") || strings.Contains(body, "<PWN")) {
		at := strings.Index(strings.ToLower(body), "<pwn")
		t.Errorf("%s: the attack is markup: …%s…", what, body[max(0, at-100):min(len(body), at+100)])
	}
}

func TestAttackStored(t *testing.T) {
	addr, asked := attacked(t)
	paths := []string{
		"/", "/search", "/search?q=first", "/search?q=second&lang=en", "/overview", "/health", "/health?check=1", "/articles/1", "/articles/1?version=1", "/articles/1/changes", "/articles/1/changes?view=inline",
		"/articles/1/cite.bib", "/overview/months.csv", "/no/such", "/api/v1/articles", "/api/v1/articles/1", "/api/v1/search?q=first",
		"/web/http://evil.example/1.htm", "/web/20160722120001/http://evil.example/1.htm", "/web/20160722120001if_/http://evil.example/1.htm", "/web/20160722120001id_/http://evil.example/1.htm",
		"/web/*/http://evil.example/1.htm", "/web/timemap/link/http://evil.example/1.htm", "/web/timemap/json/http://evil.example/1.htm", "/web/timegate/http://evil.example/1.htm",
		"/web/2016id_/http://evil.example/a%0d%0aPwned:1%22.doc", "/web/20160722120003id_/http://evil.example/a%0d%0aPwned:1%22.doc", "/web/20160722120003if_/http://evil.example/a%0d%0aPwned:1%22.doc",
		"/web/20160722120004/http://evil.example/to", "/web/20160722120004if_/http://evil.example/to", "/web/20160722120005if_/http://evil.example/%3Cpwn%3E?%3Cpwn%3E",
	}
	for id := 1; id <= 6; id++ {
		paths = append(paths, fmt.Sprintf("/captures/%d", id), fmt.Sprintf("/files/%d", id))
	}
	answered := 0
	for _, p := range paths {
		res, body := visit(t, addr, p)
		if unharmed(t, p, res, body); res != nil && res.StatusCode < 400 {
			answered++
		}
		if res != nil && res.StatusCode >= 500 {
			t.Errorf("%s: got %d", p, res.StatusCode)
		}
	}
	if answered < 25 {
		t.Errorf("%d of %d pages were answered: this test saw too little", answered, len(paths))
	}
	if list := asked(); len(list) > 0 {
		t.Errorf("the server asked an address that pages name: %v", list)
	}
}

func TestAttackReflected(t *testing.T) {
	addr, _ := attacked(t)
	for _, payload := range []string{pwn, pwnLine, "javascript:alert(1)", "\x00<pwn>", "\xff\xfe<pwn>", `\"><pwn>`, "%253Cpwn%253E", "</title><pwn>", "<!--<pwn>", "＜pwn＞<pwn>"} {
		q, p := url.QueryEscape(payload), url.PathEscape(payload)
		for _, path := range []string{
			"/search?q=" + q, "/search?site=" + q, "/search?section=" + q, "/search?source=" + q, "/search?person=" + q, "/search?from=" + q, "/search?to=" + q, "/search?page=" + q, "/search?sort=" + q,
			"/search?part=" + q, "/search?" + q + "=1", "/?lang=" + q, "/?theme=" + q, "/" + p, "/articles/" + p, "/articles/1?version=" + q, "/articles/1/changes?from=" + q, "/articles/1/changes?view=" + q,
			"/captures/" + p, "/files/" + p, "/static/" + p, "/overview/" + p, "/overview?site=" + q, "/health?check=" + q, "/api/v1/" + p, "/api/v1/search?q=" + q, "/live?" + q,
			"/web/" + p, "/web/2016/" + p, "/web/2016" + p + "/http://a.example/", "/web/2016/http://a.example/" + p, "/web/2016/http://a.example/?" + q, "/web/2016/http://" + p + "/", "/web/timegate/" + p,
			"/web/timemap/link/http://evil.example/1.htm?" + q, "/web/*/" + p,
		} {
			if strings.HasPrefix(path, "/live") {
				continue // goes on for ever
			}
			res, body := visit(t, addr, path)
			unharmed(t, path, res, body)
			if res != nil && res.StatusCode >= 500 {
				t.Errorf("%s: got %d", path, res.StatusCode)
			}
		}
	}
}

func TestAttackTraversal(t *testing.T) {
	addr, _ := attacked(t)
	for _, path := range []string{
		"/../archive.db", "/static/../../archive.db", "/static/..%2f..%2farchive.db", "/static/%2e%2e/%2e%2e/archive.db", "/files/../archive.db", "/files/..%2farchive.db", "/files/1%2f..%2f..%2farchive.db", "/files/1/../../archive.db",
		"/files/%00", "/files/1%00.db", "/captures/../../archive.db", "/web/../archive.db", "/web/2016/../../archive.db", "/web/2016id_/..%2f..%2farchive.db", "/web/2016id_/file:///etc/passwd", "/web/2016id_/http://evil.example/../../../../etc/passwd",
		"/web/2016id_/http://evil.example/..%2f..%2f..%2fetc%2fpasswd", "/web/2016id_//etc/passwd", "/web/2016id_/http://evil.example/%00/etc/passwd", "//etc/passwd", "/etc/passwd", "/..%5c..%5carchive.db", "/%2e%2e/%2e%2e/etc/passwd",
		"/archive.db", "/warc/campusnews-00001.warc.gz", "/static/..\\..\\archive.db", "/overview/..%2f..%2farchive.db", "/overview/../../archive.db", "/api/v1/../../archive.db",
	} {
		res, body := visit(t, addr, path)
		if res == nil {
			continue
		}
		if res.StatusCode == http.StatusOK || strings.Contains(body, "SQLite format") || strings.Contains(body, "root:") || strings.Contains(body, "WARC/1") {
			t.Errorf("%s: got %d, %.60q", path, res.StatusCode, body)
		}
	}
}

func TestAttackOversized(t *testing.T) {
	addr, _ := attacked(t)
	const million = 1 << 20
	get := func(path, head string) string {
		return "GET " + path + " HTTP/1.1\r\nHost: " + addr + "\r\nConnection: close\r\n" + head + "\r\n"
	}
	for name, c := range map[string]struct {
		request string
		want    []int // 0 = closed without an answer
	}{
		"address of 1 MB":           {get("/"+strings.Repeat("a", million), ""), []int{0, 414, 431}},
		"query of 1 MB":             {get("/search?q="+strings.Repeat("a", million), ""), []int{0, 414, 431}},
		"query of 30 KB":            {get("/search?q="+strings.Repeat("a", 30<<10), ""), []int{414}},
		"10,000 filters":            {get("/search?"+strings.Repeat("site=a&", 10000), ""), []int{0, 414, 431}},
		"500 filters":               {get("/search?"+strings.Repeat("site=a&", 500), ""), []int{200, 400, 414}},
		"address of a capture":      {get("/web/2016/http://a.example/"+strings.Repeat("a", 20<<10), ""), []int{400, 414}},
		"header of 1 MB":            {get("/", "X: "+strings.Repeat("a", million)+"\r\n"), []int{0, 431}},
		"10,000 headers":            {get("/", strings.Repeat("X: a\r\n", 10000)), []int{0, 431}},
		"cookie of 30 KB":           {get("/", "Cookie: lang="+strings.Repeat("a", 30<<10)+"\r\n"), []int{200, 431}},
		"languages of 20 KB":        {get("/", "Accept-Language: "+strings.Repeat("zh-CN,", 3500)+"en\r\n"), []int{200, 400}},
		"date of 20 KB":             {get("/web/timegate/http://evil.example/1.htm", "Accept-Datetime: "+strings.Repeat("1", 20<<10)+"\r\n"), []int{400}},
		"ranges":                    {get("/files/3", "Range: bytes="+strings.Repeat("0-,", 5000)+"0-\r\n"), []int{200, 206, 416}},
		"body of 10 MB with a GET":  {get("/", "Content-Length: 10485760\r\n"), []int{200, 400, 413}},
		"a body that is announced":  {"POST /search HTTP/1.1\r\nHost: " + addr + "\r\nContent-Length: 1099511627776\r\nExpect: 100-continue\r\n\r\n", []int{405}},
		"a word of 100,000 letters": {get("/api/v1/search?q="+strings.Repeat("x", 3000), ""), []int{200, 400, 404, 414}},
	} {
		res, body := raw(t, addr, c.request)
		status := 0
		if res != nil {
			status = res.StatusCode
		}
		ok := false
		for _, w := range c.want {
			ok = ok || w == status
		}
		if !ok {
			t.Errorf("%s: got %d, want one of %v; %.100s", name, status, c.want, body)
		}
	}
}

func TestAttackMethodsAndHosts(t *testing.T) {
	addr, _ := attacked(t)
	for name, c := range map[string]struct {
		request string
		want    int
	}{
		"POST":             {"POST / HTTP/1.1\r\nHost: " + addr + "\r\nContent-Length: 0\r\n\r\n", 405},
		"PUT":              {"PUT /articles/1 HTTP/1.1\r\nHost: " + addr + "\r\nContent-Length: 0\r\n\r\n", 405},
		"DELETE":           {"DELETE /articles/1 HTTP/1.1\r\nHost: " + addr + "\r\n\r\n", 405},
		"PATCH":            {"PATCH /web/2016/http://evil.example/ HTTP/1.1\r\nHost: " + addr + "\r\nContent-Length: 0\r\n\r\n", 405},
		"TRACE":            {"TRACE / HTTP/1.1\r\nHost: " + addr + "\r\nCookie: secret=1\r\n\r\n", 405},
		"OPTIONS":          {"OPTIONS * HTTP/1.1\r\nHost: " + addr + "\r\n\r\n", 0},
		"CONNECT":          {"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", 421},
		"a made-up one":    {"PWN / HTTP/1.1\r\nHost: " + addr + "\r\n\r\n", 405},
		"small letters":    {"get / HTTP/1.1\r\nHost: " + addr + "\r\n\r\n", 405},
		"a line end in it": {"GET /\rPwned: 1 HTTP/1.1\r\nHost: " + addr + "\r\n\r\n", 400},

		"another host":             {"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
		"another host, by address": {"GET http://evil.example/ HTTP/1.1\r\nHost: " + addr + "\r\n\r\n", 421},
		"a name like ours":         {"GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n", 421},
		"localhost, no more":       {"GET / HTTP/1.1\r\nHost: localhost.\r\n\r\n", 421},
		"another host's captures":  {"GET /web/http://evil.example/1.htm HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
		"another host's style":     {"GET /static/x/style.css HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
		"no host":                  {"GET / HTTP/1.1\r\n\r\n", 400},
		"no host, HTTP/1.0":        {"GET / HTTP/1.0\r\n\r\n", 421},
		"two hosts":                {"GET / HTTP/1.1\r\nHost: " + addr + "\r\nHost: evil.example\r\n\r\n", 400},
		"a host with a line":       {"GET /web/timemap/link/http://evil.example/1.htm HTTP/1.1\r\nHost: localhost\rPwned: 1\r\n\r\n", 400},
		"a host with markup":       {"GET /web/timemap/link/http://evil.example/1.htm HTTP/1.1\r\nHost: localhost/<pwn>\r\n\r\n", 400},
	} {
		res, body := raw(t, addr, c.request)
		if res == nil {
			t.Errorf("%s: no answer: %s", name, body)
			continue
		}
		unharmed(t, name, res, body)
		if c.want != 0 && res.StatusCode != c.want || strings.Contains(body, "secret=1") {
			t.Errorf("%s: got %d, want %d; %.100s", name, res.StatusCode, c.want, body)
		}
	}
}

// Nobody can have the server fetch something for him.
func TestAttackForgery(t *testing.T) {
	addr, asked := attacked(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	hit := make(chan struct{}, 1)
	go func() {
		if c, err := l.Accept(); err == nil {
			c.Close()
			hit <- struct{}{}
		}
	}()
	target := "http://" + l.Addr().String() + "/"
	for _, path := range []string{
		"/web/" + target, "/web/2016/" + target, "/web/2016if_/" + target, "/web/2016im_/" + target, "/web/2016id_/" + target, "/web/timegate/" + target, "/web/timemap/link/" + target, "/web/*/" + target,
		"/files/" + url.PathEscape(target), "/search?q=" + url.QueryEscape(target), "/search?site=" + url.QueryEscape(target), "/articles/" + url.PathEscape(target), "/?url=" + url.QueryEscape(target), "/api/v1/articles/" + url.PathEscape(target),
	} {
		visit(t, addr, path)
	}
	raw(t, addr, "GET "+target+" HTTP/1.1\r\nHost: "+addr+"\r\n\r\n")
	raw(t, addr, "CONNECT "+l.Addr().String()+" HTTP/1.1\r\nHost: "+addr+"\r\n\r\n")
	raw(t, addr, "GET /web/2016if_/http://evil.example/to HTTP/1.1\r\nHost: "+addr+"\r\nX-Forwarded-Host: "+l.Addr().String()+"\r\nReferer: "+target+"\r\nConnection: close\r\n\r\n")
	select {
	case <-hit:
		t.Error("the server asked an address that a visitor named")
	default:
	}
	if list := asked(); len(list) > 0 {
		t.Errorf("the server asked an address that a page names: %v", list)
	}
}

// Who sends slowly is let go, and holds up nobody.
func TestAttackSlow(t *testing.T) {
	addr, _ := attacked(t)
	var conns []net.Conn
	for i := range 100 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		start := []string{"", "GET", "GET / HTTP/1.1\r\nHost: " + addr + "\r\nX: ", "GET / HTTP/1.1\r\nHost: " + addr + "\r\n"}[i%4]
		if _, err := io.WriteString(c, start); err != nil {
			t.Fatal(err)
		}
		conns = append(conns, c)
	}
	if res, _ := visit(t, addr, "/"); res == nil || res.StatusCode != http.StatusOK {
		t.Error("a hundred slow visitors hold up another one")
	}
	for i, c := range conns {
		if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(c) // until the server closes it
		if err, ok := err.(net.Error); ok && err.Timeout() {
			t.Fatalf("visitor %d, who never finished asking, is still waited for (%q)", i, b)
		}
		if bytes.Contains(b, []byte("200 OK")) {
			t.Errorf("visitor %d, who never finished asking, was answered: %.60q", i, b)
		}
	}
}

// What keeps browsers from harm is on every answer, and cookies are out of reach of scripts and of other sites.
func TestAttackHeaders(t *testing.T) {
	addr, _ := attacked(t)
	for _, path := range []string{
		"/", "/search?q=first", "/articles/1", "/articles/1/changes", "/captures/1", "/files/1", "/overview", "/health", "/no/such", "/web/", "/web/http://nowhere.example/", "/web/20160722120001/http://evil.example/1.htm",
		"/web/20160722120001if_/http://evil.example/1.htm", "/web/20160722120001id_/http://evil.example/1.htm", "/web/*/http://evil.example/1.htm", "/web/timemap/link/http://evil.example/1.htm",
	} {
		res, _ := visit(t, addr, path)
		if res == nil {
			t.Errorf("%s: no answer", path)
			continue
		}
		framed := strings.Contains(path, "if_/")
		policy := res.Header.Get("Content-Security-Policy")
		ancestors := map[bool]string{true: "frame-ancestors 'self'", false: "frame-ancestors 'none'"}[framed]
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe-eval") || strings.Contains(policy, "script-src 'unsafe") || !strings.Contains(policy, ancestors) && !strings.Contains(policy, "default-src 'none'; sandbox") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if strings.Contains(policy, "allow-scripts") || !framed && strings.Contains(policy, "unsafe-inline") {
			t.Errorf("%s: policy %q", path, policy)
		}
		want := map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": map[bool]string{true: "SAMEORIGIN", false: "DENY"}[framed], "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"}
		for name, value := range want {
			if got := res.Header.Get(name); got != value {
				t.Errorf("%s: %s %q, want %q", path, name, got, value)
			}
		}
		if cache := res.Header.Get("Cache-Control"); !strings.Contains(cache, "private") && !strings.Contains(cache, "no-cache") && !strings.Contains(cache, "no-store") {
			t.Errorf("%s: a shared cache may keep it: %q", path, cache)
		}
		if got := res.Header.Get("Access-Control-Allow-Origin"); got != "" {
			t.Errorf("%s: scripts of %s may read it", path, got)
		}
	}
	res, _ := visit(t, addr, "/?lang=en&theme=dark")
	if n := len(res.Cookies()); n != 2 {
		t.Errorf("%d cookies, want 2", n)
	}
	for _, c := range res.Cookies() {
		if !c.HttpOnly || c.SameSite == http.SameSiteNoneMode || c.SameSite == 0 || c.Domain != "" {
			t.Errorf("cookie %s", c)
		}
	}
	if res, _ := visit(t, addr, "/web/2016/http://nowhere.example/?lang=en&theme=dark"); len(res.Cookies()) != 0 {
		t.Errorf("a captured address's query became the visitor's choice: %v", res.Cookies())
	}
}
