package archive

import (
	"context"
	"fmt"

	"campusnews/extract"
	"campusnews/scraper"
)

// SaveAll saves visits in their order, each as Save does, in one transaction: all of them or none. It is for those who have many
// at once and nobody waiting: the search index is written in long strokes, and no two of the visits may bring the same
// bytes expecting the second to refer to the first.
func (c *Crawl) SaveAll(ctx context.Context, visits []scraper.Visit) ([]scraper.Change, error) {
	if c.a.write == nil {
		return nil, ErrReadOnly
	}
	seen := make([][]evidence, len(visits))
	drafts := make([]*draft, len(visits))
	for i := range visits {
		v := &visits[i]
		if v.Target.Site == "" || v.Target.Key == "" {
			return nil, fmt.Errorf("save %s: a target needs site and key", v.Target.URL)
		}
		if v.Time.IsZero() {
			v.Time = c.a.now()
		}
		var err error
		if seen[i], err = c.writeEvidence(ctx, *v); err != nil {
			return nil, fmt.Errorf("save %s: %w", v.Target.URL, err)
		}
		if r := v.Result; r != nil && r.Kind == extract.KindArticle && r.Article != nil {
			drafts[i] = newDraft(*v)
		}
	}
	changes := make([]scraper.Change, len(visits))
	err := c.a.write.do(ctx, func(t *tx) (err error) {
		for i, v := range visits {
			if changes[i], err = t.saveVisit(c.id, v, seen[i], drafts[i]); err != nil {
				return fmt.Errorf("save %s: %w", v.Target.URL, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, v := range visits {
		c.a.leases.drop(v.Target)
	}
	return changes, nil
}
