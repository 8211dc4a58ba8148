package scraper

import (
	"context"
	"time"
)

// maxCrawlDelay is the longest Crawl-delay that is obeyed as it stands: at one
// request a minute a site of 20,000 articles takes two weeks.
const maxCrawlDelay = time.Minute

// A pacer is a run's way through Servers: one request at a time to a host and to a
// server, and the next not before a delay has passed since the last answer ended.
type pacer struct {
	now     func() time.Time
	sleep   func(context.Context, time.Duration) error
	rand    func() float64
	delay   time.Duration
	jitter  float64
	servers *Servers
	slow    map[string]time.Duration // Crawl-delay of hosts, if longer than delay; under servers.mu
}

func newPacer(c Config) *pacer {
	s := c.Servers
	if s == nil {
		s = &Servers{}
	}
	return &pacer{now: c.Now, sleep: c.Sleep, rand: c.Rand, delay: c.Delay, jitter: c.Jitter, servers: s, slow: make(map[string]time.Duration)}
}

// enter waits for the turn of the host and of its server; see turns for hurry. The caller calls leave
// when the answer has ended, with the address that it came from, "" if that is not told. The error is ctx's.
func (p *pacer) enter(ctx context.Context, host string, hurry bool) (leave func(remote string), err error) {
	p.servers.lookUp(ctx, host, p.now())
	lanes := p.servers.lanesOf(host, p.now())
	for i, l := range lanes {
		gap := p.delay
		if i == 0 { // Crawl-delay is the host's own, and waited for before its server is kept busy
			gap = p.gapOf(host)
		}
		if err := p.take(ctx, l, hurry, gap+time.Duration(float64(gap)*p.jitter*p.rand())); err != nil {
			for _, l := range lanes[:i] {
				l.turns.give()
			}
			p.servers.done(lanes)
			return nil, err
		}
	}
	return func(remote string) {
		now := p.now()
		p.servers.mu.Lock()
		for _, l := range lanes {
			l.last = now
		}
		p.servers.mu.Unlock()
		p.servers.answered(host, remote, now)
		for _, l := range lanes {
			l.turns.give()
		}
		p.servers.done(lanes)
	}, nil
}

// take waits for a lane, and then until gap has passed since its last answer.
func (p *pacer) take(ctx context.Context, l *lane, hurry bool, gap time.Duration) error {
	if err := l.turns.take(ctx, hurry); err != nil {
		return err
	}
	p.servers.mu.Lock()
	now := p.now()
	var wait time.Duration
	if !l.last.IsZero() {
		wait = min(l.last.Add(gap).Sub(now), gap) // a clock that was put back must not stop a run for hours
	}
	wait = max(wait, min(l.next.Sub(now), maxPause))
	p.servers.mu.Unlock()
	err := ctx.Err()
	if wait > 0 {
		err = p.sleep(ctx, wait)
	}
	if err != nil {
		l.turns.give()
	}
	return err
}

// gapOf is the least time between two requests to the host.
func (p *pacer) gapOf(host string) time.Duration {
	p.servers.mu.Lock()
	defer p.servers.mu.Unlock()
	return max(p.delay, p.slow[host])
}

// slowDown sets the host's Crawl-delay, which holds from the answer on that told it.
func (p *pacer) slowDown(host string, d time.Duration) {
	p.servers.mu.Lock()
	defer p.servers.mu.Unlock()
	p.slow[host] = min(d, maxCrawlDelay)
}

// maxPause is the longest Retry-After that a run waits for; a host that asks for more is left
// alone for the rest of the run, and by later ones until the time is over.
const maxPause = 5 * time.Minute

// pause keeps off the host for d, at most maxPause; with all, off its server, too.
func (p *pacer) pause(host string, d time.Duration, all bool) {
	now := p.now()
	lanes := p.servers.lanesOf(host, now)
	defer p.servers.done(lanes)
	if !all {
		lanes = lanes[:1]
	}
	p.servers.mu.Lock()
	defer p.servers.mu.Unlock()
	next := now.Add(min(d, maxPause))
	for _, l := range lanes {
		if next.After(l.next) {
			l.next = next
		}
	}
}
