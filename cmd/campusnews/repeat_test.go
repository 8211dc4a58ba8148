package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRepeatFlags(t *testing.T) {
	tests := []struct {
		name  string
		flags repeatFlags
		ok    bool
	}{
		{"none", repeatFlags{}, true},
		{"every", repeatFlags{every: 6 * time.Hour}, true},
		{"cron and window", repeatFlags{cron: "0 3 * * *", window: "22:00-06:00"}, true},
		{"both", repeatFlags{every: time.Hour, cron: "0 3 * * *"}, false},
		{"too often", repeatFlags{every: time.Second}, false},
		{"backwards", repeatFlags{every: -time.Hour}, false},
		{"no such cron", repeatFlags{cron: "hourly"}, false},
		{"no such window", repeatFlags{every: time.Hour, window: "at night"}, false},
		{"window alone", repeatFlags{window: "22:00-06:00"}, false},
		{"listen alone", repeatFlags{listen: ":9100"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := tt.flags.spec(); (err == nil) != tt.ok {
				t.Errorf("got %v, want accepted %v", err, tt.ok)
			}
		})
	}
}

// firstLine hands the first line written to it on, and drops the rest.
type firstLine struct {
	text []byte
	line chan []byte
}

func (f *firstLine) Write(p []byte) (int, error) {
	if f.line != nil {
		f.text = append(f.text, p...)
		if line, _, whole := bytes.Cut(f.text, []byte("\n")); whole {
			f.line <- line
			f.line = nil
		}
	}
	return len(p), nil
}

// A crawl that repeats runs at once, tells Prometheus, and ends when it is told to.
func TestRepeat(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	lines := make(chan []byte, 1)
	env := Env{Stdin: strings.NewReader(""), Stdout: &firstLine{line: lines}, Stderr: io.Discard, Getenv: func(string) string { return "" }, Now: time.Now}
	status := make(chan int, 1)
	go func() {
		status <- Main(ctx, []string{"crawl", "csu", "--replay", "../../testdata/csu", "--fast", "--json", "--every", "1h",
			"--listen", address, "--archive", filepath.Join(t.TempDir(), "archive")}, env)
	}()
	var report struct {
		Site string
		New  int
	}
	select {
	case line := <-lines:
		if err := json.Unmarshal(line, &report); err != nil {
			t.Fatal(err)
		}
	case code := <-status:
		t.Fatalf("ended with status %d before its first run was through", code)
	}
	if report.Site != "csu" || report.New < 40 {
		t.Errorf("first run: %+v, want the articles of csu", report)
	}
	get := func(path string) string {
		resp, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", path, resp.StatusCode, err)
		}
		return string(body)
	}
	if got := get("/healthz"); got != "ok\n" {
		t.Errorf("/healthz: %q", got)
	}
	metrics := get("/metrics")
	for _, want := range []string{"# TYPE campusnews_articles_new_total counter\n", `campusnews_sections_broken{site="csu"} 0`, `campusnews_run_in_part{site="csu"} 0`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics has no %q:\n%s", want, metrics)
		}
	}
	cancel()
	if code := <-status; code != 130 {
		t.Errorf("told to end: status %d, want 130", code)
	}
}
