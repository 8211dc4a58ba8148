package archive

import (
	"context"
	"database/sql"
	"fmt"

	"campusnews/scraper"
)

var _ scraper.Naming = (*Crawl)(nil)

// unfetchedAtOnce is how many ids of articles are looked at in one query, so that none goes on for long while others write.
const unfetchedAtOnce = 2000

// Unfetched implements scraper.Naming.
func (c *Crawl) Unfetched(ctx context.Context, site string, after int64) (files []scraper.NamedFile, next int64, err error) {
	upTo := after + unfetchedAtOnce
	err = c.a.eachRow(ctx, func(rows *sql.Rows) error {
		var f scraper.NamedFile
		err := rows.Scan(&f.URL, &f.Page, &f.Section)
		files = append(files, f)
		return err
	}, unfetchedFrom("images")+` UNION ALL `+unfetchedFrom("attachments"), site, after, upTo, int(scraper.RolePart))
	if err != nil {
		return nil, 0, fmt.Errorf("look for files of %s that were left out: %w", site, err)
	}
	var last int64
	if err := c.a.read.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM articles`).Scan(&last); err != nil {
		return nil, 0, fmt.Errorf("look for files of %s that were left out: %w", site, err)
	}
	if upTo < last {
		next = upTo
	}
	return files, next, nil
}

// unfetchedFrom reads a stretch of ids: by an index on sites each query would read all articles of one.
func unfetchedFrom(table string) string {
	return `SELECT n.url, coalesce((SELECT url FROM frontier WHERE article = a.id AND role <> ?4 LIMIT 1), a.url), coalesce(a.section, '')
		FROM articles a NOT INDEXED JOIN ` + table + ` n ON n.article = a.id
		WHERE a.id > ?2 AND a.id <= ?3 AND a.site = ?1 AND a.state = 'kept' AND NOT EXISTS (SELECT 1 FROM frontier WHERE url = n.url AND site = ?1)`
}
