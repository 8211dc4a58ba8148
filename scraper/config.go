package scraper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"campusnews/extract"
)

// A Reader says what a page is. Package extract's Extractor is one.
type Reader interface {
	// Extract never fails: a page that cannot be read is a Result with a Reason.
	Extract(p extract.Page) extract.Result

	// Key gives the identity of an address within its site: equal for twins.
	Key(address string) string
}

// A Site is what a run has to know of the site it crawls.
type Site struct {
	ID           string    // short and stable: "csu"
	Name         string    // as people call it: "中南大学新闻网"
	Hosts        []string  // hosts in scope, with a port if one is in the addresses; nil = the host of Home
	PathPrefixes []string  // only paths that begin with one of these; nil = all
	Home         string    // absolute address of the home page
	Sections     []Section // known lists; nil = find them from the home page's navigation
	Feeds        []string  // absolute addresses of feeds and sitemaps; nil = find them from robots.txt and the pages, unless Sections are known
}

// A Section is a list of articles.
type Section struct {
	Name string // as people call it: "学校要闻"; unique within the site
	URL  string // absolute address of its page 1
}

// Config says how a run behaves. The zero value of a field means its default
// unless the field says otherwise; Default has them all.
type Config struct {
	Site Site

	UserAgent string        // names the program and a contact; its first word up to "/" is what robots.txt is asked for
	Delay     time.Duration // least time between the end of an answer and the next request to the same server; 0 = none (replay only)
	Jitter    float64       // up to this share of Delay is added at random; 0 = none
	Workers   int           // targets at hand at the same time; 0 = one, and then runs over the same pages give the same archive, ids included. A server still has one request at a time.
	Timeout   time.Duration // of one request, body included
	Grace     time.Duration // how long a request under way may go on after ctx has ended; negative = not at all
	MaxBody   int64         // bytes of a page, decoded; what is larger is cut there, and kept as far as it came
	MaxDepth  int           // links from the home page within which sections are looked for, and links followed

	Sections   []string  // only sections of these names; nil = all
	Limit      int       // stop after this many new articles; 0 = no limit
	Budget     int       // begin no further page after this many requests; 0 = no limit. The page in hand may take a few more: robots.txt, redirects.
	Since      time.Time // no new articles dated before this day; zero = no limit
	Until      time.Time // no new articles dated after this day; zero = no limit. Lists are read on past them.
	Full       bool      // walk every list to its end
	Follow     bool      // go after the links of all pages, articles too, up to MaxDepth; without it a run does so where it finds neither list, feed nor sitemap
	Revisit    Revisit   // which articles are looked at again; "" = RevisitAll
	Assets     Assets    // which images and attachments of articles are fetched; "" = AssetsSite
	MaxAsset   int64     // bytes of an image or attachment, decoded, as MaxBody is of a page
	Clicks     bool      // ask click counters, rarely: each such request counts as a view
	Requisites bool      // capture what pages need to be shown: style sheets, scripts, icons, pictures of the template
	WalkPages  int       // how many pages the slow walk may ask for in a run; negative = none

	Now       func() time.Time                                 // the clock
	Sleep     func(ctx context.Context, d time.Duration) error // returns early, with ctx.Err(), when ctx ends
	Rand      func() float64                                   // for jitter, in [0, 1)
	Log       *slog.Logger                                     // nil = silent
	Servers   *Servers                                         // whose pace is kept together with that of other runs; nil = this run's own
	Transport http.RoundTripper                                // keeps exact bytes (capture.Transport) or answers from saved pages
	Progress  func(Event)                                      // called after each visit, never by two at once, and must not take long; nil = nobody asks
}

// Assets says which images and attachments of articles a run fetches.
type Assets string

// The choices. What is fetched is captured; it is not read.
const (
	AssetsSite Assets = "site" // those in scope, or on hosts of the same registered domain
	AssetsAll  Assets = "all"  // wherever they are
	AssetsNone Assets = "none"
)

