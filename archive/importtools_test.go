package archive

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base32"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campusnews/extract"
)

// TestImportWget takes in what the real wget writes of a site on loopback: WARC/1.0, addresses in brackets, digests in
// base32, chunked answers, a page that is not there; packed and unpacked.
func TestImportWget(t *testing.T) {
	wget, err := exec.LookPath("wget")
	if err != nil {
		t.Skip("no wget on this machine")
	}
	const articles = 3
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var n int
		w.Header().Set("Content-Type", "text/html")
		if _, err := fmt.Sscanf(r.URL.Path, "/info/1003/%d.htm", &n); err != nil || n > articles {
			w.WriteHeader(http.StatusNotFound)
			w.(http.Flusher).Flush() // chunked from here on
			fmt.Fprint(w, "没有这个页面")
			return
		}
		if n > 1 {
			w.(http.Flusher).Flush()
		}
		fmt.Fprintf(w, wgetPage, fmt.Sprintf("第%d篇文章的题目", n), strings.Repeat("这是正文里的一句话。", 20))
	}))
	defer srv.Close()
	for _, packed := range []bool{true, false} {
		t.Run(fmt.Sprintf("packed=%t", packed), func(t *testing.T) {
			dir := t.TempDir()
			args := []string{"--no-config", "--quiet", "--tries=1", "--no-proxy", "--delete-after", "--warc-file=site"}
			file := filepath.Join(dir, "site.warc.gz")
			if !packed {
				args, file = append(args, "--no-warc-compression"), filepath.Join(dir, "site.warc")
			}
			for n := range articles + 1 { // the last is not there
				args = append(args, fmt.Sprintf("%s/info/1003/%d.htm", srv.URL, n+1))
			}
			cmd := exec.Command(wget, args...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil && cmd.ProcessState.ExitCode() != 8 { // 8: the server said 404
				t.Fatalf("wget: %v\n%s", err, out)
			}
			a := open(t, t.TempDir())
			c := begin(t, a)
			opts := ImportOptions{Site: "csu", Reader: extract.New(extract.WithSystem("vsb"))}
			var faults []string
			got, err := c.ImportWARC(t.Context(), file, opts, func(f string) { faults = append(faults, f) })
			if want := (Import{Taken: articles + 1, Articles: articles}); err != nil || got != want {
				t.Errorf("got %+v (%v), %q, want %+v", got, err, faults, want)
			}
			if n := count(t, a, `SELECT count(*) FROM articles WHERE title LIKE '第_篇文章的题目' AND body LIKE '%正文里的一句话%' AND published = '2016-07-22'`); n != articles {
				t.Errorf("articles as written: got %d, want %d", n, articles)
			}
			if n := count(t, a, `SELECT count(*) FROM captures WHERE status = 404 AND reason = 'import'`); n != 1 {
				t.Errorf("captures of the missing page: got %d, want 1", n)
			}
			if got, err := c.ImportWARC(t.Context(), file, opts, func(string) {}); err != nil || got.Known != articles+1 {
				t.Errorf("a second time: got %+v (%v), want %d known", got, err, articles+1)
			}
			if _, faults := verify(t, a); len(faults) > 0 {
				t.Errorf("verify: got %v", faults)
			}
		})
	}
}

// A heritrix writes a file as Heritrix 3 does: WARC/1.0, a gzip member a record, digests in base32; response, then
// request and metadata that name it.
type heritrix struct {
	bytes.Buffer
	n int
}

// record adds a record and gives its id. fields are whole lines.
func (h *heritrix) record(kind, address, contentType string, block string, fields ...string) string {
	h.n++
	id := fmt.Sprintf("<urn:uuid:%08d-0000-4000-8000-000000000000>", h.n)
	head := []string{"WARC/1.0", "WARC-Type: " + kind}
	if address != "" {
		head = append(head, "WARC-Target-URI: "+address)
	}
	head = append(head, "WARC-Date: "+noon.Add(time.Duration(h.n)*time.Second).Format(time.RFC3339))
	head = append(append(head, fields...), "WARC-Record-ID: "+id, "Content-Type: "+contentType, fmt.Sprintf("Content-Length: %d", len(block)))
	gz := gzip.NewWriter(&h.Buffer)
	fmt.Fprintf(gz, "%s\r\n\r\n%s\r\n\r\n", strings.Join(head, "\r\n"), block)
	if err := gz.Close(); err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
	return id
}

const heritrixIP = "WARC-IP-Address: 192.0.2.7"

// exchange adds a response or revisit, its request and what Heritrix notes of it.
func (h *heritrix) exchange(kind, address, message string, fields ...string) string {
	id := h.record(kind, address, "application/http; msgtype=response", message, append(fields, heritrixIP)...)
	about := "WARC-Concurrent-To: " + id
	h.record("request", address, "application/http; msgtype=request", "GET / HTTP/1.0\r\nUser-Agent: Mozilla/5.0 (compatible; heritrix/3.4.0)\r\nHost: news.csu.edu.cn\r\n\r\n", about)
	h.record("metadata", address, "application/warc-fields", "via: https://news.csu.edu.cn/zhxw.htm\r\nhopsFromSeed: LL\r\nfetchTimeMs: 31\r\ncharsetForLinkExtraction: UTF-8\r\n"+
		"outlink: https://news.csu.edu.cn/info/1003/9.htm L a/@href\r\noutlink: https://www.csu.edu.cn/logo.gif E img/@src\r\n", about)
	return id
}

func sha1Of(b string) string {
	sum := sha1.Sum([]byte(b))
	return "sha1:" + base32.StdEncoding.EncodeToString(sum[:])
}

