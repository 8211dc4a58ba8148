package extract

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Pages made to be slow must end in bounded time. The bound is generous, for
// machines that do other work: quadratic behaviour misses it by far.
func TestHostilePagesEnd(t *testing.T) {
	const bound = 20 * time.Second
	article := `<!--Announced by Visual SiteBuilder 9--><script>_jsq_(1,'/content.jsp',2,3)</script><form name="_newscontent_fromname"><h1>标题在此</h1><div>发布时间：2020-01-02</div><div id="vsb_content"><div class="v_news_content">`
	repeat := func(s string, n int) string { return strings.Repeat(s, n) }
	for _, c := range []struct{ name, body string }{
		{"nested blocks", article + repeat("<div>", 1e6) + "正文"},
		{"nested inline", article + repeat("<b>", 1e6) + "正文"},
		{"nested formatting with attributes", article + func() string {
			var b strings.Builder
			for i := range 100_000 {
				fmt.Fprintf(&b, "<font color=%d>", i)
			}
			return b.String()
		}() + "正文"},
		{"nested tables", article + repeat("<table><tr><td>", 1e5) + "正文"},
		{"nested lists", article + repeat("<ul><li>", 2e5) + "正文"},
		{"many attributes", article + "<p " + func() string {
			var b strings.Builder
			for i := range 1_000_000 {
				fmt.Fprintf(&b, "a%d=1 ", i)
			}
			return b.String()
		}() + ">正文</p>"},
		{"many body tags", func() string {
			var b strings.Builder
			for i := range 60_000 {
				fmt.Fprintf(&b, "<body a%d=1>", i)
			}
			return b.String()
		}() + article + "正文"},
		{"giant table", article + "<table>" + repeat("<tr>"+repeat("<td>格</td>", 20)+"</tr>", 5_000) + "</table>"},
		{"many links", article + repeat(`<p><a href="/info/1/2.htm">题目题目题目</a>2020-01-01</p>`, 30_000)},
		{"list of many rows", `<!--Announced by Visual SiteBuilder 9--><ul>` + func() string {
			var b strings.Builder
			for i := range 20_000 {
				fmt.Fprintf(&b, `<li><a href="info/1/%d.htm">题目题目题目题目</a><span>2020-01-01</span></li>`, i)
			}
			return b.String()
		}() + "</ul>"},
		{"rows without end tags in one element", `<!--Announced by Visual SiteBuilder 9--><div>` + func() string {
			var b strings.Builder
			for i := range 20_000 {
				fmt.Fprintf(&b, `<a href="info/1/%d.htm">题目题目题目题目</a>2020-01-01<br>`, i)
			}
			return b.String()
		}() + "</div>"},
		{"one long line", article + "<p>" + repeat("字", 2e6)},
		{"many short texts", article + repeat("字<br>", 3e5)},
		{"many comments", article + repeat("<!--x-->", 3e5)},
		{"many scripts", article + repeat("<script>_showDynClicks(</script>", 1e5)},
		{"unclosed comment", article + "<!--" + repeat("x", 5e6)},
		{"entities", article + repeat("&amp", 1e6)},
		{"many classes", article + `<div class="` + repeat("a ", 1e6) + `">正文</div>`},
		{"records", `<script>/module/web/jpage/dataproxy.jsp ` + repeat("<record><![CDATA[<li><a href=/art/1/2/3/art_4_5.html>题目题目</a>]]></record>", 2e4) + "</script>"},
		{"unknown system, nested", repeat("<div><p>", 2e5) + "正文"},
		{"unknown system, a title without end", "<html><title>" + repeat("题目-", 1e6)},
		{"unknown system, many links in one line", repeat(`<a href="/a/1.html">题目题目题目题目</a> `, 5e4)},
		{"unknown system, many short lines in each row", "<div>" + repeat("<p>短</p>", 5e4) + repeat(`<a href="/a/1.html">题目题目题目题目</a> `, 2e4) + "</div>"},
		{"unknown system, many rows", "<ul>" + repeat(`<li><a href="/a/1.html">题目题目题目题目</a> 2020-01-01</li>`, 5e4) + "</ul>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() {
				t.Skip("slow pages")
			}
			e := New()
			start := time.Now()
			r := e.Extract(Page{URL: "http://www.example.edu.cn/info/1/2.htm", Body: []byte(`<html><head><meta charset=utf-8><title>标题在此-站名</title></head><body>` + c.body)})
			if took := time.Since(start); took > bound {
				t.Errorf("took %v for %d bytes, want at most %v", took, len(c.body), bound)
			}
			if r.Kind == "" {
				t.Error("got no kind")
			}
		})
	}
}
