package scraper

import (
	"context"
	"slices"
	"sync"
)

// Turns let one through at a time. Who is in a hurry goes before the others, but no two in a row while another waits: so that lists, which
// name what all others wait for, are soon read, and a site of nothing but lists keeps nobody out. Otherwise it is first come, first served.
type turns struct {
	mu      sync.Mutex
	taken   bool
	hurried bool            // the last turn that was handed on was to one in a hurry
	hurry   []chan struct{} // each is closed when it is the waiting one's turn
	others  []chan struct{}
}

// take waits for a turn; give ends it. The error is ctx's.
func (q *turns) take(ctx context.Context, hurry bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	if !q.taken {
		q.taken = true
		q.mu.Unlock()
		return nil
	}
	line, mine := &q.others, make(chan struct{})
	if hurry {
		line = &q.hurry
	}
	*line = append(*line, mine)
	q.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	q.mu.Lock()
	i := slices.Index(*line, mine)
	if i >= 0 {
		*line = slices.Delete(*line, i, i+1)
	}
	q.mu.Unlock()
	if i < 0 { // it came just now
		q.give()
	}
	return ctx.Err()
}

func (q *turns) give() {
	q.mu.Lock()
	defer q.mu.Unlock()
	line := &q.others
	if len(q.hurry) > 0 && (len(q.others) == 0 || !q.hurried) {
		line = &q.hurry
	}
	if len(*line) == 0 {
		q.taken, q.hurried = false, false
		return
	}
	q.hurried = line == &q.hurry
	close((*line)[0])
	*line = slices.Delete(*line, 0, 1)
}
