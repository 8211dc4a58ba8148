package scraper

import "net/http"

// blockedAfter and downAfter are how many refusals, or failures, in a row make a
// run leave a host alone.
const (
	blockedAfter = 3
	downAfter    = 5
)

// A hostState is what a run has learned of one host.
type hostState struct {
	refusals int    // 403, 412, 429 and challenges in a row
	failures int    // 5xx, time-outs and broken connections in a row
	stopped  string // why the host is left alone for the rest of the run; "" = it is not
	blocked  bool   // it was stopped by refusals
}

// hosts is the circuit breaker: one state a host.
type hosts map[string]*hostState

func (h hosts) of(host string) *hostState {
	s := h[host]
	if s == nil {
		s = &hostState{}
		h[host] = s
	}
	return s
}

// answered notes an answer that shows the host to be well.
func (s *hostState) answered() { s.refusals, s.failures = 0, 0 }

// refused notes a refusal and says whether it was one too many.
func (s *hostState) refused(why string) bool {
	s.refusals++
	if s.refusals >= blockedAfter && s.stopped == "" {
		s.stopped, s.blocked = why, true
	}
	return s.stopped != ""
}

// failed notes a failure that is the server's or the network's.
func (s *hostState) failed(why string) bool {
	s.failures++
	if s.failures >= downAfter && s.stopped == "" {
		s.stopped = why
	}
	return s.stopped != ""
}

// isRefusal says whether the status means that the server does not want to be
// asked by us, or not now. 412 is what the dynamic security products of Chinese campus sites answer.
func isRefusal(status int) bool {
	switch status {
	case http.StatusForbidden, http.StatusPreconditionFailed, http.StatusTooManyRequests, http.StatusUnavailableForLegalReasons:
		return true
	}
	return false
}
