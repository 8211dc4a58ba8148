package extract

import (
	"strings"
)

var (
	sessionInPath  = lazily(`(?i);(jsessionid|sid|phpsessid)=[^/?#]*`)
	sessionInQuery = lazily(`(?i)([?&])(?:jsessionid|phpsessid|aspsessionid[a-z]*|session_?id|sid)=[0-9a-z.!_-]{16,}(&|$)`)
)

// WithoutSession leaves out of an address the name of a visit that servers put there for
// visitors without cookies (;jsessionid=…, PHPSESSID=…): with it each look gives every page another address.
func WithoutSession(address string) string {
	if strings.IndexByte(address, ';') >= 0 {
		address = sessionInPath.ReplaceAllString(address, "")
	}
	if i := strings.IndexByte(address, '?'); i >= 0 && len(address)-i > 20 {
		for sessionInQuery.MatchString(address) {
			address = sessionInQuery.ReplaceAllStringFunc(address, func(m string) string {
				if m[len(m)-1] == '&' {
					return m[:1]
				}
				return ""
			})
		}
	}
	return address
}
