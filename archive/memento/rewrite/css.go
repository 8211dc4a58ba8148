package rewrite

import (
	"bytes"
	"net/url"
	"strings"
	"unicode/utf8"
)

// CSS rewrites a style sheet, which should be UTF-8. base is its own address. What HTML says of its result holds here, too.
// Where no address may stand an image becomes "none", and an @import one that no browser knows.
func CSS(sheet []byte, base *url.URL, at Address) []byte {
	w := &writer{at: at, own: base}
	w.setBase(base)
	return w.css(bytes.ToValidUTF8(sheet, []byte("\ufffd")), true)
}

// A lexer takes a style sheet apart as far as it takes to know which strings are addresses (CSS Syntax Module
// Level 3, section 4). Comments are left out.
type lexer struct {
	in   []byte
	pos  int
	out  bytes.Buffer
	w    *writer
	open []bool // for each bracket that is open: its strings are addresses
}

func (w *writer) css(sheet []byte, whole bool) []byte {
	if !whole && !bytes.ContainsAny(sheet, "(@<\x00/") {
		return sheet // no function, no rule, no comment: nothing to rewrite
	}
	l := &lexer{in: sheet, w: w}
	l.out.Grow(len(sheet) + len(sheet)/8)
	for l.pos < len(l.in) {
		l.next()
	}
	return l.out.Bytes()
}

// next copies or rewrites one token.
func (l *lexer) next() {
	c := l.in[l.pos]
	switch {
	case c == '/' && l.at(1) == '*':
		l.comment()
	case c == '-' && bytes.HasPrefix(l.in[l.pos:], []byte("-->")):
		l.pos += 3
		l.out.WriteByte(' ')
	case c == '"' || c == '\'':
		l.text(l.quoted())
	case c == '@' && l.name(l.pos+1):
		l.pos++
		if name := l.ident(); strings.EqualFold(name, "import") {
			l.imported()
		} else {
			l.out.WriteString("@" + serial(name))
		}
	case l.name(l.pos):
		l.word()
	case c == '(' || c == '[' || c == '{':
		l.open = append(l.open, false)
		l.plain()
	case c == ')' || c == ']' || c == '}':
		if n := len(l.open); n > 0 {
			l.open = l.open[:n-1]
		}
		l.plain()
	case c >= '0' && c <= '9':
		l.number()
	case c == '#' && l.inName(l.pos+1):
		l.pos++
		l.out.WriteString("#" + inner(l.ident()))
	default:
		l.plain()
	}
}

// plain copies one character. "<" never stands where a tag could begin.
func (l *lexer) plain() {
	c := l.in[l.pos]
	l.pos++
	switch {
	case c == 0:
		l.out.WriteString("\ufffd")
	case c == '\\': // at the end of a line: no escape
		l.out.WriteByte(' ')
	case c == '<':
		if bytes.HasPrefix(l.in[l.pos:], []byte("!--")) {
			l.pos += 3
			l.out.WriteByte(' ')
			return
		}
		l.out.WriteByte(c)
		if next := l.at(0); next != '=' && !blank(next) && (next < '0' || next > '9') {
			l.out.WriteByte(' ')
		}
	default:
		l.out.WriteByte(c)
	}
}

// comment leaves a comment out. An empty one stays: it parts what it stood between.
func (l *lexer) comment() {
	end := bytes.Index(l.in[l.pos+2:], []byte("*/"))
	if end < 0 {
		l.pos = len(l.in)
		return
	}
	l.pos += end + 4
	l.out.WriteString("/**/")
}

