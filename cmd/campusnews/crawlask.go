package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"campusnews/scraper"
)

// askFlags say what a crawl asks a site for.
type askFlags struct {
	sections   []string
	limit      int
	budget     int
	since      string
	until      string
	full       bool
	revisit    string
	assets     string
	maxAsset   sizeFlag
	requisites bool
	clicks     bool
	follow     bool
	depth      int
}

func (f *askFlags) register(flags *pflag.FlagSet) {
	d := scraper.Default()
	f.maxAsset = sizeFlag(d.MaxAsset)
	flags.StringArrayVar(&f.sections, "section", nil, "crawl only the section of this name; may be given several times")
	flags.IntVar(&f.limit, "limit", 0, "stop after `N` new articles a site; the rest stays due")
	flags.IntVar(&f.budget, "budget", 0, "begin no further page after `N` requests to a site in this run; the rest stays due")
	flags.StringVar(&f.since, "since", "", "no new articles from before this day, month or year: `DATE` as 2016-07-22, 2016-07 or 2016")
	flags.StringVar(&f.until, "until", "", "no new articles from after the end of this `DATE`")
	flags.BoolVar(&f.full, "full", false, "read every list to its end, not only while it brings unknown articles, and fetch images and attachments of articles that runs with another --assets have left out")
	flags.BoolVar(&f.follow, "follow", false, "go after the links of all pages in scope, articles too; without it only where neither a list, a feed nor a sitemap is found")
	flags.IntVar(&f.depth, "depth", d.MaxDepth, "at most `N` links away from where a run begins: how far lists are looked for and links followed")
	flags.StringVar(&f.revisit, "revisit", string(d.Revisit), "known articles to look at again: `WHICH` is all (by age, and a few of the others in each run), ages or none")
	flags.StringVar(&f.assets, "assets", string(d.Assets), "images and attachments of articles: `WHICH` is site (hosts of the same domain), all or none; what was left out is fetched when an article is looked at again, or by --full")
	flags.Var(&f.maxAsset, "max-asset", "`SIZE` of the largest image or attachment to keep whole, as 500K or 32M; what is larger is cut there and marked as cut")
	flags.BoolVar(&f.requisites, "requisites", false, "capture style sheets, scripts, icons and pictures of the templates, too, once a site, so that pages can be shown as they looked")
	flags.BoolVar(&f.clicks, "clicks", false, "ask the site's click counter, an article at most once in 30 days: each time it counts as a view")
}

// validate says which flag cannot be meant.
func (f *askFlags) validate() error {
	for flag, v := range map[string]string{"--since": f.since, "--until": f.until} {
		if v == "" {
			continue
		}
		if _, _, err := days(v); err != nil {
			return usagef("crawl: %s %q is no date; write it as 2016-07-22, 2016-07 or 2016", flag, v)
		}
	}
	since, until := f.between()
	switch {
	case f.limit < 0:
		return usagef("crawl: --limit %d is below zero", f.limit)
	case f.depth < 1:
		return usagef("crawl: --depth %d: want 1 or more", f.depth)
	case f.budget < 0:
		return usagef("crawl: --budget %d is below zero", f.budget)
	case !since.IsZero() && !until.IsZero() && until.Before(since):
		return usagef("crawl: --until %s lies before --since %s", f.until, f.since)
	case !slices.Contains([]string{"all", "ages", "none"}, f.revisit):
		return usagef("crawl: --revisit %q: want all, ages or none", f.revisit)
	case !slices.Contains([]string{"site", "all", "none"}, f.assets):
		return usagef("crawl: --assets %q: want site, all or none", f.assets)
	}
	return nil
}

// between gives the first and the last day asked for, zero for none. The flags are valid.
func (f *askFlags) between() (since, until time.Time) {
	if f.since != "" {
		since, _, _ = days(f.since)
	}
	if f.until != "" {
		_, until, _ = days(f.until)
	}
	return since, until
}

// apply brings the flags into a run's settings.
func (f *askFlags) apply(cfg *scraper.Config) {
	cfg.Sections = f.sections
	cfg.Limit, cfg.Budget = f.limit, f.budget
	cfg.Since, cfg.Until = f.between()
	cfg.Full, cfg.Requisites, cfg.Clicks = f.full, f.requisites, f.clicks
	cfg.Follow, cfg.MaxDepth = cfg.Follow || f.follow, f.depth
	cfg.Revisit = scraper.Revisit(f.revisit)
	cfg.Assets, cfg.MaxAsset = scraper.Assets(f.assets), int64(f.maxAsset)
}

// beijing is the zone that Chinese sites mean when they name none.
var beijing = time.FixedZone("UTC+8", 8*60*60)

// days gives the first and the last day of a day, month or year.
func days(date string) (first, last time.Time, err error) {
	if first, err = time.ParseInLocation("2006-01-02", date, beijing); err == nil {
		return first, first, nil
	}
	if first, err = time.ParseInLocation("2006-01", date, beijing); err == nil {
		return first, first.AddDate(0, 1, -1), nil
	}
	first, err = time.ParseInLocation("2006", date, beijing)
	return first, first.AddDate(1, 0, -1), err
}

// A sizeFlag is a number of bytes, written with a binary unit: 500K, 32M.
type sizeFlag int64

// The sizes a sizeFlag may have. An answer is held in memory, and rebuild reads records of up to 256 MiB.
const (
	minSize = 1 << 10
	maxSize = 256 << 20
)

func (s *sizeFlag) String() string {
	switch n := int64(*s); {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%dM", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%dK", n>>10)
	default:
		return strconv.FormatInt(n, 10)
	}
}

// Set implements pflag.Value.
func (s *sizeFlag) Set(text string) error {
	digits := strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(text), "B"), "I")
	unit := int64(1)
	if n := len(digits); n > 0 {
		switch digits[n-1] {
		case 'K':
			unit = 1 << 10
		case 'M':
			unit = 1 << 20
		}
		if unit > 1 {
			digits = digits[:n-1]
		}
	}
	n, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || n*unit < minSize || n*unit > maxSize {
		return fmt.Errorf("want a size from 1K to 256M, such as 500K or 32M")
	}
	*s = sizeFlag(n * unit)
	return nil
}

// Type implements pflag.Value.
func (s *sizeFlag) Type() string { return "size" }
