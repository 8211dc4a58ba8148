package scraper

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"campusnews/scraper/capture"
)

// What a host asks with Retry-After holds for later runs, too, whichever site they are for. It is kept as the due time of the host's
// robots.txt, the first thing that a run asks of a host: what is not due is not asked for, and nothing else without it.
// Runs and rebuild keep it as they keep any target, merge the longer one of two; a robots.txt that came ends it.

// maxRetryAfter bounds what a host may ask for, and so what a clock that jumped can make of it.
const maxRetryAfter = 30 * day

// retryAfter reads the header (RFC 9110 section 10.2.3): seconds or a date. 0 = none, or in the past.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if v == "" {
		return 0
	}
	if s, err := strconv.ParseInt(v, 10, 64); err == nil {
		return time.Duration(min(max(s, 0), int64(maxRetryAfter/time.Second))) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return min(max(t.Sub(now), 0), maxRetryAfter)
	}
	return 0
}

// mayAsk says whether a Retry-After of an answer of this status asks to be left alone.
func mayAsk(status int) bool { return isRefusal(status) || status >= 500 }

// NoteWaits makes the robots.txt of hosts that asked with Retry-After to be left alone due when they may be asked again.
func NoteWaits(v *Visit, key func(address string) string) {
	for _, x := range v.Exchanges {
		u, err := url.Parse(x.URL)
		if err != nil || !mayAsk(x.Status) {
			continue
		}
		head, _ := capture.Split(x.Response)
		wait := retryAfter(http.Header{"Retry-After": capture.HeadValues(head, "Retry-After")}, v.Time)
		if wait == 0 {
			continue
		}
		address := originOf(u) + "/robots.txt"
		t := Target{Site: v.Target.Site, Key: key(address), URL: address, Role: RoleAsset, State: StateNew, Due: v.Time.Add(wait), FirstSeen: v.Time}
		if t.Key == v.Target.Key {
			v.Target.Due = t.Due
			continue
		}
		v.Again = append(v.Again, t)
	}
}

// originOf is where an address's robots.txt stands.
func originOf(u *url.URL) string { return strings.ToLower(u.Scheme + "://" + u.Host) }

// isRobots says whether a target is a host's robots.txt, asked for by the run for its own sake.
func isRobots(t Target) bool {
	return t.Role == RoleAsset && t.Parent == "" && strings.HasSuffix(t.URL, "/robots.txt")
}

// askedToWait says why nothing may be asked of a host now, and for how long, because of what it has told an earlier run; "" = it may.
// Short waits are left to the pacer. What lies further ahead than any host may ask for is a clock's mistake.
func (r *run) askedToWait(ctx context.Context, host string) (why string, wait time.Duration, err error) {
	until, err := r.store.Waits(ctx, host)
	if err != nil {
		return "", 0, err
	}
	switch wait = until.Sub(r.cfg.Now()); {
	case until.IsZero() || wait <= 0 || wait > maxRetryAfter:
		return "", 0, nil
	case wait <= maxPause:
		r.pacer.pause(host, wait, false)
		return "", 0, nil
	}
	return "it asked to be left alone until " + minuteOf(until) + " (Retry-After)", wait, nil
}

// waited asks for a robots.txt that is due because its host was to be left alone until now.
func (r *run) waited(ctx context.Context, t Target) error {
	if _, _, err := r.mayFetch(ctx, t.URL); err != nil {
		return err
	}
	now, ok, err := r.store.Lookup(ctx, t.Site, t.Key)
	if err == nil && ok && !now.Due.IsZero() { // another site of the archive has been told to wait longer
		r.parked = append(r.parked, t)
	}
	return err
}

// minuteOf writes a time for people, UTC, not before it.
func minuteOf(t time.Time) string {
	return t.UTC().Add(time.Minute - 1).Truncate(time.Minute).Format("2006-01-02 15:04Z")
}
