package render

import (
	"bytes"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Resolve makes ref absolute against base: http, https, mailto and tel stay,
// every other scheme and what cannot be read gives "". The spelling is kept as
// the page has it, Han characters included; blanks inside become %20, TABs and
// line breaks are dropped as browsers do (WHATWG URL, basic URL parser), and
// dot segments are taken out (RFC 3986, 5.2.4). base nil: only absolute refs.
func Resolve(base *url.URL, ref string) string {
	r := NewResolver(base)
	return r.Resolve(ref)
}

// A Resolver resolves many addresses against one base. The zero Resolver knows
// no base.
type Resolver struct {
	scheme, host string // "http:", "news.example.edu.cn"
	origin       string // "http://news.example.edu.cn"
	path, query  string // of the base, as written
	folder       string // origin and path up to the last slash
	plain        bool   // folder has no dot segments
}

// NewResolver makes a Resolver for base; nil or anything but http and https is
// no base.
func NewResolver(base *url.URL) Resolver {
	if base == nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || !utf8.ValidString(base.Host) {
		return Resolver{}
	}
	r := Resolver{scheme: base.Scheme + ":", host: base.Host, path: base.EscapedPath(), query: strings.ToValidUTF8(base.RawQuery, "\ufffd")}
	if r.path == "" {
		r.path = "/"
	}
	r.origin = r.scheme + "//" + r.host
	r.folder = r.origin + r.path[:strings.LastIndexByte(r.path, '/')+1]
	r.plain = !strings.Contains(r.path, "/.")
	return r
}

// Resolve is the function Resolve against the Resolver's base.
func (r *Resolver) Resolve(ref string) string {
	ref = trim(ref)
	if ref == "" {
		return ""
	}
	if scheme, rest, ok := cutScheme(ref); ok {
		switch scheme {
		case "http", "https":
			clean := strings.TrimLeft(rest, `/\`)
			if clean == "" || clean[0] == '?' || clean[0] == '#' || !hostLike(clean) {
				return ""
			}
			if len(rest) == len(clean)+2 && rest[:2] == "//" && !strings.Contains(clean, "/.") && strings.IndexByte(clean, '\\') < 0 && scheme == ref[:len(scheme)] && strings.IndexByte(clean, '/') > 0 {
				return ref
			}
			return scheme + "://" + undot(clean)
		case "mailto", "tel":
			if rest == "" {
				return ""
			}
			return scheme + ":" + rest
		}
		return ""
	}
	if r.host == "" {
		return ""
	}
	switch {
	case strings.HasPrefix(ref, "//") || strings.HasPrefix(ref, `\\`):
		rest := strings.TrimLeft(ref, `/\`)
		if rest == "" || !hostLike(rest) {
			return ""
		}
		return r.scheme + "//" + undot(rest)
	case ref[0] == '/' || ref[0] == '\\':
		if dotted(ref) {
			return r.origin + dotless("/"+ref[1:])
		}
		return r.origin + ref
	case ref[0] == '#':
		if r.query != "" {
			return r.origin + r.path + "?" + r.query + ref
		}
		return r.origin + r.path + ref
	case ref[0] == '?':
		return r.origin + r.path + ref
	}
	if r.plain && ref[0] != '.' && !dotted(ref) {
		return r.folder + ref
	}
	return r.origin + dotless(r.folder[len(r.origin):]+ref)
}

// dotted says that the path of ref may have dot segments or backslashes.
func dotted(ref string) bool {
	if i := strings.IndexAny(ref, "?#"); i >= 0 {
		ref = ref[:i]
	}
	return strings.Contains(ref, "/.") || strings.IndexByte(ref, '\\') >= 0
}

// escapes takes out or escapes characters that no address may have.
var escapes = strings.NewReplacer("\t", "", "\r", "", "\n", "", " ", "%20", `"`, "%22", "<", "%3C", ">", "%3E", "`", "%60")

// trim takes blanks off the ends of an address and line breaks out of it.
func trim(s string) string {
	odd := false
	for i := 0; i < len(s) && !odd; i++ {
		c := s[i]
		odd = c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '`'
	}
	if !odd {
		return s
	}
	s = strings.TrimFunc(s, func(r rune) bool {
		return r <= ' ' || r == '\u00a0' || r == '\u3000' || r == '\ufeff' || r == '\u200b'
	})
	s = escapes.Replace(s)
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return ""
		}
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// cutScheme gives the scheme in lower case and what follows its colon.
func cutScheme(s string) (scheme, rest string, ok bool) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		case i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return strings.ToLower(s[:i]), s[i+1:], true
		default:
			return "", "", false
		}
	}
	return "", "", false
}

