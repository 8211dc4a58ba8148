package memento

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"campusnews/archive"
	"campusnews/extract/render"
	"campusnews/scraper/capture"
)

// maxHops is how many captured redirects are followed for one request.
const maxHops = 10

// endOfTime is later than every capture.
var endOfTime = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// A found capture and its neighbours in time.
type found struct {
	capture        archive.Capture
	previous, next archive.Capture // ID 0 = none
}

// near finds the capture of an address that is nearest to a moment; of several within its second the
// best answer, and for a part of a page the nearest good answer before any other. The error may be archive.ErrNotFound.
func (h *Handler) near(ctx context.Context, address string, at time.Time, part bool) (found, error) {
	if at.IsZero() {
		at = endOfTime
	}
	const around = 4 // that many answers within one second: a redirect to itself, a retry
	end := at.Truncate(time.Second).Add(time.Second - time.Millisecond)
	before, after, err := h.a.CapturesNear(ctx, spellings(address), end, around)
	if err != nil {
		return found{}, err
	}
	list := slices.DeleteFunc(append(before, after...), func(c archive.Capture) bool {
		// http and https are one address here, so the redirect from one to the other would lead to itself.
		return redirects(c) && strings.HasPrefix(c.URL, "https:") != strings.HasPrefix(address, "https:")
	})
	best := -1
	for i, c := range list {
		switch {
		case best < 0, part && rank(c) < rank(list[best]):
			best = i
		case part && rank(c) > rank(list[best]):
		case nearer(c, list[best], at):
			best = i
		}
	}
	if best < 0 {
		return found{}, fmt.Errorf("capture of %s: %w", address, archive.ErrNotFound)
	}
	f := found{capture: list[best]}
	for i := best - 1; i >= 0; i-- {
		if !sameSecond(list[i].Started, f.capture.Started) {
			f.previous = list[i]
			break
		}
	}
	for i := best + 1; i < len(list); i++ {
		if !sameSecond(list[i].Started, f.capture.Started) {
			f.next = list[i]
			break
		}
	}
	return f, nil
}

func sameSecond(x, y time.Time) bool { return x.Unix() == y.Unix() }

func redirects(c archive.Capture) bool { return c.Status >= 300 && c.Status < 400 && c.Status != 304 }

// nearer says whether x is nearer to a moment than y, or as near in seconds and the better answer.
func nearer(x, y archive.Capture, at time.Time) bool {
	// In seconds of Unix time: a time.Duration ends after 292 years.
	dx, dy := max(x.Started.Unix()-at.Unix(), at.Unix()-x.Started.Unix()), max(y.Started.Unix()-at.Unix(), at.Unix()-y.Started.Unix())
	if dx != dy {
		return dx < dy
	}
	if rx, ry := rank(x), rank(y); rx != ry {
		return rx < ry
	}
	return x.Started.After(y.Started)
}

func rank(c archive.Capture) int {
	switch {
	case c.Status < 300 || c.Status == 304:
		return 0
	case c.Status < 400:
		return 1
	}
	return 2
}

// follow goes from a captured redirect to the page that it led to at its time. dead = it leads to what is not
// archived, to itself, or too far: target is then the first such address, "" = none can be read.
func (h *Handler) follow(ctx context.Context, address string, c archive.Capture, part bool) (_ string, _ archive.Capture, target string, dead bool, err error) {
	seen := map[string]bool{address: true}
	for range maxHops {
		head, err := h.head(c)
		if err != nil {
			return "", c, "", false, err
		}
		base, err := url.Parse(c.URL)
		if err != nil {
			return "", c, "", true, nil
		}
		r := render.NewResolver(base)
		location := r.Resolve(strings.ToValidUTF8(capture.HeadValue(head, "Location"), "\ufffd"))
		next, err := canonical(location)
		if location == "" || err != nil {
			return "", c, location, true, nil
		}
		f, err := h.near(ctx, next, c.Started, part)
		if isMissing(err) || err == nil && seen[next] {
			return "", c, next, true, nil
		}
		if err != nil {
			return "", c, "", false, err
		}
		seen[next] = true
		if c, address = f.capture, next; !redirects(c) {
			return address, c, "", false, nil
		}
	}
	return "", c, address, true, nil
}
