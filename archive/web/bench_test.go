//go:build unix

package web

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/archive/archivetest"
)

// searched are words of all frequencies.
var searched = []string{"图书馆", "学生", "大学", "研究", "湘雅 医院", "先进集体", "AI", "志愿者", "“党史学习”", "title:论坛", "岳麓山", "实验室 安全"}

// visited are the kinds of pages that visitors ask for, as the address of their i-th look at an archive of n articles.
var visited = map[string]func(i, n int) string{
	"search": func(i, _ int) string { return "/search?q=" + url.QueryEscape(searched[i%len(searched)]) },
	"filter": func(i, _ int) string {
		return fmt.Sprintf("/search?q=%s&from=%d&site=csu", url.QueryEscape(searched[i%len(searched)]), 2010+i/len(searched)%10)
	},
	"article": func(i, n int) string { return "/articles/" + strconv.Itoa(1+i*7919%n) },
}

// library is the folder of an archive of CAMPUSNEWS_ARTICLES (default 2,000) articles to which a benchmark may write, with their number. It is
// kept in the folder of corpora if there is one.
func library(b *testing.B) (dir string, n int) {
	n = 2000
	if s := os.Getenv("CAMPUSNEWS_ARTICLES"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	dir = b.TempDir()
	if kept := os.Getenv(archivetest.Folder); kept != "" {
		dir = filepath.Join(kept, fmt.Sprintf("visited-%d", n))
		if a, err := archive.OpenReader(b.Context(), dir); err == nil {
			if err := a.Close(); err != nil {
				b.Fatal(err)
			}
			return dir, n
		}
	}
	if err := archivetest.Write(b.Context(), dir, n, false); err != nil {
		b.Fatal(err)
	}
	return dir, n
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
	dir, n := library(b)
	r := benchRoom(b, dir)
	for _, warm := range []string{"/", "/search", "/articles/1"} {
		body(b, r, warm, http.StatusOK)
	}
	for _, kind := range slices.Sorted(maps.Keys(visited)) {
		b.Run(kind, func(b *testing.B) {
			begun := processorTime(b)
			i := 0
			for ; b.Loop(); i++ {
				body(b, r, visited[kind](i, n), http.StatusOK)
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
// The limits: search 50 ms, article 20 ms. It asks each page over a real connection.
func BenchmarkVisitors(b *testing.B) {
	dir, n := library(b)
	writer, err := archive.Open(b.Context(), dir, archive.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer writer.Close()
	srv := httptest.NewServer(benchRoom(b, dir))
	defer srv.Close()
	for _, warm := range []string{"/", "/search", "/articles/1"} {
		if status, err := fetch(srv.URL + warm); err != nil || status != http.StatusOK {
			b.Fatalf("%s: got %d (err %v)", warm, status, err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	var crawl sync.WaitGroup
	crawl.Go(func() { write(ctx, b, writer, n) })
	defer crawl.Wait()
	defer stop()

	var mu sync.Mutex
	took := map[string][]time.Duration{}
	refused, failed := 0, 0
	var visits sync.WaitGroup
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	names := []string{"article", "search", "article", "filter"}
	begun, i := processorTime(b), 0
	for ; b.Loop(); i++ {
		<-tick.C
		kind := names[i%len(names)]
		visits.Go(func() {
			start := time.Now()
			status, err := fetch(srv.URL + visited[kind](i, n))
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
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB-sys")
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
