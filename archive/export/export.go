// Package export writes articles in the formats that other programs read. It
// knows the formats, and nothing of where articles come from or where bytes go.
package export

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"campusnews/archive"
)

// A Writer takes articles in order. Close ends the document; it does not close what lies below.
type Writer interface {
	Write(archive.Article) error
	Close() error
}

// A Head is what a document says of itself.
type Head struct {
	Title   string    // for people: the site's name
	Home    string    // the site's home page; "" = of several sites
	ID      string    // an IRI that stays the same from export to export
	Updated time.Time // the newest change among the articles
}

// Options tune a format.
type Options struct {
	Head Head // feeds and JSON-LD
	BOM  bool // CSV: begin with a byte order mark, by which spreadsheets know UTF-8
}

// A Format is a way to write articles into one stream of bytes.
type Format struct {
	Name   string
	Feed   bool // newest first, and by default the latest alone
	Binary bool // not for a terminal
	New    func(w io.Writer, o Options) (Writer, error)
}

// Formats are all of them, by name.
func Formats() []Format {
	return []Format{
		{Name: "atom", Feed: true, New: newAtom},
		{Name: "csv", New: newCSV},
		{Name: "jsonfeed", Feed: true, New: newJSONFeed},
		{Name: "jsonl", New: newJSONL},
		{Name: "jsonld", New: newJSONLD},
		{Name: "parquet", Binary: true, New: newParquet},
	}
}

// Find gives the format of that name, or an error that names all.
func Find(name string) (Format, error) {
	all := Formats()
	if i := slices.IndexFunc(all, func(f Format) bool { return f.Name == name }); i >= 0 {
		return all[i], nil
	}
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = f.Name
	}
	return Format{}, fmt.Errorf("no format %q; there are %s", name, strings.Join(names, ", "))
}

// names gives the people and units of a role.
func names(a archive.Article, role string) []string {
	var list []string
	for _, c := range a.Credits {
		if c.Role == role {
			list = append(list, c.Name)
		}
	}
	return list
}

// orNil is s, nil when it is empty: what a page does not state is null.
func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// instant is when an article was published, in the full form that feeds ask
// for (RFC 3339): a day of which no time is known begins at midnight, in the zone of Chinese sites. "" = not known.
func instant(a archive.Article) string {
	if _, err := time.Parse(time.RFC3339, a.Published); err == nil {
		return a.Published
	}
	for _, s := range []string{a.Published, a.Day} {
		if _, err := time.Parse("2006-01-02", s); err == nil {
			return s + "T00:00:00+08:00"
		}
		if t, err := time.Parse("2006-01-02T15:04", s); err == nil {
			return t.Format("2006-01-02T15:04:05") + "+08:00"
		}
	}
	return ""
}

// updated is when the article's present text was first seen.
func updated(a archive.Article) time.Time {
	if !a.Changed.IsZero() {
		return a.Changed
	}
	return a.FirstSeen
}
