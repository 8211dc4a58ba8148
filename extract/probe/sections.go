package probe

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"campusnews/extract"
	"campusnews/extract/profile"
)

// A Section is a list that the site's navigation leads to.
type Section struct {
	Name  string // as the navigation says, made unique
	URL   string // page 1 of the list
	Rows  int    // on page 1
	Dated int    // of them, rows with a date
	Pages int    // as the pager says; 0 = not said
	Total int    // as the pager says; 0 = not said
	Sums  bool   // its items are those of its sub-columns together, which stand in the list as well

	items []extract.Item
	next  string
	page  *extract.Page // nil unless its system is another than the home page's
}

// A lead is a link that may lead to a section.
type lead struct {
	url, text string
	depth     int // links from the home page
	newsy     bool
}

// sections follows the navigation from the home page, at most two links deep,
// and gives the lists it finds, those of the home page's own navigation first
// and in its order.
func (s *site) sections(ctx context.Context, home extract.Result) ([]Section, error) {
	seen := map[string]bool{samePage(home.URL): true}
	var queue []lead
	push := func(r extract.Result, depth int) {
		// Without a known system navigation cannot be told from articles by
		// address; but links with a date lead to no section.
		if r.System == "" {
			dated := r.ItemLinks
			if r.Listing != nil {
				dated = slices.Concat(dated, r.Listing.Items)
			}
			for _, it := range dated {
				if it.Date != "" {
					seen[samePage(it.URL)] = true
				}
			}
		}
		for _, l := range r.Nav {
			clean, err := profile.FromURL(l.URL) // in the form a profile takes
			if err != nil {
				continue
			}
			l.URL = clean.Home
			key := samePage(l.URL)
			if seen[key] || strings.ContainsAny(key, "\"<>{} ") || strings.Contains(key, "%22") || pagerText.MatchString(l.Text) || !sameHost(l.URL, home.URL) {
				continue
			}
			if r.Listing != nil && samePage(r.Listing.Next) == key {
				continue
			}
			seen[key] = true
			queue = append(queue, lead{l.URL, l.Text, depth, newsText.MatchString(l.Text)})
		}
	}
	push(home, 1)
	type found struct {
		Section
		place int
	}
	var all []found
	lists := map[string]int{} // a list's identity → index in all
	for place := 0; len(queue) > 0 && s.budget > 0; place++ {
		next := bestLead(queue)
		l := queue[next]
		queue = slices.Delete(queue, next, next+1)
		r, ok, err := s.read(ctx, l.url, "")
		if err != nil {
			return nil, err
		}
		if ok && r.Kind == extract.KindRedirect && sameHost(r.Target, home.URL) && !seen[samePage(r.Target)] {
			// A column that leads on to its first sub-column.
			clean, err := profile.FromURL(r.Target)
			if err != nil {
				continue
			}
			l.url = clean.Home
			seen[samePage(l.url)] = true
			if r, ok, err = s.read(ctx, l.url, ""); err != nil {
				return nil, err
			}
		}
		if !ok || !sameHost(r.URL, home.URL) {
			continue
		}
		if l.depth == 1 {
			push(r, 2)
		}
		if r.Kind != extract.KindList || len(r.Listing.Items) == 0 {
			continue
		}
		sec := section(l, r)
		if r.System != home.System {
			page := s.last
			sec.page = &page
		}
		id := listID(r.Listing)
		if _, twin := lists[id]; twin {
			continue // a column that shows its first sub-column's list
		}
		lists[id] = len(all)
		all = append(all, found{sec, place})
		s.counts.Add(extract.KindList, &r)
	}
	order := map[string]int{} // the navigation's order, which the queue has changed
	for i, l := range home.Nav {
		if key := samePage(l.URL); order[key] == 0 {
			order[key] = i + 1
		}
	}
	rank := func(f found) int {
		if at := order[samePage(f.URL)]; at > 0 {
			return at
		}
		return len(home.Nav) + 1 + f.place
	}
	slices.SortStableFunc(all, func(a, b found) int { return rank(a) - rank(b) })
	out := make([]Section, len(all))
	for i, f := range all {
		out[i] = f.Section
	}
	markSums(out)
	uniqueNames(out)
	return out, nil
}

