package web

import (
	"strings"
	"time"
	"unicode/utf8"
)

// What is not known is null in JSON.

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func idOrNil(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// fields are words separated by blanks; never nil.
func fields(s string) []string { return notNil(strings.Fields(s)) }

// characters turns places in bytes of s into places in Unicode characters, as Python counts them.
func characters(s string, places [][2]int) [][2]int {
	out := [][2]int{}
	at, n := 0, 0
	count := func(to int) int {
		n += utf8.RuneCountInString(s[at:to])
		at = to
		return n
	}
	for _, p := range places {
		if p[0] >= at && p[1] >= p[0] && p[1] <= len(s) {
			begin := count(p[0])
			out = append(out, [2]int{begin, count(p[1])})
		}
	}
	return out
}
