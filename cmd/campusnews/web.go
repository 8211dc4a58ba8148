package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"campusnews/scraper"
	"campusnews/scraper/capture"
	"campusnews/scraper/replay"
)

// webFlags say where pages come from: the network, or saved pages.
type webFlags struct {
	replay string
	fast   bool
	delay  time.Duration

	allowPrivate bool
	given        func(flag string) bool // whether a flag was written; nil = those that say something
}

func (f *webFlags) register(flags *pflag.FlagSet) {
	f.given = flags.Changed
	flags.StringVar(&f.replay, "replay", "", "answer every request from saved pages: a folder, or a .warc or .warc.gz file")
	timeVar(flags, &f.delay, "delay", time.Second, "least time between two requests to a server, whatever its hosts; robots.txt may ask for more")
	flags.BoolVar(&f.allowPrivate, "allow-private", false, "connect to addresses outside the public internet, too, as on a campus network")
	flags.BoolVar(&f.fast, "fast", false, "with --replay, do not pause between requests")
}

func (f *webFlags) validate() error {
	if f.replay == "" && f.given != nil && f.given("replay") { // as of a variable that is not set: the live site would be asked
		return usagef("--replay is empty; it names a folder or a WARC file")
	}
	if f.fast && f.replay == "" {
		return usagef("--fast is for --replay; a live site needs a pause")
	}
	if f.delay < 0 {
		return usagef("--delay %s is below zero", f.delay)
	}
	if f.delay == 0 && f.replay == "" {
		return usagef("--delay 0 is for --replay; a live site needs a pause")
	}
	return nil
}

// pause is the least time between two requests to a host.
func (f *webFlags) pause() time.Duration {
	if f.fast {
		return 0
	}
	return f.delay
}

// origin says in the WARC files where the answers came from; "" for the network.
// Without it a replayed answer would pass for evidence of what a server said that day.
func (f *webFlags) origin() string {
	if f.replay == "" {
		return ""
	}
	name := filepath.Base(f.replay)
	if abs, err := filepath.Abs(f.replay); err == nil {
		name = filepath.Base(abs)
	}
	return fmt.Sprintf("answers replayed from saved pages (%s), not fetched from the network", name)
}

// A web answers requests, from the network or from saved pages.
type web struct {
	transport http.RoundTripper
	servers   *scraper.Servers // one pace a server for all that is fetched
	close     []func() error
}

func (w *web) Close() error {
	var errs []error
	for _, f := range w.close {
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}

// open gives the web that the flags ask for. hosts are those that the user named.
func (f *webFlags) open(env Env, hosts []string) (*web, error) {
	if f.replay == "" {
		t := capture.New(capture.Options{Permit: f.permit(hosts), Dial: env.Dial})
		return &web{transport: t, servers: &scraper.Servers{Addresses: t.Addresses}, close: []func() error{closeIdle(t)}}, nil
	}
	source, err := replay.Open(f.replay)
	if err != nil {
		return nil, err
	}
	t := capture.New(capture.Options{Dial: source.DialContext, DialTLS: source.DialTLSContext})
	return &web{transport: t, servers: &scraper.Servers{}, close: []func() error{closeIdle(t), source.Close}}, nil
}

// permit forbids addresses outside the public internet, so that no link, redirect or DNS
// answer leads into the network the program runs in. An address that the user wrote
// as such is meant.
func (f *webFlags) permit(hosts []string) func(netip.Addr) error {
	if f.allowPrivate {
		return nil
	}
	named := map[netip.Addr]bool{}
	for _, h := range hosts {
		h = strings.Trim((&url.URL{Host: h}).Hostname(), "[]")
		if h == "localhost" {
			named[netip.AddrFrom4([4]byte{127, 0, 0, 1})], named[netip.IPv6Loopback()] = true, true
		}
		if a, err := netip.ParseAddr(h); err == nil {
			named[a.Unmap()] = true
		}
	}
	return func(a netip.Addr) error {
		if named[a.Unmap()] {
			return nil
		}
		err := scraper.Public(a)
		if err != nil {
			return fmt.Errorf("%w; --allow-private permits it", err)
		}
		return nil
	}
}

func closeIdle(t *capture.Transport) func() error {
	return func() error {
		t.CloseIdleConnections()
		return nil
	}
}
