package scraper

import (
	"context"
	"errors"
	"time"

	"campusnews/extract"
	"campusnews/scraper/capture"
)

// ErrNoneDue is returned by Store.Next when no target matching the query is due.
var ErrNoneDue = errors.New("no target is due")

// A Role says what a target is fetched for. Lower roles are fetched first.
type Role int

// The roles, in order of priority.
const (
	RoleHome      Role = iota // a home page or hub, read for its sections
	RoleSection               // page 1 of a section's list
	RoleList                  // page 2 and older of a list
	RolePart                  // a further page of a multi-page article
	RoleArticle               // not fetched yet
	RoleRevisit               // an article whose age says: look again
	RoleAsset                 // an image or attachment of an article
	RoleWalk                  // an article past its revisits, looked at by the slow walk within a budget per run
	RoleFeed                  // a feed or sitemap; a run asks for these before all others
	RoleRequisite             // what pages need to be shown: a style sheet, script, icon or picture of the template
)

// names says that targets of the role name others: a run reads them before it goes for articles.
func (r Role) names() bool { return r <= RoleList || r == RoleFeed }

// A Reason says why a target was requested in this run.
type Reason string

// The reasons a report counts requests by.
const (
	ReasonList      Reason = "list"
	ReasonNew       Reason = "new"     // an address not fetched before
	ReasonRevisit   Reason = "revisit" // an article's age says: look again
	ReasonWalk      Reason = "walk"    // the slow walk over everything came by
	ReasonRetry     Reason = "retry"   // the last attempt failed
	ReasonRobots    Reason = "robots"
	ReasonAsset     Reason = "asset"
	ReasonProbe     Reason = "probe"     // an address that nobody has written, to learn how the site says that nothing is there
	ReasonRequisite Reason = "requisite" // what pages need to be shown
	ReasonClicks    Reason = "clicks"    // the site's click counter
	ReasonFeed      Reason = "feed"      // a feed or a sitemap
)

// Reasons are all of them, in the order in which people read them.
var Reasons = []Reason{ReasonList, ReasonFeed, ReasonNew, ReasonRevisit, ReasonWalk, ReasonRetry, ReasonAsset, ReasonRequisite, ReasonClicks, ReasonRobots, ReasonProbe}

// A State is where a target stands between runs.
type State string

// The states of a target.
const (
	StateNew     State = "new"     // known, never answered
	StateKept    State = "kept"    // fetched and stored
	StateMissing State = "missing" // was kept, last answered 404, 410 or a soft 404; not yet often enough to be gone
	StateGone    State = "gone"    // missing at several visits; its article stays readable
	StateFailed  State = "failed"  // never answered with a page; Failures and Due say when again
	StateRefused State = "refused" // robots.txt or scope forbids it
)

// A Target is one address that the frontier knows. Its identity is (Site, Key).
type Target struct {
	Site    string // short id of the site, as Site.ID
	Key     string // extract's identity within the site: twins (http/https, content.jsp, several columns) share one
	URL     string // absolute; what is requested
	Role    Role
	Section string // name of the section it was found in; "" = none
	Parent  string // address of the page that named it, for an older list page that of page 1; "" = a seed
	Depth   int    // links from a seed
	Title   string // as the list says, of a further page the article's; "" = not said
	Date    string // ISO day, as the list says; "" = not said
	Deep    bool   // list pages: the walk goes on even if all rows are known; a page hands it on to its next

	State        State
	Due          time.Time // UTC; zero = not due
	FirstSeen    time.Time // UTC
	LastVisit    time.Time // UTC; zero = never
	ETag         string    // validators of the last kept answer
	LastModified string
	Visits       int       // answered requests so far
	Failures     int       // failed attempts in a row
	MissingSince time.Time // first of the 404s in a row; zero = not missing
	MissingCount int       // 404s in a row
	LastError    string
}

