// Package requisite finds what a page needs to look as it did: style sheets with what they import
// and show, scripts, icons and pictures.
//
// It reads HTML by its tokens and CSS by those of tdewolff/parse, so that comments, strings and
// escapes are what they are. It knows no scripts: what only they would ask for is not found. It refuses to
// know which of the addresses are fetched.
package requisite

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
	"golang.org/x/net/html"
)

// Max bounds the addresses that one page or style sheet gives.
const Max = 500

// Of gives what a page or a style sheet needs, as absolute http(s) addresses without fragments,
// each once, in the order in which it names them. text is UTF-8 or near to it; contentType tells
// style sheets. Anything else gives nil.
func Of(address, contentType string, text []byte) []string {
	base, err := url.Parse(address)
	if err != nil {
		return nil
	}
	f := finder{base: base, seen: map[string]bool{}}
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch kind = strings.TrimSpace(kind); kind {
	case "text/css":
		f.sheet(text)
	case "text/html", "application/xhtml+xml", "":
		f.page(text)
	}
	return f.found
}

type finder struct {
	base  *url.URL
	seen  map[string]bool
	found []string
}

func (f *finder) add(ref string) {
	ref = strings.TrimSpace(ref)
	if ref == "" || ref[0] == '#' || len(f.found) >= Max {
		return
	}
	u, err := f.base.Parse(ref)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return
	}
	u.Fragment = ""
	if s := u.String(); !f.seen[s] {
		f.seen[s] = true
		f.found = append(f.found, s)
	}
}

func (f *finder) page(text []byte) {
	z := html.NewTokenizer(bytes.NewReader(text))
	for len(f.found) < Max {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			f.element(t)
			if t.Data == "style" && t.Type == html.StartTagToken && z.Next() == html.TextToken {
				f.sheet(z.Text())
			}
		}
	}
}

// shown are the attributes, by element, whose address the page shows or runs.
var shown = map[string][]string{
	"script": {"src"}, "img": {"src"}, "input": {"src"}, "body": {"background"}, "table": {"background"}, "td": {"background"}, "tr": {"background"},
	"th": {"background"}, "image": {"href", "xlink:href"},
}

func (f *finder) element(t html.Token) {
	attr := func(key string) string {
		for _, a := range t.Attr {
			if a.Key == key {
				return a.Val
			}
		}
		return ""
	}
	switch t.Data {
	case "base":
		if u, err := f.base.Parse(strings.TrimSpace(attr("href"))); err == nil && u.Host != "" {
			f.base = u
		}
	case "link":
		for rel := range strings.FieldsSeq(strings.ToLower(attr("rel"))) {
			if rel == "stylesheet" || rel == "icon" || rel == "apple-touch-icon" {
				f.add(attr("href"))
			}
		}
	default:
		for _, key := range shown[t.Data] {
			f.add(attr(key))
		}
	}
	if style := attr("style"); strings.Contains(style, "(") {
		f.sheet([]byte(style))
	}
}

// sheet reads CSS, a style sheet's or an attribute's: url(…) anywhere, and the strings of @import.
func (f *finder) sheet(text []byte) {
	l := css.NewLexer(parse.NewInput(bytes.NewReader(text)))
	importing, called := false, false // after @import; after url( with a string in it
	for len(f.found) < Max {
		kind, data := l.Next()
		switch kind {
		case css.ErrorToken: // the end, or CSS that breaks off: it has given what it had
			return
		case css.WhitespaceToken, css.CommentToken:
			continue
		case css.URLToken:
			inner := bytes.TrimSuffix(data[min(len(data), len("url(")):], []byte(")"))
			f.add(unescape(strings.Trim(strings.TrimSpace(string(inner)), `"'`)))
		case css.FunctionToken:
			called = strings.EqualFold(string(data), "url(")
			importing = false
			continue
		case css.StringToken:
			if importing || called {
				f.add(unescape(strings.Trim(string(data), `"'`))) // the closing quote may be missing at the end
			}
		}
		called = false
		importing = kind == css.AtKeywordToken && strings.EqualFold(string(data), "@import")
	}
}

// unescape reads the escapes of a CSS string (CSS Syntax 3, section 4.3.7).
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		n := 0
		for n < 6 && i+1+n < len(s) && strings.IndexByte("0123456789abcdefABCDEF", s[i+1+n]) >= 0 {
			n++
		}
		if n == 0 {
			continue // the next character stands for itself
		}
		code, err := strconv.ParseUint(s[i+1:i+1+n], 16, 32)
		if err != nil || code == 0 || code > 0x10ffff {
			code = 0xfffd
		}
		b.WriteRune(rune(code))
		if i += n; i+1 < len(s) && s[i+1] == ' ' {
			i++
		}
	}
	return b.String()
}
