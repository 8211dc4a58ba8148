//go:build unix

package archive

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"campusnews/scraper"

	"golang.org/x/sys/unix"
)

// words are 20,000 made-up words of one to three characters, the frequent ones first.
var words = sync.OnceValue(func() []string {
	r := rand.New(rand.NewPCG(2, 2))
	list := make([]string, 20000)
	for i := range list {
		for range 1 + r.IntN(3) {
			list[i] += string(rune(0x4E00 + int(4000*r.Float64()*r.Float64())))
		}
	}
	return list
})

// prose is an article's body of about 1,270 characters; words come as often as in news, the k-th with a chance of about 1/k.
func prose(r *rand.Rand) string {
	var b strings.Builder
	for range 12 {
		for i := range 53 {
			k := math.Pow(float64(len(words())), r.Float64()) - 1
			b.WriteString(words()[int(k)])
			if i%8 == 7 {
				b.WriteString("，")
			}
		}
		b.WriteString("。\n")
	}
	return b.String()
}

// cpu is the processor time of this process in seconds. On a shared machine it says more than the clock.
func cpu(tb testing.TB) float64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
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
			bodies := make([]string, 3000)
			for i := range bodies {
				bodies[i] = prose(r)
			}
			var n atomic.Int64
			b.SetParallelism(max(1, workers/2)) // of two cores
			before := cpu(b)
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
			b.ReportMetric((cpu(b)-before)*1000/float64(b.N), "cpu-ms/page")
		})
	}
}

// BenchmarkNext leases and releases in frontiers of different sizes: the time must not grow with them.
func BenchmarkNext(b *testing.B) {
	for _, n := range []int{1000, 100000} {
		b.Run(fmt.Sprintf("targets=%d", n), func(b *testing.B) {
			a, err := Open(b.Context(), b.TempDir(), Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer a.Close()
			c, err := a.Begin(b.Context(), CrawlInfo{})
			if err != nil {
				b.Fatal(err)
			}
			for from := 0; from < n; from += 1000 {
				var targets []scraper.Target
				for i := from; i < from+1000; i++ {
					targets = append(targets, due(fmt.Sprint("key", i), scraper.RoleArticle, -i%1000))
				}
				if _, err := c.Add(b.Context(), targets, false); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				got, err := c.Next(b.Context(), scraper.Query{Site: "csu", Now: noon})
				if err != nil {
					b.Fatal(err)
				}
				if err := c.Release(b.Context(), got); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
