package extract

import (
	"slices"
	"strings"

	"campusnews/extract/byline"
	"campusnews/extract/date"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// bylines reads who, whence and when: from fields of their own, from the meta
// line, and from where bylines stand in and under the body. What the meta line
// states of a role or the source is not added to by the others.
func (pg *page) bylines(a *Article, body []*html.Node, meta, metaRule string, h *head) {
	near := date.FromURL(pg.path)
	if v, r := pg.value(publishedRules, "published", h); v != "" {
		if m, ok := date.FindNear(v, near); ok {
			a.Published, a.Provenance["published"] = m.String(), r
		}
	}
	if v, r := pg.value(sourceRules, "source", h); v != "" {
		a.Source, a.Provenance["source"] = v, r
	}
	if v, r := pg.value(authorRules, "author", h); v != "" {
		l := byline.Parse("作者：" + v)
		a.Credits, a.Provenance["author"] = l.Credits, r
	}
	b := bylineReader{a: a}
	for line := range strings.SplitSeq(meta, "\n") {
		if strings.Contains(meta, "\n") && !metaText(line) {
			continue // a summary or a subtitle between the lines
		}
		l := byline.Parse(line)
		if l.Published == "" {
			if m, ok := date.FindNear(line, near); ok {
				l.Published = m.String()
			}
		}
		if a.Published == "" && l.Published != "" {
			a.Published, a.Provenance["published"] = l.Published, metaRule
		}
		if a.Section == "" && l.Section != "" {
			a.Section, a.Provenance["section"] = l.Section, metaRule
		}
		b.add(l, metaRule)
	}
	b.settle()
	if first, _, _ := strings.Cut(a.Body, "\n"); first != "" {
		if l, _, ok := byline.ParseLead(first); ok {
			b.add(l, "lead")
		}
	}
	for _, l := range linesAround(body) {
		aligned := rightAligned(l.node)
		if !strings.ContainsAny(l.text, ":：/（(【[") && (!aligned || strings.ContainsAny(l.text, "|｜")) {
			continue // 采访｜张三 at the end of what was pasted from WeChat is its colophon, and text
		}
		text := l.text
		if strings.HasSuffix(text, "】") || strings.HasSuffix(text, "]") || strings.HasSuffix(text, "页") {
			text = trailingControls.ReplaceAllString(text, "")
		}
		if parsed, ok := byline.ParseClosing(text, aligned); ok {
			b.add(parsed, "closing")
		}
	}
	b.settle()
	b.add(byline.Line{Credits: photographers(a.Images)}, "caption")
}

// trailingControls are buttons behind a byline: 【收藏本页】【打印】.
var trailingControls = lazily(`([\s【\[(（|]*(加入收藏|收藏|打印|关闭|返回|分享|推荐)(本页|本文|此页|窗口|顶部)?[\s】\])）|]*)+$`)

// A bylineReader gathers what several bylines of one article say.
type bylineReader struct {
	a     *Article
	roles []string // stated before, by a better place
}

// add takes the credits of roles not yet settled, and the source if none is known.
func (b *bylineReader) add(l byline.Line, rule string) {
	if b.a.Source == "" && l.Source != "" {
		b.a.Source, b.a.Provenance["source"] = l.Source, rule
	}
	for _, c := range l.Credits {
		if slices.Contains(b.roles, c.Role) || slices.Contains(b.a.Credits, c) {
			continue
		}
		b.a.Credits = append(b.a.Credits, c)
		if b.a.Provenance[c.Role] == "" {
			b.a.Provenance[c.Role] = rule
		}
	}
}

// settle closes the roles that have a name.
func (b *bylineReader) settle() {
	for _, c := range b.a.Credits {
		if !slices.Contains(b.roles, c.Role) {
			b.roles = append(b.roles, c.Role)
		}
	}
}

// closingLines is how many of the last lines of a body can hold bylines.
const closingLines = 4

// linesAround gives the last lines of the body in page order, and the lines
// that follow it in its container up to the links to other articles.
func linesAround(body []*html.Node) []line {
	last := body[len(body)-1]
	w := backward{most: closingLines}
	w.visit(last, 0)
	w.flush()
	slices.Reverse(w.lines)
	lines := w.lines
	for n := last.NextSibling; n != nil && len(lines) < 2*closingLines+4; n = n.NextSibling {
		if n.Type != html.ElementNode || unseen(n) {
			continue
		}
		text, ok := shortText(n, 400)
		if !ok || strings.Contains(text, "上一") || strings.Contains(text, "下一") {
			break
		}
		after := backward{most: closingLines}
		after.visit(n, 0)
		after.flush()
		slices.Reverse(after.lines)
		lines = append(lines, after.lines...)
	}
	return lines
}

// rightAligned says that a line stands at the right margin.
func rightAligned(n *html.Node) bool {
	for up := 0; n != nil && up < 2; n, up = n.Parent, up+1 {
		if strings.EqualFold(attr(n, "align"), "right") {
			return true
		}
		style := attr(n, "style")
		if i := strings.Index(style, "text-align"); i >= 0 {
			return strings.HasPrefix(strings.TrimLeft(style[i+len("text-align"):], ": "), "right")
		}
		if n.DataAtom == atom.Body {
			break
		}
	}
	return false
}
