package generic

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"campusnews/extract/date"
)

// A title is what the page calls the article, and where it shows it.
type title struct {
	text  string
	rule  string // where it comes from: "h1", "heading", "block", "og:title", …
	block int32  // the block that shows it, -1 = none
	last  int32  // the last block of it: titles may be broken into lines
}

// findTitle lets the names for machines (title, og:title, headline) and the
// headings of the page agree on a title. The shown one is taken: it carries no
// name of the site and is not cut.
func (p *Page) findTitle() {
	p.title = title{block: -1, last: -1}
	claims := p.claims()
	best, weak := 0.0, false
	for i := range p.blocks {
		b := &p.blocks[i]
		if b.size < 6 || b.size > 900 {
			continue
		}
		c := p.shown(int32(i))
		if c.size == 0 {
			continue
		}
		score, match := c.score(claims)
		if score > best {
			best, weak = score, match < 5
			p.title = title{text: c.text, rule: c.rule, block: c.first, last: c.last}
		}
	}
	if best >= 5 && !weak {
		return
	}
	found := p.title
	p.title = title{block: -1, last: -1}
	if b := p.overByline(); b >= 0 && p.head.ld.headline == "" && p.head.first("og:title", "articletitle", "pagetitle") == "" {
		c := p.shown(b)
		p.title = title{text: c.text, rule: "place", block: c.first, last: c.last}
		return
	}
	if best >= 5 {
		p.title = found
		return
	}
	if text, rule := p.named(); text != "" {
		p.title.text, p.title.rule = text, rule
	}
}

// overByline finds the line above the first byline that states a date: where
// neither head nor headings know the title, it stands there.
func (p *Page) overByline() int32 {
	for i := range p.blocks {
		b := int32(i)
		bl := &p.blocks[b]
		if bl.size > 420 || bl.linked*2 > bl.size || p.elems[bl.elem].in&(hintNav|hintFooter|hintSide|hintRelated) != 0 {
			continue
		}
		if m := p.marksOf(b); m&markMeta == 0 || m&(markFooter|markPager) != 0 {
			continue
		}
		if _, ok := date.Find(p.textOf(b)); !ok {
			continue
		}
		for j := b - 1; j >= 0 && j >= b-3; j-- {
			above := &p.blocks[j]
			if above.size >= 12 && above.size <= 300 && above.linked == 0 && p.marksOf(j)&^markEditor == 0 && !isDateLine(p.raw(j)) {
				return j
			}
		}
		return -1
	}
	return -1
}

// A claim is a name for the page that is meant for machines.
type claim struct {
	key    string
	weight float64
}

// claims gives them, folded for comparing.
func (p *Page) claims() []claim {
	var all []claim
	add := func(s string, weight float64) {
		if k := fold(s); len(k) >= 3 && len(k) < 1000 {
			all = append(all, claim{k, weight})
		}
	}
	add(p.head.title, 1)
	add(p.head.first("og:title", "twitter:title"), 1)
	add(p.head.first("articletitle", "pagetitle", "headline", "dc.title", "title"), 1)
	add(p.head.ld.headline, 1)
	return all
}

// A candidate is a part of the page that may show the title.
type candidate struct {
	text        string
	rule        string
	first, last int32
	heading     uint8
	own, in     hint
	size        int32
	linked      bool
	at          int32
	blocks      int32
}

// shown makes a candidate of block i; a heading of several lines is taken
// whole, at its first block.
func (p *Page) shown(i int32) candidate {
	b := &p.blocks[i]
	e := b.owner
	c := candidate{first: i, last: i, heading: b.heading, size: b.size, linked: b.linked*2 > b.size, at: i, blocks: int32(len(p.blocks))}
	c.own = p.elems[b.owner].own | p.elems[b.elem].own
	c.in = p.elems[b.elem].in
	c.rule = "block"
	if b.heading > 0 {
		c.rule = "heading"
		for n := 0; n < 20 && e > 0 && !isHeading(p.elems[e].tag); n++ {
			e = p.elems[e].parent
		}
		if isHeading(p.elems[e].tag) {
			c.own |= p.elems[e].own
			if p.elems[e].b0 != i || p.elems[e].b1-i > 6 {
				c.text = p.textOf(i)
				return c
			}
			c.last = p.elems[e].b1 - 1
			for c.last > i && (isDateLine(p.raw(c.last)) || p.marksOf(c.last) != 0) {
				c.last--
			}
			c.text = p.textOf(i)
			for j := i + 1; j <= c.last; j++ {
				c.text += " " + p.textOf(j)
			}
			if p.elems[e].tag == atom.H1 {
				c.rule = "h1"
			}
			for j := i + 1; j <= c.last; j++ {
				c.size += p.blocks[j].size
			}
			return c
		}
	}
	c.text = p.textOf(i)
	return c
}

