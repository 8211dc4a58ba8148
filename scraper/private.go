package scraper

import (
	"errors"
	"fmt"
	"net/netip"
)

// ErrPrivate is returned by Public for an address that is not of the public internet.
var ErrPrivate = errors.New("not an address of the public internet")

// notPublic are the special-purpose networks of IANA's registries (RFC 6890 and
// its updates, November 2026) that netip's own tests do not cover.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // shared by carriers
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), // documentation
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("fec0::/10"),
}

// embedding are the networks whose addresses hold an IPv4 address from this byte on.
var embedding = map[netip.Prefix]int{
	netip.MustParsePrefix("64:ff9b::/96"): 12, // NAT64, RFC 6052
	netip.MustParsePrefix("2002::/16"):    2,  // 6to4, RFC 3056
}

// Public permits addresses of the public internet and forbids all others, with
// an error that wraps ErrPrivate. It is meant for capture.Options.Permit: there it is asked after
// the name was resolved, for every connection, so that no link, redirect or DNS answer leads
// a crawl into the network it runs in.
func Public(a netip.Addr) error {
	a = a.Unmap().WithZone("")
	for prefix, from := range embedding {
		if prefix.Contains(a) {
			b := a.As16()
			a = netip.AddrFrom4([4]byte(b[from : from+4]))
		}
	}
	public := a.IsGlobalUnicast() && !a.IsPrivate()
	for _, p := range notPublic {
		public = public && !p.Contains(a)
	}
	if !public {
		return fmt.Errorf("%s: %w", a, ErrPrivate)
	}
	return nil
}
