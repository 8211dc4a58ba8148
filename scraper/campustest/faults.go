package campustest

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// A Fault answers in place of the site.
type Fault struct {
	On func(path string) bool                            // which paths; nil = all
	Do func(w http.ResponseWriter, r *http.Request) bool // false = answer as usual
}

// Break switches a fault on; the one switched on last is asked first.
func (s *Site) Break(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

// Mend switches all faults off.
func (s *Site) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Site) faultFor(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.faults) - 1; i >= 0; i-- {
		if f := s.faults[i]; f.On == nil || f.On(r.URL.Path) {
			return &f
		}
	}
	return nil
}

// Prefix holds for paths that begin so.
func Prefix(p string) func(string) bool {
	return func(path string) bool { return strings.HasPrefix(path, p) }
}

// Only holds for one path.
func Only(p string) func(string) bool { return func(path string) bool { return path == p } }

// Times lets f act n times.
func Times(n int, f func(http.ResponseWriter, *http.Request) bool) func(http.ResponseWriter, *http.Request) bool {
	var left atomic.Int64
	left.Store(int64(n))
	return func(w http.ResponseWriter, r *http.Request) bool { return left.Add(-1) >= 0 && f(w, r) }
}

// Status answers with a status and nothing else; headers are name, value, name, value…
func Status(status int, headers ...string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		return true
	}
}

// Page answers 200 with a page.
func Page(body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, body)
		return true
	}
}

// Cut answers with half of what it announces and breaks the connection.
func Cut(w http.ResponseWriter, _ *http.Request) bool {
	w.Header().Set("Content-Type", "text/html")
	w.Header().Set("Content-Length", "1000")
	fmt.Fprint(w, strings.Repeat("x", 500))
	http.NewResponseController(w).Flush() // an error here means the client has gone, which is as good
	panic(http.ErrAbortHandler)
}

// Reset breaks the connection without a word.
func Reset(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }

// Hang answers nothing until the client gives up, or for a minute at most.
func Hang(_ http.ResponseWriter, r *http.Request) bool {
	select {
	case <-r.Context().Done():
	case <-time.After(time.Minute):
	}
	return true
}

// Flood sends n bytes.
func Flood(n int) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "text/html")
		chunk := []byte(strings.Repeat("x", 1<<16))
		for sent := 0; sent < n; sent += len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				break
			}
		}
		return true
	}
}

// Challenge is the answer of a dynamic security product: 412 and a script.
func Challenge(w http.ResponseWriter, _ *http.Request) bool {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusPreconditionFailed)
	fmt.Fprint(w, `<html><head><meta id="abc" content="x" r="m"><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=81435;$_ts.cd="qEE";</script></head><body></body></html>`)
	return true
}
