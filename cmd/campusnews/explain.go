package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"campusnews/archive"
	"campusnews/scraper"
)

// standingJSON is how an address stands, as status --url --json prints it.
type standingJSON struct {
	Site         string     `json:"site"`
	Key          string     `json:"key"`
	URL          string     `json:"url"`
	Role         string     `json:"role"` // in words
	Section      string     `json:"section"`
	Parent       string     `json:"parent"`
	State        string     `json:"state"`
	Depth        int        `json:"depth"`      // links from the start
	Priority     int        `json:"priority"`   // of the role; lower first
	Title        string     `json:"title"`      // as the list says
	Date         string     `json:"date"`       // ISO day, as the list says
	Due          *time.Time `json:"due"`        // null = not due
	Why          string     `json:"why"`        // by which rule
	HostWaits    *time.Time `json:"host_waits"` // its host asked to be left alone until then; null = it did not
	FirstSeen    time.Time  `json:"first_seen"`
	LastVisit    *time.Time `json:"last_visit"` // null = never
	Visits       int        `json:"visits"`
	Failures     int        `json:"failures"`
	MissingCount int        `json:"missing_count"`
	MissingSince *time.Time `json:"missing_since"` // null = not missing
	ETag         string     `json:"etag"`
	LastModified string     `json:"last_modified"`
	LastError    string     `json:"last_error"`
	Article      int64      `json:"article"` // 0 = none
	Running      int64      `json:"running"` // run that may have it in hand; 0 = none
	Captures     []int64    `json:"captures"`
	Rows         []rowJSON  `json:"rows"`
}

// rowJSON is a row of a list that led to an address.
type rowJSON struct {
	Section   string    `json:"section"`
	URL       string    `json:"url"`
	Title     string    `json:"title"`
	Date      string    `json:"date"`
	FirstSeen time.Time `json:"first_seen"`
}

// roleWords say what an address is looked at for.
var roleWords = map[scraper.Role]string{
	scraper.RoleHome: "home page or hub", scraper.RoleSection: "section's first page", scraper.RoleList: "older list page",
	scraper.RolePart: "further page of an article", scraper.RoleArticle: "article", scraper.RoleRevisit: "article, looked at again by age",
	scraper.RoleAsset: "file", scraper.RoleWalk: "article, looked at by the slow walk",
	scraper.RoleFeed: "feed or sitemap", scraper.RoleRequisite: "what pages need to be shown",
}

// roleOf says in words what a target is looked at for.
func roleOf(t scraper.Target) string {
	switch {
	case t.Role == scraper.RoleHome && t.Depth > 0 && t.State != scraper.StateKept:
		return "page that links lead to: a list, a hub or an article"
	case t.Role == scraper.RoleAsset && t.Parent == "":
		return "what the crawler asks for its own sake"
	}
	return roleWords[t.Role]
}

func (c *statusCommand) explain(ctx context.Context, w io.Writer, a *archive.Archive, now time.Time) error {
	list, err := a.Explain(ctx, c.url)
	if key := addressKey(c.url); errors.Is(err, archive.ErrNotFound) && key != "" {
		list, err = a.Explain(ctx, key)
	}
	if errors.Is(err, archive.ErrNotFound) {
		return hint(fmt.Errorf("address %s: %w", c.url, archive.ErrNotFound), "no run has met this address: no list, feed or article that was read names it, or it is out of the site's scope")
	}
	if err != nil {
		return err
	}
	for _, s := range list {
		if c.site != "" && s.Target.Site != c.site {
			continue
		}
		if c.json {
			enc := json.NewEncoder(w)
			enc.SetEscapeHTML(false)
			if err := enc.Encode(asStandingJSON(s)); err != nil {
				return err
			}
			continue
		}
		printStanding(w, s, now)
	}
	return nil
}

func printStanding(w io.Writer, s archive.Standing, now time.Time) {
	t := s.Target
	row := func(label, format string, args ...any) {
		fmt.Fprintf(w, "%-12s%s\n", label, printable(fmt.Sprintf(format, args...)))
	}
	row("address", "%s", t.URL)
	row("site", "%s", t.Site)
	row("key", "%s", t.Key)
	row("as", "%s (priority %d, lower first)", roleOf(t), int(t.Role))
	if t.Section != "" {
		row("section", "%s", t.Section)
	}
	if t.Parent != "" {
		row("named by", "%s", t.Parent)
	}
	if t.Depth > 0 {
		row("depth", "%s from the start", count(t.Depth, "link"))
	}
	for _, r := range s.Rows {
		row("list row", "%s", strings.Join(slices.DeleteFunc([]string{r.Section, r.Date, r.Title, r.URL}, func(s string) bool { return s == "" }), "  "))
	}
	row("state", "%s", t.State)
	row("first seen", "%s", minute(t.FirstSeen))
	if t.LastVisit.IsZero() {
		row("last visit", "never")
	} else {
		row("last visit", "%s, %s so far", minute(t.LastVisit), count(t.Visits, "answer"))
	}
	switch {
	case t.Due.IsZero():
		row("due", "not by itself")
	case !t.Due.After(now):
		row("due", "now (since %s)", minute(t.Due))
	default:
		row("due", "%s", minute(t.Due))
	}
	row("why", "%s", scraper.Why(t, s.Opened))
	if s.Waits.After(now) {
		row("host", "asked to be left alone until %s (Retry-After); nothing is asked of it before", minute(s.Waits.Add(time.Minute-1)))
	}
	if s.Running != 0 {
		row("in hand", "perhaps: run %d is at work on the site; who has what in hand ends with it", s.Running)
	}
	if t.Failures > 0 {
		row("failures", "%d in a row", t.Failures)
	}
	if t.MissingCount > 0 {
		row("missing", "%s, since %s", count(t.MissingCount, "time"), minute(t.MissingSince))
	}
	if t.LastError != "" {
		row("last error", "%s", t.LastError)
	}
	if t.ETag != "" || t.LastModified != "" {
		row("validators", "%s", strings.TrimSpace(t.ETag+" "+t.LastModified))
	}
	if s.Article != 0 {
		row("article", "%d", s.Article)
	}
	for _, x := range s.Captures {
		row("capture", "%d  %s  %s  status %d  %s", x.ID, minute(x.Started), x.Reason, x.Status, x.Profile)
		if x.Error != "" {
			row("", "%s", x.Error)
		}
	}
}

func asStandingJSON(s archive.Standing) standingJSON {
	t := s.Target
	out := standingJSON{
		Site: t.Site, Key: t.Key, URL: t.URL, Role: roleOf(t), Section: t.Section, Parent: t.Parent, State: string(t.State),
		FirstSeen: t.FirstSeen, Visits: t.Visits, Failures: t.Failures, MissingCount: t.MissingCount,
		ETag: t.ETag, LastModified: t.LastModified, LastError: t.LastError, Article: s.Article, Captures: []int64{}, Rows: []rowJSON{},
		Depth: t.Depth, Priority: int(t.Role), Title: t.Title, Date: t.Date, Why: scraper.Why(t, s.Opened), Running: s.Running,
	}
	for _, r := range s.Rows {
		out.Rows = append(out.Rows, rowJSON(r))
	}
	if !t.MissingSince.IsZero() {
		out.MissingSince = &t.MissingSince
	}
	if !t.Due.IsZero() {
		out.Due = &t.Due
	}
	if !s.Waits.IsZero() {
		out.HostWaits = &s.Waits
	}
	if !t.LastVisit.IsZero() {
		out.LastVisit = &t.LastVisit
	}
	for _, x := range s.Captures {
		out.Captures = append(out.Captures, x.ID)
	}
	return out
}
