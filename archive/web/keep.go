package web

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"
)

// errClosed ends what a Room does beside answering when it is closed.
var errClosed = errors.New("the reading room is closed")

// spawn runs f beside what the caller does. Its context ends with the Room, and Close waits for it. False = the Room is closed.
func (r *Room) spawn(f func(context.Context)) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		return false
	}
	r.tasks.Go(func() { f(r.ctx) })
	return true
}

// A kept value is one that takes long to make and is asked for often. It is made by one at a time; while it is
// made anew, callers get the one before.
type kept[T any] struct {
	room *Room
	good time.Duration // how long a value is
	wait time.Duration // how long making it may take; 0 = patience
	make func(context.Context) (T, error)

	mu    sync.Mutex
	value T
	made  time.Time     // zero = never
	took  time.Duration // the last making
	under chan struct{} // closed when the making under way ends; nil = none is
	err   error         // of the last making
}

// patience is how long a value may take to make, whoever waits for it. restFactor bounds the share of time that goes into making a
// value that is always wanted.
const (
	patience   = time.Minute
	restFactor = 20
)

// begin makes the value before somebody asks for it.
func (k *kept[T]) begin() { _, _ = k.get(alreadyOver) }

// alreadyOver is the context of one who does not wait.
var alreadyOver = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// soon is get for one who waits no longer than a moment. ready says whether there is a value.
func (k *kept[T]) soon(ctx context.Context, moment time.Duration) (value T, ready bool, err error) {
	short, cancel := context.WithTimeout(ctx, moment)
	defer cancel()
	value, err = k.get(short)
	if err != nil && short.Err() != nil && ctx.Err() == nil {
		return value, false, nil
	}
	return value, err == nil, err
}

func (k *kept[T]) get(ctx context.Context) (value T, err error) {
	k.mu.Lock()
	if k.under == nil && (k.made.IsZero() || time.Since(k.made) > max(k.good, restFactor*k.took)) {
		k.under = make(chan struct{})
		if !k.room.spawn(k.renew) {
			k.under = nil
			k.mu.Unlock()
			return value, errClosed
		}
	}
	under, have := k.under, !k.made.IsZero()
	value = k.value
	k.mu.Unlock()
	if have {
		return value, nil
	}
	select {
	case <-under:
	case <-ctx.Done():
		return value, ctx.Err()
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.value, k.err
}

// last is the value made last, whatever its age; false = none.
func (k *kept[T]) last() (T, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.value, !k.made.IsZero()
}

func (k *kept[T]) renew(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(k.wait, patience))
	defer cancel()
	start := time.Now()
	v, err := k.make(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err = err; err == nil {
		k.value, k.made, k.took = v, time.Now(), time.Since(start)
	}
	close(k.under)
	k.under = nil
}
