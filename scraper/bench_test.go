//go:build unix

package scraper_test

import (
	"bytes"
	"container/heap"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"campusnews/archive"
	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/capture"
)

// benchWorkers is how many pages are in work at a time, here and in the bare loop.
const benchWorkers = 128

// BenchmarkCrawl crawls a loopback site (see benchSite) without delay, and after
// each crawl the same site by a bare loop of net/http and goquery that follows links and keeps
// nothing, with as many workers. Of-bare is how many pages a second the crawl reads for each that the bare loop
// reads: by the clock, and by processor time, which is steadier on a shared machine. Both count the server's work. Of-loop is the same by the clock
// beside a bare loop that has one request under way at a time, as a crawl has with each server; the other asks it for benchWorkers pages at once.
//
//   - fetched: a crawl that keeps nothing and looks at links only;
//   - stored: the same into an archive, as WARC and frontier;
//   - everything: a crawl as people run it, with extraction, articles and search index, each page on disk.
//
// Each is done twice: with answers as they are, and with answers packed by gzip, as most sites give them to a client that takes it.
//
// With 4,000 articles on two cores, 30 November 2026, two rounds, plain and with gzip: beside one page at a time, by the clock, fetched 1.49 and 1.63,
// stored 0.79 and 1.07, everything 0.60 and 0.79; beside 128 pages at once, by processor time (by the clock), fetched 0.76 (0.61) and
// 0.81 (0.64), stored 0.44 (0.36) and 0.54 (0.47), everything 0.32 (0.29) and 0.35 (0.32). Over the day the first varied by a tenth to a fifth
// with the machine, everything plain between 0.50 and 0.60. The bare loop takes 0.8 to 1.1 ms of processor time a page.
// What everything costs beside what the libraries alone take says BenchmarkFloor.
//
//	go test ./scraper -run XXX -bench 'BenchmarkCrawl$' -benchtime 1x
func BenchmarkCrawl(b *testing.B) {
	site := newBenchSite(benchArticles(b, 4000))
	srv := httptest.NewServer(site)
	defer srv.Close()
	for _, answers := range []string{"plain", "gzip"} {
		site.zipped = nil
		if answers == "gzip" {
			site.zipped = map[string][]byte{}
		}
		bare(b, srv.URL, benchWorkers, nil) // so that all pages are made
		for _, mode := range []struct {
			name   string
			keep   bool
			reader scraper.Reader
		}{
			{"fetched", false, linkReader{extract.New()}},
			{"stored", true, linkReader{extract.New()}},
			{"everything", true, extract.New()},
		} {
			b.Run(answers+"/"+mode.name, func(b *testing.B) { benchBeside(b, site, srv.URL, mode.keep, mode.reader) })
		}
	}
}

// benchBeside crawls the site by ours and by the bare loop in turn.
func benchBeside(b *testing.B, site *benchSite, root string, keep bool, reader scraper.Reader) {
	var ours, theirs, single work
	for b.Loop() {
		before := now(b)
		n := benchCrawl(b, root, keep, reader, site.articles)
		ours.add(now(b).since(before), n)
		before = now(b)
		n = bare(b, root, benchWorkers, nil)
		theirs.add(now(b).since(before), n)
		if n != site.requests() {
			b.Fatalf("the bare loop read %d pages, want %d", n, site.requests())
		}
		before = now(b)
		n = bare(b, root, 1, nil)
		single.add(now(b).since(before), n)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(ours.pages)/ours.clock, "pages/s")
	b.ReportMetric(ours.cpu*1000/float64(ours.pages), "cpu-ms/page")
	b.ReportMetric(theirs.cpu*1000/float64(theirs.pages), "bare-cpu-ms/page")
	b.ReportMetric(single.clock/float64(single.pages)*float64(ours.pages)/ours.clock, "of-loop")
	b.ReportMetric(theirs.clock/float64(theirs.pages)*float64(ours.pages)/ours.clock, "of-bare")
	b.ReportMetric(theirs.cpu/float64(theirs.pages)*float64(ours.pages)/ours.cpu, "of-bare-cpu")
}

