package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"campusnews/extract"
	"campusnews/extract/charset"
	"campusnews/extract/drift"
	"campusnews/extract/profile"

	"golang.org/x/net/html"
)

// ErrHome is wrapped by Probe's error when the home page cannot be read; the
// message says why.
var ErrHome = errors.New("the home page cannot be read")

// Options bound what Probe and Check fetch. Zero fields mean the defaults.
type Options struct {
	Pages    int // most pages fetched in all; 0 = 120
	Articles int // most articles sampled; 0 = 12
}

// A Report is what Probe found.
type Report struct {
	Profile  *profile.Profile
	Sections []Section      // all lists found, in the navigation's order; the profile has those with dates that do not repeat others
	Systems  map[string]int // pages by recognised system; "" = none
	Counts   drift.Counts   // of the lists and of the sampled articles
	Fetched  int            // pages asked for
	Failures []Failure
}

// Probe reads the home page and the pages its navigation leads to, samples
// articles, and drafts a profile. The error wraps ErrHome, or is ctx.Err().
func Probe(ctx context.Context, fetch Fetch, home string, o Options) (*Report, error) {
	o.Pages, o.Articles = cmp.Or(o.Pages, 120), cmp.Or(o.Articles, 12)
	p, err := profile.FromURL(home)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHome, err)
	}
	s := &site{fetch: fetch, extractor: extract.New(), budget: o.Pages, systems: map[string]int{}}
	title := ""
	s.visit = func(page extract.Page, _ *extract.Result) { title = pageTitle(page) }
	r, err := s.home(ctx, p.Home)
	if err != nil {
		return nil, err
	}
	s.visit = nil
	if p, err = profile.FromURL(r.URL); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHome, err)
	}
	reserve := min(o.Articles+secondPages, s.budget/2)
	s.budget -= reserve
	sections, err := s.sections(ctx, r)
	if err != nil {
		return nil, err
	}
	s.budget += reserve
	samples := sections
	if len(samples) == 0 {
		samples = []Section{homeSection(r)}
	}
	if err := s.sample(ctx, samples, o.Articles); err != nil {
		return nil, err
	}
	p.ID, p.Title = SuggestID(p.Hosts[0]), title
	p.System = s.system()
	sections = agreeing(sections, p.System)
	for _, sec := range sections {
		if !sec.Sums && 2*sec.Dated >= sec.Rows {
			p.Sections = append(p.Sections, profile.Section{Name: sec.Name, URL: sec.URL})
		}
	}
	p.Evidence = []profile.Evidence{{Kind: profile.EvidencePages, Note: fmt.Sprintf("%d pages probed", s.fetched)}}
	return &Report{Profile: p, Sections: sections, Systems: s.systems, Counts: s.counts, Fetched: s.fetched, Failures: s.failures}, nil
}

// home reads the home page, through at most five redirects in the page.
func (s *site) home(ctx context.Context, address string) (extract.Result, error) {
	for range 5 {
		r, ok, err := s.read(ctx, address, "")
		if err != nil {
			return r, err
		}
		if !ok {
			return r, fmt.Errorf("%w: %s", ErrHome, s.failures[len(s.failures)-1].Reason)
		}
		if r.Kind != extract.KindRedirect {
			return r, nil
		}
		if r.Target == "" || samePage(r.Target) == samePage(address) {
			return r, fmt.Errorf("%w: it leads elsewhere, and the page does not say where", ErrHome)
		}
		address = r.Target
	}
	return extract.Result{}, fmt.Errorf("%w: too many redirects", ErrHome)
}

// homeSection treats the articles that the home page names as a section, for
// sites whose navigation shows no list.
func homeSection(r extract.Result) Section {
	items := r.ItemLinks
	if r.Listing != nil {
		items = r.Listing.Items
	}
	return Section{items: items}
}

// secondPages is of how many lists the second page is read, to see that
// paging works.
const secondPages = 3

// sample reads n articles, from all sections in turn, and the second page of
// the first lists that have one.
func (s *site) sample(ctx context.Context, sections []Section, n int) error {
	pages := 0
	for _, sec := range sections {
		if sec.next == "" || pages == secondPages {
			continue
		}
		pages++
		if _, _, err := s.read(ctx, sec.next, extract.KindList); err != nil {
			return err
		}
	}
	seen := map[string]bool{}
	for row := 0; n > 0 && s.budget > 0; row++ {
		any := false
		for _, sec := range sections {
			if row >= len(sec.items) || n == 0 {
				continue
			}
			any = true
			// From the top, the bottom, and inwards: old templates stand below.
			it := sec.items[row/2]
			if row%2 == 1 {
				it = sec.items[len(sec.items)-1-row/2]
			}
			if it.Outside || seen[samePage(it.URL)] {
				continue
			}
			seen[samePage(it.URL)] = true
			_, ok, err := s.read(ctx, it.URL, extract.KindArticle)
			if err != nil {
				return err
			}
			if ok { // others are tried instead, as far as the budget goes
				n--
			}
		}
		if !any {
			break
		}
	}
	return nil
}

// agreeing leaves out the lists that are none once all pages are read as ones
// of the system that the profile is to name.
func agreeing(sections []Section, system string) []Section {
	if system == "" {
		return sections
	}
	forced := extract.New(extract.WithSystem(system))
	return slices.DeleteFunc(sections, func(s Section) bool {
		if s.page == nil {
			return false
		}
		r := forced.Extract(*s.page)
		return r.Listing == nil || len(r.Listing.Items) == 0
	})
}

// system is the publishing system of most of the pages, "" if most have none.
func (s *site) system() string {
	best, all := "", 0
	for name, n := range s.systems {
		all += n
		if name != "" && (n > s.systems[best] || best == "" || n == s.systems[best] && name < best) {
			best = name
		}
	}
	if 2*s.systems[best] <= all {
		return ""
	}
	return best
}

// pageTitle is the text of the page's <title>, at most 80 characters.
func pageTitle(p extract.Page) string {
	text, _ := charset.Decode(p.Body, p.ContentType)
	z := html.NewTokenizer(strings.NewReader(string(text[:min(len(text), 64<<10)])))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) != "title" || z.Next() != html.TextToken {
				continue
			}
			title := strings.Join(strings.Fields(string(z.Text())), " ")
			if !utf8.ValidString(title) {
				return ""
			}
			if r := []rune(title); len(r) > 80 {
				title = string(r[:80])
			}
			return title
		}
	}
}

// SuggestID makes a short id of a host: csu of news.csu.edu.cn, nuc-cst of
// cst.nuc.edu.cn, the host itself where it is no Chinese campus site. An id
// that a built-in profile of another host has gets the host's first label.
func SuggestID(host string) string {
	p, err := profile.FromURL("http://" + host + "/")
	if err != nil {
		return ""
	}
	id := p.ID
	if school, ok := strings.CutSuffix(strings.ToLower(host), ".edu.cn"); ok && !strings.Contains(school, ":") {
		labels := strings.Split(school, ".")
		id = labels[len(labels)-1]
		for i := len(labels) - 2; i >= 0; i-- {
			switch l := labels[i]; l {
			case "www", "news", "xinwen", "xww", "xwzx", "xw":
			default:
				id += "-" + l
			}
		}
		if b, ok := profile.Builtin(id); ok && !b.HasHost(host) {
			id += "-" + labels[0]
		}
	}
	return id
}
