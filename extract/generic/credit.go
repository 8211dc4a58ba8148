package generic

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"campusnews/extract/byline"
	"campusnews/extract/date"
)

// credit reads who wrote the article and where it comes from: in the lines
// around the title, in the lines that close the text, and, where no line names
// an author, in what the page says for machines.
func (p *Page) credit(a *Article, w *place) {
	f, k := w.frame, w.cut
	have := map[byline.Credit]bool{}
	add := func(l byline.Line, rule string) {
		if a.Source == "" && l.Source != "" {
			a.Source, a.SourceRule = l.Source, rule
		}
		for _, c := range l.Credits {
			if !have[c] {
				have[c] = true
				a.Credits = append(a.Credits, c)
			}
		}
	}
	for b := max(f.from, f.title-2); b < f.text; b++ {
		if b == p.title.block || b != w.dated && !p.aboutArticle(b) {
			continue
		}
		l := byline.Parse(p.line(b))
		if l.Source == "" && len(l.Credits) == 0 && l.Published != "" && b > p.title.last {
			unlabelled(&l, p.line(b))
		}
		add(l, "line")
	}
	for b, n := f.text, 0; b < f.end && n < 3; b++ {
		if k != nil && k.gone(b) || p.blocks[b].size < 12 {
			continue
		}
		n++
		if l, ok := p.leadIn(b, n == 1); ok {
			add(l, "lead")
			break
		}
	}
	for b := max(f.text+1, f.end-3); b < f.end; b++ {
		if k != nil && k.gone(b) || p.blocks[b].size > 600 {
			continue
		}
		s := p.textOf(b)
		l, ok := byline.ParseClosing(s, false)
		if bracket := lastBracket(s); !ok && b == f.end-1 && bracket != "" {
			l, ok = byline.ParseClosing(bracket, true)
		}
		if ok {
			add(l, "closing")
		}
	}
	for b := f.end; b < f.to; b++ {
		if p.marks[b]&(markFooter|markRelated) != 0 {
			break
		}
		if p.marks[b]&(markMeta|markEditor) != 0 && p.blocks[b].size < 240 {
			if l, ok := byline.ParseClosing(p.textOf(b), true); ok {
				add(l, "closing")
			}
		}
	}
	p.creditHead(a)
}

// leadIn reads the byline with which paragraph b opens: of the agency's form, a
// bracket of reporters, or, in the first one, a line of its own.
func (p *Page) leadIn(b int32, first bool) (byline.Line, bool) {
	s := p.textOf(b)
	if l, _, ok := byline.ParseLead(s); ok {
		return l, true
	}
	if p.blocks[b].size < 150 && first {
		if l, ok := byline.ParseClosing(s, false); ok && l.Source == "" {
			return l, true
		}
	}
	for _, open := range [...]string{"（记者", "(记者", "（通讯员", "(通讯员"} {
		i := strings.Index(s, open)
		if i < 0 || i > 90 {
			continue
		}
		if end := strings.IndexAny(s[i:], "）)"); end > 0 && end < 200 {
			return byline.ParseClosing(s[i:i+end]+"）", true)
		}
	}
	return byline.Line{}, false
}

// lastBracket gives the bracket that ends a paragraph, "" for none: reporters
// sign in it.
func lastBracket(s string) string {
	if !strings.HasSuffix(s, "）") && !strings.HasSuffix(s, ")") {
		return ""
	}
	i := strings.LastIndexAny(s, "（(")
	if i <= 0 || len(s)-i > 90 || hanIn(s[i:]) < 2 {
		return ""
	}
	return s[i:]
}

// line gives the text of a byline. Parts in elements of their own are set
// apart, for templates leave out the blanks that the layout makes, and what
// asks the reader to do something is left out.
func (p *Page) line(b int32) string {
	bl := &p.blocks[b]
	if bl.first == bl.last {
		return p.textOf(b)
	}
	var s strings.Builder
	for n := bl.first; n != nil && s.Len() < 4000; n = next(n) {
		if n.Type == html.TextNode && n.Parent != nil && n.Parent.DataAtom != atom.Script && n.Parent.DataAtom != atom.Style {
			if t := squeeze(n.Data); t != "" && !action[t] {
				s.WriteString(t)
				s.WriteByte(' ')
			}
		}
		if n == bl.last {
			break
		}
	}
	return strings.TrimSpace(s.String())
}