// benchArticles is how many articles a benchmark's site has: CAMPUSNEWS_BENCH_ARTICLES, else usual.
func benchArticles(b *testing.B, usual int) int {
	s := os.Getenv("CAMPUSNEWS_BENCH_ARTICLES")
	if s == "" {
		return usual
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// A work is what something took, in seconds.
type work struct {
	clock, cpu float64
	pages      int
}

func (w *work) add(o work, pages int) {
	w.clock, w.cpu, w.pages = w.clock+o.clock, w.cpu+o.cpu, w.pages+pages
}

func (w work) since(o work) work { return work{clock: w.clock - o.clock, cpu: w.cpu - o.cpu} }

func now(b *testing.B) work {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return work{clock: float64(time.Now().UnixNano()) / 1e9, cpu: float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9}
}

// benchCrawl makes one crawl and gives the number of its requests.
func benchCrawl(b *testing.B, root string, keep bool, reader scraper.Reader, articles int) int {
	var store scraper.Store = &memory{targets: map[string]scraper.Target{}, leased: map[string]bool{}}
	if keep {
		a, err := archive.Open(b.Context(), filepath.Join(b.TempDir(), "archive"), archive.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer func() {
			if err := a.Close(); err != nil {
				b.Error(err)
			}
		}()
		if store, err = a.Begin(b.Context(), archive.CrawlInfo{}); err != nil {
			b.Fatal(err)
		}
	}
	return benchCrawlInto(b, root, store, reader, articles)
}

// benchCrawlInto is benchCrawl with a store of the caller's.
func benchCrawlInto(b *testing.B, root string, store scraper.Store, reader scraper.Reader, articles int) int {
	transport := capture.New(capture.Options{})
	defer transport.CloseIdleConnections()
	cfg := scraper.Default()
	cfg.Site = scraper.Site{ID: "bench", Home: root + "/"}
	cfg.Delay, cfg.Workers, cfg.Transport = 0, benchWorkers, transport
	rep, err := scraper.Crawl(b.Context(), cfg, store, reader)
	if err != nil {
		b.Fatal(err)
	}
	if _, all := reader.(*extract.Extractor); all && rep.New != articles {
		b.Fatalf("%d new articles, want %d", rep.New, articles)
	}
	if rep.Requests < articles {
		b.Fatalf("%d requests, want %d at least", rep.Requests, articles)
	}
	return rep.Requests
}

// bare is the least a crawler can do, each page parsed once and, with keep, given to that: so many workers, each with one
// request at a time. It gives the number of pages.
func bare(b *testing.B, root string, workers int, keep func(address string, body []byte, doc *goquery.Document)) int {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	seen := map[string]bool{root + "/": true}
	queue := make(chan string, 1<<16)
	queue <- root + "/"
	var left sync.WaitGroup
	left.Add(1)
	for range workers {
		go func() {
			for address := range queue {
				resp, err := client.Get(address)
				if err != nil {
					b.Error(err)
					left.Done()
					continue
				}
				var body bytes.Buffer
				from := io.Reader(resp.Body)
				if keep != nil {
					from = io.TeeReader(from, &body)
				}
				doc, err := goquery.NewDocumentFromReader(from)
				if err := resp.Body.Close(); err != nil {
					b.Error(err)
				}
				if err != nil {
					b.Error(err)
					left.Done()
					continue
				}
				if keep != nil {
					keep(address, body.Bytes(), doc)
				}
				for _, u := range links(doc, address) {
					if !strings.HasPrefix(u, root) {
						continue
					}
					mu.Lock()
					if !seen[u] {
						seen[u] = true
						left.Add(1)
						queue <- u
					}
					mu.Unlock()
				}
				left.Done()
			}
		}()
	}
	left.Wait()
	close(queue)
	return len(seen)
}

// links gives the absolute addresses of a page's links.
func links(doc *goquery.Document, address string) []string {
	base, err := url.Parse(address)
	if err != nil {
		return nil
	}
	var list []string
	doc.Find("a[href]").Each(func(_ int, s *goquery.Selection) {
		if u, err := base.Parse(s.AttrOr("href", "")); err == nil {
			list = append(list, u.String())
		}
	})
	return list
}

// A linkReader sees no more in a page than its links, as the bare loop does: rows in those that
// lead to articles, and a next page.
type linkReader struct{ *extract.Extractor }

func (r linkReader) Extract(p extract.Page) extract.Result {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(p.Body))
	if err != nil {
		return extract.Result{Kind: extract.KindError, Reason: err.Error()}
	}
	res := extract.Result{Kind: extract.KindOther, URL: p.URL}
	all := links(doc, p.URL)
	if strings.Contains(p.URL, "/info/") {
		if strings.HasSuffix(p.URL, "0.htm") {
			res.Kind, res.Listing = extract.KindList, &extract.Listing{} // else they are taken for a calendar's pages
		}
		return res
	}
	next, _ := doc.Find(".p_next a").Attr("href")
	if base, err := url.Parse(p.URL); err == nil && next != "" {
		if u, err := base.Parse(next); err == nil {
			next = u.String()
		}
	}
	var items []extract.Item
	for _, u := range all {
		if strings.Contains(u, "/info/") {
			items = append(items, extract.Item{URL: u, Key: u})
		} else {
			res.Nav = append(res.Nav, extract.Link{URL: u, Text: "columns"})
		}
	}
	if strings.Contains(p.URL, "/lm") {
		res.Kind, res.Listing = extract.KindList, &extract.Listing{Items: items, Next: next}
	} else {
		res.ItemLinks = items
	}
	return res
}

// A memory is a Store that keeps nothing but the frontier, and that in memory.
type memory struct {
	mu      sync.Mutex
	targets map[string]scraper.Target
	leased  map[string]bool
	due     dueHeap
	n       int
}

type dueTarget struct {
	key  string
	role scraper.Role
	n    int
}

type dueHeap []dueTarget

func (h dueHeap) Len() int      { return len(h) }
func (h dueHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h dueHeap) Less(i, j int) bool {
	return h[i].role < h[j].role || h[i].role == h[j].role && h[i].n < h[j].n
}
func (h *dueHeap) Push(x any) { *h = append(*h, x.(dueTarget)) }
func (h *dueHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

func (m *memory) Known(_ context.Context, _ string, keys []string) (map[string]bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	known := map[string]bool{}
	for _, k := range keys {
		if _, ok := m.targets[k]; ok {
			known[k] = true
		}
	}
	return known, nil
}

func (m *memory) Lookup(_ context.Context, _, key string) (scraper.Target, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.targets[key]
	return t, ok, nil
}

func (m *memory) Answer(context.Context, string, string) (extract.Page, bool, error) {
	return extract.Page{}, false, nil
}

func (m *memory) Order(context.Context, string, string) ([]scraper.Place, error) { return nil, nil }
func (m *memory) Led(context.Context, string) (bool, error)                      { return false, nil }
func (m *memory) Waits(context.Context, string) (time.Time, error)               { return time.Time{}, nil }
func (m *memory) Addresses(context.Context, string, string) ([]string, error)    { return nil, nil }

func (m *memory) Add(_ context.Context, targets []scraper.Target, again bool) (added int, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range targets {
		added += m.add(t, again)
	}
	return added, nil
}

func (m *memory) add(t scraper.Target, again bool) int {
	old, ok := m.targets[t.Key]
	switch {
	case !ok:
	case again:
		old.Due = t.Due
		t = old
	default:
		return 0
	}
	m.targets[t.Key] = t
	m.n++
	heap.Push(&m.due, dueTarget{t.Key, t.Role, m.n})
	if ok {
		return 0
	}
	return 1
}

func (m *memory) Next(_ context.Context, q scraper.Query) (scraper.Target, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.due.Len() > 0 {
		top := m.due[0]
		t := m.targets[top.key]
		if m.leased[top.key] || t.Due.IsZero() || t.Due.After(q.Now) || t.Role != top.role {
			heap.Pop(&m.due)
			continue
		}
		if q.Roles != nil && !contains(q.Roles, t.Role) {
			return scraper.Target{}, scraper.ErrNoneDue // a lower role than any asked for never waits here
		}
		heap.Pop(&m.due)
		m.leased[t.Key] = true
		return t, nil
	}
	return scraper.Target{}, scraper.ErrNoneDue
}

func contains(roles []scraper.Role, role scraper.Role) bool {
	for _, r := range roles {
		if r == role {
			return true
		}
	}
	return false
}

func (m *memory) Release(_ context.Context, t scraper.Target) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.leased, t.Key)
	return nil
}

func (m *memory) Save(_ context.Context, v scraper.Visit) (scraper.Change, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.leased, v.Target.Key)
	m.targets[v.Target.Key] = v.Target
	var c scraper.Change
	for _, t := range v.Found {
		c.Added += m.add(t, false)
	}
	for _, t := range v.Again {
		c.Added += m.add(t, true)
	}
	return c, nil
}
