package scraper

import (
	"strings"
	"testing"
	"time"
)

// Each rule that sets a due time is the one that Why names for it.
func TestWhy(t *testing.T) {
	opened := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	seen := opened.Add(20 * day)
	article := func(visited time.Duration) Target {
		a := Target{Key: "k", Role: RoleArticle, State: StateKept, FirstSeen: seen, LastVisit: seen.Add(visited)}
		a.Due, a.Role = afterKept(a.Key, born(a, opened), a.LastVisit)
		return a
	}
	missing := Target{Key: "k", Role: RoleRevisit, State: StateKept, FirstSeen: opened}
	twice := afterMissing(afterMissing(missing, seen), seen.Add(day))
	gone := twice
	for range 4 {
		gone = afterMissing(gone, gone.Due)
	}
	for name, tt := range map[string]struct {
		target Target
		want   string
	}{
		"just fetched":    {article(0), "at the age of 1 day, counted from when it was first seen"},
		"a week old":      {article(5 * day), "at the age of 7 days"},
		"old":             {article(40 * day), "slow walk comes by about every 180 days"},
		"out of turn":     {func() Target { a := article(40 * day); a.Due = a.LastVisit.Add(day); return a }(), "out of turn"},
		"new":             {Target{Role: RoleArticle, State: StateNew, Due: seen}, "not fetched yet"},
		"page 1":          {Target{Role: RoleSection, State: StateKept, Due: seen}, "every run looks"},
		"hub":             {Target{Role: RoleHome, Depth: 1, State: StateKept, Due: seen}, "about every 30 days"},
		"older list page": {Target{Role: RoleList, State: StateKept}, "older pages of a list"},
		"file":            {Target{Role: RoleAsset, State: StateKept}, "a file is fetched once"},
		"failed":          {Target{Role: RoleArticle, State: StateFailed, Failures: 3, Due: seen}, "failed 3 times in a row; asked for again after 30 minutes"},
		"missing":         {twice, "answered 2 times in a row that it is not there, since 2026-01-21; looked at 1, 3, 7, 14 days after"},
		"gone":            {gone, "slow walk still comes by"},
		"dated": {func() Target {
			a := Target{Key: "k", Role: RoleArticle, State: StateKept, FirstSeen: opened.Add(day), LastVisit: opened.Add(day), Date: "2025-12-31"}
			a.Due, a.Role = afterKept(a.Key, born(a, opened), a.LastVisit)
			return a
		}(), "counted from its date, 2025-12-31"},
		"refused by the server": {(planner{now: seen}).make(Target{Role: RoleArticle, Depth: 1, State: StateNew}, look{outcome: outcomeBlocked, why: "403 Forbidden"}).target, "refused by the server, failed once in a row; asked for again after 12 hours"},
		"too large":             {(planner{now: seen}).make(Target{Key: "k", Role: RoleArticle, Depth: 1, State: StateNew}, look{outcome: outcomeFailed, tooLarge: true}).target, "larger than what is kept"},
		"home fails":            {(planner{now: seen}).make(Target{Role: RoleHome, State: StateKept}, look{outcome: outcomeFailed}).target, "every run tries again"},
		"home is not there":     {(planner{now: seen}).make(Target{Role: RoleHome, State: StateKept}, look{outcome: outcomeMissing}).target, "since 2026-01-21; where a list begins every run tries again"},
		"home is forbidden":     {(planner{now: seen}).make(Target{Role: RoleHome, State: StateNew}, look{outcome: outcomeRefused}).target, "every run looks whether"},
		"never there":           {afterMissing(Target{Key: "k", Role: RoleArticle, Depth: 1, State: StateNew, LastVisit: seen}, seen), "14 days after the first, and then seldom"},
		"found, not fetched":    {Target{Key: "k", Role: RoleHome, Depth: 1, State: StateNew, Due: seen, FirstSeen: seen}, "not fetched yet"},
		"no sitemap":            {(planner{now: seen}).make(Target{Key: "k", Role: RoleFeed, Depth: 1, State: StateNew}, look{outcome: outcomeMissing}).target, "looked for again about every 30 days"},
		"robots.txt":            {Target{Role: RoleAsset, URL: "http://n.example/robots.txt", State: StateKept}, "by each run"},
		"robots.txt later":      {Target{Role: RoleAsset, URL: "http://n.example/robots.txt", State: StateKept, Due: seen}, "asked to be left alone until then"},
		"made up":               {Target{Key: absentKey("n.example"), Role: RoleAsset, State: StateMissing}, "once a week at most"},
		"counter":               {Target{Key: "http://n.example" + clicksPath + "?owner=1", Role: RoleRequisite, State: StateFailed}, "a click counter"},
		"refused":               {Target{Role: RoleArticle, State: StateRefused, Due: seen}, "robots.txt or the scope"},
		"twin":                  {Target{Role: RoleRevisit, State: StateKept, LastVisit: seen}, "another address"},
		"noted by sitemap":      {Target{Role: RoleArticle, State: StateNew}, "nothing asks for it"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Why(tt.target, opened); !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q in it", got, tt.want)
			}
		})
	}
}