// imported rewrites the address of an @import, which was read that far.
func (l *lexer) imported() {
	for l.pos < len(l.in) && (blank(l.in[l.pos]) || l.in[l.pos] == '/' && l.at(1) == '*') {
		if l.in[l.pos] == '/' {
			l.comment()
		} else {
			l.pos++
		}
	}
	ref := ""
	if c := l.at(0); c == '"' || c == '\'' {
		ref = l.quoted()
	} else if l.name(l.pos) {
		from := l.pos
		name := strings.ToLower(l.ident())
		if l.at(0) != '(' || name != "url" && name != "src" {
			l.pos = from
		} else {
			ref = l.inURL()
		}
	}
	if to := l.w.place(Sheet, strings.TrimSpace(ref)); to != "" {
		l.out.WriteString("@import url(" + quote(to) + ")")
	} else {
		l.out.WriteString("@not-archived ")
	}
}

// number copies a number and its unit.
func (l *lexer) number() {
	from := l.pos
	for l.pos < len(l.in) && (l.in[l.pos] >= '0' && l.in[l.pos] <= '9' || l.in[l.pos] == '.') {
		l.pos++
	}
	l.out.Write(l.in[from:l.pos])
	if l.name(l.pos) {
		l.out.WriteString(serial(l.ident()))
	}
}

// holding are the functions whose strings are addresses.
var holding = map[string]bool{"url": true, "src": true, "image": true, "image-set": true, "-webkit-image-set": true, "cross-fade": true, "-webkit-cross-fade": true}

// word copies an identifier or the start of a function, and rewrites url().
func (l *lexer) word() {
	name := l.ident()
	lower := strings.ToLower(name)
	switch {
	case l.at(0) != '(':
		l.out.WriteString(serial(name))
	case lower == "url" || lower == "src":
		l.address(l.inURL())
	default:
		l.pos++
		l.open = append(l.open, holding[lower])
		l.out.WriteString(serial(name) + "(")
	}
}

// inURL reads what stands in the brackets of url().
func (l *lexer) inURL() string {
	l.pos++
	l.blanks()
	if c := l.at(0); c == '"' || c == '\'' {
		ref := l.quoted()
		l.skip() // modifiers
		return ref
	}
	return l.bare()
}

// text writes a string that was read: an address where one is meant.
func (l *lexer) text(s string) {
	switch {
	case len(l.open) > 0 && l.open[len(l.open)-1]:
		l.address(s)
	default:
		l.out.WriteString(quote(s))
	}
}

// address writes what stands in place of an address.
func (l *lexer) address(ref string) {
	ref = strings.TrimSpace(ref)
	lower := strings.ToLower(ref[:min(len(ref), 24)])
	to := ""
	switch {
	case ref == "":
	case ref[0] == '#':
		to = ref
	case strings.HasPrefix(lower, "data:image/"), strings.HasPrefix(lower, "data:font/"), strings.HasPrefix(lower, "data:application/font"), strings.HasPrefix(lower, "data:application/x-font"):
		to = ref
	default:
		to = l.w.place(Image, ref)
	}
	if to == "" {
		l.out.WriteString("none")
		return
	}
	l.out.WriteString("url(" + quote(to) + ")")
}

// quote writes a string so that every parser, HTML's too, reads it back.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == 0:
			b.WriteRune(utf8.RuneError)
		case r == '"' || r == '\\' || r < ' ' || r == 0x7f || r == '<' || r == '>':
			b.WriteString(escaped(r))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// serial writes an identifier.
func serial(name string) string {
	sign := ""
	if strings.HasPrefix(name, "-") {
		sign, name = "-", name[1:]
	}
	if name != "" && name[0] >= '0' && name[0] <= '9' {
		return sign + escaped(rune(name[0])) + inner(name[1:])
	}
	return sign + inner(name)
}

// inner writes what may stand within an identifier.
func inner(name string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r >= utf8.RuneSelf
	}
	if strings.IndexFunc(name, func(r rune) bool { return !plain(r) }) < 0 {
		return name
	}
	var b strings.Builder
	for _, r := range name {
		if plain(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(escaped(r))
		}
	}
	return b.String()
}

// escaped is a character as an escape, which a blank ends.
func escaped(r rune) string {
	const digits = "0123456789abcdef"
	s := ""
	for ; r > 0 || s == ""; r >>= 4 {
		s = string(digits[r&15]) + s
	}
	return `\` + s + " "
}
