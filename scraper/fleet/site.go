package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// ErrNoSite says that the fleet has no site of this id.
var ErrNoSite = errors.New("no such site in the fleet")

// A Site is one that the fleet crawls.
type Site struct {
	ID      string    `json:"id"`                // as in its profile
	Name    string    `json:"name,omitempty"`    // for people
	Profile string    `json:"profile"`           // the profile itself, YAML, so that any worker can read the site
	Hosts   []string  `json:"hosts"`             // whose addresses are leased together with the site; with a port if one is in the addresses
	Rhythm  Rhythm    `json:"rhythm"`            // when it is crawled
	Needs   Labels    `json:"needs,omitempty"`   // labels that a worker must have; nil = any worker will do
	Options []string  `json:"options,omitempty"` // flags of crawl for this site's runs: --assets none
	Paused  bool      `json:"paused,omitempty"`
	Added   time.Time `json:"added"` // UTC
}

// Labels are a worker's properties, or those that a site needs: campus=csu.
type Labels map[string]string

// ParseLabels reads "campus=csu,disk=large"; "" = none.
func ParseLabels(text string) (Labels, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	l := Labels{}
	for part := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || !isToken(name) || !isToken(value) {
			return nil, fmt.Errorf("label %q: write it as name=value, in letters, digits, - and _", part)
		}
		if _, twice := l[name]; twice {
			return nil, fmt.Errorf("label %q is given twice", name)
		}
		l[name] = value
	}
	return l, nil
}

// String gives the labels as ParseLabels reads them, in the order of their names.
func (l Labels) String() string {
	parts := make([]string, 0, len(l))
	for _, name := range slices.Sorted(maps.Keys(l)) {
		parts = append(parts, name+"="+l[name])
	}
	return strings.Join(parts, ",")
}

// Fit says whether a worker with the labels l may have a site that needs these.
func (l Labels) Fit(needs Labels) bool {
	for name, value := range needs {
		if l[name] != value {
			return false
		}
	}
	return true
}

// pool is the queue of the sites that need just these labels.
func (l Labels) pool() string {
	if len(l) == 0 {
		return "any"
	}
	return "of-" + strings.ReplaceAll(l.String(), ",", "+")
}

// PutSite adds a site to the fleet, or changes one, and sets its schedule.
func (f *Fleet) PutSite(ctx context.Context, s Site) error {
	if err := s.validate(); err != nil {
		return err
	}
	if s.Added.IsZero() {
		s.Added = time.Now().UTC()
	}
	value, err := json.Marshal(s)
	if err != nil {
		return err
	}
	before, err := f.Site(ctx, s.ID)
	if err != nil && !errors.Is(err, ErrNoSite) {
		return err
	}
	// The site first: a run of a site that is not there yet would be thrown away.
	if _, err := f.sites.Put(ctx, token(s.ID), value); err != nil {
		return fmt.Errorf("keep site %s: %w", s.ID, err)
	}
	if before.ID != "" && before.Needs.pool() != s.Needs.pool() {
		if err := f.withdraw(ctx, before); err != nil { // what is due waits in the wrong queue
			return err
		}
	}
	if err := f.makePool(ctx, s.Needs); err != nil {
		return err
	}
	if s.Paused {
		return f.withdraw(ctx, s)
	}
	if before.ID != "" && !before.Paused && before.Rhythm == s.Rhythm && before.Needs.pool() == s.Needs.pool() {
		return nil // publishing the same schedule would begin its interval anew
	}
	return f.plan(ctx, s)
}

func (s Site) validate() error {
	if s.ID == "" || strings.ContainsAny(s.ID, " *>\t\r\n") {
		return fmt.Errorf("site id %q: want one without blanks, * and >", s.ID)
	}
	if len(s.Hosts) == 0 {
		return fmt.Errorf("site %s: no host", s.ID)
	}
	return s.Rhythm.Validate()
}

// Site gives the site of this id; the error wraps ErrNoSite.
func (f *Fleet) Site(ctx context.Context, id string) (Site, error) {
	e, err := f.sites.Get(ctx, token(id))
	if errors.Is(err, jetstream.ErrKeyNotFound) || errors.Is(err, jetstream.ErrInvalidKey) {
		return Site{}, fmt.Errorf("%s: %w", id, ErrNoSite)
	}
	if err != nil {
		return Site{}, fmt.Errorf("site %s: %w", id, err)
	}
	var s Site
	if err := json.Unmarshal(e.Value(), &s); err != nil {
		return Site{}, fmt.Errorf("site %s: %w", id, err)
	}
	return s, nil
}

// Sites gives all sites in the order of their ids.
func (f *Fleet) Sites(ctx context.Context) ([]Site, error) {
	var sites []Site
	err := each(ctx, f.sites, func(s Site) { sites = append(sites, s) })
	slices.SortFunc(sites, func(a, b Site) int { return strings.Compare(a.ID, b.ID) })
	return sites, err
}

// RemoveSite takes the site and its schedule out of the fleet. Its archive stays where it is, with its
// copies. A run under way goes on to its end.
func (f *Fleet) RemoveSite(ctx context.Context, id string) error {
	s, err := f.Site(ctx, id)
	if err != nil {
		return err
	}
	if err := f.withdraw(ctx, s); err != nil {
		return err
	}
	if err := f.sites.Purge(ctx, token(id)); err != nil {
		return fmt.Errorf("remove site %s: %w", id, err)
	}
	return nil
}

// each calls do for every value of a bucket, read in one stroke.
func each[T any](ctx context.Context, kv jetstream.KeyValue, do func(T)) error {
	w, err := kv.WatchAll(ctx, jetstream.IgnoreDeletes())
	if err != nil {
		return fmt.Errorf("read bucket %s: %w", kv.Bucket(), err)
	}
	defer w.Stop()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("read bucket %s: %w", kv.Bucket(), context.Cause(ctx))
		case e, ok := <-w.Updates():
			if !ok {
				return fmt.Errorf("read bucket %s: the server hung up", kv.Bucket())
			}
			if e == nil {
				return nil // all that was there
			}
			var v T
			if err := json.Unmarshal(e.Value(), &v); err != nil {
				return fmt.Errorf("bucket %s, key %s: %w", kv.Bucket(), e.Key(), err)
			}
			do(v)
		}
	}
}
