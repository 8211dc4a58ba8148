package scraper

import (
	"path"
	"strings"
	"time"

	"campusnews/extract"
)

// rareVisit is about how often a page is looked at that is no list and no
// article: a column's single page may become a list one day.
const rareVisit = 30 * day

// A plan is what follows from one look: how the target stands from now on, and
// which targets the page named.
type plan struct {
	target  Target
	listed  []Listed
	found   []Target
	again   []Target
	unknown int      // rows that lead to articles not known before this run
	fresh   []string // their keys
	outside int      // rows that lead to other sites
	newer   int      // rows dated after the run is asked for
	skipped int      // unknown rows of another time than the run is asked for
	rows    int      // of a feed or sitemap
	later   int      // addresses of a sitemap that are due on later days

	elsewhere []string // sitemaps of an index on hosts out of scope

	taken  int    // unknown addresses of a sitemap
	deep   bool   // the list is being walked to its end
	ended  string // why the walk over a list did not go on though the page names another; "" = it went on, or it had no reason to
	broken bool   // a list that had rows has none now
}

// A planner makes plans. It asks nobody and keeps nothing: what it has to know
// comes in.
type planner struct {
	site          string
	now           time.Time // when the visit ended
	opened        time.Time // when the site was first looked at
	start         time.Time // of the run; what is to be fetched in this run is due then
	since         string    // ISO day; "" = no limit
	until         string    // the same
	full          bool
	discover      bool      // sections are looked for in the navigation
	discoverFeeds bool      // feeds are looked for in the pages
	lastVisit     time.Time // of the target before this one; zero = none
	taken         int       // unknown addresses of sitemaps in this run so far
	hasHost       func(address string) bool
	follow        bool // the links of all pages are followed
	fromFeeds     bool // those of a feed's articles, too
	maxDepth      int
	inScope       func(address string) bool
	isAsset       func(address string) bool // whether an image or attachment is to be fetched
	key           func(address string) string
	known         map[string]bool // keys that the frontier had before this run, of those that the page names
	met           map[string]bool // those that it has now
	fromStart     bool            // the list's first page is to be walked from again in any case
	repeated      string          // why the walk is not to go on behind the list page, which shows what pages before it have shown; "" = it may
	endless       bool            // it is one of many that name nothing but more of their kind
}

// later is when a page that every run looks at is due again: after this run
// began, so that this run does not see it twice and the next one does.
func (p planner) later() time.Time {
	if least := p.start.Add(time.Millisecond); p.now.Before(least) {
		return least
	}
	return p.now
}

// make plans what follows from a look at t.
func (p planner) make(t Target, l look) plan {
	t.LastVisit = p.now
	if l.status != 0 {
		t.Visits++
	}
	switch l.outcome {
	case outcomeKept:
		return p.kept(t, l)
	case outcomeUnchanged:
		t.Failures, t.MissingSince, t.MissingCount, t.LastError = 0, time.Time{}, 0, ""
		return plan{target: p.schedule(t)}
	case outcomeMissing:
		t.LastError = l.why
		t.Failures = 0
		wasList := t.Role == RoleSection && t.State == StateKept
		t = afterMissing(t, p.now)
		if t.Role == RoleRequisite || t.Role == RoleFeed && t.State == StateFailed { // it may have been a guess
			t.Due = p.now.Add(spread(t.Key, rareVisit))
		}
		if (t.Role <= RoleSection || t.Role == RoleFeed) && t.Depth == 0 {
			t.Due = p.later() // a seed is looked at by every run
		}
		return plan{target: t, broken: wasList}
	case outcomeFailed, outcomeBlocked, outcomePostponed: // the last on the way: where it leads to is left alone
		t.LastError = l.why
		t.Failures++
		if t.State == StateNew {
			t.State = StateFailed
		}
		wait := max(backoff(t.Failures), l.wait)
		if l.outcome == outcomeBlocked {
			wait = max(wait, day/2)
		}
		t.Due = p.now.Add(wait)
		if l.tooLarge {
			t.Due = p.now.Add(spread(t.Key, walkEvery))
		}
	case outcomeRefused:
		t.LastError = l.why
		if t.State == StateNew || t.State == StateFailed {
			t.State = StateRefused
		}
		t.Due = p.now.Add(spread(t.Key, rareVisit))
		t.Role = walkRole(t.Role)
	}
	return plan{target: t}
}

