package scraper

import (
	"strings"
	"time"

	"campusnews/extract"
	"campusnews/extract/byline"
	"campusnews/extract/drift"
)

// A Report says what a run did.
type Report struct {
	Site     string        `json:"site"`
	Started  time.Time     `json:"started"` // UTC
	Duration time.Duration `json:"duration_ns"`

	New           int    `json:"new"` // articles, by what became of them
	Changed       int    `json:"changed"`
	Unchanged     int    `json:"unchanged"`
	Gone          int    `json:"gone"`
	Returned      int    `json:"returned"`
	Missing       int    `json:"missing"`                 // targets that answered "not here" but are not gone (yet)
	Failed        int    `json:"failed"`                  // targets that gave no page: time-outs, cut connections, 5xx, single refusals
	Blocked       int    `json:"blocked"`                 // refusals by hosts that are left alone because of them
	Refused       int    `json:"refused"`                 // targets that robots.txt, the scope or the server forbids, one by one
	Trapped       int    `json:"trapped"`                 // targets not asked for because many pages like them led to no article, only to more of their kind
	Postponed     int    `json:"postponed"`               // targets left for a later run because their host is down or its robots.txt cannot be had
	Assets        int    `json:"assets"`                  // images and attachments captured
	Clicks        int    `json:"clicks"`                  // articles whose click counter answered
	ClicksUnread  string `json:"clicks_unread,omitempty"` // why no click counter, or not all, was read where that was asked for
	Requisites    int    `json:"requisites"`              // style sheets, scripts, icons and pictures of templates captured
	AssetsMissing int    `json:"assets_missing"`          // those of both that are not there
	AssetsFailed  int    `json:"assets_failed"`           // and those that could not be had this time
	AssetsCut     int    `json:"assets_cut"`              // and those larger than Config.MaxAsset, of which the beginning is kept
	Hunted        int    `json:"hunted"`                  // list pages read to find what came or went deep inside a list
	Followed      int    `json:"followed"`                // unknown addresses found by following the links of all pages
	Outside       int    `json:"outside"`                 // rows of lists that lead to other sites, recorded but not fetched

	Feeds FeedReport `json:"feeds"`

	Requests   int            `json:"requests"`    // on the wire, each hop and each silent retry of the HTTP client counted
	RequestsBy map[Reason]int `json:"requests_by"` // the same by why
	Bytes      int64          `json:"bytes"`       // of answers, as received

	Sections  map[string]*SectionReport `json:"sections"`            // by name; "" = articles found outside any list
	Articles  int                       `json:"articles"`            // article pages read
	Filled    map[string]int            `json:"filled"`              // how many of Articles state title, published, source, author, body, images, files
	Drift     drift.Counts              `json:"drift"`               // fields and rules of the new articles of the last year, and of the first pages of lists
	Changes   []drift.Change            `json:"changes,omitempty"`   // how Drift differs from the runs before; for the caller to fill in, who knows those
	Broken    []string                  `json:"broken,omitempty"`    // names of sections that had rows before and have none now: their template may have changed
	Empty     bool                      `json:"empty,omitempty"`     // no article, list or feed of the site has ever been found; for the caller to fill in, who knows
	Failures  map[string]Failure        `json:"failures,omitempty"`  // what went wrong with pages, by what it was in words; at most maxFailures kinds
	Refusals  map[string]Failure        `json:"refusals,omitempty"`  // the same of Refused
	Stopped   map[string]string         `json:"stopped,omitempty"`   // hosts left alone for the rest of the run, and why
	ByHTTPS   map[string]string         `json:"by_https,omitempty"`  // hosts named by http that take no connections there and were found by https, and why
	Limited   bool                      `json:"limited,omitempty"`   // Config.Limit ended the run
	Budget    int                       `json:"budget,omitempty"`    // Config.Budget; 0 = none
	Exhausted bool                      `json:"exhausted,omitempty"` // Budget ended the run
}

// A Failure is one way in which pages could not be had, or why they were not to be.
type Failure struct {
	Pages int    `json:"pages"` // how many
	URL   string `json:"url"`   // the first of them
}

// maxFailures bounds the kinds of failures that a report tells apart.
const maxFailures = 50

// fail notes a page that could not be had.
func (r *Report) fail(why, address string) {
	tally(&r.Failures, why, "other failures", address)
}

// refuse notes a target that is not to be looked at.
func (r *Report) refuse(why, address string) {
	r.Refused++
	if strings.HasPrefix(why, leadsOut) { // where to is different each time
		why = leadsOut
	}
	tally(&r.Refusals, why, "other reasons", address)
}

