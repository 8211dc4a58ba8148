package scraper

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"campusnews/extract"
)

// Bounds of what feeds and sitemaps make a run ask for. A sitemap names all pages of a site, and
// may say of each that it changed a moment ago.
const (
	mapDaily     = 500      // unknown addresses of sitemaps taken in by one run; the rest is due at this many a day, newest first
	maxMaps      = 1000     // sitemaps of one index
	mapsDaily    = 50       // of these, in one run
	maxMapDepth  = 3        // indexes within indexes; the protocol has one level
	maxChanged   = 200      // known articles made due by what one run's feeds and sitemaps say
	maxElsewhere = 20       // sitemaps on other hosts that a report names
	mapRareVisit = 7 * day  // a sitemap whose index says when it changed is looked at this often besides
	maxFeedBody  = 50 << 20 // bytes of a feed or sitemap: the protocol's bound
)

// discovers says whether the run looks for feeds and sitemaps by itself: a profile that names
// sections, feeds or sitemaps says where articles are.
func (r *run) discovers() bool {
	return len(r.cfg.Site.Sections) == 0 && len(r.cfg.Site.Feeds) == 0 && len(r.cfg.Sections) == 0
}

// feedSeeds are the feeds and sitemaps that the profile names.
func (r *run) feedSeeds() []Target {
	if len(r.cfg.Sections) > 0 {
		return nil // they belong to no section
	}
	var seeds []Target
	for _, address := range r.cfg.Site.Feeds {
		seeds = append(seeds, Target{URL: address, Role: RoleFeed})
	}
	return seeds
}

// addSitemaps makes those known that an origin's robots.txt names, or the place where sitemaps
// are if it names none.
func (r *run) addSitemaps(ctx context.Context, origin string, named []string, found bool) error {
	if !r.discovers() || !r.scope.hasHost(origin) {
		return nil
	}
	if home, err := url.Parse(r.cfg.Site.Home); len(named) == 0 && found && err == nil && strings.EqualFold(home.Scheme+"://"+home.Host, origin) {
		named = []string{origin + "/sitemap.xml"}
	}
	var targets []Target
	for _, address := range named[:min(len(named), maxMaps)] {
		if address = withoutFragment(address); !r.scope.hasHost(address) {
			r.elsewhere(address, origin+"/robots.txt")
			continue
		}
		targets = append(targets, Target{
			Site: r.cfg.Site.ID, Key: r.reader.Key(address), URL: address, Role: RoleFeed, Parent: origin + "/robots.txt", Depth: 1,
			State: StateNew, Due: r.start, FirstSeen: r.cfg.Now().UTC(),
		})
	}
	if len(targets) == 0 {
		return nil
	}
	r.feedsLeft = true
	_, err := r.store.Add(ctx, targets, false)
	return err
}

// elsewhere notes a sitemap on a host that is out of scope. sitemaps.org lets a site's robots.txt name one on any host ("Sitemaps & Cross
// Submits"), but a run asks no host that it was not told of: who wants it read adds the host to the profile.
func (r *run) elsewhere(address, namedBy string) {
	f := &r.report.Feeds
	if slices.Contains(f.Elsewhere, address) {
		return
	}
	if f.LeftOut++; len(f.Elsewhere) < maxElsewhere {
		f.Elsewhere = append(f.Elsewhere, address)
		r.cfg.Log.Info("sitemap on a host that is out of scope", "site", r.cfg.Site.ID, "url", address, "by", namedBy)
	}
}

// feeds adds those that a page names which is no list itself: a list's feed has the list's
// newest rows, and costs a request more in each run.
func (pl *plan) feeds(p planner, t Target, addresses []string) {
	if !p.discoverFeeds || t.Depth > p.maxDepth {
		return
	}
	for _, address := range addresses {
		if !p.inScope(address) {
			continue
		}
		pl.found = append(pl.found, Target{
			Site: p.site, Key: p.key(address), URL: address, Role: RoleFeed, Parent: t.URL, Depth: t.Depth + 1,
			State: StateNew, Due: p.start, FirstSeen: p.now,
		})
	}
}

