package scraper

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"campusnews/extract"
	"campusnews/scraper/capture"
)

// maxHops bounds a chain of redirects, by header or by page.
const maxHops = 6

// leadsOut begins why a target is refused that redirects to another site.
const leadsOut = "leads out of the site"

// An outcome says what became of one look at a target.
type outcome int

const (
	outcomeKept      outcome = iota // a page came
	outcomeUnchanged                // 304
	outcomeMissing                  // 404, 410, a soft 404 or a login wall
	outcomeFailed                   // no page, and it is the server's or the network's fault: try again
	outcomeBlocked                  // the server refuses programs
	outcomeRefused                  // robots.txt, the scope or the target's own redirects forbid it
	outcomePostponed                // nothing was asked: the host is left alone, or its robots.txt cannot be had
)

func (o outcome) String() string {
	return [...]string{"kept", "unchanged", "missing", "failed", "blocked", "refused", "postponed"}[o]
}

// A look is all that asking for one target brought.
type look struct {
	outcome     outcome
	why         string        // of all but kept and unchanged
	wait        time.Duration // the server's Retry-After; 0 = none
	tooLarge    bool          // the failure is that the body is over the limit: it will be so tomorrow
	conditional bool          // the last hop was asked for only if it has changed
	trap        bool          // it was refused because it is in a trap
	soft        bool          // it is missing because it is what the host answers for a made-up address
	role        Role          // of the target
	twin        string        // another address of the target, under which it was found when its own was not there; "" = its own
	status      int
	url         string // of the last hop
	header      http.Header
	exchanges   []capture.Exchange
	result      *extract.Result // of outcomeKept and of pages that say "not here"; nil for files
	page        extract.Page    // what result was read from
}

// ask sends one request for a target of the role at the pace of the host and its server, for an answer of at most maxBody bytes. The error is ctx's.
func (r *run) ask(ctx context.Context, role Role, address string, header http.Header, maxBody int64) (answer, error) {
	var a answer
	var err error
	r.asked++
	r.outside(func() {
		var leave func(remote string)
		if leave, err = r.pacer.enter(ctx, hostOf(address), role.names()); err != nil {
			return
		}
		a = r.fetcher.get(ctx, address, header, maxBody, leave)
	})
	if errors.Is(a.err, errDrained) {
		err = context.Cause(ctx)
	}
	return a, err
}

// lookAt asks for the target and follows where it leads, within scope, robots.txt and
// reason. The error is ctx's or the store's; whatever the site does is an outcome.
func (r *run) lookAt(ctx context.Context, t Target) (look, error) {
	l := look{url: t.URL, role: t.Role}
	seen := make(map[string]bool)
	for hop := 0; ; hop++ {
		if hop > 0 && !r.scope.has(l.url) && !(t.Role == RoleAsset && r.scope.hasAsset(l.url)) && !(t.Role == RoleRequisite && r.scope.hasRequisite(l.url)) {
			l.outcome, l.why = outcomeRefused, leadsOut+": "+l.url
			return l, nil
		}
		if seen[l.url] || hop > maxHops {
			l.outcome, l.why = outcomeFailed, "redirects without end"
			return l, nil
		}
		seen[l.url] = true
		secure := r.byHTTPS(l.url)
		if seen[secure] {
			secure = ""
		}
		whole, host := r.hosts.of(hostOf(l.url)), r.breaker(l.url)
		if whole.stopped == "" && host.stopped != "" && secure != "" {
			l, hop = l.onward(t, secure), -1
			continue
		}
		if why := cmp.Or(whole.stopped, host.stopped); why != "" {
			l.outcome, l.why = outcomePostponed, why
			return l, nil
		}
		verdict, why, err := r.mayFetch(ctx, l.url)
		if err != nil {
			return l, err
		}
		switch verdict {
		case disallowed:
			l.outcome, l.why = outcomeRefused, why
			return l, nil
		case unknown:
			if other := r.otherDoor(t, l.url); other != "" && whole.stopped == "" {
				r.cfg.Log.Info("tried by https", "site", t.Site, "url", l.url, "err", why)
				l, hop = l.onward(t, other), -1
				continue
			}
			why = cmp.Or(r.shutWhy(t, l), why)
			host.stopped = why
			if whole.stopped == "" && secure != "" {
				r.cfg.Log.Info("asked for by https", "site", t.Site, "url", l.url, "err", why)
				l, hop = l.onward(t, secure), -1
				continue
			}
			r.stop(l.url, cmp.Or(whole.stopped, why))
			l.outcome, l.why = outcomePostponed, why
			return l, nil
		}
		var header http.Header
		if l.url == t.URL {
			header = r.conditions(t)
		}
		maxBody := r.cfg.MaxBody
		switch t.Role {
		case RoleAsset:
			maxBody = r.cfg.MaxAsset
		case RoleFeed:
			maxBody = max(maxBody, maxFeedBody)
		case RoleRequisite:
			maxBody = maxRequisiteBody
		}
		a, err := r.ask(ctx, t.Role, l.url, header, maxBody)
		if err != nil {
			return l, err
		}
		l.exchanges = append(l.exchanges, a.exchanges...)
		l.status, l.header, l.conditional = a.status, a.header, header.Get("If-None-Match")+header.Get("If-Modified-Since") != ""
		next := r.judge(&l, a, host)
		if whole.stopped != "" {
			r.stop(l.url, whole.stopped)
		}
		if next == "" {
			if err := r.unmask(ctx, t, &l); err != nil {
				return l, err
			}
		}
		if next == "" && secure != "" && whole.stopped == "" && l.inVain(t) {
			l, hop = l.onward(t, secure), -1
			continue
		}
		if next == "" && l.outcome == outcomeMissing {
			// One article may stand under several columns, and only one of them be gone.
			if next, err = r.twin(ctx, t, seen); err != nil {
				return l, err
			}
			if next != "" {
				l = look{url: next, twin: next, role: l.role, exchanges: l.exchanges}
				hop = -1
				continue
			}
		}
		if next == "" {
			return l, nil
		}
		l.url = next
	}
}

