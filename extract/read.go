package extract

import (
	"campusnews/extract/systems"
)

// read decides what the page is and reads it.
func (e *Extractor) read(pg *page, r *Result) {
	list, listed := pg.says(func(s *systems.System) []systems.Candidate { return s.IsList })
	_, isArticle := pg.says(func(s *systems.System) []systems.Candidate { return s.IsArticle })
	_ = list
	if !isArticle && !listed && pg.system != nil {
		isArticle = pg.system.ArticleAddress(pg.path, pg.query)
	}
	if isArticle {
		if body, name := pg.elements(bodyRules, "body"); body != nil {
			r.Kind = KindArticle
			r.Article = pg.article(body, name)
			return
		}
	}
	r.Nav = pg.nav() // of lists, too: a home page may read like one
	if l := pg.listing(); l != nil {
		r.Kind, r.Listing = KindList, l
		return
	}
	r.Kind, r.Reason = KindOther, "neither an article nor a list"
}

// says asks the system's tests for a kind of page.
func (pg *page) says(f func(*systems.System) []systems.Candidate) (value string, ok bool) {
	if pg.system == nil {
		return "", false
	}
	list := f(pg.system)
	for i := range list {
		if list[i].CSS != "" {
			if found := pg.ix.Select(&list[i], nil); len(found) > 0 {
				return "", true
			}
			continue
		}
		if v := pg.answer(&list[i], &head{title: -1, heading: -1}); v != "" {
			return v, true
		}
	}
	return "", false
}
