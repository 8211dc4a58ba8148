package scraper

import (
	"context"

	"campusnews/extract"
)

// A list is what a run knows of one section's list.
type list struct {
	order  *order
	second string // address of page 2; "" = there is none
	pages  int    // as page 1 says
	total  int
	hunt   *hunt // nil = nothing is amiss, so far
	spent  int   // pages read by hunts in this run
}

// listKey names the list that a page belongs to: by its page 1.
func (r *run) listKey(t Target) string {
	if t.Role == RoleList && t.Parent != "" {
		return r.reader.Key(t.Parent)
	}
	return t.Key
}

// watch brings a list page into the order of its list and adds to the plan what
// follows from it: rows that have vanished are looked at, and when the list
// announces another number of rows than are known, pages are asked for until the
// place is found where something came or went. That is what a walk that stops at known rows
// cannot see: articles put in under an old date, and taken away.
func (r *run) watch(ctx context.Context, l look, pl *plan, v *Visit) error {
	t := pl.target
	if l.result == nil || l.result.Kind != extract.KindList || (t.Role != RoleSection && t.Role != RoleList) || l.result.Listing.Source != extract.SourcePage {
		return nil
	}
	li := l.result.Listing
	v.List = r.listKey(t)
	ls := r.lists[v.List]
	if ls == nil {
		places, err := r.store.Order(ctx, t.Site, v.List)
		if err != nil {
			return err
		}
		ls = &list{order: newOrder(places)}
		r.lists[v.List] = ls
	}
	rows := make([]string, 0, len(li.Items))
	for _, it := range li.Items {
		rows = append(rows, r.keyOf(it))
	}
	page := li.Page
	if t.Role == RoleSection {
		page = 1
		ls.second, ls.pages = li.Next, pagesOf(li.Next, li.Pages, li.Total, len(rows))
	}
	if li.Total > 0 {
		ls.total = li.Total
	}
	before := ls.order.len()
	if ls.order.lost = 0; ls.order.whole() && 2*ls.total > before { // that half a list has gone overnight is the server's mistake
		ls.order.lost = max(before-ls.total, 0)
	}
	rd := ls.order.read(rows, page, li.Next == "")
	v.Places, v.Unplaced = rd.put, rd.gone
	if err := r.missRows(ctx, rd.gone, pl, v); err != nil {
		return err
	}
	h := ls.hunt
	if h != nil && page == h.probe {
		r.report.Hunted++
		if !pl.deep {
			v.Again = withoutRole(v.Again, RoleList) // the hunt says which page is next
		}
		h.judge(rd, page, len(distinct(rows)), ls, ls.order.len() != before)
	} else if len(v.Again) > 0 && v.Again[0].Role == RoleList {
		return nil // the walk goes on; what it finds may be all that is amiss
	}
	next, ok := ls.nextProbe(page)
	if !ok {
		return nil
	}
	address, ok := pageAddress(ls.second, ls.pages, next)
	if next == 1 || !ok {
		ls.hunt = nil
		return nil
	}
	key := r.reader.Key(address)
	delete(r.given, key)
	v.Again = append(v.Again, Target{
		Site: t.Site, Key: key, URL: address, Role: RoleList, Section: t.Section, Parent: r.pageOne(t), Depth: t.Depth,
		State: StateNew, Due: r.start, FirstSeen: v.Time,
	})
	return nil
}

// pageOne is the address of the list's page 1.
func (r *run) pageOne(t Target) string {
	if t.Role == RoleList && t.Parent != "" {
		return t.Parent
	}
	return t.URL
}

// keyOf is the identity of a row.
func (r *run) keyOf(it extract.Item) string {
	if it.Key != "" {
		return it.Key
	}
	return r.reader.Key(it.URL)
}

// maxVanished bounds how many articles a run looks at because their rows have vanished; the slow walk comes by the rest.
const maxVanished = 200

// missRows makes the articles due whose rows have vanished from a list.
func (r *run) missRows(ctx context.Context, keys []string, pl *plan, v *Visit) error {
	if len(keys) == 0 || r.cfg.Revisit == RevisitNone {
		return nil
	}
	known, err := r.store.Known(ctx, pl.target.Site, keys)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if known[key] && r.vanished < maxVanished {
			r.vanished++
			v.Again = append(v.Again, Target{Site: pl.target.Site, Key: key, Due: r.start})
		}
	}
	return nil
}

func withoutRole(targets []Target, role Role) []Target {
	var out []Target
	for _, t := range targets {
		if t.Role != role || t.URL == "" {
			out = append(out, t)
		}
	}
	return out
}

// nextProbe says which page to read next, if any; page is the one just read.
func (ls *list) nextProbe(page int) (int, bool) {
	if ls.total == 0 || ls.pages < 2 || ls.second == "" || !ls.order.whole() || ls.spent >= maxHunt || ls.total == ls.order.len() {
		ls.hunt = nil
		return 0, false
	}
	h := ls.hunt
	if h == nil {
		if page == 0 {
			return 0, false
		}
		h = &hunt{lo: page, hi: ls.pages + 1}
		ls.hunt = h
	}
	next := (h.lo + h.hi) / 2
	if h.hi-h.lo <= 1 {
		// It is the seam between two pages: read one right after the other.
		switch {
		case h.seam:
			ls.spent = maxHunt // not found: do not ask again in this run
			ls.hunt = nil
			return 0, false
		case ls.order.lastPage == h.lo && h.hi <= ls.pages:
			next, h.seam = h.hi, true
		case h.lo >= 2:
			next = h.lo
		case h.hi <= ls.pages:
			next, h.seam = h.hi, true
		default:
			ls.spent = maxHunt
			ls.hunt = nil
			return 0, false
		}
	}
	h.probe = next
	ls.spent++
	return next, true
}

// judge narrows the hunt down by a page that it asked for. found says that the
// page itself changed what is known.
func (h *hunt) judge(rd reading, page, rows int, ls *list, found bool) {
	full := rows
	if page == ls.pages {
		full = 0 // the last page is seldom full
	}
	if full > 0 && (ls.total+full-1)/full != ls.pages {
		ls.spent = maxHunt // not a list whose pages are cut evenly: ranks say nothing
		return
	}
	if full > 0 {
		h.size = full
	}
	switch {
	case found:
		h.lo, h.hi, h.seam = page, ls.pages+1, false
	case rd.rank < 0:
		ls.spent = maxHunt
	case h.size == 0: // the last page, and no full one was read yet: all before it may be amiss
		h.hi = page
	case (page-1)*h.size+rd.skip == rd.rank:
		h.lo = page
	default:
		h.hi = page
	}
}