// feed plans for a feed or sitemap.
func (p planner) feed(t Target, res *extract.Result) plan {
	li := res.Listing
	var pl plan
	t.Deep = false
	pl.maps(p, t, li.Maps)
	items := li.Items
	if li.Source == extract.SourceSitemap {
		// The newest first, those without a date last; those of one day stay in order. In place: a second list of 50,000 would be 4 MB.
		slices.SortStableFunc(items, func(a, b extract.Item) int { return strings.Compare(dayFor(b), dayFor(a)) })
	}
	limited := false
	if p.full {
		pl.found = slices.Grow(pl.found, len(items))
	} else { // of a sitemap that has been read before most are known
		pl.found = slices.Grow(pl.found, max(len(items)-len(p.known), 0))
	}
	seen := make(map[string]bool, len(items))
	for _, it := range items {
		key, address := it.Key, withoutFragment(it.URL)
		if key == "" {
			key = p.key(address)
		}
		if seen[key] {
			continue
		}
		seen[key] = true
		if li.Source == extract.SourceFeed {
			pl.listed = append(pl.listed, Listed{Key: key, URL: it.URL, Title: it.Title, Date: it.Date})
		}
		pl.rows++
		if !p.inScope(address) {
			pl.outside++
			continue
		}
		if isFile(address) {
			continue
		}
		if d := dayFor(it); d != "" && (d < p.since || p.until != "" && d > p.until) {
			limited = true
			continue
		}
		// Not a place where sections are looked for: sitemaps name each list of each tag.
		target := Target{
			Site: p.site, Key: key, URL: address, Role: RoleArticle, Section: t.Section, Parent: t.URL, Depth: p.maxDepth + 1,
			Title: it.Title, Date: it.Date, State: StateNew, Due: p.start, FirstSeen: p.now,
		}
		if p.fromFeeds && li.Source == extract.SourceFeed {
			target.Depth = t.Depth + 1
		}
		if !p.known[key] {
			pl.unknown++
			if n := p.taken + pl.unknown; li.Source == extract.SourceSitemap && n > mapDaily && !p.full {
				target.Due = p.start.Add(mapWait(n))
				pl.later++
			} else {
				pl.fresh = append(pl.fresh, key)
			}
		} else if !p.full {
			continue
		}
		pl.found = append(pl.found, target)
	}
	if li.Source == extract.SourceSitemap {
		pl.taken = pl.unknown
	}
	if limited { // a run that wants them must see them
		t.ETag, t.LastModified = "", ""
	}
	pl.target = p.schedule(t)
	if t.Depth > 1 && !limited { // it stands in an index, which may say when it changes
		pl.target.Due = p.now.Add(mapRareVisit)
		if pl.unknown > 0 {
			pl.target.Due = p.now.Add(day - revisitSlack)
		}
	}
	return pl
}

// mapWait is how long the nth unknown address of sitemaps waits, a hundred years at most. The day is divided first: as a number of
// nanoseconds, what the 107,252nd waits times 500 would be too large, and the address due at once.
func mapWait(n int) time.Duration {
	return time.Duration(min(max(n-mapDaily, 0), 100*365*mapDaily)) * (day / mapDaily)
}

// isFeed says whether a result is that of a feed or sitemap. Many sites put a page for whatever they have not.
func isFeed(res *extract.Result) bool {
	return res != nil && res.Kind == extract.KindList && res.Listing.Source != extract.SourcePage
}

// maps adds the sitemaps of an index: those that changed since the index was read last, else
// those not known yet.
func (pl *plan) maps(p planner, t Target, maps []extract.Item) {
	if t.Depth >= maxMapDepth {
		return
	}
	maps = slices.Clone(maps[:min(len(maps), maxMaps)])
	slices.SortStableFunc(maps, func(a, b extract.Item) int { return strings.Compare(b.Modified, a.Modified) })
	for i, m := range maps {
		address := withoutFragment(m.URL)
		if !p.hasHost(address) {
			pl.elsewhere = append(pl.elsewhere, address)
			continue
		}
		if p.key(address) == t.Key {
			continue
		}
		target := Target{
			Site: p.site, Key: p.key(address), URL: address, Role: RoleFeed, Parent: t.URL, Depth: max(t.Depth, 1) + 1, Date: dayOf(m.Modified),
			State: StateNew, Due: p.start, FirstSeen: p.now,
		}
		if i >= mapsDaily && !p.full {
			target.Due = p.start.Add(time.Duration(i/mapsDaily) * day)
		}
		if p.full || changedSince(m.Modified, p.lastVisit, p.now) {
			pl.again = append(pl.again, target)
		} else {
			pl.found = append(pl.found, target)
		}
	}
}

