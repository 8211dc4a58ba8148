package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A State is how a site stands, as the holder of its lease has written it.
type State struct {
	Site     string    `json:"site"`
	Home     string    `json:"home,omitempty"`     // worker that holds the newest archive
	Fence    uint64    `json:"fence"`              // of the latest run
	Running  bool      `json:"running,omitempty"`  // it has begun and not told its end
	Began    time.Time `json:"began,omitzero"`     // UTC, by the worker's clock
	Ended    time.Time `json:"ended,omitzero"`     // of the latest run that told its end
	Ending   string    `json:"ending,omitempty"`   // how that one went: done, part, interrupted, failed
	Error    string    `json:"error,omitempty"`    // why it failed
	Note     string    `json:"note,omitempty"`     // what the run says of itself, in a line
	Blocked  []string  `json:"blocked,omitempty"`  // hosts that refused in it
	Next     time.Time `json:"next,omitzero"`      // when the run after the latest is due, as the server said
	Upto     time.Time `json:"upto,omitzero"`      // the latest run makes all that came due until then, by the server's clock
	Failures int       `json:"failures,omitempty"` // runs in a row that failed, or took their worker with them
	SetAside bool      `json:"set_aside,omitempty"`
	Runs     int       `json:"runs"` // that have begun
}

// made says whether a run that came due then has been made already, by one that began later and came to its end.
func (s State) made(due time.Time) bool {
	return !due.IsZero() && !due.After(s.Upto) && !s.Running && s.Ending != EndInterrupted && s.Ending != EndRefused
}

// setAsideAfter is how many runs in a row may fail, or take their worker with them, before a site is set
// aside for a person to look at.
const setAsideAfter = 5

// State gives how a site stands; the zero State of a site that was never crawled.
func (f *Fleet) State(ctx context.Context, site string) (State, error) {
	s, _, err := f.stateAt(ctx, site)
	return s, err
}

func (f *Fleet) stateAt(ctx context.Context, site string) (State, uint64, error) {
	e, err := f.states.Get(ctx, token(site))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return State{Site: site}, 0, nil
	}
	if err != nil {
		return State{}, 0, fmt.Errorf("state of site %s: %w", site, err)
	}
	var s State
	if err := json.Unmarshal(e.Value(), &s); err != nil {
		return State{}, 0, fmt.Errorf("state of site %s: %w", site, err)
	}
	return s, e.Revision(), nil
}

// States gives how all sites stand that were ever crawled, in the order of their ids.
func (f *Fleet) States(ctx context.Context) ([]State, error) {
	var states []State
	err := each(ctx, f.states, func(s State) { states = append(states, s) })
	slices.SortFunc(states, func(a, b State) int { return strings.Compare(a.Site, b.Site) })
	return states, err
}

// changeState lets change alter a site's state, once more when somebody else was faster. A run
// (fence > 0) that finds a later one's number there has lost its lease: the error wraps ErrLost, and nothing is written.
func (f *Fleet) changeState(ctx context.Context, site string, fence uint64, change func(*State)) (State, error) {
	for {
		s, revision, err := f.stateAt(ctx, site)
		if err != nil {
			return State{}, err
		}
		if fence != 0 && s.Fence > fence {
			return s, fmt.Errorf("site %s: run %d has been followed by %d: %w", site, fence, s.Fence, ErrLost)
		}
		change(&s)
		value, err := json.Marshal(s)
		if err != nil {
			return State{}, err
		}
		if revision == 0 {
			_, err = f.states.Create(ctx, token(site), value)
		} else {
			_, err = f.states.Update(ctx, token(site), value, revision)
		}
		if err == nil {
			return s, nil
		}
		if !isConflict(err) {
			return State{}, fmt.Errorf("state of site %s: %w", site, err)
		}
		if ctx.Err() != nil {
			return State{}, context.Cause(ctx)
		}
	}
}

// Resume lets a site be crawled again that was paused or set aside.
func (f *Fleet) Resume(ctx context.Context, id string) error {
	s, err := f.Site(ctx, id)
	if err != nil {
		return err
	}
	if _, err := f.changeState(ctx, id, 0, func(s *State) { s.SetAside, s.Failures = false, 0 }); err != nil {
		return err
	}
	s.Paused = false
	return f.PutSite(ctx, s)
}

// Pause keeps a site from being crawled until Resume. A run under way goes on to its end.
func (f *Fleet) Pause(ctx context.Context, id string) error {
	s, err := f.Site(ctx, id)
	if err != nil {
		return err
	}
	s.Paused = true
	return f.PutSite(ctx, s)
}
