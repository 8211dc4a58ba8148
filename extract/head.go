package extract

import (
	"strings"
	"unicode/utf8"

	"campusnews/extract/date"
	"campusnews/extract/render"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A head is what stands before the body: the lines, nearest first, and which of
// them is the title.
type head struct {
	lines   []line
	title   int    // index in lines of the title, -1 = none found
	titled  bool   // the title line is what <title> begins with; else it is the nearest heading
	heading int    // index of the nearest heading, -1 = none
	text    string // of the title line, without what follows the title in it
	rest    string // what follows the title in its line
}

// lookBefore reads the lines before the body. documentTitle is the squeezed
// <title>; the line that says what it begins with is the article's title.
func lookBefore(body *html.Node, documentTitle string) head {
	full := bare(documentTitle)
	h := head{title: -1, heading: -1, lines: linesBefore(body, func(s string) bool {
		_, _, ok := titled(s, full)
		return ok
	})}
	for i := range h.lines {
		l := &h.lines[i]
		if h.heading < 0 && headingLine(l) {
			h.heading = i
		}
		if h.title >= 0 || l.linked || full == "" {
			continue
		}
		if text, rest, ok := titled(l.text, full); ok {
			h.title, h.text, h.rest, h.titled = i, text, rest, true
		}
	}
	// <title> may be no more than the site's name, which a banner repeats: then the
	// heading that the meta line follows is the title.
	if h.titled && h.heading >= 0 && h.heading < h.title && len(bare(h.text)) == len(full) && !h.followed(h.title) && (h.followed(h.heading) || h.heading == 0) {
		h.title = -1
	}
	if h.title < 0 {
		h.titled = false
		if above := h.aboveMeta(); h.heading < 0 || above >= 0 && h.heading > above+2 {
			h.heading = above // what is marked as a heading stands far off, or nothing is
		}
		if h.heading >= 0 {
			h.title = h.heading
			h.text, h.rest = cutDate(h.lines[h.heading].text)
		}
	}
	return h
}

// aboveMeta gives the index of the line above the meta line, if both are near
// the body and the line can be a title; -1: there is none.
func (h *head) aboveMeta() int {
	for i := 0; i < min(len(h.lines), 8); i++ {
		l := &h.lines[i]
		if l.linked || !metaText(l.text) {
			continue
		}
		for j := i + 1; j < min(len(h.lines), i+3); j++ {
			if above := &h.lines[j]; !above.linked && len(above.text) >= 6 && len(above.text) <= 360 && !metaText(above.text) && !isTrail(above.text) {
				return j
			}
		}
		break
	}
	return -1
}

// isTrail says that a line is a breadcrumb.
func isTrail(s string) bool {
	if !strings.Contains(s, "页") && !strings.Contains(s, "位置") && !strings.Contains(s, "在") {
		return false
	}
	first, _, more := strings.Cut(strings.ReplaceAll(s, "»", ">"), ">")
	return more && frame[strings.TrimSpace(first)] || breadcrumb.MatchString(s)
}

// followed says that the line after line i, towards the body, is a meta line.
func (h *head) followed(i int) bool {
	for j := i - 1; j >= 0 && j >= i-2; j-- {
		if metaText(h.lines[j].text) {
			return true
		}
	}
	return false
}

// bare drops white space.
func bare(s string) string {
	if strings.IndexByte(s, ' ') < 0 {
		return s
	}
	return strings.ReplaceAll(s, " ", "")
}

// separators stand between the title and the names of site and section in <title>.
const separators = "-_|–—·｜:：>»~,，（(【["

// titled says that the line is what full, the <title> without blanks, begins
// with. A date behind the title, on the same line, is cut off.
func titled(text, full string) (title, rest string, ok bool) {
	if len(text) > 600 {
		return "", "", false
	}
	if b := bare(text); begins(full, b) {
		return text, "", true
	}
	if title, rest = cutDate(text); rest != "" && begins(full, bare(title)) {
		return title, rest, true
	}
	return "", "", false
}

// begins says that full begins with b, and that b ends where a title can end;
// or that it ends with b behind a separator.
func begins(full, b string) bool {
	if len(b) < 4 {
		return false
	}
	if !strings.HasPrefix(full, b) {
		before, ok := strings.CutSuffix(full, b) // site-title
		if !ok || utf8.RuneCountInString(b) < 6 {
			return false
		}
		r, _ := utf8.DecodeLastRuneInString(before)
		return strings.ContainsRune(separators, r)
	}
	if len(full) == len(b) || utf8.RuneCountInString(b) >= 6 {
		return true
	}
	r, _ := utf8.DecodeRuneInString(full[len(b):])
	return strings.ContainsRune(separators, r)
}

// cutDate cuts a date off the end of a line, with the brackets around it.
func cutDate(s string) (before, rest string) {
	m, ok := date.Find(s)
	if !ok || m.Start == 0 || strings.Trim(s[m.End:], " ]】)）日") != "" {
		return s, ""
	}
	before = strings.TrimRight(s[:m.Start], " [【(（")
	for _, label := range [...]string{"发布时间：", "发布时间:", "时间：", "时间:", "日期：", "日期:"} {
		before = strings.TrimSpace(strings.TrimSuffix(before, label))
	}
	if before == "" {
		return s, ""
	}
	return before, s[len(before):]
}

// titleClass says that a class is one that templates give a title: with "title"
// anywhere, or a word like tit, bt (标题) or subject.
func titleClass(class string) bool {
	if class == "" || len(class) > 200 {
		return false
	}
	lower := strings.ToLower(class)
	if strings.Contains(lower, "title") {
		return true
	}
	for word := range strings.FieldsFuncSeq(lower, func(r rune) bool { return r == ' ' || r == '-' || r == '_' || r >= '0' && r <= '9' }) {
		switch word {
		case "tit", "bt", "biaoti", "subject", "headline":
			return true
		}
	}
	return false
}

// headingLine says that the line is marked as a heading.
func headingLine(l *line) bool {
	if l.linked || len(l.text) < 4 || len(l.text) > 400 || isTrail(l.text) {
		return false
	}
	for n, up := l.node, 0; n != nil && up < 2; n, up = n.Parent, up+1 {
		switch n.DataAtom {
		case atom.H1, atom.H2, atom.H3:
			return !metaText(l.text)
		case atom.Body, atom.Form:
			return false
		}
		if class := attr(n, "class"); titleClass(class) {
			return !metaText(l.text)
		}
	}
	return false
}

var metaLabel = lazily(`(来源|出处|作者|编辑|责编|审核|审稿|校对|摄影|供稿|撰稿|撰文|文字|通讯员|记者|录入|发布|发表|更新|时间|日期|浏览|点击|阅读|访问)[^：:\p{Han}]{0,6}[：:]|(发布|更新|发表)(时间|日期|于)|(浏览|点击|阅读|访问)(次数|量|数|率|人次|\s*[：:\d(（\[])`)

// metaText says that a line reads like the one with source, authors and date.
func metaText(s string) bool {
	if len(s) > 1200 {
		return false
	}
	if (strings.ContainsAny(s, ":：") || strings.ContainsAny(s, "发更浏点阅访")) && metaLabel.MatchString(s) {
		return true
	}
	if !strings.ContainsAny(s, "0123456789") {
		return false
	}
	m, ok := date.Find(s)
	return ok && len(s)-(m.End-m.Start) < 90
}

// between gives the lines between title and body, if one of them reads like a
// meta line: what follows the title in its own line first.
func (h *head) between() string {
	if h.title < 0 {
		return ""
	}
	var parts []string
	if h.rest != "" {
		parts = append(parts, h.rest)
	}
	found := h.rest != ""
	for i := h.title - 1; i >= 0; i-- {
		l := &h.lines[i]
		if len(l.text) > 1200 || l.linked {
			continue
		}
		if metaText(l.text) {
			found = true
		}
		parts = append(parts, l.text)
	}
	if !found {
		return ""
	}
	return strings.Join(parts, "\n")
}

// nearest gives the line nearest to the body that reads like a meta line.
func (h *head) nearest() string {
	for i := range h.lines {
		if i > 12 {
			break
		}
		if !h.lines[i].linked && metaText(h.lines[i].text) {
			return h.lines[i].text
		}
	}
	return ""
}

// documentTitle is <title> without the names of section and site behind it.
func documentTitle(title string) string {
	for _, sep := range [...]string{"_", " - ", " | ", " – ", " — ", "-", "|", "–", "—"} {
		if i := strings.Index(title, sep); i > 0 {
			return strings.TrimSpace(title[:i])
		}
	}
	return title
}

var breadcrumb = lazily(`(当前|现在|所在|您|你)(的)?(所在)?(的)?位置|^位置[：:]|您(现在)?(正)?在[：:]?`)

// section gives the innermost column that the breadcrumb among the lines before
// the body names: 当前位置：首页 > 新闻中心 > 学院新闻 > 正文, or 首页 > 新闻中心.
func (h *head) section() string {
	for i := range h.lines {
		l := &h.lines[i]
		if len(l.text) > 600 || !strings.Contains(l.text, "页") && !strings.Contains(l.text, "位置") && !strings.Contains(l.text, "在") {
			continue
		}
		steps := strings.FieldsFunc(l.text, func(r rune) bool { return strings.ContainsRune(">»›→＞/|", r) })
		if !(len(steps) > 1 && frame[strings.TrimSpace(steps[0])]) && !breadcrumb.MatchString(l.text) {
			continue
		}
		for j := len(steps) - 1; j > 0; j-- {
			s := strings.TrimSpace(steps[j])
			if !frame[s] && len(s) < 90 && (h.title < 0 || s != h.text) {
				return s
			}
		}
		if len(steps) > 1 {
			return ""
		}
		if s := lastLink(l.node); s != "" {
			return s
		}
	}
	return ""
}

// frame are steps of a breadcrumb that name no column.
var frame = map[string]bool{"": true, "正文": true, "首页": true, "网站首页": true, "学校首页": true, "本站首页": true, "主页": true, "文章": true, "内容": true, "详细内容": true, "文章正文": true, "新闻正文": true, "信息内容": true, "浏览文章": true, "文章内容": true}

// lastLink gives the text of the last link in n, but for 正文 and its like.
func lastLink(n *html.Node) string {
	last := ""
	count := 0
	for d := range n.Descendants() {
		if count++; count > 200 {
			break
		}
		if d.Type != html.ElementNode || d.DataAtom != atom.A {
			continue
		}
		if s := strings.Trim(render.Line(d), " >»/"); !frame[s] {
			last = s
		}
	}
	return last
}