// kept plans what follows from a page that came.
func (p planner) kept(t Target, l look) plan {
	had := t.Role == RoleSection && t.State == StateKept
	if t.Role == RoleFeed && t.Depth > 0 && t.State != StateKept && isFeed(l.result) && len(l.result.Listing.Items)+len(l.result.Listing.Maps) == 0 {
		l.outcome, l.why = outcomeMissing, "a feed or sitemap of nothing"
		return p.make(t, l)
	}
	t.State = StateKept
	t.Failures, t.MissingSince, t.MissingCount, t.LastError = 0, time.Time{}, 0, ""
	t.ETag, t.LastModified = "", ""
	if l.twin != "" {
		t.URL = l.twin
	}
	if sameBut(t.URL, l.url) { // it has moved to https
		t.URL = l.url
	}
	if l.url == t.URL {
		t.ETag, t.LastModified = l.header.Get("ETag"), l.header.Get("Last-Modified")
	}
	res := l.result
	if res == nil { // a file
		t.Role = walkRole(t.Role)
		return plan{target: p.schedule(t)}
	}
	if t.Role == RoleFeed {
		return p.feed(t, res)
	}
	switch res.Kind {
	case extract.KindList:
		return p.list(t, res, had)
	case extract.KindArticle:
		return p.article(t, res)
	}
	pl := p.hub(t, res)
	pl.broken = had
	return pl
}

// schedule says when a kept target is looked at next.
func (p planner) schedule(t Target) Target {
	switch t.Role {
	case RoleSection, RoleFeed:
		t.Due = p.later()
	case RoleHome:
		t.Due = p.now.Add(spread(t.Key, rareVisit))
		if t.Depth == 0 {
			t.Due = p.later()
		}
	case RoleList:
		// One row that came and one that went since may have cancelled out in the list's total.
		t.Due = p.now.Add(spread(t.Key, walkEvery))
	case RoleAsset:
		t.Due = time.Time{}
	case RoleRequisite:
		t.Due = p.now.Add(spread(t.Key, walkEvery)) // a new design shows in new addresses; the same one changes rarely
	case RolePart:
		t.Due, _ = afterKept(t.Key, born(t, p.opened), p.now)
	default:
		t.Due, t.Role = afterKept(t.Key, born(t, p.opened), p.now)
	}
	return t
}

// article plans for an article page, and for its further parts.
func (p planner) article(t Target, res *extract.Result) plan {
	if t.Role <= RoleList && t.Depth > 0 {
		t.Role = RoleArticle // a link of the navigation, or a row, that is an article itself
	}
	if t.Date == "" {
		t.Date = dayOf(res.Article.Published)
	}
	var pl plan
	if t.Role != RolePart {
		for _, part := range res.Article.Parts {
			if !p.inScope(part) {
				continue
			}
			pl.found = append(pl.found, Target{
				Site: p.site, Key: PartKey(p.key(part), part), URL: part, Role: RolePart, Section: t.Section, Parent: t.URL,
				Depth: t.Depth + 1, Title: res.Article.Title, State: StateNew, Due: p.start, FirstSeen: p.now,
			})
		}
	}
	pl.assets(p, t, res.Article)
	pl.target = p.schedule(t)
	// The page may say that it is another address's twin. Then that address is
	// the article's, and is looked at from now on; this one is only remembered.
	if res.Key != "" && res.Key != t.Key && t.Role != RolePart && res.URL != "" && p.inScope(res.URL) {
		twin := pl.target
		twin.Key, twin.URL, twin.ETag, twin.LastModified, twin.Visits = res.Key, res.URL, "", "", 0
		pl.found = append(pl.found, twin)
		pl.target.Due = time.Time{}
	}
	return pl
}

// maxAssets bounds how many images and attachments one page may name.
const maxAssets = 500

