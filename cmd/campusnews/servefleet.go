package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"campusnews/archive"
	readingroom "campusnews/archive/web"
	"campusnews/scraper/fleet"
)

// fleetArchives are the archives of a fleet's workers, for a reading room over all of them.
type fleetArchives struct{ *fleetSession }

// hallWait is how long a reader waits for archives that do not answer; answers to a page of it may take twice as long.
const hallWait = 5 * time.Second

// Search implements readingroom.Archives.
func (a fleetArchives) Search(ctx context.Context, q archive.Query) (readingroom.Found, error) {
	f, err := searchFleet(ctx, a.fleetSession, searchQuestion{Query: q, Spread: true}, hallWait)
	if err != nil {
		return readingroom.Found{}, err
	}
	return readingroom.Found{Hits: f.hits.Hits, Facets: f.facets, Archives: f.archives, Silent: f.silent}, nil
}

// Standing implements readingroom.Archives.
func (a fleetArchives) Standing(ctx context.Context) (out readingroom.Standing, err error) {
	st, err := standing(ctx, a.fleetSession)
	if err != nil {
		return out, err
	}
	alive := map[string]bool{}
	for _, m := range st.Workers {
		alive[m.ID] = true
		out.Workers = append(out.Workers, readingroom.Worker{
			ID: m.ID, Host: m.Host, Version: m.Version, Labels: m.Labels.String(), Busy: len(m.Busy), Slots: m.Slots, Archives: m.Archives, Disk: m.Disk, Full: m.Full,
			Draining: m.Draining, Since: m.Started,
		})
	}
	for _, s := range st.Sites {
		latest := s.State.Ended
		if s.State.Running {
			latest = s.State.Began
		}
		note := s.State.Note
		if s.State.Error != "" {
			note = s.State.Error
		}
		out.Sites = append(out.Sites, readingroom.SiteStanding{
			ID: s.ID, Name: s.Name, Rhythm: s.Rhythm.String(), State: s.key(), At: s.State.Home, Alive: alive[s.State.Home], Runs: s.State.Runs,
			Latest: latest, Next: s.State.Next, Blocked: s.State.Blocked, Note: note, Copied: s.Copied, Copy: s.Copy,
		})
	}
	return out, nil
}

// Visit implements readingroom.Archives.
func (a fleetArchives) Visit(w http.ResponseWriter, req *http.Request, site string) error {
	if _, err := a.Site(req.Context(), site); err != nil {
		if errors.Is(err, fleet.ErrNoSite) {
			return archive.ErrNotFound
		}
		return err
	}
	state, err := a.State(req.Context(), site)
	if err != nil {
		return err
	}
	if state.Home == "" {
		return readingroom.ErrAway
	}
	err = a.Fleet.Visit(w, req, state.Home, site)
	if errors.Is(err, fleet.ErrNotAnswered) {
		return fmt.Errorf("%w: %v", readingroom.ErrAway, err)
	}
	return err
}
