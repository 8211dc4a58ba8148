package main

import (
	"fmt"
	"io"
	"time"
)

// A statusLine says on a terminal how far a command has come, in one line that is written over. Elsewhere it is silent.
type statusLine struct {
	w     io.Writer
	now   func() time.Time
	quiet bool
	last  time.Time
	shown bool
}

func newStatusLine(env Env) *statusLine {
	return &statusLine{w: env.Stderr, now: env.Now, quiet: !isTerminal(env.Stderr) || env.Getenv("TERM") == "dumb"}
}

// show writes the line that text gives, unless one was written just now.
func (s *statusLine) show(text func() string) {
	if s.quiet || s.now().Sub(s.last) < everyOnTerminal {
		return
	}
	s.last, s.shown = s.now(), true
	fmt.Fprintf(s.w, "\r\x1b[K%s", text())
}

// clear takes the line away.
func (s *statusLine) clear() {
	if s.shown {
		fmt.Fprint(s.w, "\r\x1b[K")
		s.shown = false
	}
}
