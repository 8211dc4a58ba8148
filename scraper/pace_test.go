package scraper

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

func sprint(v any) string { return fmt.Sprint(v) }

// A fakeClock moves only when somebody sleeps on it.
type fakeClock struct {
	mu    sync.Mutex
	t     time.Time
	slept []time.Duration
}

func (c *fakeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *fakeClock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	c.t = c.t.Add(max(d, 0))
	c.slept = append(c.slept, d)
	return nil
}

func (c *fakeClock) advance(d time.Duration) { c.sleep(context.Background(), d) }

func testPacer(c *fakeClock, delay time.Duration, jitter float64) *pacer {
	return newPacer(Config{Now: c.now, Sleep: c.sleep, Rand: func() float64 { return 1 }, Delay: delay, Jitter: jitter})
}

// enter asks for a turn, holds it for the answer's time and gives it back. It
// returns how long the turn was waited for.
func turn(t *testing.T, p *pacer, c *fakeClock, host string, answer time.Duration) time.Duration {
	t.Helper()
	before := c.now()
	leave, err := p.enter(t.Context(), host, false)
	if err != nil {
		t.Fatal(err)
	}
	waited := c.now().Sub(before)
	c.advance(answer)
	leave("")
	return waited
}

func TestPacer(t *testing.T) {
	c := &fakeClock{t: noon}
	p := testPacer(c, time.Second, 0.5)
	steps := []struct {
		name   string
		before func()
		host   string
		want   time.Duration
	}{
		{"first", nil, "a", 0},
		{"after an answer, with jitter", nil, "a", 1500 * time.Millisecond},
		{"another host does not wait", nil, "b", 0},
		{"nor does one that had its time", func() { c.advance(time.Minute) }, "a", 0},
		{"Crawl-delay, told by the last answer", func() { p.slowDown("a", 4*time.Second) }, "a", 6 * time.Second},
		{"Crawl-delay, next", nil, "a", 6 * time.Second},
		{"Crawl-delay is capped", func() { p.slowDown("c", time.Hour) }, "c", 0},
		{"Crawl-delay is capped, next", nil, "c", 90 * time.Second},
		{"Retry-After", func() { p.pause("b", 20*time.Second, false) }, "b", 20 * time.Second},
		{"Retry-After is capped", func() { p.pause("b", time.Hour, false) }, "b", maxPause},
		{"a clock that jumps back a year", func() { c.mu.Lock(); c.t = c.t.Add(-365 * day); c.mu.Unlock() }, "a", 6 * time.Second},
		{"and a year ahead", func() { c.advance(365 * day) }, "a", 0},
	}
	for _, s := range steps {
		if s.before != nil {
			s.before()
		}
		if got := turn(t, p, c, s.host, 0); got != s.want {
			t.Errorf("%s: waited %v, want %v", s.name, got, s.want)
		}
	}
}

func TestPacerHoldsOneRequestAHost(t *testing.T) {
	c := &fakeClock{t: noon}
	p := testPacer(c, 0, 0)
	leave, err := p.enter(t.Context(), "a", false)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	second := make(chan error)
	go func() {
		_, err := p.enter(ctx, "a", false)
		second <- err
	}()
	cancel()
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Errorf("second request of the host: %v, want it to wait until the context ended", err)
	}
	leave("")
	if _, err := p.enter(t.Context(), "a", false); err != nil {
		t.Errorf("after the first has left: %v, want its turn", err)
	}
}
