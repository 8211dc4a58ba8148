package render

import (
	"strings"
	"testing"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// vectors are ways to get a script past a filter, after the families of OWASP's
// filter evasion cheat sheet and of DOMPurify's and bluemonday's published tests.
var vectors = []string{
	`<script>alert(1)</script>`, `<SCRIPT SRC=//x.example/x.js></SCRIPT>`, `<scr<script>ipt>alert(1)</scr</script>ipt>`, `<script/x src=x>`, `<script>alert(1)`,
	`<img src=x onerror=alert(1)>`, `<img src="javascript:alert(1)">`, `<img src=JaVaScRiPt:alert(1)>`, "<img src=\"jav\tascript:alert(1)\">", `<img src="jav&#x0A;ascript:alert(1)">`,
	`<img """><script>alert(1)</script>">`, `<img src=&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)>`, `<img src=" &#14; javascript:alert(1)">`, `<img/src=x/onerror=alert(1)>`,
	`<img src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+">`, `<img srcset="x onerror=alert(1)" src=a.jpg>`, `<img src="x" style="background:url(javascript:alert(1))">`, `<img src="http://a.example/&quot;onerror=&quot;alert(1)">`,
	`<a href="javascript:alert(1)">x</a>`, `<a href="&#1;javascript:alert(1)">x</a>`, `<a href="vbscript:x">x</a>`, `<a href="data:text/html,<script>alert(1)</script>">x</a>`, `<a href="//x.example" onclick=alert(1) target=_blank>x</a>`,
	`<a href="http://a.example/"><img src=x onerror=alert(1)></a>`, `<a href=' javascript&colon;alert(1)'>x</a>`, `<a href="javascript&NewLine;:alert(1)">x</a>`, `<a xlink:href="javascript:alert(1)">x</a>`, `<a href="http://a.example/' onmouseover='alert(1)">x</a>`,
	`<svg onload=alert(1)><script>alert(1)</script></svg>`, `<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`, `<svg><style><img src=x onerror=alert(1)></style></svg>`, `<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`,
	`<math><mi xlink:href="data:x,<script>alert(1)</script>">x</mi></math>`, `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`, `<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
	`<iframe src="javascript:alert(1)"></iframe>`, `<iframe srcdoc="<script>alert(1)</script>"></iframe>`, `<object data="javascript:alert(1)"></object>`, `<embed src="javascript:alert(1)">`, `<applet code=x></applet>`,
	`<body onload=alert(1)>x`, `<div style="width:expression(alert(1))">x</div>`, `<div style="behavior:url(x.htc)">x</div>`, `<style>@import 'javascript:alert(1)';</style>`, `<link rel=stylesheet href="javascript:alert(1)">`,
	`<meta http-equiv="refresh" content="0;url=javascript:alert(1)">`, `<base href="javascript:alert(1)//">`, `<form action="javascript:alert(1)"><input type=submit></form>`, `<button formaction="javascript:alert(1)">x</button>`, `<input onfocus=alert(1) autofocus>`,
	`<video src=x onerror=alert(1)></video>`, `<video><source onerror="alert(1)"></video>`, `<audio src=x onerror=alert(1)>`, `<details open ontoggle=alert(1)>x</details>`, `<marquee onstart=alert(1)>x</marquee>`,
	`<table background="javascript:alert(1)"><tr><td background="javascript:alert(1)">x<td>y</table>`, `<td colspan='1" onload="alert(1)'>x</td>`, `<table><tr><td colspan="2&quot; onclick=&quot;alert(1)">x</td><td>y</td></tr></table>`, `<ol start='1" onclick="alert(1)'><li>x</ol>`,
	`<!--[if gte IE 4]><script>alert(1)</script><![endif]-->`, `<![CDATA[<script>alert(1)</script>]]>`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<template><script>alert(1)</script></template>`, `<xmp><p title="</xmp><img src=x onerror=alert(1)>">`,
	`<textarea><p title="</textarea><img src=x onerror=alert(1)>">`, `<title><p title="</title><img src=x onerror=alert(1)>">`, `<select><option><img src=x onerror=alert(1)></select>`, `<plaintext><script>alert(1)</script>`, `<listing>&lt;img src=x onerror=alert(1)&gt;</listing>`,
	`&lt;script&gt;alert(1)&lt;/script&gt;`, `<p>&amp;lt;script&amp;gt;</p>`, "<p>\x00<scr\x00ipt>alert(1)</script></p>", `<p id="x" name="getElementById" class="y">x</p>`, `<pre>&#10;<b onclick=x>a</pre>`,
	`<isindex action=javascript:alert(1)>`, `<frameset onload=alert(1)><frame src=x></frameset>`, `<keygen autofocus onfocus=alert(1)>`, `<q cite="javascript:alert(1)">x</q>`, `<blockquote cite="javascript:alert(1)">x</blockquote>`, `<bgsound src="javascript:alert(1)">`,
}

// Nothing that runs comes through, and an independent sanitizer finds nothing
// left to take away.
func TestNothingRuns(t *testing.T) {
	policy := bluemonday.NewPolicy()
	for tag, attrs := range Allowed {
		policy.AllowElements(tag)
		if len(attrs) > 0 {
			policy.AllowAttrs(attrs...).OnElements(tag)
		}
	}
	policy.AllowURLSchemes("http", "https", "mailto", "tel")
	for _, v := range vectors {
		for _, frame := range []string{"%s", "<div>前%s后</div>", "<table><tr><td>%s</td><td>y</td></tr></table>", "<ul><li>%s</ul>", "<a href=/x>%s</a>", "<pre>%s</pre>"} {
			in := strings.ReplaceAll(frame, "%s", v)
			doc, err := html.Parse(strings.NewReader(in))
			if err != nil {
				t.Fatal(err)
			}
			got := Render([]*html.Node{doc}, base, Options{}).HTML
			safe(t, got)
			if clean := policy.Sanitize(got); normal(t, clean) != normal(t, got) {
				t.Errorf("%q: got %q, the sanitizer leaves %q", in, got, clean)
			}
		}
	}
}

// normal makes spellings of the same tree equal.
func normal(t *testing.T, s string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := html.Render(&b, doc); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
