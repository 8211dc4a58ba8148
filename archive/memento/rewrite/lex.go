package rewrite

import (
	"strings"
	"unicode/utf8"
)

func (l *lexer) at(i int) byte {
	if l.pos+i < len(l.in) {
		return l.in[l.pos+i]
	}
	return 0
}

// name says whether an identifier starts at i, sections 4.3.8 and 4.3.9.
func (l *lexer) name(i int) bool {
	if i < len(l.in) && l.in[i] == '-' {
		return i+1 < len(l.in) && (l.in[i+1] == '-' || l.start(i+1))
	}
	return l.start(i)
}

func (l *lexer) start(i int) bool {
	if i >= len(l.in) {
		return false
	}
	c := l.in[i]
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= utf8.RuneSelf || c == '\\' && l.escape(i)
}

func (l *lexer) inName(i int) bool {
	return l.start(i) || i < len(l.in) && (l.in[i] == '-' || l.in[i] >= '0' && l.in[i] <= '9')
}

// escape says whether a backslash at i begins an escape.
func (l *lexer) escape(i int) bool { return i+1 < len(l.in) && !newline(l.in[i+1]) }

func newline(c byte) bool { return c == '\n' || c == '\r' || c == '\f' }

func blank(c byte) bool { return c == ' ' || c == '\t' || newline(c) }

// ident reads an identifier, its escapes resolved.
func (l *lexer) ident() string {
	from, plain := l.pos, true
	for ; l.inName(l.pos); l.pos++ {
		if l.in[l.pos] == '\\' {
			plain = false
			break
		}
	}
	if plain {
		return string(l.in[from:l.pos])
	}
	b := append([]byte(nil), l.in[from:l.pos]...)
	for l.inName(l.pos) {
		if l.in[l.pos] == '\\' {
			b = utf8.AppendRune(b, l.unescape())
			continue
		}
		b = append(b, l.in[l.pos])
		l.pos++
	}
	return string(b)
}

// unescape reads an escape, the backslash included, section 4.3.7.
func (l *lexer) unescape() rune {
	l.pos++
	value, digits := rune(0), 0
	for ; digits < 6 && l.pos < len(l.in); digits++ {
		d := strings.IndexByte("0123456789abcdef", l.in[l.pos]|0x20)
		if d < 0 || l.in[l.pos] < '0' {
			break
		}
		value = value<<4 | rune(d)
		l.pos++
	}
	if digits == 0 {
		r, size := utf8.DecodeRune(l.in[l.pos:])
		l.pos += max(size, 1)
		if r == 0 {
			r = utf8.RuneError
		}
		return r
	}
	if l.pos < len(l.in) && blank(l.in[l.pos]) {
		if l.in[l.pos] == '\r' && l.at(1) == '\n' {
			l.pos++
		}
		l.pos++
	}
	if value == 0 || value > utf8.MaxRune || value >= 0xd800 && value < 0xe000 {
		return utf8.RuneError
	}
	return value
}

// quoted reads a string, its escapes resolved. A line end within it ends it, as in browsers.
func (l *lexer) quoted() string {
	quote := l.in[l.pos]
	l.pos++
	var b []byte
	for l.pos < len(l.in) {
		c := l.in[l.pos]
		switch {
		case c == quote:
			l.pos++
			return string(b)
		case newline(c):
			return string(b)
		case c == '\\' && l.pos+1 < len(l.in) && newline(l.in[l.pos+1]):
			if l.in[l.pos+1] == '\r' && l.at(2) == '\n' {
				l.pos++
			}
			l.pos += 2
		case c == '\\' && l.pos+1 < len(l.in):
			b = utf8.AppendRune(b, l.unescape())
		case c == '\\':
			l.pos++
		default:
			b = append(b, c)
			l.pos++
		}
	}
	return string(b)
}

func (l *lexer) blanks() {
	for l.pos < len(l.in) && blank(l.in[l.pos]) {
		l.pos++
	}
}

// bare reads an address without quotes up to behind its bracket; "" for a bad one (section 4.3.6).
func (l *lexer) bare() string {
	var b []byte
	bad := false
	for l.pos < len(l.in) {
		c := l.in[l.pos]
		switch {
		case c == ')':
			l.pos++
			if bad {
				return ""
			}
			return string(b)
		case blank(c):
			l.blanks()
			bad = bad || l.pos < len(l.in) && l.in[l.pos] != ')'
		case c == '\\' && l.escape(l.pos):
			b = utf8.AppendRune(b, l.unescape())
		case c == '"' || c == '\'' || c == '(' || c == '\\' || c < ' ' || c == 0x7f:
			bad = true
			l.pos++
		default:
			b = append(b, c)
			l.pos++
		}
	}
	if bad {
		return ""
	}
	return string(b)
}

// skip goes behind the bracket that ends a function.
func (l *lexer) skip() {
	for depth := 1; l.pos < len(l.in) && depth > 0; {
		switch c := l.in[l.pos]; {
		case c == '"' || c == '\'':
			l.quoted()
			continue
		case c == '\\' && l.escape(l.pos):
			l.unescape()
			continue
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ';' || c == '}':
			return // never closed: the rule ends all the same
		}
		l.pos++
	}
}
