package archive

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/capture"
)

// answerRecord is a response as wgetRecord has it; fields are lines of the HTTP head.
func answerRecord(address string, at time.Time, status, fields, body string) string {
	head := fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n%s\r\n", status, len(body), fields)
	return wgetRecord("response", fmt.Sprintf("%x-%d", address, at.UnixNano()), "", address, at, head+body)
}

func pageText(title, text string) string {
	return fmt.Sprintf(wgetPage, title, strings.Repeat(text, 20))
}

func importText(t *testing.T, c *Crawl, text []byte) Import {
	t.Helper()
	file := filepath.Join(t.TempDir(), "odd.warc")
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
	got, err := c.ImportWARC(t.Context(), file, ImportOptions{Site: "csu", Reader: extract.New(extract.WithSystem("vsb"))}, func(f string) { t.Error(f) })
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Of a file that is one gzip member as a whole, a further page of an article has its own bytes.
func TestImportPartsOfOneMember(t *testing.T) {
	parted := func(n int) string {
		return strings.Replace(pageText("这是一篇分成两页的文章", fmt.Sprintf("第%d页的一句话。", n)), "</body>",
			`<div class="p_no"><a href="/info/1003/7.htm">1</a> <a href="/info/1003/7_1.htm">2</a></div></body>`, 1)
	}
	warcinfo := "WARC/1.0\r\nWARC-Type: warcinfo\r\nWARC-Date: 2020-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:w>\r\nContent-Type: application/warc-fields\r\nContent-Length: 15\r\n\r\nsoftware: x/1\r\n\r\n\r\n"
	text := warcinfo + answerRecord("https://news.csu.edu.cn/info/1003/7_1.htm", noon, "200 OK", "", parted(2)) +
		answerRecord("https://news.csu.edu.cn/info/1003/7.htm", noon.Add(time.Second), "200 OK", "", parted(1))
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte(text))
	w.Close()
	a := open(t, t.TempDir())
	got := importText(t, begin(t, a), packed.Bytes())
	if got.Taken != 2 || got.Articles != 1 {
		t.Errorf("got %+v, want two responses, one article", got)
	}
	if n := count(t, a, `SELECT count(*) FROM captures WHERE url LIKE '%7_1.htm' AND status = 200 AND payload_length > 500`); n != 1 {
		t.Errorf("captures of the further page: got %d, want 1", n)
	}
	if r, err := a.Article(t.Context(), 1); err != nil || !strings.Contains(r.Body, "第1页") || !strings.Contains(r.Body, "第2页") {
		t.Errorf("got %.80q (%v), want both pages", r.Body, err)
	}
}

// A page that is dead by now, and that the archive has only seen dead, is the article that it was.
func TestImportWhatIsDeadByNow(t *testing.T) {
	const address = "https://news.csu.edu.cn/info/1003/8.htm"
	for name, known := range map[string]bool{"a row that led to nothing": false, "nothing known": true} {
		t.Run(name, func(t *testing.T) {
			a := open(t, t.TempDir())
			c := begin(t, a)
			reader := extract.New(extract.WithSystem("vsb"))
			if !known {
				target := scraper.Target{Site: "csu", Key: reader.Key(address), URL: address, Role: scraper.RoleArticle, State: scraper.StateFailed, LastVisit: noon, MissingSince: noon, MissingCount: 1, Due: noon.Add(24 * time.Hour)}
				if _, err := c.Save(t.Context(), scraper.Visit{Target: target, Reason: scraper.ReasonNew, Time: noon, Exchanges: []capture.Exchange{
					{URL: address, Started: noon, Status: 404, Request: []byte("GET / HTTP/1.1\r\n\r\n"), Response: []byte("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")}}}); err != nil {
					t.Fatal(err)
				}
			} else {
				importText(t, c, []byte(answerRecord(address, noon, "404 Not Found", "", "")))
			}
			then := noon.AddDate(-10, 0, 0)
			got := importText(t, c, []byte(answerRecord(address, then, "200 OK", "", pageText("十年前的一篇文章", "十年前的一句话。"))))
			if got.Articles != 1 {
				t.Errorf("got %+v, want an article", got)
			}
			r, err := a.Article(t.Context(), 1)
			if err != nil || r.State != scraper.StateMissing || !r.FirstSeen.Equal(then) || !r.GoneSince.Equal(noon) || !strings.Contains(r.Body, "十年前") {
				t.Fatalf("got %s, seen %s, gone %s, %.40q (%v); want it missing since it was seen so", r.State, r.FirstSeen, r.GoneSince, r.Body, err)
			}
			if was, err := a.ArticleAsOf(t.Context(), 1, noon.AddDate(-1, 0, 0)); err != nil || was.State != scraper.StateKept {
				t.Errorf("a year before: got %s (%v), want kept", was.State, err)
			}
			target, _, err := c.Lookup(t.Context(), "csu", reader.Key(address))
			if err != nil || !target.LastVisit.Equal(noon) || target.State != scraper.StateMissing {
				t.Errorf("the target is %s, last visited %s (%v); want missing, as it was seen last", target.State, target.LastVisit, err)
			}
		})
	}
}

