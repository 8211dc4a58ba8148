package web

import (
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
	make func(context.Context) (T, error)

	mu    sync.Mutex
	value T
	made  time.Time     // zero = never
	under chan struct{} // closed when the making under way ends; nil = none is
	err   error         // of the last making
}

// patience is how long a value may take to make, whoever waits for it.
const patience = time.Minute

func (k *kept[T]) get(ctx context.Context) (value T, err error) {
	k.mu.Lock()
	if k.under == nil && (k.made.IsZero() || time.Since(k.made) > k.good) {
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

func (k *kept[T]) renew(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	v, err := k.make(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err = err; err == nil {
		k.value, k.made = v, time.Now()
	}
	close(k.under)
	k.under = nil
}
