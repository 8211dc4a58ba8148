package archive

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
)

// prose is an article's body of about 1,270 characters; frequent characters come as often as in news.
func prose(r *rand.Rand) string {
	var b strings.Builder
	for range 12 {
		for i := range 105 {
			// Zipf-like: the k-th most frequent of 3,000 characters with a chance of about 1/k.
			k := int(3000 * r.Float64() * r.Float64() * r.Float64())
			b.WriteRune(rune(0x4E00 + k*7%20000))
			if i%15 == 14 {
				b.WriteString("，")
			}
		}
		b.WriteString("。\n")
	}
	return b.String()
}

// BenchmarkSave saves new articles of 1,270 characters with 11 KB of page, each durable when Save returns.
func BenchmarkSave(b *testing.B) {
	for _, workers := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("callers=%d", workers), func(b *testing.B) {
			a, err := Open(b.Context(), b.TempDir(), Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer a.Close()
			c, err := a.Begin(b.Context(), CrawlInfo{})
			if err != nil {
				b.Fatal(err)
			}
			r := rand.New(rand.NewPCG(1, 1))
			bodies := make([]string, 256)
			for i := range bodies {
				bodies[i] = prose(r)
			}
			var n atomic.Int64
			b.SetParallelism(max(1, workers/2)) // of two cores
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := int(n.Add(1))
					v := article(i, noon, fmt.Sprint("题目", i), bodies[i%len(bodies)])
					v.Exchanges[0] = exchange(v.Target.URL, 200, fmt.Sprint(i)+bodies[i%len(bodies)]+bodies[(i+1)%len(bodies)]+bodies[(i+2)%len(bodies)])
					if _, err := c.Save(context.Background(), v); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
		})
	}
}
