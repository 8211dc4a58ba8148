package scraper

import (
	"context"
	"time"

	"campusnews/extract"
)

// follows says whether a run goes after the links of all pages: when told to, or where it
// has to find everything by itself and no list, feed or sitemap has led it anywhere.
func (r *run) follows() bool { return r.cfg.Follow || r.undecided() }

// undecided says that nothing has been found so far that tells where articles are.
func (r *run) undecided() bool { return r.discovers() && !r.led }

// leads says whether a target as it stands now is a list, feed or sitemap that was there.
func leads(t Target) bool {
	return (t.Role == RoleSection || t.Role == RoleFeed) && (t.State == StateKept || t.State == StateMissing)
}

// follow adds to a plan the pages in scope that a page links to, up to MaxDepth from where the run began.
// Traps are bounded as elsewhere, by shape; each address is one target, whoever links to it.
func (r *run) follow(ctx context.Context, l look, before time.Time, p planner, pl *plan, v *Visit) error {
	if leads(pl.target) {
		r.led = true
	}
	t := pl.target
	if !p.follow || !r.follows() || isFileRole(t.Role) || t.Role == RoleFeed || t.Role == RolePart || p.endless {
		return nil
	}
	if l.outcome != outcomeKept && l.outcome != outcomeUnchanged {
		return nil
	}
	unknown := pl.unknown
	if l.outcome == outcomeKept && t.Depth < p.maxDepth && l.result != nil {
		links, err := r.linked(ctx, l, t, v)
		if err != nil {
			return err
		}
		for _, link := range links {
			v.Found = append(v.Found, Target{
				Site: t.Site, Key: r.reader.Key(link.URL), URL: link.URL, Role: RoleArticle, Parent: t.URL, Depth: t.Depth + 1,
				Title: link.Text, State: StateNew, Due: r.start, FirstSeen: v.Time,
			})
		}
		n, err := r.unknownOf(ctx, links)
		if err != nil {
			return err
		}
		r.report.Followed += n
		unknown += n
	}
	s := r.shapes[shapeOf(t.URL)]
	lost := s != nil && !s.good && s.vain > endlessAfter // one of many that lead nowhere waits as any page does
	if t.Role == RoleHome && t.Depth > 0 && !lost {
		v.Target.Due = p.now.Add(hubWait(t.Key, before, p.now, unknown))
	}
	return nil
}

// linked gives the links of a page that are to be followed and that no page of this run has named.
func (r *run) linked(ctx context.Context, l look, t Target, v *Visit) (links []extract.Link, err error) {
	var all []extract.Link
	r.outside(func() { all = extract.Links(l.page) })
	named := make(map[string]bool) // what the plan knows better: rows, parts of an article, the navigation
	for _, targets := range [][]Target{v.Found, v.Again} {
		for _, f := range targets {
			named[r.reader.Key(f.URL)] = true
		}
	}
	pager := "" // what shape a list's other pages have: its walk asks for them in order
	if l.result.Kind == extract.KindList && l.result.Listing.Next != "" {
		pager = shapeOf(l.result.Listing.Next)
	}
	for _, link := range all {
		link.URL = withoutFragment(link.URL)
		key := r.reader.Key(link.URL)
		shape := shapeOf(link.URL)
		if named[key] || r.linkedTo[key] || key == t.Key || isFile(link.URL) || !r.scope.has(link.URL) || isPager(link.Text) || shape == pager {
			continue
		}
		if s := r.shapes[shape]; s != nil && !s.good && s.vain >= trapAfter {
			continue
		}
		named[key] = true
		if len(r.linkedTo) < maxFresh && t.Depth == 0 {
			r.linkedTo[key] = true
		}
		links = append(links, link)
	}
	return links, ctx.Err()
}

// unknownOf counts the links that lead to what the frontier does not know.
func (r *run) unknownOf(ctx context.Context, links []extract.Link) (int, error) {
	keys := make([]string, 0, len(links))
	for _, link := range links {
		keys = append(keys, r.reader.Key(link.URL))
	}
	known, err := r.known(ctx, keys)
	return len(keys) - len(known), err
}

// hubWait is how long a page that is followed from, and is no article, waits for its next visit: a day at
// first, half as long as last time when it brought something, twice as long when not, and a month at most.
func hubWait(key string, before, now time.Time, unknown int) time.Duration {
	wait := day
	switch {
	case before.IsZero():
	case unknown > 0:
		wait = max(day, now.Sub(before)/2)
	default:
		wait = max(day, 2*now.Sub(before))
	}
	return min(wait-revisitSlack, spread(key, rareVisit))
}
