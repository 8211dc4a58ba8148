package main

import (
	"strings"
	"testing"
	"time"
)

// A machine dies in mid-run: another worker takes the copy and goes on when the lease is over, and asks again only for pages that came
// since the copy before: one each second here.
func TestFleetDeath(t *testing.T) {
	const lease, copies = 3 * time.Second, time.Second
	f := newTestFleet(t, lease)
	s := startChaosSite(t, 0)
	s.Publish("综合新闻", time.Date(2024, 5, 4, 0, 0, 0, 0, time.UTC), 60)
	f.add(s)
	a := f.worker("wa")
	f.run("fleet", "run", s.id)
	waitUntil(t, time.Minute, "the run is at its articles", func() bool { return len(s.Audit().Requests) > 70 })
	a.kill()
	died := time.Now()
	f.worker("wb")
	waitUntil(t, time.Minute, "another worker makes the run", func() bool {
		st, err := f.State(t.Context(), s.id)
		return err == nil && st.Home == "wb" && !st.Running && st.Ending == "done"
	})
	before := map[string]time.Time{}
	var resumed time.Time
	again := 0
	for _, r := range s.Audit().Requests {
		switch {
		case strings.HasPrefix(r.Agent, "wa"):
			before[r.Path] = r.Begun
		case resumed.IsZero():
			resumed = r.Begun
			fallthrough
		default:
			if at, asked := before[r.Path]; asked && strings.HasPrefix(r.Path, "/info/") {
				again++
				if died.Sub(at) > 3*copies {
					t.Errorf("%s, asked for %s before the death, is asked for again", r.Path, died.Sub(at))
				}
			}
		}
	}
	t.Logf("of %d pages asked for before the death %d were asked for again; the next worker's first request came %.1f s after it, with leases of %s", len(before), again, resumed.Sub(died).Seconds(), lease)
	if len(before) < 40 || resumed.IsZero() {
		t.Fatalf("%d pages before, resumed %s: nothing was tested", len(before), resumed)
	}
	dir := t.TempDir() + "/copy"
	f.run("fleet", "restore", s.id, dir)
	if rows := articleRows(t, dir); len(rows) != 110 {
		t.Errorf("%d articles in the copy, want 110", len(rows))
	}
}
