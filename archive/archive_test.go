package archive

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/capture"
)

// noon is when the tests' first visits happen.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// open opens the archive in dir and checks it whole when the test ends.
func open(t *testing.T, dir string) *Archive {
	t.Helper()
	a, err := Open(t.Context(), dir, Options{Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		damage, err := a.Check(context.Background())
		if err != nil {
			t.Errorf("check: %v", err)
		}
		for _, d := range damage {
			t.Errorf("damage: %s", d)
		}
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return a
}

func begin(t *testing.T, a *Archive) *Crawl {
	t.Helper()
	c, err := a.Begin(t.Context(), CrawlInfo{Sites: []Site{{ID: "csu", Name: "中南大学新闻网", URL: "https://news.csu.edu.cn/"}}, Program: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func save(t *testing.T, c *Crawl, v scraper.Visit) scraper.Change {
	t.Helper()
	change, err := c.Save(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	return change
}

// exchange is a whole request and answer as they cross the wire.
func exchange(url string, status int, body string, header ...string) capture.Exchange {
	response := fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: text/html; charset=utf-8\r\n", status, http.StatusText(status))
	for _, h := range header {
		response += h + "\r\n"
	}
	if status != 304 {
		response += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	_, path, _ := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
	return capture.Exchange{
		URL: url, Started: noon, Duration: 25 * time.Millisecond, Remote: "127.0.0.1", Status: status,
		Request:  []byte("GET /" + path + " HTTP/1.1\r\nHost: news.csu.edu.cn\r\n\r\n"),
		Response: []byte(response + "\r\n" + body),
	}
}

func target(n int) scraper.Target {
	return scraper.Target{
		Site: "csu", Key: fmt.Sprintf("vsb:%d", n), URL: fmt.Sprintf("https://news.csu.edu.cn/info/1003/%d.htm", n), Role: scraper.RoleArticle,
		Section: "要闻", Parent: "https://news.csu.edu.cn/zhxw.htm", Depth: 2, State: scraper.StateKept, Visits: 1, LastVisit: noon, ETag: `"1"`,
	}
}

// article is the visit to article n that found the given title and body; at is when.
func article(n int, at time.Time, title, body string) scraper.Visit {
	v := scraper.Visit{Target: target(n), Reason: scraper.ReasonNew, Time: at}
	v.Exchanges = []capture.Exchange{exchange(v.Target.URL, 200, "<h1>"+title+"</h1>"+body)}
	v.Result = &extract.Result{
		Kind: extract.KindArticle, URL: v.Target.URL, Key: v.Target.Key, System: "vsb", Charset: extract.Charset{Name: "utf-8", Source: "meta"},
		Article: &extract.Article{
			Title: title, Published: "2016-07-22", Source: "新闻中心", Body: body, HTML: "<p>" + body + "</p>",
			Credits: []extract.Credit{{Role: "author", Name: "白露"}, {Role: "author", Name: "关月桥"}},
			Images:  []extract.Image{{URL: "https://news.csu.edu.cn/__local/1.jpg", Caption: "图"}},
			Files:   []extract.File{{URL: "https://news.csu.edu.cn/a.pdf", Name: "附件"}},
			Links:   []extract.Link{{URL: "https://www.csu.edu.cn/", Text: "中南大学"}}, Part: 1,
			Clicks: &extract.Counter{Owner: "1", ClickID: "2"}, Provenance: map[string]string{"title": "vsb/title[0]"},
		},
	}
	return v
}

// query scans the first row of the answer.
func query(t *testing.T, a *Archive, sql string, to ...any) {
	t.Helper()
	if err := a.read.QueryRowContext(t.Context(), sql).Scan(to...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// count is the number that the query answers.
func count(t *testing.T, a *Archive, sql string) (n int) {
	t.Helper()
	query(t, a, sql, &n)
	return n
}
