// Package rewrite changes the addresses in a captured page or style sheet so that a browser asks an archive for
// them and nobody else, and takes out what could act by itself: scripts, event handlers, forms' targets,
// plug-ins, refreshes. It knows neither archive nor network: whoever calls it says what stands in place of an address.
//
// A page is taken apart into tokens and written anew, tag by tag, so that what comes out means to every
// parser what it meant here. Comments, and what browsers no longer show, are left out.
package rewrite

import (
	"bytes"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"campusnews/extract/render"
)

// A Use says what a page wants of an address.
type Use int

const (
	Link  Use = iota // leads elsewhere when it is clicked on
	Frame            // is shown as a page within the page
	Image            // also media and fonts: bytes to be shown
	Sheet            // CSS
)

// An Address gives what stands in place of an address, which is absolute and http or https, with a fragment if it has one. "" = nothing:
// the attribute, or the value in CSS, is left out.
type Address func(use Use, absolute string) string

// maxNested is how deep pages within attributes (srcdoc) are followed.
const maxNested = 3

// HTML rewrites a page, which should be UTF-8. base is its own address; what the page's <base> says is followed.
// The result is valid UTF-8 and the same for the same arguments. Every address in it that a
// browser would ask for by itself or lead to comes from at, but for data: images, fragments of the page itself, mailto: and tel:.
func HTML(page []byte, base *url.URL, at Address) []byte {
	page = bytes.ToValidUTF8(page, []byte("\ufffd"))
	w := &writer{at: at, own: base}
	w.out.Grow(len(page) + len(page)/4)
	w.setBase(findBase(page, base))
	w.document(page)
	return w.out.Bytes()
}

// A writer rewrites one page.
type writer struct {
	out      bytes.Buffer
	at       Address
	own      *url.URL // the page's address
	resolver render.Resolver
	inPage   bool // "#a" leads to a place in the page: its <base> does not say otherwise
	nested   int
}

func (w *writer) setBase(base *url.URL) {
	w.resolver = render.NewResolver(base)
	w.inPage = base != nil && w.own != nil && sameButFragment(base, w.own)
}

func sameButFragment(a, b *url.URL) bool {
	x, y := *a, *b
	x.Fragment, x.RawFragment, y.Fragment, y.RawFragment = "", "", "", ""
	return x.String() == y.String()
}

// findBase gives the address that the page's first <base href> names, else own.
func findBase(page []byte, own *url.URL) *url.URL {
	if !bytes.Contains(bytes.ToLower(page[:min(len(page), 256<<10)]), []byte("<base")) {
		return own
	}
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return own
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			if string(name) == "noscript" {
				z.NextIsNotRawText()
			}
			for more && string(name) == "base" {
				var key, value []byte
				if key, value, more = z.TagAttr(); string(key) != "href" {
					continue
				}
				r := render.NewResolver(own)
				if u, err := url.Parse(r.Resolve(string(value))); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
					return u
				}
				return own
			}
		}
	}
}

// raw are the elements whose content a tokenizer does not take apart, and what becomes of them.
// Within SVG, browsers do take it apart: so nothing of it may be written as it stands.
var raw = map[string]string{
	"script": "", "iframe": "iframe", "noembed": "", "noframes": "",
	"xmp": "pre", "plaintext": "pre", "title": "title", "textarea": "textarea", "style": "style",
}

// dropped are tags that are left out, their content staying: plug-ins and what steers them, SVG's animations, which
// can set addresses, scripts' placeholders, and base, whose word is in the addresses already.
var dropped = map[string]bool{
	"base": true, "applet": true, "param": true, "bgsound": true, "noscript": true, "portal": true, "fencedframe": true,
	"animate": true, "animatemotion": true, "animatetransform": true, "animatecolor": true, "set": true, "handler": true, "listener": true,
}

