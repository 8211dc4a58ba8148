package generic

import (
	"bytes"
	"strings"

	"golang.org/x/net/html/atom"

	"campusnews/extract/date"
)

// publishedNames are the meta elements that state when an article was published,
// best first. Names that may mean the last change are not among them.
var publishedNames = []string{
	"article:published_time", "article:published", "og:published_time", "datepublished", "pubdate", "publishdate", "publish_date", "publish-date",
	"publication_date", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date.created", "date.release", "og:release_date",
	"weibo:article:create_at", "weibo: article:create_at", "cxenseparse:recs:publishtime", "article.published", "published_time", "article_date_original",
	"originalpublicationdate", "displaydate", "firstpublishedtime", "apub:time", "bt:pubdate", "date", "dc.date", "dcterms.date",
}

// frame is where the lines about the article stand: around its title and
// between the title and the text, and below the text.
type frame struct {
	from, title, text int32 // blocks [from, text), the title at title
	end, to           int32 // blocks [end, to)
}

// frameOf gives the frame around what is left of container c.
func (p *Page) frameOf(c int32, k *cut) frame {
	n := int32(len(p.blocks))
	f := frame{text: n, end: n, to: n}
	if c > 0 {
		f.text, f.end = p.elems[c].b0, p.elems[c].b1
		for f.text < f.end && k.gone(f.text) {
			f.text++
		}
		for f.end > f.text && k.gone(f.end-1) {
			f.end--
		}
		if f.text == f.end && p.title.last >= 0 {
			// Nothing is left: what follows the title is all there is.
			f.text = max(p.elems[c].b0, p.title.last+1)
			for f.text < p.elems[c].b1 && f.text < p.title.last+8 {
				f.text++
			}
			f.end = f.text
		}
		f.to = min(n, f.end+10)
	}
	f.title = p.title.block
	switch {
	case f.title < 0:
		f.from = max(0, f.text-12)
		f.title = f.from
	case f.title > f.text:
		f.from, f.title = max(0, f.text-12), max(0, f.text-12)
	default:
		f.from = max(0, f.title-4)
	}
	// Without a body nothing ends the frame; far from the title stands no byline.
	f.text = min(f.text, max(f.from, p.title.last)+60)
	return f
}

// published finds when the article was published: in the lines around it, or
// in what the page says for machines. Dates in the text are never taken.
func (p *Page) published(w *place) (when, rule string) {
	line, at := w.line, w.dated
	meta, name := p.dateMeta()
	switch {
	case at >= 0 && !meta.IsZero() && meta.DayString() == line.DayString() && meta.HasTime && !line.HasTime:
		return meta.String(), name
	case at >= 0:
		return line.String(), "line"
	case !meta.IsZero():
		return meta.String(), name
	}
	if d := p.dateElement(w.frame); !d.IsZero() {
		return d.String(), "time"
	}
	return "", ""
}

// dateMeta gives the date stated for machines.
func (p *Page) dateMeta() (date.Date, string) {
	if d, ok := date.Parse(p.head.ld.published); ok {
		return d, "json-ld"
	}
	for _, name := range publishedNames {
		v := p.head.names[name]
		if v == "" {
			continue
		}
		if d, ok := date.Parse(v); ok {
			return d, "meta[" + name + "]"
		}
	}
	return date.Date{}, ""
}

// dateElement gives the first time element in the frame.
func (p *Page) dateElement(f frame) date.Date {
	for i := range p.elems {
		e := &p.elems[i]
		if e.tag != atom.Time || e.b0 < f.from || e.b0 > f.text || e.in&bad&^hintFooter != 0 {
			continue
		}
		if d, ok := date.Parse(attr(e.node, "datetime")); ok {
			return d
		}
	}
	return date.Date{}
}

// dateLine finds the best line with a date in the frame.
func (p *Page) dateLine(f frame) (best date.Date, at int32) {
	at = -1
	top := 2
	near := date.Hint{}
	if p.base != nil {
		near = date.FromURL(p.base.String())
	}
	look := func(b int32, place int) {
		bl := &p.blocks[b]
		if bl.size > 420 || bl.size < 6 || bl.start == bl.end {
			return
		}
		raw := p.raw(b)
		if !bytes.ContainsAny(raw, "0123456789０１２３４５６７８９") {
			return
		}
		s := string(raw)
		m, ok := date.Find(s)
		if !ok && bl.size < 40 {
			m, ok = date.FindNear(s, near)
		}
		if !ok {
			return
		}
		score := place + p.ownDate(b, s, m)
		if score > top {
			top, best, at = score, m.Date, b
		}
	}
	for b := f.from; b < f.text; b++ {
		switch {
		case b < p.title.block:
			look(b, 0)
		default:
			look(b, 2)
		}
	}
	if f.text < f.end && p.marks[f.text]&markMeta != 0 && p.blocks[f.text].stops == 0 {
		look(f.text, 0)
	}
	for b := f.end; b < f.to; b++ {
		if p.marks[b]&markMeta != 0 {
			look(b, -1)
		}
	}
	return best, at
}

// ownDate says how likely the date at m in line s of block b is the article's own.
func (p *Page) ownDate(b int32, s string, m date.Match) int {
	bl := &p.blocks[b]
	in := p.elems[bl.elem].in
	score := 0
	if p.marks[b]&markEvent != 0 {
		score -= 6
	}
	before := strings.ToLower(s[:m.Start])
	if i := len(before) - 40; i > 0 {
		before = before[i:]
	}
	rest := len(s) - (m.End - m.Start)
	switch {
	case rest <= 30:
		score += 3
	case p.marks[b]&markMeta != 0:
		score += 2
	case bl.stops > 0 && bl.size > 90:
		score -= 3
	case bl.size < 200:
		score++
	}
	for _, label := range [...]string{"发布", "发表", "发稿", "时间", "日期", "published", "posted", "创建"} {
		if strings.Contains(before, label) {
			score += 2
			break
		}
	}
	for _, label := range [...]string{"更新", "修改", "updated", "modified", "截止", "今天是", "现在是", "版权", "copyright", "©"} {
		if strings.Contains(before, label) {
			score -= 4
			break
		}
	}
	if in&hintMeta != 0 {
		score += 2
	}
	if in&bad&^(hintHidden|hintFooter|hintShare) != 0 {
		score -= 2
	}
	if bl.linked*2 > bl.size {
		score -= 2
	}
	if m.HasTime {
		score++
	}
	return score
}
