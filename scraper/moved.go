package scraper

import (
	"errors"
	"net"
	"net/url"
	"strings"
	"syscall"

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

// A site may also be named by http, by an old profile or link, and take connections by https only. Then what a run begins with is tried by
// https, and if it is there, the host counts as named so. If it is not, port 80 may be down and 443 another server's: nothing else is asked for.

// takesNone says whether nobody takes connections: they are refused, or not answered in time.
func takesNone(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	if !errors.As(err, &op) || op.Op != "dial" || errors.As(err, &dns) {
		return false
	}
	return errors.Is(err, syscall.ECONNREFUSED) || op.Timeout()
}

// otherDoor gives the address by which a home page, list or feed is tried where nobody takes connections at its own; "" = none.
func (r *run) otherDoor(t Target, address string) string {
	u, err := url.Parse(address)
	if err != nil || address != t.URL || !t.Role.names() || !r.robots[originOf(u)].shut || u.Scheme != "http" || u.Port() != "" && u.Port() != "80" || r.secure[strings.ToLower(u.Hostname())] {
		return ""
	}
	u.Scheme, u.Host = "https", strings.TrimSuffix(u.Host, ":80")
	return u.String()
}

// shutWhy says why a target is tried by https though its host is not known to be there; "" = it is not.
func (r *run) shutWhy(t Target, l look) string {
	if l.twin == "" || l.twin != r.otherDoor(t, t.URL) {
		return ""
	}
	u, err := url.Parse(t.URL)
	if err != nil {
		return ""
	}
	return r.robots[originOf(u)].why
}

// throughOtherDoor decides by what came for a target that was tried by https whether its host is there.
func (r *run) throughOtherDoor(t Target, l *look) {
	why := r.shutWhy(t, *l)
	if why == "" || l.outcome == outcomePostponed { // then the host is left alone as it is
		return
	}
	found := (l.outcome == outcomeKept || l.outcome == outcomeUnchanged) && !l.inVain(t)
	if t.Role == RoleHome && t.State == StateKept && found { // a page that leads nowhere is that of a server without a site
		found = l.result != nil && (l.result.Kind == extract.KindList || len(l.result.ItemLinks)+len(l.result.Nav) > 0)
	}
	host := hostOf(t.URL)
	if found {
		r.namedBy(l.twin)
		r.report.ByHTTPS[host] = why
		r.cfg.Log.Info("found by https", "site", t.Site, "url", t.URL)
		return
	}
	r.hosts.of(host).stopped = why
	r.stop(t.URL, why)
	l.outcome, l.why, l.result = outcomeFailed, why, nil
}