func (w *writer) document(page []byte) {
	z := html.NewTokenizer(bytes.NewReader(page))
	within := "" // the raw element whose content comes next
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken: // only ever the end
			w.close(within)
			return
		case html.TextToken:
			w.text(within, z.Text())
		case html.DoctypeToken:
			w.doctype(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			tag := string(name)
			if tag == "noscript" {
				z.NextIsNotRawText()
			}
			var list []html.Attribute
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				list = append(list, html.Attribute{Key: string(key), Val: string(value)})
			}
			if _, ok := raw[tag]; ok {
				within = tag
			}
			w.start(tag, attributes(list), kind == html.SelfClosingTagToken)
		case html.EndTagToken:
			name, _ := z.TagName()
			tag := string(name)
			if tag == within {
				within = ""
			}
			w.end(tag)
		}
	}
}

// close ends a raw element that the page's end cuts.
func (w *writer) close(within string) {
	if within != "" {
		w.end(within)
	}
}

func (w *writer) text(within string, text []byte) {
	switch within {
	case "script", "iframe", "noembed", "noframes":
	case "style":
		w.out.Write(w.css(text, false))
	default:
		textEscapes.WriteString(&w.out, string(text)) // a bytes.Buffer has no errors
	}
}

// doctype keeps what decides how a browser lays the page out.
func (w *writer) doctype(text string) {
	if w.nested > 0 || strings.ContainsAny(text, "<>\x00") {
		return
	}
	w.out.WriteString("<!DOCTYPE " + text + ">")
}

func (w *writer) end(tag string) {
	if to, ok := raw[tag]; ok {
		tag = to
	}
	if tag == "" || dropped[tag] || tag == "object" || tag == "embed" || !plainName(tag) {
		return
	}
	w.out.WriteString("</" + tag + ">")
}

// start writes a start tag with its attributes.
func (w *writer) start(tag string, list []html.Attribute, closed bool) {
	if dropped[tag] || !plainName(tag) {
		return
	}
	switch tag {
	case "meta":
		if list = meta(list); list == nil {
			return
		}
	case "link":
		if list = w.link(list); list == nil {
			return
		}
	case "object", "embed":
		w.plugin(list)
		return
	}
	if to, ok := raw[tag]; ok {
		if to == "" {
			return
		}
		tag, closed = to, false
	}
	w.out.WriteString("<" + tag)
	leads := false // away from the page, so that what is around it must change, too
	for _, a := range list {
		if value, ok := w.attribute(tag, a.Key, a.Val); ok {
			w.pair(a.Key, value)
			leads = leads || (tag == "a" || tag == "area") && addressed[a.Key] && strings.HasPrefix(value, "/")
		}
	}
	if leads {
		w.pair("target", "_top")
	}
	if closed {
		w.out.WriteString(" /") // matters in SVG; nothing elsewhere
	}
	w.out.WriteString(">")
}

// attributes gives a tag's attributes as a browser takes them: the first of each name, and none with a name that could be read in two ways.
func attributes(list []html.Attribute) []html.Attribute {
	kept := make([]html.Attribute, 0, len(list))
	var seen map[string]bool
	if len(list) > 16 {
		seen = make(map[string]bool, len(list))
	}
	for _, a := range list {
		if !plainName(a.Key) || seen[a.Key] || seen == nil && value(kept, a.Key) != nil {
			continue
		}
		if seen != nil {
			seen[a.Key] = true
		}
		kept = append(kept, a)
	}
	return kept
}

func value(list []html.Attribute, key string) *string {
	for i := range list {
		if list[i].Key == key {
			return &list[i].Val
		}
	}
	return nil
}

// plainName says that a tag's or attribute's name reads the same to every parser.
func plainName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < 'a' || c > 'z') && (i == 0 || (c < '0' || c > '9') && c != '-' && c != '_' && c != ':' && c != '.') {
			return false
		}
	}
	return s != ""
}

// escapes and textEscapes write "<" so that no place can be read as a tag.
var (
	escapes     = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "\x00", "\ufffd", "\r", "&#13;")
	textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\x00", "\ufffd", "\r", "&#13;")
)

// pair writes an attribute.
func (w *writer) pair(key, value string) {
	w.out.WriteString(" " + key + `="`)
	escapes.WriteString(&w.out, value)
	w.out.WriteString(`"`)
}
