package main

import (
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
}

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
}

// filter gives what the flags select; the error is a usage error of the command.
func (c *filterFlags) filter(command string) (archive.Filter, error) {
	for flag, v := range map[string]string{"--since": c.since, "--until": c.until} {
		if v != "" && !isoDate.MatchString(v) {
			return archive.Filter{}, usagef("%s: %s %q is no date; write it as 2016-07-22, 2016-07 or 2016", command, flag, v)
		}
	}
	return archive.Filter{
		Site: c.site, Section: c.section, From: c.since, To: c.until,
		Person: c.person, Source: c.source, Files: c.files, Changed: c.changed, Gone: c.gone,
	}, nil
}
