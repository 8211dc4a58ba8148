package scraper

import (
	"net/url"
	"regexp"
	"strings"

	"campusnews/extract"
)

// Calendars and searches make pages without end, each of which names more like itself. They are told
// by what comes of them: addresses that differ in their numbers only, and neither an article nor a list of articles among many.

// trapAfter is how many pages of one shape a run reads in vain. Sections are lists: a
// site would have to have that many columns of a single page.
const trapAfter = 100

// endlessAfter is how many lists of nothing but their own kind are followed.
const endlessAfter = 10

// maxShapes bounds a run's memory of shapes.
const maxShapes = 10_000

// A shape counts what came of addresses that differ in their numbers only.
type shape struct {
	vain int  // pages that are neither article nor list of articles
	good bool // one was
}

var numbers = regexp.MustCompile(`\d+`)

// shapeOf gives an address without its numbers; of a query the names alone.
func shapeOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	s := u.Host + numbers.ReplaceAllString(u.Path, "0")
	for _, pair := range strings.Split(u.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		s += "&" + name
	}
	return s
}

// ofItsKind says whether most rows of a list lead to pages of the list's own shape: a calendar's
// months, not a list's articles.
func ofItsKind(address string, items []extract.Item) bool {
	own, alike := shapeOf(address), 0
	for _, it := range items {
		if shapeOf(it.URL) == own {
			alike++
		}
	}
	return len(items) > 0 && 2*alike > len(items)
}

// trapped gives the look at a target that is in a trap: it is not asked for. What a run begins with never is.
func (r *run) trapped(t Target) (l look) {
	if t.Depth == 0 || isFileRole(t.Role) || t.Role == RolePart {
		return l
	}
	if s := r.shapes[shapeOf(t.URL)]; s != nil && !s.good && s.vain >= trapAfter {
		l = look{url: t.URL, role: t.Role, outcome: outcomeRefused, trap: true, why: "a trap: many pages like it, and no article or list of articles among them"}
	}
	return l
}

// endless says whether a list is one of too many that lead to nothing but more of their kind.
func (r *run) endless(t Target, items []extract.Item) bool {
	s := r.shapes[shapeOf(t.URL)]
	return t.Depth > 0 && s != nil && !s.good && s.vain > endlessAfter && ofItsKind(t.URL, items)
}

// learnShape notes what came of a target.
func (r *run) learnShape(t Target, l look) {
	res := l.result
	if res == nil && !(l.soft && t.State == StateNew) || isFileRole(t.Role) || t.Role == RolePart || len(r.shapes) >= maxShapes {
		return
	}
	name := shapeOf(t.URL)
	s := r.shapes[name]
	if s == nil {
		s = &shape{}
		r.shapes[name] = s
	}
	switch {
	case res == nil:
		s.vain++ // any address of that shape has the same
	case res.Kind == extract.KindArticle, res.Kind == extract.KindList && !ofItsKind(t.URL, res.Listing.Items):
		s.good = true
	default:
		s.vain++
	}
}
