package extract

import (
	"bytes"
	"net/url"
	"strings"

	"campusnews/extract/charset"
	"campusnews/extract/render"

	"golang.org/x/net/html"
)

// maxLinks bounds the links that one page gives.
const maxLinks = 2000

// maxLinkText bounds the text on a link, in bytes.
const maxLinkText = 300

// Links gives where all links and frames of a page lead, whatever the page is: absolute http and https addresses
// without fragments, each once, in page order, at most 2000, with the text that stands on them first ("" = none).
// Those marked rel=nofollow are left out, and all of a page that says so in <meta name=robots>: sites put it on what
// programs get lost in. nil for what is no page.
func Links(p Page) []Link {
	text, _ := charset.Decode(p.Body, p.ContentType)
	if notHTML(p, text) != "" {
		return nil
	}
	base, err := url.Parse(p.URL)
	if err != nil {
		return nil
	}
	f := linkFinder{to: render.NewResolver(base), base: base, at: map[string]int{}, open: -1}
	z := html.NewTokenizer(bytes.NewReader(shortened(text)))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return f.links
		case html.TextToken:
			if f.open >= 0 {
				f.text(string(z.Text()))
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "a" {
				f.open = -1
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			if name, has := z.TagName(); has && linking[string(name)] {
				attrs := map[string]string{}
				for more := true; more; {
					var k, v []byte
					k, v, more = z.TagAttr()
					if _, ok := attrs[string(k)]; !ok {
						attrs[string(k)] = string(v)
					}
				}
				if !f.element(string(name), attrs) {
					return nil
				}
			}
		}
	}
}

// linking are the elements that a linkFinder asks.
var linking = map[string]bool{"a": true, "area": true, "frame": true, "iframe": true, "base": true, "meta": true}

type linkFinder struct {
	base  *url.URL
	to    render.Resolver
	links []Link
	at    map[string]int // address → index in links
	open  int            // index of the link whose text is being read; -1 = none
}

// element takes in a start tag; false: the page wants none of its links followed.
func (f *linkFinder) element(name string, attrs map[string]string) bool {
	ref := attrs["href"]
	switch name {
	case "meta":
		return !strings.EqualFold(attrs["name"], "robots") || !nofollow(attrs["content"])
	case "base":
		if u, err := f.base.Parse(strings.TrimSpace(ref)); err == nil && ref != "" {
			f.to = render.NewResolver(u)
		}
		return true
	case "a":
		f.open = -1
	case "frame", "iframe":
		ref = attrs["src"]
	}
	if ref == "" || ref[0] == '#' || nofollow(attrs["rel"]) {
		return true
	}
	address, _, _ := strings.Cut(f.to.Resolve(ref), "#")
	if !strings.HasPrefix(address, "http") {
		return true
	}
	i, known := f.at[address]
	if !known {
		if len(f.links) >= maxLinks {
			return true
		}
		i = len(f.links)
		f.at[address] = i
		f.links = append(f.links, Link{URL: address})
	}
	if name == "a" && f.links[i].Text == "" {
		f.open = i
	}
	return true
}

func (f *linkFinder) text(s string) {
	l := &f.links[f.open]
	if s = render.Squeeze(s); s != "" && len(l.Text)+len(s) <= maxLinkText {
		l.Text = strings.TrimSpace(l.Text + " " + s)
	}
}

// nofollow says whether a list of words has that of the robots exclusion by page, or none, which includes it.
func nofollow(words string) bool {
	for word := range strings.FieldsFuncSeq(strings.ToLower(words), func(r rune) bool { return r == ',' || r <= ' ' }) {
		if word == "nofollow" || word == "none" {
			return true
		}
	}
	return false
}
