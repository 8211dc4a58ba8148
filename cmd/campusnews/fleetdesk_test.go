package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// What is done with a fleet from one's desk changes what it says and nothing else, makes again what somebody has deleted, and says why it does not.
func TestFleetFromOnesDesk(t *testing.T) {
	f := newTestFleet(t, 4*time.Second)
	env := map[string]string{"NATS_URL": f.url, "CAMPUSNEWS_CONTACT": "mailto:test@example.org"}
	do := func(want string, args ...string) {
		t.Helper()
		if status, said := say(t, env, args...); status != 0 || !strings.Contains(said, want) {
			t.Errorf("%s: status %d, %q; want %q in it", strings.Join(args, " "), status, said, want)
		}
	}
	refused := func(want string, args ...string) {
		t.Helper()
		if status, said := say(t, env, args...); status == 0 || !strings.Contains(said, want) {
			t.Errorf("%s: status %d, %q; want a refusal with %q in it", strings.Join(args, " "), status, said, want)
		}
	}
	do("leases of 4s", "fleet", "init")
	do("csu: every 3h0m0s", "fleet", "add", "csu", "--every", "3h", "--needs", "campus=csu", "--assets", "none")
	do("csu: it waits until there is a worker: campusnews worker with --labels campus=csu", "fleet", "run", "csu")
	do("csu: paused", "fleet", "pause", "csu")
	refused("csu is paused", "fleet", "run", "csu")
	do("csu: 0 3 * * * Asia/Shanghai, paused", "fleet", "add", "csu", "--cron", "0 3 * * *")
	site, err := f.Site(t.Context(), "csu")
	if err != nil {
		t.Fatal(err)
	}
	if !site.Paused || site.Needs.String() != "campus=csu" || strings.Join(site.Options, " ") != "--assets=none" {
		t.Errorf("another rhythm makes it %+v", site)
	}
	do("csu: resumed", "fleet", "resume", "csu")
	do("csu: 0 3 * * * Asia/Shanghai", "fleet", "add", "csu", "--needs", "")
	if site, err = f.Site(t.Context(), "csu"); err != nil || len(site.Needs) != 0 || site.Paused {
		t.Errorf("without labels: %+v, %v", site, err)
	}
	refused("--every and --cron exclude each other", "fleet", "add", "csu", "--every", "1h", "--cron", "0 3 * * *")
	refused(`time zone "Mars"`, "fleet", "add", "csu", "--cron", "0 3 * * *", "--timezone", "Mars")
	refused("hnu: no such site in the fleet", "fleet", "pause", "hnu")
	refused("csu: no copy yet: no run of it has come so far", "fleet", "restore", "csu", filepath.Join(t.TempDir(), "x"))
	refused("hnu: no such site in the fleet", "fleet", "restore", "hnu", filepath.Join(t.TempDir(), "x"))
	refused("wants a NATS cluster of three servers", "fleet", "init", "--replicas", "3")
	refused("a run under way may be as old", "fleet", "sweep", "--age", "1m")

	// The stream is gone, with schedules and queues: init makes them again.
	js, err := jetstream.New(f.nc)
	if err != nil {
		t.Fatal(err)
	}
	if err := js.DeleteStream(t.Context(), "campusnews_runs"); err != nil {
		t.Fatal(err)
	}
	refused("hint: campusnews fleet init makes one", "fleet", "status")
	do("fleet campusnews", "fleet", "init", "--lease", "4s")
	stream, err := js.Stream(t.Context(), "campusnews_runs")
	if err != nil {
		t.Fatal(err)
	}
	if m, err := stream.GetLastMsgForSubject(t.Context(), "campusnews.plan.csu"); err != nil || !strings.HasSuffix(m.Header.Get("Nats-Schedule"), "0 3 * * *") {
		t.Errorf("schedule of csu: %v, %v", m, err)
	}
	if _, err := stream.Consumer(t.Context(), "any"); err != nil {
		t.Errorf("queue: %v", err)
	}
	if err := js.DeleteKeyValue(t.Context(), "campusnews_leases"); err != nil {
		t.Fatal(err)
	}
	refused("hint: campusnews fleet init makes what is missing again", "fleet", "status")
	do("fleet campusnews", "fleet", "init", "--lease", "4s")
	do("csu: removed", "fleet", "remove", "csu")

	// A folder is one worker's, and so is a name.
	w := f.worker("wa")
	waitUntil(t, 20*time.Second, "the worker is there", func() bool { crew, err := f.Crew(t.Context()); return err == nil && len(crew) == 1 })
	refused("--data "+w.data+" is in use by process", "worker", "--data", w.data)
	refused("hint: --id gives this one another name", "worker", "--data", t.TempDir(), "--id", "wa")
}
