package main

import (
	"context"
	"io"
	"net"
	"os"
	"runtime/debug"
	"time"

	"golang.org/x/term"
)

// An Env is the world as commands see it; tests hand in their own.
type Env struct {
	Stdin  io.Reader
	Stdout io.Writer // results
	Stderr io.Writer // everything else
	Getenv func(string) string
	Now    func() time.Time

	// Dial makes the connections to sites; nil = over the network.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

func environment() Env {
	return Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv, Now: time.Now}
}

// isTerminal says whether w is a terminal that a person looks at.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colour says whether to colour what goes to w: mode is always, never or auto,
// and auto heeds NO_COLOR (no-color.org) and dumb terminals.
func (e Env) colour(mode string, w io.Writer) bool {
	switch mode {
	case "always":
		return true
	case "never":
		return false
	}
	return e.Getenv("NO_COLOR") == "" && e.Getenv("TERM") != "dumb" && isTerminal(w)
}

// version is the module's version as the Go tool stamped it; "devel" when it did not.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
