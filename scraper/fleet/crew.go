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

// A Member is a worker as it says of itself.
type Member struct {
	ID       string    `json:"id"`
	Host     string    `json:"host"`
	Folder   string    `json:"folder,omitempty"` // where it keeps archives, on that host
	Version  string    `json:"version"`          // of the program
	Format   int       `json:"format,omitempty"` // newest format of archives that it knows; 0 = not told
	Labels   Labels    `json:"labels,omitempty"`
	Slots    int       `json:"slots"`              // sites it crawls at the same time, at most
	Busy     []string  `json:"busy,omitempty"`     // ids of the sites it is at, in order
	Archives int       `json:"archives"`           // that it holds
	Disk     int64     `json:"disk,omitempty"`     // bytes that these take
	Full     string    `json:"full,omitempty"`     // why it takes no site that it does not hold; "" = it does
	Draining bool      `json:"draining,omitempty"` // takes no more runs
	Started  time.Time `json:"started"`            // UTC, by its own clock
}

// beat tells the fleet that the worker is alive. What is not told again within the lease time is forgotten.
func (f *Fleet) beat(ctx context.Context, m Member) error {
	value, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if _, err := f.crew.Put(ctx, token(m.ID), value); err != nil {
		return fmt.Errorf("beat: %w", err)
	}
	return nil
}

// ErrTaken says that another worker of the same id is at work.
var ErrTaken = errors.New("a worker of this id is at work already")

// alone waits until no other worker of the same id is heard of. One of this host and folder was the same before it died: nobody else has its folder.
func (f *Fleet) alone(ctx context.Context, id, host, folder string) error {
	first := uint64(0)
	for {
		e, err := f.crew.Get(ctx, token(id))
		if errors.Is(err, jetstream.ErrKeyNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("worker %s: %w", id, err)
		}
		var m Member
		if json.Unmarshal(e.Value(), &m) != nil || m.Host == host && m.Folder == folder {
			return nil
		}
		if first == 0 {
			first = e.Revision()
		} else if e.Revision() != first {
			return fmt.Errorf("worker %s: %w, at %s in %s", id, ErrTaken, m.Host, m.Folder)
		}
		sleep(ctx, f.LeaseTTL/8)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// Crew gives the workers that are alive, in the order of their ids.
func (f *Fleet) Crew(ctx context.Context) ([]Member, error) {
	var crew []Member
	err := each(ctx, f.crew, func(m Member) { crew = append(crew, m) })
	slices.SortFunc(crew, func(a, b Member) int { return strings.Compare(a.ID, b.ID) })
	return crew, err
}

// member gives a worker that is alive; false = nobody has heard of it lately.
func (f *Fleet) member(ctx context.Context, id string) (m Member, alive bool) {
	e, err := f.crew.Get(ctx, token(id))
	if err != nil || json.Unmarshal(e.Value(), &m) != nil {
		return Member{}, false
	}
	return m, true
}
