package bigram

import "strings"

// rising are the second and third bytes of UTF-8 of Han characters, the rarest first, in 518,478 characters of campus and news pages: from one in
// 500 bytes to one in 40. The first byte of each character is one of six, and one byte in ten is E5.
const rising = "\x92\xa3\xb2\x9e\xaa\x82\xa9\xac\xb5\x93\x95\xb6\xb3\xa2\x9d\xb1\x83\xa0\xab\xb7\xbc\x99\x84\x8c\x98\x96\xb4\x81\xa7\x87\xbe\x9f" +
	"\x8a\xa8\x90\x86\x8e\xa6\xa4\x8b\x94\xa1\xb9\x89\x97\x8f\x9a\xbf\x91\x8d\xa5\x85\xaf\x9b\x80\xad\xb0\xae\xbb\x9c\x88\xbd\xb8\xba"

// maxNeedle is how long, in bytes, a needle may be that is looked for by one byte: a longer one, found in part at each place of a hostile
// text, would be compared for long.
const maxNeedle = 64

// A needle is text with a Han character that is looked for in texts of them. Package strings goes from one first byte of it to the next, which in such
// text is every tenth byte; a needle goes by its rarest byte, every 125th.
type needle struct {
	text string
	rare int // the offset of that byte; -1 = none, or the needle is too long
}

func newNeedle(text string) needle {
	n := needle{text, -1}
	if len(text) > maxNeedle {
		return n
	}
	rank := len(rising)
	for i := range len(text) {
		if r := strings.IndexByte(rising, text[i]); r >= 0 && r < rank {
			n.rare, rank = i, r
		}
	}
	return n
}

// index is strings.Index from a byte of the text on; the offset is that in the whole text.
func (n *needle) index(text string, from int) int {
	if n.rare < 0 {
		if i := strings.Index(text[from:], n.text); i >= 0 {
			return from + i
		}
		return -1
	}
	b := n.text[n.rare]
	for at := from + n.rare; at < len(text); at++ {
		i := strings.IndexByte(text[at:], b)
		if i < 0 {
			return -1
		}
		at += i
		if start := at - n.rare; strings.HasPrefix(text[start:], n.text) {
			return start
		}
	}
	return -1
}

// count is strings.Count.
func (n *needle) count(text string) (times int) {
	for from := 0; ; times++ {
		i := n.index(text, from)
		if i < 0 {
			return times
		}
		from = i + len(n.text)
	}
}
