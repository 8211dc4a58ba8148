package scraper

import (
	"context"
	"errors"
	"sync"
	"time"

	"campusnews/extract"
)

// A Browser fetches single pages with the manners of a run (pace, robots.txt,
// scope, Retry-After, the breaker) and stores nothing. Its methods may be called from
// several goroutines; requests go out one after the other.
type Browser struct {
	mu  sync.Mutex // one page at a time
	run *run
}

// NewBrowser makes a Browser for the hosts of c.Site. The error says what is wrong with c.
func NewBrowser(c Config, reader Reader) (*Browser, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Browser{run: newRun(c, forgetful{}, &lastPage{Reader: reader})}, nil
}

// Get fetches a page and follows where it leads. It gives the last hop as it
// arrived and what the reader says of it; pages that say "not here" are given like any other.
// The error is ctx's, or says why there is no page (without naming the address).
func (b *Browser) Get(ctx context.Context, address string) (extract.Page, extract.Result, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.run.scope.has(address) {
		return extract.Page{}, extract.Result{}, errors.New("not on the site's hosts")
	}
	last := b.run.reader.(*lastPage)
	last.page = nil
	b.run.mu.Lock()
	defer b.run.mu.Unlock()
	l, err := b.run.lookAt(ctx, Target{Site: b.run.cfg.Site.ID, URL: address, Key: address})
	if err != nil {
		return extract.Page{}, extract.Result{}, err
	}
	if l.result == nil || last.page == nil {
		why := l.why
		if why == "" {
			why = "no page but a file"
		}
		return extract.Page{}, extract.Result{}, errors.New(why)
	}
	return *last.page, *l.result, nil
}

// A lastPage keeps the page that was read last.
type lastPage struct {
	Reader
	page *extract.Page
}

func (r *lastPage) Extract(p extract.Page) extract.Result {
	r.page = &p
	return r.Reader.Extract(p)
}

// errForgetful is returned by what a Browser never calls.
var errForgetful = errors.New("a browser stores nothing")

// forgetful is the store of a Browser: it takes everything and keeps nothing.
type forgetful struct{}

func (forgetful) Known(context.Context, string, []string) (map[string]bool, error) { return nil, nil }
func (forgetful) Lookup(context.Context, string, string) (Target, bool, error) {
	return Target{}, false, nil
}
func (forgetful) Led(context.Context, string) (bool, error) { return false, nil }
func (forgetful) Answer(context.Context, string, string) (extract.Page, bool, error) {
	return extract.Page{}, false, nil
}
func (forgetful) Order(context.Context, string, string) ([]Place, error)      { return nil, nil }
func (forgetful) Waits(context.Context, string) (time.Time, error)            { return time.Time{}, nil }
func (forgetful) Addresses(context.Context, string, string) ([]string, error) { return nil, nil }
func (forgetful) Add(context.Context, []Target, bool) (int, error)            { return 0, nil }
func (forgetful) Next(context.Context, Query) (Target, error)                 { return Target{}, errForgetful }
func (forgetful) Release(context.Context, Target) error                       { return nil }
func (forgetful) Save(context.Context, Visit) (Change, error)                 { return Change{}, nil }
