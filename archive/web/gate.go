package web

import (
	"context"
	"errors"
	"time"
)

// errCrowded is what a visitor gets who would have to wait too long.
var errCrowded = errors.New("too many searches at once")

// How many wait at a gate for each that is within, and how long.
const (
	waitersEach = 16
	waitMost    = 3 * time.Second
)

// A gate lets a few through at a time. What takes much work goes through one, so that what takes little is answered
// soon however many search; those who would wait long are told so at once, rather than each slowing all others.
type gate struct {
	within  chan struct{}
	waiting chan struct{}
}

func newGate(n int) *gate {
	return &gate{make(chan struct{}, n), make(chan struct{}, n*waitersEach)}
}

// enter waits for a place within, to be given back by leave. The error is errCrowded, or of the context.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-g.within }
	select {
	case g.within <- struct{}{}:
		return leave, nil
	default:
	}
	select {
	case g.waiting <- struct{}{}:
		defer func() { <-g.waiting }()
	default:
		return nil, errCrowded
	}
	patience := time.NewTimer(waitMost)
	defer patience.Stop()
	select {
	case g.within <- struct{}{}:
		return leave, nil
	case <-patience.C:
		return nil, errCrowded
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
