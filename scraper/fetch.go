package scraper

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gocolly/colly/v2"

	"campusnews/scraper/capture"
)

// ErrTooLarge is the error of an answer whose body is longer than Config.MaxBody, or that of a file than Config.MaxAsset.
var ErrTooLarge = errors.New("body larger than the limit")

// An answer is what one request brought: a redirect is an answer like any other.
type answer struct {
	url         string // as requested
	status      int    // 0 = none came
	header      http.Header
	contentType string // as received
	body        []byte // content-decoded, not charset-decoded
	exchanges   []capture.Exchange
	err         error // why there is no whole answer; nil for any status
}

// remote is the address that the answer came from, "" if it is not known.
func (a answer) remote() string {
	if len(a.exchanges) == 0 {
		return ""
	}
	return a.exchanges[len(a.exchanges)-1].Remote
}

// A fetcher asks for one address at a time through colly. Pace, robots, scope,
// redirects and retries are its callers' business: colly's own are off or not used,
// for the reasons measured in the design notes (memory, lost bytes, robots
// ignored on 5xx and on redirects).
type fetcher struct {
	collector *colly.Collector
	timeout   time.Duration
	grace     time.Duration
}

func newFetcher(c Config) *fetcher {
	cc := colly.NewCollector()
	cc.UserAgent = c.UserAgent
	cc.AllowURLRevisit = true
	cc.ParseHTTPErrorResponse = true
	cc.IgnoreRobotsTxt = true
	cc.DetectCharset = false
	cc.DisableCookies()
	cc.WithTransport(c.Transport)
	cc.SetRequestTimeout(0) // the context has the deadline
	cc.SetRedirectHandler(func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse })
	return &fetcher{collector: cc, timeout: c.Timeout, grace: c.Grace}
}

// errDrained is the cause of a request cut because the run is ending.
var errDrained = errors.New("the run is ending")

// get asks for the address and takes at most maxBody bytes of body, decoded. As soon as the last byte has come, and in any case, it calls
// ended once, with the address that it came from, "" if that is not known: unpacking need not keep the server waiting. When ctx ends the request under way may go on for the
// grace period; an answer cut by that has an err for which errors.Is(err, errDrained) holds.
func (f *fetcher) get(ctx context.Context, address string, header http.Header, maxBody int64, ended func(remote string)) answer {
	a := answer{url: address}
	ended = once(ended)
	defer func() { ended(a.remote()) }()
	if err := ctx.Err(); err != nil {
		a.err = errDrained
		return a
	}
	reqCtx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() {
		grace := time.NewTimer(f.grace)
		defer grace.Stop()
		select {
		case <-grace.C:
			cancel(errDrained)
		case <-reqCtx.Done():
		}
	})
	defer stop()
	timed, cancelTimeout := context.WithTimeout(reqCtx, f.timeout)
	defer cancelTimeout()
	timed = capture.WithSink(timed, func(x capture.Exchange) {
		a.exchanges = append(a.exchanges, x)
		if !errors.Is(x.Err, capture.ErrLost) { // then it is sent again
			ended(x.Remote)
		}
	})
	timed = capture.WithMaxBytes(timed, maxBody)
	var cut error
	timed = capture.WithContent(timed, maxBody, func(body []byte, err error) { a.body, cut = body, err })

	c := f.collector.Clone() // shares the client; the context and the callbacks are this request's own
	c.Context = timed
	c.OnResponseHeaders(func(r *colly.Response) {
		a.status = r.StatusCode
		a.header = r.Headers.Clone()
		a.contentType = r.Headers.Get("Content-Type")
		// colly would convert the body to UTF-8 by this header, however wrong it is.
		r.Headers.Del("Content-Type")
	})
	if header == nil {
		header = http.Header{}
	}
	header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	err := c.Request(http.MethodGet, address, nil, nil, header)
	if err == nil {
		err = cut
	}
	switch {
	case err == nil:
		return a
	case context.Cause(timed) == errDrained:
		a.err = errDrained
	case errors.Is(err, capture.ErrTooLarge):
		a.err = fmt.Errorf("%w of %d bytes", ErrTooLarge, maxBody)
	default:
		a.err = err
	}
	a.body = nil
	return a
}

// once is f without its second call and those after it.
func once(f func(remote string)) func(remote string) {
	called := false
	return func(remote string) {
		if !called {
			called = true
			f(remote)
		}
	}
}
