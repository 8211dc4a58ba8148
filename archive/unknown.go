package archive

import (
	"context"
	"fmt"
)

// Unknown says which of the names that a filter selects by no article of the archive has, in words: "no site csuu". A search
// that finds nothing is told apart by it from one that is misspelt. nil = each name is known.
func (a *Archive) Unknown(ctx context.Context, f Filter) (list []string, err error) {
	for _, n := range []struct{ what, name, query string }{
		{"site", f.Site, `SELECT EXISTS (SELECT 1 FROM sites WHERE id = ?)`},
		{"section", f.Section, `SELECT EXISTS (SELECT 1 FROM sections WHERE name = ?1) OR EXISTS (SELECT 1 FROM articles WHERE site IN (SELECT id FROM sites) AND section = ?1)`},
		{"source", f.Source, `SELECT EXISTS (SELECT 1 FROM articles INDEXED BY articles_sorting WHERE source = ?)`},
		{"person", f.Person, `SELECT EXISTS (SELECT 1 FROM credits WHERE name = ?)`},
	} {
		if n.name == "" {
			continue
		}
		var known bool
		if err := a.read.QueryRowContext(ctx, n.query, n.name).Scan(&known); err != nil {
			return nil, fmt.Errorf("look for %s %s: %w", n.what, n.name, err)
		}
		if !known {
			list = append(list, fmt.Sprintf("no %s %s", n.what, n.name))
		}
	}
	return list, nil
}
