package warc

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"campusnews/scraper/capture"
)

// campusPage makes a page of about 30 KB with the repetition of a template and the entropy of Chinese prose.
func campusPage(n int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	var b strings.Builder
	for i := range 120 {
		fmt.Fprintf(&b, "<li id=\"line_u8_%d\"><a href=\"../info/%d/%d.htm\" target=\"_blank\" title=\"\">", i, 1000+r.IntN(40), r.IntN(99999))
		for range 12 {
			b.WriteRune(rune(0x4e00 + int(1200*r.Float64()*r.Float64())))
		}
		fmt.Fprintf(&b, "</a><span>2016-%02d-%02d</span></li>\r\n", 1+r.IntN(12), 1+r.IntN(28))
	}
	b.WriteString("<div class=\"v_news_content\"><p>")
	for range 4000 {
		b.WriteRune(rune(0x4e00 + int(3000*r.Float64()*r.Float64()*r.Float64())))
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
			for b.Loop() {
				pos, err := w.WriteExchange(xs[n%len(xs)], Revisits{})
				if err != nil {
					b.Fatal(err)
				}
				stored += pos.Span.Length
				n++
			}
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
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(pages), "us/page")
	})
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			if s, err := Verify(path, func(p Problem) { b.Fatal(p) }); err != nil || s.Records["response"] != 256 {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(256*b.N), "us/page")
	})
}
