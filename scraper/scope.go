package scraper

import (
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// A scope says which addresses belong to the site.
type scope struct {
	hosts    map[string]bool // lower case, with port if given
	prefixes []string
	domains  map[string]bool // registered domains of hosts
	assets   Assets
}

func newScope(s Site, a Assets) scope {
	sc := scope{hosts: make(map[string]bool), prefixes: s.PathPrefixes, domains: make(map[string]bool), assets: a}
	for _, h := range s.Hosts {
		h = strings.ToLower(h)
		sc.hosts[h] = true
		name, _, _ := strings.Cut(h, ":")
		if d, err := publicsuffix.EffectiveTLDPlusOne(name); err == nil {
			sc.domains[d] = true
		}
	}
	return sc
}

// has says whether a run may ask for the address.
func (sc scope) has(address string) bool {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil {
		return false
	}
	if !sc.hasHost(address) {
		return false
	}
	if len(sc.prefixes) == 0 {
		return true
	}
	p := path.Clean("/" + u.Path)
	if strings.HasSuffix(u.Path, "/") && p != "/" {
		p += "/"
	}
	for _, prefix := range sc.prefixes {
		if strings.HasPrefix(p, prefix) {
			return true
		}
	}
	return false
}

// hasHost says whether the address is on one of the site's hosts.
func (sc scope) hasHost(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return false
	}
	host := strings.ToLower(u.Host)
	// www.site and site are one site in practice; anything else is another.
	return sc.hosts[host] || sc.hosts[strings.ToLower(u.Hostname())] || sc.hosts["www."+host] || sc.hosts[strings.TrimPrefix(host, "www.")]
}

// hasAsset says whether a run may ask for the address of an image or attachment:
// those are often kept on other hosts of the same university.
func (sc scope) hasAsset(address string) bool {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || u.Host == "" {
		return false
	}
	switch host := strings.ToLower(u.Host); {
	case sc.assets == AssetsNone:
		return false
	case sc.assets == AssetsAll, sc.hosts[host], sc.hosts[strings.ToLower(u.Hostname())]:
		return true
	default:
		d, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(u.Hostname()))
		return err == nil && sc.domains[d]
	}
}

// hasRequisite says the same of what pages need to be shown, whichever assets of articles are asked for.
func (sc scope) hasRequisite(address string) bool {
	if sc.assets == AssetsNone {
		sc.assets = AssetsSite
	}
	return sc.hasAsset(address)
}

// fileTypes are endings of addresses that are no pages.
var fileTypes = map[string]bool{
	".pdf": true, ".doc": true, ".docx": true, ".xls": true, ".xlsx": true, ".ppt": true, ".pptx": true, ".wps": true,
	".zip": true, ".rar": true, ".7z": true, ".gz": true, ".tar": true, ".exe": true, ".apk": true, ".iso": true,
	".jpg": true, ".jpeg": true, ".png": true, ".gif": true, ".bmp": true, ".webp": true, ".svg": true, ".ico": true,
	".mp3": true, ".mp4": true, ".flv": true, ".avi": true, ".wmv": true, ".mov": true, ".swf": true, ".wav": true,
	".css": true, ".js": true, ".json": true, ".xml": true, ".rss": true, ".txt": true, ".csv": true, ".ics": true,
}

// isFile says whether the address is that of a file rather than a page, as far
// as the address alone can tell. VSB's download.jsp gives files.
func isFile(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	return fileTypes[strings.ToLower(path.Ext(u.Path))] || strings.HasSuffix(u.Path, "/download.jsp")
}

// hostOf gives the host with port of an address, lower case; "" if it has none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}
