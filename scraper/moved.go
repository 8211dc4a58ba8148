package scraper

import (
	"net/url"
	"strings"

	"campusnews/extract"
)

// A site that has moved to https leaves a frontier full of http addresses behind. Their port may be closed, or another server's
// who knows none of them. Where the home page or a section is named by https, an http address of the same host that brings
// nothing is asked for by https, too, before anything is concluded of it; what is found there is asked for by https from then on.
// Keys leave the scheme out, so that an article stays the same one.

// namedBy notes an address that the run begins with.
func (r *run) namedBy(address string) {
	u, err := url.Parse(address)
	if err == nil && u.Scheme == "https" && (u.Port() == "" || u.Port() == "443") {
		r.secure[strings.ToLower(u.Hostname())] = true
	}
}

// byHTTPS gives an http address of a host that the site is named by https on as an https one; "" for any other.
func (r *run) byHTTPS(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Port() != "" && u.Port() != "80" || !r.secure[strings.ToLower(u.Hostname())] {
		return ""
	}
	u.Scheme, u.Host = "https", strings.TrimSuffix(u.Host, ":80")
	return u.String()
}

// breaker is the state of an address's host, or of its http alone where the site is named by https: that may be
// another server's, and what it does says nothing of the site.
func (r *run) breaker(address string) *hostState {
	if r.byHTTPS(address) != "" {
		return r.hosts.of("http://" + hostOf(address))
	}
	return r.hosts.of(hostOf(address))
}

// onward lets a look go on with an address of the same page by https.
func (l look) onward(t Target, address string) look {
	n := look{url: address, twin: l.twin, role: l.role, exchanges: l.exchanges}
	if l.url == t.URL || l.url == l.twin { // not where a redirect led to
		n.twin = address
	}
	return n
}

// inVain says whether what came by http is nothing to conclude from where the site is named by https.
func (l look) inVain(t Target) bool {
	switch l.outcome {
	case outcomeMissing, outcomeBlocked:
		return true
	case outcomeFailed:
		return !l.tooLarge
	case outcomeKept: // another server's page for whatever it has not
		list := t.Role == RoleSection || t.Role == RoleList
		return list && t.State == StateKept && (l.result == nil || l.result.Kind != extract.KindList)
	}
	return false
}

// sameBut says whether secure is address with https in place of http.
func sameBut(address, secure string) bool {
	rest, ok := strings.CutPrefix(address, "http://")
	return ok && secure == "https://"+rest
}

// asNamed gives a target that a run begins with the address by which the profile names it now: it may have moved. One that has
// been found by https stays there so long as it is.
func (r *run) asNamed(t Target) Target {
	named, ok := r.seeds[t.Key]
	if !ok || named == t.URL || sameBut(named, t.URL) && t.Failures+t.MissingCount == 0 {
		return t
	}
	t.URL, t.ETag, t.LastModified = named, "", ""
	return t
}
