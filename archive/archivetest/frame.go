package archivetest

import (
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
)

// above writes what stands above the article on every page of a site: styles, scripts and the menus,
// one for wide and one for narrow screens.
func above(b *strings.Builder, site string) {
	for _, name := range []string{"base", "layout", "swiper.min", "animate", "media"} {
		fmt.Fprintf(b, "<link rel=\"stylesheet\" type=\"text/css\" href=\"../../css/%s.css\" />\n", name)
	}
	for _, name := range []string{"jquery-1.11.3.min", "swiper.min", "jquery.SuperSlide.2.1.3", "wow.min", "common"} {
		fmt.Fprintf(b, "<script type=\"text/javascript\" src=\"../../js/%s.js\"></script>\n", name)
	}
	b.WriteString("<style type=\"text/css\">\n")
	for i, name := range strings.Fields("header topbar logo search nav sub banner position main left right rank photo topic share footer friend qrcode") {
		fmt.Fprintf(b, ".%s { float: left; width: %dpx; margin: %dpx auto; color: #%06x; font: %dpx/1.8 \"Microsoft YaHei\", sans-serif; }\n", name, 120+i*37%900, i%12, i*1048573%0xffffff, 12+i%6)
	}
	fmt.Fprintf(b, `</style>
</HEAD><BODY><div class="header"><div class="topbar">
<script language="javascript">function dosuba(){try{var ua=document.getElementById("showkeycode1");if(ua.value==""||ua.value=="请输入关键词"){alert("请输入查询关键词！");return false;}document.getElementById("lucenenewssearchkey1").value=encode64(ua.value);return true;}catch(e){return false;}}</script>
<a href="/" title="%[1]s">%[1]s</a><a href="/english/">English</a><a href="/mobile/">移动版</a><a href="/old/">旧版</a>
<form action="/search.jsp?wbtreeid=1003" method="post" onsubmit="return dosuba()"><input type="hidden" id="lucenenewssearchkey1" name="lucenenewssearchkey" value=""><input name="showkeycode" id="showkeycode1" value="请输入关键词" class="search-text"><input type="submit" value="搜索" class="search-button"></form></div>
`, site)
	for _, kind := range []string{"nav", "nav-mobile"} {
		fmt.Fprintf(b, "<div class=\"%s\"><ul>\n", kind)
		for j, name := range sectionNames {
			fmt.Fprintf(b, "<li class=\"%s-item %s-item-%d\"><a href=\"../../list%d.htm\" title=\"%s\">%s</a>\n<div class=\"sub\">", kind, kind, j, j, name, name)
			for k := range 4 {
				fmt.Fprintf(b, "<a href=\"../../list%d/%d.htm\" title=\"%s（%d）\" target=\"_self\">%s（%d）</a>\n", j, k+1, name, k+1, name, k+1)
			}
			b.WriteString("</div></li>\n")
		}
		b.WriteString("</ul></div>\n")
	}
	b.WriteString("</div>\n")
}

// below writes what stands beside and below the article. The lists in it change once in 40 articles, as when a
// site is built anew.
func below(b *strings.Builder, site string, i int) {
	w := newWriter(rand.New(rand.NewPCG(uint64(i/40), 5)))
	b.WriteString(`<div class="share"><span>分享到：</span><a class="bds_weixin" data-cmd="weixin" title="分享到微信"></a><a class="bds_tsina" data-cmd="tsina" title="分享到新浪微博"></a><a class="bds_qzone" data-cmd="qzone" title="分享到QQ空间"></a><a href="javascript:window.print()">打印</a><a href="javascript:window.close()">关闭</a></div>
<div class="right"><div class="rank"><h3>新闻排行</h3><ul>
`)
	for k := range 12 {
		title := html.EscapeString(w.title())
		fmt.Fprintf(b, "<li class=\"rank-%d\"><i>%d</i><a href=\"../../info/%d/%d.htm\" target=\"_blank\" title=\"%s\">%s</a><span>%d</span></li>\n", k+1, k+1, 1001+k%8, 100000+i/40*40-k, title, title, 9000-k*311)
	}
	b.WriteString("</ul></div><div class=\"photo\"><h3>图说校园</h3><ul>\n")
	for k := range 6 {
		title := html.EscapeString(w.title())
		fmt.Fprintf(b, "<li><a href=\"../../info/1007/%d.htm\" target=\"_blank\" title=\"%s\"><img src=\"../../__local/%d_p.jpg\" width=\"240\" height=\"160\" border=\"0\" alt=\"\"><p>%s</p></a></li>\n", 100000+i/40*40-20-k, title, i/40*40-k, title)
	}
	b.WriteString("</ul></div></div>\n<div class=\"footer\"><div class=\"friend\"><h4>友情链接</h4>\n")
	for k, unit := range units {
		fmt.Fprintf(b, "<a href=\"http://unit%d.example.edu.cn/\" target=\"_blank\" title=\"%s\">%s</a>\n", k, unit, unit)
	}
	fmt.Fprintf(b, `</div><p>版权所有 %s 党委宣传部</p><p>地址：某市某路1号 邮编：000000</p></div></BODY></HTML>`, site)
}
