package scraper

import (
	"math"
	"slices"
)

// A Place is where an article stands in a list, as far as the archive has read
// it: rising positions from the newest row on.
type Place struct {
	Key      string // "" marks the end of the list, once a walk has seen it
	Position int64
}

// placeStep is the room left between neighbours, so that a row found in between
// later moves nobody.
const placeStep = 1 << 20

// An order is one list as a whole, put together from pages read at different
// times. Comparing its length with the total that page 1 announces tells whether something
// came or went deep inside, and its ranks tell on which page to look.
type order struct {
	places []Place
	at     map[string]int // key → index in places

	lastPage int    // number of the page read last; 0 = none in this run
	lastKey  string // its last row in order
	lost     int    // rows that the total announced last says are not there any more
}

// plausible is how many neighbouring rows may have gone unseen since the list was read, at least. More than that, and more
// than two pages and than the announced total speaks of, are not taken to have gone because a page has a row from before
// them and one from behind: then one of the two has been moved, or the page did not come as a whole.
const plausible = 50

func newOrder(places []Place) *order {
	o := &order{places: places}
	o.index()
	return o
}

func (o *order) index() {
	o.at = make(map[string]int, len(o.places))
	for i, p := range o.places {
		o.at[p.Key] = i
	}
}

// whole says whether the end of the list has been seen.
func (o *order) whole() bool { _, ok := o.at[""]; return ok }

// len is the number of rows in the list, as far as known.
func (o *order) len() int {
	if o.whole() {
		return len(o.places) - 1
	}
	return len(o.places)
}

// A reading is what one list page did to the order.
type reading struct {
	put  []Place  // new or moved places
	gone []string // keys that stood where the page shows they do not stand any more
	rank int      // before the page was read, how many rows stood before its first known one; -1 = none is known
	skip int      // how many rows of the page stand before that one
}

// read brings a page's rows into the order. page is its number, 0 if unknown;
// last says that the page is the list's last.
func (o *order) read(rows []string, page int, last bool) reading {
	rows = distinct(rows)
	r := reading{rank: -1}
	if len(rows) == 0 {
		return r
	}
	most := max(plausible, 2*len(rows), o.lost)
	first := page == 1
	follows := page > 1 && o.lastPage == page-1
	above := -1 // where the row stands that the page's first one follows
	if i, ok := o.at[o.lastKey]; follows && ok {
		above = i
	}
	keep, near := o.stayed(rows, above, most)
	if len(keep) > 0 && (first || above >= 0) && !near && 2*len(keep) < len(rows) {
		keep = nil // few of the page, and far from where it is: those have been moved
	}
	// The stretch [lo, hi) of the order is what the page shows.
	lo, hi := len(o.places), len(o.places)
	if o.whole() {
		lo, hi = lo-1, hi-1 // before the end mark
	}
	end := hi
	if len(keep) > 0 {
		lo, hi = o.at[rows[keep[0]]], o.at[rows[keep[len(keep)-1]]]+1
		r.rank, r.skip = lo, keep[0]
	} else if o.whole() && !first && !follows {
		return r // nothing says where it belongs
	}
	switch {
	case len(keep) > 0 && !near:
	case first:
		if lo = 0; len(keep) == 0 {
			hi = 0
		}
	case above >= 0 && above+1 <= lo:
		if lo = above + 1; len(keep) == 0 {
			hi = lo
		}
	}
	if last && (len(keep) > 0 || first || follows) && end-hi <= most {
		hi = end
	}
	here := make(map[string]bool, len(rows))
	for _, k := range rows {
		here[k] = true
	}
	kept := make(map[string]bool, len(keep))
	for _, i := range keep {
		kept[rows[i]] = true
	}
	var segment []Place
	for _, k := range rows {
		i, known := o.at[k]
		if known && first && !kept[k] && (i < lo || i >= hi) {
			continue // pinned: it stands on top besides its own place
		}
		segment = append(segment, Place{Key: k, Position: math.MinInt64})
		if known && kept[k] {
			segment[len(segment)-1].Position = o.places[i].Position
		}
	}
	inSegment := make(map[string]bool, len(segment))
	from := lo // nothing changes before it
	for _, p := range segment {
		inSegment[p.Key] = true
		if i, known := o.at[p.Key]; known {
			from = min(from, i)
		}
	}
	next := o.places[:from:from]
	for i := from; i <= len(o.places); i++ {
		if i == lo {
			next = append(next, segment...)
		}
		if i == len(o.places) {
			break
		}
		switch p := o.places[i]; {
		case inSegment[p.Key]:
		case i >= lo && i < hi && !here[p.Key]:
			r.gone = append(r.gone, p.Key)
			delete(o.at, p.Key)
		default:
			next = append(next, p)
		}
	}
	if last && !o.whole() {
		next = append(next, Place{Position: math.MinInt64})
	}
	r.put = place(next, max(from-1, 0))
	o.places = next
	for i := from; i < len(next); i++ {
		o.at[next[i].Key] = i
	}
	o.lastPage = page
	if len(segment) > 0 {
		o.lastKey = segment[len(segment)-1].Key
	}
	return r
}

