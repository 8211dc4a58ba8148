package extract

import (
	"bytes"
	"fmt"
	"testing"
	"time"
)

// BenchmarkSize shows that time grows with the size of a page and not faster:
// the MB/s of the sizes are alike.
func BenchmarkSize(b *testing.B) {
	paragraph := []byte(`<p style="text-indent:2em"><span style="font-family:宋体">图书馆东楼改造后首日开放，三百余名师生到馆参观。</span><a href="/info/1002/8.htm">相关</a></p>` + "\n")
	for _, mb := range []int{1, 5, 25, 50} {
		b.Run(fmt.Sprintf("%dMB", mb), func(b *testing.B) {
			page := append([]byte(`<html><head><title>大页-校</title><!--Announced by Visual SiteBuilder 9--><script>_jsq_(1,'/c.jsp',2,3)</script></head><body><h1>大页</h1><div id="vsb_content"><div class="v_news_content">`),
				bytes.Repeat(paragraph, mb<<20/len(paragraph))...)
			e := New()
			b.SetBytes(int64(len(page)))
			start := time.Now()
			for b.Loop() {
				if r := e.Extract(Page{URL: "http://x.example/info/1/2.htm", Body: page}); r.Kind != KindArticle {
					b.Fatalf("got %s", r.Kind)
				}
			}
			b.ReportMetric(time.Since(start).Seconds()/float64(b.N), "s/page")
		})
	}
}
