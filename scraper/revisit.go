package scraper

import (
	"hash/fnv"
	"time"
)

const day = 24 * time.Hour

// revisitAges are the ages at which an article is looked at again. Simulated
// over 60 days of edits that decay with a time constant of five days, these six
// saw 80 % of all edits for 120 requests a day; fifteen ages saw 86 % for 300.
var revisitAges = []time.Duration{1 * day, 2 * day, 4 * day, 7 * day, 14 * day, 30 * day}

// revisitSlack is how much early a revisit may be, so that a daily run that
// starts some minutes sooner than yesterday's does not put it off by a day.
const revisitSlack = 2 * time.Hour

// walkEvery is about how often the slow walk comes by; addresses are spread
// over half to one and a half times of it so that a first crawl does not echo.
const walkEvery = 180 * day

// afterKept says when a kept article is looked at next, and as what: an article
// born at born and visited at now.
func afterKept(key string, born, now time.Time) (due time.Time, role Role) {
	for _, age := range revisitAges {
		if due := born.Add(age - revisitSlack); due.Sub(now) > revisitSlack {
			return due, RoleRevisit
		}
	}
	return now.Add(spread(key, walkEvery)), RoleWalk
}

// spread gives a duration between half and one and a half times d that depends
// on key alone.
func spread(key string, d time.Duration) time.Duration {
	h := fnv.New32a()
	h.Write([]byte(key))
	return d/2 + time.Duration(float64(d)*float64(h.Sum32())/(1<<32))
}

// settledAfter is how long after a site was first looked at its lists are taken
// to have been read: what is found later has newly appeared, whatever its date.
const settledAfter = 7 * day

// born says when an article was born as far as ages go: the day that is stated
// for it. It is when it was first seen if none is stated, or one in the future, or if it
// appeared after the site had been settled: an old date on it is then only its dress. opened is
// when the site was first looked at.
func born(t Target, opened time.Time) time.Time {
	if t.FirstSeen.Sub(opened) > settledAfter {
		return t.FirstSeen
	}
	if d, err := time.ParseInLocation(time.DateOnly, dayOf(t.Date), beijing); err == nil && d.Before(t.FirstSeen) {
		return d.UTC()
	}
	return t.FirstSeen
}

// beijing is the zone of every date on the pages (CMS survey: no page states another).
var beijing = time.FixedZone("UTC+8", 8*60*60)

// dayOf cuts an ISO date or time to its day.
func dayOf(iso string) string {
	if len(iso) >= len(time.DateOnly) {
		return iso[:len(time.DateOnly)]
	}
	return ""
}

// backoff gives the least time until the next attempt after n failures in a
// row: a minute, five, half an hour, three hours, a day, three days, then a week.
func backoff(failures int) time.Duration {
	steps := []time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 3 * time.Hour, day, 3 * day, 7 * day}
	if failures < 1 {
		failures = 1
	}
	return steps[min(failures, len(steps))-1]
}

// goneAfter and goneVisits: an article is gone when it was missing at this many
// visits over at least this long. A dead page is one that answers 404 for two
// weeks (the rule of the EDGI web monitoring project).
const (
	goneAfter  = 14 * day
	goneVisits = 3
)

// missingAges are the times after the first 404 at which one looks again.
var missingAges = []time.Duration{1 * day, 3 * day, 7 * day, goneAfter}

// afterMissing gives the target after one more answer that says "not here":
// missing, or gone when that was often and long enough. A target that was never
// kept is failed rather than missing, and is looked at by the same times.
func afterMissing(t Target, now time.Time) Target {
	if t.MissingSince.IsZero() {
		t.MissingSince, t.MissingCount = now, 0
	}
	t.MissingCount++
	kept := t.State == StateKept || t.State == StateMissing || t.State == StateGone
	since := now.Sub(t.MissingSince)
	over := since >= goneAfter && t.MissingCount >= goneVisits
	switch {
	case kept && over:
		t.State = StateGone
	case kept:
		t.State = StateMissing
	default:
		t.State = StateFailed
	}
	if over {
		t.Due = now.Add(spread(t.Key, walkEvery))
		t.Role = walkRole(t.Role)
		return t
	}
	for _, age := range missingAges {
		if age > since+revisitSlack {
			t.Due = t.MissingSince.Add(age)
			return t
		}
	}
	t.Due = now.Add(day) // long enough, but not often enough
	return t
}

// walkRole gives the role of a page that is from now on only walked by; lists
// and hubs keep theirs.
func walkRole(r Role) Role {
	if r == RoleArticle || r == RoleRevisit {
		return RoleWalk
	}
	return r
}
