package extract

import (
	"strings"
)

var (
	sessionInPath = lazily(`(?i);(jsessionid|sid|phpsessid)=[^/?#]*`)
	sessionParam  = lazily(`(?i)^(?:jsessionid|phpsessid|aspsessionid[a-z]*|session_?id|sid)=[0-9a-z.!_-]{16,}$`)
)

// WithoutSession leaves out of an address the name of a visit that servers put there for
// visitors without cookies (;jsessionid=…, PHPSESSID=…): with it each look gives every page another address.
// It goes through the address once: pages may hold long ones.
func WithoutSession(address string) string {
	if strings.IndexByte(address, ';') >= 0 {
		address = sessionInPath.ReplaceAllString(address, "")
	}
	before, query, _ := strings.Cut(address, "?")
	if len(query) < 20 || strings.IndexByte(query, '=') < 0 {
		return address
	}
	left := make([]string, 0, 8)
	all := 0
	for param := range strings.SplitSeq(query, "&") {
		if all++; !sessionParam.MatchString(param) {
			left = append(left, param)
		}
	}
	switch len(left) {
	case all:
		return address
	case 0:
		return before
	}
	return before + "?" + strings.Join(left, "&")
}
