package scraper

import (
	"context"
	"slices"
)

// A NamedFile is an image or attachment that an article's page names.
type NamedFile struct {
	URL     string // as the page names it, absolute
	Page    string // address that the article is asked for by
	Section string // of the article
}

// A Naming store knows which files its articles name. Package archive's is one.
type Naming interface {
	// Unfetched gives images and attachments of the site's articles that are there, of those articles whose id comes after
	// the given one, which no run has known; some articles' at a time. next is where to go on, 0 = that was all.
	Unfetched(ctx context.Context, site string, after int64) (files []NamedFile, next int64, err error)
}

// unfetched makes the files due that articles name and no run has known: those of runs that were to fetch none, or fewer. An
// article names its files to a run only when its page is read again, which for old ones may be years away.
// It looks at each article of the archive, and so is for runs to the end of lists.
func (r *run) unfetched(ctx context.Context) error {
	store, ok := r.store.(Naming)
	if !ok || !r.cfg.Full || r.cfg.Assets == AssetsNone {
		return nil
	}
	for after := int64(0); ; {
		files, next, err := store.Unfetched(ctx, r.cfg.Site.ID, after)
		if err != nil {
			return err
		}
		var targets []Target
		for _, f := range files {
			address := withoutFragment(f.URL)
			if !r.scope.hasAsset(address) || len(r.cfg.Sections) > 0 && !slices.Contains(r.cfg.Sections, f.Section) {
				continue
			}
			targets = append(targets, Target{
				Site: r.cfg.Site.ID, Key: r.reader.Key(address), URL: address, Role: RoleAsset, Section: f.Section, Parent: f.Page, Depth: 2,
				State: StateNew, Due: r.start, FirstSeen: r.start,
			})
		}
		if len(targets) > 0 {
			if _, err := r.store.Add(ctx, targets, false); err != nil {
				return err
			}
		}
		if after = next; next == 0 {
			return nil
		}
	}
}
