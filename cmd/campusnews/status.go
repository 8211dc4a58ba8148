package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"campusnews/archive"
	"campusnews/scraper"
)

type statusCommand struct {
	archive string
	site    string
	url     string
	limit   int
	json    bool
}

func (c *statusCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show an archive's sites and latest runs, or how an address stands",
		Long: `Status shows what the archive has of each site, what is due, the latest runs, and what was amiss in
the latest of each site. Of the addresses, those that are not there answered so when last asked for,
and those that failed could not be had.

With --url it says all that is known of one address: its state, why and when it is due, and its captures.`,
		Example: `  campusnews status
  campusnews status --url https://news.csu.edu.cn/info/1002/128731.htm`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.limit <= 0 {
				return usagef("status: --limit %d is not above zero", c.limit)
			}
			return c.run(cmd.Context(), cmd.OutOrStdout(), g.env)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive")
	f.StringVar(&c.site, "site", "", "only this site")
	f.StringVar(&c.url, "url", "", "say how this address stands")
	f.IntVar(&c.limit, "limit", 10, "show at most `N` runs")
	f.BoolVar(&c.json, "json", false, "print one JSON object a line")
	return cmd
}

// runJSON is a run as status --json prints it.
type runJSON struct {
	ID        int64           `json:"id"`
	Sites     []string        `json:"sites"`
	Started   time.Time       `json:"started"`
	Ended     *time.Time      `json:"ended"` // null = still running, or died
	Status    string          `json:"status"`
	Requests  int64           `json:"requests"`
	Bytes     int64           `json:"bytes"`
	New       int64           `json:"new"`
	Changed   int64           `json:"changed"`
	Unchanged int64           `json:"unchanged"`
	Gone      int64           `json:"gone"`
	Returned  int64           `json:"returned"`
	Failed    int64           `json:"failed"`
	Error     string          `json:"error,omitempty"`
	Report    json.RawMessage `json:"report,omitempty"`
}

func (c *statusCommand) run(ctx context.Context, w io.Writer, env Env) (err error) {
	now := env.Now()
	a, err := openReader(ctx, env, c.archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if c.url != "" {
		return c.explain(ctx, w, a, now)
	}
	sites, err := a.Sites(ctx, now)
	if err != nil {
		return err
	}
	if c.site != "" {
		if sites, err = only(sites, c.site); err != nil {
			return err
		}
	}
	if !c.json {
		if err := printSites(w, sites); err != nil {
			return err
		}
	}
	rows, err := a.Crawls(ctx, c.site, c.limit)
	if err != nil {
		return err
	}
	if c.json {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		for _, r := range rows {
			if err := enc.Encode(asRunJSON(r)); err != nil {
				return err
			}
		}
		return nil
	}
	t := newTable(w, "run", "site", "started", "status", "new", "changed", "unchanged", "gone", "failed", "requests", "bytes", "by reason")
	numbers(t, "run", "new", "changed", "unchanged", "gone", "failed", "requests", "bytes")
	for _, r := range rows {
		n := r.Counts
		t.AppendRow(table.Row{r.ID, strings.Join(r.Sites, " "), r.Started.Format("2006-01-02 15:04Z"), r.Status,
			n.New, n.Changed, n.Unchanged, n.Gone, n.Failed, n.Requests, size(n.Bytes), askedFor(r.Report)})
	}
	t.Render()
	for _, r := range rows {
		if r.Error != "" {
			fmt.Fprintf(w, "run %d: %s\n", r.ID, printable(r.Error))
		}
	}
	for _, r := range rows {
		if r.Status == archive.StatusRunning {
			holder := a.Holder()
			if holder == "" {
				holder = "nobody"
			}
			fmt.Fprintf(w, "run %d is at work, or was killed and the next one goes on: the archive is in the hands of %s\n", r.ID, printable(holder))
			break
		}
	}
	return printAlarms(ctx, w, a, sites)
}

// only leaves the site of this id.
func only(sites []archive.SiteStatus, id string) ([]archive.SiteStatus, error) {
	var ids []string
	for _, s := range sites {
		if s.Site.ID == id {
			return []archive.SiteStatus{s}, nil
		}
		ids = append(ids, s.Site.ID)
	}
	return nil, fmt.Errorf("there is no site %q in the archive; there are %s", id, strings.Join(ids, ", "))
}

// printAlarms says what was amiss in each site's latest run that came to its end.
func printAlarms(ctx context.Context, w io.Writer, a *archive.Archive, sites []archive.SiteStatus) error {
	for _, s := range sites {
		rows, err := a.Crawls(ctx, s.Site.ID, 20)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rows, func(r archive.CrawlRow) bool { return succeeded(r.Status) })
		if i < 0 {
			continue
		}
		var report scraper.Report
		if json.Unmarshal(rows[i].Report, &report) != nil { // of another program
			continue
		}
		for _, alarm := range alarms(report) {
			if _, err := fmt.Fprintf(w, "%s, run %d: %s\n", s.Site.ID, rows[i].ID, printable(alarm)); err != nil {
				return err
			}
		}
	}
	return nil
}

// askedFor says what a run's requests were for, by its report; "" if it left none.
func askedFor(report json.RawMessage) string {
	var r struct {
		By map[scraper.Reason]int `json:"requests_by"`
	}
	if json.Unmarshal(report, &r) != nil { // a run that was killed, or one of another program
		return ""
	}
	return reasons(r.By)
}

func asRunJSON(r archive.CrawlRow) runJSON {
	out := runJSON{
		ID: r.ID, Sites: notNil(r.Sites), Started: r.Started, Status: r.Status,
		Requests: r.Counts.Requests, Bytes: r.Counts.Bytes, New: r.Counts.New, Changed: r.Counts.Changed,
		Unchanged: r.Counts.Unchanged, Gone: r.Counts.Gone, Returned: r.Counts.Returned, Failed: r.Counts.Failed,
		Error: r.Error, Report: r.Report,
	}
	if !r.Ended.IsZero() {
		out.Ended = &r.Ended
	}
	return out
}

// printSites shows what the archive has of each site.
func printSites(w io.Writer, sites []archive.SiteStatus) error {
	t := newTable(w, "site", "name", "articles", "gone", "versions", "from", "to", "addresses", "due", "not there", "failed", "next due")
	numbers(t, "articles", "gone", "versions", "addresses", "due", "not there", "failed")
	for _, s := range sites {
		next := ""
		if !s.NextDue.IsZero() {
			next = minute(s.NextDue)
		}
		t.AppendRow(table.Row{s.Site.ID, s.Site.Name, s.Articles, s.Gone, s.Versions, s.FirstDay, s.LastDay, s.Targets, s.Due, s.Absent, s.Failed, next})
	}
	t.Render()
	_, err := fmt.Fprintln(w)
	return err
}
