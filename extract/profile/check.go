package profile

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"campusnews/extract/systems"
)

var (
	idForm   = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?$`)
	hostForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$`)
	dayForm  = regexp.MustCompile(`^[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$`)
)

var evidenceKinds = []string{EvidencePages, EvidenceCrawler, EvidenceSurvey, EvidenceAddress}

// check tests the values of a decoded profile and fills in what follows from them.
func (d *decoder) check(p *Profile) {
	home := d.checkHome(p)
	if home == nil {
		return
	}
	d.checkHosts(p, home)
	for i, prefix := range p.Paths {
		if !strings.HasPrefix(prefix, "/") {
			d.fault(d.placeOf(fmt.Sprintf("paths[%d]", i), "paths"), "path %q: write how the path of an address begins, such as \"/cs/\"", prefix)
		}
	}
	if p.ID == "" {
		p.ID = hostID(home.Host)
	} else if !idForm.MatchString(p.ID) {
		d.fault(d.places["id"], "id %q: use lower case letters, digits, '.' and '-', at most 64, such as %q", p.ID, hostID(home.Host))
	}
	d.checkSystem(p)
	d.checkValidity(p)
	d.checkSections(p)
	d.checkFeeds(p, "feeds", p.Feeds)
	d.checkFeeds(p, "sitemaps", p.Sitemaps)
	for i := range p.Notes {
		if strings.TrimSpace(p.Notes[i]) == "" {
			d.fault(d.placeOf(fmt.Sprintf("notes[%d]", i), "notes"), "an empty note")
		}
	}
	for i, e := range p.Evidence {
		path := fmt.Sprintf("evidence[%d]", i)
		if !slices.Contains(evidenceKinds, e.Kind) {
			d.fault(d.placeOf(path+".kind", path), "evidence kind %q: it is one of %s", e.Kind, strings.Join(evidenceKinds, ", "))
		}
		if e.Year != 0 && (e.Year < 1994 || e.Year > 2100) {
			d.fault(d.placeOf(path+".year", path), "evidence year %d: want a year of the web", e.Year)
		}
	}
}

// placeOf is the place of path, or of the next best thing.
func (d *decoder) placeOf(paths ...string) place {
	for _, p := range paths {
		if at, ok := d.places[p]; ok {
			return at
		}
	}
	return place{1, 1}
}

func (d *decoder) checkHome(p *Profile) *url.URL {
	if p.Home == "" {
		d.fault(place{1, 1}, "home is missing: give the address of the site's home page")
		return nil
	}
	u, why := pageAddress(p.Home)
	if u == nil {
		d.fault(d.places["home"], "home %q %s", p.Home, why)
	}
	return u
}

func (d *decoder) checkSystem(p *Profile) {
	if p.System == "" || systems.Find(p.System) != nil {
		return
	}
	var known []string
	for _, s := range systems.All() {
		known = append(known, s.Name)
	}
	slices.Sort(known)
	if best, near := nearest(p.System, known); near {
		d.fault(d.places["system"], "unknown system %q; did you mean %q?", p.System, best)
		return
	}
	d.fault(d.places["system"], "unknown system %q; known are %s; leave it out to have it recognised", p.System, strings.Join(known, ", "))
}

func (d *decoder) checkHosts(p *Profile, home *url.URL) {
	if len(p.Hosts) == 0 {
		p.Hosts = []string{home.Host}
		return
	}
	for i, h := range p.Hosts {
		path := fmt.Sprintf("hosts[%d]", i)
		switch {
		case !hostForm.MatchString(h):
			d.fault(d.placeOf(path, "hosts"), "host %q: write the bare name in lower case, such as %q", h, home.Host)
		case slices.Index(p.Hosts, h) < i:
			d.fault(d.placeOf(path, "hosts"), "host %q stands there twice", h)
		}
	}
	if !p.HasHost(home.Host) {
		d.fault(d.places["home"], "home is on %s, which is not among the hosts", home.Host)
	}
}

func (d *decoder) checkValidity(p *Profile) {
	for key, day := range map[string]string{"since": p.Since, "until": p.Until} {
		if day != "" && !dayForm.MatchString(day) {
			d.fault(d.places[key], "%s %q: write 2015, 2015-09 or 2015-09-01", key, day)
		}
	}
	// Text order is time order, and a shorter day begins where the longer one lies.
	if p.Since != "" && p.Until != "" && p.Until < p.Since && !strings.HasPrefix(p.Since, p.Until) {
		d.fault(d.places["until"], "until %s lies before since %s", p.Until, p.Since)
	}
}

func (d *decoder) checkSections(p *Profile) {
	names, addresses := map[string]bool{}, map[string]string{}
	for _, s := range p.Sections {
		at := d.placeOf("sections."+s.Name, "sections")
		if s.Name == "" || s.Name != strings.TrimSpace(s.Name) {
			d.fault(at, "section %q: a name without blanks around it is wanted", s.Name)
		}
		if names[s.Name] {
			d.fault(at, "section %q stands there twice", s.Name)
		}
		names[s.Name] = true
		u, why := pageAddress(s.URL)
		if u == nil {
			d.fault(at, "section %q: %q %s", s.Name, s.URL, why)
			continue
		}
		if other, ok := addresses[s.URL]; ok {
			d.fault(at, "sections %q and %q have the same address", other, s.Name)
		}
		addresses[s.URL] = s.Name
		if !p.HasHost(u.Host) {
			d.fault(at, "section %q is on %s, which is not among the hosts", s.Name, u.Host)
		}
	}
}

// checkFeeds tests the addresses of feeds or sitemaps, as key names them.
func (d *decoder) checkFeeds(p *Profile, key string, addresses []string) {
	for i, a := range addresses {
		at := d.placeOf(fmt.Sprintf("%s[%d]", key, i), key)
		u, why := pageAddress(a)
		switch {
		case u == nil:
			d.fault(at, "%s: %q %s", key, a, why)
		case slices.Index(addresses, a) < i:
			d.fault(at, "%s: %q stands there twice", key, a)
		case !p.HasHost(u.Host):
			d.fault(at, "%s: %s is on %s, which is not among the hosts", key, a, u.Host)
		}
	}
}

// pageAddress parses an absolute http(s) address with a bare host and no
// fragment or password; nil and the reason for anything else.
func pageAddress(s string) (*url.URL, string) {
	u, err := url.Parse(s)
	switch {
	case s == "":
		return nil, "is no address"
	case err != nil || !u.IsAbs() || u.Opaque != "":
		return nil, "is not an absolute address (https://…)"
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, "is not an http or https address"
	case u.User != nil:
		return nil, "holds a user name"
	case u.Fragment != "":
		return nil, "has a #fragment, which servers never see"
	case !hostForm.MatchString(u.Host):
		return nil, "has no host in lower case"
	}
	return u, ""
}

// hostID makes an id of a host: the host itself, a port set off with a hyphen.
func hostID(host string) string {
	id := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' {
			return r
		}
		return '-'
	}, strings.ToLower(host))
	id = strings.Trim(id, ".-")
	if len(id) > 64 {
		id = strings.Trim(id[len(id)-64:], ".-")
	}
	if id == "" {
		return "site" // [::]
	}
	return id
}
