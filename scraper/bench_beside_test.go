//go:build unix

package scraper_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"campusnews/archive/archivetest"
	"campusnews/extract"
	"campusnews/extract/sitemap"
	"campusnews/scraper"
)

// BenchmarkScrapy crawls one loopback site with all that a crawl does, and by Scrapy with
// the spider in testdata/scrapy, which keeps articles as JSON lines and no evidence. Of-scrapy is how many pages a
// second the crawl reads for each that Scrapy reads, by the clock and by processor time, the server's included. Lines-of-scrapy is that of
// the crawl that does as Scrapy does: its frontier in memory, articles as JSON lines, nothing else kept. Debian has it: apt-get install python3-scrapy.
func BenchmarkScrapy(b *testing.B) {
	scrapy, err := exec.LookPath("scrapy")
	if err != nil {
		b.Skip("no scrapy here: apt-get install python3-scrapy")
	}
	site := newBenchSite(benchArticles(b, 1000))
	srv := httptest.NewServer(site)
	defer srv.Close()
	bare(b, srv.URL, benchWorkers, nil) // so that all pages are made
	var ours, lines, theirs work
	for b.Loop() {
		before := now(b)
		n := benchCrawl(b, srv.URL, true, extract.New(), site.articles)
		ours.add(now(b).since(before), n)

		out := filepath.Join(b.TempDir(), "lines.jl")
		before = now(b)
		n = crawlToLines(b, srv.URL, out, site.articles)
		lines.add(now(b).since(before), n)
		if got := countArticles(b, out); got != site.articles {
			b.Fatalf("the crawl kept %d articles as lines, want %d", got, site.articles)
		}

		out = filepath.Join(b.TempDir(), "articles.jl")
		cmd := exec.Command(scrapy, "runspider", "news.py", "-a", "root="+srv.URL, "-O", out)
		cmd.Dir = filepath.Join("testdata", "scrapy")
		cmd.Stderr = os.Stderr
		before = now(b)
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
		took := now(b).since(before)
		took.cpu += (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
		theirs.add(took, site.requests())
		if got := countArticles(b, out); got != site.articles {
			b.Fatalf("scrapy kept %d articles, want %d", got, site.articles)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(ours.pages)/ours.clock, "pages/s")
	b.ReportMetric(float64(theirs.pages)/theirs.clock, "scrapy-pages/s")
	b.ReportMetric(theirs.clock/float64(theirs.pages)*float64(ours.pages)/ours.clock, "of-scrapy")
	b.ReportMetric(theirs.cpu/float64(theirs.pages)*float64(ours.pages)/ours.cpu, "of-scrapy-cpu")
	b.ReportMetric(theirs.clock/float64(theirs.pages)*float64(lines.pages)/lines.clock, "lines-of-scrapy")
	b.ReportMetric(theirs.cpu/float64(theirs.pages)*float64(lines.pages)/lines.cpu, "lines-of-scrapy-cpu")
}

// A lineStore keeps its frontier in memory and writes what is read of articles as JSON lines.
type lineStore struct {
	*memory
	writing sync.Mutex
	out     *json.Encoder
}

func (s *lineStore) Save(ctx context.Context, v scraper.Visit) (scraper.Change, error) {
	c, err := s.memory.Save(ctx, v)
	if err != nil || v.Result == nil || v.Result.Article == nil {
		return c, err
	}
	a := v.Result.Article
	c.New = true
	s.writing.Lock()
	defer s.writing.Unlock()
	return c, s.out.Encode(struct{ URL, Title, Published, Body string }{v.Target.URL, a.Title, a.Published, a.Body})
}

// crawlToLines crawls the site into a file of JSON lines and gives the number of requests.
func crawlToLines(b *testing.B, root, path string, articles int) int {
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	store := &lineStore{memory: &memory{targets: map[string]scraper.Target{}, leased: map[string]bool{}}, out: json.NewEncoder(w)}
	n := benchCrawlInto(b, root, store, extract.New(), articles)
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		b.Fatal(err)
	}
	return n
}

// countArticles says how many lines hold an article with title and text.
func countArticles(b *testing.B, path string) (n int) {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var a struct{ Title, Body string }
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			b.Fatal(err)
		}
		if a.Title != "" && a.Body != "" {
			n++
		}
	}
	if err := lines.Err(); err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkMemory says how much memory a process takes, at most, that crawls with four workers and does nothing else:
