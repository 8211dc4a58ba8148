package archivetest

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"sync"
	"time"

	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/capture"
)

const contentType = "text/html; charset=utf-8"

var extractor = sync.OnceValue(func() *extract.Extractor { return extract.New(extract.WithSystem("vsb")) })

// page is an article's page, about as large and as full of templates as those of real sites: 28 KB on
// average (65 saved pages of many campus sites: median 24, mean 34). What stands around the article is in frame.go.
func page(site, section string, i int, a *extract.Article) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<!DOCTYPE html><HTML><HEAD><meta charset="utf-8"><TITLE>%s-%s</TITLE>
<META Name="keywords" Content="%s" />
<!--Announced by Visual SiteBuilder 9-->
<link rel="stylesheet" type="text/css" href="/_sitegray/_sitegray_d.css" />
<script language="javascript" src="/_sitegray/_sitegray.js"></script>
<script type="text/javascript" src="/system/resource/js/counter.js"></script>
<script type="text/javascript">_jsq_(1003,'/content.jsp',%d,1520089960)</script>
`, html.EscapeString(a.Title), site, site, i)
	above(&b, site)
	fmt.Fprintf(&b, `<div class="position">您当前的位置： <a href="/index.htm">首页</a> &gt;&gt; <a href="/list.htm">%s</a></div>
<form name="_newscontent_fromname"><div class="content"><h2>%s</h2>
`, section, html.EscapeString(a.Title))
	if a.Subtitle != "" {
		fmt.Fprintf(&b, "<h3 class=\"subtitle\">%s</h3>\n", html.EscapeString(a.Subtitle))
	}
	b.WriteString(`<div class="meta">`)
	if a.Published != "" {
		fmt.Fprintf(&b, `发布时间：%s&nbsp;&nbsp;`, strings.TrimSuffix(strings.Replace(a.Published, "T", " ", 1), "+08:00"))
	}
	for _, role := range [][2]string{{"author", "作者"}, {"photographer", "摄影"}, {"editor", "编辑"}} {
		var names []string
		for _, c := range a.Credits {
			if c.Role == role[0] {
				names = append(names, c.Name)
			}
		}
		if len(names) > 0 {
			fmt.Fprintf(&b, `%s：%s&nbsp;&nbsp;`, role[1], strings.Join(names, " "))
		}
	}
	if a.Source != "" {
		fmt.Fprintf(&b, `来源：%s&nbsp;&nbsp;`, a.Source)
	}
	fmt.Fprintf(&b, `点击：<script>_showDynClicks("wbnews", 1520089960, %d)</script>次</div>
<div id="vsb_content"><div class="v_news_content">`, 100000+i)
	for line := range strings.Lines(a.Body) {
		fmt.Fprintf(&b, "<p style=\"text-align: justify; text-indent: 2em; line-height: 1.75em;\"><span style=\"font-family: 宋体, SimSun; font-size: 16px;\">%s</span></p>\n", html.EscapeString(strings.TrimSuffix(line, "\n")))
	}
	for _, m := range a.Images {
		fmt.Fprintf(&b, "<p class=\"vsbcontent_img\"><img src=\"%s\" width=\"600\" class=\"img_vsb_content\" alt=\"\"></p>\n", html.EscapeString(m.URL))
	}
	b.WriteString("</div></div>")
	for _, f := range a.Files {
		fmt.Fprintf(&b, `<ul style="list-style-type:none;"><li>附件【<a href="%s">%s</a>】已下载<span id="nattach%d">0</span>次</li></ul>`, html.EscapeString(f.URL), html.EscapeString(f.Name), i)
	}
	fmt.Fprintf(&b, `<p>上一条：<a href="%d.htm">上一条</a></p><p>下一条：<a href="%d.htm">下一条</a></p></div></form>
`, 100000+i-1, 100000+i+1)
	below(&b, site, i)
	return []byte(b.String())
}

func exchange(v scraper.Visit, status int, body []byte) capture.Exchange {
	host, path, _ := strings.Cut(strings.TrimPrefix(v.Target.URL, "https://"), "/")
	head := fmt.Sprintf("HTTP/1.1 %d %s\r\nServer: VWebServer\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", status, http.StatusText(status), contentType, len(body))
	return capture.Exchange{
		URL: v.Target.URL, Started: v.Time.Add(-time.Second), Duration: 25 * time.Millisecond, Remote: "127.0.0.1", Status: status,
		Request:  []byte("GET /" + path + " HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: campusnews\r\n\r\n"),
		Response: append([]byte(head), body...),
	}
}