// twin gives another address of an article that has not been tried yet; "" = there is none.
func (r *run) twin(ctx context.Context, t Target, tried map[string]bool) (string, error) {
	if t.Role != RoleArticle && t.Role != RoleRevisit && t.Role != RoleWalk {
		return "", nil
	}
	addresses, err := r.store.Addresses(ctx, t.Site, t.Key)
	if err != nil {
		return "", err
	}
	for _, a := range addresses {
		if a = withoutFragment(a); !tried[a] && r.scope.has(a) {
			return a, nil
		}
	}
	return "", nil
}

// conditions makes a kept target's request conditional (RFC 9110 section 13), unless
// its list has to be walked again whatever it says.
func (r *run) conditions(t Target) http.Header {
	h := http.Header{}
	if t.State != StateKept || t.Deep || (r.cfg.Full && t.Role.names()) {
		return h
	}
	if t.ETag != "" {
		h.Set("If-None-Match", t.ETag)
	}
	if t.LastModified != "" {
		h.Set("If-Modified-Since", t.LastModified)
	}
	return h
}

// judge decides what an answer means and gives the address it leads on to, if any.
func (r *run) judge(l *look, a answer, host *hostState) (next string) {
	l.wait = retryAfter(a.header, r.cfg.Now())
	switch {
	case errors.Is(a.err, ErrTooLarge), errors.Is(a.err, capture.ErrTooLarge):
		host.answered()
		l.outcome, l.why, l.tooLarge = outcomeFailed, a.err.Error(), true
	case a.err != nil:
		why := plain(a.err)
		host.failed(why)
		l.outcome, l.why = outcomeFailed, why
	case isRefusal(a.status):
		why := fmt.Sprintf("%d %s", a.status, http.StatusText(a.status))
		host.refused(why)
		l.outcome, l.why = outcomeBlocked, why
		r.holdOff(l, host)
	case a.status >= 500:
		why := fmt.Sprintf("%d %s", a.status, http.StatusText(a.status))
		host.failed(why)
		l.outcome, l.why = outcomeFailed, why
		r.holdOff(l, host)
	case a.status == http.StatusNotModified && !l.conditional:
		host.answered()
		l.outcome, l.why = outcomeFailed, "304 Not Modified, which was not asked: nothing came"
	case a.status == http.StatusNotModified:
		host.answered()
		l.outcome = outcomeUnchanged
	case a.status >= 300 && a.status < 400:
		host.answered()
		if next = location(a); next == "" {
			l.outcome, l.why = outcomeFailed, fmt.Sprintf("%d without a place to go", a.status)
		}
	case a.status >= 400:
		host.answered()
		l.outcome, l.why = outcomeMissing, fmt.Sprintf("%d %s", a.status, http.StatusText(a.status))
	default:
		next = r.judgePage(l, a, host)
	}
	return next
}