// An address that first leads to itself under https is looked at again like any other.
func TestImportAfterARedirect(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	importText(t, c, []byte(answerRecord("http://news.csu.edu.cn/info/1003/9.htm", noon, "301 Moved Permanently", "Location: https://news.csu.edu.cn/info/1003/9.htm\r\n", "")+
		answerRecord("https://news.csu.edu.cn/info/1003/9.htm", noon.Add(time.Second), "200 OK", "", pageText("搬到别处的一篇文章", "一句话。"))))
	target, ok, err := c.Lookup(t.Context(), "csu", extract.New().Key("https://news.csu.edu.cn/info/1003/9.htm"))
	if err != nil || !ok || target.Due.IsZero() || target.Role != scraper.RoleWalk || target.URL[:5] != "https" {
		t.Errorf("got %+v (%v), want it due for the slow walk", target, err)
	}
}

// Another tool's 304 says nothing of what this archive has.
func TestImportNotModified(t *testing.T) {
	const address = "https://news.csu.edu.cn/info/1003/10.htm"
	a := open(t, t.TempDir())
	c := begin(t, a)
	importText(t, c, []byte(answerRecord(address, noon, "200 OK", "", pageText("一篇文章的题目在此", "一句话。"))))
	later := []byte(answerRecord(address, noon.Add(time.Hour), "304 Not Modified", "ETag: \"elsewhere\"\r\n", ""))
	importText(t, c, later)
	if n := count(t, a, `SELECT count(*) FROM captures WHERE same_as IS NOT NULL`); n != 0 {
		t.Errorf("captures that point to this archive's: got %d, want none", n)
	}
	if got := importText(t, c, later); got.Known != 1 {
		t.Errorf("a second time: got %+v, want it known", got)
	}
}

// What is damaged behind an exchange is no part of it, however much that is.
func TestRebuildBeforeDamage(t *testing.T) {
	dir := t.TempDir()
	a, err := Open(t.Context(), dir, Options{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	c := begin(t, a)
	for n := 1; n <= 3; n++ {
		importText(t, c, []byte(answerRecord(fmt.Sprintf("https://news.csu.edu.cn/info/1003/%d.htm", n), noon.Add(time.Duration(n)*time.Hour), "200 OK", "", pageText(fmt.Sprintf("第%d篇文章的题目", n), "一句话。"))))
	}
	var file string
	var at, length, first int64
	row := a.read.QueryRow(`SELECT file, offset, packed_length, (SELECT packed_length FROM captures WHERE id = 1) FROM captures WHERE id = 2`)
	if err := row.Scan(&file, &at, &length, &first); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, warcName, file)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	clear(b[at : at+length])
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, dbName)); err != nil {
		t.Fatal(err)
	}
	if _, err := Rebuild(t.Context(), dir, RebuildOptions{Reader: func(Site) (scraper.Reader, error) { return extract.New(), nil }}, func(string) {}); err != nil {
		t.Fatal(err)
	}
	a = open(t, dir)
	if n := count(t, a, `SELECT packed_length FROM captures WHERE url LIKE '%/1.htm'`); int64(n) != first {
		t.Errorf("the exchange before the damage takes %d bytes, want %d as it did", n, first)
	}
}
