package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"

	"os"

	"campusnews/scraper"
)

// progress shows a crawl as it goes: one line that is written over on a terminal, a plain line
// now and then elsewhere, as a cron mail or a log wants it.
type progress struct {
	w        io.Writer
	now      func() time.Time
	terminal bool
	silent   bool

	mu    sync.Mutex
	last  time.Time // when a line was shown last
	start time.Time
	sites map[string]scraper.Report // the latest of each site
	shown bool                      // a line stands on the terminal
}

// How often a line is shown.
const (
	everyOnTerminal = 100 * time.Millisecond
	everyInLog      = time.Minute
)

func newProgress(env Env, silent bool) *progress {
	return &progress{
		w: env.Stderr, now: env.Now, terminal: isTerminal(env.Stderr) && env.Getenv("TERM") != "dumb", silent: silent,
		start: env.Now(), last: env.Now(), sites: map[string]scraper.Report{},
	}
}

// tellEnd says text when ctx ends before the function that it returns is called.
func (p *progress) tellEnd(ctx context.Context, text string) (over func()) {
	said := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(said)
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.silent {
			return
		}
		p.clear()
		fmt.Fprintln(p.w, "campusnews: "+text)
	})
	return func() {
		if !stop() {
			<-said
		}
	}
}

// event takes in one visit of the site called title.
func (p *progress) event(title string, e scraper.Event) {
	if p.silent {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sites[title] = scraper.Report{
		Requests: e.Report.Requests, New: e.Report.New, Changed: e.Report.Changed,
		Unchanged: e.Report.Unchanged, Gone: e.Report.Gone, Failed: e.Report.Failed, Bytes: e.Report.Bytes,
	}
	now := p.now()
	every := everyInLog
	if p.terminal {
		every = everyOnTerminal
	}
	if now.Sub(p.last) < every {
		return
	}
	p.last = now
	p.show(title, e, now)
}

func (p *progress) show(title string, e scraper.Event, now time.Time) {
	var sum scraper.Report
	for _, r := range p.sites {
		sum.Requests += r.Requests
		sum.New += r.New
		sum.Changed += r.Changed
		sum.Failed += r.Failed
		sum.Bytes += r.Bytes
	}
	elapsed := now.Sub(p.start)
	line := fmt.Sprintf("%s  %d requests (%.1f/s)  %d new", elapsed.Round(time.Second), sum.Requests,
		float64(sum.Requests)/max(elapsed.Seconds(), 0.001), sum.New)
	if sum.Changed > 0 {
		line += fmt.Sprintf("  %d changed", sum.Changed)
	}
	if sum.Failed > 0 {
		line += fmt.Sprintf("  %d failed", sum.Failed)
	}
	what := e.Target.Title
	if what == "" {
		what = e.Target.URL
	}
	line += "  " + title
	if e.Target.Section != "" {
		line += " › " + e.Target.Section
	}
	line += "  " + printable(what)
	if !p.terminal {
		fmt.Fprintln(p.w, line)
		return
	}
	width := 80
	if f, ok := p.w.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 10 {
			width = w
		}
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", text.Trim(line, width-1))
	p.shown = true
}

// done takes the line off the terminal.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

// clear is done for who holds the lock.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

// printable takes control characters out of what a page says, so that no page can command the
// terminal of the person who looks at it.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, s)
}
