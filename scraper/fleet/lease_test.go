package fleet

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestLeaseExcludes(t *testing.T) {
	f, _ := newFleet(t, Settings{LeaseTTL: 2 * time.Second}, 1)
	ctx := ctxOf(t)
	a, err := f.acquire(ctx, "a", []string{siteKey("x"), addressKey("127.0.0.1")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.acquire(ctx, "b", []string{siteKey("x")}); !errors.Is(err, ErrHeld) {
		t.Errorf("same site: got %v, want ErrHeld", err)
	}
	// Another site on the same address; and its own key is free again after the failure.
	for range 2 {
		if _, err := f.acquire(ctx, "b", []string{siteKey("y"), addressKey("127.0.0.1")}); !errors.Is(err, ErrHeld) {
			t.Errorf("same address: got %v, want ErrHeld", err)
		}
	}
	b, err := f.acquire(ctx, "b", []string{siteKey("y"), addressKey("127.0.0.2")})
	if err != nil {
		t.Fatal(err)
	}
	b.Release(ctx)
	if b.Check() == nil || b.Context().Err() == nil {
		t.Error("a lease that was given back is still good")
	}
	a.Release(ctx)
	c, err := f.acquire(ctx, "c", []string{siteKey("x"), addressKey("127.0.0.1")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release(ctx)
	if c.Fence <= a.Fence {
		t.Errorf("fencing number %d after %d", c.Fence, a.Fence)
	}
}

func TestLeaseIsKept(t *testing.T) {
	f, _ := newFleet(t, Settings{LeaseTTL: time.Second}, 1)
	ctx := ctxOf(t)
	l, err := f.acquire(ctx, "a", []string{siteKey("x"), addressKey("::1")})
	if err != nil {
		t.Fatal(err)
	}
	first := l.goodUntil(time.Now())
	eventually(t, 20*time.Second, "three lease times", func() bool {
		if err := l.Check(); err != nil {
			t.Fatal(err)
		}
		return time.Now().After(first.Add(3 * time.Second))
	})
	if _, err := f.acquire(ctx, "b", []string{siteKey("x")}); !errors.Is(err, ErrHeld) {
		t.Errorf("got %v, want ErrHeld", err)
	}
	l.Release(ctx)
}

// A holder that stops renewing, as a frozen or cut off one does, takes its lease for lost before the server gives it to the next.
func TestLeaseOfSilentHolder(t *testing.T) {
	f, _ := newFleet(t, Settings{LeaseTTL: time.Second}, 1)
	ctx := ctxOf(t)
	l, err := f.acquire(ctx, "a", []string{siteKey("x")})
	if err != nil {
		t.Fatal(err)
	}
	l.mu.Lock() // keep stands still at its next Check
	var next *Lease
	eventually(t, 20*time.Second, "the lease is free", func() bool {
		next, err = f.acquire(ctx, "b", []string{siteKey("x")})
		return err == nil
	})
	defer next.Release(ctx)
	l.mu.Unlock()
	if err := l.Check(); !errors.Is(err, ErrLost) {
		t.Errorf("the first holder: %v, want ErrLost", err)
	}
	<-l.Context().Done()
	if cause := context.Cause(l.Context()); !errors.Is(cause, ErrLost) {
		t.Errorf("cause %v", cause)
	}
	if err := next.Check(); err != nil {
		t.Errorf("the second holder: %v", err)
	}
	if next.Fence <= l.Fence {
		t.Errorf("fencing number %d after %d", next.Fence, l.Fence)
	}
	l.Release(ctx) // must not take the second one's entry away
	if _, err := f.acquire(ctx, "c", []string{siteKey("x")}); !errors.Is(err, ErrHeld) {
		t.Errorf("got %v, want ErrHeld", err)
	}
}

func TestLeaseSurvivesLeader(t *testing.T) {
	if testing.Short() {
		t.Skip("a cluster of three")
	}
	f, servers := newFleet(t, Settings{LeaseTTL: 8 * time.Second}, 3)
	ctx := ctxOf(t)
	l, err := f.acquire(ctx, "a", []string{siteKey("x")})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Release(ctx)
	for _, s := range servers {
		if s.JetStreamIsStreamLeader("$G", "KV_campusnews_leases") {
			s.Shutdown()
			break
		}
	}
	sure := time.Now().Add(2 * f.LeaseTTL)
	eventually(t, time.Minute, "two lease times", func() bool {
		if err := l.Check(); err != nil {
			t.Fatalf("lost with the leader: %v", err)
		}
		return time.Now().After(sure)
	})
}
