package scraper

import (
	"context"
	"errors"
	"maps"
	"time"

	"campusnews/extract"
)

// stop notes in the report that a host is left alone. Hosts that only serve images
// of others are no part of the site.
func (r *run) stop(address, why string) {
	if r.scope.hasHost(address) {
		r.report.Stopped[hostOf(address)] = why
	}
}

// visit looks at a leased target and saves what came of it.
func (r *run) visit(ctx context.Context, t Target) error {
	t = r.asNamed(t)
	if t.Role.names() && r.given[t.Key] {
		// Only a clock that stands still or a store that forgets brings us here.
		t.Due = r.cfg.Now().UTC().Add(time.Hour)
		_, err := r.save(ctx, Visit{Target: t, Reason: ReasonList, Time: r.cfg.Now().UTC()})
		return err
	}
	if isRobots(t) {
		if err := r.waited(ctx, t); err != nil {
			return errors.Join(err, r.release(ctx, t))
		}
		return nil
	}
	if t.Role == RoleFeed {
		r.outside(func() { r.feeding <- struct{}{} }) // whoever is at one ends by himself when the run is to end
		defer func() { <-r.feeding }()
	}
	if r.notAsked(t) {
		return r.park(ctx, t)
	}
	reason := reasonFor(t)
	l, err := r.trapped(t), error(nil)
	if !l.trap {
		l, err = r.lookAt(ctx, t)
	}
	if err != nil {
		return errors.Join(err, r.release(ctx, t))
	}
	r.throughOtherDoor(t, &l)
	if t.Role == RoleFeed {
		l.page.Body = nil // up to 50 MB; what is kept of it stands in the exchanges
		if l.result != nil && l.result.Listing != nil && len(l.result.Listing.Items) > manyItems {
			defer collectOften()()
		}
	}
	r.learnShape(t, l)
	if l.outcome == outcomePostponed && isFileRole(t.Role) {
		// Hosts of old pictures die. Their files must not stand in the way of others'.
		l.outcome = outcomeFailed
		l.wait = max(l.wait, day)
	}
	if l.outcome == outcomePostponed && len(l.exchanges) == 0 {
		r.report.Postponed++
		if err := r.park(ctx, t); err != nil {
			return err
		}
		r.tell(Visit{Target: t, Reason: reason}, l, Change{})
		return nil
	}
	if t.Role.names() {
		r.given[t.Key] = true
	}
	if t.Role == RoleWalk {
		r.walked++
	}
	p, err := r.planner(ctx, t, l)
	if err != nil {
		return errors.Join(err, r.release(ctx, t))
	}
	pl := p.make(t, l)
	v := Visit{
		Target: pl.target, Reason: reason, Time: p.now, Exchanges: l.exchanges, Result: l.result,
		Listed: pl.listed, Found: pl.found, Again: pl.again,
	}
	if err := r.watch(ctx, l, &pl, &v); err != nil {
		return errors.Join(err, r.release(ctx, t))
	}
	if err := r.follow(ctx, l, t.LastVisit, p, &pl, &v); err != nil {
		return errors.Join(err, r.release(ctx, t))
	}
	r.requisites(l, &pl, &v)
	if err := r.changed(ctx, l, t.LastVisit, p, &v); err != nil {
		return errors.Join(err, r.release(ctx, t))
	}
	if t.Role == RoleFeed && isFeed(l.result) && l.result.Listing.Source == extract.SourceSitemap {
		l.result.Listing.Items = nil // up to 50,000; all that is kept of them stands in Found and Again
	}
	// What has been fetched is kept, even if the run has been told to stop meanwhile.
	saveCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveDeadline)
	defer cancel()
	change, err := r.save(saveCtx, v)
	if err != nil {
		return err
	}
	r.account(v, l, pl, change)
	return nil
}