// 20,000 pages into an empty archive, and a small site into one whose frontier has a million targets.
// CAMPUSNEWS_BENCH_ARTICLES sets another number of pages.
//
// Then two sites that name pages by sitemap only: one sitemap as long as the protocol allows, and an index of four such, packed. A run reads
// all of them and asks for 500 pages.
//
// In November 2026 20,000 pages took 56.9 MiB (59.7 MB) at most, 22 of them this program itself and 9 the page cache of SQLite; it was 80 MiB
// from the first 2,000 pages on before LimitCache. The frontier of a million took 48.2 MiB. One full sitemap, 8 MB, took 86 to 93 MiB, four 79 to 85 (141 and 115
// while addresses were held twice and garbage was collected as seldom as ever; 177 and 374 while several were read at a time); the machine was busy.
func BenchmarkMemory(b *testing.B) {
	for _, c := range []struct {
		name                 string
		pages, targets, maps int
	}{{"pages", 20_000, 0, 0}, {"frontier", 500, 1_000_000, 0}, {"sitemap", 0, 0, 1}, {"sitemaps", 0, 0, 4}} {
		b.Run(c.name, func(b *testing.B) {
			if c.maps > 0 {
				memoryOfSitemaps(b, c.maps)
				return
			}
			site := newBenchSite(c.pages)
			if c.targets == 0 {
				site = newBenchSite(benchArticles(b, c.pages))
			}
			srv := httptest.NewServer(site)
			defer srv.Close()
			for b.Loop() {
				dir := filepath.Join(b.TempDir(), "archive")
				fillFrontier(b, dir, c.targets)
				began := time.Now()
				b.ReportMetric(crawlPeak(b, dir, srv.URL+"/"), "MiB")
				b.ReportMetric(float64(site.requests())/time.Since(began).Seconds(), "pages/s")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// crawlPeak is the most memory, in MiB, that a process takes which crawls the site into dir.
func crawlPeak(b *testing.B, dir, home string) float64 {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir, childHome+"="+home)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	return peak(b, cmd, string(out))
}

// memoryOfSitemaps is BenchmarkMemory for a site that names its pages in that many full sitemaps.
func memoryOfSitemaps(b *testing.B, maps int) {
	srv := httptest.NewServer(mapsSite(maps))
	defer srv.Close()
	for b.Loop() {
		dir := filepath.Join(b.TempDir(), "archive")
		b.ReportMetric(crawlPeak(b, dir, srv.URL+"/"), "MiB")
		if got, want := frontierOf(b, dir), maps*sitemap.MaxEntries; got < want {
			b.Fatalf("%d addresses known, want %d", got, want)
		}
	}
	b.ReportMetric(0, "ns/op")
}

// mapsSite is a site whose robots.txt names a sitemap, or with several an index of packed ones, each full.
func mapsSite(maps int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		base := "http://" + r.Host
		var n int
		switch _, err := fmt.Sscanf(r.URL.Path, "/map-%d.xml.gz", &n); {
		case r.URL.Path == "/robots.txt":
			fmt.Fprintf(w, "User-agent: *\nAllow: /\nSitemap: %s/sitemap.xml\n", base)
		case r.URL.Path == "/sitemap.xml" && maps > 1:
			fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
			for i := range maps {
				fmt.Fprintf(w, "<sitemap><loc>%s/map-%d.xml.gz</loc></sitemap>\n", base, i)
			}
			fmt.Fprint(w, "</sitemapindex>")
		case r.URL.Path == "/sitemap.xml":
			writeFullMap(w, base, 0)
		case err == nil:
			w.Header().Set("Content-Type", "application/x-gzip")
			z := gzip.NewWriter(w)
			writeFullMap(z, base, n)
			if err := z.Close(); err != nil {
				panic(http.ErrAbortHandler) // the client has gone
			}
		case strings.HasPrefix(r.URL.Path, "/news/"):
			fmt.Fprintf(w, `<!DOCTYPE html><html><head><meta charset="utf-8"><title>%[1]s</title></head><body><article><h1>%[1]s</h1><p>发布时间：2016-07-22</p><div class="content"><p>%[2]s</p></div></article></body></html>`,
				r.URL.Path, strings.Repeat("测试大学新闻网讯，学校召开会议。", 20))
		case r.URL.Path == "/":
			fmt.Fprint(w, `<!DOCTYPE html><html><head><meta charset="utf-8"><title>测试大学</title></head><body><p>测试大学建于一九二六年。</p></body></html>`)
		default:
			http.NotFound(w, r)
		}
	})
}

// writeFullMap writes a sitemap of as many addresses as the protocol allows, as long as real ones are.
func writeFullMap(w io.Writer, base string, n int) {
	out := bufio.NewWriter(w)
	defer out.Flush()
	fmt.Fprint(out, `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for i := range sitemap.MaxEntries {
		fmt.Fprintf(out, "<url><loc>%s/news/%d/%d-the-title-of-a-piece-of-news-as-it-stands-in-an-address.html</loc><lastmod>2016-07-%02dT09:30:00+08:00</lastmod></url>\n", base, n, i, 1+i%28)
	}
	fmt.Fprint(out, "</urlset>")
}

// frontierOf is how many addresses an archive knows.
func frontierOf(b *testing.B, dir string) (n int) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "archive.db")+"?mode=ro")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT count(*) FROM frontier").Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}

// peak is the most memory that a child took. Where it cannot tell itself the system does, which counts what this process had when
// it made the child: Linux takes that over.
func peak(b *testing.B, cmd *exec.Cmd, told string) float64 {
	for line := range strings.Lines(told) {
		if kb, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(kb), "kB")), 64)
			if err != nil {
				b.Fatal(err)
			}
			return n / 1024
		}
	}
	return float64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) / 1024
}

// fillFrontier puts targets into an archive's frontier that are not due yet.
func fillFrontier(b *testing.B, dir string, n int) {
	if n == 0 {
		return
	}
	if err := archivetest.FillFrontier(b.Context(), dir, scraper.Target{
		Site: "test", Key: "127.0.0.1/news1%07d", URL: "http://127.0.0.1/info/1001/1%07d.htm", Role: scraper.RoleRevisit, Section: "学校要闻",
		Depth: 2, Title: "一条新闻的标题", State: scraper.StateKept, Due: time.Now().AddDate(0, 1, 0),
	}, n); err != nil {
		b.Fatal(err)
	}
}
