package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"campusnews/archive"
)

// filterFlags select articles, for commands that give more than one.
type filterFlags struct {
	site    string
	section string
	since   string
	until   string
	person  string
	source  string
	files   bool
	changed bool
	gone    bool
	asOf    string
}

const asOfUsage = "as the archive knew it at that `TIME`: 2016-07-22, 2016-07, 2016 or 2016-07-22T09:30+08:00, its end included; UTC if no zone is given"

func (c *filterFlags) register(f *pflag.FlagSet) {
	f.StringVar(&c.site, "site", "", "only articles of this site")
	f.StringVar(&c.section, "section", "", "only articles of this section")
	f.StringVar(&c.since, "since", "", "only articles from this day, month or year on: `DATE` as 2016-07-22, 2016-07 or 2016")
	f.StringVar(&c.until, "until", "", "only articles up to the end of this `DATE`")
	f.StringVar(&c.person, "person", "", "only articles that credit this `NAME`, in any role")
	f.StringVar(&c.source, "source", "", "only articles that name this `UNIT` as their source")
	f.BoolVar(&c.files, "files", false, "only articles with attachments")
	f.BoolVar(&c.changed, "changed", false, "only articles that the newsroom changed")
	f.BoolVar(&c.gone, "gone", false, "only articles that the site took away")
	f.StringVar(&c.asOf, "as-of", "", asOfUsage)
}

// isDate says that v is an ISO day, month or year that is in the calendar: by 2016-13 nobody would find anything, or know why.
func isDate(v string) bool {
	_, err := time.Parse("2006-01-02"[:min(len(v), 10)], v)
	return err == nil && (len(v) == 4 || len(v) == 7 || len(v) == 10)
}

// filter gives what the flags select; the error is a usage error of the command.
func (c *filterFlags) filter(command string) (archive.Filter, error) {
	for _, flag := range [][2]string{{"--since", c.since}, {"--until", c.until}} {
		if v := flag[1]; v != "" && !isDate(v) {
			return archive.Filter{}, usagef("%s: %s %q is no date; write it as 2016-07-22, 2016-07 or 2016", command, flag[0], v)
		}
	}
	if n := min(len(c.since), len(c.until)); c.since[:n] > c.until[:n] {
		return archive.Filter{}, usagef("%s: --since %s is after --until %s", command, c.since, c.until)
	}
	asOf, err := moment(command, c.asOf)
	if err != nil {
		return archive.Filter{}, err
	}
	return archive.Filter{
		Site: c.site, Section: c.section, From: c.since, To: c.until,
		Person: c.person, Source: c.source, Files: c.files, Changed: c.changed, Gone: c.gone, AsOf: asOf,
	}, nil
}

// tellUnknown tells on standard error which of the names in a filter the archive does not know at all, when nothing was found.
func tellUnknown(ctx context.Context, a *archive.Archive, env Env, f archive.Filter) error {
	list, err := a.Unknown(ctx, f)
	if len(list) > 0 {
		fmt.Fprintf(env.Stderr, "hint: the archive has %s; names are written in full, and campusnews search --counts lists sites, sections and sources\n", strings.Join(list, ", "))
	}
	return err
}

// momentForms are how a moment may be written, and the first moment that the written one does not hold any more.
var momentForms = []struct {
	form string
	next func(time.Time) time.Time
}{
	{"2006-01-02T15:04:05.000", func(t time.Time) time.Time { return t.Add(time.Millisecond) }},
	{"2006-01-02T15:04:05", func(t time.Time) time.Time { return t.Add(time.Second) }},
	{"2006-01-02T15:04", func(t time.Time) time.Time { return t.Add(time.Minute) }},
	{"2006-01-02", func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
	{"2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
	{"2006", func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
}

// moment gives the last millisecond of a time as written, as precise as it is: of "2016-07" that before August begins. "" is
// the zero time. Times as log shows them, "2016-07-22 09:30Z", are understood.
func moment(command, written string) (time.Time, error) {
	if written == "" {
		return time.Time{}, nil
	}
	for _, f := range momentForms {
		for _, zone := range []string{"", "Z07:00"} {
			t, err := time.Parse(f.form+zone, strings.Replace(written, " ", "T", 1))
			if err == nil {
				return f.next(t).Add(-time.Millisecond), nil
			}
		}
	}
	return time.Time{}, usagef("%s: --as-of %q is no time; write it as 2016-07-22, 2016-07, 2016, 2016-07-22T09:30 or with a zone, 2016-07-22T09:30+08:00", command, written)
}