// assets adds an article's images and attachments.
func (pl *plan) assets(p planner, t Target, a *extract.Article) {
	var addresses []string
	for _, f := range a.Files {
		addresses = append(addresses, f.URL)
	}
	for _, i := range a.Images {
		addresses = append(addresses, i.URL)
	}
	for _, address := range addresses[:min(len(addresses), maxAssets)] {
		if address = withoutFragment(address); !p.isAsset(address) {
			continue
		}
		pl.found = append(pl.found, Target{
			Site: p.site, Key: p.key(address), URL: address, Role: RoleAsset, Section: t.Section, Parent: t.URL,
			Depth: t.Depth + 1, State: StateNew, Due: p.start, FirstSeen: p.now,
		})
	}
}

// PartKey gives a further page of an article an identity beside the article's
// own, which its address shares.
func PartKey(key, address string) string { return key + " " + path.Base(address) }

// hub plans for a page that is neither list nor article, a home page above all.
func (p planner) hub(t Target, res *extract.Result) plan {
	var pl plan
	if p.follow && t.Role == RoleArticle && t.Depth < p.maxDepth {
		t.Role = RoleHome // where links were followed to: it may lead to articles
	}
	if t.Role == RoleArticle || t.Role == RoleRevisit || t.Role == RoleWalk {
		pl.target = t
		pl.target.Role = RoleWalk
		pl.target.Due = p.now.Add(spread(t.Key, walkEvery))
		return pl
	}
	pl.items(p, t, res.ItemLinks)
	pl.nav(p, t, res.Nav)
	pl.feeds(p, t, res.Feeds)
	pl.target = p.schedule(t)
	return pl
}

// list plans for a page of a list.
func (p planner) list(t Target, res *extract.Result, had bool) plan {
	li := res.Listing
	var pl plan
	switch t.Role {
	case RoleHome, RoleArticle, RoleRevisit, RoleWalk, RoleAsset:
		// The home page itself stays what it is, unless it goes on to a second page;
		// another page that turns out to be the first of a list is a section from now
		// on, unless it is too far from home.
		home := t.Role == RoleHome && t.Depth == 0
		t.Role = RoleHome
		if len(li.Items) > 0 && t.Depth <= p.maxDepth && li.Page <= 1 && (!home || li.Next != "") && !ofItsKind(t.URL, li.Items) {
			t.Role, t.Deep = RoleSection, true
			if t.Section == "" {
				t.Section = sectionName(t, li)
			}
		}
	}
	if p.endless {
		t.Deep = false
		pl.target = p.schedule(t)
		return pl
	}
	pl.items(p, t, li.Items)
	if pl.newer > 0 { // a run that wants them must see them
		t.ETag, t.LastModified = "", ""
	}
	if t.Role <= RoleSection {
		pl.nav(p, t, res.Nav)
	}
	if t.Role == RoleHome {
		pl.feeds(p, t, res.Feeds)
	}
	deep, handed := t.Deep || p.full, t.Deep || p.full
	// A run limited by date walks to that date once, and leaves the flag for a run
	// that is not limited.
	if p.since != "" {
		handed = t.Deep
		if t.Role == RoleSection && had {
			deep = p.full
		}
	}
	pl.deep = deep
	li.Next = extract.WithoutSession(li.Next)
	wanted, past := pl.unknown > 0 || pl.newer > 0 || deep, p.past(li.Items)
	onward := t.Role != RoleHome && li.Next != "" && len(li.Items) > 0 && !past && p.inScope(li.Next) && wanted
	if p.repeated != "" && t.Role == RoleList && wanted { // a copy of page 1 may name no further page but itself
		pl.ended = p.repeated
	} else if onward {
		first := t.URL
		if t.Role == RoleList && t.Parent != "" {
			first = t.Parent
		}
		pl.again = append(pl.again, Target{
			Site: p.site, Key: p.key(li.Next), URL: li.Next, Role: RoleList, Section: t.Section, Parent: first,
			Depth: t.Depth, Deep: handed, State: StateNew, Due: p.start, FirstSeen: p.now,
		})
	}
	left := t.Role == RoleList && t.Deep && !p.fromStart && (past || pl.skipped > 0) // where an earlier run broke off; this one had no use for it
	if t.Role == RoleList && !left || p.since == "" && t.Role != RoleList {
		t.Deep = false // handed on, or at the end
	}
	pl.target = p.schedule(t)
	if left {
		pl.target.Due = p.start.Add(time.Second) // for the next run
	}
	pl.broken = had && len(li.Items) == 0
	return pl
}

