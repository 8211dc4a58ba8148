package scraper

import (
	"net/http"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	tests := []struct {
		name, value string
		want        time.Duration
	}{
		{"none", "", 0},
		{"seconds", "120", 2 * time.Minute},
		{"a date", noon.Add(time.Hour).Format(http.TimeFormat), time.Hour},
		{"a date gone by", noon.Add(-time.Hour).Format(http.TimeFormat), 0},
		{"below nothing", "-5", 0},
		{"beyond all patience", "99999999999", 30 * day},
		{"beyond all numbers", "999999999999999999999999", 0},
		{"words", "soon", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := retryAfter(http.Header{"Retry-After": {tt.value}}, noon); got != tt.want {
				t.Errorf("retryAfter(%q) = %v, want %v", tt.value, got, tt.want)
			}
		})
	}
}

func TestBreaker(t *testing.T) {
	var s hostState
	for i := 1; i < blockedAfter; i++ {
		if s.refused("403") {
			t.Fatalf("stopped after %d refusals, want %d", i, blockedAfter)
		}
	}
	s.answered()
	for i := 1; i < blockedAfter; i++ {
		s.refused("403")
	}
	if s.stopped != "" {
		t.Error("stopped by refusals that were not in a row")
	}
	if !s.refused("412") || !s.blocked || s.stopped != "412" {
		t.Errorf("after %d in a row: %+v, want it stopped and blocked by the last", blockedAfter, s)
	}
	var down hostState
	for range downAfter {
		down.failed("503")
	}
	if down.stopped == "" || down.blocked {
		t.Errorf("after %d failures in a row: %+v, want it stopped but not blocked", downAfter, down)
	}
}

// Whatever a server writes there, one waits at most thirty days, and never less than nothing.
func FuzzRetryAfter(f *testing.F) {
	for _, v := range []string{"", "0", "120", "-5", "99999999999999999999", "1e9", "Wed, 25 Nov 2026 22:00:00 GMT", "Wednesday, 25-Nov-26 22:00:00 GMT", "Wed Nov 25 22:00:00 2026", "Fri, 31 Dec 9999 23:59:59 GMT", "12 "} {
		f.Add(v)
	}
	now := time.Date(2026, 11, 25, 21, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, v string) {
		if d := retryAfter(http.Header{"Retry-After": {v}}, now); d < 0 || d > 30*day {
			t.Errorf("%q: wait %v", v, d)
		}
	})
}
