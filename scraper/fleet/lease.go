package fleet

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// ErrHeld says that somebody else has what a lease was asked for.
var ErrHeld = errors.New("held by another worker")

// ErrLost says that a lease has come to its end before it was given back.
var ErrLost = errors.New("lease lost")

// A Lease is the right to work at a site, for as long as it is renewed. The server
// forgets a lease that was not renewed for its time, by the server's clock; the holder
// takes it for lost earlier, by its own clocks, counted from before the last renewal was sent.
// So no two clocks have to agree, only to run at about the same pace: a fifth of
// the time is left for that.
type Lease struct {
	Fence uint64 // rises with every lease of the fleet: what carries a smaller number comes from a former holder

	kv     jetstream.KeyValue
	ttl    time.Duration
	holder holder
	ctx    context.Context // of the work: ends with the lease, or with what the worker was told
	cancel context.CancelCauseFunc
	kept   context.Context // of the lease itself, which is renewed while the work comes to its end
	drop   context.CancelFunc
	done   sync.WaitGroup

	mu    sync.Mutex
	held  []heldKey
	until time.Time // the lease is good before that
	lost  error
}

type heldKey struct {
	key      string
	revision uint64
}

// A holder is what stands under a leased key.
type holder struct {
	Worker string    `json:"worker"`
	Nonce  string    `json:"nonce"` // tells the holder's own entry from anybody else's
	Since  time.Time `json:"since"` // UTC, by the worker's clock; for people
}

// siteKey and addressKey are the keys of leases. A site is leased together with the addresses of its hosts,
// so that hosts on one server are not crawled by two workers.
func siteKey(site string) string { return "site." + token(site) }
func addressKey(addr string) string {
	return "address." + strings.NewReplacer(":", "-", "%", "-").Replace(addr)
}

// acquire leases all keys or none. The first key's revision is the fencing number. The
// error wraps ErrHeld when somebody has one of them. When ctx ends, the lease is still kept until Release.
func (f *Fleet) acquire(ctx context.Context, worker string, keys []string) (*Lease, error) {
	// Everybody asks in the same order, so that two workers never wait for each other's second key; the site's comes first.
	rest := slices.Clone(keys[1:])
	slices.Sort(rest)
	keys = append([]string{keys[0]}, slices.Compact(rest)...)
	l := &Lease{kv: f.leases, ttl: f.LeaseTTL, holder: holder{Worker: worker, Nonce: rand.Text(), Since: time.Now().UTC()}}
	value, err := json.Marshal(l.holder)
	if err != nil {
		return nil, err
	}
	sent := time.Now()
	for _, key := range keys {
		revision, err := f.leases.Create(ctx, key, value)
		if err != nil {
			l.giveBack(ctx)
			if errors.Is(err, jetstream.ErrKeyExists) {
				return nil, fmt.Errorf("%s: %w%s", key, ErrHeld, f.heldBy(ctx, key))
			}
			return nil, fmt.Errorf("lease %s: %w", key, err)
		}
		l.held = append(l.held, heldKey{key, revision})
	}
	l.Fence = l.held[0].revision
	l.until = l.goodUntil(sent)
	l.ctx, l.cancel = context.WithCancelCause(ctx)
	l.kept, l.drop = context.WithCancel(context.WithoutCancel(ctx))
	l.done.Go(l.keep)
	return l, nil
}

func (f *Fleet) heldBy(ctx context.Context, key string) string {
	e, err := f.leases.Get(ctx, key)
	if err != nil {
		return ""
	}
	var h holder
	if json.Unmarshal(e.Value(), &h) != nil {
		return ""
	}
	return ": " + h.Worker
}

// goodUntil is how long a renewal sent then is trusted.
func (l *Lease) goodUntil(sent time.Time) time.Time { return sent.Add(l.ttl - l.ttl/5) }

// Context is for the work under the lease: it ends with the context that the lease was asked for with, and when the lease
// is lost or given back, with ErrLost as its cause.
func (l *Lease) Context() context.Context { return l.ctx }

// Check returns an error that wraps ErrLost once the lease is not good any more. It asks no
// server: it is for the moment before each request and each write.
func (l *Lease) Check() error {
	l.mu.Lock()
	until, lost := l.until, l.lost
	l.mu.Unlock()
	if lost != nil {
		return lost
	}
	now := time.Now()
	// By both clocks: the monotonic one stands still while some machines sleep, the wall clock may be set.
	if !now.Before(until) || !now.Round(0).Before(until.Round(0)) {
		return l.lose(ErrLost)
	}
	return nil
}

// lose ends the lease.
func (l *Lease) lose(why error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost == nil {
		l.lost = why
		l.cancel(why)
	}
	return l.lost
}

// keep renews the lease until it is lost or given back.
func (l *Lease) keep() {
	tick := time.NewTicker(l.ttl / 4)
	defer tick.Stop()
	for {
		select {
		case <-l.kept.Done():
			return
		case <-tick.C:
		}
		if l.Check() != nil {
			return
		}
		sent := time.Now()
		err := l.renew()
		switch {
		case err == nil:
			l.mu.Lock()
			l.until = l.goodUntil(sent)
			l.mu.Unlock()
		case errors.Is(err, ErrLost):
			l.lose(err)
			return
		} // else the server could not be asked: once more at the next tick, while there is time
	}
}

func (l *Lease) renew() error {
	value, err := json.Marshal(l.holder)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(l.kept, l.ttl/4)
	defer cancel()
	for i := range l.held {
		h := &l.held[i] // only this goroutine touches them until keep has ended
		revision, err := l.kv.Update(ctx, h.key, value, h.revision)
		if isConflict(err) {
			// A renewal whose answer was lost is our own.
			e, gerr := l.kv.Get(ctx, h.key)
			var now holder
			switch {
			case gerr != nil && !errors.Is(gerr, jetstream.ErrKeyNotFound):
				return gerr
			case gerr == nil && json.Unmarshal(e.Value(), &now) == nil && now.Nonce == l.holder.Nonce:
				revision, err = l.kv.Update(ctx, h.key, value, e.Revision())
			default:
				return fmt.Errorf("%s: %w", h.key, ErrLost)
			}
		}
		if err != nil {
			return err
		}
		h.revision = revision
	}
	return nil
}

// Release gives the lease back, for the next to have it at once.
func (l *Lease) Release(ctx context.Context) {
	l.lose(ErrLost)
	l.drop()
	l.done.Wait()
	l.giveBack(ctx)
}

// giveBack deletes the keys as far as they are still ours. What fails is forgotten by the server in time.
func (l *Lease) giveBack(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.ttl/2)
	defer cancel()
	for _, h := range l.held {
		_ = l.kv.Delete(ctx, h.key, jetstream.LastRevision(h.revision))
	}
}

// isConflict says whether an update failed because the key is not as the writer believed.
func isConflict(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || errors.Is(err, jetstream.ErrKeyExists)
}
