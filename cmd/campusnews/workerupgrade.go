package main

import (
	"context"
	"os"
	"path/filepath"

	"campusnews/archive"
)

// bringUp brings the archives here up to date that an earlier release has written, one after the other, so that they can be searched and read
// before their next run comes. Archives that other workers have taken over stay as they are. What fails is tried again by that run.
func (r *siteRunner) bringUp(ctx context.Context) {
	entries, err := os.ReadDir(filepath.Join(r.data, "sites"))
	if err != nil {
		return // there are none
	}
	for _, e := range entries {
		if ctx.Err() != nil {
			return
		}
		if state, err := r.fleet.State(ctx, e.Name()); err == nil && state.Home == r.keeper.Worker {
			r.bringUpSite(ctx, e.Name())
		}
	}
}

func (r *siteRunner) bringUpSite(ctx context.Context, site string) {
	if _, err := os.Stat(filepath.Join(r.dir(site), "archive.db")); err != nil {
		return
	}
	busy := r.disk.of(site)
	if !busy.TryLock() {
		return // a run is at it, and does that
	}
	defer busy.Unlock()
	switch from, to, err := archive.Upgrade(ctx, r.dir(site)); {
	case err != nil && ctx.Err() == nil:
		r.g.log().Warn("an archive is not brought up to date", "site", site, "err", err)
	case err == nil && from < to:
		r.g.log().Info("archive brought up to date", "site", site, "from", from, "to", to)
	}
}
