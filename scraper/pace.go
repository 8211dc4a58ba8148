package scraper

import (
	"context"
	"sync"
	"time"
)

// maxCrawlDelay is the longest Crawl-delay that is obeyed as it stands: at one
// request a minute a site of 20,000 articles takes two weeks.
const maxCrawlDelay = time.Minute

// A pacer keeps requests to a host apart: one at a time, and the next not
// before a delay has passed since the last answer ended.
type pacer struct {
	now    func() time.Time
	sleep  func(context.Context, time.Duration) error
	rand   func() float64
	delay  time.Duration
	jitter float64

	mu    sync.Mutex
	lanes map[string]*lane
}

// A lane is one host's share of the pacer.
type lane struct {
	busy  chan struct{} // holds one token while a request is under way
	last  time.Time     // end of the last answer; zero = there was none
	next  time.Time     // not before
	delay time.Duration // Crawl-delay, if longer than the pacer's
}

func newPacer(c Config) *pacer {
	return &pacer{now: c.Now, sleep: c.Sleep, rand: c.Rand, delay: c.Delay, jitter: c.Jitter, lanes: make(map[string]*lane)}
}

func (p *pacer) lane(host string) *lane {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lanes[host]
	if l == nil {
		l = &lane{busy: make(chan struct{}, 1)}
		p.lanes[host] = l
	}
	return l
}

// enter waits for the host's turn. The caller calls leave when the answer has
// ended. The error is ctx's.
func (p *pacer) enter(ctx context.Context, host string) (leave func(), err error) {
	l := p.lane(host)
	select {
	case l.busy <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	// A clock that jumped back must not stop the run for hours.
	wait := min(l.next.Sub(p.now()), p.most(l))
	p.mu.Unlock()
	if wait > 0 {
		if err := p.sleep(ctx, wait); err != nil {
			<-l.busy
			return nil, err
		}
	} else if err := ctx.Err(); err != nil {
		<-l.busy
		return nil, err
	}
	return func() {
		p.mu.Lock()
		gap := max(p.delay, l.delay)
		gap += time.Duration(float64(gap) * p.jitter * p.rand())
		l.last = p.now()
		if next := l.last.Add(gap); next.After(l.next) {
			l.next = next
		}
		p.mu.Unlock()
		<-l.busy
	}, nil
}

// most is the longest wait that the lane can ask for.
func (p *pacer) most(l *lane) time.Duration {
	return max(maxPause, time.Duration(float64(max(p.delay, l.delay))*(1+p.jitter)))
}

// slowDown sets the host's Crawl-delay, which holds from the answer on that told it.
func (p *pacer) slowDown(host string, d time.Duration) {
	l := p.lane(host)
	p.mu.Lock()
	defer p.mu.Unlock()
	l.delay = min(d, maxCrawlDelay)
	if next := l.last.Add(l.delay); !l.last.IsZero() && next.After(l.next) {
		l.next = next
	}
}

// maxPause is the longest Retry-After that a run waits for; a host that asks
// for more is left alone until the next run.
const maxPause = 5 * time.Minute

// pause keeps off the host for d, at most maxPause.
func (p *pacer) pause(host string, d time.Duration) {
	l := p.lane(host)
	p.mu.Lock()
	defer p.mu.Unlock()
	if next := p.now().Add(min(d, maxPause)); next.After(l.next) {
		l.next = next
	}
}
