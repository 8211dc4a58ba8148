package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"campusnews/archive/warc"
)

// RepairTexts makes the text of each version of an article again that is gone or is not the one its digest was made from,
// by reading its captures again. It is written only where that gives the very version that the
// digest was made from; another is for Rebuild or a backup. It calls report with a line for each text repaired.
func (a *Archive) RepairTexts(ctx context.Context, extractor func(Site) (Extractor, error), report func(repaired string)) error {
	if a.write == nil {
		return ErrReadOnly
	}
	articles, err := a.damagedArticles(ctx)
	if err != nil {
		return err
	}
	versions, err := a.damagedVersions(ctx)
	if err != nil || len(articles)+len(versions) == 0 {
		return err
	}
	sites, err := a.Sites(ctx, a.now())
	if err != nil {
		return err
	}
	files := &evidenceFile{open: func(name string) (*warc.Reader, error) { return a.OpenWARC(ctx, name) }}
	defer files.Close() // only read
	for _, s := range sites {
		if len(articles[s.Site.ID])+len(versions[s.Site.ID]) == 0 {
			continue
		}
		x, err := extractor(s.Site)
		if err != nil {
			return fmt.Errorf("site %s: %w", s.Site.ID, err)
		}
		for _, id := range articles[s.Site.ID] {
			old, err := a.storedArticle(ctx, id)
			var r *reread
			if err == nil {
				r, err = a.reread(ctx, old, x, files)
			}
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
		for _, v := range versions[s.Site.ID] {
			c, err := a.rereadVersion(ctx, v, x, files)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil || c.digest() != v.digest {
				continue
			}
			err = a.write.do(ctx, func(t *tx) error {
				if err := t.exec(`DELETE FROM revision_texts WHERE revision = ?`, v.id); err != nil {
					return err
				}
				return t.keepText(v.article, v.number, c)
			})
			if err != nil {
				return fmt.Errorf("article %d, version %d: %w", v.article, v.number, err)
			}
			report(fmt.Sprintf("%s: article %d, version %d, from its capture %d", dbName, v.article, v.number, v.capture))
		}
	}
	return nil
}

// damagedArticles finds the articles whose text is not the one its digest was made from, by site.
func (a *Archive) damagedArticles(ctx context.Context) (map[string][]int64, error) {
	articles := map[string][]int64{}
	return articles, a.eachRow(ctx, func(rows *sql.Rows) error {
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
	}, `SELECT id, site FROM articles ORDER BY id`)
}

// An earlierVersion is one that is no longer the newest of its article.
type earlierVersion struct {
	id, article, capture int64
	number               int
	digest, section, url string
	until                string // when the version behind it was seen, UTC
}

// damagedVersions finds the earlier versions whose text is gone or is not the one its digest was made from, by site.
func (a *Archive) damagedVersions(ctx context.Context) (map[string][]earlierVersion, error) {
	versions := map[string][]earlierVersion{}
	return versions, a.eachRow(ctx, func(rows *sql.Rows) error {
		var v earlierVersion
		var site string
		var c content
		var list [5]string
		if err := rows.Scan(&v.id, &v.article, &v.number, &v.digest, &v.capture, &v.section, &v.url, &v.until, &site,
			&c.URL, &c.Published, &c.Title, &c.Subtitle, &c.Source, &c.Body, &c.Pages, &list[0], &list[1], &list[2], &list[3], &list[4]); err != nil {
			return err
		}
		if err := c.setLists(list); err != nil || c.digest() != v.digest {
			versions[site] = append(versions[site], v)
		}
		return ctx.Err()
	}, `SELECT r.id, r.article, r.number, r.digest, coalesce(r.capture, 0), coalesce(iif(t.revision, t.section, a.section), ''), a.url, n.seen, a.site,
		coalesce(t.url, ''), coalesce(t.published, ''), coalesce(t.title, ''), coalesce(t.subtitle, ''), coalesce(t.source, ''), coalesce(t.body, ''), coalesce(t.pages, 0),
		coalesce(t.credits, '[]'), coalesce(t.images, '[]'), coalesce(t.attachments, '[]'), coalesce(t.media, '[]'), coalesce(t.links, '[]')
		FROM revisions r JOIN articles a ON a.id = r.article JOIN revisions n ON n.article = r.article AND n.number = r.number + 1
		LEFT JOIN revision_texts t ON t.revision = r.id WHERE r.number < a.revision ORDER BY r.id`)
}

// rereadVersion reads an earlier version again from the captures that there were before the next version.
func (a *Archive) rereadVersion(ctx context.Context, v earlierVersion, x Extractor, files *evidenceFile) (c content, err error) {
	first := v.capture
	r, err := a.readPage(ctx, first, x, files)
	if err == nil && r.Article.Part > 1 { // a further page was what had changed
		if first, err = a.captureBefore(ctx, v.url, v.until); err == nil {
			r, err = a.readPage(ctx, first, x, files)
		}
	}
	if err != nil {
		return content{}, err
	}
	if c = contentOf(r); c.URL == "" {
		c.URL = v.url
	}
	c.Section = v.section
	if len(r.Article.Parts) == 0 {
		return c, nil
	}
	parts := []part{{c, c.URL, first}}
	for _, address := range r.Article.Parts {
		p := part{address: address}
		if p.capture, err = a.captureBefore(ctx, address, v.until); err != nil {
			return content{}, err
		}
		if p.capture != 0 {
			page, err := a.readPage(ctx, p.capture, x, files)
			if err != nil {
				return content{}, err
			}
			p.content = contentOf(page)
		}
		parts = append(parts, p)
	}
	return joined(c, parts), nil
}

// captureBefore finds the newest whole capture of an address that began before a moment, 0 = none.
func (a *Archive) captureBefore(ctx context.Context, address, until string) (id int64, err error) {
	err = a.read.QueryRowContext(ctx, `SELECT id FROM captures WHERE url = ? AND status = 200 AND truncated IS NULL AND error IS NULL AND started < ? ORDER BY id DESC LIMIT 1`,
		address, until).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
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
