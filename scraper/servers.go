package scraper

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// Servers keeps requests apart that go to one server, whichever run makes them. A
// server is an IP address: hosts that share one share its pace, for it is one machine
// that has to answer all of them. Sites that are crawled side by side are given the same Servers.
type Servers struct {
	// Addresses gives a host's addresses, none if they cannot be told, as of
	// hosts behind a proxy; nil = none ever. Then a host is a server of its own until an answer says
	// where it came from. It may be asked by several goroutines.
	Addresses func(ctx context.Context, host string) []netip.Addr

	mu    sync.Mutex
	lanes map[string]*lane   // by host, or by address
	at    map[string]*places // by host
}

// A lane lets one request through at a time.
type lane struct {
	turns turns     // taken while a request is under way
	users int       // requests that have it or wait for it
	last  time.Time // end of the last answer; zero = there was none
	next  time.Time // not before, because of a Retry-After
}

// Places are where a host has been found.
type places struct {
	addresses map[string]bool
	until     time.Time // then they are looked up again
	looking   sync.Mutex
}

// placesFor is how long a host's addresses are taken to stand. Names of campus sites move
// with machines, not by the minute; answers tell of it sooner.
const placesFor = 10 * time.Minute

// maxLanes and maxAddresses bound the memory of a process that stays for years: lanes
// that nobody is in and that ask for no pause any more are forgotten beyond that many.
const (
	maxLanes     = 1024
	maxAddresses = 16 // of one host
)

// lanesOf gives the lanes that a request to the host takes: the host's own first,
// then those of its known addresses, sorted, so that no two requests wait for one another. Each is given back by done.
func (s *Servers) lanesOf(host string, now time.Time) []*lane {
	p := s.placesOf(host, now)
	s.mu.Lock()
	defer s.mu.Unlock()
	names := append([]string{host}, slices.Sorted(maps.Keys(p.addresses))...)
	if s.lanes == nil {
		s.lanes = make(map[string]*lane)
	}
	if len(s.lanes) > maxLanes {
		maps.DeleteFunc(s.lanes, func(_ string, l *lane) bool {
			return l.users == 0 && now.Sub(l.last) > maxCrawlDelay && now.After(l.next)
		})
	}
	lanes := make([]*lane, len(names))
	for i, name := range names {
		l := s.lanes[name]
		if l == nil {
			l = &lane{}
			s.lanes[name] = l
		}
		l.users++
		lanes[i] = l
	}
	return lanes
}

// done gives lanes back.
func (s *Servers) done(lanes []*lane) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range lanes {
		l.users--
	}
}

// placesOf gives what is known of a host.
func (s *Servers) placesOf(host string, now time.Time) *places {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == nil {
		s.at = make(map[string]*places)
	}
	p := s.at[host]
	if p == nil {
		if len(s.at) > maxLanes {
			maps.DeleteFunc(s.at, func(_ string, p *places) bool { return now.After(p.until) })
		}
		p = &places{addresses: make(map[string]bool)}
		s.at[host] = p
	}
	return p
}

// lookUp finds a host's addresses if that was long ago. Whoever else wants them waits for it.
func (s *Servers) lookUp(ctx context.Context, host string, now time.Time) {
	if s.Addresses == nil {
		return
	}
	p := s.placesOf(host, now)
	p.looking.Lock()
	defer p.looking.Unlock()
	s.mu.Lock()
	fresh := now.Before(p.until) && p.until.Sub(now) <= placesFor // a clock that was put back makes nothing last
	s.mu.Unlock()
	if fresh {
		return
	}
	found := s.Addresses(ctx, nameOf(host))
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(found) > 0 {
		clear(p.addresses)
	}
	for _, a := range found[:min(len(found), maxAddresses)] {
		p.addresses[a.Unmap().WithZone("").String()] = true
	}
	p.until = now.Add(placesFor)
}

// answered notes the address that an answer of the host came from, "" = not told.
// It is not among the known ones when names are served in turns, or when nobody was asked.
func (s *Servers) answered(host, address string, now time.Time) {
	if address == "" {
		return
	}
	p := s.placesOf(host, now)
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.addresses[address] {
		return
	}
	if len(p.addresses) < maxAddresses {
		p.addresses[address] = true
	}
	if l := s.lanes[address]; l == nil {
		s.lanes[address] = &lane{last: now}
	} else if now.After(l.last) {
		l.last = now // its pace begins with this answer
	}
}

// nameOf cuts the port off a host.
func nameOf(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return strings.Trim(host, "[]")
}
