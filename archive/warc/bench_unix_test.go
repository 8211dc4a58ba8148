//go:build unix

package warc

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"campusnews/scraper/capture"
)

// campusPage makes a page of about 30 KB that packs to a fifth, as saved campus pages do: a template, and words that come again.
func campusPage(n int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	words := make([]string, 300)
	for i := range words {
		for range 2 + r.IntN(3) {
			words[i] += string(rune(0x4e00 + r.IntN(3000)))
		}
	}
	word := func() string { return words[int(300*r.Float64()*r.Float64())] }
	var b strings.Builder
	for i := range 160 {
		fmt.Fprintf(&b, "<li id=\"line_u8_%d\"><a href=\"../info/%d/%d.htm\" target=\"_blank\" title=\"\">", i, 1000+r.IntN(4), 100*n+r.IntN(99))
		for range 5 {
			b.WriteString(word())
		}
		fmt.Fprintf(&b, "</a><span>2016-%02d-%02d</span></li>\r\n", 1+r.IntN(12), 1+r.IntN(28))
	}
	b.WriteString("<div class=\"v_news_content\"><p>")
	for range 500 {
		b.WriteString(word())
	}
	b.WriteString("</p></div>")
	return []byte(b.String())
}

func campusExchanges(n int) []capture.Exchange {
	xs := make([]capture.Exchange, n)
	for i := range xs {
		body := campusPage(i)
		xs[i] = exchange(fmt.Sprintf("http://news.example.edu.cn/info/1002/%d.htm", i),
			fmt.Sprintf("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: %d", len(body)), string(body))
	}
	return xs
}

func BenchmarkWriteExchange(b *testing.B) {
	xs := campusExchanges(64)
	for _, level := range []int{1, 6, 9} {
		b.Run(fmt.Sprintf("gzip-%d", level), func(b *testing.B) {
			w, err := Open(b.TempDir(), Options{Name: "bench", Level: level})
			if err != nil {
				b.Fatal(err)
			}
			defer w.Close()
			b.SetBytes(int64(len(xs[0].Response)))
			b.ReportAllocs()
			stored := int64(0)
			n := 0
			start := cpu()
			for b.Loop() {
				pos, err := w.WriteExchange(xs[n%len(xs)], Revisits{})
				if err != nil {
					b.Fatal(err)
				}
				stored += pos.Span.Length
				n++
			}
			b.ReportMetric(float64(cpu()-start)/float64(n)/1e3, "cpu-us/page")
			b.ReportMetric(float64(stored)/float64(n), "stored-B/page")
		})
	}
}

func BenchmarkReader(b *testing.B) {
	dir := b.TempDir()
	w, err := Open(dir, Options{Name: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	var path string
	for _, x := range campusExchanges(256) {
		pos, err := w.WriteExchange(x, Revisits{})
		if err != nil {
			b.Fatal(err)
		}
		path = dir + "/" + pos.File
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.Run("scan", func(b *testing.B) {
		b.ReportAllocs()
		pages := 0
		start := cpu()
		for b.Loop() {
			r, err := OpenFile(path)
			if err != nil {
				b.Fatal(err)
			}
			for {
				rec, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					b.Fatal(err)
				}
				if rec.Type() == "response" {
					if _, err := rec.ReadContent(1 << 20); err != nil {
						b.Fatal(err)
					}
					pages++
				}
			}
			r.Close()
		}
		b.ReportMetric(float64(cpu()-start)/float64(pages)/1e3, "cpu-us/page")
	})
	b.Run("verify", func(b *testing.B) {
		start := cpu()
		for b.Loop() {
			if s, err := Verify(path, func(p Problem) { b.Fatal(p) }); err != nil || s.Records["response"] != 256 {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(cpu()-start)/float64(256*b.N)/1e3, "cpu-us/page")
	})
}

// cpu gives the processor time that the process has used, in nanoseconds.
func cpu() int64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}
