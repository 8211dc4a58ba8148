package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"campusnews/scraper/fleet"
)

type fleetStatusCommand struct {
	nats *natsFlags
	json bool
}

func (c *fleetStatusCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show the workers of a fleet and how its sites stand",
		Long: `Status shows who works and how each site's latest run went. A site whose runs failed five times in a row, or took their
worker with them, is set aside until "fleet resume".

Exit status: 3 when a site is set aside, failed last, or nobody is there to crawl it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.run(cmd.Context(), cmd.OutOrStdout(), g)
		},
	}
	cmd.Flags().BoolVar(&c.json, "json", false, "print one JSON object")
	return cmd
}

// A fleetStatus is what there is to know of a fleet.
type fleetStatus struct {
	Fleet   string         `json:"fleet"`
	Workers []fleet.Member `json:"workers"`
	Sites   []siteStanding `json:"sites"`
}

// A siteStanding is a site with its latest run and its copy.
type siteStanding struct {
	fleet.Site
	State  fleet.State `json:"state"`
	Copied time.Time   `json:"copied,omitzero"` // when the copy was last written, by the worker's clock
	Copy   int64       `json:"copy"`            // bytes
	Nobody bool        `json:"nobody,omitempty"`
}

// key is how the site stands: an Ending's status, or setaside, paused, running, nobody, new.
func (s siteStanding) key() string {
	switch {
	case s.State.SetAside:
		return "setaside"
	case s.Paused:
		return "paused"
	case s.State.Running:
		return "running"
	case s.Nobody:
		return "nobody"
	case s.State.Ending == "":
		return "new"
	}
	return s.State.Ending
}

func (s siteStanding) word() string {
	key := s.key()
	if key == "paused" && s.State.Running {
		return "paused, a run still under way"
	}
	return cmp.Or(map[string]string{"setaside": "set aside", "nobody": "no worker fits", "new": "not crawled yet"}[key], key)
}

func (c *fleetStatusCommand) run(ctx context.Context, w io.Writer, g *global) error {
	s, err := c.nats.open(ctx, g, "fleet status")
	if err != nil {
		return err
	}
	defer s.Close()
	st, err := standing(ctx, s)
	if err != nil {
		return err
	}
	if c.json {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		err = enc.Encode(st)
	} else {
		printFleet(w, st)
	}
	if err != nil {
		return err
	}
	for _, site := range st.Sites {
		if site.State.SetAside || site.State.Ending == fleet.EndFailed || site.Nobody {
			return errPart
		}
	}
	return nil
}

func standing(ctx context.Context, s *fleetSession) (st fleetStatus, err error) {
	st.Fleet = s.Name
	if st.Workers, err = s.Crew(ctx); err != nil {
		return st, err
	}
	sites, err := s.Sites(ctx)
	if err != nil {
		return st, err
	}
	states, err := s.States(ctx)
	if err != nil {
		return st, err
	}
	at := map[string]fleet.State{}
	for _, state := range states {
		at[state.Site] = state
	}
	heads, err := s.heads.All(ctx)
	if err != nil {
		return st, err
	}
	for _, site := range sites {
		v := siteStanding{Site: site, State: at[site.ID], Nobody: !site.Paused}
		if v.Paused {
			v.State.Next = time.Time{}
		}
		v.Profile = "" // long, and fleet list has it
		head := heads[site.ID]
		for _, m := range st.Workers {
			older := m.Format > 0 && m.Format < head.Format
			v.Nobody = v.Nobody && (m.Draining || older || !m.Labels.Fit(site.Needs))
		}
		v.Copied, v.Copy = head.Written, head.Size()
		st.Sites = append(st.Sites, v)
	}
	return st, nil
}

func printFleet(w io.Writer, st fleetStatus) {
	t := newTable(w, "worker", "host", "version", "labels", "busy", "of", "archives", "disk", "since", "")
	numbers(t, "busy", "of", "archives", "disk")
	for _, m := range st.Workers {
		draining := ""
		if m.Draining {
			draining = "draining"
		} else if m.Full != "" {
			draining = "takes no new sites: " + m.Full
		}
		t.AppendRow(table.Row{m.ID, m.Host, m.Version, m.Labels.String(), len(m.Busy), m.Slots, m.Archives, size(m.Disk), m.Started.Format("2006-01-02 15:04Z"), draining})
	}
	t.Render()
	fmt.Fprintln(w)
	t = newTable(w, "site", "crawled", "stands", "at", "runs", "latest", "next", "copy", "copied", "")
	numbers(t, "runs", "copy")
	for _, s := range st.Sites {
		when, copied := s.State.Ended, ""
		if s.State.Running {
			when = s.State.Began
		}
		latest, next := "", ""
		if !s.State.Next.IsZero() {
			next = s.State.Next.Format("01-02 15:04Z")
		}
		if !when.IsZero() {
			latest = when.Format("2006-01-02 15:04Z")
		}
		if !s.Copied.IsZero() {
			copied = s.Copied.Format("2006-01-02 15:04Z")
		}
		note := s.State.Note
		if len(s.State.Blocked) > 0 {
			note = "refused by " + strings.Join(s.State.Blocked, ", ") + "; " + note
		}
		if s.State.Error != "" {
			note = s.State.Error
		}
		t.AppendRow(table.Row{s.ID, s.Rhythm.String(), s.word(), s.State.Home, s.State.Runs, latest, next, size(s.Copy), copied, printable(strings.ReplaceAll(note, "\n", " "))})
	}
	t.Render()
}
