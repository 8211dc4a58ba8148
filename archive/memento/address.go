package memento

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"campusnews/archive"

	"golang.org/x/net/idna"
)

// A form is what is asked of an address.
type form string

// The forms named by letters are those of other web archives; "" is formPage.
const (
	formPage        form = ""
	formFrame       form = "if_"
	formImage       form = "im_"
	formSheet       form = "cs_"
	formExact       form = "id_"
	formOther       form = "oe_" // any other two letters
	formLatest      form = "latest"
	formAll         form = "*"
	formTimeGate    form = "timegate"
	formTimeMapLink form = "timemap/link"
	formTimeMapJSON form = "timemap/json"
)

// A query is a request's address taken apart.
type query struct {
	form    form
	at      time.Time // UTC; zero = the latest
	whole   bool      // at was given to the second
	number  int64     // of the capture within that second that is meant; 0 = not said
	address string    // canonical
}

var errAddress = errors.New("no address of the archive")

// stampFormat is how moments are written in addresses: 14 digits, UTC.
const stampFormat = "20060102150405"

// parse takes apart an address below Prefix.
func parse(u *url.URL) (query, error) {
	rest, ok := strings.CutPrefix(u.EscapedPath(), Prefix)
	if !ok || len(u.RawQuery)+len(rest) > maxAddress {
		return query{}, errAddress
	}
	if u.RawQuery != "" || u.ForceQuery {
		rest += "?" + u.RawQuery
	}
	q := query{form: formLatest}
	for _, f := range []form{formTimeMapLink, formTimeMapJSON, formTimeGate, formAll} {
		if after, ok := strings.CutPrefix(rest, string(f)+"/"); ok {
			q.form, rest = f, after
		}
	}
	if q.form == formLatest && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
		stamp, after, ok := strings.Cut(rest, "/")
		if !ok {
			return query{}, errAddress
		}
		var err error
		if q, err = parseStamp(stamp); err != nil {
			return query{}, err
		}
		rest = after
	}
	var err error
	q.address, err = canonical(rest)
	return q, err
}

// digits is how many digits s begins with.
func digits(s string) (n int) {
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// parseStamp reads 4 to 14 digits and what may follow them. A moment that is not written to its second means its first one.
func parseStamp(s string) (q query, err error) {
	n := digits(s)
	if n < 4 || n > len(stampFormat) {
		return query{}, errAddress
	}
	q.whole = n == len(stampFormat)
	after := s[n:]
	if rest, ok := strings.CutPrefix(after, "-"); ok {
		end := digits(rest)
		if q.number, err = strconv.ParseInt(rest[:end], 10, 64); err != nil || q.number == 0 || !q.whole {
			return query{}, errAddress
		}
		after = rest[end:]
	}
	switch q.form = form(after); {
	case q.form == formPage, q.form == formFrame, q.form == formImage, q.form == formSheet, q.form == formExact:
	case len(q.form) == 3 && q.form[2] == '_':
		q.form = formOther
	default:
		return query{}, errAddress
	}
	moment := s[:n-n%2]
	moment += "00000101000000"[len(moment):]
	if q.at, err = time.Parse(stampFormat, moment); err != nil {
		return query{}, errAddress
	}
	return q, nil
}

// canonical gives an address as captures have it: scheme and host in lower case, no default port, no
// fragment, a path, everything but ASCII escaped. Without a scheme it is http.
func canonical(s string) (string, error) {
	switch lower := strings.ToLower(s[:min(len(s), 8)]); {
	case strings.HasPrefix(lower, "http://"), strings.HasPrefix(lower, "https://"):
	case strings.HasPrefix(lower, "http:/"), strings.HasPrefix(lower, "https:/"): // a proxy has cleaned it
		s = strings.Replace(s, ":/", "://", 1)
	case strings.HasPrefix(lower, "http%3a"), strings.HasPrefix(lower, "https%3a"): // written as a form's field would be
		var err error
		if s, err = url.PathUnescape(s); err != nil {
			return "", errAddress
		}
	case strings.Contains(s, ":/"):
		if before, _, _ := strings.Cut(s, ":/"); !strings.ContainsAny(before, "/?#.") { // another scheme
			return "", errAddress
		}
		s = "http://" + s
	default:
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Opaque != "" {
		return "", errAddress
	}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	if host == "" || strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"<>%\^|{}/?#@`+"`", r) }) {
		return "", errAddress
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" && !(u.Scheme == "http" && port == "80" || u.Scheme == "https" && port == "443") {
		host += ":" + port
	}
	u.Host, u.Fragment, u.RawFragment = host, "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	u.RawQuery = escapeQuery(u.RawQuery)
	return u.String(), nil
}

// escapeQuery escapes what a query may not hold; net/url leaves it as it stands.
func escapeQuery(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// spellings gives an address, canonical, as captures may have it: with the other scheme, and with its query unescaped,
// as crawlers send one that a page spells with Han characters.
func spellings(address string) []string {
	list := []string{address}
	if before, query, ok := strings.Cut(address, "?"); ok && strings.Contains(query, "%") {
		if plain := unescapeHan(query); plain != query {
			list = append(list, before+"?"+plain)
		}
	}
	for _, s := range list[:len(list):len(list)] {
		list = append(list, otherScheme(s))
	}
	if len(list) == 2 && strings.HasSuffix(address, "/") && strings.Count(address, "/") == 3 {
		list = append(list, strings.TrimSuffix(list[0], "/"), strings.TrimSuffix(list[1], "/"))
	}
	return list
}

func otherScheme(address string) string {
	if rest, ok := strings.CutPrefix(address, "https://"); ok {
		return "http://" + rest
	}
	return "https://" + strings.TrimPrefix(address, "http://")
}

// unescapeHan undoes the escapes of bytes that are not ASCII.
func unescapeHan(query string) string {
	var b strings.Builder
	for i := 0; i < len(query); i++ {
		if query[i] == '%' && i+2 < len(query) && query[i+1] >= '8' {
			if s, err := url.PathUnescape(query[i : i+3]); err == nil {
				b.WriteString(s)
				i += 2
				continue
			}
		}
		b.WriteByte(query[i])
	}
	return strings.ToValidUTF8(b.String(), "\ufffd")
}

func pathAt(f form, at time.Time, address string) string {
	return Prefix + at.UTC().Format(stampFormat) + string(f) + "/" + address
}

// pathTo is where a capture is shown.
func pathTo(f form, c placed, address string) string {
	return Prefix + c.Started.UTC().Format(stampFormat) + c.suffix() + string(f) + "/" + address
}

func pathAll(address string) string { return Prefix + "*/" + address }

func pathTimeMap(kind, address string) string { return Prefix + "timemap/" + kind + "/" + address }

// Path gives where a capture is shown, "" for one that has no answer to show. It names the capture's number, and so leads to it whatever
// else was captured in its second; where that is not needed a redirect takes it out.
func Path(c archive.Capture) string {
	address, err := canonical(c.URL)
	if err != nil || c.Status == 0 || c.File == "" || c.Status == 304 && c.SameAs == 0 {
		return ""
	}
	return pathTo(formPage, placed{c, c.ID}, address)
}
