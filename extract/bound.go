package extract

import "bytes"

// Bounds of the tree that a page may become. Of 3,151 saved pages of campus and news sites none has more than 9,500 tags, or may have more
// than 28,000 elements opened again. An element takes half a kilobyte of memory until the page is read.
const (
	maxTags     = 300_000 // of a page, with its comments; what comes behind is cut off
	maxReopened = 300_000 // elements that the parser may open again because nobody has closed them
	maxRoots    = 20      // html and body tags: for each that comes behind the first the parser goes through all attributes of those before
)

// formatting gives the kind of an element, by its name in lower case, that the parser opens again in the next paragraph or cell if it was left open,
// with all others that were, every time: 190 and 20,000 paragraphs, in 80 KB, become four million elements. Html and body have a kind, too. 0 = it is none of
// them. https://html.spec.whatwg.org/#reconstruct-the-active-formatting-elements
func formatting(name []byte) int {
	switch string(name) {
	case "a":
		return link
	case "b":
		return 2
	case "big":
		return 3
	case "code":
		return 4
	case "em":
		return 5
	case "font":
		return 6
	case "i":
		return 7
	case "nobr":
		return 8
	case "s":
		return 9
	case "small":
		return 10
	case "strike":
		return 11
	case "strong":
		return 12
	case "tt":
		return 13
	case "u":
		return 14
	case "html", "body":
		return root
	}
	return 0
}

const (
	link = 1  // the kind of a, of which the parser leaves one open at most
	root = 15 // of html and body, which are no formatting, and never opened again
)

// bounded gives a page of which the parser makes no more than the bounds say: the text itself, but for pages that nobody has written in good faith. Those
// lose their end, all formatting but links, or the tags of html and body, which the parser puts back.
func bounded(text []byte) []byte {
	text, reopened, roots := measure(text)
	if reopened > maxReopened {
		text = without(text, func(kind int) bool { return kind != link && kind != root })
	}
	if roots > maxRoots {
		text = without(text, func(kind int) bool { return kind == root })
	}
	return text
}

// measure cuts a page behind maxTags, and says how many elements the parser may open again, at most, and how many tags of html and body there are.
func measure(text []byte) (_ []byte, reopened, roots int) {
	var open [15]int // of each kind
	all := 0
	tags := 0
	eachTag(text, func(from, _, kind int, end bool) bool {
		if tags++; tags > maxTags {
			text = text[:from]
			return false
		}
		switch {
		case kind == 0:
		case kind == root:
			roots++
		case end:
			if open[kind] > 0 {
				open[kind]--
				all--
			}
		case kind == link && open[kind] > 0: // the parser closes the one before
		default:
			open[kind]++
			all++
		}
		reopened += all
		return true
	})
	return text, reopened, roots
}

// without is a page without the tags of some kinds.
func without(text []byte, kinds func(int) bool) []byte {
	out, copied := make([]byte, 0, len(text)), 0
	eachTag(text, func(from, to, kind int, _ bool) bool {
		if kind != 0 && kinds(kind) {
			out, copied = append(out, text[copied:from]...), to
		}
		return true
	})
	return append(out, text[copied:]...)
}

// eachTag calls f, until it returns false, for each thing that may be a tag or a comment, to which the parser also turns <?xml …> and </…> without
// a name: where it begins, and where it ends if it has a kind.
func eachTag(text []byte, f func(from, to, kind int, end bool) bool) {
	var name [len("strong")]byte
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], '<')
		if i < 0 {
			return
		}
		from := at + i
		at = from + 1
		end := at < len(text) && text[at] == '/'
		if end {
			at++
		}
		n := 0
		for at+n < len(text) && n < len(name) && letter(text[at+n]) {
			name[n] = text[at+n] | 0x20
			n++
		}
		if n == 0 && !end && (at == len(text) || text[at] != '!' && text[at] != '?') {
			continue
		}
		to := at + n
		kind := 0
		if to == len(text) || !letter(text[to]) {
			kind = formatting(name[:n])
		}
		if kind != 0 {
			if i := bytes.IndexByte(text[to:], '>'); i >= 0 {
				to += i + 1
			} else {
				to = len(text)
			}
		}
		if !f(from, to, kind, end) {
			return
		}
	}
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
