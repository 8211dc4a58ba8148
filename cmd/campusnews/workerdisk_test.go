package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"campusnews/archive"
	"campusnews/archive/archivetest"
	"campusnews/archive/replica"
	"campusnews/archive/warc"
	"campusnews/scraper/fleet"
)

// A worker that has as many archives as it may leaves further sites to others, and says so; it goes on with its own.
func TestWorkerAtItsQuota(t *testing.T) {
	f := newTestFleet(t, 2*time.Second)
	f.add(startChaosSite(t, 0))
	f.add(startChaosSite(t, 1))
	port := freePorts(t, 1)[0]
	address := "127.0.0.1:" + strconv.Itoa(port)
	f.worker("wa", "--sites", "1", "--listen", address)
	f.crawl("s000")
	f.run("fleet", "run", "s001")
	waitUntil(t, 30*time.Second, "the worker says that it is full", func() bool {
		return strings.Contains(f.run("fleet", "status"), "takes no new sites: it has 1 archive, of --sites 1")
	})
	f.crawl("s000")
	if s, err := f.State(t.Context(), "s001"); err != nil || s.Runs != 0 {
		t.Errorf("the second site: %+v, %v; nobody should have taken it", s, err)
	}
	for path, wants := range map[string][]string{
		"/healthz": {`"status":"ok"`, `"sites":1`, "no new sites are taken"},
		"/metrics": {`campusnews_worker_runs_total{status="done"} 2`, "campusnews_worker_archives 1\n", "campusnews_worker_full 1\n", "campusnews_worker_connected 1\n", "# TYPE campusnews_worker_lease_seconds gauge"},
	} {
		res, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(b), want) {
				t.Errorf("%s does not say %s:\n%s", path, want, b)
			}
		}
	}
	f.worker("wb")
	waitUntil(t, 30*time.Second, "another worker takes the second site", func() bool {
		s, err := f.State(t.Context(), "s001")
		return err == nil && s.Home == "wb" && s.Ending == fleet.EndDone
	})
}

// Above its quota a worker removes what another one has taken over, then the evidence whose copy it has read back, and nothing else.
func TestWorkerTidies(t *testing.T) {
	f := newTestFleet(t, 2*time.Second)
	data := t.TempDir()
	d := &disk{data: data, keep: true, bytes: 1}
	r := &siteRunner{g: &global{env: Env{Stderr: io.Discard, Getenv: os.Getenv, Now: time.Now}}, data: data, fleet: f.Fleet, disk: d,
		keeper: &replica.Keeper{Worker: "w", Store: f.copies, Heads: f.heads}}
	defer r.keeper.Close(t.Context())
	made := func(k *replica.Keeper, site, dir string, fence uint64) {
		t.Helper()
		c, err := k.Take(t.Context(), dir, replica.Run{Archive: site, Fence: fence})
		if err != nil {
			t.Fatal(err)
		}
		a, err := archive.Open(t.Context(), dir, archive.Options{KeepLog: true, WARC: warc.Options{MaxBytes: 24 << 10}})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(c.Follow(t.Context()), archivetest.Fill(t.Context(), a, 0, 40, true), a.Close(), c.End(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	js, err := jetstream.New(f.nc)
	if err != nil {
		t.Fatal(err)
	}
	states, err := js.KeyValue(t.Context(), "campusnews_states")
	if err != nil {
		t.Fatal(err)
	}
	homes := map[string]string{"moved": "other", "mine": "w", "damaged": "w"}
	for site, home := range homes {
		made(r.keeper, site, r.dir(site), 1)
		if home == "other" {
			other := &replica.Keeper{Worker: "other", Store: f.copies, Heads: f.heads}
			made(other, site, filepath.Join(t.TempDir(), site), 2)
			if err := other.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		state, err := json.Marshal(fleet.State{Site: site, Home: home})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := states.Put(t.Context(), site, state); err != nil {
			t.Fatal(err)
		}
	}
	h, _, err := f.heads.Head(t.Context(), "damaged")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range h.WARC {
		if err := f.copies.Put(t.Context(), file.Pieces[0].Object, strings.NewReader("something else")); err != nil {
			t.Fatal(err)
		}
	}
	files := func(site string) int {
		list, err := filepath.Glob(filepath.Join(r.dir(site), "warc", "*.warc.gz"))
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	before := files("damaged")
	r.tidy(t.Context(), "mine")
	if _, err := os.Stat(r.dir("moved")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what another worker has taken over is still here: %v", err)
	}
	if n := files("mine"); n != 1 {
		t.Errorf("%d WARC files of the worker's own, want the newest alone", n)
	}
	if n := files("damaged"); n != before || n < 3 {
		t.Errorf("%d of %d WARC files whose copy is damaged are left", n, before)
	}
	if full := d.full(); !strings.Contains(full, "of --disk") {
		t.Errorf("full: %q", full)
	}
}
