package scraper

import (
	"mime"
	"net/http"

	"campusnews/extract/requisite"
)

// Bounds of what a run fetches so that pages can be shown as they looked.
const (
	maxRequisites     = 300     // made known by one run; what later pages name in vain the next run finds again
	maxRequisiteBody  = 4 << 20 // bytes of one
	maxRequisiteDepth = 3       // page → style sheet → imported one → picture
)

// requisites adds what a page or style sheet needs to be shown and nothing in this run has
// named before. On most sites that is a dozen files, the same for all pages.
func (r *run) requisites(l look, pl *plan, v *Visit) {
	t := pl.target
	if !r.cfg.Requisites || l.outcome != outcomeKept || l.page.URL == "" || t.Role == RoleFeed || len(r.needed) >= maxRequisites {
		return
	}
	if t.Role == RoleRequisite && !isSheet(l.header) {
		return
	}
	depth := 1
	if t.Role == RoleRequisite {
		depth = t.Depth + 1
	}
	if depth > maxRequisiteDepth {
		return
	}
	own := make(map[string]bool) // an article's pictures are its own: Config.Assets says about them
	if l.result != nil && l.result.Article != nil {
		for _, i := range l.result.Article.Images {
			own[r.reader.Key(i.URL)] = true
		}
	}
	for _, address := range requisite.Of(l.page.URL, l.page.ContentType, l.page.Body) {
		key := r.reader.Key(address)
		if r.needed[key] || own[key] || !r.scope.hasRequisite(address) {
			continue
		}
		if len(r.needed) >= maxRequisites {
			return
		}
		r.needed[key] = true
		v.Found = append(v.Found, Target{
			Site: t.Site, Key: key, URL: address, Role: RoleRequisite, Parent: t.URL, Depth: depth,
			State: StateNew, Due: r.start, FirstSeen: v.Time,
		})
	}
}

// isSheet says whether an answer is a style sheet.
func isSheet(header http.Header) bool {
	kind, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && kind == "text/css"
}

// isFileRole says that targets of the role are fetched for their bytes: nobody reads an article in them.
func isFileRole(r Role) bool { return r == RoleAsset || r == RoleRequisite }