// under reports whether a's address lies below b's: /dqgz/djdt.htm below
// /dqgz.htm. It is how VSB and the index.htm family nest their columns.
func under(a, b string) bool {
	u, err := url.Parse(a)
	v, err2 := url.Parse(b)
	if err != nil || err2 != nil {
		return false
	}
	top := strings.TrimSuffix(v.Path, path.Ext(v.Path))
	top = strings.TrimSuffix(strings.TrimSuffix(top, "/index"), "/") + "/"
	return top != "/" && u.Path != v.Path && strings.HasPrefix(u.Path, top)
}

// markSums finds the columns that only repeat their sub-columns: they have as
// many items as those together, as the pagers say, and the newest of them
// stand on the first pages of those.
func markSums(sections []Section) {
	for i := range sections {
		parent := &sections[i]
		sum := 0
		below := map[string]bool{} // items on the first pages of sub-columns
		for j := range sections {
			if i == j || !under(sections[j].URL, parent.URL) {
				continue
			}
			for _, it := range sections[j].items {
				below[it.URL] = true
			}
			nested := false // in another sub-column, whose total counts it already
			for k := range sections {
				nested = nested || k != i && k != j && under(sections[k].URL, parent.URL) && under(sections[j].URL, sections[k].URL)
			}
			if !nested {
				sum += sections[j].Total
			}
		}
		parent.Sums = sum > 0 && sum == parent.Total && !slices.ContainsFunc(parent.items, func(it extract.Item) bool { return !below[it.URL] })
	}
}

// bestLead is the lead to follow next: the nearest to the home page, names of
// news columns first.
func bestLead(queue []lead) int {
	best := 0
	for i, l := range queue {
		b := queue[best]
		if l.depth < b.depth || l.depth == b.depth && l.newsy && !b.newsy {
			best = i
		}
	}
	return best
}

func section(l lead, r extract.Result) Section {
	sec := Section{Name: l.text, URL: l.url, Rows: len(r.Listing.Items), Pages: r.Listing.Pages, Total: r.Listing.Total, items: r.Listing.Items, next: r.Listing.Next}
	for _, it := range r.Listing.Items {
		if it.Date != "" {
			sec.Dated++
		}
	}
	sec.Name = squeeze(strings.Trim(squeeze(sec.Name), "·•>»|+-[]【】"))
	if sec.Name == "" || moreText.MatchString(sec.Name) || utf8.RuneCountInString(sec.Name) > 16 {
		sec.Name = squeeze(r.Listing.Section)
	}
	if sec.Name == "" || utf8.RuneCountInString(sec.Name) > 40 {
		sec.Name = slug(l.url)
	}
	return sec
}

// listID tells lists apart by what page 1 shows and how far the pager goes.
func listID(l *extract.Listing) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d", l.Pages, l.Total)
	for _, it := range l.Items {
		b.WriteString("\n" + it.URL)
	}
	return b.String()
}

// uniqueNames tells sections of one name apart: by the column they lie under,
// else by the last part of their address, else by number.
func uniqueNames(sections []Section) {
	original := make([]string, len(sections))
	count := map[string]int{}
	for i, s := range sections {
		original[i] = s.Name
		count[s.Name]++
	}
	taken := map[string]bool{}
	for i := range sections {
		name := original[i]
		if count[name] > 1 {
			name += " " + slug(sections[i].URL)
			for j := range sections {
				if j != i && original[j] != original[i] && under(sections[i].URL, sections[j].URL) {
					name = original[j] + " " + original[i]
				}
			}
		}
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s %d", original[i], n)
		}
		taken[name] = true
		sections[i].Name = name
	}
}

// slug is what an address calls a list: "xxyw" of /xxyw.htm, "24251" of
// /24251/list.htm; the host if it says nothing.
func slug(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	p := strings.TrimSuffix(u.Path, "/")
	name := strings.TrimSuffix(path.Base(p), path.Ext(p))
	if name == "list" || name == "index" || name == "main" {
		if dir := squeeze(path.Base(path.Dir(p))); dir != "" && dir != "/" && dir != "." {
			return dir
		}
	}
	if name = squeeze(name); name == "" || name == "." || name == "/" {
		return u.Host
	}
	return name
}

// squeeze makes runs of white space one blank, none at the ends.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func sameHost(a, b string) bool {
	u, err := url.Parse(a)
	v, err2 := url.Parse(b)
	return err == nil && err2 == nil && strings.EqualFold(u.Host, v.Host)
}
