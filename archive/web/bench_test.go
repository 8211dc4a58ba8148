//go:build unix

package web

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/archive/archivetest"
)

// searched are what visitors look for, no two the same: words of two and three characters of all frequencies, two words, pieces of texts of 3 to 8
// characters, years, title words, single characters.
var searched = sync.OnceValue(func() (list []string) {
	r := rand.New(rand.NewPCG(21, 21))
	two, three, one := archivetest.Words(260, 2), archivetest.Words(80, 3), archivetest.Words(40, 1)
	seen := map[string]bool{}
	for i := 1; len(list) < 600; i++ {
		q := ""
		switch n := i / 10; i % 10 {
		default:
			q = two[r.IntN(len(two))]
		case 1, 2:
			q = two[r.IntN(len(two))] + " " + two[r.IntN(len(two))]
		case 3, 4:
			text := []rune(archivetest.Visits(i, false)[0].Result.Article.Body)
			at, length := r.IntN(len(text)-8), 3+r.IntN(6)
			if q = string(text[at : at+length]); strings.ContainsFunc(q, func(c rune) bool { return c < 0x4E00 || c > 0x9FFF }) {
				continue
			}
		case 5:
			q = three[r.IntN(len(three))]
		case 6:
			q = []string{fmt.Sprint(1960+n, "年"), fmt.Sprintf("第%d届", n), "title:" + two[n%len(two)], one[n%len(one)]}[n%4]
		}
		if !seen[q] {
			seen[q], list = true, append(list, q)
		}
	}
	return list
})

// A place is an archive that visitors look at.
type place struct {
	dir      string
	articles int
	captured []string // addresses of captured pages; none without evidence
}

// visited are the kinds of pages that visitors ask for, as the address of their i-th look.
var visited = map[string]func(i int, p place) string{
	"search": func(i int, _ place) string { return "/search?q=" + url.QueryEscape(searched()[i%len(searched())]) },
	"filter": func(i int, _ place) string {
		filter := []string{"site=csu", fmt.Sprint("from=", 2010+i%10), "section=学术动态", "files=1", "changed=1"}[i%5]
		return fmt.Sprintf("/search?q=%s&%s", url.QueryEscape(searched()[(i+300)%len(searched())]), filter)
	},
	"relevance": func(i int, _ place) string {
		return "/search?sort=relevance&q=" + url.QueryEscape(searched()[(i+150)%len(searched())])
	},
	"api": func(i int, _ place) string {
		return "/api/v1/search?q=" + url.QueryEscape(searched()[(i+450)%len(searched())])
	},
	"article": func(i int, p place) string { return "/articles/" + strconv.Itoa(1+i*7919%p.articles) },
	"archived": func(i int, p place) string {
		return strings.Replace(p.captured[i%len(p.captured)], "/http", []string{"/http", "if_/http"}[i%2], 1)
	},
}

