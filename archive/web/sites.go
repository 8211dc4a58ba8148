package web

import (
	"context"
	"time"
)

// namesFor is how long the sites' names are kept: every page shows some, and they hardly change.
const namesFor = time.Minute

// siteName is a site's name for people, its id when it has none.
func (r *Room) siteName(ctx context.Context, id string) (string, error) {
	all, err := r.siteNames.get(ctx)
	if err != nil || all[id] == "" {
		return id, err
	}
	return all[id], nil
}
