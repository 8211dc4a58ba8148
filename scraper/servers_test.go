package scraper

import (
	"context"
	"net/netip"
	"testing"
	"time"
)

// Hosts that share an address share its pace, in one run and over several.
func TestServersShareAPace(t *testing.T) {
	c := &fakeClock{t: noon}
	asked := map[string]int{}
	servers := &Servers{Addresses: func(_ context.Context, host string) []netip.Addr {
		asked[host]++
		return map[string][]netip.Addr{
			"news.edu.cn": {netip.MustParseAddr("202.1.1.1")},
			"www.edu.cn":  {netip.MustParseAddr("2001:da8::1"), netip.MustParseAddr("202.1.1.1")},
			"six.edu.cn":  {netip.MustParseAddr("2001:da8::1")},
			"far.edu.cn":  {netip.MustParseAddr("202.9.9.9")},
		}[host]
	}}
	run := func() *pacer {
		return newPacer(Config{Now: c.now, Sleep: c.sleep, Rand: func() float64 { return 0 }, Delay: time.Second, Servers: servers})
	}
	a, b := run(), run()
	steps := []struct {
		name   string
		run    *pacer
		host   string
		remote string
		want   time.Duration
	}{
		{"first", a, "news.edu.cn", "202.1.1.1", 0},
		{"another host of that address, another run", b, "www.edu.cn:8080", "202.1.1.1", time.Second},
		{"a host that shares the second address of that one", a, "six.edu.cn", "2001:da8::1", time.Second},
		{"a host elsewhere", a, "far.edu.cn", "202.9.9.9", 0},
		{"a name that does not resolve", a, "none.edu.cn", "", 0},
		{"an answer from where nobody looked", a, "round.edu.cn", "202.9.9.9", 0},
		{"its server has answered just now", b, "far.edu.cn", "202.9.9.9", time.Second},
		{"it is known there from now on", a, "round.edu.cn", "202.9.9.9", time.Second},
	}
	for _, s := range steps {
		before := c.now()
		leave, err := s.run.enter(t.Context(), s.host, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.now().Sub(before); got != s.want {
			t.Errorf("%s: waited %v, want %v", s.name, got, s.want)
		}
		leave(s.remote)
	}
	if asked["news.edu.cn"] != 1 || asked["round.edu.cn"] != 1 {
		t.Errorf("looked up %v, want each name once within ten minutes", asked)
	}
	c.advance(placesFor)
	turn(t, a, c, "news.edu.cn", 0)
	if asked["news.edu.cn"] != 2 {
		t.Errorf("looked up %d times after ten minutes, want again", asked["news.edu.cn"])
	}
	// Too many requests are counted at the server; a Crawl-delay is one host's wish.
	a.pause("news.edu.cn", time.Minute, true)
	if got := turn(t, b, c, "www.edu.cn:8080", 0); got != time.Minute {
		t.Errorf("after 429 of its neighbour a host waited %v, want the minute asked for", got)
	}
	a.slowDown("news.edu.cn", 30*time.Second)
	turn(t, a, c, "news.edu.cn", 0)
	if got := turn(t, b, c, "www.edu.cn:8080", 0); got != time.Second {
		t.Errorf("a neighbour of a host with Crawl-delay waited %v, want a second", got)
	}
	if got := turn(t, a, c, "news.edu.cn", 0); got < 28*time.Second {
		t.Errorf("the host with Crawl-delay waited %v, want nearly all of its 30 s", got)
	}
}

// A process that stays for years keeps no lane of every picture's host for ever.
func TestServersForget(t *testing.T) {
	c := &fakeClock{t: noon}
	p := testPacer(c, time.Second, 0)
	for i := range 3 * maxLanes {
		turn(t, p, c, sprint(i), time.Second)
	}
	if n := len(p.servers.lanes); n > maxLanes+100 {
		t.Errorf("%d lanes kept of %d hosts, want about %d", n, 3*maxLanes, maxLanes)
	}
	if n := len(p.servers.at); n > maxLanes+100 {
		t.Errorf("%d hosts remembered of %d, want about %d", n, 3*maxLanes, maxLanes)
	}
}
