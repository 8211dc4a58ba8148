package main

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"campusnews/extract/drift"
	"campusnews/scraper"
	"campusnews/scraper/schedule"
)

var (
	metaLine   = regexp.MustCompile(`^# (HELP|TYPE) ([a-z_]+) (.+)$`)
	sampleLine = regexp.MustCompile(`^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\[\\n"])*",?)+\}) (\S+)$`)
)

// samples reads the text exposition format 0.0.4, strictly: HELP and TYPE before the samples of a
// family, its samples together, none twice, counters named _total.
func samples(t *testing.T, text string) map[string]float64 {
	t.Helper()
	got, seen := map[string]float64{}, map[string]bool{}
	family, kind := "", ""
	if !strings.HasSuffix(text, "\n") {
		t.Error("the last line has no end")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if m := metaLine.FindStringSubmatch(line); m != nil {
			if m[1] == "HELP" {
				if seen[m[2]] {
					t.Errorf("family %s twice", m[2])
				}
				family, kind, seen[m[2]] = m[2], "", true
			} else if kind = m[3]; m[2] != family {
				t.Errorf("TYPE of %s among %s", m[2], family)
			}
			continue
		}
		m := sampleLine.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("no such line: %q", line)
			continue
		}
		if m[1] != family || kind == "" || (kind == "counter") != strings.HasSuffix(family, "_total") {
			t.Errorf("sample %q in family %s of type %q", line, family, kind)
		}
		v, err := strconv.ParseFloat(m[3], 64)
		if _, twice := got[m[1]+m[2]]; twice || err != nil {
			t.Errorf("sample %q: twice %v, err %v", line, twice, err)
		}
		got[m[1]+m[2]] = v
	}
	if len(got) == 0 {
		t.Fatal("no samples")
	}
	return got
}

func TestHealth(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name    string
		status  schedule.Status
		do      func(m *monitor)
		code    int
		reason  string // within the reasons; "" = there is none
		warning string
	}{
		{"waits", schedule.Status{Next: now.Add(time.Hour)}, nil, 200, "", ""},
		{"just due", schedule.Status{Next: now.Add(-time.Minute)}, nil, 200, "", ""},
		{"overdue", schedule.Status{Next: now.Add(-time.Hour)}, nil, 503, "csu: its run is overdue by 1h0m0s", ""},
		{"slow, but at work", schedule.Status{Running: true, Next: now.Add(-9 * time.Hour)}, func(m *monitor) { m.event("csu", scraper.Event{Report: &scraper.Report{}}) }, 200, "", ""},
		{"stuck", schedule.Status{Running: true, Next: now.Add(-time.Hour)}, func(m *monitor) { m.sites["csu"].heard = now.Add(-time.Hour) }, 503, "csu: its run has fetched nothing for 1h0m0s", ""},
		{"broken store", schedule.Status{LastErr: "disk full", Failures: 2}, nil, 503, "csu: 2 runs ended with an error: disk full", ""},
		{"never again", schedule.Status{}, nil, 200, "", ""},
		{"draining", schedule.Status{}, func(m *monitor) { m.drain() }, 503, "told to end", ""},
		{"blocked", schedule.Status{}, func(m *monitor) {
			m.end("csu", "part", scraper.Report{Stopped: map[string]string{"news.csu.edu.cn": "403 Forbidden"}})
		}, 200, "", "csu: news.csu.edu.cn was left alone: 403 Forbidden"},
		{"broken section", schedule.Status{}, func(m *monitor) { m.end("csu", "part", scraper.Report{Broken: []string{"学校要闻"}}) }, 200, "", "csu: section 学校要闻 had articles before"},
		{"template change", schedule.Status{}, func(m *monitor) { m.end("csu", "done", scraper.Report{Changes: make([]drift.Change, 1)}) }, 200, "", "csu: pages read differently"},
		{"mended", schedule.Status{}, func(m *monitor) {
			m.end("csu", "part", scraper.Report{Broken: []string{"学校要闻"}})
			m.end("csu", "done", scraper.Report{})
		}, 200, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := newMonitor(func() time.Time { return now })
			m.add("csu", lastRuns{})
			tt.status.Name = "csu"
			m.status = func() []schedule.Status { return []schedule.Status{tt.status} }
			if tt.do != nil {
				tt.do(m)
			}
			rec := httptest.NewRecorder()
			monitored(m.health, m.metrics).ServeHTTP(rec, httptest.NewRequest("GET", "/healthz", nil))
			var h health
			if err := json.Unmarshal(rec.Body.Bytes(), &h); err != nil {
				t.Fatal(err)
			}
			if rec.Code != tt.code || (h.Status == "ok") != (tt.code == 200) || h.Sites != 1 {
				t.Errorf("got %d %+v, want %d", rec.Code, h, tt.code)
			}
			for _, l := range []struct {
				what string
				got  []string
				want string
			}{{"reasons", h.Reasons, tt.reason}, {"warnings", h.Warnings, tt.warning}} {
				if l.want == "" && len(l.got) > 0 || l.want != "" && !slices.ContainsFunc(l.got, func(s string) bool { return strings.Contains(s, l.want) }) {
					t.Errorf("%s: got %q, want %q", l.what, l.got, l.want)
				}
			}
		})
	}
}

// A run counts while it is under way, once, and what a second one brings comes on top.
func TestMetricsCountOnce(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	m := newMonitor(func() time.Time { return now })
	m.add(`a"b`, lastRuns{})
	m.status = func() []schedule.Status {
		return []schedule.Status{{Name: `a"b`, Running: true, Next: now.Add(-time.Minute)}}
	}
	report := func(n int) scraper.Report {
		return scraper.Report{Site: `a"b`, New: n, Bytes: int64(n) * 1000, RequestsBy: map[scraper.Reason]int{scraper.ReasonNew: n}, Broken: []string{"x"}}
	}
	tell := func(n int) { r := report(n); m.event(`a"b`, scraper.Event{Report: &r}) }
	steps := []struct {
		do   func()
		want float64
	}{
		{func() {}, 0},
		{func() { tell(1); tell(2) }, 2},
		{func() { m.end(`a"b`, "part", report(3)) }, 3},
		{func() { m.begin(`a"b`) }, 3},
		{func() { tell(1) }, 4},
		{func() { m.end(`a"b`, "failed", report(2)) }, 5},
	}
	for i, step := range steps {
		step.do()
		got := samples(t, m.metrics())
		for name, want := range map[string]float64{
			`articles_total{site="a\"b",change="new"}`: step.want, `requests_total{site="a\"b",reason="new"}`: step.want,
			`received_bytes_total{site="a\"b"}`: step.want * 1000, `run_overdue_seconds{site="a\"b"}`: 0,
		} {
			if v, ok := got["campusnews_"+name]; !ok || v != want {
				t.Errorf("step %d: %s: got %v (there: %v), want %v", i, name, v, ok, want)
			}
		}
	}
	got := samples(t, m.metrics())
	if got[`campusnews_runs_total{site="a\"b",status="part"}`] != 1 || got[`campusnews_runs_total{site="a\"b",status="failed"}`] != 1 || got[`campusnews_sections_broken{site="a\"b"}`] != 1 {
		t.Errorf("runs or broken sections:\n%s", m.metrics())
	}
	if v := got[`campusnews_run_last_success_timestamp_seconds{site="a\"b"}`]; v != float64(now.Unix()) {
		t.Errorf("last success: got %v, want that of the run in part", v)
	}
}
