package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"campusnews/archive"
)

// mostSources is how many sources a table shows; --json has all.
const mostSources = 20

// printCounts prints tables of how the hits are spread. Those that would have one row are left out, but for the years.
func printCounts(w io.Writer, f archive.Facets) {
	for _, t := range []struct {
		name string
		list []archive.Count
		one  bool
	}{{"year", f.Years, true}, {"site", f.Sites, false}, {"section", f.Sections, false}, {"source", f.Sources[:min(len(f.Sources), mostSources)], false}} {
		if len(t.list) == 0 || len(t.list) == 1 && !t.one {
			continue
		}
		rows := newTable(w, t.name, "articles")
		numbers(rows, "articles")
		for _, c := range t.list {
			name := c.Name
			if name == "" {
				name = "not stated"
			}
			if c.Site != "" && len(f.Sites) > 1 {
				name = c.Site + " " + name
			}
			rows.AppendRow(table.Row{printable(name), c.Hits})
		}
		rows.Render()
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, count(f.Total, "article"))
}

// countJSON is a line of --counts --json. Value is null where it is not known.
type countJSON struct {
	By       string  `json:"by"` // year, site, section or source
	Site     string  `json:"site,omitempty"`
	Value    *string `json:"value"`
	Articles int     `json:"articles"`
}

func printCountsJSON(w io.Writer, f archive.Facets) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for by, list := range [][]archive.Count{f.Years, f.Sites, f.Sections, f.Sources} {
		for _, c := range list {
			line := countJSON{By: [...]string{"year", "site", "section", "source"}[by], Site: c.Site, Articles: c.Hits}
			if c.Name != "" {
				line.Value = &c.Name
			}
			if err := enc.Encode(line); err != nil {
				return err
			}
		}
	}
	return nil
}
