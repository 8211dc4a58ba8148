package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/archive/archivetest"
)

// BenchmarkVisitors asks for pages at 50 a second, as the reading room's limits have it, of an archive of CAMPUSNEWS_ARTICLES (default
// 2,000) articles to which a crawl saves twenty more a second, and reports the 95th percentile of each kind of page.
//
//	CAMPUSNEWS_ARTICLES=100000 CAMPUSNEWS_CORPUS=DIR go test ./archive/web -run '^$' -bench Visitors -benchtime 30s
//
// The limits: search 50 ms, article 20 ms. It asks each page over a real connection.
func BenchmarkVisitors(b *testing.B) {
	n := 2000
	if s := os.Getenv("CAMPUSNEWS_ARTICLES"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	// An archive of its own: the crawl adds to it.
	dir := b.TempDir()
	if kept := os.Getenv(archivetest.Folder); kept != "" {
		dir = filepath.Join(kept, fmt.Sprintf("visited-%d", n))
	}
	if err := archivetest.Write(b.Context(), dir, n, false); err != nil {
		b.Fatal(err)
	}
	a, err := archive.OpenReader(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	r, err := New(Options{Archive: a, AnyHost: true})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	srv := httptest.NewServer(r)
	defer srv.Close()
	words := []string{"图书馆", "学生", "大学", "研究", "湘雅 医院", "先进集体", "AI", "志愿者", "“党史学习”", "title:论坛", "岳麓山", "实验室 安全"}
	kinds := map[string]func(i int) string{
		"search": func(i int) string { return "/search?q=" + url.QueryEscape(words[i%len(words)]) },
		"filter": func(i int) string {
			return fmt.Sprintf("/search?q=%s&from=%d&site=csu", url.QueryEscape(words[i%len(words)]), 2010+i%10)
		},
		"article": func(i int) string { return "/articles/" + strconv.Itoa(1+i*7919%n) },
	}
	names := []string{"article", "search", "article", "filter"}
	for _, warm := range []string{"/", "/search", "/overview", "/articles/1"} {
		fetch(b, srv.URL+warm)
	}
	ctx, stop := context.WithCancel(context.Background())
	var crawl sync.WaitGroup
	writer, err := archive.Open(b.Context(), dir, archive.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer writer.Close()
	crawl.Go(func() { write(ctx, b, writer, n) })
	defer crawl.Wait()
	defer stop()

	var mu sync.Mutex
	took := map[string][]time.Duration{}
	var visits sync.WaitGroup
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	b.ResetTimer()
	for i := range b.N {
		<-tick.C
		kind := names[i%len(names)]
		visits.Go(func() {
			start := time.Now()
			fetch(b, srv.URL+kinds[kind](i))
			mu.Lock()
			defer mu.Unlock()
			took[kind] = append(took[kind], time.Since(start))
		})
	}
	visits.Wait()
	b.StopTimer()
	for kind, list := range took {
		slices.Sort(list)
		b.ReportMetric(float64(list[len(list)*95/100].Microseconds())/1000, "p95-"+kind+"-ms")
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/(1<<20), "MB-sys")
}

func fetch(b *testing.B, address string) {
	res, err := http.Get(address)
	if err != nil {
		b.Error(err)
		return
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b.Errorf("%s: got %d", address, res.StatusCode)
	}
	buf := make([]byte, 32<<10)
	for {
		if _, err := res.Body.Read(buf); err != nil {
			return
		}
	}
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