// place gives positions to those that have none yet and returns them; when there
// is no room left all are numbered anew. All before start have theirs.
func place(places []Place, start int) (put []Place) {
	const none = math.MinInt64
	for i := start; i < len(places); {
		if places[i].Position != none {
			i++
			continue
		}
		j := i
		for j < len(places) && places[j].Position == none {
			j++
		}
		n := int64(j - i)
		var from, step int64
		switch {
		case i == 0 && j == len(places):
			from, step = 0, placeStep
		case i == 0:
			from, step = places[j].Position-n*placeStep, placeStep
		case j == len(places):
			from, step = places[i-1].Position+placeStep, placeStep
		default:
			step = (places[j].Position - places[i-1].Position) / (n + 1)
			from = places[i-1].Position + step
		}
		if step == 0 {
			for k := range places {
				places[k].Position = int64(k) * placeStep
			}
			return slices.Clone(places)
		}
		for k := range n {
			places[i+int(k)].Position = from + k*step
		}
		put = append(put, places[i:j]...)
		i = j
	}
	return put
}

// rising gives the indexes of the longest run of rows, with gaps, that stand in
// the order as they do on the page: what is left out has been moved or pinned.
func (o *order) rising(rows []string) []int {
	var tails, best []int // tails[n] = index of the row that ends the best run of n+1 rows
	before := make([]int, len(rows))
	for i, k := range rows {
		at, ok := o.at[k]
		if !ok {
			continue
		}
		n, _ := slices.BinarySearchFunc(tails, at, func(row, at int) int { return o.at[rows[row]] - at })
		before[i] = -1
		if n > 0 {
			before[i] = tails[n-1]
		}
		if n == len(tails) {
			tails = append(tails, i)
		} else {
			tails[n] = i
		}
	}
	if len(tails) > 0 {
		for i := tails[len(tails)-1]; i >= 0; i = before[i] {
			best = append(best, i)
		}
	}
	slices.Reverse(best)
	return best
}

// stayed finds the rows of a page that are in the order and stand together in it as the page has them, without those from above
// the page's place, and says whether they follow that place closely: with no more than most rows between.
func (o *order) stayed(rows []string, above, most int) (keep []int, near bool) {
	keep = o.rising(rows)
	seen := 0 // rows that stood on pages above: pinned there, or pushed down since
	for seen < len(keep) && o.at[rows[keep[seen]]] <= above {
		seen++
	}
	if 2*seen < len(rows) {
		keep = keep[seen:]
	}
	keep = o.together(rows, keep, most)
	return keep, len(keep) > 0 && o.at[rows[keep[0]]]-above-1 <= most
}

// together leaves of a rising run of rows the most that stand within most of each other in the order, of two such parts the first.
func (o *order) together(rows []string, keep []int, most int) (best []int) {
	from := 0
	for i := range keep {
		if i > 0 && o.at[rows[keep[i]]]-o.at[rows[keep[i-1]]]-1 > most {
			from = i
		}
		if i+1-from > len(best) {
			best = keep[from : i+1]
		}
	}
	return best
}

func distinct(keys []string) []string {
	seen := make(map[string]bool, len(keys))
	var out []string
	for _, k := range keys {
		if k != "" && !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}