// tally counts an address under a reason, or under other when there are too many.
func tally(kinds *map[string]Failure, why, other, address string) {
	if *kinds == nil {
		*kinds = make(map[string]Failure)
	}
	if _, ok := (*kinds)[why]; !ok && len(*kinds) >= maxFailures {
		why = other
	}
	f := (*kinds)[why]
	if f.Pages++; f.URL == "" {
		f.URL = address
	}
	(*kinds)[why] = f
}

// A SectionReport is one section's share of a Report.
type SectionReport struct {
	URL     string `json:"url"`     // of page 1; "" if it was not read in this run
	Pages   int    `json:"pages"`   // list pages read
	Rows    int    `json:"rows"`    // rows on them
	Unknown int    `json:"unknown"` // rows that led to articles not known before
	New     int    `json:"new"`     // articles
	Changed int    `json:"changed"`
	Ended   string `json:"ended,omitempty"`  // the page behind which the walk did not go on though it names another, and why
	Unread  int    `json:"unread,omitempty"` // how many rows more than those on its pages the list announces, at least; 0 = none, or not much more than a page of them
}

// InPart says whether the run left something undone that it should have done:
// the exit status of a command is then 3.
func (r Report) InPart() bool {
	for _, s := range r.Sections {
		if s.Unread > 0 {
			return true
		}
	}
	return r.Failed+r.Blocked+r.Postponed > 0 || r.Empty || len(r.Broken) > 0 || len(r.Stopped) > 0
}

func newReport(site string, now time.Time, budget int) Report {
	return Report{
		Site: site, Started: now, Budget: budget, RequestsBy: make(map[Reason]int), Sections: make(map[string]*SectionReport),
		Filled: make(map[string]int), Stopped: make(map[string]string), ByHTTPS: make(map[string]string),
	}
}

func (r *Report) section(name string) *SectionReport {
	s := r.Sections[name]
	if s == nil {
		s = &SectionReport{}
		r.Sections[name] = s
	}
	return s
}

// count adds a visit's requests and bytes.
func (r *Report) count(v Visit) {
	r.Requests += len(v.Exchanges)
	r.RequestsBy[v.Reason] += len(v.Exchanges)
	for _, x := range v.Exchanges {
		r.Bytes += int64(len(x.Response))
	}
}

// settle adds what a saved visit did.
func (r *Report) settle(v Visit, c Change) {
	s := r.section(v.Target.Section)
	switch {
	case c.New:
		r.New++
		s.New++
	case c.Changed:
		r.Changed++
		s.Changed++
	case c.Unchanged:
		r.Unchanged++
	}
	if c.Gone {
		r.Gone++
	}
	if c.Returned {
		r.Returned++
	}
	if v.Result != nil && v.Result.Article != nil {
		r.fill(v.Result.Article)
	}
	r.drift(v)
}

// drift counts what rules gave, for drift.Compare to hold against other runs.
// Older articles are left out: a first run reads templates of many years, the
// runs after it only the present one, and the difference would be no change.
func (r *Report) drift(v Visit) {
	switch {
	case v.Result == nil:
	case v.Target.Role == RoleSection:
		r.Drift.Add(extract.KindList, v.Result)
	case v.Reason == ReasonNew && (v.Target.Role == RoleArticle || v.Target.Role == RoleRevisit || v.Target.Role == RoleWalk):
		// The target stands as it shall from now on: an article that was kept waits for its revisits.
		day := v.Target.Date
		if a := v.Result.Article; a != nil && a.Published != "" {
			day = a.Published
		}
		if day == "" || day >= v.Time.AddDate(-1, 0, 0).Format(time.DateOnly) {
			r.Drift.Add(extract.KindArticle, v.Result)
		}
	}
}

// fill notes which fields an article states, so that a template change shows.
func (r *Report) fill(a *extract.Article) {
	r.Articles++
	author := false
	for _, c := range a.Credits {
		author = author || c.Role == byline.Author
	}
	for name, has := range map[string]bool{
		"title": a.Title != "", "published": a.Published != "", "source": a.Source != "", "author": author,
		"body": a.Body != "", "images": len(a.Images) > 0, "files": len(a.Files) > 0,
	} {
		if has {
			r.Filled[name]++
		}
	}
}

// An Event is one visit as Config.Progress hears of it.
type Event struct {
	Target  Target // as saved
	Reason  Reason
	Outcome string // "kept", "unchanged", "missing", "failed", "blocked", "refused", "postponed"
	Status  int    // of the last answer; 0 = none
	Bytes   int64  // received
	Change  Change
	Report  *Report // so far; valid during the call
}
