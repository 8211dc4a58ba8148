package profile

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// ErrUnknownSite is returned by Resolve for a name that is neither built in
// nor a file nor an address. The message names the nearest built-in id.
var ErrUnknownSite = errors.New("unknown site")

// Resolve gives the profile that a command line names: the id of a built-in
// site ("csu"), an http(s) address — that of a built-in site's home page gives
// that site, for others see FromURL —, or else the path of a profile file, which is read through readFile. A built-in id wins over a
// file of the same name; write ./csu for the file.
func Resolve(site string, readFile func(path string) ([]byte, error)) (*Profile, error) {
	if lower := strings.ToLower(site); strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
		p, err := FromURL(site)
		if err == nil {
			p = builtinAt(p)
		}
		return p, err
	}
	if p, ok := Builtin(site); ok {
		return p, nil
	}
	data, err := readFile(site)
	if err == nil {
		return Parse(data, site)
	}
	if scheme, _, ok := strings.Cut(site, "://"); ok {
		return nil, fmt.Errorf("%w %q: pages are fetched by http:// and https://, not by %s://", ErrUnknownSite, site, scheme)
	}
	if host, _, _ := strings.Cut(site, "/"); isHost(host) {
		return nil, fmt.Errorf("%w %q: write its address whole: https://%s", ErrUnknownSite, site, site)
	}
	if strings.ContainsAny(site, `/\`) || strings.HasSuffix(site, ".yaml") || strings.HasSuffix(site, ".yml") {
		return nil, fmt.Errorf("read profile: %w", err)
	}
	hint := ""
	if best, near := nearest(site, IDs()); near {
		hint = fmt.Sprintf("; did you mean %q?", best)
	}
	return nil, fmt.Errorf("%w %q: neither a built-in site, a profile file nor an address%s", ErrUnknownSite, site, hint)
}

// isHost says whether a name that is no file looks like one of a server: www.example.edu.cn.
func isHost(name string) bool {
	labels := strings.Split(name, ".")
	if last := labels[len(labels)-1]; len(labels) < 2 || len(last) < 2 || last == "yaml" || last == "yml" {
		return false
	}
	for _, l := range labels {
		if l == "" || strings.Trim(strings.ToLower(l), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}

// builtinAt gives the built-in profile whose front page is p's home, by whichever
// scheme, so that a site has one id however it is named; else p.
func builtinAt(p *Profile) *Profile {
	u, err := url.Parse(p.Home)
	if err != nil {
		return p
	}
	for _, known := range Catalogue() {
		home, err := url.Parse(known.Home)
		if err != nil || home.Host != u.Host {
			continue
		}
		if u.RequestURI() == "/" || u.RequestURI() == home.RequestURI() {
			return mustParse(known.ID)
		}
	}
	return p
}

// FromURL makes the profile of a site of which only an address is known: that
// address as home, its host as the only host and as ID, nothing else.
func FromURL(address string) (*Profile, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return nil, fmt.Errorf("site address: %w", err)
	}
	u.Scheme, u.Host, u.Fragment = strings.ToLower(u.Scheme), strings.ToLower(u.Host), ""
	if u.Path == "" {
		u.Path = "/"
	}
	if _, why := pageAddress(u.String()); why != "" {
		return nil, fmt.Errorf("site address %q %s", address, why)
	}
	return &Profile{ID: hostID(u.Host), Home: u.String(), Hosts: []string{u.Host}}, nil
}
