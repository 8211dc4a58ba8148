package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"campusnews/archive"
)

type logCommand struct {
	archive string
	json    bool
}

func (c *logCommand) cobra(g *global) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "log ID|URL",
		Short: "Show the history of an article",
		Long: `Log shows what the archive knows of an article over time: when it was first seen, each version with the reason for it and the
fields that changed, when it vanished and came back, and every request for its pages and files, with the place of the
evidence. What the newsroom changed and what a better extractor made of the same bytes are told apart.

The times can be given to show, search and export as --as-of.`,
		Example: `  campusnews log 41
  campusnews log https://news.csu.edu.cn/info/1002/128731.htm --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(cmd.Context(), cmd.OutOrStdout(), g.env, args[0])
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.archive, "archive", defaultArchive, "folder of the archive")
	f.BoolVar(&c.json, "json", false, "print one JSON object for each moment")
	return cmd
}

func (c *logCommand) run(ctx context.Context, w io.Writer, env Env, ref string) (err error) {
	a, err := openReader(ctx, env, c.archive)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	id, err := findArticle(ctx, a, ref)
	if err != nil {
		return err
	}
	moments, err := a.History(ctx, id)
	if err != nil {
		return err
	}
	if c.json {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		for _, m := range moments {
			if err := enc.Encode(asMomentJSON(id, m)); err != nil {
				return err
			}
		}
		return nil
	}
	article, err := a.Article(ctx, id)
	if err != nil {
		return err
	}
	return printLog(w, article, moments)
}

// printLog prints a line for each moment. What came of a request stands on the request's line.
func printLog(w io.Writer, article archive.Article, moments []archive.Moment) error {
	fmt.Fprintf(w, "%s\n%s\n", printable(article.Title), printable(article.URL))
	came := map[int64][]string{} // capture → what came of it
	shown := map[int64]bool{}    // captures that have a line
	alone := make([]bool, len(moments))
	for _, m := range moments {
		if m.Capture != nil {
			shown[m.Capture.ID] = true
		}
	}
	taken := map[int64]bool{}
	for i, m := range moments {
		switch {
		case m.Capture != nil:
			alone[i] = true
		case m.Revision != nil && shown[m.Revision.Capture] && !taken[m.Revision.Capture]:
			taken[m.Revision.Capture] = true // a later version from the same capture is the extractor's, at a time of its own
			came[m.Revision.Capture] = append(came[m.Revision.Capture], versionInWords(*m.Revision))
		case m.Event != nil && shown[m.Event.Capture]:
			came[m.Event.Capture] = append(came[m.Event.Capture], m.Event.Event)
		default:
			alone[i] = true
		}
	}
	t := newTable(w, "when", "what", "capture", "why", "status", "bytes", "digest", "file", "offset", "url")
	numbers(t, "bytes", "offset")
	for i, m := range moments {
		switch {
		case !alone[i]:
		case m.Capture != nil:
			x := m.Capture
			t.AppendRow([]any{minute(m.Time), strings.Join(came[x.ID], "; "), x.ID, x.Reason, x.Status, x.PayloadLength, shortDigest(x.PayloadDigest), x.File, x.Offset, printable(x.URL)})
		case m.Revision != nil:
			t.AppendRow([]any{minute(m.Time), versionInWords(*m.Revision), idOrBlank(m.Revision.Capture)})
		default:
			t.AppendRow([]any{minute(m.Time), m.Event.Event, idOrBlank(m.Event.Capture)})
		}
	}
	t.Render()
	_, err := fmt.Fprintf(w, "article %d, %s, %s\n", article.ID, count(article.Revisions, "version"), article.State)
	return err
}

func idOrBlank(id int64) any {
	if id == 0 {
		return ""
	}
	return id
}

// versionInWords says what a version is: "version 2, changed by the site: title body".
func versionInWords(r archive.Revision) string {
	if r.Number == 1 {
		return "first seen"
	}
	text := fmt.Sprintf("version %d, %s", r.Number, causes[r.Cause])
	if r.Changed != "" {
		text += ": " + r.Changed
	}
	return text
}

// momentJSON is a moment as log --json prints it. Fields that a moment has not are left out.
type momentJSON struct {
	Article int64     `json:"article"`
	Time    time.Time `json:"time"`
	Event   string    `json:"event"` // capture, version, missing, gone, returned

	Version int      `json:"version,omitempty"`
	Cause   string   `json:"cause,omitempty"`   // of a version after the first: page or extractor
	Changed []string `json:"changed,omitempty"` // fields

	Capture int64  `json:"capture,omitempty"` // the capture itself, or the evidence of what the event says
	URL     string `json:"url,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Status  int    `json:"status,omitempty"`
	Bytes   int64  `json:"bytes,omitempty"`
	Digest  string `json:"digest,omitempty"`
	SameAs  int64  `json:"same_as,omitempty"` // the capture that holds the bytes
	File    string `json:"file,omitempty"`
	Offset  *int64 `json:"offset,omitempty"`
	Error   string `json:"error,omitempty"`
}

func asMomentJSON(article int64, m archive.Moment) momentJSON {
	out := momentJSON{Article: article, Time: m.Time}
	switch {
	case m.Capture != nil:
		x := m.Capture
		out.Event, out.Capture, out.URL, out.Reason, out.Status, out.Bytes = "capture", x.ID, x.URL, x.Reason, x.Status, x.PayloadLength
		out.Digest, out.SameAs, out.File, out.Error = x.PayloadDigest, x.SameAs, x.File, x.Error
		if x.File != "" {
			out.Offset = &x.Offset
		}
	case m.Revision != nil:
		out.Event, out.Version, out.Capture = "version", m.Revision.Number, m.Revision.Capture
		if m.Revision.Number > 1 {
			out.Cause, out.Changed = m.Revision.Cause, strings.Fields(m.Revision.Changed)
		}
	default:
		out.Event, out.Capture = m.Event.Event, m.Event.Capture
	}
	return out
}
