package charset

import "bytes"

// sniffLimit is how far a label is looked for. The HTML standard asks for 1024
// bytes; campus templates put comments and scripts in front.
const sniffLimit = 4096

// metaLabel returns the encoding label of the page's first <meta charset>, <meta
// http-equiv … content="…charset=…"> or XML declaration; "" if there is none.
// Comments and scripts are not looked into.
func metaLabel(body []byte) string {
	head := body[:min(len(body), sniffLimit)]
	for i := 0; i < len(head); {
		j := bytes.IndexByte(head[i:], '<')
		if j < 0 {
			return ""
		}
		i += j
		tag := head[i:]
		switch {
		case bytes.HasPrefix(tag, []byte("<!--")):
			end := bytes.Index(tag, []byte("-->"))
			if end < 0 {
				return ""
			}
			i += end + 3
		case bytes.HasPrefix(tag, []byte("<?xml")):
			end := tagEnd(tag)
			if label := value(tag[:end], "encoding"); label != "" {
				return label
			}
			i += end
		case hasPrefixFold(tag, "<meta") && len(tag) > 5 && (isSpace(tag[5]) || tag[5] == '/'):
			end := tagEnd(tag)
			if label := value(tag[:end], "charset"); label != "" {
				return label
			}
			i += end
		case hasPrefixFold(tag, "<script"), hasPrefixFold(tag, "<style"):
			end := bytes.Index(tag, []byte("</"))
			if end < 0 {
				return ""
			}
			i += end
		case hasPrefixFold(tag, "<body"):
			return ""
		default:
			i++
		}
	}
	return ""
}

// tagEnd returns the length of the tag that begins tag, quotes respected; if it
// is not closed within them, up to the next ">" or all.
func tagEnd(tag []byte) int {
	var quote byte
	for i, c := range tag {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	if i := bytes.IndexByte(tag, '>'); i >= 0 {
		return i
	}
	return len(tag)
}

// value returns what stands behind key= in tag. It finds both charset="x" and
// the charset=x within a content attribute.
func value(tag []byte, key string) string {
	for i := 1; i+len(key) < len(tag); i++ {
		if !hasPrefixFold(tag[i:], key) || !isSpace(tag[i-1]) && bytes.IndexByte([]byte(`"';,`), tag[i-1]) < 0 {
			continue
		}
		rest := bytes.TrimLeft(tag[i+len(key):], " \t\r\n")
		if len(rest) == 0 || rest[0] != '=' {
			continue
		}
		rest = bytes.TrimLeft(rest[1:], " \t\r\n\"'")
		end := bytes.IndexAny(rest, " \t\r\n\"';,/>?")
		if end < 0 {
			end = len(rest)
		}
		if end > 0 && end <= 40 {
			return string(rest[:end])
		}
	}
	return ""
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func hasPrefixFold(b []byte, lowered string) bool {
	if len(b) < len(lowered) {
		return false
	}
	for i := range len(lowered) {
		c := b[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != lowered[i] {
			return false
		}
	}
	return true
}
