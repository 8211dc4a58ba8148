package memento

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/archive/archivetest"
	"campusnews/scraper"
	"campusnews/scraper/capture"
)

// BenchmarkPages answers for captured pages of a corpus with evidence, and of an address that was captured 5,000 times: a home page,
// four times a day for more than three years. The 95th percentile is given beside the mean.
func BenchmarkPages(b *testing.B) {
	const articles, visits = 400, 5000
	dir := b.TempDir()
	if err := archivetest.Write(b.Context(), dir, articles, true); err != nil {
		b.Fatal(err)
	}
	a, err := archive.Open(b.Context(), dir, archive.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	if err := visited(b, a, visits); err != nil {
		b.Fatal(err)
	}
	h := New(a, Options{
		Render: func(w http.ResponseWriter, _ *http.Request, v View) { w.WriteHeader(v.Status) },
		Fault:  func(r *http.Request, err error) { b.Errorf("%s: %v", r.URL, err) },
	})
	var pages []string
	var bytes int64
	for i := range articles / 10 {
		list, err := a.CapturesOf(b.Context(), int64(i*10+1), 1)
		if err != nil || len(list) == 0 {
			b.Fatalf("captures of article %d: %v", i*10+1, err)
		}
		pages = append(pages, pathAt(formPage, list[0].Started, list[0].URL))
		bytes += list[0].PayloadLength
	}
	b.Logf("%d pages of %d bytes on average", len(pages), bytes/int64(len(pages)))
	for name, path := range map[string]func(i int) string{
		"around": func(i int) string { return pages[i%len(pages)] },
		"frame": func(i int) string {
			return pages[i%len(pages)][:len(Prefix)+14] + "if_" + pages[i%len(pages)][len(Prefix)+14:]
		},
		"often captured": func(i int) string { return pathAt(formPage, began.Add(time.Duration(i*7%visits)*time.Hour), often) },
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", path(i), nil))
				if took = append(took, time.Since(start)); w.Code != http.StatusOK {
					b.Fatalf("%s: got %d", path(i), w.Code)
				}
				if _, err := io.Copy(io.Discard, w.Body); err != nil {
					b.Fatal(err)
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}

const often = "http://often.example.edu.cn/"

var began = time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)

// visited has an address captured n times, an hour apart.
func visited(b *testing.B, a *archive.Archive, n int) error {
	c, err := a.Begin(b.Context(), archive.CrawlInfo{Sites: []archive.Site{{ID: "often"}}, Program: "test"})
	if err != nil {
		return err
	}
	var visits []scraper.Visit
	for i := range n {
		at := began.Add(time.Duration(i) * time.Hour)
		body := fmt.Sprintf("<p>%d", i)
		visits = append(visits, scraper.Visit{
			Reason: scraper.ReasonAsset, Time: at,
			Target: scraper.Target{Site: "often", Key: often, URL: often, Role: scraper.RoleAsset, State: scraper.StateKept, Visits: 1, LastVisit: at},
			Exchanges: []capture.Exchange{{
				URL: often, Started: at, Duration: time.Millisecond, Status: 200, Request: []byte("GET / HTTP/1.1\r\nHost: often.example.edu.cn\r\n\r\n"),
				Response: fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(body), body),
			}},
		})
	}
	if _, err := c.SaveAll(b.Context(), visits); err != nil {
		return err
	}
	return c.End(b.Context(), archive.Ending{Status: archive.StatusDone})
}
