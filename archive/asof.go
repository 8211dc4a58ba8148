package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// currentLists are the columns credits, images, attachments, media and links of article c, as listColumns without names.
var currentLists = func() [5]string {
	var list [5]string
	for i, s := range strings.Split(strings.TrimSpace(listColumns), ",\n") {
		list[i] = strings.TrimSpace(s)
	}
	return list
}()

// articlesAsOf is a table expression with the columns that articleColumns and Filter ask for, one row an article that
// the archive had at moment t, as it was known then: the version that was the newest, and what the looks up to then said of
// its being there. A version's text is in articles while it is the newest, else in revision_texts. It is written so that
// SQLite reads it article by article, by id.
func articlesAsOf(t time.Time) string {
	moment := `'` + stamp(t).(string) + `'`
	// either is a column of the version: from the row when it is still the newest, else from its kept text.
	either := func(column string) string {
		return `iif(t.revision IS NULL, c.` + column + `, t.` + column + `) AS ` + column
	}
	const lossUpTo = `(SELECT min(e.seen) FROM events e WHERE e.article = c.id AND e.event <> 'returned' AND e.seen <= @t AND NOT EXISTS
		(SELECT 1 FROM events b WHERE b.article = c.id AND b.event = 'returned' AND b.seen <= @t AND (b.seen > e.seen OR b.seen = e.seen AND b.id > e.id)))`
	columns := []string{
		`c.id AS id`, `c.site AS site`, `c.key AS key`, either(`url`), either(`section`), either(`published`),
		// A day that only a later version or list told was not known.
		`iif(t.revision IS NULL, c.day, coalesce(substr(t.published, 1, 10), (SELECT i.date FROM list_items i WHERE i.site = c.site AND i.key = c.key AND i.date IS NOT NULL
			AND i.first_seen <= @t ORDER BY i.id LIMIT 1), iif(c.published IS NULL, c.day, NULL))) AS day`,
		either(`title`), either(`subtitle`), either(`source`), either(`pages`),
		`coalesce((SELECT iif(e.event = 'returned', 'kept', e.event) FROM events e WHERE e.article = c.id AND e.seen <= @t ORDER BY e.seen DESC, e.id DESC LIMIT 1), 'kept') AS state`,
		`iif(` + lossUpTo + ` IS NOT NULL AND c.gone_since <= @t, c.gone_since, ` + lossUpTo + `) AS gone_since`,
		`c.first_seen AS first_seen`,
		`iif(c.last_seen <= @t, c.last_seen, max(r.seen, coalesce((SELECT max(k.started) FROM captures k WHERE k.article = c.id AND k.status IN (200, 304) AND k.reason IS NOT 'asset'
			AND k.started <= @t AND k.started < coalesce(` + lossUpTo + `, '~')), ''))) AS last_seen`,
		`(SELECT max(v.seen) FROM revisions v WHERE v.article = c.id AND v.number > 1 AND v.cause = 'page' AND v.number <= r.number) AS changed`,
		`r.number AS revision`, `iif(t.revision IS NULL, c.capture, r.capture) AS capture`, `c.charset AS charset`, either(`body`), either(`html`),
		`t.revision IS NULL AS newest`,
	}
	for i, name := range [5]string{"credits", "images", "attachments", "media", "links"} {
		columns = append(columns, `iif(t.revision IS NULL, `+currentLists[i]+`, t.`+name+`) AS `+name)
	}
	// The time is the archive's own format, digits and a few letters: nothing of anybody else's gets into the text.
	return strings.ReplaceAll(`(SELECT `+strings.Join(columns, ", ")+` FROM articles c
		JOIN revisions r ON r.article = c.id AND r.number = (SELECT max(number) FROM revisions WHERE article = c.id AND seen <= @t)
		LEFT JOIN revision_texts t ON t.revision = r.id)`, `@t`, moment)
}

// table is what a filter selects from: table articles, or the articles as they were known at a moment.
func (f Filter) table() string {
	if f.AsOf.IsZero() {
		return `articles`
	}
	return articlesAsOf(f.AsOf)
}

// columns are articleColumns of table c.
func (f Filter) columns() string {
	if f.AsOf.IsZero() {
		return articleColumns
	}
	return strings.TrimSuffix(articleColumns, listColumns) + `credits, images, attachments, media, links`
}

// ArticleAsOf gives an article as the archive knew it at moment t: its version then, and its state. Revisions is how many versions
// there were. The error is ErrNotFound for an article that had not been seen.
func (a *Archive) ArticleAsOf(ctx context.Context, id int64, t time.Time) (Article, error) {
	f := Filter{AsOf: t}
	r, err := scanArticle(a.read.QueryRowContext(ctx, `SELECT `+f.columns()+` FROM `+f.table()+` c WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Article{}, fmt.Errorf("article %d as of %s: %w", id, t.UTC().Format(time.RFC3339), ErrNotFound)
	}
	if err != nil {
		return Article{}, fmt.Errorf("article %d as of %s: %w", id, t.UTC().Format(time.RFC3339), err)
	}
	return r, nil
}
