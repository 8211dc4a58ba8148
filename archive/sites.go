package archive

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"campusnews/scraper"
)

// SectionNames gives the names of a site's sections that have a list, in order of names.
func (a *Archive) SectionNames(ctx context.Context, site string) ([]string, error) {
	var names []string
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	}, `SELECT name FROM sections WHERE site = ? AND url IS NOT NULL ORDER BY name`, site)
	if err != nil {
		return nil, fmt.Errorf("sections of %s: %w", site, err)
	}
	return names, nil
}

// putSite makes a site known, and what is told of it and its sections.
func (t *tx) putSite(s Site, now time.Time) error {
	if err := t.exec(`INSERT INTO sites (id, name, url, system, added) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET name = coalesce(excluded.name, name), url = coalesce(excluded.url, url), system = coalesce(excluded.system, system)`,
		s.ID, null(s.Name), null(s.URL), null(s.System), stamp(now)); err != nil {
		return err
	}
	if s.Profile != "" {
		if err := t.exec(`INSERT INTO profiles (site, text, seen) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET text = excluded.text, seen = excluded.seen WHERE text <> excluded.text`, s.ID, s.Profile, stamp(now)); err != nil {
			return err
		}
	}
	for _, sec := range s.Sections {
		if err := t.putSection(s.ID, sec.Name, sec.URL, now); err != nil {
			return err
		}
	}
	return nil
}

// noteSite makes sure that rows may refer to the site.
func (t *tx) noteSite(id string, now time.Time) error {
	if !t.once(note{site: id}, "") {
		return nil
	}
	return t.exec(`INSERT INTO sites (id, added) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, stamp(now))
}

// putSection makes sure that articles may refer to the section. Address "" leaves what is known.
func (t *tx) putSection(site, name, url string, now time.Time) error {
	if name == "" || !t.once(note{site, name}, url) {
		return nil
	}
	return t.exec(`INSERT INTO sections (site, name, url, added) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET url = excluded.url WHERE excluded.url IS NOT NULL AND excluded.url IS NOT url`,
		site, name, null(url), stamp(now))
}

// Empty says that the archive has neither an article of a site nor a list or feed that leads to some.
func (a *Archive) Empty(ctx context.Context, site string) (bool, error) {
	var has bool
	err := a.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM articles WHERE site = ?1) OR EXISTS (SELECT 1 FROM sections WHERE site = ?1 AND url IS NOT NULL)
		OR EXISTS (SELECT 1 FROM frontier WHERE site = ?1 AND role IN (?2, ?3, ?4) AND state = 'kept')`,
		site, int(scraper.RoleSection), int(scraper.RoleList), int(scraper.RoleFeed)).Scan(&has)
	if err != nil {
		return false, fmt.Errorf("look for articles of %s: %w", site, err)
	}
	return !has, nil
}
