package scraper

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var q turns
		if err := q.take(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		gone, leave := context.WithCancel(t.Context())
		var mu sync.Mutex
		var order []string
		wait := func(ctx context.Context, name string, hurry bool) {
			go func() {
				if err := q.take(ctx, hurry); err != nil {
					name = err.Error()
				} else {
					defer q.give()
				}
				mu.Lock()
				defer mu.Unlock()
				order = append(order, name)
			}()
			synctest.Wait() // in line
		}
		wait(t.Context(), "article 1", false)
		wait(t.Context(), "list 1", true)
		wait(gone, "nobody", false)
		wait(gone, "nobody", true)
		wait(t.Context(), "list 2", true)
		wait(t.Context(), "article 2", false)
		wait(t.Context(), "list 3", true)
		wait(t.Context(), "list 4", true)
		leave()
		synctest.Wait()
		q.give()
		synctest.Wait()
		want := []string{"context canceled", "context canceled", "list 1", "article 1", "list 2", "article 2", "list 3", "list 4"}
		if !slices.Equal(order, want) {
			t.Errorf("turns in the order %q, want %q", order, want)
		}
		if err := q.take(gone, true); !errors.Is(err, context.Canceled) {
			t.Errorf("a turn for one who has gone: %v, want %v", err, context.Canceled)
		}
		if q.taken || len(q.hurry)+len(q.others) > 0 {
			t.Errorf("after all have had their turns: taken %v, %d and %d in line", q.taken, len(q.hurry), len(q.others))
		}
	})
}

// Whoever gives up just as it becomes his turn hands it on.
func TestTurnGivenUp(t *testing.T) {
	for range 200 {
		var q turns
		if err := q.take(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		ctx, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if q.take(ctx, true) == nil {
				q.give()
			}
		})
		wg.Go(leave)
		q.give()
		wg.Wait()
		if q.taken || len(q.hurry)+len(q.others) > 0 {
			t.Fatalf("taken %v, %d and %d in line, want none", q.taken, len(q.hurry), len(q.others))
		}
	}
}
