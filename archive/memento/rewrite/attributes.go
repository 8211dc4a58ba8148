package rewrite

import (
	"path"
	"strings"

	"golang.org/x/net/html"
)

// addressed are the attributes that hold an address, whatever the tag; which Use it is, use decides.
var addressed = map[string]bool{
	"href": true, "xlink:href": true, "src": true, "poster": true, "background": true, "lowsrc": true, "dynsrc": true,
	"orisrc": true, // where Visual SiteBuilder keeps a picture's own address
}

// styled are the attributes, SVG's mostly, whose value is CSS and may name an address.
var styled = map[string]bool{
	"style": true, "fill": true, "stroke": true, "filter": true, "mask": true, "clip-path": true, "cursor": true,
	"marker": true, "marker-start": true, "marker-mid": true, "marker-end": true, "shape-inside": true, "offset-path": true,
}

// unwanted are attributes that are left out: they send, load or act, or would no longer fit what is rewritten.
var unwanted = map[string]bool{
	"action": true, "formaction": true, "ping": true, "attributionsrc": true, "manifest": true, "profile": true, "cite": true, "longdesc": true,
	"codebase": true, "classid": true, "archive": true, "code": true, "data": true, "imagesrcset": true, "imagesizes": true, "xml:base": true,
	"integrity": true, "nonce": true, "crossorigin": true, "target": true, "formtarget": true, "download": true, "http-equiv": true, "charset": true,
	"autofocus": true, "autoplay": true, "sandbox": true, "allow": true, "csp": true, "credentialless": true, "icon": true, "referrerpolicy": true,
}

// attribute gives the value that an attribute has in the rewritten tag; ok false = it is left out. The values of meta and link come
// here already made.
func (w *writer) attribute(tag, key, val string) (_ string, ok bool) {
	if tag == "meta" || tag == "link" {
		return val, !strings.HasPrefix(key, "on")
	}
	switch {
	case strings.HasPrefix(key, "on"), unwanted[key]:
		return "", false
	case addressed[key]:
		return w.address(use(tag, key), val)
	case key == "srcset":
		return w.srcset(val)
	case styled[key]:
		return string(w.css([]byte(val), false)), true
	case key == "srcdoc":
		return w.srcdoc(val)
	}
	return val, true
}

func use(tag, key string) Use {
	switch {
	case key == "href" || key == "xlink:href":
		if tag == "image" || tag == "use" || tag == "feimage" || tag == "lineargradient" || tag == "radialgradient" || tag == "pattern" || tag == "textpath" || tag == "mpath" || tag == "filter" {
			return Image
		}
		return Link
	case key == "src" && (tag == "iframe" || tag == "frame"):
		return Frame
	}
	return Image
}

// address gives what stands in place of the address in an attribute.
func (w *writer) address(use Use, ref string) (_ string, ok bool) {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return "", use == Link // an empty link leads to the page itself
	}
	lower := strings.ToLower(ref[:min(len(ref), 16)])
	switch {
	case ref[0] == '#' && (w.inPage || use == Image):
		return ref, true
	case strings.HasPrefix(lower, "data:image/"):
		return ref, use == Image
	case strings.HasPrefix(lower, "mailto:") || strings.HasPrefix(lower, "tel:"):
		return w.resolver.Resolve(ref), use == Link
	}
	to := w.place(use, ref)
	return to, to != ""
}

// place asks for what stands in place of ref; "" = nothing.
func (w *writer) place(use Use, ref string) string {
	absolute := w.resolver.Resolve(undot(w.resolver.Resolve(ref)))
	if !strings.HasPrefix(absolute, "http://") && !strings.HasPrefix(absolute, "https://") {
		return ""
	}
	return w.at(use, absolute)
}

// undot writes out the dots of segments like "%2e%2e", which browsers take for dot segments (WHATWG URL, path state):
// an address of the archive is not to lead out of it.
func undot(address string) string {
	end := strings.IndexAny(address, "?#")
	if end < 0 {
		end = len(address)
	}
	if !strings.Contains(strings.ToLower(address[:end]), "%2e") {
		return address
	}
	segments := strings.Split(address[:end], "/")
	for i, s := range segments {
		if bare := strings.ReplaceAll(strings.ReplaceAll(s, "%2e", "."), "%2E", "."); bare == "." || bare == ".." {
			segments[i] = bare
		}
	}
	return strings.Join(segments, "/") + address[end:]
}

