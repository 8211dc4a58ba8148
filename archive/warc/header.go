package warc

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// A Field is a named value of a record's header or of a block of warc-fields.
type Field struct{ Name, Value string }

// A Header is a record's named fields in order. Names are compared without regard to case.
type Header []Field

// Get gives the first value of that name, "" if there is none.
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

func (h *Header) add(name, value string) {
	if value != "" {
		*h = append(*h, Field{name, value})
	}
}

// DateFormat is how dates are written: UTC with milliseconds. WARC/1.1 allows
// fractions; without them a retry within the second could not be told from its first attempt.
const DateFormat = "2006-01-02T15:04:05.000Z"

// dateOf is t as its written form reads back.
func dateOf(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// newRecordID gives a random (version 4) UUID as an URN in angle brackets.
func newRecordID() string {
	var u [16]byte
	rand.Read(u[:])
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", u[0:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// fieldText makes a value safe as a header field: one line, no control characters.
func fieldText(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD")))
}

// TargetURI gives an address as WARC-Target-URI holds it: an absolute URI in
// ASCII without fragment, an international host name in its xn-- form and
// everything else that no URI may contain percent-encoded.
func TargetURI(raw string) string {
	if i := strings.IndexByte(raw, '#'); i >= 0 {
		raw = raw[:i]
	}
	if u, err := url.Parse(raw); err == nil && !isASCII(u.Host) {
		if host, err := idna.Lookup.ToASCII(u.Hostname()); err == nil {
			raw = strings.Replace(raw, u.Hostname(), host, 1)
		}
	}
	var b strings.Builder
	for i := range len(raw) {
		c := raw[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
