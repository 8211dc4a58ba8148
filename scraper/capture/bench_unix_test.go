//go:build unix

package capture

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// BenchmarkTransport compares the capture with the plain http.Transport it wraps, on one
// loopback server and pages of 38 KB. cpu-us/page counts both ends of the connection.
func BenchmarkTransport(b *testing.B) {
	body := strings.Repeat("<p>中南大学新闻网 news.csu.edu.cn</p>\r\n", 900)
	for _, form := range []struct{ name, answer string }{
		{"length", fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(body), body)},
		{"chunked", fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body)},
		{"gzip", fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(zipped(body)), zipped(body))},
	} {
		base := serveRaw(b, func(_ int, _ string, c net.Conn) { io.WriteString(c, form.answer) })
		plain := &http.Transport{}
		kept := New(Options{})
		for _, t := range []struct {
			name string
			rt   http.RoundTripper
		}{{"plain", plain}, {"capture", kept}} {
			b.Run(form.name+"/"+t.name, func(b *testing.B) {
				b.ReportAllocs()
				start := cpu()
				wire := 0
				for b.Loop() {
					ctx := WithSink(b.Context(), func(x Exchange) { wire += len(x.Response) })
					req, err := http.NewRequestWithContext(ctx, "GET", base+"/info/1.htm", nil)
					if err != nil {
						b.Fatal(err)
					}
					resp, err := t.rt.RoundTrip(req)
					if err != nil {
						b.Fatal(err)
					}
					got, err := io.ReadAll(resp.Body)
					resp.Body.Close()
					if err != nil || len(got) != len(body) {
						b.Fatal(len(got), err)
					}
				}
				b.ReportMetric(float64(cpu()-start)/float64(b.N)/1e3, "cpu-us/page")
				if t.rt == kept && wire < b.N*len(form.answer) {
					b.Fatalf("%d bytes kept, want %d", wire, b.N*len(form.answer))
				}
			})
		}
		plain.CloseIdleConnections()
		kept.CloseIdleConnections()
	}
}

// cpu gives the processor time that the process has used, in nanoseconds.
func cpu() int64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}