func isHeading(t atom.Atom) bool {
	switch t {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

// score says how well the candidate stands as the title, 5 = enough, and how
// much of that is agreement with a claim: 8 = equal.
func (c *candidate) score(claims []claim) (score, match float64) {
	k := fold(c.text)
	if k == "" {
		return 0, 0
	}
	n := len(k)
	for _, cl := range claims {
		s := 0.0
		switch {
		case k == cl.key:
			s = 8
		case n >= 6 && strings.HasPrefix(cl.key, k):
			s = 4 + 3.5*min(1, float64(n)/float64(len(cl.key))*1.6)
		case strings.HasSuffix(cl.key, k) && n*5 < len(cl.key)*3:
			s = 1 // the name of the site or of the column
		case n >= 6 && strings.Contains(cl.key, k):
			s = 2 + 3.5*min(1, float64(n)/float64(len(cl.key))*1.4)
		case len(cl.key) >= 12 && strings.HasPrefix(k, cl.key):
			s = 3 + 4*float64(len(cl.key))/float64(n)
		case n >= 12 && near(k, cl.key):
			s = 5
		}
		match = max(match, s)
	}
	score = match
	switch c.heading {
	case 1:
		score += 3
	case 2:
		score += 2
	case 3:
		score += 1.5
	case 4, 5, 6:
		score += 0.5
	}
	if c.own&hintTitle != 0 {
		score += 1.5
	}
	if c.in&hintArticle != 0 {
		score += 0.5
	}
	if c.in&hintBody != 0 && c.own&hintTitle == 0 {
		score -= 2 // a text may begin by repeating its title
	}
	if c.in&bad != 0 {
		score -= 3
	}
	if c.linked {
		score -= 2
	}
	if match == 0 {
		// A heading that no claim supports: only a page whose <title> is the
		// name of the site has to live with one.
		score -= 1
	}
	return score - 0.5*float64(c.at)/float64(c.blocks+1), match
}

// near says that two names share a long beginning: they differ by a cut or a
// changed word.
func near(a, b string) bool {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n*10 >= len(a)*6 && n*10 >= len(b)*4
}

// fold keeps letters and digits, in lower case.
func fold(s string) string {
	var out []byte
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			switch {
			case c >= 'A' && c <= 'Z':
				out = append(out, c+'a'-'A')
			case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
				out = append(out, c)
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if r >= 0xff01 && r <= 0xff5e {
				r -= 0xfee0
				out = append(out, string(unicode.ToLower(r))...)
			} else {
				out = append(out, s[i:i+n]...)
			}
		}
		i += n
	}
	return string(out)
}

// subtitle gives the line right below the title that goes on with it: one that
// begins with a dash, or is named or set as a subtitle.
func (p *Page) subtitle(f frame) string {
	b := p.title.last + 1
	if p.title.block < 0 || b >= f.text || int(b) >= len(p.blocks) {
		return ""
	}
	bl := &p.blocks[b]
	if bl.size < 9 || bl.size > 300 || bl.linked > 0 || p.marks[b] != 0 || isDateLine(p.raw(b)) || p.elems[bl.elem].in&bad != 0 {
		return ""
	}
	s := p.textOf(b)
	dash := strings.TrimLeft(s, "—–―-－")
	if own := p.elems[bl.owner].own | p.elems[bl.elem].own; dash == s && own&hintLead == 0 && bl.heading == 0 {
		return ""
	}
	if _, ok := date.Find(s); ok || fold(s) == fold(p.title.text) {
		return ""
	}
	return strings.TrimSpace(dash)
}

// named takes the title from the head of the page, without the site's name.
func (p *Page) named() (text, rule string) {
	site := p.head.first("og:site_name", "sitename", "application-name")
	for _, name := range []string{"articletitle", "pagetitle", "headline"} {
		if v := p.head.names[name]; v != "" {
			return v, "meta[" + name + "]"
		}
	}
	if v := p.head.ld.headline; v != "" {
		return v, "json-ld"
	}
	if v := p.head.first("og:title", "twitter:title"); v != "" {
		return unsuffixed(v, site), "og:title"
	}
	return unsuffixed(p.head.title, site), "title"
}

// unsuffixed takes the name of the site off the end of a title. With no name
// known, the last parts go as long as what stays is the longer one. More than longestTitle is no title, but a page whose title has no end.
func unsuffixed(s, site string) string {
	for len(s) <= longestTitle {
		i, n := lastBar(s)
		if i <= 0 {
			return s
		}
		rest, tail := strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+n:])
		if site != "" && fold(tail) == fold(site) || len(rest) >= len(tail) {
			s = rest
			continue
		}
		return s
	}
	return s
}

// longestTitle is in bytes. Each part of a title is looked for in all of it: 65,536 of them took minutes.
const longestTitle = 2000

// lastBar finds the last thing that separates the parts of a title.
func lastBar(s string) (at, n int) {
	at = -1
	for _, bar := range []string{"_", "|", "｜", " - ", " – ", " — ", "--", "-", "–", "——", " · ", " » ", "«", " :: "} {
		if i := strings.LastIndex(s, bar); i > at {
			at, n = i, len(bar)
		}
	}
	return at, n
}