// hostLike says that s begins with something that can be a host.
func hostLike(s string) bool {
	if i := strings.IndexAny(s, `/\?#`); i >= 0 {
		s = s[:i]
	}
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	return s != "" && s[0] != ':' && !strings.ContainsAny(s, "%^|{}")
}

// undot is dotless for what follows "scheme://".
func undot(s string) string {
	i := strings.IndexAny(s, `/\?#`)
	if i < 0 {
		return s
	}
	if s[i] == '?' || s[i] == '#' {
		return s[:i] + "/" + s[i:]
	}
	return s[:i] + dotless("/"+s[i+1:])
}

// dotless takes the dot segments out of the path of p, which begins with "/"
// and may go on with a query and a fragment.
func dotless(p string) string {
	tail := ""
	if i := strings.IndexAny(p, "?#"); i >= 0 {
		p, tail = p[:i], p[i:]
	}
	if strings.IndexByte(p, '\\') >= 0 {
		p = strings.ReplaceAll(p, `\`, "/")
	}
	if !strings.Contains(p, "/.") {
		return p + tail
	}
	out := make([]byte, 0, len(p)+len(tail))
	for rest := p; rest != ""; {
		rest = rest[1:] // the slash
		seg := rest
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			seg, rest = rest[:i], rest[i:]
		} else {
			rest = ""
		}
		switch seg {
		case ".", "..":
			if seg == ".." {
				out = out[:max(0, bytes.LastIndexByte(out, '/'))]
			}
			if rest == "" {
				out = append(out, '/')
			}
		default:
			out = append(out, '/')
			out = append(out, seg...)
		}
	}
	return string(append(out, tail...))
}

// fileTypes are the endings of what is offered for download.
var fileTypes = map[string]bool{
	"doc": true, "docx": true, "docm": true, "dot": true, "dotx": true, "wps": true, "rtf": true, "odt": true, "txt": true,
	"xls": true, "xlsx": true, "xlsm": true, "et": true, "csv": true, "ods": true,
	"ppt": true, "pptx": true, "pps": true, "ppsx": true, "dps": true, "odp": true,
	"pdf": true, "ofd": true, "caj": true, "epub": true, "ceb": true,
	"zip": true, "rar": true, "7z": true, "gz": true, "tar": true, "tgz": true, "bz2": true, "iso": true,
	"exe": true, "msi": true, "apk": true, "dmg": true,
	"mp3": true, "mp4": true, "wav": true, "wma": true, "wmv": true, "avi": true, "flv": true, "mov": true, "mpg": true, "mpeg": true, "rm": true, "rmvb": true,
	"psd": true, "ai": true, "cdr": true, "dwg": true, "ttf": true, "otf": true,
}

// FileAddress says that the address leads to a file for download: by the ending
// of its path, by VSB's ?e=.doc, or because it is a system's download script
// (VSB's download.jsp and virtual_attach_file.vsb, and their like).
func FileAddress(address string) bool {
	path, query := address, ""
	if i := strings.IndexByte(path, '#'); i >= 0 {
		path = path[:i]
	}
	if i := strings.IndexByte(path, '?'); i >= 0 {
		path, query = path[:i], path[i+1:]
	}
	if i := strings.Index(path, "://"); i >= 0 {
		path = path[i+3:]
		slash := strings.IndexByte(path, '/')
		if slash < 0 {
			return false // the ending of a host is none of a file
		}
		path = path[slash:]
	}
	if fileTypes[ending(path)] || strings.HasSuffix(path, ".vsb") && strings.Contains(path, "attach") {
		return true
	}
	if query == "" {
		return false
	}
	lower := strings.ToLower(query)
	if i := strings.LastIndex(lower, "e=."); i >= 0 && (i == 0 || lower[i-1] == '&') && fileTypes[lower[i+3:]] {
		return true
	}
	return strings.Contains(lower, "downloadattach") || strings.Contains(lower, "wbfileid=") || strings.HasSuffix(strings.ToLower(path), "/download.jsp")
}

// ending gives the ending of a path in lower case, "" for none.
func ending(path string) string {
	i := strings.LastIndexAny(path, "./")
	if i < 0 || path[i] == '/' || len(path)-i > 6 {
		return ""
	}
	return strings.ToLower(path[i+1:])
}
