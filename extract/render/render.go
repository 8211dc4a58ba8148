// Package render turns the nodes of an article's body into what is kept of it:
// plain text, a small safe subset of HTML, pictures, attachments and links.
//
// It walks the nodes once and changes nothing in them. It knows HTML and what
// editors leave in it, but no site and no publishing system.
package render

import (
	"bytes"
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/net/html"
)

// An Image is a picture in the body.
type Image struct {
	URL     string `json:"url"` // absolute
	Alt     string `json:"alt,omitempty"`
	Caption string `json:"caption,omitempty"`
}

// A File is an attachment.
type File struct {
	URL  string `json:"url"`  // absolute
	Name string `json:"name"` // as shown; "" = the page shows none
}

// A Link is an address with the text that stands on it.
type Link struct {
	URL  string `json:"url"` // absolute
	Text string `json:"text"`
}

// Content is what Render keeps of the nodes.
type Content struct {
	// Text has one block a line; the cells of a table row are separated by TAB,
	// runs of white space (NBSP and U+3000 too) are one blank, zero-width
	// characters are gone. No line is empty and none begins or ends with a blank.
	Text string
	// HTML says the same with headings, lists, tables, emphasis, links and
	// pictures. It holds the elements and attributes of Allowed only, absolute
	// addresses of safe schemes, and nothing that runs or loads but pictures.
	HTML   string
	Images []Image // each address once, in order; icons of editors and trackers are none
	Files  []File  // each address once, in order
	Links  []Link  // to anything that is no attachment; each address once, in order
	Media  []File  // players (video, audio, embedded PDF) by the address they play, in order
}

// Options tune Render. The zero value renders everything that a reader sees.
type Options struct {
	// Skip says that an element is left out with all that is in it, or a text
	// node: bylines and pagers often stand bare between line breaks.
	Skip func(*html.Node) bool
	// IsFile says that a link leads to an attachment although its address does
	// not show it. Addresses that FileAddress knows need no such function.
	IsFile func(*url.URL) bool
	// NoHTML leaves Content.HTML empty, for callers that want the text alone.
	NoHTML bool
}

// Render renders nodes, in order, with relative addresses resolved against base
// (nil: they are dropped). The same nodes give the same Content.
func Render(nodes []*html.Node, base *url.URL, opts Options) Content {
	b := scratch.Get().(*buffers)
	w := writer{base: base, to: NewResolver(base), opts: opts, text: b.text[:0]}
	w.html.off, w.html.buf = opts.NoHTML, b.html[:0]
	for _, n := range nodes {
		w.node(n, 0)
		w.breakLine()
	}
	w.html.finish()
	w.captions()
	c := Content{Images: w.images, Files: w.files, Links: w.links, Media: w.media}
	if cap(w.text)+cap(w.html.buf) <= maxScratch {
		c.Text, c.HTML = valid(w.text), valid(w.html.buf)
		b.text, b.html = w.text, w.html.buf
		scratch.Put(b)
	} else {
		c.Text, c.HTML = taken(w.text), taken(w.html.buf)
	}
	return c
}

// buffers are what Render writes to before the strings are made.
type buffers struct{ text, html []byte }

// maxScratch is the most bytes of buffers that are kept for the next page.
const maxScratch = 1 << 20

var scratch = sync.Pool{New: func() any { return new(buffers) }}

// valid makes a string of b; trees that were not made from UTF-8 cannot break it.
func valid(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return string(bytes.ToValidUTF8(b, nil))
}

// taken is valid for bytes that nobody writes to any more: a copy of a giant's would take as much again.
func taken(b []byte) string {
	if !utf8.Valid(b) {
		return valid(b)
	}
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// Text gives the text of nodes alone, as Content.Text has it.
func Text(nodes ...*html.Node) string {
	return Render(nodes, nil, Options{NoHTML: true}).Text
}

// Line gives the text of n on one line: blocks and cells are separated by one
// blank. It is meant for titles, meta lines and links.
func Line(n *html.Node) string {
	if n.Type == html.ElementNode && n.FirstChild != nil && n.FirstChild == n.LastChild && n.FirstChild.Type == html.TextNode {
		return Squeeze(n.FirstChild.Data)
	}
	w := writer{oneLine: true}
	w.html.off = true
	w.node(n, 0)
	return string(w.text)
}

// Squeeze makes runs of white space one blank, drops zero-width characters and
// trims both ends, as Content.Text has it.
func Squeeze(s string) string {
	if clean(s) {
		return s
	}
	w := writer{oneLine: true}
	w.html.off = true
	w.words(s)
	return string(w.text)
}

// clean says that Squeeze would give s back.
func clean(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ':
			if i == 0 || i == len(s)-1 || s[i+1] == ' ' {
				return false
			}
		case c < ' ' || c == 0x7f || c == 0xc2 || c == 0xe1 || c == 0xe2 || c == 0xe3 && strings.HasPrefix(s[i:], "\u3000") || c == 0xef:
			return false
		}
	}
	return true
}
