package archive

import (
	"context"
	"fmt"

	"campusnews/extract"
	"campusnews/scraper"
)

// Save implements scraper.Store. Bytes go to the WARC file first; then rows of
// captures, article, revision, list and frontier in one transaction, which may
// serve other callers too. After a crash there is all of a visit or nothing in
// the database; records of an unfinished visit may stay in the WARC file.
func (c *Crawl) Save(ctx context.Context, v scraper.Visit) (scraper.Change, error) {
	if c.a.write == nil {
		return scraper.Change{}, ErrReadOnly
	}
	if v.Target.Site == "" || v.Target.Key == "" {
		return scraper.Change{}, fmt.Errorf("save %s: a target needs site and key", v.Target.URL)
	}
	if v.Time.IsZero() {
		v.Time = c.a.now()
	}
	seen, err := c.writeEvidence(ctx, v)
	if err != nil {
		return scraper.Change{}, fmt.Errorf("save %s: %w", v.Target.URL, err)
	}
	var fresh *draft
	if r := v.Result; r != nil && r.Kind == extract.KindArticle && r.Article != nil {
		fresh = newDraft(v)
	}
	write := c.a.write.do
	if v.Target.Role <= scraper.RoleList && len(v.Found) > 0 { // a whole crawl may wait for what a list names
		write = c.a.write.hurry
	}
	var change scraper.Change
	err = write(ctx, func(t *tx) (err error) {
		change, err = t.saveVisit(c.id, v, seen, fresh)
		return err
	})
	if err != nil {
		return scraper.Change{}, fmt.Errorf("save %s: %w", v.Target.URL, err)
	}
	c.a.leases.drop(v.Target)
	return change, nil
}

func (t *tx) saveVisit(crawl int64, v scraper.Visit, seen []evidence, fresh *draft) (change scraper.Change, err error) {
	target := v.Target
	if err := t.noteSite(target.Site, v.Time); err != nil {
		return change, err
	}
	list := ""
	if target.Role == scraper.RoleSection {
		list = target.URL
	}
	if err := t.putSection(target.Site, target.Section, list, v.Time); err != nil {
		return change, err
	}
	owner, err := t.ownerOf(v)
	if err != nil {
		return change, err
	}
	look := look{visit: v}
	var answered int64 // the capture a later 304 refers to
	for _, e := range seen {
		if look.capture, err = t.addCapture(crawl, v, e, owner); err != nil {
			return change, err
		}
		look.notModified = e.exchange.Status == 304
		if e.exchange.Status == 200 && e.at.Type != "request" {
			answered = look.capture
			look.payload = e.at.PayloadDigest
		}
	}
	switch {
	case fresh != nil && target.Role == scraper.RolePart:
		change, err = t.savePart(owner, fresh, look)
	case fresh != nil:
		change, err = t.saveArticle(owner, fresh, look)
		if lost := target.State == scraper.StateMissing || target.State == scraper.StateGone; err == nil && change.New && lost {
			// A page from before the archive's own looks, which found nothing there any more.
			then := look
			then.capture = 0
			if !target.MissingSince.IsZero() {
				then.visit.Time = target.MissingSince
			}
			_, err = t.noteLoss(change.Article, then)
		}
	case owner != 0 && target.Role != scraper.RoleAsset && target.Role != scraper.RolePart:
		change, err = t.saveOutcome(owner, look)
	}
	if err != nil {
		return change, err
	}
	if change.Article != 0 && owner != change.Article {
		// The captures of this visit were written before the article had an id.
		if err := t.exec(`UPDATE captures SET article = ? WHERE id > ? - ? AND id <= ?`, change.Article, look.capture, len(seen), look.capture); err != nil {
			return change, err
		}
	}
	if err := t.saveClicks(v); err != nil {
		return change, err
	}
	if err := t.saveListing(v, look.capture); err != nil {
		return change, err
	}
	if err := t.saveOrder(v); err != nil {
		return change, err
	}
	if err := t.putTarget(target, change.Article, answered, v.Time); err != nil {
		return change, err
	}
	for i, found := range [2][]scraper.Target{v.Found, v.Again} {
		for _, f := range found {
			if f.Site == target.Site && f.Key == target.Key {
				continue // how it stands has just been said
			}
			if f.Site != target.Site {
				if err := t.noteSite(f.Site, v.Time); err != nil {
					return change, err
				}
			}
			n, err := t.addTarget(f, i == 1, v.Time)
			if err != nil {
				return change, err
			}
			change.Added += n
		}
	}
	return change, nil
}

// A look is a visit as it concerns an article.
type look struct {
	visit       scraper.Visit
	capture     int64  // of the last hop; 0 = nothing was asked
	payload     string // digest of the answer's body
	notModified bool   // the last hop answered 304
	cause       string // of a new version, as in table revisions; "" = by comparing payloads
}

// ownerOf finds the article that a visit belongs to, 0 = none that is known.
func (t *tx) ownerOf(v scraper.Visit) (id int64, err error) {
	target := v.Target
	switch target.Role {
	case scraper.RolePart:
		found, err := t.row([]any{&id}, `SELECT p.article FROM parts p JOIN articles a ON a.id = p.article WHERE p.url = ? AND a.site = ? AND p.number > 1`, target.URL, target.Site)
		if found || err != nil {
			return id, err
		}
		fallthrough
	case scraper.RoleAsset:
		_, err = t.row([]any{&id}, `SELECT article FROM frontier WHERE url = ? AND site = ? AND article IS NOT NULL`, target.Parent, target.Site)
		return id, err
	}
	if r := v.Result; r != nil && r.Kind == extract.KindArticle {
		_, err = t.row([]any{&id}, `SELECT id FROM articles WHERE site = ? AND key = ?`, target.Site, identity(v))
		return id, err
	}
	_, err = t.row([]any{&id}, `SELECT article FROM frontier WHERE site = ? AND key = ? AND article IS NOT NULL`, target.Site, target.Key)
	return id, err
}

// identity is the article's key: what its page says of itself, else what led to it.
func identity(v scraper.Visit) string {
	if v.Result.Key != "" {
		return v.Result.Key
	}
	return v.Target.Key
}
