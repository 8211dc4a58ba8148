package scraper

import (
	"fmt"
	"hash/maphash"
	"slices"

	"campusnews/extract"
)

// Some servers answer page 1 for each number, or for those beyond the end, and go on to name a next page.

// staleAfter is how many pages in a row a walk reads that bring no row which none of its pages had before. One may be:
// rows shift while one pages, and a window of old rows may lie within another.
const staleAfter = 3

// A walk is what a run has seen of a list, from page 1 on.
type walk struct {
	last  []string            // rows of the page read last
	seen  map[uint64]struct{} // hashes of the rows of all; at most maxFresh
	stale int                 // pages in a row without another one
}

var rowSeed = maphash.MakeSeed()

// turn takes in the rows of a list page and says why the walk is not to go on behind it; "" = it may.
func (r *run) turn(t Target, rows []string) (why string) {
	key := r.listKey(t)
	w := r.walks[key]
	if w == nil || t.Role != RoleList {
		w = &walk{seen: make(map[uint64]struct{})}
		r.walks[key] = w
	}
	fresh := false
	for _, k := range rows {
		h := maphash.String(rowSeed, k)
		if _, ok := w.seen[h]; ok {
			continue
		}
		fresh = true
		if len(w.seen) < maxFresh {
			w.seen[h] = struct{}{}
		}
	}
	if w.stale++; fresh {
		w.stale = 0
	}
	switch {
	case len(rows) > 0 && slices.Equal(rows, w.last):
		why = "shows the same rows as the page before it"
	case w.stale >= staleAfter:
		why = fmt.Sprintf("is one of %d in a row whose rows all stood on pages before", w.stale)
	}
	w.last = rows
	return why
}

// unshown gives how many rows a list announces that no page has shown so far, in this run or before, when that is more than a page of
// them: the total may count some that are hidden. One that announces nothing and whose page 2 is page 1 has at least one more.
func (r *run) unshown(t Target, li *extract.Listing) int {
	ls, w := r.lists[r.listKey(t)], r.walks[r.listKey(t)]
	if ls == nil || w == nil {
		return 0
	}
	page := len(distinct(w.last))
	switch n := max(ls.order.len(), len(w.seen)); {
	case li.Total > n+page:
		return li.Total - n
	case li.Total == 0 && n <= page:
		return 1
	}
	return 0
}