// A Visit is everything one look at a target brought. Store.Save takes it whole or not at all.
type Visit struct {
	Target    Target             // as it shall stand from now on: state, due time, validators, counts
	Reason    Reason             // why it was requested
	Time      time.Time          // UTC, when the visit ended
	Exchanges []capture.Exchange // each hop in order, failed attempts included; nil for a visit that asked nothing
	Result    *extract.Result    // nil when there is no page to read: 304, failure, asset
	Listed    []Listed           // rows of a list page in order, kept as evidence and for list-order checks; nil elsewhere
	List      string             // key of page 1 of the list that the page belongs to; "" elsewhere
	Places    []Place            // places in that list that are new or have moved
	Unplaced  []string           // keys that have no place in it any more
	Found     []Target           // targets that the page named; known ones are left alone unless Again
	Clicks    []Click            // what a click counter said
	Again     []Target           // targets to make due (Due says when, Deep is set if set) even if known; unknown ones are added
}

// A Listed row ties an article's key to its place in a section's list.
type Listed struct {
	Key, URL, Title, Date string
}

// A Change is what a saved visit did to the archive's articles.
type Change struct {
	Article   int64 // id of the article; 0 = the visit was not about an article
	New       bool  // first revision
	Changed   bool  // a further revision
	Unchanged bool  // same content as before, or 304
	Gone      bool  // the article became gone with this visit
	Returned  bool  // a missing or gone article answered again
	Added     int   // targets of Found and Again that the frontier did not know
}

// A Query selects due targets.
type Query struct {
	Site     string
	Now      time.Time // targets with Due at or before Now
	Sections []string  // only these sections; nil = all
	Roles    []Role    // only these roles; nil = all
}

// A Store is all that a crawl needs of an archive. Package archive satisfies
// it. Errors other than ErrNoneDue mean that the store is broken and end the run.
type Store interface {
	// Known says which of the keys the frontier of site has.
	Known(ctx context.Context, site string, keys []string) (map[string]bool, error)

	// Lookup gives the target as the frontier has it, and whether it has it.
	Lookup(ctx context.Context, site, key string) (Target, bool, error)

	// Led says whether a list, feed or sitemap of the site is known that was there when it was last looked at, or not long before.
	Led(ctx context.Context, site string) (bool, error)

	// Answer gives the last page with status 200 that a target answered with, and whether there was one.
	Answer(ctx context.Context, site, key string) (extract.Page, bool, error)

	// Order gives the places of a list, by rising position; list is the key of its
	// page 1. A target saved as missing or gone loses its places in all lists.
	Order(ctx context.Context, site, list string) ([]Place, error)

	// Waits gives the latest time before which a host has asked any of the store's sites to leave it alone, zero = none: the
	// Due of its robots.txt, see NoteWaits.
	Waits(ctx context.Context, host string) (until time.Time, err error)

	// Addresses gives the other addresses under which lists have named a target, at most a few.
	Addresses(ctx context.Context, site, key string) ([]string, error)

	// Add puts targets into the frontier. Known ones are left alone, unless
	// again: then Due becomes theirs, Deep is set if theirs is, and what the slow walk
	// would look at becomes RoleRevisit if theirs is. In both cases Section, Title and Date are filled where they
	// were empty, one that was never visited is due at the earlier of both times and has the smaller Depth, and a
	// RoleRequisite that is wanted as RoleAsset becomes one. It says how many were unknown.
	Add(ctx context.Context, targets []Target, again bool) (added int, err error)

	// Next leases the due target of the lowest role, then the earliest Due,
	// then the order of adding. A leased target is given to nobody else until
	// it is saved or released, or the process ends.
	Next(ctx context.Context, q Query) (Target, error)

	// Release gives a leased target back as it was.
	Release(ctx context.Context, t Target) error

	// Save stores a visit: exchanges to WARC, then captures, article, revision
	// and frontier in one transaction. When it returns nil all of it is on disk.
	Save(ctx context.Context, v Visit) (Change, error)
}
