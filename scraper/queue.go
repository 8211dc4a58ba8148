package scraper

import (
	"context"
	"errors"
	"slices"
)

// next leases the target to look at next: by the order of roles, or, in a run
// with a limit, articles as soon as there are any.
func (r *run) next(ctx context.Context) (Target, error) {
	if r.feedsLeft && !r.report.Limited && len(r.cfg.Sections) == 0 {
		t, err := r.store.Next(ctx, Query{Site: r.cfg.Site.ID, Now: r.start, Roles: []Role{RoleFeed}})
		if !errors.Is(err, ErrNoneDue) {
			return t, err
		}
		r.feedsLeft = false // until something names another
	}
	for _, q := range r.queries() {
		t, err := r.store.Next(ctx, q)
		if !errors.Is(err, ErrNoneDue) {
			return t, err
		}
	}
	return Target{}, ErrNoneDue
}

// again gives a failure of this run that may be tried once more, when its time has come.
func (r *run) again(ctx context.Context) (Target, error) {
	for len(r.retries) > 0 {
		again := r.retries[0]
		r.retries = r.retries[1:]
		r.busy++
		err := error(nil)
		if wait := again.due.Sub(r.cfg.Now()); wait > 0 {
			r.outside(func() { err = r.cfg.Sleep(ctx, min(wait, retryWithin)) })
		}
		r.busy--
		if err != nil {
			return Target{}, err
		}
		t, ok, err := r.store.Lookup(ctx, r.cfg.Site.ID, again.key)
		if err != nil {
			return Target{}, err
		}
		if ok && t.Failures > 0 {
			delete(r.given, t.Key)
			return t, nil
		}
	}
	return Target{}, ErrNoneDue
}

// queries gives what to ask the store for, in order.
func (r *run) queries() []Query {
	articles := []Role{RolePart, RoleArticle}
	rest := []Role{RoleAsset}
	if r.cfg.Revisit != RevisitNone {
		rest = append(rest, RoleRevisit)
	}
	if r.cfg.Revisit == RevisitAll && r.walked < r.cfg.WalkPages {
		rest = append(rest, RoleWalk)
	}
	if r.cfg.Requisites && len(r.cfg.Sections) == 0 { // they belong to no section
		rest = append(rest, RoleRequisite)
	}
	q := Query{Site: r.cfg.Site.ID, Now: r.start}
	var phases [][]Role
	switch {
	case r.report.Limited: // what the articles taken in still lack
		phases = [][]Role{{RolePart, RoleAsset}}
	case r.cfg.Limit > 0 || r.cfg.Budget > 0: // long lists must not take it all
		phases = [][]Role{{RoleSection}, articles, {RoleHome}, {RoleList}, rest}
		if r.undecided() { // whether articles' links are followed depends on what the hubs lead to
			phases = [][]Role{{RoleHome, RoleSection}, articles, {RoleList}, rest}
		}
	default:
		phases = [][]Role{append(append([]Role{RoleHome, RoleSection, RoleList}, articles...), rest...)}
	}
	if len(r.cfg.Sections) > 0 && !r.report.Limited {
		// Pages without a section yet are read whatever sections are asked for.
		phases = slices.Insert(phases, 0, []Role{RoleHome})
	}
	var qs []Query
	for i, roles := range phases {
		if r.ahead > 0 {
			last := RoleList
			if r.freely() {
				last = RoleArticle
			}
			roles = slices.DeleteFunc(roles, func(role Role) bool { return role > last })
			if len(roles) == 0 {
				continue
			}
		}
		q := q
		q.Roles = roles
		if i > 0 || r.report.Limited {
			q.Sections = r.cfg.Sections
		}
		qs = append(qs, q)
	}
	return qs
}

// freely says that articles need not wait for the lists that others are at: what to look for is certain, and the server
// is asked without delay, so that it would stand idle while each page of a list is read and stored before the next of it is known.
// A list that is due goes before an article in any case.
func (r *run) freely() bool {
	return r.hubs == 0 && !r.undecided() && r.pacer.gapOf(hostOf(r.cfg.Site.Home)) == 0
}
