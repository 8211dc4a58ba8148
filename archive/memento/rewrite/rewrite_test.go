package rewrite

import (
	"net/url"
	"strings"
	"testing"
)

func parse(t testing.TB, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// archived stands for an archive that has everything but what is named missing.
func archived(use Use, absolute string) string {
	if strings.Contains(absolute, "missing") {
		return ""
	}
	return "/web/20160722010203" + [...]string{"/", "if_/", "im_/", "cs_/"}[use] + absolute
}

const page = "http://news.csu.edu.cn/info/1002/1.htm"

func TestHTML(t *testing.T) {
	const at = "/web/20160722010203"
	for name, c := range map[string]struct{ in, want string }{
		"link":               {`<a href="../../xxyw.htm" onclick="go()" target=_blank>要闻</a>`, `<a href="` + at + `/http://news.csu.edu.cn/xxyw.htm" target="_top">要闻</a>`},
		"link in the page":   {`<a href="#top">上</a>`, `<a href="#top">上</a>`},
		"link to a script":   {`<a href=" java&#10;script:alert(1)" class=x>x</a>`, `<a class="x">x</a>`},
		"link to a data":     {`<a href="data:text/html,<script>">x</a>`, `<a>x</a>`},
		"letter":             {`<a href="mailto:a@example.org">x</a>`, `<a href="mailto:a@example.org">x</a>`},
		"base":               {`<base href="/a/" target=_blank><img src=b.jpg><a href=#x>y</a>`, `<img src="` + at + `im_/http://news.csu.edu.cn/a/b.jpg"><a href="` + at + `/http://news.csu.edu.cn/a/#x" target="_top">y</a>`},
		"image of a missing": {`<img src=missing.jpg alt="图">`, `<img alt="图">`},
		"visual sitebuilder": {`<img src="/__local/1.jpg" orisrc="/__local/2.jpg" vurl="x" data-src="/l.jpg">`, `<img src="` + at + `im_/http://news.csu.edu.cn/__local/1.jpg" orisrc="` + at + `im_/http://news.csu.edu.cn/__local/2.jpg" vurl="x" data-src="/l.jpg">`},
		"image in the page":  {`<img src="data:image/gif;base64,R0lGOD">`, `<img src="data:image/gif;base64,R0lGOD">`},
		"srcset":             {`<img srcset="a.jpg, b.jpg 2x , missing.jpg 3x,c,d.jpg 100w">`, `<img srcset="` + at + `im_/http://news.csu.edu.cn/info/1002/a.jpg, ` + at + `im_/http://news.csu.edu.cn/info/1002/b.jpg 2x, ` + at + `im_/http://news.csu.edu.cn/info/1002/c%2Cd.jpg 100w">`},
		"old attributes":     {`<body background=bg.gif><video poster=p.jpg autoplay>`, `<body background="` + at + `im_/http://news.csu.edu.cn/info/1002/bg.gif"><video poster="` + at + `im_/http://news.csu.edu.cn/info/1002/p.jpg">`},
		"style":              {`<p style="background:url('a.png'); color : red">`, `<p style="background:url(&#34;` + at + `im_/http://news.csu.edu.cn/info/1002/a.png&#34;); color : red">`},
		"style sheet":        {`<link rel=stylesheet href=/s.css integrity=x><link rel=preload href=/x><link rel=dns-prefetch href=//cdn.example.org>`, `<link rel="stylesheet" href="` + at + `cs_/http://news.csu.edu.cn/s.css">`},
		"style element":      {`<style><!-- @import "a.css"; b{background:url(c.png)} --></style>`, `<style>  @import url("` + at + `cs_/http://news.csu.edu.cn/info/1002/a.css"); b{background:url("` + at + `im_/http://news.csu.edu.cn/info/1002/c.png")}  </style>`},
		"scripts":            {`a<script src=x>document.write("<img src=y>")</script>b<noscript><img src=t.gif></noscript>`, `ab<img src="` + at + `im_/http://news.csu.edu.cn/info/1002/t.gif">`},
		"refresh":            {`<meta http-equiv=refresh content="0;url=http://evil.example/"><meta name=keywords content=a>`, `<meta name="keywords" content="a">`},
		"frame":              {`<iframe src="//v.example.org/x" allow=autoplay><img src=x></iframe>`, `<iframe src="` + at + `if_/http://v.example.org/x"></iframe>`},
		"frame of a script":  {`<iframe src="javascript:alert(1)"></iframe>`, `<iframe></iframe>`},
		"page in a page":     {`<iframe srcdoc="&lt;img src=a.png onerror=x&gt;"></iframe>`, `<iframe srcdoc="&lt;img src=&#34;` + at + `im_/http://news.csu.edu.cn/info/1002/a.png&#34;&gt;"></iframe>`},
		"plug-in":            {`<object data="a/b.swf?x=1" type=x><param name=movie value=c.swf>还没有</object>`, `<a href="` + at + `/http://news.csu.edu.cn/info/1002/a/b.swf?x=1" target="_top">b.swf</a>还没有`},
		"form":               {`<form action="/search" method=post target=_blank><input type=image src=s.gif formaction=x></form>`, `<form method="post"><input type="image" src="` + at + `im_/http://news.csu.edu.cn/info/1002/s.gif"></form>`},
		"comment":            {`<!DOCTYPE html><!--[if IE]><img src=http://evil.example/><![endif]-->x`, `<!DOCTYPE html>x`},
		"halves of a tag":    {`<<!-- -->img src=http://evil.example/x>`, `&lt;img src=http://evil.example/x&gt;`},
		"title in SVG":       {`<svg><title><img src=http://evil.example/x></title></svg>`, `<svg><title>&lt;img src=http://evil.example/x&gt;</title></svg>`},
		"style in SVG":       {`<svg><style><img src=http://evil.example/x></style></svg>`, `<svg><style>< img src=http://evil.example/x></style></svg>`},
		"use":                {`<svg><use xlink:href="#a"/><image href=b.png /><animate attributeName=href to="javascript:x"/><rect fill="url(#g)"/></svg>`, `<svg><use xlink:href="#a" /><image href="` + at + `im_/http://news.csu.edu.cn/info/1002/b.png" /><rect fill="url(&#34;#g&#34;)" /></svg>`},
		"twice":              {`<img src=a.png src=http://evil.example/ SRC=x>`, `<img src="` + at + `im_/http://news.csu.edu.cn/info/1002/a.png">`},
		"out of the archive": {`<a href="http://h.example/../%2e%2e/.%2E/api">x</a>`, `<a href="` + at + `/http://h.example/api" target="_top">x</a>`},
		"plaintext":          {`<plaintext><img src=http://evil.example/>`, `<pre>&lt;img src=http://evil.example/&gt;</pre>`},
	} {
		if got := string(HTML([]byte(c.in), parse(t, page), archived)); got != c.want {
			t.Errorf("%s: %s\n got %s\nwant %s", name, c.in, got, c.want)
		}
	}
}

func TestCSS(t *testing.T) {
	const at = `url("/web/20160722010203im_/http://news.csu.edu.cn/style/`
	for name, c := range map[string]struct{ in, want string }{
		"quoted":       {`a{background:#FFF url("i/a.png") no-repeat}`, `a{background:#FFF ` + at + `i/a.png") no-repeat}`},
		"bare":         {`a{background:url( i/a.png )}`, `a{background:` + at + `i/a.png")}`},
		"escaped":      {`a{background:u\72 l(i/\61.png)}`, `a{background:` + at + `i/a.png")}`},
		"capital":      {`a{background:URL(a.png)}`, `a{background:` + at + `a.png")}`},
		"missing":      {`a{background:red url(missing.png)}`, `a{background:red none}`},
		"script":       {`a{background:url(javascript:alert(1))}`, `a{background:none)}`},
		"import":       {`@import/**/'a.css' screen;@IMPORT url(b.css);`, `/**/@import url("/web/20160722010203cs_/http://news.csu.edu.cn/style/a.css") screen;@import url("/web/20160722010203cs_/http://news.csu.edu.cn/style/b.css");`},
		"import none":  {`@import "missing.css" screen; b{}`, `@not-archived  screen; b{}`},
		"image-set":    {`a{background:image-set("a.png" 1x, url(b.png) 2x)}`, `a{background:image-set(` + at + `a.png") 1x, ` + at + `b.png") 2x)}`},
		"strings":      {`a[href^="http://x.example/"]:after{content:"http://\27 "}`, `a[href^="http://x.example/"]:after{content:"http://'"}`},
		"comments":     {`a/* url(http://x) */b{}/*`, `a/**/b{}`},
		"hack":         {`a{*zoom:1;_height:1px;filter:alpha(opacity=50);margin:-1px 0 .5em -.5em;width:calc(100% - 3px)}`, `a{*zoom:1;_height:1px;filter:alpha(opacity=50);margin:-1px 0 .5em -.5em;width:calc(100% - 3px)}`},
		"font":         {`@font-face{src:url(a.eot?#iefix) format("embedded-opentype")}`, `@font-face{src:` + at + `a.eot?#iefix") format("embedded-opentype")}`},
		"inline image": {`a{background:url(data:image/png;base64,iVBO/+=)}`, `a{background:url("data:image/png;base64,iVBO/+=")}`},
		"range":        {`@media (width<=600px){a{b:c}}@font-face{unicode-range:U+4E00-9FFF}`, `@media (width<=600px){a{b:c}}@font-face{unicode-range:U+4E00-9FFF}`},
		"hash":         {`#1a2{color:#0f0}`, `#1a2{color:#0f0}`},
		"cut":          {`a{background:url(`, `a{background:none`},
	} {
		if got := string(CSS([]byte(c.in), parse(t, "http://news.csu.edu.cn/style/s.css"), archived)); got != c.want {
			t.Errorf("%s: %s\n got %s\nwant %s", name, c.in, got, c.want)
		}
	}
}
