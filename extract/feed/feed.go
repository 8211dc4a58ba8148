// Package feed reads RSS, Atom and JSON feeds as rows of links.
//
// The formats are gofeed's business. This package knows what feeds of news sites get wrong, and
// that they may be hostile; it refuses to know where feeds are found.
package feed

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
)

// MaxBytes bounds a feed's text: feeds with whole articles in them have some hundred kilobytes.
const MaxBytes = 10 << 20

// MaxItems bounds the rows of one feed; what comes after is left out.
const MaxItems = 5000

// An Item is one row. Empty fields are not stated.
type Item struct {
	URL       string // absolute
	Title     string // white space squeezed
	Published string // "2016-07-22T09:30:00+08:00", in that zone
	Modified  string // the same
}

// A Feed is what its rows lead to, in its order.
type Feed struct {
	Title string
	Items []Item
}

// ErrNoFeed is the error of text that is no feed.
var ErrNoFeed = errors.New("no feed")

// Is says whether text is a feed, as far as its beginning tells: root is the name of its first
// element in lower case without prefix, "" for text that is no XML.
func Is(root string, text []byte) bool {
	switch root {
	case "rss", "rdf", "feed":
		return true
	case "":
		head := text[:min(len(text), 1024)]
		return bytes.HasPrefix(bytes.TrimSpace(head), []byte("{")) && bytes.Contains(head, []byte("jsonfeed.org/version"))
	}
	return false
}

// beijing is the zone that times are written in.
var beijing = time.FixedZone("UTC+8", 8*60*60)

// Parse reads a feed of UTF-8 text, whatever encoding it says it is in. address is its own, to
// which relative links refer. The error is ErrNoFeed or says what is broken.
func Parse(address string, text []byte) (Feed, error) {
	base, err := url.Parse(address)
	if err != nil {
		return Feed{}, err
	}
	text = clean(text[:min(len(text), MaxBytes)])
	if tooDeep(text) {
		return Feed{}, errors.New("nested too deep")
	}
	parsed, err := gofeed.NewParser().Parse(bytes.NewReader(text))
	switch {
	case errors.Is(err, gofeed.ErrFeedTypeNotDetected):
		return Feed{}, ErrNoFeed
	case err != nil:
		return Feed{}, err
	}
	f := Feed{Title: squeeze(parsed.Title)}
	if site, err := base.Parse(strings.TrimSpace(parsed.Link)); err == nil && site.Host != "" {
		base = site // links are those of the site's pages
	}
	for _, it := range parsed.Items[:min(len(parsed.Items), MaxItems)] {
		if it == nil {
			continue
		}
		link := it.Link
		if link == "" && (strings.HasPrefix(it.GUID, "http://") || strings.HasPrefix(it.GUID, "https://")) {
			link = it.GUID // RSS 2.0: a guid is a permanent link unless it says that it is not
		}
		u, err := base.Parse(strings.TrimSpace(link))
		if err != nil || link == "" || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			continue
		}
		f.Items = append(f.Items, Item{URL: u.String(), Title: squeeze(it.Title), Published: moment(it.PublishedParsed), Modified: moment(it.UpdatedParsed)})
	}
	return f, nil
}

// clean takes the XML declaration off, whose encoding is that of the bytes and not of the
// text, and the control characters that XML forbids and that systems put in all the same.
func clean(text []byte) []byte {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	if bytes.HasPrefix(text, []byte("<?xml")) {
		if _, rest, ok := bytes.Cut(text, []byte("?>")); ok {
			text = rest
		}
	}
	if bytes.IndexFunc(text, forbidden) < 0 {
		return text
	}
	return bytes.Map(func(r rune) rune {
		if forbidden(r) {
			return -1
		}
		return r
	}, text)
}

func forbidden(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }

// maxDepth is how deep a feed's elements may stand in each other: gofeed goes down with them
// call by call, and took 8 s and gigabytes of stack for two million.
const maxDepth = 256

// tooDeep counts tags, without reading what they are: more may be counted than are open.
func tooDeep(text []byte) bool {
	depth := 0
	for i := 0; i+1 < len(text) && depth <= maxDepth; i++ {
		if text[i] != '<' {
			continue
		}
		switch c := text[i+1]; {
		case bytes.HasPrefix(text[i:], []byte("<![CDATA[")):
			end := bytes.Index(text[i:], []byte("]]>"))
			if end < 0 {
				return false
			}
			i += end
		case c == '/':
			depth = max(depth-1, 0)
		case c != '!' && c != '?':
			end := bytes.IndexByte(text[i:], '>')
			if end < 0 {
				return false
			}
			if i += end; text[i-1] != '/' {
				depth++
			}
		}
	}
	return depth > maxDepth
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func moment(t *time.Time) string {
	if t == nil || t.Year() < 1970 || t.Year() > 9999 {
		return ""
	}
	return t.In(beijing).Format("2006-01-02T15:04:05+08:00")
}
