package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"campusnews/scraper"
)

// newTable is a table as all commands show it; it knows how wide Chinese is.
func newTable(w io.Writer, header ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	style := table.StyleLight
	style.Options = table.Options{SeparateHeader: true}
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	if len(header) > 0 {
		t.AppendHeader(header)
	}
	return t
}

// numbers right-aligns the named columns.
func numbers(t table.Writer, names ...string) {
	var configs []table.ColumnConfig
	for _, n := range names {
		configs = append(configs, table.ColumnConfig{Name: n, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(configs)
}

// printSummary is the table that ends a crawl, with what went wrong below it.
func printSummary(w io.Writer, runs []siteRun) error {
	t := newTable(w, "site", "new", "changed", "unchanged", "gone", "failed", "requests", "bytes", "duration")
	numbers(t, "new", "changed", "unchanged", "gone", "failed", "requests", "bytes", "duration")
	for _, r := range runs {
		p := r.report
		t.AppendRow(table.Row{siteTitle(r.profile), p.New, p.Changed, p.Unchanged, p.Gone, p.Failed, p.Requests, size(p.Bytes), duration(p.Duration)})
	}
	if len(runs) == 1 {
		if err := printSections(w, runs[0].report); err != nil {
			return err
		}
	}
	t.Render()
	var notes strings.Builder
	for _, r := range runs {
		for _, n := range remarks(r.report) {
			fmt.Fprintf(&notes, "%s: %s\n", siteTitle(r.profile), n)
		}
	}
	_, err := io.WriteString(w, notes.String())
	return err
}

// printSections shows what each section brought.
func printSections(w io.Writer, r scraper.Report) error {
	t := newTable(w, "section", "list pages", "rows", "new", "changed")
	numbers(t, "list pages", "rows", "new", "changed")
	for _, name := range slices.Sorted(maps.Keys(r.Sections)) {
		s := r.Sections[name]
		if s.Pages == 0 && s.New == 0 && s.Changed == 0 {
			continue
		}
		if name == "" {
			name = "(none)"
		}
		t.AppendRow(table.Row{name, s.Pages, s.Rows, s.New, s.Changed})
	}
	if t.Length() > 0 {
		t.Render()
		_, err := fmt.Fprintln(w)
		return err
	}
	return nil
}

// shownFailures is how many kinds of failures a summary tells apart; the report has all.
const shownFailures = 5

// alarms are what was amiss in a run: with one of them it is done in part, unless fields only are read less often.
func alarms(r scraper.Report) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, host := range slices.Sorted(maps.Keys(r.Stopped)) {
		say("%s was left alone: %s", host, r.Stopped[host])
	}
	out = append(out, kinds(r.Failures, "page", "could not be had", "failure")...)
	if r.Empty {
		say("no article, list or feed was found: where scripts make the pages, a profile can name sections, feeds or sitemaps")
	}
	for _, s := range r.Broken {
		say("section %s had articles before and shows none now; its template may have changed", s)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Sections)) {
		if s := r.Sections[name]; s.Unread > 0 {
			say("section %s could not be read to its end, at least %s more: %s", name, count(s.Unread, "row"), s.Ended)
		}
	}
	for i, c := range r.Changes {
		if i == shownChanges {
			say("and %s more of this kind", count(len(r.Changes)-i, "change"))
			break
		}
		say("%s in the runs before: its template may have changed", c)
	}
	if r.Blocked > 0 {
		say("%s refused or not asked for, because the host refuses programs", count(r.Blocked, "address"))
	}
	if r.Postponed > 0 {
		say("%s left for the next run", count(r.Postponed, "address"))
	}
	return out
}

// kinds says of each reason for which pages were not had how many there were, and the first of them.
func kinds(m map[string]scraper.Failure, unit, what, name string) []string {
	var out []string
	for i, why := range slices.Sorted(maps.Keys(m)) {
		if i == shownFailures {
			return append(out, fmt.Sprintf("and %s more of %s", count(len(m)-i, "kind"), name))
		}
		f := m[why]
		out = append(out, fmt.Sprintf("%s %s: %s (%s)", count(f.Pages, unit), what, why, f.URL))
	}
	return out
}

// files says what came of images, attachments and requisites; "" = a run asked for none.
func files(r scraper.Report) string {
	got := r.Assets + r.Requisites
	if got+r.AssetsMissing+r.AssetsFailed+r.AssetsCut == 0 {
		return ""
	}
	what := "images and attachments"
	if r.Requisites > 0 {
		what += ", style sheets and the like"
	}
	text := fmt.Sprintf("%s: %d captured", what, got)
	if r.AssetsMissing > 0 {
		text += fmt.Sprintf(", %d not there", r.AssetsMissing)
	}
	if r.AssetsCut > 0 {
		text += fmt.Sprintf(", %d larger than --max-asset and cut", r.AssetsCut)
	}
	if r.AssetsFailed > 0 {
		text += fmt.Sprintf(", %d could not be had this time", r.AssetsFailed)
	}
	return text
}

// remarks are what a person should know of a run beside its figures.
func remarks(r scraper.Report) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if len(r.RequestsBy) > 0 {
		say("requests by reason: %s", reasons(r.RequestsBy))
	}
	out = append(out, alarms(r)...)
	if r.Refused > 0 && len(r.Refusals) == 0 { // a run of an earlier version
		say("%s forbidden by robots.txt or out of scope", count(r.Refused, "address"))
	}
	out = append(out, kinds(r.Refusals, "address", "not looked at", "refusal")...)
	for _, name := range slices.Sorted(maps.Keys(r.Sections)) {
		if s := r.Sections[name]; s.Ended != "" && s.Unread == 0 {
			say("section %s was not read on: %s", name, s.Ended)
		}
	}
	for _, host := range slices.Sorted(maps.Keys(r.ByHTTPS)) {
		say("%s was asked by https; by http, as it is named, %s", host, r.ByHTTPS[host])
	}
	if r.Trapped > 0 {
		say("%s not asked for: pages without end, like those of a calendar", count(r.Trapped, "address"))
	}
	if r.Missing > 0 {
		say("%s answered that nothing is there", count(r.Missing, "address"))
	}
	if text := files(r); text != "" {
		say("%s", text)
	}
	if r.Clicks > 0 {
		say("click counters read: those of %s", count(r.Clicks, "article"))
	}
	if r.ClicksUnread != "" {
		say("click counters not read: %s", r.ClicksUnread)
	}
	if r.Returned > 0 {
		say("%s back again", count(r.Returned, "article"))
	}
	if r.Outside > 0 {
		say("%s to other sites noted, not fetched", count(r.Outside, "list row"))
	}
	if f := r.Feeds; f.Read > 0 {
		say("feeds and sitemaps: %d read, with %s, %d of them unknown", f.Read, count(f.Rows, "address"), f.Unknown)
	}
	if n := r.Feeds.LeftOut; n > 0 {
		say("%s on hosts out of scope not read; a profile can add the host: %s", count(n, "sitemap"), strings.Join(r.Feeds.Elsewhere[:min(len(r.Feeds.Elsewhere), shownFailures)], ", "))
	}
	if r.Followed > 0 {
		say("%s found by following links", count(r.Followed, "address"))
	}
	if r.Feeds.Later > 0 {
		say("%s of sitemaps due on later days, the newest first; --full takes all at once", count(r.Feeds.Later, "address"))
	}
	if r.Limited {
		say("ended at --limit; the rest stays due")
	}
	if r.Exhausted {
		say("ended at --budget %d; the rest stays due", r.Budget)
	}
	return out
}

// reasons says how many requests were made for what, in the words of captures.reason: "list 10, new 50, robots 1".
func reasons(by map[scraper.Reason]int) string {
	var parts []string
	for _, reason := range scraper.Reasons {
		if n := by[reason]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", reason, n))
		}
	}
	return strings.Join(parts, ", ")
}

// size writes bytes for people, in binary units.
func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}

// duration writes a time for people, three digits of it.
func duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// count writes a number with its noun: "1 case", "2 addresses".
func count(n int, noun string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(noun, "s"):
		noun += "es"
	default:
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
