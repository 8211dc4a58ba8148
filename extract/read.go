package extract

import (
	"strings"

	"campusnews/extract/systems"
)

// read decides what the page is and reads it.
func (e *Extractor) read(pg *page, r *Result) {
	if pg.system == nil && e.profile == nil {
		pg.readGeneric(r)
		return
	}
	isList := pg.says(func(s *systems.System) []systems.Candidate { return s.IsList })
	isArticle := pg.says(func(s *systems.System) []systems.Candidate { return s.IsArticle })
	byAddress := pg.system != nil && pg.system.ArticleAddress(pg.path, pg.query)
	if isArticle && isList { // then the address decides
		isArticle = byAddress || !pg.system.ListAddress(pg.path, pg.query)
	}
	if !isList && byAddress {
		isArticle = true
	}
	if !isArticle && !isList && e.profile != nil {
		list := e.profile.rules.Article.Body
		for i := range list {
			isArticle = isArticle || len(pg.ix.Select(&list[i])) > 0
		}
	}
	single := false
	if isArticle && pg.system != nil && !byAddress && pg.system.ListAddress(pg.path, pg.query) {
		isArticle, single = false, true // a column's single page stands where its list would
	}
	if pg.system != nil && pg.system.Open && !isArticle && !isList && !pg.system.ListAddress(pg.path, pg.query) && !pg.isHome() {
		if pg.readGeneric(r); r.Kind == KindArticle {
			return
		}
		*r = Result{URL: r.URL, Key: r.Key, System: r.System, Confidence: r.Confidence, Charset: r.Charset}
	}
	if isArticle {
		if body, name := pg.elements(bodyRules, "body"); body != nil {
			r.Kind = KindArticle
			r.Article = pg.article(body, name)
			pg.stub(r)
			return
		}
		if pg.genericArticle(r) {
			return
		}
	}
	r.Nav = pg.nav() // of lists, too: a home page may read like one
	r.Feeds = pg.feeds()
	l, rows := pg.listing()
	if l != nil && (isList || pg.isListPage(l, rows)) {
		r.Kind, r.Listing = KindList, l
		return
	}
	if pg.system == nil || !single && !isList && len(pg.ix.Anchors) < 20 && pg.genericArticle(r) {
		if r.Kind == "" {
			pg.readGeneric(r)
		}
		return
	}
	r.Kind, r.Reason = KindOther, "neither an article nor a list"
	if pg.isHome() {
		r.Reason = "a home page"
	} else if body, _ := pg.elements(bodyRules, "body"); body != nil {
		r.Reason = "a column's single page"
	}
	r.ItemLinks = pg.itemLinks()
}

// isHome says that the address is that of a site's or sub-site's front page.
func (pg *page) isHome() bool {
	p := strings.ToLower(pg.path)
	if i := strings.LastIndexByte(p, '/'); i >= 0 {
		name, _, _ := strings.Cut(p[i+1:], ".")
		dir := strings.Count(p[:i], "/")
		switch strings.TrimRight(name, "0123456789-_") {
		case "", "index", "default", "main", "home":
			return dir == 0 && pg.query == ""
		}
	}
	return false
}

// isListPage says that the rows found make the page a list: it has a pager, or
// the list holds most of the page's articles.
func (pg *page) isListPage(l *Listing, rows int) bool {
	if len(l.Items) == 0 {
		return false
	}
	if l.Next != "" || l.Pages > 0 || l.Total > 0 {
		return !pg.isHome() || 2*len(l.Items) > rows
	}
	if pg.isHome() {
		return false
	}
	dated := 0
	for _, i := range l.Items {
		if i.Date != "" {
			dated++
		}
	}
	return len(l.Items) >= 2 && 2*len(l.Items) > rows && (dated > 0 || len(l.Items) >= 5) || len(l.Items) == rows && dated > 0
}

// says asks the system's tests for a kind of page.
func (pg *page) says(f func(*systems.System) []systems.Candidate) bool {
	if pg.system == nil {
		return false
	}
	list := f(pg.system)
	for i := range list {
		if list[i].CSS != "" {
			if found := pg.ix.Select(&list[i]); len(found) > 0 {
				return true
			}
			continue
		}
		if v := pg.answer(&list[i], &head{title: -1, heading: -1}); v != "" {
			return true
		}
	}
	return false
}

// stubText is the most text, in bytes, that a stub for an article elsewhere has.
const stubText = 120

// stub makes a redirect of an article whose body is nothing but a link to a
// WeChat article: what the site's script would have led the reader to.
func (pg *page) stub(r *Result) {
	a := r.Article
	if len(a.Body) > stubText || len(a.Links) != 1 || len(a.Images)+len(a.Files)+len(a.Media) > 0 {
		return
	}
	if host, _, _, _ := splitAddress(a.Links[0].URL); host == "mp.weixin.qq.com" {
		r.Kind, r.Reason, r.Target, r.Article = KindRedirect, "a stub for a WeChat article", a.Links[0].URL, nil
	}
}
