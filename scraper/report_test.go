package scraper

import (
	"testing"
	"time"

	"campusnews/extract"
)

// Only new articles of the last year and the first pages of lists are held
// against other runs.
func TestReportCountsDrift(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	article := func(published string) *extract.Result {
		return &extract.Result{Kind: extract.KindArticle, System: "vsb", Article: &extract.Article{
			Title: "题目", Published: published, Provenance: map[string]string{"title": "vsb/title[0]"},
		}}
	}
	list := &extract.Result{Kind: extract.KindList, Listing: &extract.Listing{Items: []extract.Item{{URL: "http://a/1", Title: "题目", Date: "2026-11-22"}}}}
	tests := map[string]struct {
		visit           Visit
		articles, lists int
	}{
		"new, now old enough for the walk": {Visit{Target: Target{Role: RoleWalk, Date: "2026-01-02"}, Reason: ReasonNew, Result: article("")}, 1, 0},
		"part":                             {Visit{Target: Target{Role: RolePart}, Reason: ReasonNew, Result: article("2026-11-22")}, 0, 0},
		"new":                              {Visit{Target: Target{Role: RoleRevisit}, Reason: ReasonNew, Result: article("2026-11-22")}, 1, 0},
		"new, no date anywhere":            {Visit{Target: Target{Role: RoleArticle}, Reason: ReasonNew, Result: article("")}, 1, 0},
		"new, old by its page":             {Visit{Target: Target{Role: RoleArticle, Date: "2026-11-22"}, Reason: ReasonNew, Result: article("2016-07-22T09:30:00+08:00")}, 0, 0},
		"new, old by its list":             {Visit{Target: Target{Role: RoleArticle, Date: "2016-07-22"}, Reason: ReasonNew, Result: article("")}, 0, 0},
		"new, but no article":              {Visit{Target: Target{Role: RoleArticle, Date: "2026-11-22"}, Reason: ReasonNew, Result: &extract.Result{Kind: extract.KindOther}}, 1, 0},
		"revisit":                          {Visit{Target: Target{Role: RoleArticle}, Reason: ReasonRevisit, Result: article("2026-11-22")}, 0, 0},
		"not modified or no answer":        {Visit{Target: Target{Role: RoleArticle}, Reason: ReasonNew}, 0, 0},
		"first page of a list":             {Visit{Target: Target{Role: RoleSection}, Reason: ReasonList, Result: list}, 0, 1},
		"older page of a list":             {Visit{Target: Target{Role: RoleList}, Reason: ReasonList, Result: list}, 0, 0},
		"attachment":                       {Visit{Target: Target{Role: RoleAsset}, Reason: ReasonAsset, Result: article("2026-11-22")}, 0, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newReport("s", now, 0)
			tt.visit.Time = now
			r.settle(tt.visit, Change{})
			if r.Drift.Articles.Pages != tt.articles || r.Drift.Lists.Pages != tt.lists {
				t.Errorf("got %d articles, %d lists, want %d, %d", r.Drift.Articles.Pages, r.Drift.Lists.Pages, tt.articles, tt.lists)
			}
		})
	}
}
