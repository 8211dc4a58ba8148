package replica

import (
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkThirtyDays has a worker crawl a site of 500 articles and then, once a day, ten more, with a copy in mid-run and one at its end.
// It reports what was sent for each byte that the archive has in the end, and of the thirty days for each byte by which
// it has grown; what the copy takes for each byte of the archive; and what the first run after a restart of the worker sends, in bytes.
func BenchmarkThirtyDays(b *testing.B) {
	for b.Loop() {
		store, heads := buckets(b)
		m := newMachine(b, "a", store, heads)
		run := func(fence uint64, from, to int) int64 {
			s := m.take(fence)
			s.fill(from, (from+to)/2)
			s.sync()
			s.fill((from+to)/2, to)
			s.end()
			return s.Sent()
		}
		first := run(1, 0, 500)
		before := size(b, m.dir)
		var sent int64
		for day := range 30 {
			sent += run(uint64(day+2), 500+10*day, 510+10*day)
		}
		after := size(b, m.dir)
		h, _, err := heads.Head(b.Context(), "nuc.example")
		if err != nil {
			b.Fatal(err)
		}
		if err := m.keeper.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
		m.keeper = &Keeper{Worker: "a", Store: store, Heads: heads}
		b.ReportMetric(float64(first+sent)/float64(after), "sent/byte")
		b.ReportMetric(float64(sent)/float64(after-before), "sent/grown-byte")
		b.ReportMetric(float64(h.Size())/float64(after), "copy/byte")
		b.ReportMetric(float64(run(32, 800, 810)), "after-restart-B")
		begin := time.Now()
		if err := Restore(b.Context(), filepath.Join(b.TempDir(), "r"), store, h); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(begin).Seconds(), "restore-s")
	}
	b.ReportMetric(0, "ns/op")
}
