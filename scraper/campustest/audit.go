package campustest

import (
	"net/http"
	"time"
)

// A Request is one request as the site saw it.
type Request struct {
	Begun, Ended time.Time // by the site's clock
	Path         string    // with the query
	Agent        string
	Status       int // 0 = the connection was broken
	Conditional  bool
}

// An Audit is what the site has to say of its visitors.
type Audit struct {
	Requests []Request
	Parallel int // most requests under way at one moment

	running int
}

func (s *Site) begin(r *http.Request) (done func(status int)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := len(s.audit.Requests)
	s.audit.Requests = append(s.audit.Requests, Request{
		Begun: s.now(), Path: r.URL.RequestURI(), Agent: r.UserAgent(),
		Conditional: r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != "",
	})
	s.audit.running++
	s.audit.Parallel = max(s.audit.Parallel, s.audit.running)
	return func(status int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.audit.running--
		if i < len(s.audit.Requests) {
			s.audit.Requests[i].Ended, s.audit.Requests[i].Status = s.now(), status
		}
	}
}

// Audit gives the requests since the last call of TakeAudit.
func (s *Site) Audit() Audit {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.audit
	a.Requests = append([]Request(nil), a.Requests...)
	return a
}

// TakeAudit gives the requests since its last call and begins anew. No request
// may be under way.
func (s *Site) TakeAudit() Audit {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.audit
	s.audit = Audit{}
	return a
}

// LeastGap gives the shortest time between the end of an answer and the next
// request; an hour if there were fewer than two.
func (a Audit) LeastGap() time.Duration {
	least := time.Hour
	for i := 1; i < len(a.Requests); i++ {
		least = min(least, a.Requests[i].Begun.Sub(a.Requests[i-1].Ended))
	}
	return least
}

// Repeats gives the paths asked for more than once, with how often.
func (a Audit) Repeats() map[string]int {
	n := make(map[string]int)
	for _, r := range a.Requests {
		n[r.Path]++
	}
	for p, k := range n {
		if k == 1 {
			delete(n, p)
		}
	}
	return n
}

// Count says how many requests were for paths for which f holds.
func (a Audit) Count(f func(path string) bool) int {
	n := 0
	for _, r := range a.Requests {
		if f(r.Path) {
			n++
		}
	}
	return n
}
