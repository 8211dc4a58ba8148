package extract

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// shareClasses begin or end the class or id of share widgets (百度分享, jiathis,
// bshare and their like).
var shareClasses = []string{"bdsharebuttonbox", "bdshare", "bshare", "social-share", "sharebox", "share-box", "share_box", "sharebtn", "jiathis"}

// controls are lines that operate the page and tell nothing.
var controls = lazily(`^[【\[〖(（「|｜/／\s]*(打印(本页|本文|文章|此页)?|关闭(窗口|本页|此页|页面)?|返回(顶部|列表|上一?页|首页)?|加入收藏|收藏(本页|此页)?|推荐给?朋友|我要(评论|纠错)|分享到?[:：]?|分享至[:：]?|(上|下)一?(条|篇|则)[:：].*|字(号|体)[:：]?[【\[\s]*(大|中|小)?.*|扫一?扫.{0,16}(手机|打开|查看|分享|阅读).{0,12})([】\]〗)）」|｜/／\s]+|$)`)

// triggers are what such lines begin with; other elements need no closer look.
const triggers = "【[〖(（「|｜/／打关返加收推我分上下字扫"

// boilerplate says that an element within a body is no part of the text: a
// share widget, or a line that operates the page.
func boilerplate(n *html.Node) bool {
	for i := range n.Attr {
		if a := &n.Attr[i]; (a.Key == "class" || a.Key == "id") && len(a.Val) < 200 &&
			(strings.Contains(a.Val, "sh") || strings.Contains(a.Val, "jiathis")) {
			for _, s := range shareClasses {
				if strings.Contains(a.Val, s) {
					return true
				}
			}
		}
	}
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Dl, atom.Ul, atom.Li, atom.Table, atom.Tr, atom.Td, atom.Section, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
	default:
		return false
	}
	first := firstText(n, 4)
	if first == "" {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(first); !strings.ContainsRune(triggers, r) {
		return false
	}
	text, ok := shortText(n, 240)
	if !ok {
		return false
	}
	text = strings.TrimSpace(text)
	loc := controls.FindStringIndex(text)
	if loc == nil {
		return false
	}
	// 【打印】【关闭】 is several controls in a row; anything else behind one makes it text.
	for text != "" {
		loc = controls.FindStringIndex(text)
		if loc == nil {
			return false
		}
		text = text[loc[1]:]
	}
	return true
}

// firstText gives the first text that is no white space, searched at most depth
// levels down along the first children.
func firstText(n *html.Node, depth int) string {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode && !blankText(c.Data):
			return strings.TrimLeft(c.Data, " \t\r\n\u00a0\u3000")
		case c.Type == html.ElementNode && depth > 0 && c.DataAtom != atom.Script && c.DataAtom != atom.Style:
			if s := firstText(c, depth-1); s != "" {
				return s
			}
			if c.DataAtom == atom.Img {
				return ""
			}
		}
	}
	return ""
}

// shortText gives the text of n if it has at most limit bytes.
func shortText(n *html.Node, limit int) (string, bool) {
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.ElementNode && d.DataAtom == atom.Img:
			return "", false
		case d.Type == html.TextNode && (d.Parent.DataAtom != atom.Script && d.Parent.DataAtom != atom.Style):
			if b.Len()+len(d.Data) > limit*2 {
				return "", false
			}
			b.WriteString(d.Data)
		}
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	return text, len(text) <= limit
}

// offered is the line in which VSB offers an attachment: 附件【name.doc】已下载12次.
var offered = lazily(`^\s*(附件\s*\d*[:：]?\s*)?[【\[].{1,160}[】\]]\s*已下载.{0,20}次\s*$`)

// offersFile says that an element is such a line and nothing else. It is the
// template's, not the text's; the rules for attachments find the file.
func offersFile(n *html.Node) bool {
	switch n.DataAtom {
	case atom.P, atom.Div, atom.Li, atom.Td, atom.Tr, atom.Span:
	default:
		return false
	}
	first := firstText(n, 4)
	if !strings.HasPrefix(first, "附件") && !strings.HasPrefix(first, "【") {
		return false
	}
	text, ok := shortText(n, 300)
	return ok && strings.Contains(text, "已下载") && offered.MatchString(text)
}
