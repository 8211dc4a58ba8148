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
	if r < utf8.RuneSelf {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	if r >= 0x4E00 && r <= 0x9FFF {
		return r
	}
	if f := width.LookupRune(r).Folded(); f != 0 {
		r = f
	}
	return unicode.ToLower(r)
}

// Fold maps each rune of s to the one it is found under. The result has as many runes as s; invalid bytes become U+FFFD.
func Fold(s string) string {
	for i, r := range s {
		if f := foldRune(r); f != r || r == utf8.RuneError {
			return s[:i] + strings.Map(foldRune, s[i:])
		}
	}
	return s
}