// srcset rewrites a list of pictures, HTML section 4.8.4.2.1; those that are not to be had are left out of it.
func (w *writer) srcset(val string) (_ string, ok bool) {
	const space = " \t\n\f\r"
	var list []string
	for rest := strings.TrimLeft(val, space+","); rest != "" && len(list) < 64; rest = strings.TrimLeft(rest, space+",") {
		end := strings.IndexAny(rest, space)
		if end < 0 {
			end = len(rest)
		}
		ref := rest[:end]
		rest = rest[end:]
		bare := strings.TrimRight(ref, ",")
		descriptor := ""
		if bare == ref {
			depth, i := 0, 0
			for ; i < len(rest) && (rest[i] != ',' || depth > 0); i++ {
				switch rest[i] {
				case '(':
					depth++
				case ')':
					depth--
				}
			}
			descriptor, rest = strings.Join(strings.Fields(rest[:i]), " "), rest[i:]
		}
		// A data address may hold a comma and is not worth telling apart here.
		if to, ok := w.address(Image, bare); ok && strings.HasPrefix(to, "/") && !strings.ContainsAny(descriptor, ",()") {
			list = append(list, strings.TrimRight(strings.NewReplacer(",", "%2C", " ", "%20").Replace(to)+" "+descriptor, " "))
		}
	}
	return strings.Join(list, ", "), len(list) > 0
}

// srcdoc rewrites a page that is written within an attribute.
func (w *writer) srcdoc(page string) (string, bool) {
	if w.nested >= maxNested {
		return "", false
	}
	inner := &writer{at: w.at, own: w.own, resolver: w.resolver, inPage: w.inPage, nested: w.nested + 1}
	inner.document([]byte(page))
	return inner.out.String(), true
}

// meta gives a meta tag's attributes as they may stay, nil = none of it may.
func meta(list []html.Attribute) []html.Attribute {
	if value(list, "http-equiv") != nil {
		return nil // refresh, a policy of the page's own, a charset it no longer has
	}
	if value(list, "charset") != nil {
		return []html.Attribute{{Key: "charset", Val: "utf-8"}}
	}
	if name := value(list, "name"); name != nil && strings.EqualFold(strings.TrimSpace(*name), "referrer") {
		return nil
	}
	return list
}

// link gives a link tag's attributes as they may stay, nil = none of it may: only style sheets and icons are shown.
func (w *writer) link(list []html.Attribute) []html.Attribute {
	rel, href := value(list, "rel"), value(list, "href")
	if rel == nil || href == nil {
		return nil
	}
	kind, shown := Image, false
	for word := range strings.FieldsSeq(strings.ToLower(*rel)) {
		switch word {
		case "stylesheet":
			kind, shown = Sheet, true
		case "alternate", "shortcut":
		case "icon", "apple-touch-icon":
			shown = true
		default:
			return nil // preload, dns-prefetch, manifest and their like ask by themselves
		}
	}
	to := ""
	if shown {
		to = w.place(kind, *href)
	}
	if to == "" {
		return nil
	}
	kept := []html.Attribute{{Key: "rel", Val: *rel}, {Key: "href", Val: to}}
	for _, a := range list {
		switch a.Key {
		case "media", "title", "type", "sizes", "disabled", "id":
			kept = append(kept, a)
		}
	}
	return kept
}

// plugin writes a link to what a plug-in would have shown: none of them runs today.
func (w *writer) plugin(list []html.Attribute) {
	for _, key := range []string{"data", "src"} {
		ref := value(list, key)
		if ref == nil {
			continue
		}
		to := w.place(Link, *ref)
		if to == "" {
			continue
		}
		name := path.Base(strings.TrimSpace(*ref))
		if i := strings.IndexAny(name, "?#"); i > 0 {
			name = name[:i]
		}
		w.out.WriteString("<a")
		w.pair("href", to)
		w.pair("target", "_top")
		w.out.WriteString(">")
		textEscapes.WriteString(&w.out, name)
		w.out.WriteString("</a>")
		return
	}
}
