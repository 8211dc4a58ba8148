package web

import (
	"context"
	"sync"
	"time"
)

// names keeps the sites' names for a while: every page shows some, and they hardly change.
type names struct {
	mu    sync.Mutex
	until time.Time
	of    map[string]string
}

const namesFor = time.Minute

// siteName is a site's name for people, its id when it has none.
func (r *Room) siteName(ctx context.Context, id string) (string, error) {
	all, err := r.siteNames(ctx)
	if err != nil || all[id] == "" {
		return id, err
	}
	return all[id], nil
}

// siteNames are all sites' names by id. The map is for reading.
func (r *Room) siteNames(ctx context.Context) (map[string]string, error) {
	r.names.mu.Lock()
	defer r.names.mu.Unlock()
	if now := time.Now(); r.names.of == nil || now.After(r.names.until) {
		of, err := r.archive.SiteNames(ctx)
		if err != nil {
			return nil, err
		}
		r.names.of, r.names.until = of, now.Add(namesFor)
	}
	return r.names.of, nil
}
