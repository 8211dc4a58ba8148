package main

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// A timeFlag is a span of time as people write it: 30s, 90m, 6h, 1d, 2d12h. A day has 24 hours.
type timeFlag time.Duration

// timeVar is FlagSet.DurationVar with days, and with an error that says what to write.
func timeVar(flags *pflag.FlagSet, p *time.Duration, name string, value time.Duration, usage string) {
	*p = value
	flags.Var((*timeFlag)(p), name, usage)
}

// String writes whole days as days beyond the first, and leaves out what is zero at the end: 1s, 6h, 24h, 7d, 2d12h.
func (f *timeFlag) String() string { return spanText(time.Duration(*f)) }

func spanText(d time.Duration) string {
	days := ""
	if d >= 48*time.Hour {
		days = fmt.Sprintf("%dd", d/(24*time.Hour))
		if d %= 24 * time.Hour; d == 0 {
			return days
		}
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return days + text
}

var timeText = regexp.MustCompile(`^(-?)(?:(\d+)d)?(.*)$`)

// Set implements pflag.Value.
func (f *timeFlag) Set(text string) error {
	bad := errors.New("want a time such as 30s, 90m, 6h, 1d or 2d12h")
	m := timeText.FindStringSubmatch(text)
	if m == nil || m[2] == "" && m[3] == "" {
		return bad
	}
	var d time.Duration
	if m[2] != "" {
		days, err := strconv.Atoi(m[2])
		if err != nil || days > math.MaxInt64/int(24*time.Hour)-1 {
			return bad
		}
		d = time.Duration(days) * 24 * time.Hour
	}
	if m[3] != "" {
		rest, err := time.ParseDuration(m[3])
		if err != nil || m[3][0] == '-' || m[3][0] == '+' || m[2] != "" && rest >= 24*time.Hour {
			return bad
		}
		d += rest
	}
	if m[1] != "" {
		d = -d
	}
	*f = timeFlag(d)
	return nil
}

// Type implements pflag.Value.
func (f *timeFlag) Type() string { return "duration" }
