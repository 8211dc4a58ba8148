package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/capture"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// png is the smallest picture that is one.
const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"

func exchange(url string, status int, contentType, body string) capture.Exchange {
	return capture.Exchange{
		URL: url, Started: noon, Duration: 25 * time.Millisecond, Remote: "127.0.0.1", Status: status,
		Request:  []byte("GET / HTTP/1.1\r\nHost: news.example.edu.cn\r\n\r\n"),
		Response: fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", status, http.StatusText(status), contentType, len(body), body),
	}
}

// visit is a look at article n at a time.
func visit(n int, at time.Time, a extract.Article) scraper.Visit {
	address := fmt.Sprintf("https://news.example.edu.cn/info/1003/%d.htm", n)
	a.Part = 1
	if a.HTML == "" {
		a.HTML = "<p>" + strings.ReplaceAll(a.Body, "\n", "</p>\n<p>") + "</p>"
	}
	v := scraper.Visit{Reason: scraper.ReasonNew, Time: at, Target: scraper.Target{
		Site: "example", Key: fmt.Sprintf("vsb:%d", n), URL: address, Role: scraper.RoleArticle, Section: "要闻", State: scraper.StateKept, Visits: 1, LastVisit: at,
	}}
	x := exchange(address, 200, "text/html; charset=utf-8", "<h1>"+a.Title+"</h1>"+a.HTML)
	x.Started = at
	v.Exchanges = []capture.Exchange{x}
	v.Result = &extract.Result{Kind: extract.KindArticle, URL: address, Key: v.Target.Key, System: "vsb", Charset: extract.Charset{Name: "utf-8"}, Article: &a}
	return v
}

// asset is a captured file.
func asset(address, contentType, body string) scraper.Visit {
	return scraper.Visit{Reason: scraper.ReasonAsset, Time: noon, Target: scraper.Target{
		Site: "example", Key: address, URL: address, Role: scraper.RoleAsset, State: scraper.StateKept, Visits: 1, LastVisit: noon,
	}, Exchanges: []capture.Exchange{exchange(address, 200, contentType, body)}}
}

const (
	pictureURL = "https://news.example.edu.cn/images/yu.png"
	fakeURL    = "https://news.example.edu.cn/images/fake.png"
	paperURL   = "https://news.example.edu.cn/files/通知.html"
)

// fishless is an article for those who need one more.
var fishless = extract.Article{Title: "新来的", Published: "2026-11-24", Body: "一段话。"}

// fixture is an archive of one site; its articles are, by id: 1 a plain one with a picture and an attachment, changed once;
// 2 one that has gone; 3 one full of attacks.
func fixture(t testing.TB) *archive.Archive {
	t.Helper()
	dir := t.TempDir()
	a, err := archive.Open(t.Context(), dir, archive.Options{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Begin(t.Context(), archive.CrawlInfo{Sites: []archive.Site{{ID: "example", Name: "示例大学新闻网", URL: "https://news.example.edu.cn/", System: "vsb"}}, Program: "test", Started: noon})
	if err != nil {
		t.Fatal(err)
	}
	fish := extract.Article{
		Title: "把选矿厂的废水变成鱼塘", Published: "2016-07-22T09:30:00+08:00", Source: "新闻中心", Body: "废水里养出了鱼。\n第二段，说的是球磨机与AI。",
		HTML:    `<p>废水里养出了鱼。</p><p><img src="` + pictureURL + `" alt="鱼塘"></p><p>第二段，说的是球磨机与AI。</p>`,
		Credits: []extract.Credit{{Role: "author", Name: "白露"}, {Role: "photographer", Name: "谷雨"}},
		Images:  []extract.Image{{URL: pictureURL, Alt: "鱼塘", Caption: "鱼塘一角"}}, Files: []extract.File{{URL: paperURL, Name: "通知"}},
		Provenance: map[string]string{"title": "vsb/title[0]", "body": "vsb/body[0]"},
	}
	changed := fish
	changed.Body, changed.HTML = "废水里养出了很多鱼。\n第二段，说的是球磨机与AI。", strings.Replace(fish.HTML, "养出了鱼", "养出了很多鱼", 1)
	gone := visit(2, noon.Add(time.Hour), extract.Article{Title: "守着旧钟楼的人", Published: "2018-03-01", Source: "校报", Body: "钟楼的钟停了。"})
	lost := gone
	lost.Result, lost.Exchanges = nil, []capture.Exchange{exchange(gone.Target.URL, 404, "text/html", "not here")}
	lost.Target.State, lost.Target.MissingSince, lost.Target.MissingCount, lost.Time = scraper.StateGone, noon.Add(24*time.Hour), 3, noon.Add(480*time.Hour)
	hostile := extract.Article{
		Title: `<script>alert(1)</script>"><img src=x onerror=alert(2)>`, Subtitle: `'"><svg onload=alert(3)>`, Published: "2017-01-01", Source: `" onmouseover="alert(4)`,
		Body: "攻击 <b>x</b>", Credits: []extract.Credit{{Role: "author", Name: `</a><script>alert(5)</script>`}},
		HTML: `<p onclick="alert(6)">攻击<a href="javascript:alert(7)">甲</a><a href="JaVa&#9;ScRiPt:alert(8)">乙</a><a href="data:text/html,x">丙</a>` +
			`<img src="https://evil.example/track.gif" onerror=alert(9)><img src="` + fakeURL + `"><iframe src="https://evil.example/"></iframe><style>*{display:none}</style>` +
			`<svg><a xlink:href="javascript:alert(10)"><text>丁</text></a></svg><form action="https://evil.example/"><input name=a></form><base href="https://evil.example/"></p>`,
		Images: []extract.Image{{URL: fakeURL}, {URL: "https://evil.example/track.gif"}},
	}
	for _, v := range []scraper.Visit{
		visit(1, noon, fish), gone, visit(3, noon, hostile), asset(pictureURL, "image/png", png), asset(fakeURL, "image/png", "<script>alert(11)</script>"),
		asset(paperURL, "text/html", "<script>alert(12)</script>"), visit(1, noon.Add(48*time.Hour), changed), lost,
	} {
		if _, err := c.Save(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.End(t.Context(), archive.Ending{Status: archive.StatusDone, Ended: noon.Add(481 * time.Hour), Counts: archive.Counts{Requests: 8, New: 3, Changed: 1, Gone: 1}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return a
}

// room is a Room over the fixture.
func room(t testing.TB, change func(*Options)) *Room {
	t.Helper()
	o := Options{Archive: fixture(t), Now: func() time.Time { return noon.Add(500 * time.Hour) }, Log: slog.New(slog.NewTextHandler(testOutput{t}, nil))}
	if change != nil {
		change(&o)
	}
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

type testOutput struct{ t testing.TB }

func (o testOutput) Write(p []byte) (int, error) { o.t.Log(string(p)); return len(p), nil }

// get asks for an address; headers as name, value.
func get(t testing.TB, r http.Handler, address string, headers ...string) *http.Response {
	t.Helper()
	req := httptest.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	req.Host = "localhost"
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	return w.Result()
}

// body asks for an address and wants it to be answered with status.
func body(t testing.TB, r http.Handler, address string, status int, headers ...string) string {
	t.Helper()
	res := get(t, r, address, headers...)
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != status {
		t.Fatalf("%s: got %d (err %v), want %d\n%.400s", address, res.StatusCode, err, status, b)
	}
	return string(b)
}