// holdOff obeys Retry-After: up to maxPause it is waited for, more than that
// stops the host for this run, and later ones until then.
func (r *run) holdOff(l *look, host *hostState) {
	switch {
	case l.wait == 0:
	case l.wait <= maxPause:
		// Too many requests are counted by who sends them, over all that a server has to answer.
		r.pacer.pause(hostOf(l.url), l.wait, l.status == http.StatusTooManyRequests)
	case host.stopped == "":
		host = r.hosts.of(hostOf(l.url)) // it is said of both schemes
		host.stopped = fmt.Sprintf("%s, asked to wait %s, until %s", l.why, span(l.wait), minuteOf(r.cfg.Now().Add(l.wait)))
	}
}

// judgePage reads a 2xx answer.
func (r *run) judgePage(l *look, a answer, host *hostState) (next string) {
	l.outcome = outcomeKept
	if !reads(l.role, a) {
		host.answered()
		if why := r.masked(l, a); why != "" {
			l.outcome, l.why = outcomeMissing, why
			return ""
		}
		if l.role == RoleRequisite {
			l.page = extract.Page{URL: a.url, ContentType: a.contentType, Status: a.status, Body: a.body}
		}
		return ""
	}
	page := extract.Page{URL: a.url, ContentType: a.contentType, Status: a.status, Body: a.body}
	if l.role == RoleFeed && len(a.body) > manyBytes {
		defer collectOften()()
	}
	res := r.read(page, l.role.names())
	switch res.Kind {
	case extract.KindBlocked:
		why := "refuses programs: " + res.Reason
		host.refused(why)
		l.outcome, l.why = outcomeBlocked, why
		return ""
	case extract.KindRedirect:
		if host.answered(); res.Target != "" {
			return withoutFragment(res.Target)
		}
		l.outcome, l.why = outcomeRefused, "leads elsewhere: "+res.Reason
	case extract.KindError:
		l.outcome, l.why = outcomeMissing, res.Reason
	}
	host.answered()
	switch {
	case l.role != RoleFeed || isFeed(&res):
		l.result, l.page = &res, page
	case l.outcome == outcomeKept: // a page in its place
		l.outcome, l.why = outcomeMissing, "neither a feed nor a sitemap"
	}
	return ""
}

// masked says why a page that came in the place of a file is not it: it says that the file is not there, or asks for a captcha or to run
// a script. A file is fetched once, and would be that page for ever. Any other page is kept as the file, since some are.
// Sites ask for a captcha for attachments alone, so that this says nothing of the host.
func (r *run) masked(l *look, a answer) (why string) {
	if l.role != RoleAsset || !isFile(a.url) || !isPage(a) || !strings.Contains(strings.ToLower(a.contentType), "html") {
		return ""
	}
	res := r.read(extract.Page{URL: a.url, ContentType: a.contentType, Status: a.status, Body: a.body}, false)
	if res.Kind == extract.KindBlocked || res.Kind == extract.KindError {
		return "a page in the place of a file: " + res.Reason
	}
	return ""
}

// reads says whether an answer for a target of the role is for a Reader.
func reads(role Role, a answer) bool {
	return role == RoleFeed || !isFileRole(role) && isPage(a) // feeds and sitemaps come as any type, and packed
}

// isPage says whether an answer is for a Reader: by its type, and by its first
// bytes where the type says nothing.
func isPage(a answer) bool {
	kind, _, _ := strings.Cut(strings.ToLower(a.contentType), ";")
	switch kind = strings.TrimSpace(kind); kind {
	case "text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml",
		"application/rss+xml", "application/atom+xml", "application/feed+json":
		return true
	case "", "application/octet-stream":
		sniffed := http.DetectContentType(a.body)
		return strings.HasPrefix(sniffed, "text/html") || strings.HasPrefix(sniffed, "text/xml")
	}
	return false
}

// location gives the absolute address that a redirecting answer names; "" if it is none.
func location(a answer) string {
	if a.err != nil || a.status < 300 || a.status > 399 || a.status == http.StatusNotModified {
		return ""
	}
	base, err := url.Parse(a.url)
	if err != nil {
		return ""
	}
	u, err := base.Parse(a.header.Get("Location"))
	if err != nil || a.header.Get("Location") == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return withoutFragment(u.String())
}

// withoutFragment leaves out what does not belong to a page's address: its fragment, and a session.
func withoutFragment(address string) string {
	before, _, _ := strings.Cut(address, "#")
	return extract.WithoutSession(before)
}
