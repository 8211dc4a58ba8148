package render

import "unicode/utf8"

// A class says what a character is to the text writer.
type class uint8

const (
	ink   class = iota // printed as it is
	blank              // white space of any width
	none               // printed as nothing
)

// classify gives the class of the character that begins at s[i] and its length
// in bytes. White space is HTML's, Unicode's Zs and U+3000; nothing are the
// zero-width and directional characters, control characters and soft hyphens.
func classify(s string, i int) (class, int) {
	c := s[i]
	if c < utf8.RuneSelf {
		switch {
		case c > ' ' && c != 0x7f:
			return ink, 1
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v':
			return blank, 1
		}
		return none, 1
	}
	switch c {
	case 0xc2, 0xe1, 0xe2, 0xe3, 0xef: // the lead bytes of all that follows
	default:
		_, n := utf8.DecodeRuneInString(s[i:])
		if n == 1 {
			return none, 1 // not UTF-8
		}
		return ink, n
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	switch {
	case r == utf8.RuneError && n == 1:
		return none, 1
	case r == 0x85, r == 0xa0, r == 0x1680, r >= 0x2000 && r <= 0x200a, r == 0x2028, r == 0x2029, r == 0x202f, r == 0x205f, r == 0x3000:
		return blank, n
	case r >= 0x80 && r < 0xa0, r == 0xad, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0xfeff, r >= 0xfff9 && r <= 0xfffb, r == 0x180e:
		return none, n
	}
	return ink, n
}

// plainInk gives the length of the character that begins at s[i] if it is ink by
// its first byte alone (ASCII, and the Han characters from U+4000 on), 0 if more
// must be looked at.
func plainInk(s string, i int) int {
	switch c := s[i]; {
	case c > ' ' && c < 0x7f:
		return 1
	case c >= 0xe4 && c <= 0xe9 && i+2 < len(s) && s[i+1]&0xc0 == 0x80 && s[i+2]&0xc0 == 0x80:
		return 3
	}
	return 0
}
