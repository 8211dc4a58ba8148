package extract

import (
	"math"
	"net/url"
	"slices"

	"campusnews/extract/generic"
	"campusnews/extract/render"
	"campusnews/extract/systems"

	"golang.org/x/net/html"
)

// minConfidence is how sure the recognition must be before a system's rules are
// used.
const minConfidence = 0.6

// A page is a parsed page with what was found out about it so far.
type page struct {
	doc         *html.Node
	ix          *systems.Index
	base        *url.URL
	to          render.Resolver // against base
	host        string          // of the page itself
	path, query string
	asked       []*source // whose rules are asked, in order
	system      *systems.System
	key         func(string) string
	title       string               // <title>, squeezed
	rules       *rowRules            // once they were needed
	gen         *generic.Page        // once it was needed
	links       []anchor             // once they were needed, like the next two
	at          map[*html.Node]int32 // index in links
	hits        []hit                // links to articles
	data        string               // the whole text, if it is a script's data and no HTML
}

func (e *Extractor) page(p Page, doc *html.Node) *page {
	ix := e.plan.Walk(doc)
	pg := &page{doc: doc, ix: ix, base: base(p.URL, ix.Base), key: e.Key, title: render.Squeeze(ix.Title)}
	pg.to = render.NewResolver(pg.base)
	pg.host, pg.path, pg.query, _ = splitAddress(p.URL)
	return pg
}

// recognise finds the publishing system of a page.
func (e *Extractor) recognise(pg *page, r *Result) {
	if e.profile != nil {
		pg.asked = append(pg.asked, e.profile)
	}
	if e.generic {
		return
	}
	best := e.forced
	confidence := 1.0
	if best == nil {
		var system *systems.System
		if system, confidence = systems.Recognise(e.systems, pg.ix, pg.path, pg.query); system != nil {
			best = e.known[slices.Index(e.systems, system)]
		}
	}
	if best == nil || confidence < minConfidence {
		return
	}
	pg.asked = append(pg.asked, best)
	pg.system = best.system
	r.System, r.Confidence = best.name, math.Round(confidence*1000)/1000
}

// field gives the candidates of one field, one list for each source.
type field func(*systems.Rules) []systems.Candidate

// elements gives what the first candidate that matches finds, and the rule's
// name.
func (pg *page) elements(f field, name string) ([]*html.Node, string) {
	for _, s := range pg.asked {
		list := f(s.rules)
		for i := range list {
			if found := pg.ix.Select(&list[i]); len(found) > 0 {
				return found, rule(s, name, i)
			}
		}
	}
	return nil, ""
}

// rule names a rule for the provenance: "vsb/title[1]".
func rule(s *source, name string, i int) string {
	b := make([]byte, 0, len(s.name)+len(name)+5)
	b = append(append(append(append(b, s.name...), '/'), name...), '[')
	if i > 9 {
		b = append(b, byte('0'+i/10%10))
	}
	return string(append(b, byte('0'+i%10), ']'))
}

// Recognise says which publishing system a whole site runs, from the results of
// some of its pages: the system's short name and the mean confidence over all
// pages that are HTML at all. A site of two systems gives the more frequent one.
func Recognise(results []Result) (system string, confidence float64) {
	sums := map[string]float64{}
	pages := 0
	for _, r := range results {
		if r.Kind == KindError || r.Kind == KindBlocked || r.Kind == KindRedirect {
			continue
		}
		pages++
		if r.System != "" {
			sums[r.System] += r.Confidence
		}
	}
	for name, sum := range sums {
		if c := sum / float64(pages); c > confidence || c == confidence && name < system {
			system, confidence = name, c
		}
	}
	return system, confidence
}