// library is an archive of CAMPUSNEWS_ARTICLES (default 2,000) articles to which a benchmark may write: a copy of the corpus of that size,
// if there is one in the folder of corpora, and one with evidence if CAMPUSNEWS_EVIDENCE is set.
func library(b *testing.B) place {
	p := place{dir: b.TempDir(), articles: 2000}
	if s := os.Getenv("CAMPUSNEWS_ARTICLES"); s != "" {
		var err error
		if p.articles, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	evidence, name := os.Getenv("CAMPUSNEWS_EVIDENCE") != "", strconv.Itoa(p.articles)
	if evidence {
		name += "-evidence"
	}
	if kept := filepath.Join(os.Getenv(archivetest.Folder), name); os.Getenv(archivetest.Folder) != "" {
		if _, err := os.Stat(kept); err == nil {
			if err := os.CopyFS(p.dir, os.DirFS(kept)); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := archivetest.Write(b.Context(), p.dir, p.articles, evidence); err != nil {
		b.Fatal(err)
	}
	if !evidence {
		return p
	}
	a, err := archive.OpenReader(b.Context(), p.dir)
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	for i := range 400 {
		list, err := a.CapturesOf(b.Context(), int64(1+i*7919%p.articles), 1)
		if err != nil || len(list) == 0 {
			b.Fatalf("captures of an article: %v", err)
		}
		if list[0].Status != http.StatusOK {
			continue
		}
		p.captured = append(p.captured, fmt.Sprintf("/web/%s/%s", list[0].Started.UTC().Format("20060102150405"), list[0].URL))
	}
	return p
}

// benchRoom is a Room over the archive in dir, its kept values made.
func benchRoom(b *testing.B, dir string) *Room {
	a, err := archive.OpenReader(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	r, err := New(Options{Archive: a, AnyHost: true})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := r.figures.get(b.Context()); err != nil { // counted once, in the first minutes
		b.Fatal(err)
	}
	searched()
	b.Cleanup(func() {
		r.Close()
		if err := a.Close(); err != nil {
			b.Error(err)
		}
	})
	return r
}

// processorTime is what this process has used.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkPages asks for one page after the other, and reports the processor time of each kind.
//
//	CAMPUSNEWS_ARTICLES=100000 CAMPUSNEWS_CORPUS=DIR go test ./archive/web -run '^$' -bench Pages -benchtime 120x
func BenchmarkPages(b *testing.B) {
	p := library(b)
	r := benchRoom(b, p.dir)
	for _, warm := range []string{"/", "/search", "/articles/1"} {
		body(b, r, warm, http.StatusOK)
	}
	for _, kind := range slices.Sorted(maps.Keys(visited)) {
		if kind == "archived" && p.captured == nil {
			continue
		}
		b.Run(kind, func(b *testing.B) {
			begun := processorTime(b)
			i := 0
			for ; b.Loop(); i++ {
				body(b, r, visited[kind](i, p), http.StatusOK)
			}
			b.ReportMetric(float64((processorTime(b)-begun).Microseconds())/1000/float64(i), "cpu-ms/op")
		})
	}
}

// BenchmarkVisitors asks for pages at 50 a second, as the reading room's limits have it, of an archive of CAMPUSNEWS_ARTICLES (default
// 2,000) articles to which a crawl saves twenty more a second, and reports the percentiles of each kind of page, the share of requests that
// failed, and the processor time of a request and of an article saved together.
//
//	CAMPUSNEWS_ARTICLES=100000 CAMPUSNEWS_CORPUS=DIR go test ./archive/web -run '^$' -bench Visitors -benchtime 30s
//
// The limits: search 50 ms, article 20 ms. It asks each page over a real connection. On 25 November 2026, two quiet cores, 100,000 articles
// with evidence (CAMPUSNEWS_EVIDENCE=1: captured pages are asked for, too), p50 and p95 in ms: article 2.4 4.9, as archived 3.0 7.7, search 7.4 25.7,
// with a filter 11.3 42.5, by relevance 13.9 36.7, over the API 5.8 40.5; 94 MB for visitors, reading room and crawl together. Without
// evidence, in another run: article 8.1, search 36.2, with a filter 44.6, by relevance 45.0, API 46.7 (p95); 100 MB. Since then each connection
// of the room has 8 MB of SQLite's cache, and the rows of words just looked up are kept: 145 MB (without evidence; on a machine at load 5, whose times
// say nothing: article 143, search 740).
func BenchmarkVisitors(b *testing.B) {
	p := library(b)
	writer, err := archive.Open(b.Context(), p.dir, archive.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer writer.Close()
	srv := httptest.NewServer(benchRoom(b, p.dir))
	defer srv.Close()
	for _, warm := range []string{"/", "/search", "/articles/1"} {
		if status, err := fetch(srv.URL + warm); err != nil || status != http.StatusOK {
			b.Fatalf("%s: got %d (err %v)", warm, status, err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	var crawl sync.WaitGroup
	crawl.Go(func() { write(ctx, b, writer, p.articles) })
	defer crawl.Wait()
	defer stop()

	var mu sync.Mutex
	took, asked := map[string][]time.Duration{}, map[string]int{}
	refused, failed := 0, 0
	var visits sync.WaitGroup
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	names := []string{"article", "search", "article", "filter", "article", "search", "relevance", "api"}
	if p.captured != nil {
		names = append(names, "archived", "archived")
	}
	begun, i := processorTime(b), 0
	for ; b.Loop(); i++ {
		<-tick.C
		kind := names[i%len(names)]
		address := srv.URL + visited[kind](asked[kind], p)
		asked[kind]++
		visits.Go(func() {
			start := time.Now()
			status, err := fetch(address)
			mu.Lock()
			defer mu.Unlock()
			took[kind] = append(took[kind], time.Since(start))
			switch {
			case status == http.StatusServiceUnavailable:
				refused++
			case err != nil || status != http.StatusOK:
				failed++
			}
		})
	}
	visits.Wait()
	b.ReportMetric(float64((processorTime(b)-begun).Microseconds())/1000/float64(i), "cpu-ms/op")
	b.ReportMetric(float64(refused)/float64(i)*100, "%refused")
	b.ReportMetric(float64(failed)/float64(i)*100, "%failed")
	for kind, list := range took {
		slices.Sort(list)
		for _, p := range []int{50, 95} {
			b.ReportMetric(float64(list[len(list)*p/100].Microseconds())/1000, fmt.Sprintf("p%d-%s-ms", p, kind))
		}
	}
	b.ReportMetric(float64(resident(b))/(1<<20), "MB-resident")
}

// resident is the most memory that this process, writer and visitors included, has had: what SQLite takes is not in Go's own figures.
func resident(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	if runtime.GOOS == "darwin" {
		return u.Maxrss
	}
	return u.Maxrss << 10
}

func fetch(address string) (status int, err error) {
	res, err := http.Get(address)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// write saves articles as a crawl does, until the context ends.
func write(ctx context.Context, b *testing.B, a *archive.Archive, from int) {
	c, err := a.Begin(context.WithoutCancel(ctx), archive.CrawlInfo{Sites: archivetest.Sites(), Program: "benchmark"})
	if err != nil {
		b.Error(err)
		return
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for i := from + 1; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, v := range archivetest.Visits(1_000_000+i, false) {
			if _, err := c.Save(ctx, v); err != nil && ctx.Err() == nil {
				b.Error(err)
				return
			}
		}
	}
}