// notAsked says whether a new article is of a time that this run is not to bring any of: an earlier run has left it due, or a page that
// names no dates has named it before a list did.
func (r *run) notAsked(t Target) bool {
	if t.Role != RoleArticle || !t.LastVisit.IsZero() || t.Date == "" {
		return false
	}
	return !r.cfg.Since.IsZero() && t.Date < r.cfg.Since.In(beijing).Format(time.DateOnly) ||
		!r.cfg.Until.IsZero() && t.Date > r.cfg.Until.In(beijing).Format(time.DateOnly)
}

// save stores a visit while the other workers go on.
func (r *run) save(ctx context.Context, v Visit) (change Change, err error) {
	NoteWaits(&v, r.reader.Key)
	r.outside(func() { change, err = r.store.Save(ctx, v) })
	return change, err
}

// planner gathers what a plan has to know.
func (r *run) planner(ctx context.Context, t Target, l look) (planner, error) {
	p := planner{
		site: r.cfg.Site.ID, now: r.cfg.Now().UTC(), opened: r.opened, start: r.start, full: r.cfg.Full,
		discover: len(r.cfg.Site.Sections) == 0, maxDepth: r.cfg.MaxDepth, inScope: r.scope.has, isAsset: r.scope.hasAsset, key: r.reader.Key,
		discoverFeeds: r.discovers(), lastVisit: t.LastVisit, taken: r.taken, hasHost: r.scope.hasHost,
		follow: r.follows(), fromFeeds: r.cfg.Follow,
	}
	if !r.cfg.Since.IsZero() {
		p.since = r.cfg.Since.In(beijing).Format(time.DateOnly)
	}
	if !r.cfg.Until.IsZero() {
		p.until = r.cfg.Until.In(beijing).Format(time.DateOnly)
	}
	if l.result == nil {
		return p, nil
	}
	if p.since != "" && t.Role == RoleList && t.Deep {
		first, ok, err := r.store.Lookup(ctx, r.cfg.Site.ID, r.reader.Key(t.Parent))
		if err != nil {
			return p, err
		}
		p.fromStart = ok && first.Deep
	}
	items := l.result.ItemLinks
	if l.result.Listing != nil {
		items = l.result.Listing.Items
	}
	keys := make([]string, 0, len(items))
	for _, it := range items {
		keys = append(keys, r.keyOf(it))
	}
	if t.Role == RoleFeed {
		var err error
		p.known, err = r.known(ctx, keys)
		return p, err
	}
	if l.result.Kind == extract.KindList {
		p.endless = r.endless(t, l.result.Listing.Items)
	}
	if l.result.Kind == extract.KindList && (t.Role == RoleSection || t.Role == RoleList) {
		p.repeated = r.turn(t, keys)
	}
	if len(keys) == 0 {
		return p, nil
	}
	var err error
	if p.known, err = r.store.Known(ctx, r.cfg.Site.ID, keys); err != nil {
		return p, err
	}
	p.met = maps.Clone(p.known)
	for _, key := range keys {
		if r.fresh[key] {
			delete(p.known, key)
		}
	}
	return p, nil
}

