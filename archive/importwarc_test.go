package archive

import (
	"crypto/sha1"
	"encoding/base32"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campusnews/extract"
)

// wgetRecord is a record as wget 1.21 writes it: WARC/1.0, brackets around addresses, digests in base32.
func wgetRecord(kind, id, with, address string, at time.Time, block string) string {
	sum := sha1.Sum([]byte(block))
	s := fmt.Sprintf("WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: <%s>\r\nContent-Type: application/http;msgtype=%[1]s\r\nWARC-Date: %[3]s\r\nWARC-Record-ID: <urn:uuid:%[4]s>\r\nWARC-Block-Digest: sha1:%[5]s\r\n",
		kind, address, at.UTC().Format(time.RFC3339), id, base32.StdEncoding.EncodeToString(sum[:]))
	if with != "" {
		s += fmt.Sprintf("WARC-Concurrent-To: <urn:uuid:%s>\r\n", with)
	}
	return s + fmt.Sprintf("Content-Length: %d\r\n\r\n%s\r\n\r\n", len(block), block)
}

const wgetPage = `<html><head><meta charset="utf-8"><title>%[1]s</title></head><body><h1>%[1]s</h1><p>发布时间：2016-07-22</p><div id="vsb_content"><p>%[2]s</p></div></body></html>`

func TestImportWARC(t *testing.T) {
	page := func(n int, title, text string, at time.Time) string {
		address := fmt.Sprintf("https://news.csu.edu.cn/info/1003/%d.htm", n)
		html := fmt.Sprintf(wgetPage, title, strings.Repeat(text, 20))
		q, p := fmt.Sprintf("q%d-%d", n, at.Unix()), fmt.Sprintf("p%d-%d", n, at.Unix())
		return wgetRecord("request", q, "", address, at, "GET / HTTP/1.1\r\nHost: news.csu.edu.cn\r\n\r\n") +
			wgetRecord("response", p, q, address, at, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(html), html))
	}
	later := noon.Add(24 * time.Hour)
	file := filepath.Join(t.TempDir(), "wget.warc")
	text := page(1, "第一篇的题目在这里", "新的一句话。", later) + page(1, "第一篇的题目在这里", "旧的一句话。", noon) + page(2, "第二篇的题目在这里", "另一句话。", noon) +
		wgetRecord("response", "x", "", "https://elsewhere.example/", noon, "HTTP/1.1 200 OK\r\n\r\nx") + "garbage\r\n" +
		page(3, "第三篇的题目在这里", "再一句话。", noon)
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	a := open(t, t.TempDir())
	c := begin(t, a)
	opts := ImportOptions{Site: "csu", Reader: extract.New(extract.WithSystem("vsb")), InScope: func(address string) bool { return strings.Contains(address, "csu.edu.cn") }}
	var faults []string
	got, err := c.ImportWARC(t.Context(), file, opts, func(f string) { faults = append(faults, f) })
	if want := (Import{Taken: 4, Articles: 3, Older: 1, Outside: 1, Faults: 1}); err != nil || got != want || len(faults) != 1 || !strings.HasPrefix(faults[0], file+" at ") {
		t.Errorf("first import: got %+v (%v), %q, want %+v", got, err, faults, want)
	}
	if got, err := a.Article(t.Context(), 1); err != nil || !strings.Contains(got.Body, "新的一句话") || got.Revision != 1 || !got.FirstSeen.Equal(later) {
		t.Errorf("article 1: got %q, revision %d, first seen %s (%v), want the later text alone", got.Body, got.Revision, got.FirstSeen, err)
	}
	if n := count(t, a, `SELECT count(*) FROM captures WHERE reason = 'import' AND url LIKE '%/1.htm' AND started = '2026-11-23T12:00:00.000Z'`); n != 1 {
		t.Errorf("captures of the older page: got %d, want 1", n)
	}
	got, err = c.ImportWARC(t.Context(), file, opts, func(string) {})
	if want := (Import{Known: 4, Outside: 1, Faults: 1}); err != nil || got != want {
		t.Errorf("second import: got %+v (%v), want %+v", got, err, want)
	}
}
