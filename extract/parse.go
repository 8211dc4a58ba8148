package extract

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// MaxBytes is the size from which a page is not read at all.
const MaxBytes = 64 << 20

// notHTML gives the reason why bytes are no page: "" if they may be one.
func notHTML(p Page, text []byte) string {
	head := bytes.TrimLeft(text[:min(len(text), 1024)], " \t\r\n\x00")
	switch {
	case len(p.Body) > MaxBytes:
		return fmt.Sprintf("too large: %d bytes", len(p.Body))
	case len(head) == 0 && len(bytes.TrimSpace(text)) == 0:
		return "empty"
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return "a PDF file"
	case bytes.HasPrefix(p.Body, []byte("PK\x03\x04")), bytes.HasPrefix(p.Body, []byte("\xd0\xcf\x11\xe0")), bytes.HasPrefix(p.Body, []byte("Rar!")):
		return "a document or an archive, no page"
	case bytes.HasPrefix(p.Body, []byte("\xff\xd8\xff")), bytes.HasPrefix(p.Body, []byte("\x89PNG")), bytes.HasPrefix(p.Body, []byte("GIF8")):
		return "a picture"
	case binary(head):
		return "binary data, no page"
	}
	t, _, _ := strings.Cut(strings.ToLower(p.ContentType), ";")
	switch t = strings.TrimSpace(t); {
	case t == "", strings.Contains(t, "html"), strings.Contains(t, "xml"), t == "text/plain", t == "application/octet-stream":
		return ""
	case bytes.IndexByte(head, '<') >= 0:
		return "" // a server that lies about its pages
	}
	return "no page: " + t
}

// binary says that decoded text has more control characters than any page: in
// data of no known form more than one byte in ten is one.
func binary(text []byte) bool {
	controls := 0
	for _, c := range text {
		if c < ' ' && c != '\t' && c != '\n' && c != '\f' && c != '\r' {
			controls++
		}
	}
	return 20*controls > len(text) && controls > 8
}

// parse parses a page, within the bounds of bounded. Pages nested deeper than the parser allows (512) are
// flattened first.
func parse(text []byte) (*html.Node, error) {
	text = bounded(text)
	doc, err := html.Parse(bytes.NewReader(text))
	if err == nil {
		return doc, nil
	}
	return html.Parse(bytes.NewReader(flatten(text)))
}

// maxNesting is how many open elements flatten keeps, well under the parser's
// limit: the parser opens some of its own.
const maxNesting = 200

// flatten drops the start tags of elements nested deeper than maxNesting, and
// their end tags. Their content stays, in the element around.
func flatten(text []byte) []byte {
	out := make([]byte, 0, len(text))
	z := html.NewTokenizer(bytes.NewReader(text))
	var open []atom.Atom // of the elements that were kept
	dropped := map[atom.Atom]int{}
	for {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() == io.EOF {
				return out
			}
			return append(out, z.Raw()...)
		case html.StartTagToken:
			tag := z.Raw()
			name, _ := z.TagName()
			a := atom.Lookup(name)
			if void[a] || raw[a] {
				out = append(out, tag...)
				continue
			}
			if len(open) >= maxNesting {
				dropped[a]++
				continue
			}
			open = append(open, a)
			out = append(out, tag...)
		case html.EndTagToken:
			tag := z.Raw()
			name, _ := z.TagName()
			a := atom.Lookup(name)
			if raw[a] {
				out = append(out, tag...)
				continue
			}
			if dropped[a] > 0 {
				dropped[a]--
				continue
			}
			for i := len(open) - 1; i >= 0; i-- {
				if open[i] == a {
					open = open[:i]
					break
				}
			}
			out = append(out, tag...)
		default:
			out = append(out, z.Raw()...)
		}
	}
}

var void = map[atom.Atom]bool{
	atom.Area: true, atom.Base: true, atom.Br: true, atom.Col: true, atom.Embed: true, atom.Hr: true, atom.Img: true, atom.Input: true,
	atom.Link: true, atom.Meta: true, atom.Param: true, atom.Source: true, atom.Track: true, atom.Wbr: true,
}

// raw are the elements whose content is no markup; they nest nothing.
var raw = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Title: true, atom.Textarea: true, atom.Iframe: true, atom.Noembed: true, atom.Noframes: true, atom.Noscript: true, atom.Xmp: true,
}
