package memento

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
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

// around is how many captures on either side of a moment are looked at: so many answers of one address within one second, a
// redirect to itself or a retry, are told apart.
const around = 8

// A placed capture is one whose address is known.
type placed struct {
	archive.Capture
	number int64 // its ID where its second leads to another capture of that second; 0 = the second says enough
}

// suffix follows the second in the capture's address.
func (p placed) suffix() string {
	if p.number == 0 {
		return ""
	}
	return "-" + strconv.FormatInt(p.number, 10)
}

// place finds how a capture is addressed among those around it.
func place(c archive.Capture, list []archive.Capture, address string) placed {
	return beside(c, bestOf(c.Started, list, address))
}

// bestOf gives the ID of the capture to which a second leads; 0 = none of the list.
func bestOf(second time.Time, list []archive.Capture, address string) int64 {
	best := archive.Capture{}
	for _, c := range list {
		if sameSecond(c.Started, second) && !toOtherScheme(c, address) && (best.ID == 0 || nearer(c, best, second)) {
			best = c
		}
	}
	return best.ID
}

// beside places a capture to whose second another may lead.
func beside(c archive.Capture, best int64) placed {
	if best == c.ID {
		return placed{c, 0}
	}
	return placed{c, c.ID}
}

// toOtherScheme says that a capture is the redirect from http to https, or back: these are one address here, so it would lead to itself.
func toOtherScheme(c archive.Capture, address string) bool {
	return redirects(c) && strings.HasPrefix(c.URL, "https:") != strings.HasPrefix(address, "https:")
}

// A found capture and its neighbours in time.
type found struct {
	capture        placed
	previous, next placed // ID 0 = none
}

// names says that the query is the very address of a capture.
func (q query) names(p placed) bool {
	return q.whole && sameSecond(p.Started, q.at) && q.number == p.number
}

// asked finds the capture that a request names: the one with its number, if that is of its second, else the nearest.
func (h *Handler) asked(ctx context.Context, q query, part bool) (found, error) {
	return h.nearest(ctx, q.address, q.at, q.number, part)
}

// near finds the capture of an address that is nearest to a moment; of several within its second the
// best answer, and for a part of a page the nearest good answer before any other. The error may be archive.ErrNotFound.
func (h *Handler) near(ctx context.Context, address string, at time.Time, part bool) (found, error) {
	return h.nearest(ctx, address, at, 0, part)
}

func (h *Handler) nearest(ctx context.Context, address string, at time.Time, number int64, part bool) (found, error) {
	if at.IsZero() {
		at = endOfTime
	}
	end := at.Truncate(time.Second).Add(time.Second - time.Millisecond)
	before, after, err := h.a.CapturesNear(ctx, spellings(address), end, around)
	if err != nil {
		return found{}, err
	}
	list := slices.DeleteFunc(append(before, after...), func(c archive.Capture) bool { return c.ID != number && toOtherScheme(c, address) })
	best := slices.IndexFunc(list, func(c archive.Capture) bool { return c.ID == number && sameSecond(c.Started, at) })
	named := best >= 0
	for i, c := range list {
		switch {
		case named:
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
	f := found{capture: place(list[best], list, address)}
	if best > 0 {
		f.previous = place(list[best-1], list, address)
	}
	if best+1 < len(list) {
		f.next = place(list[best+1], list, address)
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
func (h *Handler) follow(ctx context.Context, address string, c placed, part bool) (_ string, _ placed, target string, dead bool, err error) {
	seen := map[int64]bool{c.ID: true}
	for range maxHops {
		head, err := h.head(ctx, c.Capture)
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
		if isMissing(err) || err == nil && seen[f.capture.ID] {
			return "", c, next, true, nil
		}
		if err != nil {
			return "", c, "", false, err
		}
		seen[f.capture.ID] = true
		if c, address = f.capture, next; !redirects(c.Capture) {
			return address, c, "", false, nil
		}
	}
	return "", c, address, true, nil
}

// eachOf calls each for every capture of an address, as archive.EachCaptureOf does. In memory are those of one second.
func (h *Handler) eachOf(ctx context.Context, address string, each func(placed) error) error {
	var second []archive.Capture
	flush := func() error {
		if len(second) == 0 {
			return nil
		}
		best := bestOf(second[0].Started, second, address)
		for _, c := range second {
			if err := each(beside(c, best)); err != nil {
				return err
			}
		}
		second = second[:0]
		return nil
	}
	err := h.a.EachCaptureOf(ctx, spellings(address), func(c archive.Capture) error {
		if len(second) > 0 && !sameSecond(second[0].Started, c.Started) {
			if err := flush(); err != nil {
				return err
			}
		}
		second = append(second, c)
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}
