//go:build unix

package replay

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"campusnews/archive/warc"
	"campusnews/scraper/capture"
)

// BenchmarkReplay fetches pages of 29 KB through the capture transport from each kind of source.
func BenchmarkReplay(b *testing.B) {
	const pages = 500
	body := strings.Repeat("<p>中南大学新闻网 news.csu.edu.cn</p>\r\n", 700)
	folder := filepath.Join(b.TempDir(), "site")
	dir := b.TempDir()
	w, err := warc.Open(dir, warc.Options{Name: "b"})
	if err != nil {
		b.Fatal(err)
	}
	var files []string
	for n := range pages {
		files = append(files, fmt.Sprintf("info/1001/%d.htm=>%s", n, body))
		x := capture.Exchange{URL: fmt.Sprintf("http://a.example/info/1001/%d.htm", n), Started: time.Now(), Status: 200,
			Response: fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(body), body)}
		if _, err := w.WriteExchange(x, warc.Revisits{}); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	lay(b, folder, files...)
	for _, source := range []struct{ name, path string }{{"folder", folder}, {"warc", dir}} {
		_, client := open(b, source.path)
		b.Run(source.name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			start := cpu()
			for b.Loop() {
				req, err := http.NewRequestWithContext(b.Context(), "GET", fmt.Sprintf("http://a.example/info/1001/%d.htm", n%pages), nil)
				if err != nil {
					b.Fatal(err)
				}
				resp, err := client.Transport.RoundTrip(req)
				if err != nil || resp.StatusCode != 200 {
					b.Fatal(resp, err)
				}
				n++
			}
			b.ReportMetric(float64(cpu()-start)/float64(n)/1e3, "cpu-us/page")
		})
	}
	b.Run("404", func(b *testing.B) {
		_, client := open(b, folder)
		for b.Loop() {
			resp, err := client.Get("http://a.example/none.htm")
			if err != nil || resp.StatusCode != 404 {
				b.Fatal(resp, err)
			}
		}
	})
}

// cpu gives the processor time that the process has used, in nanoseconds.
func cpu() int64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}
