//go:build linux

package archive_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/archive/archivetest"

	"golang.org/x/sys/unix"
)

// corpusSize is how many articles the benchmarks search, 3,000 unless CAMPUSNEWS_BENCH_ARTICLES says otherwise.
func corpusSize(tb testing.TB) int {
	s := os.Getenv("CAMPUSNEWS_BENCH_ARTICLES")
	if s == "" {
		return 3000
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// phrases are n pieces of the corpus' texts, of 3 to 8 characters each.
func phrases(n int) []string {
	r := rand.New(rand.NewPCG(7, 7))
	var list []string
	for i := 1; len(list) < n; i++ {
		text := []rune(archivetest.Visits(i, false)[0].Result.Article.Body)
		at, length := r.IntN(len(text)-8), 3+r.IntN(6)
		if piece := string(text[at : at+length]); !strings.ContainsFunc(piece, func(c rune) bool { return c < 0x4E00 || c > 0x9FFF }) {
			list = append(list, piece)
		}
	}
	return list
}

// mixed are terms of digits or Latin letters and Han together.
func mixed() []string {
	list := []string{"5G网络", "3D打印", "T恤", "A股", "QS世界", "ESI前1%", "COVID-19", "100余人", "20余人", "500余人"}
	for year := 1960; year <= 2026; year++ {
		list = append(list, fmt.Sprint(year, "年"))
	}
	for n := 1; n <= 30; n++ {
		list = append(list, fmt.Sprintf("第%d届", n), fmt.Sprintf("%d月%d日", 1+n%12, n))
	}
	return list
}

// threadTime is the processor time of this thread.
func threadTime(tb testing.TB) time.Duration {
	var t unix.Timespec // rusage counts in ticks of some milliseconds
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(t.Nano())
}

// BenchmarkSearch asks for what people search, of many frequencies, in each order, and for what a page of results in the reading
// room needs. p50 and p95 are over the queries. For the figures below:
//
//	CAMPUSNEWS_CORPUS=/var/tmp/corpora CAMPUSNEWS_BENCH_ARTICLES=100000 go test ./archive -run xxx -bench 'BenchmarkSearch$' -benchtime 1x -timeout 0
//
// p50 and p95 in ms of processor time, 25 November 2026, two shared cores at a load of 1.5 to 2, one round each. "page" is what the
// reading room needs: hits and counts. Each is asked for the first time; "again" is a page that somebody has just looked at, or the next one.
//
//	100,000         newest first   by relevance   page         again
//	two characters  1.6  3.5        5.0  6.8       1.3  4.6    0.7  2.9
//	two words       1.5  2.2        6.1  8.2       1.7  3.7    0.7  2.9
//	phrase          1.8  3.7        1.4  5.7       1.7 12.4    0.4  6.9
//	mixed           1.4  4.2        5.1  6.8       1.6 14.3    1.4 10.8
//	one character   3.6 11.5        7.2 16.2       4.6 12.1    0.9  3.9
//
//	1,000,000       newest first   by relevance   page         again
//	two characters  4.3  9.7        7.4 10.7       4.9 19.5    2.5  5.0
//	two words       4.3  7.0       10.3 13.4       5.3 17.2    1.5 11.7
//	phrase          4.8 15.1        4.4 13.4       5.2 27.7    0.7 13.0
//	mixed           2.3  7.9        6.6  8.6       6.4 25.4    2.8 12.4
//	one character  18.9 97.6       17.5 72.8      21.3 83.3    3.9 24.2
//
// The first row is of pages that SQLite and the system had not read yet. Four rounds (-benchtime 4x) of newest first, p95 by processor and clock:
// two characters 1.6 and 2.1 with 100,000, 4.4 and 4.5 with 1,000,000; two words 2.3 and 2.9, 7.0 and 7.2. The first search but one also
// reads the directory, once: 0.2 s, or 2 s.
func BenchmarkSearch(b *testing.B) {
	a := archivetest.Open(b, corpusSize(b))
	two := archivetest.Words(120, 2)
	var pairs []string
	r := rand.New(rand.NewPCG(8, 8))
	for range 120 {
		pairs = append(pairs, two[r.IntN(len(two))]+" "+two[r.IntN(len(two))])
	}
	one := archivetest.Words(60, 1)
	page := func(text string) error { // with counts per year, site, section and source
		q := archive.Query{Text: text, Most: 1000}
		if _, err := a.Facets(b.Context(), q); err != nil {
			return err
		}
		_, err := a.Search(b.Context(), q)
		return err
	}
	for _, class := range []struct {
		name  string
		words []string
	}{{"two-characters", two}, {"two-words", pairs}, {"phrase", phrases(120)}, {"mixed", mixed()}, {"one-character", one}} {
		for _, kind := range []struct {
			name string
			ask  func(text string) error
			kept bool // the rows of its words are in memory, from the search before
		}{
			{"newest", func(text string) error {
				_, err := a.Search(b.Context(), archive.Query{Text: text})
				return err
			}, false},
			{"relevance", func(text string) error {
				_, err := a.Search(b.Context(), archive.Query{Text: text, Order: archive.Relevance})
				return err
			}, false},
			{"count", func(text string) error {
				_, err := a.Search(b.Context(), archive.Query{Text: text, Limit: 1, Total: true})
				return err
			}, false},
			{"page", page, false},
			{"again", page, true},
		} {
			b.Run(class.name+"/"+kind.name, func(b *testing.B) {
				if err := kind.ask(class.words[0]); err != nil { // what is read once
					b.Fatal(err)
				}
				// On a busy machine the thread's own time says more than the clock.
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				var took, worked []time.Duration
				for range b.N {
					for _, w := range class.words {
						archive.ForgetWords(a)
						if kind.kept {
							if err := kind.ask(w); err != nil {
								b.Fatal(err)
							}
						}
						start, before := time.Now(), threadTime(b)
						if err := kind.ask(w); err != nil {
							b.Fatal(err)
						}
						took, worked = append(took, time.Since(start)), append(worked, threadTime(b)-before)
					}
				}
				for name, list := range map[string][]time.Duration{"ms": took, "cpu-ms": worked} {
					slices.Sort(list)
					for part, of := range map[string]float64{"p50": 0.5, "p95": 0.95, "max": 1} {
						b.ReportMetric(float64(list[int(of*float64(len(list)-1))].Microseconds())/1000, part+"-"+name)
					}
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
