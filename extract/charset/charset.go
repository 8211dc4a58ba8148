// Package charset decides how the bytes of a web page are to be read and reads
// them. What the bytes can be weighs more than what page or server claim:
// GBK pages declared as UTF-8 and UTF-8 pages labelled gb2312 are both common
// on campus servers. It knows nothing of HTML beyond the label in its head.
package charset

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// A Decision says how a page was read, and why.
type Decision struct {
	Name   string // WHATWG name in lower case: "utf-8", "gb18030", "big5", …; gb2312 and gbk are read as gb18030
	Source string // what decided: FromBOM, FromMeta, FromHeader, FromBytes or FromDefault
	Lossy  bool   // some bytes were not valid in Name and became U+FFFD
}

// What can decide. A label counts as having decided when the bytes bear it out.
const (
	FromBOM     = "bom"     // a byte order mark
	FromMeta    = "meta"    // the page's own <meta> or XML declaration
	FromHeader  = "header"  // the charset parameter of Content-Type
	FromBytes   = "bytes"   // what the bytes are valid and likely as, against the labels or without any
	FromDefault = "default" // nothing to go by: plain ASCII without a label
)

// Decode returns body as UTF-8 without byte order mark. contentType is the
// response header as received, "" if there was none. Text that is UTF-8 already
// is returned as a part of body, not copied; the caller must not change it.
// The result is always valid UTF-8.
func Decode(body []byte, contentType string) (text []byte, d Decision) {
	if text, d, ok := decodeMarked(body); ok {
		return text, d
	}
	body = bytes.TrimPrefix(body, utf8Mark) // there, but not believed
	meta, header := canonical(metaLabel(body)), canonical(headerLabel(contentType))
	source := func(name string) string {
		switch name {
		case meta:
			return FromMeta
		case header:
			return FromHeader
		}
		return FromBytes
	}

	if name := wideWithoutMark(body); name != "" {
		text, lossy := transcode(body, name)
		return text, Decision{name, source(name), lossy}
	}

	u := surveyUTF8(body)
	switch {
	case u == (utf8Survey{}):
		// ASCII reads the same in whatever the labels say.
		name, from := "utf-8", FromDefault
		for _, label := range []string{meta, header} {
			if label != "" {
				name, from = label, source(label)
				break
			}
		}
		return body, Decision{name, from, false}
	case u.bad == 0 && !(u.long == 0 && u.multi < 200 && (legacyChinese(meta) || meta == "" && legacyChinese(header))):
		// Legacy text of more than a few characters is never valid UTF-8 by
		// chance; short Chinese text can be, but only as two-byte sequences.
		return body, Decision{"utf-8", source("utf-8"), false}
	case u.bad > 0 && u.long+u.multi >= 8*u.bad:
		// UTF-8 with a few faults: summaries cut in mid-character, a cut response.
		return toValid(body), Decision{"utf-8", source("utf-8"), true}
	}

	name := legacy(body, meta, header, u)
	if name == "utf-8" {
		return toValid(body), Decision{name, source(name), true}
	}
	text, lossy := transcode(body, name)
	return text, Decision{name, source(name), lossy}
}

// canonical maps a label to the name it is read as here; "" for unknown ones
// and for UTF-16, which a label in readable ASCII cannot mean.
func canonical(label string) string {
	if label == "" {
		return ""
	}
	_, name := charset.Lookup(label)
	switch name {
	case "gbk", "gb2312", "hz-gb-2312":
		return "gb18030"
	case "utf-16le", "utf-16be", "replacement", "x-user-defined":
		return ""
	}
	return name
}

func legacyChinese(name string) bool { return name == "gb18030" || name == "big5" }

var utf8Mark = []byte{0xEF, 0xBB, 0xBF}

// decodeMarked reads a page with a byte order mark. A UTF-8 mark in front of
// bytes that cannot be UTF-8 (a template saved as UTF-8 around GBK content) is
// not believed.
func decodeMarked(body []byte) (text []byte, d Decision, ok bool) {
	switch {
	case bytes.HasPrefix(body, utf8Mark):
		rest := body[3:]
		u := surveyUTF8(rest)
		if u.bad == 0 {
			return rest, Decision{"utf-8", FromBOM, false}, true
		}
		if u.long >= u.bad || !clearlyGB(surveyGB(rest), surveyBig5(rest)) {
			return toValid(rest), Decision{"utf-8", FromBOM, true}, true
		}
	case bytes.HasPrefix(body, []byte{0xFE, 0xFF}):
		text, lossy := transcode(body[2:], "utf-16be")
		return text, Decision{"utf-16be", FromBOM, lossy}, true
	case bytes.HasPrefix(body, []byte{0xFF, 0xFE}):
		text, lossy := transcode(body[2:], "utf-16le")
		return text, Decision{"utf-16le", FromBOM, lossy}, true
	}
	return nil, Decision{}, false
}

// toValid replaces each run of invalid bytes by U+FFFD.
func toValid(body []byte) []byte { return bytes.ToValidUTF8(body, []byte("\uFFFD")) }

// transcode reads body as the encoding called name. The result is valid UTF-8.
func transcode(body []byte, name string) (text []byte, lossy bool) {
	var e encoding.Encoding
	switch name {
	case "gb18030":
		e = simplifiedchinese.GB18030
	case "big5":
		e = traditionalchinese.Big5
	case "windows-1252":
		e = charmap.Windows1252
	case "utf-16le":
		e = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case "utf-16be":
		e = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	default:
		e, _ = charset.Lookup(name)
	}
	if e == nil || e == encoding.Nop {
		return toValid(body), !utf8.Valid(body)
	}
	text, _, err := transform.Append(e.NewDecoder(), make([]byte, 0, len(body)+len(body)/2+16), body)
	if err != nil {
		// Decoders replace what is invalid; this is for one that would not.
		return toValid(body), true
	}
	if !utf8.Valid(text) {
		return toValid(text), true
	}
	return text, bytes.Contains(text, []byte("\uFFFD"))
}

// headerLabel returns the charset parameter of a Content-Type header; "" if none.
// Servers write it carelessly, so this is no mime.ParseMediaType.
func headerLabel(contentType string) string {
	for rest := contentType; ; {
		i := indexFold(rest, "charset")
		if i < 0 {
			return ""
		}
		rest = rest[i+len("charset"):]
		value := strings.TrimLeft(rest, " \t")
		if !strings.HasPrefix(value, "=") {
			continue
		}
		value = strings.TrimLeft(value[1:], " \t\"'")
		if end := strings.IndexAny(value, " \t\"';,"); end >= 0 {
			value = value[:end]
		}
		return value
	}
}

func indexFold(s, lowered string) int {
	for i := 0; i+len(lowered) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(lowered)], lowered) {
			return i
		}
	}
	return -1
}
