package scraper

import (
	"context"
	"errors"
	"time"
)

// What is due at hosts that a run leaves alone is set aside, so that the store gives it what is due at others; so are articles of
// a time that it is not asked for.
const (
	maxParked = 1000      // targets of stopped hosts set aside in memory; with so many the run ends if there is no other host
	putOffFor = time.Hour // how long they are put off if there is
)

// park sets the target of a stopped host aside: as it is until the run ends, or, when there are many and other hosts are up, all of
// them for an hour, so that those hosts' come up.
func (r *run) park(ctx context.Context, t Target) error {
	r.parked = append(r.parked, t)
	if len(r.parked) < maxParked || r.allDown() {
		return nil
	}
	parked := r.parked
	r.parked = nil
	due := r.cfg.Now().UTC().Add(putOffFor)
	for i := range parked {
		parked[i].Due = due
	}
	var err error
	r.outside(func() { _, err = r.store.Add(context.WithoutCancel(ctx), parked, true) })
	for _, t := range parked {
		err = errors.Join(err, r.release(ctx, t))
	}
	return err
}

// allDown says whether every host of the site is left alone.
func (r *run) allDown() bool {
	for host := range r.scope.hosts {
		if s := r.hosts[host]; s == nil || s.stopped == "" {
			return false
		}
	}
	return true
}

// unpark gives the targets of stopped hosts back; the next run tries them again.
func (r *run) unpark(ctx context.Context) error {
	var errs []error
	for _, t := range r.parked {
		errs = append(errs, r.release(ctx, t))
	}
	r.parked = nil
	return errors.Join(errs...)
}
