// Package sitemap reads sitemaps (sitemaps.org protocol 0.9) and sitemap indexes, with the
// publication dates and titles of Google's news extension.
//
// It knows the format, and that what calls itself a sitemap may be broken, huge or hostile. It
// refuses to know where sitemaps are found and what becomes of the addresses.
package sitemap

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"time"
)

// The protocol's own bounds, https://www.sitemaps.org/protocol.html: what exceeds them is cut off.
const (
	MaxBytes   = 50 << 20 // of a sitemap, unpacked
	MaxEntries = 50_000   // of a sitemap or an index
)

// maxText is the longest text of one element that is kept: addresses are under 2,048 characters.
const maxText = 4 << 10

// A Map is one sitemap, or an index of sitemaps: then only Maps has entries.
type Map struct {
	Entries []Entry // pages, in file order
	Maps    []Entry // further sitemaps, in file order
}

// An Entry is an address with what the sitemap says of it. Empty fields are not stated.
type Entry struct {
	URL       string // as written, blanks around it removed; may be anything
	Modified  string // lastmod, see Time
	Published string // news:publication_date, see Time
	Title     string // news:title
}

// ErrNoSitemap is the error of text that is no sitemap.
var ErrNoSitemap = errors.New("no sitemap")

// Parse reads a sitemap of UTF-8 text, whatever encoding it says it is in. Text that is
// broken somewhere gives the entries before the fault, and an error only if there are none.
func Parse(text []byte) (Map, error) {
	var m Map
	err := Read(text, func(e Entry) { m.Entries = append(m.Entries, e) }, func(e Entry) { m.Maps = append(m.Maps, e) })
	return m, err
}

// Read is Parse for who keeps something else of the entries: each is given to page, or to index if it is a further sitemap, as soon as it is read.
func Read(text []byte, page, index func(Entry)) error {
	d := xml.NewDecoder(&shortRuns{text: text[:min(len(text), MaxBytes)]})
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var e Entry
	var into *string // what the text in hand is for
	root := ""
	for n := 0; n < MaxEntries; {
		token, err := d.RawToken() // names are matched by us: prefixes are often not declared
		if err != nil {
			if root == "" || n == 0 && err != io.EOF {
				return ErrNoSitemap
			}
			return nil
		}
		switch t := token.(type) {
		case xml.StartElement:
			name := strings.ToLower(t.Name.Local)
			if root == "" {
				if root = name; root != "urlset" && root != "sitemapindex" {
					return ErrNoSitemap
				}
				continue
			}
			into = nil
			switch space := strings.ToLower(t.Name.Space); {
			case name == "url" || name == "sitemap":
				e = Entry{}
			case name == "loc" && space == "":
				into = &e.URL // image:loc is a picture's
			case name == "lastmod":
				into = &e.Modified
			case name == "publication_date":
				into = &e.Published
			case name == "title" && space == "news":
				into = &e.Title
			}
		case xml.CharData:
			if into != nil && len(*into)+len(t) <= maxText {
				*into += string(t)
			}
		case xml.EndElement:
			into = nil
			switch name := strings.ToLower(t.Name.Local); {
			case name == "url" && root == "urlset":
				n += e.give(page)
			case name == "sitemap" && root == "sitemapindex":
				n += e.give(index)
			}
		}
	}
	return nil
}

// give calls f with the entry, and says how many that are: one, or none if it has no address.
func (e Entry) give(f func(Entry)) int {
	if e.URL = strings.TrimSpace(e.URL); e.URL == "" {
		return 0
	}
	e.Title = strings.Join(strings.Fields(e.Title), " ")
	e.Modified, e.Published = Time(e.Modified), Time(e.Published)
	f(e)
	return 1
}

// beijing is taken where a time states no zone.
var beijing = time.FixedZone("UTC+8", 8*60*60)

// Time gives a W3C date and time as this project writes times: "2016-07-22" where only
// the day is stated, else "2016-07-22T09:30:00+08:00", in that zone. "" for anything else,
// and for a month or a year, which say too little.
func Time(s string) string {
	s = strings.TrimSpace(s)
	if _, err := time.Parse(time.DateOnly, s); err == nil {
		return s
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04:05 Z07:00", "2006-01-02T15:04:05Z0700"} {
		if t, err := time.ParseInLocation(layout, s, beijing); err == nil {
			return t.In(beijing).Format("2006-01-02T15:04:05+08:00")
		}
	}
	return ""
}
