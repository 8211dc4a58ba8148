package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/scraper/fleet"
)

// newerRelease builds the program with one migration more than it has.
func newerRelease(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	migrations, err := filepath.Abs("../../archive/migrations")
	if err != nil {
		t.Fatal(err)
	}
	more := filepath.Join(dir, "later.sql")
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(migrations, fmt.Sprintf("%04d_later.sql", archive.Format()+1)): more}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := errors.Join(os.WriteFile(more, []byte("CREATE TABLE later (x INTEGER) STRICT;\n"), 0o666), os.WriteFile(file, overlay, 0o666)); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "newer")
	build(t, program, "-overlay", file)
	return program
}

// For a while workers of two releases stand side by side. Neither spoils what the other has, all archives can be searched, and one that
// the newer release has taken over is left to it.
func TestMixedReleases(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	newer, ctx := newerRelease(t), t.Context()
	f := newTestFleet(t, 2*time.Second)
	for i := range 2 {
		f.add(startChaosSite(t, i)) // of 50 and 51 articles
	}
	end := func(w *workerProcess) {
		t.Helper()
		w.signal(syscall.SIGTERM)
		if err := w.cmd.Wait(); err != nil {
			t.Fatalf("%s, told to end: %v", w.name, err)
		}
	}
	found := func() (n int, silent []string) {
		t.Helper()
		hits, err := searchFleet(ctx, f.fleetSession, searchQuestion{Query: archive.Query{Everything: true, Limit: 10, Total: true}}, 5*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		return hits.hits.Total, hits.silent
	}
	a := f.worker("wa")
	f.crawl("s000", "s001")
	end(a)

	b := &workerProcess{t: t, name: "wb", data: filepath.Join(f.dir, "wb"), nats: f.url, log: &lockedBuffer{}, program: newer}
	b.start()
	defer func() { b.cmd.Process.Kill(); b.cmd.Wait() }()
	f.crawl("s000")
	a.start()
	var total int
	var silent []string
	waitUntil(t, 30*time.Second, "both archives are searched", func() bool {
		total, silent = found()
		return len(silent) == 0
	})
	if total != 101 {
		t.Errorf("%d articles in both archives, want 101", total)
	}

	// A question that only a later release understands is refused by name, and not answered as if it were another one.
	later, err := searchFleet(ctx, f.fleetSession, searchQuestion{Query: archive.Query{Everything: true, Limit: 10}, Version: questionVersion + 1}, 5*time.Second)
	if err != nil || len(later.silent) != 2 || len(later.faults) != 2 || !strings.Contains(later.faults[0], "of a newer release") {
		t.Errorf("a question of a later release: %+v, %v", later, err)
	}

	// The newer worker is away: the older one leaves the site alone, says so, and touches nothing.
	end(b)
	before, revision, err := f.heads.Head(ctx, "s000")
	if err != nil || before.Format != archive.Format()+1 || before.Worker != "wb" {
		t.Fatalf("copy of format %d by %s, %v; want %d by wb", before.Format, before.Worker, err, archive.Format()+1)
	}
	f.run("fleet", "run", "s000")
	waitUntil(t, 30*time.Second, "the older worker refuses", func() bool {
		s, err := f.State(ctx, "s000")
		return err == nil && s.Ending == fleet.EndRefused && !s.Running
	})
	switch s, err := f.State(ctx, "s000"); {
	case err != nil:
		t.Fatal(err)
	case s.Home != "wb" || s.Failures != 0 || !strings.Contains(s.Note, "newer program (format"):
		t.Errorf("after the refusal: %+v", s)
	}
	if _, now, err := f.heads.Head(ctx, "s000"); err != nil || now != revision {
		t.Errorf("the copy was touched: revision %d, want %d (%v)", now, revision, err)
	}
	status := campusnews(t, "fleet", "status", "--nats", f.url)
	out, err := status.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 3 || !strings.Contains(string(out), "no worker fits") {
		t.Errorf("status: %v\n%s", err, out)
	}
	b.start()
	waitUntil(t, time.Minute, "the newer worker makes the run", func() bool {
		s, err := f.State(ctx, "s000")
		return err == nil && s.Home == "wb" && s.Ending == fleet.EndDone && !s.Running
	})

	// The older worker is brought up to date: its archive can be searched before its next run.
	end(a)
	a.program = newer
	a.start()
	waitUntil(t, time.Minute, "the older archive is searched", func() bool {
		total, silent = found()
		return len(silent) == 0 && total == 101
	})
	if s, err := f.State(ctx, "s001"); err != nil || s.Runs != 1 || s.Home != "wa" {
		t.Errorf("%+v, %v: want one run yet", s, err)
	}
	f.crawl("s001")
	copied := filepath.Join(t.TempDir(), "copy")
	f.run("fleet", "restore", "s001", copied)
	if out, err := exec.Command(newer, "verify", "--archive", copied).CombinedOutput(); err != nil {
		t.Errorf("verify the copy: %v\n%s", err, out)
	}
	if h, _, err := f.heads.Head(ctx, "s001"); err != nil || h.Format != archive.Format()+1 {
		t.Errorf("copy of format %d, %v", h.Format, err)
	}
}