// past says whether all dated rows are older than the run is asked for.
func (p planner) past(items []extract.Item) bool {
	if p.since == "" {
		return false
	}
	dated := false
	for _, it := range items {
		if it.Date == "" {
			continue
		}
		if it.Date >= p.since {
			return false
		}
		dated = true
	}
	return dated
}

// items adds the articles that rows lead to, and the rows themselves if the page is a list.
func (pl *plan) items(p planner, t Target, items []extract.Item) {
	isList := t.Role == RoleSection || t.Role == RoleList
	seen := make(map[string]bool, len(items))
	for _, it := range items {
		key := it.Key
		if key == "" {
			key = p.key(it.URL)
		}
		if seen[key] {
			continue
		}
		seen[key] = true
		if isList {
			pl.listed = append(pl.listed, Listed{Key: key, URL: it.URL, Title: it.Title, Date: it.Date})
		}
		address := withoutFragment(it.URL)
		if it.Outside || !p.inScope(address) {
			pl.outside++
			continue
		}
		if p.until != "" && it.Date > p.until {
			pl.newer++
		}
		asked := it.Date == "" || it.Date >= p.since && (p.until == "" || it.Date <= p.until)
		if !asked && !p.met[key] {
			pl.skipped++
			continue
		} // a page that names no dates may have named it: then this one's is to be noted
		if asked && !p.known[key] {
			pl.unknown++
			pl.fresh = append(pl.fresh, key)
		}
		role := RoleArticle
		if isFile(address) {
			role = RoleAsset
		}
		pl.found = append(pl.found, Target{
			Site: p.site, Key: key, URL: address, Role: role, Section: t.Section, Parent: t.URL, Depth: t.Depth + 1,
			Title: it.Title, Date: it.Date, State: StateNew, Due: p.start, FirstSeen: p.now,
		})
	}
}

// maxNav bounds how many links of one page's navigation are followed.
const maxNav = 300

// nav adds the pages that the navigation leads to, where sections are being looked for.
func (pl *plan) nav(p planner, t Target, links []extract.Link) {
	if !p.discover || t.Depth >= p.maxDepth {
		return
	}
	n := 0
	for _, link := range links {
		address := withoutFragment(link.URL)
		if n++; n > maxNav {
			return
		}
		if isFile(address) || !p.inScope(address) || isPager(link.Text) {
			continue
		}
		pl.found = append(pl.found, Target{
			Site: p.site, Key: p.key(address), URL: address, Role: RoleHome, Parent: t.URL, Depth: t.Depth + 1,
			Title: link.Text, Deep: true, State: StateNew, Due: p.start, FirstSeen: p.now,
		})
	}
}

// pagerWords are the texts of links that lead to other pages of the same list.
var pagerWords = map[string]bool{
	"首页": true, "上页": true, "上一页": true, "下页": true, "下一页": true, "尾页": true, "末页": true, "第一页": true, "最后一页": true,
	"...": true, "…": true, "跳转到": true,
	"prev": true, "previous": true, "next": true, "first": true, "last": true,
}

// isPager says whether a link's text is that of a pager: a number, a word for a page, or arrows,
// alone or together (下一页>> on WebPlus).
func isPager(text string) bool {
	word := strings.ToLower(strings.Trim(text, " \u00a0[]()|<>«»‹›"))
	return pagerWords[word] || text != "" && strings.Trim(word, "0123456789") == ""
}

// sectionName names a list that no profile names: by the word the page has for
// itself, by the link that led to it (which may be no more than 查看更多), or by its address.
func sectionName(t Target, li *extract.Listing) string {
	// An arrow behind the word belongs to the breadcrumb: 项目>.
	own := strings.TrimRight(li.Section, " >＞»›")
	switch {
	case own != "":
		return own
	case t.Title != "" && t.Depth > 0:
		return t.Title
	}
	return t.URL
}