// Revisit says which known articles a run looks at again.
type Revisit string

// The choices.
const (
	RevisitAll  Revisit = "all"  // by age, and some of the others in the slow walk
	RevisitAges Revisit = "ages" // by age only
	RevisitNone Revisit = "none" // ask only for what is new
)

// Default is a Config with every default in place but for Site and Transport.
func Default() Config {
	return Config{
		UserAgent: "campusnews (news archiver)",
		Delay:     time.Second,
		Jitter:    0.3,
		Timeout:   60 * time.Second,
		Grace:     10 * time.Second,
		MaxBody:   32 << 20,
		MaxDepth:  3,
		Revisit:   RevisitAll,
		Assets:    AssetsSite,
		MaxAsset:  32 << 20,
		WalkPages: 16,
		Now:       time.Now,
		Sleep:     sleep,
		Rand:      rand.Float64,
		Log:       slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

// withDefaults fills in what is zero and says what is wrong with the rest.
func (c Config) withDefaults() (Config, error) {
	d := Default()
	if c.UserAgent == "" {
		c.UserAgent = d.UserAgent
	}
	c.Workers = max(c.Workers, 1)
	if c.Timeout == 0 {
		c.Timeout = d.Timeout
	}
	if c.Grace == 0 {
		c.Grace = d.Grace
	}
	if c.MaxBody == 0 {
		c.MaxBody = d.MaxBody
	}
	if c.MaxDepth == 0 {
		c.MaxDepth = d.MaxDepth
	}
	if c.MaxAsset == 0 {
		c.MaxAsset = d.MaxAsset
	}
	switch c.Revisit {
	case "":
		c.Revisit = d.Revisit
	case RevisitAll, RevisitAges, RevisitNone:
	default:
		return c, fmt.Errorf("revisit %q: want all, ages or none", c.Revisit)
	}
	if !c.Since.IsZero() && !c.Until.IsZero() && c.Until.Before(c.Since) {
		return c, fmt.Errorf("until %s lies before since %s", c.Until.Format(time.DateOnly), c.Since.Format(time.DateOnly))
	}
	switch c.Assets {
	case "":
		c.Assets = d.Assets
	case AssetsSite, AssetsAll, AssetsNone:
	default:
		return c, fmt.Errorf("assets %q: want site, all or none", c.Assets)
	}
	if c.WalkPages == 0 {
		c.WalkPages = d.WalkPages
	}
	if c.Now == nil {
		c.Now = d.Now
	}
	if c.Sleep == nil {
		c.Sleep = d.Sleep
	}
	if c.Rand == nil {
		c.Rand = d.Rand
	}
	if c.Log == nil {
		c.Log = d.Log
	}

	if c.Transport == nil {
		return c, errors.New("no transport given")
	}
	if c.Site.ID == "" {
		return c, errors.New("the site has no id")
	}
	if c.Site.Home == "" && len(c.Site.Sections) == 0 {
		return c, fmt.Errorf("site %s: neither a home page nor sections to begin with", c.Site.ID)
	}
	seeds := make([]string, 0, len(c.Site.Sections)+1)
	for _, s := range c.Site.Sections {
		if s.Name == "" {
			return c, fmt.Errorf("site %s: section %s has no name", c.Site.ID, s.URL)
		}
		seeds = append(seeds, s.URL)
	}
	if c.Site.Home != "" {
		seeds = append(seeds, c.Site.Home)
	}
	var hosts []string
	for _, seed := range seeds {
		u, err := url.Parse(seed)
		if err != nil {
			return c, fmt.Errorf("site %s: %w", c.Site.ID, err)
		}
		if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return c, fmt.Errorf("site %s: %q is no absolute http address", c.Site.ID, seed)
		}
		hosts = append(hosts, u.Host)
	}
	if len(c.Site.Hosts) == 0 {
		c.Site.Hosts = hosts
	}
	return c, nil
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
