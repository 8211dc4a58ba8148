package memento

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/scraper"
	"campusnews/scraper/capture"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// noon is when the first captures are made; each of them a second after the one before.
var noon = time.Date(2016, 7, 22, 12, 0, 0, 0, time.UTC)

const (
	home = "http://news.example.edu.cn/"
	gbk  = "http://news.example.edu.cn/gbk.htm"
)

// An answer is what the site gave at a moment.
type answer struct {
	after   time.Duration // noon
	address string
	status  int
	head    string // lines, each with its end
	body    string
}

func packed(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(z, s); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func chunked(s string) string {
	half := len(s) / 2
	return fmt.Sprintf("%x\r\n%s\r\n%x;a=b\r\n%s\r\n0\r\n\r\n", half, s[:half], len(s)-half, s[half:])
}

// bomb is a page that unpacks to 60 MB.
var (
	bomb     string
	bombOnce sync.Once
)

const day = 24 * time.Hour

// film is longer than any buffer on its way, and no two places of it are alike.
var film = func() string {
	var b strings.Builder
	for i := 0; b.Len() < 3<<20; i++ {
		fmt.Fprintf(&b, "%08x", i)
	}
	return b.String()
}()

// answers are what the tests' archive holds.
func answers(t testing.TB) []answer {
	t.Helper()
	gbkPage, err := simplifiedchinese.GBK.NewEncoder().String(`<meta http-equiv=Content-Type content="text/html; charset=gb2312"><title>要闻</title><p>把选矿厂的废水变成鱼塘，说的是球磨机。</p><img src=/yu.png>`)
	if err != nil {
		t.Fatal(err)
	}
	html := "Content-Type: text/html; charset=utf-8\r\n"
	bombOnce.Do(func() { bomb = packed(t, "<p>"+strings.Repeat("炸", 20<<20)) })
	return []answer{
		{0, home, 200, html, `<title>首页</title><link rel=stylesheet href=/s.css><script src=/x.js></script><img src=yu.png><img src=lost.png><a href=gbk.htm>要闻</a><a href=http://elsewhere.example/>别处</a>`},
		{time.Second, "http://news.example.edu.cn/s.css", 200, "Content-Type: text/css\r\n", `body{background:url(bg.png) url(/yu.png)}@import "more.css";`},
		{2 * time.Second, "http://news.example.edu.cn/yu.png", 200, "Content-Type: image/png\r\n", "\x89PNG\r\n\x1a\n fish"},
		{3 * time.Second, gbk, 200, "Content-Type: text/html\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", chunked(packed(t, gbkPage))},
		{4 * time.Second, "http://news.example.edu.cn/bomb.htm", 200, html + "Content-Encoding: gzip\r\n", bomb},
		{5 * time.Second, "http://news.example.edu.cn/old.htm", 301, "Location: /moved/?a=1\r\n", "moved"},
		{6 * time.Second, "http://news.example.edu.cn/moved/?a=1", 302, "Location: https://news.example.edu.cn/gbk.htm#x\r\n", ""},
		{7 * time.Second, "http://news.example.edu.cn/dead.htm", 302, "Location: http://elsewhere.example/<b>\r\n", ""},
		{8 * time.Second, "http://news.example.edu.cn/loop.htm", 302, "Location: loop.htm\r\n", ""},
		{9 * time.Second, "http://news.example.edu.cn/404.htm", 404, html, "<h1>找不到</h1>"},
		{10 * time.Second, "http://news.example.edu.cn/paper.pdf", 200, "Content-Type: application/pdf\r\n", "%PDF-1.7 paper"},
		{11 * time.Second, "http://news.example.edu.cn/download.jsp?id=1", 200, html, "%PDF-1.7 paper under a false name"},
		{12 * time.Second, "http://news.example.edu.cn/query.jsp?x=\u4e2d", 200, html, "<p>查询</p>"},
		{13 * time.Second, "http://news.example.edu.cn/evil.htm", 200, html, `<script>alert(1)</script><p onclick="alert(2)">x<a href="javascript:alert(3)">y</a><meta http-equiv=refresh content="0;url=http://evil.example/"><iframe src="http://evil.example/"></iframe><form action=http://evil.example/><svg onload=alert(4)>`},
		{14 * time.Second, "http://news.example.edu.cn/evil.svg", 200, "Content-Type: image/svg+xml\r\n", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`},
		{15 * time.Second, "http://news.example.edu.cn/cookie.htm", 302, "Location: cookie.htm\r\nSet-Cookie: a=b\r\n", ""},
		{15*time.Second + 300*time.Millisecond, "http://news.example.edu.cn/cookie.htm", 200, html + "Set-Cookie: c=d\r\n", "<p>饼干</p>"},
		{16 * time.Second, "https://secure.example.edu.cn/", 200, html, "<p>安全</p>"},
		{16*time.Second - 200*time.Millisecond, "http://secure.example.edu.cn/", 301, "Location: https://secure.example.edu.cn/\r\n", ""},
		{17 * time.Second, "http://news.example.edu.cn/cut.htm", 200, html + "Content-Encoding: gzip\r\n", packed(t, strings.Repeat("<p>断</p>", 4000))[:60]},
		{18 * time.Second, "http://news.example.edu.cn/feed.xml", 200, "Content-Type: text/xml\r\n", `<?xml version="1.0"?><?xml-stylesheet href="http://evil.example/x.xsl"?><rss>新闻</rss>`},
		{19 * time.Second, "http://news.example.edu.cn/film.mp4", 200, "Content-Type: video/mp4\r\n", film},
		{20 * time.Second, "http://news.example.edu.cn/packed.wav", 200, "Content-Type: audio/wav\r\nContent-Encoding: gzip\r\n", packed(t, film)},
		{21 * time.Second, "http://news.example.edu.cn/twice.htm", 200, html, "<p>一遍</p>"},
		{21*time.Second + 400*time.Millisecond, "http://news.example.edu.cn/twice.htm", 200, html, "<p>两遍</p>"},
		{10 * day, home, 200, html, `<title>首页</title><p>第二次</p>`},
		{20 * day, home, 200, html, `<title>首页</title><p>第二次</p>`}, // the same bytes: a revisit
		{30 * day, home, 304, "", ""},
	}
}

// fixture is an archive of all answers, and a server of its captures whose pages around them are their Views in words.
func fixture(t testing.TB) (*archive.Archive, *httptest.Server) {
	t.Helper()
	now := noon
	a, err := archive.Open(t.Context(), t.TempDir(), archive.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Begin(t.Context(), archive.CrawlInfo{Sites: []archive.Site{{ID: "example", Name: "示例大学新闻网", URL: home}}, Program: "test", Started: noon})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range answers(t) {
		now = noon.Add(x.after)
		v := scraper.Visit{Reason: scraper.ReasonAsset, Time: now, Target: scraper.Target{
			Site: "example", Key: x.address, URL: x.address, Role: scraper.RoleAsset, State: scraper.StateKept, Visits: 1, LastVisit: now,
		}}
		length := ""
		if !strings.Contains(x.head, "chunked") && x.status != 304 {
			length = fmt.Sprintf("Content-Length: %d\r\n", len(x.body))
		}
		v.Exchanges = []capture.Exchange{{
			URL: x.address, Started: now, Duration: time.Millisecond, Remote: "127.0.0.1", Status: x.status, Request: []byte("GET / HTTP/1.1\r\nHost: news.example.edu.cn\r\n\r\n"),
			Response: fmt.Appendf(nil, "HTTP/1.1 %d %s\r\n%s%s\r\n%s", x.status, http.StatusText(x.status), x.head, length, x.body),
		}}
		if _, err := c.Save(t.Context(), v); err != nil {
			t.Fatalf("%s: %v", x.address, err)
		}
	}
	if err := c.End(t.Context(), archive.Ending{Status: archive.StatusDone, Ended: now}); err != nil {
		t.Fatal(err)
	}
	h := New(a, Options{
		Render: func(w http.ResponseWriter, _ *http.Request, v View) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(v.Status)
			fmt.Fprintf(w, "%s %s\nstatus %d\nframe %s\nexact %s\ntarget %s\nprevious %s\nnext %s\nfirst %s\nlast %s\nlist %d\n",
				v.Kind, v.Address, v.Capture.Status, v.Frame, v.Exact, v.Target, v.Previous.Path, v.Next.Path, v.First.Path, v.Last.Path, len(v.List))
		},
		Fault: func(r *http.Request, err error) { t.Errorf("%s: %v", r.URL, err) },
	})
	s := httptest.NewServer(h)
	t.Cleanup(func() {
		s.Close()
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return a, s
}

// get asks for a path without following redirects; headers as name, value.
func get(t testing.TB, s *httptest.Server, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	res, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return res, string(b)
}
