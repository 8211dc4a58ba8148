package generic

import (
	"net/url"
	"sort"
	"strconv"
	"strings"
)

// parts finds the further pages of the article: links below the text that are
// called by numbers and lead to this page's address with that number, or the
// one below it, behind its name (3204.htm, 3204_1.htm called 2) or in its query
// (?page=2). It gives those after this page, in order, and which page this is.
func (p *Page) parts(f frame) (after []string, part int) {
	if p.base == nil {
		return nil, 1
	}
	stem, own, ext := numbered(p.base.Path)
	query := pageQuery(p.base)
	type further struct {
		number  int
		address string
	}
	var found []further
	for i := range p.links {
		l := &p.links[i]
		if l.b0 < f.text || l.b0 > f.to || l.t0 < 0 || l.t1-l.t0 > 8 {
			continue
		}
		text, err := strconv.Atoi(strings.Trim(string(p.text[l.t0:l.t1]), " []()（）【】第页"))
		if err != nil || text < 1 || text > 200 {
			continue
		}
		u, err := url.Parse(p.address(attr(p.elems[l.elem].node, "href")))
		if err != nil || u.Host != p.base.Host {
			continue
		}
		if number := pageQuery(u); number > 0 && u.Path == p.base.Path {
			if number == text && number > max(query, 1) {
				found = append(found, further{text, u.String()})
			}
			continue
		}
		s, number, e := numbered(u.Path)
		if number < 0 {
			s = strings.TrimSuffix(u.Path, e)
		}
		whole := strings.TrimSuffix(p.base.Path, ext)
		switch {
		case e != ext || number >= 0 && number != text && number != text-1:
		case s == whole && number > 0: // this is the first page
			found = append(found, further{text, u.String()})
		case own > 0 && s == stem && number < 0 && text == 1 && part == 0:
			if part = own; own == 1 {
				part = 2 // counted from one below
			}
		case s == stem && number > own && own > 0:
			found = append(found, further{text, u.String()})
			part = own + text - number
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].number < found[j].number })
	for i, g := range found {
		if i == 0 || found[i-1].number != g.number {
			after = append(after, g.address)
		}
	}
	if part == 0 {
		part = max(query, 1)
	}
	return after, part
}

// numbered takes the number off the end of a path: "/a/3204_1.htm" gives
// "/a/3204", 1 and ".htm"; -1 = there is none.
func numbered(path string) (stem string, number int, ext string) {
	slash := strings.LastIndexByte(path, '/')
	if dot := strings.LastIndexByte(path, '.'); dot > slash {
		path, ext = path[:dot], path[dot:]
	}
	i := strings.LastIndexAny(path, "_-")
	if i <= slash+1 || i+1 == len(path) || len(path)-i > 4 {
		return path, -1, ext
	}
	number, err := strconv.Atoi(path[i+1:])
	if err != nil || number < 0 {
		return path, -1, ext
	}
	return path[:i], number, ext
}

// pageQuery gives the number of the page in a query, 0 = none.
func pageQuery(u *url.URL) int {
	if u.RawQuery == "" || len(u.RawQuery) > 500 {
		return 0
	}
	q := u.Query()
	for _, key := range [...]string{"page", "p", "pageno", "pageNo", "PAGENUM", "pg"} {
		if n, err := strconv.Atoi(q.Get(key)); err == nil && n > 0 && n <= 200 {
			return n
		}
	}
	return 0
}
