package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// lookBack asks the archive of the six weeks for its past: what an article's log says, and what was known at a moment.
func lookBack(t *testing.T, dir string) {
	t.Helper()
	run := func(args ...string) string { return runCommand(t, 0, append(args, "--archive", dir)...) }
	events := func(ref string) (list []string) {
		for line := range strings.Lines(run("log", ref, "--json")) {
			var m struct {
				Event   string
				Version int
				Cause   string
				Changed []string
			}
			if err := json.Unmarshal([]byte(line), &m); err != nil {
				t.Fatalf("log: %v in %s", err, line)
			}
			if m.Event != "capture" {
				list = append(list, strings.TrimSpace(strings.Join(append([]string{m.Event, m.Cause}, m.Changed...), " ")))
			}
		}
		return list
	}
	for ref, want := range map[string]string{
		"https://news.csu.edu.cn/info/1002/161874.htm": "version, version page body",
		"https://news.csu.edu.cn/info/1002/161702.htm": "version, missing, gone, returned",
	} {
		if got := strings.Join(events(ref), ", "); got != want {
			t.Errorf("log of %s: got %s, want %s", ref, got, want)
		}
	}
	text := run("log", "https://news.csu.edu.cn/info/1002/161874.htm")
	if !strings.Contains(text, "version 2, changed by the site: body ") || strings.Count(text, "first seen") != 1 {
		t.Errorf("log: got\n%s", text)
	}
	lines := func(args ...string) int { return strings.Count(run(args...), "\n") }
	for _, c := range []struct {
		what string
		args []string
		want int
	}{
		{"before the first crawl", []string{"export", "jsonl", "--as-of", "2026-03-21T05:59+08:00"}, 0},
		{"after the first", []string{"export", "jsonl", "--as-of", "2026-03-21"}, 50},
		{"after the second", []string{"export", "jsonl", "--as-of", "2026-03-23"}, 51},
		{"the old text, found in its time", []string{"search", "四十六间阶梯", "--json", "--as-of", "2026-03-23"}, 2},
		{"the old text, corrected", []string{"search", "四十六间阶梯", "--json", "--as-of", "2026-06"}, 1},
		{"the new text, before its time", []string{"search", "六十四间阶梯", "--json", "--as-of", "2026-03-23"}, 0},
		{"changed articles before there were any", []string{"search", "学", "--changed", "--json", "--as-of", "2026-03-23"}, 0},
		{"changed articles", []string{"search", "学", "--changed", "--json", "--as-of", "2026-06"}, 1},
		{"gone articles before it was", []string{"search", "食堂", "--gone", "--json", "--as-of", "2026-03-23"}, 0},
		{"gone articles while it was", []string{"search", "食堂", "--gone", "--json", "--as-of", "2026-05"}, 1},
		{"gone articles after it came back", []string{"search", "食堂", "--gone", "--json", "--as-of", "2027-06"}, 0},
	} {
		if got := lines(c.args...); got != c.want {
			t.Errorf("%s: campusnews %s: got %d articles, want %d", c.what, strings.Join(c.args, " "), got, c.want)
		}
	}
	if got := run("show", "https://news.csu.edu.cn/info/1002/161702.htm", "--as-of", "2026-05"); !strings.Contains(got, ", gone; first seen") || !strings.Contains(got, "not there any more since 2026-03-2") {
		t.Errorf("show as of May: got\n%s", got)
	}
	if got := run("show", "https://news.csu.edu.cn/info/1002/161874.htm", "--as-of", "2026-03-22"); !strings.Contains(got, "四十六间阶梯教室") || !strings.Contains(got, "revision 1 of 1") {
		t.Errorf("show as of the first day: got\n%s", got)
	}
}
