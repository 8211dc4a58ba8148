package byline

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"campusnews/extract/date"
)

// A tokenKind classifies a token.
type tokenKind uint8

const (
	tEnd     tokenKind = iota // behind the last token
	tText                     // a run of letters
	tLabel                    // a dictionary word in front of a colon or slash
	tUnknown                  // other text in front of a colon
	tBlank                    // a run of blanks
	tColon                    // : ：
	tSlash                    // / ｜ |
	tJoin                     // 、 , ， & ·: between names
	tStop                     // ; ； 。 and bullets: between slots
	tOpen                     // an opening bracket
	tClose                    // a closing bracket
	tNumber                   // digits, with thousands commas
	tDate                     // a date and its time
	tURL                      // http://…
)

type token struct {
	kind       tokenKind
	start, end int
}

type parser struct {
	s     string
	toks  []token
	slots []slot
	cur   slot // being scanned
	line  Line

	datePrio int
	srcPrio  int
}

// reset makes p ready for another line; it keeps the room of the last.
func (p *parser) reset(s string) {
	*p = parser{s: s, toks: p.toks[:0], slots: p.slots[:0]}
}

// text returns the text of token i.
func (p *parser) text(i int) string { return p.s[p.toks[i].start:p.toks[i].end] }

// kind returns the kind of token i; tEnd past the last.
func (p *parser) kind(i int) tokenKind {
	if i < 0 || i >= len(p.toks) {
		return tEnd
	}
	return p.toks[i].kind
}

// past returns the index of the first token at or after i that is no blank.
func (p *parser) past(i int) int {
	for p.kind(i) == tBlank {
		i++
	}
	return i
}

// lex cuts the line into tokens.
func (p *parser) lex() {
	s := p.s
	next, hasDate := date.Find(s)
	base := 0
	for i := 0; i < len(s); {
		for hasDate && base+next.Start < i {
			base = max(i, base+next.End)
			next, hasDate = date.Find(s[base:])
		}
		if hasDate && base+next.Start == i {
			end := base + next.End
			p.emit(tDate, i, end)
			i = end
			continue
		}
		limit := len(s)
		if hasDate {
			limit = base + next.Start
		}
		r, w := utf8.DecodeRuneInString(s[i:])
		switch k := classify(r); k {
		case tBlank:
			j := i + w
			for j < len(s) {
				r, w := utf8.DecodeRuneInString(s[j:])
				if classify(r) != tBlank {
					break
				}
				j += w
			}
			p.emit(tBlank, i, j)
			i = j
		case tColon:
			p.colon()
			p.emit(tColon, i, i+w)
			i += w
		case tSlash:
			p.emit(tSlash, i, i+w)
			i += w
		case tNumber:
			j := numberEnd(s, i, limit)
			if k := classEnd(s, j, limit); k > j { // 2018级1班
				p.emit(tText, i, k)
				i = k
				continue
			}
			p.emit(tNumber, i, j)
			i = j
		case tText:
			if j := urlEnd(s, i); j > i {
				p.emit(tURL, i, j)
				i = j
				continue
			}
			j := textEnd(s, i, limit)
			p.emit(tText, i, j)
			i = j
		default:
			p.emit(k, i, i+w)
			i += w
		}
	}
}

func (p *parser) emit(k tokenKind, start, end int) {
	p.toks = append(p.toks, token{k, start, end})
}

func classify(r rune) tokenKind {
	switch r {
	case ':', '：', '∶', '﹕', '︰':
		return tColon
	case '/', '／', '|', '｜', '︱', '丨', '│', '\\':
		return tSlash
	case '、', ',', '，', '&', '＆', '﹑':
		return tJoin
	case ';', '；', '。', '*', '★', '■', '◆', '▲', '>', '<', '»', '›', '!', '！', '?', '？', '|' + 0x10000, '◎', '※', '○', '□', '►', '▶', '…':
		return tStop
	case '(', '（', '[', '【', '〔', '［', '﹝', '「', '{', '〖':
		return tOpen
	case ')', '）', ']', '】', '〕', '］', '﹞', '」', '}', '〗':
		return tClose
	case 0xA0, 0x3000, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD, 0x85, 0x200E, 0x200F:
		return tBlank
	}
	switch {
	case r >= '0' && r <= '9':
		return tNumber
	case r < 0x21 || r == 0x7F || unicode.IsSpace(r):
		return tBlank
	}
	return tText
}

// numberEnd returns the end of the number at s[i:], thousands commas included.
func numberEnd(s string, i, limit int) int {
	for i < limit {
		switch {
		case isDigit(s[i]):
			i++
		case s[i] == ',' && i+3 < limit && isDigit(s[i+1]) && isDigit(s[i+2]) && isDigit(s[i+3]) && (i+4 >= limit || !isDigit(s[i+4])):
			i += 4
		default:
			return i
		}
	}
	return i
}

// classEnd returns the end of 级, 届 or 班 and what further follows at s[i:], behind
// the number of a year or class; i if none of them stands there.
func classEnd(s string, i, limit int) int {
	for end := i; ; {
		if end >= limit {
			return end
		}
		r, w := utf8.DecodeRuneInString(s[end:])
		if r != '级' && r != '届' && r != '班' && r != '級' && r != '屆' {
			return end
		}
		end += w
		if end < limit && isDigit(s[end]) {
			n := numberEnd(s, end, limit)
			if r, _ := utf8.DecodeRuneInString(s[n:]); n < limit && r == '班' {
				end = n
			}
		}
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// textEnd returns the end of the text run at s[i:]. Digits belong to it only
// behind ASCII letters (PK155).
func textEnd(s string, i, limit int) int {
	ascii := false
	for i < limit {
		r, w := utf8.DecodeRuneInString(s[i:])
		switch k := classify(r); {
		case k == tNumber && ascii:
		case k != tText, urlEnd(s, i) > i:
			return i
		}
		ascii = r < utf8.RuneSelf
		i += w
	}
	return i
}

// urlEnd returns the end of the address at s[i:], or i.
func urlEnd(s string, i int) int {
	if s[i] != 'h' && s[i] != 'w' && s[i] != 'H' && s[i] != 'W' {
		return i
	}
	rest := s[i:]
	if !hasPrefixFold(rest, "http://") && !hasPrefixFold(rest, "https://") && !hasPrefixFold(rest, "www.") {
		return i
	}
	j := i
	for j < len(s) && s[j] > ' ' && s[j] < 0x7F && strings.IndexByte("\"'<>()[]{},;|", s[j]) < 0 {
		j++
	}
	return j
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
