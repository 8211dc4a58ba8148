//go:build unix

package extract

import (
	"bytes"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// BenchmarkRatio alternates parsing and extracting set by set and reports the
// processor time of one over that of the other, garbage collection included, so
// that what else the machine does falls out of the figure.
func BenchmarkRatio(b *testing.B) {
	for _, set := range sets {
		b.Run(set, func(b *testing.B) {
			pages := benchPages(b, set)
			e := New()
			var parsing, extracting time.Duration
			for b.Loop() {
				start := processorTime(b)
				for _, p := range pages {
					if _, err := html.Parse(bytes.NewReader(p.Body)); err != nil {
						b.Fatal(err)
					}
				}
				mid := processorTime(b)
				for _, p := range pages {
					e.Extract(p)
				}
				parsing += mid - start
				extracting += processorTime(b) - mid
			}
			b.ReportMetric(float64(extracting)/float64(parsing), "×parse")
		})
	}
}

func processorTime(tb testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
