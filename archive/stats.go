package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Stats are an archive in figures.
type Stats struct {
	Articles, Missing, Gone int
	Versions, Captures      int
	Bytes                   int64 // of all that is stored for captures, packed
	Months                  []MonthCount
	Sections                []SectionCount
	Sources                 []NameCount // the most named first
	People                  []NameCount // the most credited first, in any role
	Growth                  []Growth
}

// A MonthCount is how many articles a site published in a month. Month is ISO, "2016-07", or as much as is known of it: "2016", "".
type MonthCount struct {
	Site     string `json:"site"`
	Month    string `json:"month"`
	Articles int    `json:"articles"`
}

// A SectionCount is how many articles a section has; Section "" = those of none.
type SectionCount struct {
	Site     string `json:"site"`
	Section  string `json:"section"`
	Articles int    `json:"articles"`
	First    string `json:"first"` // ISO days; "" = not known
	Last     string `json:"last"`
}

// A NameCount is how many articles name somebody.
type NameCount struct {
	Name     string `json:"name"`
	Articles int    `json:"articles"`
}

// A Growth is what came into the archive in a month, UTC.
type Growth struct {
	Month    string `json:"month"` // ISO
	Articles int    `json:"articles"`
}

// Stats counts, with at most names sources and people. It reads indexes and narrow tables alone, no article's text, but all of
// them: callers who answer often keep what they got.
func (a *Archive) Stats(ctx context.Context, names int) (Stats, error) {
	var s Stats
	err := errors.Join(
		a.eachRow(ctx, func(rows *sql.Rows) error {
			var m MonthCount
			err := rows.Scan(&m.Site, &m.Month, &m.Articles)
			s.Months = append(s.Months, m)
			s.Articles += m.Articles
			return err
		}, `SELECT site, substr(coalesce(day, ''), 1, 7) AS month, count(*) FROM articles INDEXED BY articles_sorting GROUP BY site, month ORDER BY site, month`),
		a.eachRow(ctx, func(rows *sql.Rows) error {
			var c SectionCount
			err := rows.Scan(&c.Site, &c.Section, &c.Articles, &c.First, &c.Last)
			s.Sections = append(s.Sections, c)
			return err
		}, `SELECT site, coalesce(section, ''), count(*) AS n, coalesce(min(day), ''), coalesce(max(day), '') FROM articles INDEXED BY articles_section
			GROUP BY site, section ORDER BY site, n DESC, section`),
		a.eachRow(ctx, func(rows *sql.Rows) error {
			return rows.Scan(&s.Missing, &s.Gone)
		}, `SELECT coalesce(sum(state = 'missing'), 0), coalesce(sum(state = 'gone'), 0) FROM articles WHERE state <> 'kept'`),
		a.eachRow(ctx, func(rows *sql.Rows) error { return rows.Scan(&s.Versions) }, `SELECT count(*) FROM revisions`),
		a.eachRow(ctx, func(rows *sql.Rows) error { return rows.Scan(&s.Captures, &s.Bytes) }, `SELECT count(*), coalesce(sum(packed_length), 0) FROM captures`),
		a.sources(ctx, &s.Sources, names),
		a.names(ctx, &s.People, `SELECT name, count(DISTINCT article) AS n FROM credits GROUP BY name ORDER BY n DESC, name LIMIT ?`, names),
		a.eachRow(ctx, func(rows *sql.Rows) error {
			var g Growth
			err := rows.Scan(&g.Month, &g.Articles)
			s.Growth = append(s.Growth, g)
			return err
		}, `SELECT substr(seen, 1, 7) AS month, count(*) FROM revisions WHERE number = 1 GROUP BY month ORDER BY month`),
	)
	if err != nil {
		return Stats{}, fmt.Errorf("count the archive: %w", err)
	}
	return s, nil
}

// sources are counted from memory: no index has them, and to read a row of every article is to read all texts.
func (a *Archive) sources(ctx context.Context, to *[]NameCount, limit int) error {
	f, err := a.Facets(ctx, Query{Everything: true})
	for _, c := range f.Sources {
		if c.Name != "" && len(*to) < limit {
			*to = append(*to, NameCount{c.Name, c.Hits})
		}
	}
	return err
}

func (a *Archive) names(ctx context.Context, to *[]NameCount, query string, limit int) error {
	return a.eachRow(ctx, func(rows *sql.Rows) error {
		var c NameCount
		err := rows.Scan(&c.Name, &c.Articles)
		*to = append(*to, c)
		return err
	}, query, limit)
}

// A Happening is what befell an article.
type Happening struct {
	Article  int64     `json:"article"`
	Site     string    `json:"site"`
	Title    string    `json:"title"`
	Seen     time.Time `json:"seen"`     // when the archive found it, UTC
	Revision int       `json:"revision"` // that a change made; 0 = it is none
	Event    string    `json:"event"`    // changed, missing, gone, returned
}

// LatestChanges gives the latest changes that newsrooms made to their articles, newest first, at most limit.
func (a *Archive) LatestChanges(ctx context.Context, limit int) ([]Happening, error) {
	return a.happenings(ctx, `SELECT r.article, a.site, coalesce(a.title, ''), r.seen, r.number, 'changed' FROM revisions r CROSS JOIN articles a ON a.id = r.article
		WHERE r.number > 1 AND r.cause = 'page' ORDER BY r.id DESC LIMIT ?`, limit)
}

// LatestLosses gives the articles that vanished or came back lately, newest first, at most limit.
func (a *Archive) LatestLosses(ctx context.Context, limit int) ([]Happening, error) {
	return a.happenings(ctx, `SELECT e.article, a.site, coalesce(a.title, ''), e.seen, 0, e.event FROM events e CROSS JOIN articles a ON a.id = e.article ORDER BY e.id DESC LIMIT ?`, limit)
}

func (a *Archive) happenings(ctx context.Context, query string, limit int) ([]Happening, error) {
	var list []Happening
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var h Happening
		var seen sql.NullString
		err := rows.Scan(&h.Article, &h.Site, &h.Title, &seen, &h.Revision, &h.Event)
		h.Seen = moment(seen)
		list = append(list, h)
		return err
	}, query, limit)
	if err != nil {
		return nil, fmt.Errorf("list what happened: %w", err)
	}
	return list, nil
}
