package bigram

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// foldRune maps runes that a reader takes for the same to one of them: capitals to small letters, full-width and
// half-width forms to the usual ones. One rune becomes one rune, so that a place in folded text is a place in the text.
func foldRune(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	case r >= 0x3400 && r <= 0x9FFF:
		return r
	case r == '\u3000':
		return ' '
	case r >= 0xFF01 && r <= 0xFF5E:
		return foldRune(r - 0xFF01 + '!')
	case r > 0xFF5E && r <= 0xFFEE:
		if f := width.LookupRune(r).Folded(); f != 0 {
			return f
		}
	}
	return unicode.ToLower(r)
}

// Fold maps each rune of s to the one it is found under. The result has as many runes as s; an invalid byte becomes U+FFFD.
func Fold(s string) string {
	for i, r := range s {
		if f := foldRune(r); f != r || r == utf8.RuneError {
			var b strings.Builder
			b.Grow(len(s))
			b.WriteString(s[:i])
			for _, r := range s[i:] {
				b.WriteRune(foldRune(r))
			}
			return b.String()
		}
	}
	return s
}
