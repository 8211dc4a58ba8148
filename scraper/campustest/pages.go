package campustest

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// rows gives what a section's list shows: pinned articles first, then all by date.
func (s *Site) rows(sec *Section) (pinned, all []*Article) {
	for _, a := range sec.articles {
		if a.Deleted {
			continue
		}
		if a.Pinned {
			pinned = append(pinned, a)
		}
		all = append(all, a)
	}
	return pinned, all
}

func (s *Site) pages(sec *Section) int {
	_, all := s.rows(sec)
	return max(1, (len(all)+s.PageSize-1)/s.PageSize)
}

func (s *Site) head(title string, tree, id int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!DOCTYPE html><HTML><HEAD><meta charset="utf-8"><TITLE>%s-%s</TITLE>
<META Name="keywords" Content="%s" />
<!--Announced by Visual SiteBuilder 9-->
<link rel="stylesheet" type="text/css" href="/_sitegray/_sitegray_d.css" />
<script language="javascript" src="/_sitegray/_sitegray.js"></script>
<!-- CustomerNO:77656262657232307e7a44565852574b53000001 -->
<link rel="stylesheet" type="text/css" href="/content.vsb.css" />
<script type="text/javascript" src="/system/resource/js/counter.js"></script>
<script type="text/javascript">_jsq_(%d,'/content.jsp',%d,1520089960)</script>
</HEAD><BODY><div class="nav"><ul><li><a href="/index.htm">首页</a></li>`, html.EscapeString(title), s.Title, s.Title, tree, id)
	for _, sec := range s.sections {
		fmt.Fprintf(&b, `<li><a href="/%s.htm">%s</a></li>`, sec.Slug, sec.Name)
	}
	b.WriteString("</ul></div>\n")
	return b.String()
}

const foot = `<div class="footer"><p>版权所有 测试大学党委宣传部</p><p>地址：测试市测试路1号 邮编：000000</p></div></BODY></HTML>`

func (s *Site) home() string {
	var b strings.Builder
	b.WriteString(s.head("首页", 1000, -1))
	for _, sec := range s.sections {
		fmt.Fprintf(&b, `<div class="block"><h3><a href="/%s.htm">%s</a></h3><ul>`, sec.Slug, sec.Name)
		_, all := s.rows(sec)
		for i, a := range all[:min(5, len(all))] {
			fmt.Fprintf(&b, `<li id="line_u3_%d"><a href="%s" title="%s">%s</a></li>`, i, s.Path(*a)[1:], Title(*a), Title(*a))
		}
		b.WriteString("</ul></div>\n")
	}
	b.WriteString(foot)
	return b.String()
}

// list renders a list page: file 0 is page 1, file n-1 page 2, down to file 1,
// the oldest, as VSB numbers them.
func (s *Site) list(sec *Section, file int) string {
	pinned, all := s.rows(sec)
	pages := s.pages(sec)
	page, up := 1, ""
	if file > 0 {
		page, up = pages-file+1, "../"
	}
	rows := all[min((page-1)*s.PageSize, len(all)):min(page*s.PageSize, len(all))]
	hidden := ""
	if s.Windows && file > 0 {
		from := (file - 1) * s.PageSize // counted from the oldest, so that no file changes once it is full
		rows, hidden = all[max(len(all)-from-2*s.PageSize+1, 0):len(all)-from], ` style="display:none"`
	}
	if page == 1 {
		rows = append(append([]*Article{}, pinned...), rows...)
	}
	var b strings.Builder
	b.WriteString(s.head(sec.Name, sec.Tree, -1))
	fmt.Fprintf(&b, `<div class="position">您当前的位置： <a href="%sindex.htm">首页</a> &gt;&gt; <a href="%s%s.htm">%s</a></div><div class="list"><ul>`, up, up, sec.Slug, sec.Name)
	for i, a := range rows {
		fmt.Fprintf(&b, "\n"+`<li id="line_u9_%d"%s><span>[%s]</span><a href="%s%s" target="_blank" title="%s">%s</a></li>`,
			i, hidden, a.Date.Format(time.DateOnly), up, s.path(*a, sec.Tree)[1:], Title(*a), Title(*a))
	}
	b.WriteString("\n</ul>")
	s.pager(&b, sec, page, pages, len(all))
	b.WriteString("</div>\n" + foot)
	return b.String()
}

func (s *Site) pager(b *strings.Builder, sec *Section, page, pages, total int) {
	href := func(k int) string {
		name := fmt.Sprintf("%s/%d.htm", sec.Slug, pages-k+1)
		if k == 1 {
			name = sec.Slug + ".htm"
		}
		if page > 1 {
			return "../" + name
		}
		return name
	}
	b.WriteString(`<div class="pb_sys_common pb_sys_normal pb_sys_style1">`)
	if !s.NoTotals {
		fmt.Fprintf(b, `<span class="p_t">共%d条</span>`, total)
	}
	b.WriteString(`<span class="p_pages">`)
	if page == 1 {
		b.WriteString(`<span class="p_first_d p_fun_d">首页</span><span class="p_prev_d p_fun_d">上页</span>`)
	} else {
		fmt.Fprintf(b, `<span class="p_first p_fun"><a href="%s">首页</a></span><span class="p_prev p_fun"><a href="%s">上页</a></span>`, href(1), href(page-1))
	}
	for k := max(1, page-2); k <= min(pages, page+2); k++ {
		if k == page {
			fmt.Fprintf(b, `<span class="p_no_d">%d</span>`, k)
		} else {
			fmt.Fprintf(b, `<span class="p_no"><a href="%s">%d</a></span>`, href(k), k)
		}
	}
	if page+2 < pages {
		fmt.Fprintf(b, `<span class="p_dot">...</span><span class="p_no"><a href="%s">%d</a></span>`, href(pages), pages)
	}
	if page == pages {
		b.WriteString(`<span class="p_next_d p_fun_d">下页</span><span class="p_last_d p_fun_d">尾页</span>`)
	} else {
		fmt.Fprintf(b, `<span class="p_next p_fun"><a href="%s">下页</a></span><span class="p_last p_fun"><a href="%s">尾页</a></span>`, href(page+1), href(pages))
	}
	b.WriteString("</span></div>")
}

// article renders an article's page; part 0 is the first.
func (s *Site) article(a *Article, part int) string {
	var b strings.Builder
	title := Title(*a)
	b.WriteString(s.head(title, a.Tree, a.ID))
	fmt.Fprintf(&b, `<form name="_newscontent_fromname"><div class="content"><h2>%s</h2>
<div class="meta">发布时间：%s&nbsp;&nbsp;作者：%s&nbsp;&nbsp;来源：%s&nbsp;&nbsp;点击：<script>_showDynClicks("wbnews", 1520089960, %d)</script>次</div>
<div id="vsb_content"><div class="v_news_content">`, title, a.Date.Format(time.DateOnly), Author(*a), "新闻中心", a.ID)
	for i, p := range Paragraphs(*a) {
		class := ""
		if i == 0 {
			class = ` class="vsbcontent_start"`
		}
		fmt.Fprintf(&b, "<p%s>%s</p>\n", class, p)
	}
	if src := s.Picture(*a); src != "" {
		fmt.Fprintf(&b, `<p class="vsbcontent_img"><img src="%s" width="600" class="img_vsb_content" alt=""></p>`, src)
	}
	if part > 0 {
		fmt.Fprintf(&b, "<p>这是第%d页。</p>\n", part+1)
	}
	b.WriteString("</div></div>")
	if href := s.Attachment(*a); href != "" {
		fmt.Fprintf(&b, `<ul style="list-style-type:none;"><li>附件【<a href="%s">通知%d.doc</a>】已下载<span id="nattach%d">0</span>次</li></ul>`, html.EscapeString(href), a.ID, a.ID)
	}
	if a.Parts > 1 {
		b.WriteString(`<div class="pages">`)
		for i := range a.Parts {
			name := fmt.Sprintf("%d.htm", a.ID)
			if i > 0 {
				name = fmt.Sprintf("%d_%d.htm", a.ID, i)
			}
			if i == part {
				fmt.Fprintf(&b, " [%d] ", i+1)
			} else {
				fmt.Fprintf(&b, ` <a href="%s">[%d]</a> `, name, i+1)
			}
		}
		if part+1 < a.Parts {
			fmt.Fprintf(&b, `<a href="%d_%d.htm">下一页</a>`, a.ID, part+1)
		}
		b.WriteString("</div>")
	}
	b.WriteString("</div></form>\n" + foot)
	return b.String()
}
