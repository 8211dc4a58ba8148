package scraper_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"campusnews/scraper"
	"campusnews/scraper/capture"
)

// A house is a world whose site has a name, and stands at port 80 until it moves to 443.
type house struct {
	*world
	moved   atomic.Bool
	port80  func(ctx context.Context) (net.Conn, error) // what is there after the move
	port443 func(ctx context.Context) (net.Conn, error) // and there; nil = the site
}

const houseName = "news.example.edu.cn"

func newHouse(t *testing.T) *house {
	h := &house{world: newWorld(t, "学校要闻")}
	h.site.Media = true
	h.site.Publish("学校要闻", h.day(40), 30)
	dial := func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", h.srv.Listener.Addr().String())
	}
	transport := capture.New(capture.Options{
		Dial: func(ctx context.Context, _, addr string) (net.Conn, error) {
			switch {
			case addr != houseName+":80":
				t.Errorf("asked for %s", addr)
				return nil, syscall.ECONNREFUSED
			case h.moved.Load():
				return h.port80(ctx)
			}
			return dial(ctx)
		},
		DialTLS: func(ctx context.Context, _, addr string) (net.Conn, error) {
			if addr != houseName+":443" || !h.moved.Load() {
				return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
			}
			if h.port443 != nil {
				return h.port443(ctx)
			}
			return dial(ctx)
		},
	})
	t.Cleanup(transport.CloseIdleConnections)
	h.cfg.Transport = transport
	h.cfg.Site.Home = "http://" + houseName + "/"
	return h
}

// move shuts the old door. Connections that are kept open are of the old one.
func (h *house) move() {
	h.cfg.Transport.(*capture.Transport).CloseIdleConnections()
	h.moved.Store(true)
	h.cfg.Site.Home = "https://" + houseName + "/"
}

// Targets from before a site's move to https do not get the host stopped when port 80 is closed, and nothing that a server which stayed behind
// there says makes an article missing: the site is read whole on by https, each article stays one, and none is gone.
func TestMoveToHTTPS(t *testing.T) {
	server := func(h http.HandlerFunc) func(context.Context) (net.Conn, error) {
		srv := httptest.NewServer(h)
		t.Cleanup(srv.Close)
		return func(ctx context.Context) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", srv.Listener.Addr().String())
		}
	}
	for name, port80 := range map[string]func(ctx context.Context) (net.Conn, error){
		"closed": func(context.Context) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		},
		"behind a firewall": func(context.Context) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
		},
		"another server's": server(http.NotFound),
		"one that refuses": server(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }),
		"one that is down": server(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/robots.txt" {
				w.WriteHeader(http.StatusBadGateway)
			}
		}),
		"one with a page for all": server(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<html><head><title>Welcome</title></head><body><p>The web server has been installed.</p></body></html>")
		}),
		"leading on": server(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://"+houseName+r.URL.RequestURI(), http.StatusMovedPermanently)
		}),
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.port80 = port80
			h.run(func(c *scraper.Config) { c.Budget = 15 })
			h.move()
			h.site.Publish("学校要闻", h.day(0), 2)
			for day := range 17 {
				h.clock.advance(24 * time.Hour)
				h.site.TakeAudit()
				rep := h.run()
				if rep.InPart() || rep.Missing+rep.Gone > 0 {
					t.Fatalf("day %d: stopped %v, %d failed %v, %d missing, %d gone", day, rep.Stopped, rep.Failed, rep.Failures, rep.Missing, rep.Gone)
				}
				for path, n := range h.site.TakeAudit().Repeats() {
					if h.site.IsArticle(path) {
						t.Errorf("day %d: asked the site %d times for %s", day, n, path)
					}
				}
			}
			h.wantWhole()
			wrong := h.query(`SELECT url FROM frontier WHERE url LIKE 'http:%' AND state = 'kept' AND due IS NOT NULL AND last_visit > ?`, h.day(10).Format(time.RFC3339))
			if len(wrong) > 0 {
				t.Errorf("still asked for by http: %s", strings.Join(wrong, " "))
			}
			if got := h.query(`SELECT count(*) FROM articles`); got[0] != "32" {
				t.Errorf("%s articles, want 32", got[0])
			}
			if lost := h.query(`SELECT url || ' ' || state FROM frontier WHERE state NOT IN ('kept', 'refused') AND url NOT LIKE '%/sitemap.xml' AND url NOT LIKE '%/robots.txt' AND key NOT LIKE 'absent %'`); len(lost) > 0 {
				t.Errorf("not kept: %s", strings.Join(lost, ", "))
			}
		})
	}
}

// Who asks at port 80 to be left alone asks for the host: it is asked for nothing by https either.
func TestRetryAfterBeforeTheMove(t *testing.T) {
	h := newHouse(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7200")
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(srv.Close)
	h.port80 = func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", srv.Listener.Addr().String())
	}
	h.run(func(c *scraper.Config) { c.Budget = 15 })
	h.move()
	h.run()
	h.site.TakeAudit()
	h.clock.advance(time.Hour)
	if rep := h.run(); len(h.site.TakeAudit().Requests) > 0 || !strings.Contains(rep.Stopped[houseName], "asked to be left alone") {
		t.Errorf("asked within the time, stopped %v", rep.Stopped)
	}
}
