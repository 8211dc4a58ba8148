package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
)

// Times are taken with days; what is written of them is taken again as the same; anything else is refused.
func TestTimeFlag(t *testing.T) {
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"1d": day, "2d12h": 2*day + 12*time.Hour, "7d": 7 * day, "0d30m": 30 * time.Minute, "1d1s": day + time.Second, "-1d": -day, "-2h": -2 * time.Hour,
		"6h": 6 * time.Hour, "90m": 90 * time.Minute, "1.5h": 90 * time.Minute, "36h": 36 * time.Hour, "250ms": 250 * time.Millisecond, "0": 0, "106750d": 106750 * day,
	} {
		var f timeFlag
		if err := f.Set(text); err != nil || time.Duration(f) != want {
			t.Errorf("%q: got %v (%v), want %v", text, time.Duration(f), err, want)
			continue
		}
		var again timeFlag
		if err := again.Set(f.String()); err != nil || again != f {
			t.Errorf("%q is written %q, which is read as %v (%v)", text, f.String(), time.Duration(again), err)
		}
	}
	for _, text := range []string{"", "d", "1", "6", "1 d", "one day", "1d2", "1d-2h", "1d25h", "12h1d", "1.5d", "1w", "106751992d", "99999999999999999999d", "+1d", "1d+1h"} {
		var f timeFlag
		if err := f.Set(text); err == nil || f != 0 {
			t.Errorf("%q is taken for %v", text, time.Duration(f))
		}
	}
	for d, want := range map[time.Duration]string{time.Second: "1s", 6 * time.Hour: "6h", day: "24h", 2 * day: "2d", 60 * time.Hour: "2d12h", 90 * time.Minute: "1h30m", 0: "0s"} {
		if got := spanText(d); got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		}
	}
}

// A time that cannot be meant is refused with what to write.
func TestTimeFlagIsRefusedInPlainWords(t *testing.T) {
	for _, args := range [][]string{{"crawl", "csu", "--every", "daily"}, {"crawl", "csu", "--delay", "1"}, {"fleet", "add", "csu", "--every", "1w"}} {
		var errs bytes.Buffer
		env := Env{Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &errs, Getenv: func(string) string { return "" }, Now: time.Now}
		if got := Main(context.Background(), args, env); got != 2 || !strings.Contains(errs.String(), "want a time such as") || strings.Contains(errs.String(), "time:") {
			t.Errorf("%v: status %d, %q", args, got, &errs)
		}
	}
}