// TestImportHeritrix takes in a file such as Heritrix writes: DNS lookups, chunked and packed answers, a cut one, revisits of
// both profiles, outlinks. Responses become captures, those of articles articles; nothing else of it is taken for a page.
func TestImportHeritrix(t *testing.T) {
	address := func(n int) string { return fmt.Sprintf("https://news.csu.edu.cn/info/1003/%d.htm", n) }
	page := func(n int) string {
		return fmt.Sprintf(wgetPage, fmt.Sprintf("第%d篇文章的题目", n), strings.Repeat("这是正文里的一句话。", 20))
	}
	var packed bytes.Buffer
	gz := gzip.NewWriter(&packed)
	fmt.Fprint(gz, page(3))
	if err := gz.Close(); err != nil {
		t.Fatal(err)
	}
	const html = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
	var h heritrix
	h.record("warcinfo", "", "application/warc-fields", "software: Heritrix/3.4.0-20240909 http://crawler.archive.org\r\nip: 192.0.2.1\r\nhostname: crawler01\r\nformat: WARC File Format 1.0\r\n"+
		"conformsTo: http://bibnum.bnf.fr/WARC/WARC_ISO_28500_version1_latestdraft.pdf\r\noperator: archive@example.org\r\nrobots: obey\r\nisPartOf: news\r\n"+
		"http-header-user-agent: Mozilla/5.0 (compatible; heritrix/3.4.0 +https://archive.example.org)\r\n", "WARC-Filename: WEB-20261123120000123-00000-4321~crawler01~8443.warc.gz")
	h.record("response", "dns:news.csu.edu.cn", "text/dns", "20261123120001\nnews.csu.edu.cn.\t3600\tIN\tA\t192.0.2.7\n", "WARC-IP-Address: 192.0.2.53", "WARC-Payload-Digest: "+sha1Of("x"))
	first := h.exchange("response", address(1), fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", html, len(page(1)), page(1)), "WARC-Payload-Digest: "+sha1Of(page(1)))
	body := page(2)
	chunked := fmt.Sprintf("%x;name=value\r\n%s\r\n%X\r\n%s\r\n0\r\nX-Trailer: 1\r\n\r\n", 100, body[:100], len(body)-100, body[100:])
	h.exchange("response", address(2), html+"Transfer-Encoding: chunked\r\n\r\n"+chunked, "WARC-Payload-Digest: "+sha1Of(chunked)) // as old versions count it
	chunked = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", packed.Len(), packed.String())
	h.exchange("response", address(3), html+"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"+chunked)
	h.exchange("response", address(4), html+fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(page(4)), page(4)[:300]), "WARC-Truncated: length")
	h.exchange("response", address(5), "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
	h.exchange("revisit", address(1), html+"\r\n", "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/identical-payload-digest", "WARC-Truncated: length",
		"WARC-Payload-Digest: "+sha1Of(page(1)), "WARC-Refers-To: "+first, "WARC-Refers-To-Target-URI: "+address(1), "WARC-Refers-To-Date: "+noon.Add(3*time.Second).Format(time.RFC3339))
	h.exchange("revisit", address(2), "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n", "WARC-Profile: http://netpreserve.org/warc/1.0/revisit/server-not-modified", "WARC-Truncated: length", "ETag: \"1\"")
	file := filepath.Join(t.TempDir(), "WEB-20261123120000123-00000-4321~crawler01~8443.warc.gz")
	if err := os.WriteFile(file, h.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}

	a := open(t, t.TempDir())
	c := begin(t, a)
	opts := ImportOptions{Site: "csu", Reader: extract.New(extract.WithSystem("vsb")), InScope: func(address string) bool { return strings.Contains(address, "csu.edu.cn") }}
	var faults []string
	got, err := c.ImportWARC(t.Context(), file, opts, func(f string) { faults = append(faults, f) })
	if want := (Import{Taken: 5, Articles: 3, Skipped: 2}); err != nil || got != want {
		t.Fatalf("got %+v (%v), %q, want %+v", got, err, faults, want)
	}
	for n := 1; n <= 3; n++ {
		var title, body, request string
		query(t, a, fmt.Sprintf(`SELECT title, body, remote FROM articles JOIN captures c ON c.id = articles.capture WHERE articles.url LIKE '%%/%d.htm'`, n), &title, &body, &request)
		if title != fmt.Sprintf("第%d篇文章的题目", n) || body != strings.Repeat("这是正文里的一句话。", 20) || request != "192.0.2.7" {
			t.Errorf("article %d: got %q, %q, from %s", n, title, body, request)
		}
	}
	if n := count(t, a, `SELECT count(*) FROM captures`); n != 5 {
		t.Errorf("captures: got %d, want those of the five answers", n)
	}
	if n := count(t, a, `SELECT count(*) FROM captures WHERE truncated = 'length' AND article IS NULL AND url LIKE '%/4.htm'`); n != 1 {
		t.Errorf("the answer that was cut: got %d rows, want 1", n)
	}
	if n := count(t, a, `SELECT count(*) FROM frontier WHERE parent = 'https://news.csu.edu.cn/zhxw.htm' OR url LIKE '%/9.htm'`); n != 0 {
		t.Errorf("outlinks: got %d, want none: what another crawler found is not asked for", n)
	}
	if got, err := c.ImportWARC(t.Context(), file, opts, func(string) {}); err != nil || got != (Import{Known: 5, Skipped: 2}) {
		t.Errorf("a second time: got %+v (%v), want 5 known", got, err)
	}
	if _, faults := verify(t, a); len(faults) > 0 {
		t.Errorf("verify: got %v", faults)
	}
}
