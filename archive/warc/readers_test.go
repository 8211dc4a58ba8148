package warc_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campusnews/archive/warc"
	"campusnews/scraper/capture"
)

// site shows one of each thing a WARC record has to hold.
func site() *httptest.Server {
	page := strings.Repeat("<p>中南大学新闻网</p>\n", 400)
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		zip := func() {
			w.Header().Set("Content-Encoding", "gzip")
			gz := gzip.NewWriter(w)
			io.WriteString(gz, page)
			gz.Close()
		}
		abort := func(status string) {
			c, _, _ := w.(http.Hijacker).Hijack()
			io.WriteString(c, status)
			c.Close()
		}
		switch r.URL.Path {
		case "/plain":
			w.Header().Set("Content-Length", fmt.Sprint(len(page)))
			io.WriteString(w, page)
		case "/chunked":
			for part := range strings.SplitAfterSeq(page, "\n") {
				io.WriteString(w, part)
				if len(part)%2 == 0 {
					w.(http.Flusher).Flush()
				}
			}
			w.(http.Flusher).Flush()
		case "/gzip":
			zip()
		case "/gzip-chunked":
			w.(http.Flusher).Flush()
			zip()
		case "/304":
			w.Header().Set("ETag", `"v1"`)
			if r.Header.Get("If-None-Match") == `"v1"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			io.WriteString(w, "版本一")
		case "/moved":
			http.Redirect(w, r, "/moved-again", http.StatusMovedPermanently)
		case "/moved-again":
			http.Redirect(w, r, "/plain", http.StatusFound)
		case "/large":
			w.Header().Set("Content-Type", "application/pdf")
			noise := rand.NewChaCha8([32]byte{})
			io.CopyN(w, noise, 6<<20)
		case "/empty":
			w.Header().Set("Content-Length", "0")
		case "/short":
			abort("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nonly this")
		case "/cut-chunk":
			abort("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n40\r\nhalf")
		case "/cut-head":
			abort("HTTP/1.1 200 OK\r\nContent-Type: text/h")
		case "/until-close":
			abort("HTTP/1.0 200 OK\r\nServer: old\r\n\r\n<p>till the end</p>")
		case "/429":
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(http.StatusTooManyRequests)
			io.WriteString(w, "slow down")
		case "/500":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			if strings.HasPrefix(r.URL.Path, "/新闻") {
				io.WriteString(w, r.URL.Path)
				return
			}
			http.NotFound(w, r)
		}
	}))
}

// crawl captures every page of the site into WARC files in dir, twice over, as an archive would.
func crawl(t testing.TB, dir string) []string {
	t.Helper()
	srv := site()
	defer srv.Close()
	w, err := warc.Open(dir, warc.Options{Name: "sample", MaxBytes: 2 << 20, Info: warc.Info{
		Software: "campusnews/test", Operator: "archive@example.edu", Robots: "obeyed (RFC 9309)", Description: "每日 crawl",
	}})
	if err != nil {
		t.Fatal(err)
	}
	tr := capture.New(capture.Options{Timeout: 20 * time.Second})
	defer tr.CloseIdleConnections()
	seen := map[string]warc.Original{}
	pages := map[string]warc.Original{}
	kinds := map[string]int{}
	for range 2 {
		for _, path := range []string{"/plain", "/chunked", "/gzip", "/gzip-chunked", "/304", "/moved", "/large", "/empty", "/short", "/cut-chunk", "/cut-head",
			"/until-close", "/429", "/500", "/404?q=<a>|b^c`d\"e f", "/新闻/一.htm?栏目=要闻&x=%E4%B8%80#top"} {
			ctx := capture.WithSink(context.Background(), func(x capture.Exchange) {
				rv := warc.Revisits{SamePayload: func(d string) (warc.Original, bool) { o, ok := seen[d]; return o, ok }}
				if o, ok := pages[x.URL]; ok {
					rv.NotModified = &o
				}
				pos, err := w.WriteExchange(x, rv, warc.Field{Name: "via", Value: srv.URL + "/"}, warc.Field{Name: "reason", Value: "列表"})
				if err != nil {
					t.Fatal(err)
				}
				kinds[pos.Type]++
				o := warc.Original{RecordID: pos.RecordID, URL: pos.URL, Date: pos.Date, PayloadDigest: pos.PayloadDigest}
				if pos.Type == "response" && x.Truncated == "" {
					seen[pos.PayloadDigest], pages[x.URL] = o, o
				}
			})
			req, err := http.NewRequestWithContext(ctx, "GET", srv.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if path == "/304" {
				req.Header.Set("If-None-Match", `"v1"`)
				if len(pages) < 6 {
					req.Header.Del("If-None-Match")
				}
			}
			if resp, err := (&http.Client{Transport: tr}).Do(req); err == nil {
				resp.Body.Close()
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if kinds["response"] < 20 || kinds["revisit"] < 10 {
		t.Fatalf("the sample is poor: %v", kinds)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	if err != nil || len(files) < 2 {
		t.Fatalf("files: %v, err %v; want several", files, err)
	}
	return files
}

func TestOwnVerify(t *testing.T) {
	for _, f := range crawl(t, t.TempDir()) {
		s, err := warc.Verify(f, func(p warc.Problem) { t.Errorf("%s: %v", filepath.Base(f), p) })
		if err != nil || s.Digests == 0 {
			t.Errorf("%s: %+v, err %v", f, s, err)
		}
	}
}

// With WARC_READERS=1 the sample goes through two readers that share no code with
// ours. They are fetched then, which is why this is not part of a plain test run; .ci/run sets it.
func TestIndependentReaders(t *testing.T) {
	if os.Getenv("WARC_READERS") == "" {
		t.Skip("WARC_READERS is not set")
	}
	script := filepath.Join("..", "..", ".ci", "warc-readers")
	files := crawl(t, t.TempDir())
	out, err := exec.Command(script, files...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)

	// The readers must be able to complain: one wrong digit, one cut record.
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.warc.gz")
	if err := os.WriteFile(cut, whole[:len(whole)-30], 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(script, cut).CombinedOutput(); err == nil {
		t.Errorf("a cut file passes:\n%s", out)
	}
}
