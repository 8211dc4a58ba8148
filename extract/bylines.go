package extract

import "campusnews/extract/date"

// bylines reads who, whence and when from the meta line, and from where bylines
// stand in the body.
func (pg *page) bylines(a *Article, meta, metaRule string, h *head) {
	near := date.FromURL(pg.path)
	if v, r := pg.value(publishedRules, "published", h); v != "" {
		if m, ok := date.FindNear(v, near); ok {
			a.Published, a.Provenance["published"] = m.String(), r
		}
	}
	if a.Published == "" && meta != "" {
		if m, ok := date.FindNear(meta, near); ok {
			a.Published, a.Provenance["published"] = m.String(), metaRule
		}
	}
}
