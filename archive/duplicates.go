package archive

import (
	"context"
	"database/sql"
	"fmt"
)

// leastSimilarity is from where on a pair is kept in table similarities: below, texts share a form, not a story.
const leastSimilarity = 0.5

// The kinds of a Duplicate.
const (
	KindTwin    = "twin"    // one article under two addresses or columns of a site: title and day are equal
	KindRepost  = "repost"  // on two sites
	KindSimilar = "similar" // anything else: a notice that comes each year, a sequel
)

// A Duplicate is a pair of articles with much the same text.
type Duplicate struct {
	Article, Other int64   // Other is the one that the archive got earlier
	Similarity     float64 // of their present texts when they were compared: 0.5 to 1, see package minhash
	Kind           string
	Articles       [2]DuplicateArticle // of Article and Other
}

// A DuplicateArticle is what a list of duplicates says of an article.
type DuplicateArticle struct{ Site, Section, Day, Title, URL string }

// A DuplicateQuery selects pairs. The zero value of a field does not restrict.
type DuplicateQuery struct {
	Min     float64 // least similarity
	Kind    string
	Site    string // either is of this site
	Article int64  // either is this article
}

// EachDuplicate calls each for the pairs that CompareTexts has found, by Article and Other.
func (a *Archive) EachDuplicate(ctx context.Context, q DuplicateQuery, each func(Duplicate) error) error {
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var d Duplicate
		x, y := &d.Articles[0], &d.Articles[1]
		if err := rows.Scan(&d.Article, &d.Other, &d.Similarity, &d.Kind, &x.Site, &x.Section, &x.Day, &x.Title, &x.URL,
			&y.Site, &y.Section, &y.Day, &y.Title, &y.URL); err != nil {
			return err
		}
		return each(d)
	}, `SELECT article, other, similarity, kind, site, coalesce(section, ''), coalesce(day, ''), coalesce(title, ''), url,
		other_site, coalesce(other_section, ''), coalesce(other_day, ''), coalesce(other_title, ''), other_url FROM duplicates
		WHERE similarity >= ?1 AND (?2 = '' OR kind = ?2) AND (?3 = '' OR ?3 IN (site, other_site)) AND (?4 = 0 OR article = ?4 OR other = ?4)
		ORDER BY article, other`, q.Min, q.Kind, q.Site, q.Article)
	if err != nil {
		return fmt.Errorf("list duplicates: %w", err)
	}
	return nil
}

// Uncompared says how many articles CompareTexts has not compared yet, or whose text has changed since.
func (a *Archive) Uncompared(ctx context.Context) (n int, err error) {
	err = a.read.QueryRowContext(ctx, `SELECT count(*) FROM articles c LEFT JOIN sketches s ON s.article = c.id
		WHERE s.compared IS NOT 1 OR s.digest <> c.digest`).Scan(&n)
	return n, err
}
