package archive

import (
	"context"
	"database/sql"
	"fmt"
)

// SiteNames gives the name of each site by its id; "" for one without.
func (a *Archive) SiteNames(ctx context.Context) (map[string]string, error) {
	names := map[string]string{}
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var id, name string
		err := rows.Scan(&id, &name)
		names[id] = name
		return err
	}, `SELECT id, coalesce(name, '') FROM sites`)
	if err != nil {
		return nil, fmt.Errorf("list sites: %w", err)
	}
	return names, nil
}

// Sections gives the columns of a site, site "" = of all, by site and name.
func (a *Archive) Sections(ctx context.Context, site string) (map[string][]Section, error) {
	list := map[string][]Section{}
	err := a.eachRow(ctx, func(rows *sql.Rows) error {
		var id string
		var s Section
		err := rows.Scan(&id, &s.Name, &s.URL)
		list[id] = append(list[id], s)
		return err
	}, `SELECT site, name, coalesce(url, '') FROM sections WHERE ?1 IN ('', site) ORDER BY site, name`, site)
	if err != nil {
		return nil, fmt.Errorf("list sections: %w", err)
	}
	return list, nil
}