// action holds what readers are asked to do beside a byline.
var action = map[string]bool{
	"举报": true, "评论": true, "分享": true, "收藏": true, "关注": true, "订阅": true, "跟贴": true, "打印": true, "纠错": true, "点赞": true,
	"大": true, "中": true, "小": true, "字号": true, "我要评论": true, "参与": true, "操作": true, "条评论": true, "Share": true, "Comments": true, "Follow": true,
}

// unlabelled reads what stands beside the date of a line without any label:
// several short words are names, one word is the source.
func unlabelled(l *byline.Line, line string) {
	m, ok := date.Find(line)
	if !ok || len(l.Placeholders) > 0 || strings.ContainsAny(line[:m.Start]+line[m.End:], "：:。？！，“”") {
		return
	}
	var words []string
	for _, w := range strings.FieldsFunc(line[:m.Start]+" "+line[m.End:], func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("·|｜/、", r) }) {
		if hanIn(w) >= 2 && !action[w] {
			words = append(words, w)
		}
	}
	people, short := len(words) > 1, false
	for _, w := range words {
		n := utf8.RuneCountInString(w)
		people = people && n == hanIn(w) && n <= 4
		short = short || n <= 3
	}
	switch {
	case people && short && len(words) <= 5:
		for _, w := range words {
			l.Credits = append(l.Credits, byline.Credit{Role: byline.Author, Name: w})
		}
	case len(words) > 0 && len(words) <= 3 && utf8.RuneCountInString(words[0]) >= 4:
		l.Source = words[0]
	}
}

// hanIn counts the Han characters of a word.
func hanIn(w string) int {
	n := 0
	for _, r := range w {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

// aboutArticle says that a line near the title is a byline.
func (p *Page) aboutArticle(b int32) bool {
	bl := &p.blocks[b]
	if bl.size > 500 || p.marks[b]&(markPlace|markFooter|markPager) != 0 && p.marks[b]&markMeta == 0 {
		return false
	}
	in := p.elems[bl.elem].in
	if in&(hintNav|hintSide|hintRelated|hintComment) != 0 {
		return false
	}
	return p.marks[b]&(markMeta|markEditor) != 0 || b > p.title.last && (in&hintMeta != 0 || isDateLine(p.raw(b)))
}

// creditHead takes authors and source from meta elements and JSON-LD. The
// medium is often named as the author, too; that is one fact, not two.
func (p *Page) creditHead(a *Article) {
	if a.Source == "" {
		if v := p.head.first("contentsource", "source", "mediaid"); v != "" && !strings.Contains(v, "://") {
			a.Source, a.SourceRule = v, "meta"
		}
	}
	for _, c := range a.Credits {
		if c.Role == byline.Author {
			return
		}
	}
	for _, n := range p.authors() {
		n = strings.TrimSpace(n)
		if n != "" && utf8.RuneCountInString(n) <= 60 && n != a.Source && !p.siteName(n) {
			a.Credits = append(a.Credits, byline.Credit{Role: byline.Author, Name: n})
		}
	}
}

// authors gives the authors stated for machines.
func (p *Page) authors() []string {
	if names := p.head.ld.authors; len(names) > 0 {
		return names
	}
	v := p.head.first("author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator", "byl", "article:author", "author.name")
	if strings.Contains(v, "://") {
		return nil
	}
	v = strings.TrimPrefix(strings.TrimPrefix(v, "By "), "by ")
	return strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(",;，、；|", r) })
}

// siteName says that a name is the site's, or an address: templates put it
// where the author belongs.
func (p *Page) siteName(n string) bool {
	k := fold(n)
	if i, w := lastBar(p.head.title); i > 0 && strings.Contains(fold(p.head.title[i+w:]), k) {
		return true
	}
	site := fold(p.head.first("og:site_name", "sitename", "application-name"))
	if k == "" || k == site || k == "admin" || strings.Contains(n, "@") || strings.Contains(strings.ToLower(n), "www.") {
		return true
	}
	return p.base != nil && strings.Contains(strings.ReplaceAll(p.base.Host, ".", ""), k) && len(k) >= 4
}
