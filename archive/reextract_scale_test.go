//go:build linux

package archive_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/archive/archivetest"
	"campusnews/extract"

	"golang.org/x/sys/unix"
)

// BenchmarkReextractScale reads all articles of a generated corpus again from their captures, on all cores, and
// beside it extracts the same pages from memory on as many goroutines, a piece before each run and one behind it:
//
//	CAMPUSNEWS_BENCH_ARTICLES=20000 go test ./archive -run xxx -bench ReextractScale -benchtime 1x -timeout 60m
//
// cpu-ratio is the processor time of extraction alone for a page beside that of reading again, which other
// programs on the machine hardly disturb; ratio is the same of the time by the clock; peak-MB the most memory that Go's runtime held at a time.
// CAMPUSNEWS_CORPUS names a folder in which the corpus is kept.
func BenchmarkReextractScale(b *testing.B) {
	n := corpusSize(b)
	dir := b.TempDir()
	if kept := os.Getenv(archivetest.Folder); kept != "" {
		dir = filepath.Join(kept, fmt.Sprintf("%d-evidence", n))
	}
	if err := archivetest.Write(b.Context(), dir, n, true); err != nil {
		b.Fatal(err)
	}
	a, err := archive.OpenReader(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	x := extract.New(extract.WithSystem("vsb"))
	const sample = 2000
	var pages []extract.Page
	for i := range min(sample, n) {
		article, err := a.Article(b.Context(), int64(1+i*n/min(sample, n)))
		if err != nil {
			b.Fatal(err)
		}
		p, err := a.Page(b.Context(), article.Capture)
		if err != nil {
			b.Fatal(err)
		}
		pages = append(pages, p)
	}
	var alone, again spent
	extraction := func() {
		alone.add(len(pages), func() {
			next := make(chan extract.Page)
			var wg sync.WaitGroup
			for range runtime.GOMAXPROCS(0) {
				wg.Go(func() {
					for p := range next {
						x.Extract(p)
					}
				})
			}
			for _, p := range pages {
				next <- p
			}
			close(next)
			wg.Wait()
		})
	}
	peak := watchMemory(b)
	b.ResetTimer()
	for range b.N {
		extraction()
		again.add(n, func() {
			r, err := a.Reextract(b.Context(), archive.Reextraction{DryRun: true, Extractor: func(archive.Site) (archive.Extractor, error) { return x, nil }})
			if err != nil || r.Unreadable > 0 || r.Articles != n {
				b.Fatalf("%+v %v", r, err)
			}
		})
		extraction()
	}
	b.ReportMetric(alone.cpuPage()/again.cpuPage(), "cpu-ratio")
	b.ReportMetric(alone.wallPage()/again.wallPage(), "ratio")
	b.ReportMetric(1e9/again.wallPage(), "pages/s")
	b.ReportMetric(again.cpuPage()/1e3, "cpu-µs/page")
	b.ReportMetric(float64(peak())/(1<<20), "peak-MB")
}

// spent is what pages cost.
type spent struct {
	pages     int
	cpu, wall int64 // nanoseconds
}

func (s *spent) cpuPage() float64  { return float64(s.cpu) / float64(s.pages) }
func (s *spent) wallPage() float64 { return float64(s.wall) / float64(s.pages) }

func (s *spent) add(pages int, f func()) {
	used := func() int64 {
		var u unix.Rusage
		if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
			panic(err) // there is no such error for RUSAGE_SELF
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
	start, before := time.Now(), used()
	f()
	s.wall, s.cpu, s.pages = s.wall+time.Since(start).Nanoseconds(), s.cpu+used()-before, s.pages+pages
}

// watchMemory looks every few milliseconds how much memory the runtime holds; the function gives the most, in bytes.
func watchMemory(b *testing.B) func() uint64 {
	stop, done := make(chan struct{}), make(chan struct{})
	var most uint64
	go func() {
		defer close(done)
		list := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			metrics.Read(list)
			most = max(most, list[0].Value.Uint64()-list[1].Value.Uint64())
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	}()
	return sync.OnceValue(func() uint64 { close(stop); <-done; return most })
}
