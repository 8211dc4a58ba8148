//go:build linux

package archive_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
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
// now and then extracts 2,000 of the same pages from memory on as many goroutines:
//
//	CAMPUSNEWS_BENCH_ARTICLES=20000 go test ./archive -run xxx -bench ReextractScale -benchtime 1x -timeout 60m
//
// cpu-ratio is the processor time of extraction alone for a page beside that of reading again, which other
// programs on the machine hardly disturb; ratio is the same of the time by the clock; peak-MB the most memory that Go's runtime held at a time.
// Garbage is collected as the program has it in campusnews reextract. CAMPUSNEWS_CORPUS names a folder in which the corpus is kept.
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
	pages := samplePages(b, a, n, 2000)
	var alone spent
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
	defer debug.SetGCPercent(debug.SetGCPercent(archive.BatchGCPercent))
	debug.FreeOSMemory()
	peak := watchMemory(b)
	var both spent
	b.ResetTimer()
	for range b.N {
		both.add(n, func() {
			r, err := a.Reextract(b.Context(), archive.Reextraction{
				DryRun:    true,
				Extractor: func(archive.Site) (archive.Extractor, error) { return x, nil },
				Progress: func(done, total int) error { // what is read ahead meanwhile is a hundred pages
					if done%max(2*len(pages), total/8) == 0 || done == total/2 {
						extraction()
					}
					return nil
				},
			})
			if err != nil || r.Unreadable > 0 || r.Articles != n {
				b.Fatalf("%+v %v", r, err)
			}
		})
	}
	again := spent{both.pages, both.cpu - alone.cpu, both.wall - alone.wall}
	b.ReportMetric(alone.cpuPage()/again.cpuPage(), "cpu-ratio")
	b.ReportMetric(alone.wallPage()/again.wallPage(), "ratio")
	b.ReportMetric(1e9/again.wallPage(), "pages/s")
	b.ReportMetric(again.cpuPage()/1e3, "cpu-µs/page")
	b.ReportMetric(float64(peak())/(1<<20), "peak-MB")
}

// samplePages gives count pages of an archive of n articles. Their bytes lie outside of Go's memory, which is measured.
func samplePages(b *testing.B, a *archive.Archive, n, count int) (pages []extract.Page) {
	count = min(count, n)
	f, err := os.Create(filepath.Join(b.TempDir(), "pages"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	size := 0
	for i := range count {
		article, err := a.Article(b.Context(), int64(1+i*n/count))
		if err != nil {
			b.Fatal(err)
		}
		p, err := a.Page(b.Context(), article.Capture)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := f.Write(p.Body); err != nil {
			b.Fatal(err)
		}
		size += len(p.Body)
		pages = append(pages, p)
	}
	held, err := unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := unix.Munmap(held); err != nil {
			b.Error(err)
		}
	})
	at := 0
	for i := range pages {
		end := at + len(pages[i].Body)
		pages[i].Body, at = held[at:end:end], end
	}
	return pages
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
