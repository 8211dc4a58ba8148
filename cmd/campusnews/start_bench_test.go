package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkStart builds the program as it is and without all that knows NATS (testdata/nofleet.go.txt stands in its place), and starts both in
// turns: how long each takes to say its version and to search an archive of 50 articles (median), and how large it is.
//
//	go test ./cmd/campusnews -run XXX -bench BenchmarkStart -benchtime 1x
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	programs := map[string]string{"with": filepath.Join(dir, "with"), "without": filepath.Join(dir, "without")}
	build(b, programs["with"])
	build(b, programs["without"], "-overlay", withoutFleet(b, dir))
	news := filepath.Join(dir, "news-archive")
	if out, err := exec.Command(programs["with"], "crawl", "csu", "--replay", "../../testdata/csu", "--fast", "--archive", news).CombinedOutput(); err != nil {
		b.Fatalf("crawl: %v\n%s", err, out)
	}
	for b.Loop() {
		took := map[string][]float64{}
		for range 60 {
			for what, args := range map[string][]string{"version": {"--version"}, "search": {"search", "球磨机", "--archive", news}} {
				for with, program := range programs {
					begun := time.Now()
					out, err := exec.Command(program, args...).Output()
					if err != nil || len(out) == 0 {
						b.Fatalf("%s %v: %v, %q", program, args, err, out)
					}
					took[what+"-"+with] = append(took[what+"-"+with], time.Since(begun).Seconds()*1000)
				}
			}
		}
		for name, all := range took {
			slices.Sort(all)
			b.ReportMetric(all[len(all)/2], name+"-ms")
		}
		for with, program := range programs {
			info, err := os.Stat(program)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(info.Size())/1e6, with+"-MB")
		}
	}
	b.ReportMetric(0, "ns/op")
}

func build(tb testing.TB, to string, flags ...string) {
	tb.Helper()
	cmd := exec.Command("go", append(append([]string{"build", "-o", to}, flags...), ".")...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
}

// withoutFleet writes, in dir, what go build -overlay takes to build the program without all that knows NATS.
func withoutFleet(tb testing.TB, dir string) string {
	tb.Helper()
	here, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	files := map[string]string{filepath.Join(here, "natsflags.go"): filepath.Join(here, "testdata", "nofleet.go.txt")}
	for _, pattern := range []string{"fleet*.go", "worker*.go", "natslogin.go", "servefleet.go"} {
		names, err := filepath.Glob(filepath.Join(here, pattern))
		if err != nil || len(names) == 0 {
			tb.Fatalf("no files %s (err %v)", pattern, err)
		}
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") {
				files[name] = "" // there is no such file
			}
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": files})
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(path, overlay, 0o666); err != nil {
		tb.Fatal(err)
	}
	return path
}

// Without the files of fleets the program builds, and then knows neither NATS nor Litestream: nothing else has come to need them.
func TestBuildsWithoutFleet(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	cmd := exec.Command("go", "list", "-deps", "-overlay", withoutFleet(t, t.TempDir()), ".")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", cmd.Args, err)
	}
	if !bytes.Contains(out, []byte("campusnews/archive")) {
		t.Fatalf("no list of packages: %s", out)
	}
	for _, other := range []string{"nats-io", "litestream", "campusnews/scraper/fleet", "campusnews/archive/replica"} {
		if bytes.Contains(out, []byte(other)) {
			t.Errorf("the program needs %s without fleets", other)
		}
	}
	build(t, filepath.Join(t.TempDir(), "without"), "-overlay", withoutFleet(t, t.TempDir()))
}
