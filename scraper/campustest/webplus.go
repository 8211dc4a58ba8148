package campustest

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// webplus renders what stands at a path of a WebPlus site.
func (s *Site) webplus(p string) (body string, ok bool) {
	if p == "/main.htm" {
		return s.wpHome(), true
	}
	var year, day, tree, id int
	if n, _ := fmt.Sscanf(p, "/%d/%d/c%da%d/page.htm", &year, &day, &tree, &id); n == 4 {
		a := s.byID[id]
		if a == nil || a.Deleted || !a.shows(tree) || s.path(*a, tree) != p {
			return "", false
		}
		if !a.Readable() {
			return `<html class="webplus-page"><head><title>提示信息</title></head><body><div class="wp_error_msg">您当前ip并非校内地址，该信息仅允许校内地址访问</div></body></html>`, true
		}
		return s.wpArticle(a), true
	}
	for _, sec := range s.sections {
		if p == s.listPath(sec, 1) || p == fmt.Sprintf("/%d/list1.htm", sec.Tree) {
			return s.wpList(sec, 1), true
		}
		var k int
		if n, _ := fmt.Sscanf(p, fmt.Sprintf("/%d/list%%d.htm", sec.Tree), &k); n == 1 && k > 1 && k <= s.pages(sec) {
			return s.wpList(sec, k), true
		}
	}
	return "", false
}

func (s *Site) wpHead(title string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!DOCTYPE html><html class="webplus-page"><head><meta charset="utf-8"><title>%s</title>
<link rel="stylesheet" href="/_css/_system/system.css" type="text/css">
<script type="text/javascript" src="/_js/_portletPlugs/sudyNavi/jquery.sudyNav.js"></script>
<script type="text/javascript" src="/_js/jquery.sudy.wp.visitcount.js"></script>
<link rel="stylesheet" href="/_upload/tpl/00/0a/10/template10/style.css"></head>
<body class="list"><div class="wp_nav" frag="窗口1"><ul class="wp_nav"><li><a href="/main.htm">网站首页</a></li>`, html.EscapeString(title))
	for _, sec := range s.sections {
		fmt.Fprintf(&b, `<li><a href="%s">%s</a></li>`, s.listPath(sec, 1), sec.Name)
	}
	b.WriteString("</ul></div>\n")
	return b.String()
}

const wpFoot = `<div class="foot"><p>版权所有 测试大学党委宣传部</p></div></body></html>`

// wpRow is a row's address and what stands on it.
func (s *Site) wpRow(b *strings.Builder, i int, a *Article, tree int) {
	address := s.path(*a, tree)
	if a.Leads != "" {
		address = fmt.Sprintf("/_redirect?siteId=23&columnId=%d&articleId=%d", tree, a.ID)
	}
	fmt.Fprintf(b, "\n"+`<li class="news n%d clearfix"><span class="news_title"><a href='%s' target='_blank' title='%s'>%s</a></span><span class="news_meta">%s</span></li>`,
		i+1, address, Title(*a), Title(*a), a.Date.Format(time.DateOnly))
}

func (s *Site) wpHome() string {
	var b strings.Builder
	b.WriteString(s.wpHead(s.Title))
	for n, sec := range s.sections {
		fmt.Fprintf(&b, `<div class="post" frag="窗口%d" portletmode="simpleNews"><h3><a href="%s">%s</a></h3><div id="wp_news_w%d"><ul class="news_list clearfix">`, n+2, s.listPath(sec, 1), sec.Name, n+2)
		_, all := s.rows(sec)
		for i, a := range all[:min(5, len(all))] {
			s.wpRow(&b, i, a, sec.Tree)
		}
		b.WriteString("</ul></div></div>\n")
	}
	b.WriteString(wpFoot)
	return b.String()
}

// wpList renders page k of a list; pages count up, so that each moves when something is published.
func (s *Site) wpList(sec *Section, k int) string {
	pinned, all := s.rows(sec)
	pages := s.pages(sec)
	rows := all[min((k-1)*s.PageSize, len(all)):min(k*s.PageSize, len(all))]
	if k == 1 {
		rows = append(append([]*Article{}, pinned...), rows...)
	}
	var b strings.Builder
	b.WriteString(s.wpHead(sec.Name))
	fmt.Fprintf(&b, `<div class="path">当前位置：<a href="/main.htm">首页</a> > <a href="%s">%s</a></div>
<div class="col_news_con" frag="窗口5" portletmode="simpleList"><div id="wp_news_w5"><ul class="news_list list2">`, s.listPath(sec, 1), sec.Name)
	for i, a := range rows {
		s.wpRow(&b, i, a, sec.Tree)
	}
	link := func(class, text string, to int) {
		href := "javascript:void(0);"
		if to >= 1 && to <= pages && to != k {
			href = s.listPath(sec, to)
			href = href[strings.LastIndexByte(href, '/')+1:]
		}
		fmt.Fprintf(&b, `<a class="%s" href="%s" target="_self"><span>%s</span></a>`, class, href, text)
	}
	b.WriteString("\n</ul></div>\n" + `<div id="wp_paging_w5"><ul class="wp_paging clearfix">`)
	if !s.NoTotals {
		fmt.Fprintf(&b, `<li class="pages_count"><span class="per_page">每页&nbsp;<em class="per_count">%d</em>&nbsp;记录&nbsp;</span><span class="all_count">总共&nbsp;<em class="all_count">%d</em>&nbsp;记录&nbsp;</span></li>`, s.PageSize, len(all))
	}
	b.WriteString(`<li class="page_nav">`)
	link("first", "第一页", 1)
	link("prev", "&lt;&lt;上一页", k-1)
	link("next", "下一页&gt;&gt;", k+1)
	link("last", "尾页", pages)
	fmt.Fprintf(&b, `</li><li class="page_jump"><span class="pages">页码&nbsp;<em class="curr_page">%d</em>/<em class="all_pages">%d</em></span></li></ul></div></div>`, k, pages)
	b.WriteString("\n" + wpFoot)
	return b.String()
}

func (s *Site) wpArticle(a *Article) string {
	var b strings.Builder
	title := Title(*a)
	b.WriteString(s.wpHead(title))
	fmt.Fprintf(&b, `<div class="article" frag="窗口7" portletmode="simpleArticleAttri"><h1 class="arti_title">%s</h1><h2 class="arti_title"></h2>
<p class="arti_metas"><span class="arti_publisher">作者：%s</span><span class="arti_update">发布时间：%s</span><span class="arti_views">浏览次数：<span class="WP_VisitCount" url="/_visitcountdisplay?siteId=23&type=3&articleId=%d">0</span></span></p>
<div class="entry"><article class="read"><div class="wp_articlecontent">`, title, Author(*a), a.Date.Format(time.DateOnly), a.ID)
	for _, p := range Paragraphs(*a) {
		fmt.Fprintf(&b, "<p>%s</p>\n", p)
	}
	if src := s.Picture(*a); src != "" {
		fmt.Fprintf(&b, `<p><img src="%s" width="600"></p>`, src)
	}
	if href := s.Attachment(*a); href != "" {
		fmt.Fprintf(&b, `<p><img src="/_ueditor/themes/default/images/icon_doc.gif"><a href="%s" sudyfile-attr="{'title':'通知%d.doc'}">通知%d.doc</a></p>`, html.EscapeString(href), a.ID, a.ID)
	}
	b.WriteString("</div></article></div></div>\n" + wpFoot)
	return b.String()
}
