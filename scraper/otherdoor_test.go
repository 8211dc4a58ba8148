package scraper_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"campusnews/scraper"
)

// shutDoors are ways in which nobody takes connections at a port.
var shutDoors = map[string]error{"closed": syscall.ECONNREFUSED, "behind a firewall": os.ErrDeadlineExceeded}

// A site that is named by http and takes connections by https only is read whole by https, from the first run on or from when
// port 80 was closed; the report says so once, articles stay the same ones, and later runs do not try the closed port again.
func TestNamedByHTTPFoundByHTTPS(t *testing.T) {
	for name, err := range shutDoors {
		for _, known := range []bool{false, true} {
			t.Run(name+map[bool]string{false: ", new", true: ", known"}[known], func(t *testing.T) {
				h := newHouse(t)
				tried := 0
				h.port80 = func(context.Context) (net.Conn, error) {
					tried++
					return nil, &net.OpError{Op: "dial", Err: err}
				}
				if known {
					h.run(func(c *scraper.Config) { c.Budget = 15 })
				}
				h.move()
				h.cfg.Site.Home = "http://" + houseName + "/"
				rep := h.run()
				if rep.InPart() || !strings.Contains(rep.ByHTTPS[houseName], "robots.txt cannot be had") {
					t.Fatalf("stopped %v, %d failed %v, by https %v", rep.Stopped, rep.Failed, rep.Failures, rep.ByHTTPS)
				}
				h.wantWhole()
				h.site.Publish("学校要闻", h.day(0), 2)
				tried = 0
				for day := range 17 {
					h.clock.advance(24 * time.Hour)
					if rep := h.run(); rep.InPart() || rep.Missing+rep.Gone+len(rep.ByHTTPS) > 0 {
						t.Fatalf("day %d: stopped %v, %d failed %v, %d missing, %d gone, by https %v", day, rep.Stopped, rep.Failed, rep.Failures, rep.Missing, rep.Gone, rep.ByHTTPS)
					}
				}
				h.wantWhole()
				if tried > 17 { // targets that only earlier runs know are asked for where they were, and then by https
					t.Errorf("port 80 was tried %d times in 17 runs", tried)
				}
				if got := h.query(`SELECT count(*) FROM articles`); got[0] != "32" {
					t.Errorf("%s articles, want 32", got[0])
				}
			})
		}
	}
}

// When port 80 is down for weeks, and 443 is closed, too, or another server's, nothing is concluded of the site: each run says that the host takes
// no connections, and once it does again the crawl goes on.
func TestOtherDoorIsNotTheSites(t *testing.T) {
	server := func(h http.HandlerFunc) func(context.Context) (net.Conn, error) {
		srv := httptest.NewServer(h)
		t.Cleanup(srv.Close)
		return func(ctx context.Context) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", srv.Listener.Addr().String())
		}
	}
	for name, port443 := range map[string]func(ctx context.Context) (net.Conn, error){
		"closed": func(context.Context) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		},
		"one without a page": server(http.NotFound),
		"one that refuses":   server(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }),
		"one that forbids": server(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				io.WriteString(w, "User-agent: *\nDisallow: /\n")
			}
		}),
		"one that leads elsewhere": server(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/robots.txt" {
				http.Redirect(w, r, "https://vpn.example.org/login", http.StatusFound)
			}
		}),
		"one with a page for all": server(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<html><head><title>Welcome</title></head><body><p>The web server has been installed.</p></body></html>")
		}),
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.run()
			h.port80 = func(context.Context) (net.Conn, error) {
				return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
			}
			h.port443 = port443
			h.move()
			h.cfg.Site.Home = "http://" + houseName + "/"
			h.site.TakeAudit()
			for day := range 20 {
				h.clock.advance(24 * time.Hour)
				rep := h.run()
				if !rep.InPart() || !strings.Contains(rep.Stopped[houseName], "robots.txt cannot be had: the server takes no connections") || rep.Gone+rep.Missing+len(rep.ByHTTPS) > 0 || rep.Requests > 4 {
					t.Fatalf("day %d: in part %v, stopped %v, %d requests, %d gone, %d missing, by https %v", day, rep.InPart(), rep.Stopped, rep.Requests, rep.Gone, rep.Missing, rep.ByHTTPS)
				}
			}
			if n := len(h.site.TakeAudit().Requests); n > 0 {
				t.Errorf("%d requests to the site", n)
			}
			h.moved.Store(false)
			h.site.Publish("学校要闻", h.day(0), 2)
			for range 2 {
				h.clock.advance(24 * time.Hour)
				h.run()
			}
			h.wantWhole()
			if states := h.query(`SELECT DISTINCT state FROM frontier WHERE article IS NOT NULL`); len(states) != 1 || states[0] != "kept" {
				t.Errorf("articles are %v", states)
			}
		})
	}
}
