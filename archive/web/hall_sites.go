package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"campusnews/archive"
)

// hallOverview is what all archives hold together, and each of them.
type hallOverview struct {
	Articles, Archives int
	About              bool
	Bytes              int64 // of the copies
	Years              []yearBar
	Sites              []bar
	Sources            []bar
	Silent             *silence
}

func (r *Room) hallOverview(w http.ResponseWriter, req *http.Request) error {
	s, err := parseSearch(url.Values{})
	if err != nil {
		return err
	}
	s.Limit = 1
	f, err := r.ask(req.Context(), s)
	if err != nil {
		return err
	}
	names, st, err := r.hallNames(req.Context())
	if err != nil {
		return err
	}
	d := hallOverview{Articles: f.Facets.Total, Archives: f.Archives, About: f.Facets.About || f.Facets.More, Years: s.yearChart(f.Facets.Years), Silent: f.silence()}
	counts := map[string]int{}
	for _, c := range f.Facets.Sites {
		counts[c.Name] += c.Hits
	}
	most := 1
	for _, site := range st.Sites {
		d.Bytes += site.Copy
		most = max(most, counts[site.ID])
	}
	for _, site := range st.Sites {
		b := bar{Name: named(names, site.ID), Note: site.ID, Count: counts[site.ID], Share: share(counts[site.ID], most)}
		if site.At != "" {
			b.Link = sitesPrefix + url.PathEscape(site.ID) + "/overview"
		}
		d.Sites = append(d.Sites, b)
	}
	slices.SortStableFunc(d.Sites, func(a, b bar) int { return cmp.Compare(b.Count, a.Count) })
	d.Sources = hallBars("source", f.Facets.Sources)
	r.show(w, req, http.StatusOK, "hall-overview", view{Title: text(languageOf(req), "nav.overview"), Nav: "overview", Data: d})
	return nil
}

func hallBars(parameter string, counts []archive.Count) []bar {
	var list []bar
	for _, c := range counts {
		if c.Name != "" && len(list) < shownNames {
			list = append(list, bar{Name: c.Name, Link: address("/search", url.Values{parameter: {c.Name}}), Count: c.Hits})
		}
	}
	for i := range list {
		list[i].Share = share(list[i].Count, list[0].Count)
	}
	return list
}

func (r *Room) hallHealth(w http.ResponseWriter, req *http.Request) error {
	st, err := r.archives.Standing(req.Context())
	if err != nil {
		return err
	}
	// What a person should see to comes first.
	slices.SortStableFunc(st.Sites, func(a, b SiteStanding) int { return cmp.Compare(b.urgency(), a.urgency()) })
	r.show(w, req, http.StatusOK, "hall-health", view{Title: text(languageOf(req), "nav.health"), Nav: "health", Data: st})
	return nil
}

func (s SiteStanding) urgency() int {
	switch {
	case s.State == "setaside" || s.State == "failed" || s.State == "nobody" || s.At != "" && !s.Alive:
		return 2
	case len(s.Blocked) > 0:
		return 1
	}
	return 0
}

// Urgent says that a person should see to the site.
func (s SiteStanding) Urgent() bool { return s.urgency() > 0 }

// visit has the archive of one site answer.
func (r *Room) visit(w http.ResponseWriter, req *http.Request) error {
	escaped, _, below := strings.Cut(strings.TrimPrefix(req.URL.EscapedPath(), sitesPrefix), "/")
	site, err := url.PathUnescape(escaped)
	if err != nil || site == "" {
		return errNothing
	}
	if !below {
		w.Header().Set("Location", sitesPrefix+escaped+"/")
		w.WriteHeader(http.StatusFound)
		return nil
	}
	err = r.archives.Visit(w, req, site)
	if err == nil || !errors.Is(err, ErrAway) {
		return err
	}
	st, serr := r.archives.Standing(req.Context())
	if serr != nil {
		return errors.Join(err, serr)
	}
	i := slices.IndexFunc(st.Sites, func(s SiteStanding) bool { return s.ID == site })
	switch {
	case i < 0:
		return errNothing
	case st.Sites[i].At == "":
		return &statusError{http.StatusNotFound, "hall.nohome", []any{site}}
	}
	r.opts.Log.Warn("an archive cannot be reached", "site", site, "err", err)
	copied := text(languageOf(req), "hall.nocopy")
	if c := st.Sites[i].Copied; !c.IsZero() {
		copied = utc(c, "2006-01-02 15:04Z")
	}
	return &statusError{http.StatusServiceUnavailable, "hall.away", []any{site, st.Sites[i].At, copied, site}}
}
