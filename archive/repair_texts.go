package archive

import (
	"context"
	"database/sql"
	"fmt"
)

// RepairTexts makes the newest version of each article again whose text is not the one its digest was made from,
// by reading its captures again. It is written only where that gives the very version that the
// digest was made from; another is for Rebuild or a backup. It calls report with a line for each article repaired.
func (a *Archive) RepairTexts(ctx context.Context, extractor func(Site) (Extractor, error), report func(repaired string)) error {
	if a.write == nil {
		return ErrReadOnly
	}
	articles := map[string][]int64{} // ids by site
	if err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var id int64
		var site string
		if err := rows.Scan(&id, &site); err != nil {
			return err
		}
		old, err := a.storedArticle(ctx, id)
		if err != nil || old.content.digest() != old.digest {
			articles[site] = append(articles[site], id)
		}
		return ctx.Err()
	}, `SELECT id, site FROM articles ORDER BY id`); err != nil || len(articles) == 0 {
		return err
	}
	sites, err := a.Sites(ctx, a.now())
	if err != nil {
		return err
	}
	files := &evidenceFile{dir: a.WARCDir()}
	defer files.Close() // only read
	for _, s := range sites {
		if len(articles[s.Site.ID]) == 0 {
			continue
		}
		x, err := extractor(s.Site)
		if err != nil {
			return fmt.Errorf("site %s: %w", s.Site.ID, err)
		}
		for _, id := range articles[s.Site.ID] {
			r, err := a.reread(ctx, id, x, files)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil || r.new.digest() != r.old.digest {
				continue // Verify says that it is damaged still
			}
			if err := a.write.do(ctx, func(t *tx) error { return t.restore(r) }); err != nil {
				return fmt.Errorf("article %d: %w", id, err)
			}
			report(fmt.Sprintf("%s: article %d, from its capture %d", dbName, id, r.old.first))
		}
	}
	return nil
}

// restore writes over an article's text with what its captures say. The search index, which held
// the words of that text, is left as it is.
func (t *tx) restore(r *reread) error {
	c := r.new
	if err := t.exec(`UPDATE articles SET url = ?, published = ?, day = coalesce(?, day), title = ?, subtitle = ?, source = ?, pages = ?, body = ?, html = ? WHERE id = ?`,
		c.URL, null(c.Published), day(c.Published, ""), null(c.Title), null(c.Subtitle), null(c.Source), c.Pages, c.Body, null(c.HTML), r.old.id); err != nil {
		return err
	}
	if err := t.replaceParts(r.old.id, r.parts); err != nil {
		return err
	}
	return t.putLists(r.old.id, c, true)
}
