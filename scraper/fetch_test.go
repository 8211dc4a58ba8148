package scraper

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"campusnews/scraper/capture"
)

// serve answers on the loopback with what a test needs.
func serve(t *testing.T) *httptest.Server {
	gz := func(b []byte) []byte {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		w.Write(b)
		w.Close()
		return out.Bytes()
	}
	mux := http.NewServeMux()
	page := func(path, contentType string, body []byte, headers ...string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", contentType)
			for i := 0; i+1 < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.Write(body)
		})
	}
	page("/gbk", "text/html; charset=gbk", []byte("\xd6\xd0\xc4\xcf"))
	page("/lies", "text/html; charset=gbk", []byte("中南"))
	page("/gzip", "text/html", gz([]byte("packed")), "Content-Encoding", "gzip")
	page("/sitemap.xml.gz", "application/gzip", gz([]byte("<urlset/>")))
	page("/bomb", "text/html", gz(make([]byte, 64<<20)), "Content-Encoding", "gzip")
	page("/large", "text/html", make([]byte, 2<<20))
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s|%s|%s", r.UserAgent(), r.Header.Get("If-None-Match"), r.Header.Get("Cookie"))
	})
	mux.HandleFunc("/cookie", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "id", Value: "1"})
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/echo", http.StatusFound) })
	mux.HandleFunc("/304", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotModified) })
	mux.HandleFunc("/500", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, "oh")
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, strings.Repeat("x", 500))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/hang", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

func testFetcher(t *testing.T, change func(*Config)) *fetcher {
	c := Default()
	c.Transport = capture.New(capture.Options{})
	if change != nil {
		change(&c)
	}
	return newFetcher(c)
}

// get asks for an address, and sees that the end of the answer is told once, with where it came from.
func get(t *testing.T, f *fetcher, ctx context.Context, address string, header http.Header) answer {
	t.Helper()
	var ended []string
	a := f.get(ctx, address, header, 1<<20, func(remote string) { ended = append(ended, remote) })
	if len(ended) != 1 || ended[0] != a.remote() {
		t.Errorf("%s: the end was told of answers from %q, want once, from %q", address, ended, a.remote())
	}
	return a
}

func TestFetch(t *testing.T) {
	srv := serve(t)
	tests := []struct {
		name, path  string
		status      int
		body        string
		contentType string
	}{
		{"bytes stay as they came", "/gbk", 200, "\xd6\xd0\xc4\xcf", "text/html; charset=gbk"},
		{"whatever the header says", "/lies", 200, "中南", "text/html; charset=gbk"},
		{"content coding is taken off", "/gzip", 200, "packed", "text/html"},
		{"a gzip file stays one", "/sitemap.xml.gz", 200, "\x1f\x8b", "application/gzip"},
		{"a redirect is an answer", "/moved", 302, "<a href=\"/echo\">Found</a>.\n\n", "text/html; charset=utf-8"},
		{"304", "/304", 304, "", ""},
		{"an error page is an answer", "/500", 500, "oh", "text/plain; charset=utf-8"},
		{"404", "/none", 404, "404 page not found\n", "text/plain; charset=utf-8"},
	}
	f := testFetcher(t, nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := get(t, f, t.Context(), srv.URL+tt.path, nil)
			if a.err != nil {
				t.Fatal(a.err)
			}
			body := string(a.body)
			if tt.name == "a gzip file stays one" && len(body) > 2 {
				body = body[:2]
			}
			if a.status != tt.status || body != tt.body || a.contentType != tt.contentType {
				t.Errorf("got %d %q %q, want %d %q %q", a.status, a.contentType, body, tt.status, tt.contentType, tt.body)
			}
			if len(a.exchanges) != 1 || a.exchanges[0].Status != tt.status {
				t.Errorf("got %d exchanges, want the one", len(a.exchanges))
			}
		})
	}
}

func TestFetchSendsWhatItIsAskedTo(t *testing.T) {
	srv := serve(t)
	f := testFetcher(t, func(c *Config) { c.UserAgent = "campusnews/9 (+https://a.example)" })
	get(t, f, t.Context(), srv.URL+"/cookie", nil)
	a := get(t, f, t.Context(), srv.URL+"/echo", http.Header{"If-None-Match": {`"v1"`}})
	if got, want := string(a.body), `campusnews/9 (+https://a.example)|"v1"|`; got != want {
		t.Errorf("server saw %q, want %q", got, want)
	}
}

func TestFetchFailures(t *testing.T) {
	srv := serve(t)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	tests := []struct {
		name, address string
		change        func(*Config)
		want          func(answer) bool
	}{
		{"cut", srv.URL + "/cut", nil, func(a answer) bool { return a.exchanges[0].Truncated == "disconnect" }},
		{"too large", srv.URL + "/large", nil, func(a answer) bool {
			return errors.Is(a.err, ErrTooLarge) || errors.Is(a.err, capture.ErrTooLarge)
		}},
		{"too large when unpacked", srv.URL + "/bomb", nil, func(a answer) bool {
			return errors.Is(a.err, ErrTooLarge) || errors.Is(a.err, capture.ErrTooLarge)
		}},
		{"too slow", srv.URL + "/hang", func(c *Config) { c.Timeout = 50 * time.Millisecond }, func(a answer) bool {
			return errors.Is(a.err, context.DeadlineExceeded)
		}},
		{"nobody there", gone.URL, nil, func(a answer) bool { return a.status == 0 && len(a.exchanges) == 1 }},
		{"no address", "http://[::1", nil, func(a answer) bool { return a.status == 0 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := get(t, testFetcher(t, tt.change), t.Context(), tt.address, nil)
			if a.err == nil || errors.Is(a.err, errDrained) || len(a.body) > 0 || !tt.want(a) {
				t.Errorf("got status %d, %d bytes, %d exchanges, error %v", a.status, len(a.body), len(a.exchanges), a.err)
			}
		})
	}
}

func TestFetchDrains(t *testing.T) {
	srv := serve(t)
	t.Run("at once", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		f := testFetcher(t, func(c *Config) { c.Grace = -1 })
		time.AfterFunc(20*time.Millisecond, cancel)
		if a := get(t, f, ctx, srv.URL+"/hang", nil); !errors.Is(a.err, errDrained) {
			t.Errorf("got %v, want errDrained", a.err)
		}
	})
	t.Run("an answer under way may end", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			cancel() // the run is told to end while the answer is on its way
			fmt.Fprint(w, "whole")
		}))
		defer slow.Close()
		if a := get(t, testFetcher(t, nil), ctx, slow.URL, nil); a.err != nil || string(a.body) != "whole" {
			t.Errorf("got %q, %v, want the whole answer", a.body, a.err)
		}
	})
	t.Run("nothing is begun", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if a := get(t, testFetcher(t, nil), ctx, srv.URL+"/echo", nil); !errors.Is(a.err, errDrained) || len(a.exchanges) > 0 {
			t.Errorf("got %v and %d exchanges, want errDrained and none", a.err, len(a.exchanges))
		}
	})
}
