package bigram

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

//go:generate go run gen.go /usr/share/unicode/Unihan_Variants.txt.bz2

// simplified maps a character of the blocks from U+3400 to U+9FFF to the simplified one it is found under; 0 = itself.
var simplified = func() *[0xA000 - 0x3400]uint16 {
	var t [0xA000 - 0x3400]uint16
	runes := []rune(simplifiedPairs)
	for i := 0; i < len(runes); i += 2 {
		if runes[i] >= 0x3400 && runes[i] <= 0x9FFF {
			t[runes[i]-0x3400] = uint16(runes[i+1])
		}
	}
	return &t
}()

// foldRune maps runes that a reader takes for the same to one of them: capitals to small letters, full-width and
// half-width forms to the usual ones, traditional characters to simplified ones, radicals and compatibility
// characters (which copies from PDF files are full of) to the characters they look like. One rune becomes one rune,
// so that a place in folded text is a place in the text.
func foldRune(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	case r >= 0x3400 && r <= 0x9FFF:
		if s := simplified[r-0x3400]; s != 0 {
			return rune(s)
		}
		return r
	case r == '\u3000':
		return ' '
	case r >= 0xFF01 && r <= 0xFF5E:
		return foldRune(r - 0xFF01 + '!')
	case r > 0xFF5E && r <= 0xFFEE:
		if f := width.LookupRune(r).Folded(); f != 0 {
			return f
		}
	case r >= 0x2E80 && r <= 0x2FDF, r >= 0xF900 && r <= 0xFAFF, r >= 0x2F800 && r <= 0x2FA1F:
		d := norm.NFKD.PropertiesString(string(r)).Decomposition()
		if f, n := utf8.DecodeRune(d); n > 0 && n == len(d) {
			return foldRune(f)
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
