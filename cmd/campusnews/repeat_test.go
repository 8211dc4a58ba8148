package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
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
		{"window alone", repeatFlags{window: "22:00-06:00"}, true},
		{"listen alone", repeatFlags{listen: ":9100"}, false},
		{"time zone", repeatFlags{cron: "0 3 * * *", timezone: "Europe/Berlin"}, true},
		{"no such time zone", repeatFlags{cron: "0 3 * * *", timezone: "Beijing"}, false},
		{"no such day", repeatFlags{cron: "0 3 31 2 *"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := tt.flags.read(); (err == nil) != tt.ok {
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

// A lockedLog is what a command writes to standard error, read while it runs.
type lockedLog struct {
	mu   sync.Mutex
	text strings.Builder
	then func(line string) // told of each write; nil = nobody
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.then != nil {
		l.then(string(p))
	}
	return l.text.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// serves is where a log says that metrics are.
var serves = regexp.MustCompile(`http://(127\.0\.0\.1:\d+)/metrics`)

// A crawl that repeats runs at once, tells Prometheus, ends well when it is told to, and started again waits for its time.
func TestRepeat(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "archive")
	start := func(stdout io.Writer) (log *lockedLog, stop func() int, status chan int) {
		ctx, cancel := context.WithCancel(t.Context())
		log, status = &lockedLog{}, make(chan int, 1)
		env := Env{Stdin: strings.NewReader(""), Stdout: stdout, Stderr: log, Getenv: func(string) string { return "" }, Now: time.Now}
		go func() {
			status <- Main(ctx, []string{"crawl", "csu", "--replay", "../../testdata/csu", "--fast", "--json", "--every", "6h",
				"--listen", "127.0.0.1:0", "--archive", dir}, env)
		}()
		return log, func() int { cancel(); return <-status }, status
	}
	lines := make(chan []byte, 1)
	log, stop, status := start(&firstLine{line: lines})
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
		t.Fatalf("ended with status %d before its first run was through:\n%s", code, log)
	}
	if report.Site != "csu" || report.New < 40 {
		t.Errorf("first run: %+v, want the articles of csu", report)
	}
	at := serves.FindStringSubmatch(log.String())
	if at == nil {
		t.Fatalf("the log does not say where metrics are:\n%s", log)
	}
	get := func(path string) (int, string) {
		resp, err := http.Get("http://" + at[1] + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	if code, body := get("/healthz"); code != 200 || !strings.Contains(body, `"status":"ok"`) {
		t.Errorf("/healthz: %d %s", code, body)
	}
	if code, _ := get("/"); code != 404 {
		t.Errorf("/: %d, want 404", code)
	}
	_, text := get("/metrics")
	got := samples(t, text)
	for name, want := range map[string]float64{
		`articles_total{site="csu",change="new"}`: float64(report.New),
		`runs_total{site="csu",status="done"}`:    1, `runs_total{site="csu",status="failed"}`: 0,
		`sections_broken{site="csu"}`: 0, `hosts_stopped{site="csu"}`: 0, `run_in_part{site="csu"}`: 0,
	} {
		if v, ok := got["campusnews_"+name]; !ok || v != want {
			t.Errorf("%s: got %v (there: %v), want %v", name, v, ok, want)
		}
	}
	// How long a run is overdue depends on how busy the machine is; that it is told does not.
	if _, ok := got[`campusnews_run_overdue_seconds{site="csu"}`]; !ok {
		t.Error("run_overdue_seconds is not told")
	}
	if v := got[`campusnews_requests_total{site="csu",reason="new"}`]; v < 40 {
		t.Errorf("requests for new articles: got %v", v)
	}
	if good := got[`campusnews_run_last_success_timestamp_seconds{site="csu"}`]; time.Since(time.Unix(int64(good), 0)) > time.Minute {
		t.Errorf("last success: got %v", good)
	}
	if code := stop(); code != 0 {
		t.Errorf("told to end: status %d, want 0", code)
	}
	for _, want := range []string{"campusnews: 1 site, every 6h", "csu: done: 50 new, ", "campusnews: told to end"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, log)
		}
	}

	// The second process knows the run of the first: nothing is due, and metrics know when the last one ended.
	log, stop, _ = start(io.Discard)
	for at = nil; at == nil; at = serves.FindStringSubmatch(log.String()) {
		runtime.Gosched()
	}
	for {
		_, text = get("/metrics")
		got = samples(t, text)
		if got[`campusnews_run_due_timestamp_seconds{site="csu"}`] > 0 {
			break
		}
	}
	if due := time.Until(time.Unix(int64(got[`campusnews_run_due_timestamp_seconds{site="csu"}`]), 0)); due < 2*time.Hour {
		t.Errorf("due again in %v", due)
	}
	if got[`campusnews_run_running{site="csu"}`] != 0 || got[`campusnews_run_last_success_timestamp_seconds{site="csu"}`] == 0 {
		t.Errorf("the second process runs at once, or has forgotten:\n%s", text)
	}
	if code := stop(); code != 0 {
		t.Errorf("told to end: status %d, want 0", code)
	}
}

// With a window alone a site is crawled once, within it, and the status is that of a crawl.
func TestWindowAlone(t *testing.T) {
	hour := time.Now().In(time.UTC).Hour()
	window := fmt.Sprintf("%02d:00-%02d:00", hour, (hour+12)%24)
	log := &lockedLog{}
	env := Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: log, Getenv: func(string) string { return "" }, Now: time.Now}
	code := Main(t.Context(), []string{"crawl", "csu", "--replay", "../../testdata/csu", "--fast", "--limit", "2", "--window", window, "--timezone", "UTC",
		"--archive", filepath.Join(t.TempDir(), "archive")}, env)
	if code != 0 {
		t.Errorf("got status %d, want 0", code)
	}
	for _, want := range []string{"1 site, once, only within " + window + " UTC", "csu: done: 2 new", "no run is due any more"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, log)
		}
	}
	// Outside, it waits, and a signal ends it as it ends a crawl.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	log = &lockedLog{then: func(line string) {
		if strings.Contains(line, "1 site, once") {
			cancel()
		}
	}}
	env.Stderr = log
	window = fmt.Sprintf("%02d:00-%02d:00", (hour+6)%24, (hour+8)%24)
	code = Main(ctx, []string{"crawl", "csu", "--replay", "../../testdata/csu", "--fast", "--window", window, "--timezone", "UTC",
		"--archive", filepath.Join(t.TempDir(), "archive")}, env)
	if code != 130 || strings.Contains(log.String(), "new, ") || !strings.Contains(log.String(), "told to end") {
		t.Errorf("outside the window: status %d, want 130 and no run:\n%s", code, log)
	}
}
