package scraper

import (
	"fmt"
	"strings"
	"time"
)

// Why says in words why a target is due when it is: by which rule of its role, its age, its
// failures or its 404s. opened is when its site was first looked at, as Opened finds it.
func Why(t Target, opened time.Time) string {
	var wait time.Duration
	if !t.LastVisit.IsZero() {
		wait = t.Due.Sub(t.LastVisit)
	}
	seed := t.Depth == 0 && (t.Role == RoleHome || t.Role == RoleSection || t.Role == RoleFeed)
	switch {
	case isRobots(t) && !t.Due.IsZero():
		return "its host asked to be left alone until then (Retry-After): nothing is asked of it before, and robots.txt first"
	case isRobots(t):
		return "robots.txt is asked for by each run that asks its host for anything, and again after a day"
	case strings.HasPrefix(t.Key, absentPrefix):
		return "a made-up address: asked for to learn how the host says that nothing is there, once a week at most"
	case strings.Contains(t.Key, clicksPath):
		return "a click counter is asked by runs that are told to, for each article every " + days(clicksEvery) + " at most"
	case seed && t.Failures > 0:
		return fmt.Sprintf("failed %s in a row; where a list begins every run tries again", times(t.Failures))
	case seed && t.MissingCount > 0:
		return fmt.Sprintf("answered %s in a row that it is not there, since %s; where a list begins every run tries again", times(t.MissingCount), t.MissingSince.Format(time.DateOnly))
	case seed && t.State == StateRefused:
		return "robots.txt or the scope forbids it; where a list begins every run looks whether it still does"
	case t.State == StateRefused:
		return "robots.txt or the scope forbids it; that is looked at again about every " + days(rareVisit)
	case t.Failures > 0 && wait >= walkEvery/2-time.Hour:
		return "larger than what is kept; asked for again about every " + days(walkEvery)
	case t.Failures > 0 && wait > backoff(t.Failures) && wait == day/2:
		return fmt.Sprintf("refused by the server, failed %s in a row; asked for again after 12 hours or what the server asks", times(t.Failures))
	case t.Failures > 0:
		return fmt.Sprintf("failed %s in a row; asked for again after %s or what the server asks, whichever is later", times(t.Failures), words(backoff(t.Failures)))
	case t.MissingCount > 0 && (t.Role == RoleRequisite || t.Role == RoleFeed && t.State == StateFailed):
		return fmt.Sprintf("answered %s in a row that it is not there, since %s; looked for again about every %s", times(t.MissingCount), t.MissingSince.Format(time.DateOnly), days(rareVisit))
	case t.MissingCount > 0:
		return whyMissing(t)
	case t.Role == RoleFeed && t.State == StateKept:
		if t.Depth > 1 {
			return "a sitemap of an index is read when the index says that it changed, and every week, or day while it brings unknown addresses"
		}
		return "a feed or sitemap is read by every run"
	case t.Role == RoleSection || t.Role == RoleHome && t.Depth == 0:
		return "where a list begins every run looks"
	case t.Role == RoleHome && t.State == StateKept && t.Due.Sub(t.LastVisit) < rareVisit/2:
		return "links are followed from it: it is looked at the more often the more it brings, daily to monthly"
	case t.Role == RoleHome && t.State != StateNew:
		return "a page that is neither list nor article is looked at about every " + days(rareVisit) + ": it may become one"
	case t.Role == RoleList && t.Due.IsZero():
		return "older pages of a list are asked for while page 1 leads on to unknown articles, or to find what changed deep inside"
	case t.Role == RoleAsset && t.State == StateKept:
		return "a file is fetched once"
	case t.Role == RoleRequisite && t.State == StateKept:
		return "what pages need to be shown is looked at about every " + days(walkEvery)
	case t.State == StateNew && t.Due.IsZero():
		return "known, but nothing asks for it"
	case t.State == StateNew && t.LastVisit.IsZero() && t.Due.Sub(t.FirstSeen) > time.Hour:
		return fmt.Sprintf("not fetched yet: a sitemap named more addresses than the %d that are taken in a day, newest first", mapDaily)
	case t.State == StateNew && t.LastVisit.IsZero():
		return "not fetched yet"
	case t.Due.IsZero():
		return "another address of the same article is looked at in its place"
	}
	return whyAgain(t, opened)
}

// whyMissing explains the visits after a 404.
func whyMissing(t Target) string {
	since := fmt.Sprintf("answered %s in a row that it is not there, since %s", times(t.MissingCount), t.MissingSince.Format(time.DateOnly))
	if t.Due.Sub(t.MissingSince) > goneAfter+2*day {
		return since + "; the slow walk still comes by"
	}
	var ages []string
	for _, age := range missingAges {
		ages = append(ages, fmt.Sprint(int(age/day)))
	}
	then := "gone"
	if t.State == StateFailed { // it never was there
		then = "seldom"
	}
	return fmt.Sprintf("%s; looked at %s days after the first, and then %s", since, strings.Join(ages, ", "), then)
}

// whyAgain explains when an article that is there is looked at next.
func whyAgain(t Target, opened time.Time) string {
	born := born(t, opened)
	for _, age := range revisitAges {
		if t.Due.Equal(born.Add(age - revisitSlack).Truncate(time.Millisecond)) {
			from := "its date, " + born.In(beijing).Format(time.DateOnly)
			if born.Equal(t.FirstSeen) {
				from = "when it was first seen"
			}
			return fmt.Sprintf("looked at again at the age of %s, counted from %s", days(age), from)
		}
	}
	switch {
	case t.Due.Sub(t.LastVisit) > walkEvery/2-day:
		return fmt.Sprintf("older than %s: the slow walk comes by about every %s", days(revisitAges[len(revisitAges)-1]), days(walkEvery))
	case t.Due.After(t.LastVisit):
		return "a list or feed gave reason to look at it out of turn: its row vanished, or it says that it changed"
	}
	return "looked at again by age"
}

func days(d time.Duration) string {
	if d == day {
		return "1 day"
	}
	return fmt.Sprintf("%d days", d/day)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// span writes a time without what is zero at its end: 1h, 2m30s.
func span(d time.Duration) string {
	text := d.Round(time.Second).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// words writes a step of backoff.
func words(d time.Duration) string {
	switch {
	case d >= day:
		return days(d)
	case d >= time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	case d == time.Minute:
		return "1 minute"
	}
	return fmt.Sprintf("%d minutes", d/time.Minute)
}