// account brings a saved visit into the report, and a failure onto the list of retries.
func (r *run) account(v Visit, l look, pl plan, change Change) {
	r.report.count(v)
	r.report.settle(v, change)
	r.report.Outside += pl.outside
	t := v.Target
	r.taken += pl.taken
	r.feedsLeft = r.feedsLeft || namesFeed(v.Found) || namesFeed(v.Again)
	if !pl.deep && len(r.fresh) < maxFresh {
		for _, key := range pl.fresh {
			r.fresh[key] = true
		}
	}
	if l.result != nil && l.result.Kind == extract.KindList && t.Role == RoleFeed {
		for _, address := range pl.elsewhere {
			r.elsewhere(address, t.URL)
		}
		f := &r.report.Feeds
		f.Read, f.Rows, f.Unknown, f.Later = f.Read+1, f.Rows+pl.rows, f.Unknown+pl.unknown, f.Later+pl.later
	}
	if l.result != nil && l.result.Kind == extract.KindList && t.Role != RoleHome && t.Role != RoleFeed {
		s := r.report.section(t.Section)
		s.Pages++
		s.Rows += len(l.result.Listing.Items)
		s.Unknown += pl.unknown
		if t.Role == RoleSection {
			s.URL = t.URL
		}
		if pl.ended != "" {
			s.Ended, s.Unread = t.URL+" "+pl.ended, r.unshown(t, l.result.Listing)
			r.cfg.Log.Info("list not read on", "site", t.Site, "section", t.Section, "url", t.URL, "why", pl.ended)
		}
	}
	r.webplus = r.webplus || l.result != nil && l.result.System == "webplus"
	if pl.broken {
		r.report.Broken = append(r.report.Broken, t.Section)
		r.cfg.Log.Warn("section has no rows any more", "site", t.Site, "section", t.Section, "url", t.URL)
	}
	switch l.outcome {
	case outcomeKept:
		switch t.Role {
		case RoleAsset:
			r.report.Assets++
		case RoleRequisite:
			r.report.Requisites++
		}
	case outcomeMissing:
		switch {
		case isFileRole(t.Role):
			r.report.AssetsMissing++
		case t.Depth == 0 && t.Role <= RoleSection: // what was named to begin from has moved, or was misspelt
			if !pl.broken {
				r.report.Failed++
				r.report.fail(l.why, t.URL)
			}
		case t.Role == RoleFeed && t.State == StateFailed && t.Depth > 0: // a guess, or another's mistake
		case !change.Gone:
			r.report.Missing++
		}
	case outcomeBlocked:
		if r.hosts.of(hostOf(l.url)).stopped != "" || t.Depth == 0 { // where a run begins it was meant to be let in
			r.report.Blocked++
		} else {
			r.report.refuse(l.why, t.URL) // campus-only items stand in many public lists
		}
	case outcomeRefused:
		switch {
		case l.trap:
			r.report.Trapped++
		case t.Depth == 0 && t.Role.names(): // a run that may not even begin is not done
			r.report.Failed++
			r.report.fail(l.why, t.URL)
		default:
			r.report.refuse(l.why, t.URL)
		}
	case outcomePostponed:
		r.report.Postponed++
	case outcomeFailed:
		if isFileRole(t.Role) {
			if l.tooLarge {
				r.report.AssetsCut++
			} else {
				r.report.AssetsFailed++
			}
			break
		}
		if due := t.Due.Sub(v.Time); t.Failures <= 2 && due <= retryWithin && !l.tooLarge && len(r.retries) < maxRetries {
			r.retries = append(r.retries, retry{key: t.Key, due: t.Due})
		} else {
			r.report.Failed++
			r.report.fail(l.why, t.URL)
		}
		r.cfg.Log.Warn("no page", "site", t.Site, "url", t.URL, "status", l.status, "attempt", t.Failures, "err", l.why)
	}
	r.tell(v, l, change)
}

// tell reports a visit to whoever watches the run.
func (r *run) tell(v Visit, l look, change Change) {
	var n int64
	for _, x := range v.Exchanges {
		n += int64(len(x.Response))
	}
	r.cfg.Log.Debug("visit", "site", v.Target.Site, "url", v.Target.URL, "status", l.status, "bytes", n, "outcome", l.outcome.String(), "err", l.why)
	if r.cfg.Progress != nil {
		r.report.Duration = r.cfg.Now().Sub(r.start)
		r.cfg.Progress(Event{
			Target: v.Target, Reason: v.Reason, Outcome: l.outcome.String(), Status: l.status, Bytes: n, Change: change, Report: &r.report,
		})
	}
}

// reasonFor says why a target is requested.
func reasonFor(t Target) Reason {
	switch {
	case t.Failures > 0:
		return ReasonRetry
	case t.Role <= RoleList:
		return ReasonList
	case t.Role == RoleFeed:
		return ReasonFeed
	case t.Role == RoleAsset:
		return ReasonAsset
	case t.Role == RoleRequisite:
		return ReasonRequisite
	case t.Role == RoleWalk:
		return ReasonWalk
	case t.State == StateNew:
		return ReasonNew
	}
	return ReasonRevisit
}
