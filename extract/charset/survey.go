package charset

import "unicode/utf8"

// A utf8Survey counts what a body holds when it is read as UTF-8.
type utf8Survey struct {
	multi int // valid sequences of two bytes
	long  int // valid sequences of three and four bytes, as Han characters are
	bad   int // invalid bytes, runs of them counted once
}

func surveyUTF8(body []byte) (u utf8Survey) {
	inBad := false
	for i := 0; i < len(body); {
		c := body[i]
		if c < utf8.RuneSelf {
			// Most of a page is ASCII: take it by eights.
			for i+8 <= len(body) && ascii8(body[i:i+8]) {
				i += 8
			}
			for i < len(body) && body[i] < utf8.RuneSelf {
				i++
			}
			inBad = false
			continue
		}
		r, w := utf8.DecodeRune(body[i:])
		switch {
		case r == utf8.RuneError && w == 1:
			if !inBad {
				u.bad++
			}
			inBad = true
		case w == 2:
			u.multi++
			inBad = false
		default:
			u.long++
			inBad = false
		}
		i += w
	}
	return u
}

func ascii8(b []byte) bool {
	_ = b[7]
	return (b[0]|b[1]|b[2]|b[3]|b[4]|b[5]|b[6]|b[7])&0x80 == 0
}

// wideWithoutMark recognises UTF-16 without a byte order mark by the zero bytes
// that ASCII markup has in every second place.
func wideWithoutMark(body []byte) string {
	head := body[:min(len(body), 512)]
	var zero [2]int
	for i, c := range head {
		if c == 0 {
			zero[i%2]++
		}
	}
	switch few := len(head) / 8; {
	case len(head) < 16:
	case zero[1] > few && zero[0]*8 < zero[1]:
		return "utf-16le"
	case zero[0] > few && zero[1]*8 < zero[0]:
		return "utf-16be"
	}
	return ""
}

// surveyLimit bounds how much of a body the statistics read.
const surveyLimit = 1 << 18

// A pairSurvey counts what a body holds when it is read as a double-byte set.
type pairSurvey struct {
	pairs  int // characters of more than one byte
	common int // those of them among the set's everyday characters and punctuation
	bad    int // bytes that fit no character
}

func (p pairSurvey) share() float64 {
	if p.pairs+p.bad == 0 {
		return 0
	}
	return float64(p.common) / float64(p.pairs+p.bad)
}

// surveyGB counts body as GB18030. Everyday characters are level 1 of GB 2312
// (rows 16–55, the 3755 most used characters) and its punctuation and
// full-width rows 1–3.
func surveyGB(body []byte) (p pairSurvey) {
	body = body[:min(len(body), surveyLimit)]
	for i := 0; i < len(body); {
		c := body[i]
		switch {
		case c < 0x80:
			i++
		case c == 0x80 || c == 0xFF:
			p.bad++
			i++
		case i+1 >= len(body):
			i++ // cut in mid-character
		case body[i+1] >= 0x40 && body[i+1] != 0x7F && body[i+1] != 0xFF:
			p.pairs++
			if t := body[i+1]; t >= 0xA1 && (c >= 0xB0 && c <= 0xD7 || c >= 0xA1 && c <= 0xA3) {
				p.common++
			}
			i += 2
		case i+3 < len(body) && isDigit(body[i+1]) && body[i+2] >= 0x81 && body[i+2] < 0xFF && isDigit(body[i+3]):
			p.pairs++
			i += 4
		default:
			p.bad++
			i++
		}
	}
	return p
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// surveyBig5 counts body as Big5. Everyday characters are level 1 (A440–C67E,
// 5401 characters) and the punctuation rows A1–A3.
func surveyBig5(body []byte) (p pairSurvey) {
	body = body[:min(len(body), surveyLimit)]
	for i := 0; i < len(body); {
		c := body[i]
		switch {
		case c < 0x80:
			i++
		case c == 0x80 || c == 0xFF:
			p.bad++
			i++
		case i+1 >= len(body):
			i++
		case body[i+1] >= 0x40 && body[i+1] <= 0x7E || body[i+1] >= 0xA1 && body[i+1] <= 0xFE:
			p.pairs++
			if c >= 0xA1 && c <= 0xC6 {
				p.common++
			}
			i += 2
		default:
			p.bad++
			i++
		}
	}
	return p
}

// legacy picks the encoding of a body that is not (or only by chance) UTF-8.
func legacy(body []byte, meta, header string, u utf8Survey) string {
	gb, big5 := surveyGB(body), surveyBig5(body)
	for _, label := range [...]string{meta, header} {
		switch label {
		case "", "utf-8":
			// Refuted by the bytes, or nothing said.
		case "gb18030":
			if gb.bad*20 <= gb.pairs && !(big5.bad == 0 && gb.share() < 0.5 && big5.share() > 0.9 && big5.pairs >= 20) {
				return label
			}
		case "big5":
			if big5.bad*20 <= big5.pairs && !clearlyGB(gb, big5) {
				return label
			}
		case "windows-1252", "iso-8859-1":
			// The label of servers that were never set up: believed unless the
			// bytes are Chinese.
			if !clearlyGB(gb, big5) {
				return label
			}
		default:
			return label
		}
	}
	switch {
	case clearlyGB(gb, big5):
		return "gb18030"
	case big5.bad*20 <= big5.pairs && big5.share() > 0.8 && big5.share() > gb.share():
		return "big5"
	case u.long > 0 && u.long+u.multi >= u.bad:
		return "utf-8"
	case gb.bad*20 <= gb.pairs:
		return "gb18030"
	}
	return "windows-1252"
}

// clearlyGB: nearly all characters fit GB18030 and most are everyday Chinese.
// Simplified news text has a share above 0.9; Big5 text read as GB below 0.5,
// because a third of its second bytes are ASCII.
func clearlyGB(gb, big5 pairSurvey) bool {
	return gb.bad*20 <= gb.pairs && gb.share() > 0.6 && !(big5.bad == 0 && big5.share() > gb.share()+0.1)
}
