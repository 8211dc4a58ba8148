package fleet

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

var (
	benchSites = flag.Int("fleet.sites", 500, "sites of BenchmarkSchedules")
	benchEvery = flag.Duration("fleet.every", 5*time.Second, "how often each is due")
	benchRuns  = flag.Int("fleet.runs", 3, "runs of each")
)

// A still Runner has nothing to do, or only waits; it says when each run began.
type still struct {
	began func(Site)
	pause time.Duration
}

func (s still) Archives() int                            { return 0 }
func (s still) Disk() int64                              { return 0 }
func (s still) Full() string                             { return "" }
func (s still) Addresses(context.Context, Site) []string { return nil }
func (s still) Run(ctx context.Context, site Site, _ Grant) (Ending, error) {
	if s.began != nil {
		s.began(site)
	}
	sleep(ctx, s.pause)
	return Ending{Status: EndDone}, nil
}

// work runs a worker until stop is called.
func work(b *testing.B, f *Fleet, r Runner, id string, slots int) (stop func()) {
	w, err := NewWorker(f, r, Options{ID: id, Slots: slots})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = w.Work(ctx) }()
	return func() { cancel(); <-done }
}

func benchSite(i int, every time.Duration) Site {
	return Site{ID: fmt.Sprintf("s%05d", i), Profile: "home: http://127.0.0.1/", Hosts: []string{"127.0.0.1"}, Rhythm: Rhythm{Every: every}}
}

// BenchmarkDispatch is what one run costs that has nothing to do: taken from the queue, its site leased, its begin and end noted, done. One
// worker with four slots, one server.
func BenchmarkDispatch(b *testing.B) {
	f, _ := newFleet(b, Settings{}, 1)
	for i := range b.N {
		if err := f.PutSite(b.Context(), benchSite(i, time.Hour)); err != nil {
			b.Fatal(err)
		}
	}
	for i := range b.N {
		if err := f.RunNow(b.Context(), benchSite(i, 0).ID); err != nil {
			b.Fatal(err)
		}
	}
	var all sync.WaitGroup
	all.Add(b.N)
	b.ResetTimer()
	stop := work(b, f, still{began: func(Site) { all.Done() }}, "w", 4)
	all.Wait()
	b.StopTimer()
	stop()
}

// BenchmarkWorkers has 1, 2, 4 and 8 workers of two slots make runs that take half a second each, as crawls that wait between requests:
// runs a second, and that for each worker.
func BenchmarkWorkers(b *testing.B) {
	for _, n := range []int{1, 2, 4, 8} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				f, _ := newFleet(b, Settings{}, 1)
				const each = 20
				for i := range n * each {
					if err := f.PutSite(b.Context(), benchSite(i, time.Hour)); err != nil {
						b.Fatal(err)
					}
					if err := f.RunNow(b.Context(), benchSite(i, 0).ID); err != nil {
						b.Fatal(err)
					}
				}
				var all sync.WaitGroup
				all.Add(n * each)
				begin := time.Now()
				var stops []func()
				for i := range n {
					stops = append(stops, work(b, f, still{began: func(Site) { all.Done() }, pause: 500 * time.Millisecond}, fmt.Sprintf("w%d", i), 2))
				}
				all.Wait()
				took := time.Since(begin).Seconds()
				for _, stop := range stops {
					stop()
				}
				b.ReportMetric(float64(n*each)/took, "runs/s")
				b.ReportMetric(each/took, "runs/s/worker")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkSchedules has the server keep the schedules of -fleet.sites sites for -fleet.runs runs of each, -fleet.every apart: the
// server's scheduler goes by the wall clock, so that days are made seconds. It reports how late runs began after the time that the
// server had set for them, what server and workers hold in memory together, and sites whose runs are missing.
func BenchmarkSchedules(b *testing.B) {
	for b.Loop() {
		f, _ := newFleet(b, Settings{}, 1)
		var mu sync.Mutex
		runs := map[string]int{}
		var late []time.Duration
		total, done := 0, make(chan struct{})
		began := func(s Site) {
			now := time.Now()
			st, err := f.State(context.Background(), s.ID) // has when the next run is due
			mu.Lock()
			defer mu.Unlock()
			runs[s.ID]++
			if err == nil && !st.Next.IsZero() {
				late = append(late, now.Sub(st.Next.Add(-s.Rhythm.Every)))
			}
			if runs[s.ID] == *benchRuns {
				if total++; total == *benchSites {
					close(done)
				}
			}
		}
		for i := range *benchSites {
			if err := f.PutSite(b.Context(), benchSite(i, *benchEvery)); err != nil {
				b.Fatal(err)
			}
		}
		var stops []func()
		for i := range 2 {
			stops = append(stops, work(b, f, still{began: began}, fmt.Sprintf("w%d", i), 16))
		}
		select {
		case <-done:
		case <-time.After(3 * *benchEvery * time.Duration(*benchRuns+2)):
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		for _, stop := range stops {
			stop()
		}
		mu.Lock()
		slices.Sort(late)
		if len(late) == 0 {
			b.Fatal("no run")
		}
		b.ReportMetric(late[len(late)/2].Seconds()*1000, "p50-ms-late")
		b.ReportMetric(late[len(late)*99/100].Seconds()*1000, "p99-ms-late")
		b.ReportMetric(float64(len(late)), "runs")
		b.ReportMetric(float64(*benchSites-total), "sites-short")
		b.ReportMetric(float64(m.Sys)/(1<<20), "MiB")
		mu.Unlock()
	}
	b.ReportMetric(0, "ns/op")
}