// dayFor is the day that decides when an entry is asked for: of publication, else of the last change.
func dayFor(it extract.Item) string {
	if it.Date != "" {
		return it.Date
	}
	return dayOf(it.Modified)
}

// changedSince says whether a lastmod is from after an earlier visit. One that is only a day is
// so when the visit was before that day, or on it, once the day is over: it may have come after the visit.
func changedSince(modified string, visit, now time.Time) bool {
	if m, err := time.Parse(time.RFC3339, modified); err == nil {
		return m.After(visit)
	}
	d, err := time.ParseInLocation(time.DateOnly, modified, beijing)
	return err == nil && (visit.Before(d) || visit.Before(d.Add(day)) && !now.Before(d.Add(day)))
}

// changed makes known articles due of which a feed or sitemap says that they have changed since
// they were visited. before is when it was read itself; what it said then is known. A sitemap that
// says so of more than half its entries tells when it was made, and nothing of them.
func (r *run) changed(ctx context.Context, l look, before time.Time, p planner, v *Visit) error {
	if !isFeed(l.result) || r.cfg.Revisit == RevisitNone || before.IsZero() {
		return nil
	}
	items := l.result.Listing.Items
	var candidates []extract.Item
	for _, it := range items {
		if changedSince(it.Modified, before, r.start) {
			candidates = append(candidates, it)
		}
	}
	if l.result.Listing.Source == extract.SourceSitemap && len(candidates) > 20 && 2*len(candidates) > len(items) {
		return nil
	}
	for _, it := range candidates {
		key := r.keyOf(it)
		if !p.known[key] || r.report.Feeds.Changed >= maxChanged {
			continue
		}
		t, ok, err := r.store.Lookup(ctx, v.Target.Site, key)
		if err != nil {
			return err
		}
		article := t.Role == RoleArticle || t.Role == RoleRevisit || t.Role == RoleWalk
		if !ok || !article || t.LastVisit.IsZero() || !changedSince(it.Modified, t.LastVisit, r.start) {
			continue
		}
		if !t.Due.IsZero() && !t.Due.After(r.start) {
			continue
		}
		v.Again = append(v.Again, Target{Site: t.Site, Key: key, Role: RoleRevisit, Due: r.start})
		r.report.Feeds.Changed++
	}
	return nil
}

// A FeedReport is what feeds and sitemaps brought to a run.
type FeedReport struct {
	Read    int `json:"read"`    // feeds and sitemaps
	Rows    int `json:"rows"`    // addresses in them
	Unknown int `json:"unknown"` // those not known before
	Later   int `json:"later"`   // of these, those due on later days
	Changed int `json:"changed"` // known articles made due because they are said to have changed

	LeftOut   int      `json:"left_out,omitempty"`  // sitemaps that robots.txt or an index names on hosts out of scope
	Elsewhere []string `json:"elsewhere,omitempty"` // the first of them, at most maxElsewhere
}

// known is Store.Known for the keys of a whole sitemap, some at a time.
func (r *run) known(ctx context.Context, keys []string) (map[string]bool, error) {
	all := make(map[string]bool, len(keys))
	for some := range slices.Chunk(keys, 2000) {
		known, err := r.store.Known(ctx, r.cfg.Site.ID, some)
		if err != nil {
			return nil, err
		}
		for key := range known {
			all[key] = true
		}
	}
	return all, nil
}

func namesFeed(targets []Target) bool {
	return slices.ContainsFunc(targets, func(t Target) bool { return t.Role == RoleFeed })
}
