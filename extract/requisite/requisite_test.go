package requisite

import (
	"slices"
	"strings"
	"testing"
)

const page = `<!DOCTYPE html><html><head><base href="/xww/"><link rel="stylesheet" href="a.css?v=1#x"><LINK REL="shortcut icon" HREF="/favicon.ico">
<link rel="alternate" href="/feed"><script src="//cdn.example.edu.cn/j.js"></script><script>var x = '<img src="no.gif">';</script>
<style>@import "b.css"; @import url('c.css') screen; .a{background:url( "d.png" )} /* url(no.png) */ .b{content:"url(no2.png)"}</style></head>
<body background="bg.gif"><!-- <img src="no3.gif"> --><img src="e.jpg"><img src="data:image/png;base64,x"><div style="background:url(f\20g.png)"></div>
<a href="/page.htm">x</a><img src="e.jpg"><table background="t.gif"></table></body></html>`

func TestOf(t *testing.T) {
	at := func(paths ...string) (all []string) {
		for _, p := range paths {
			all = append(all, "https://n.example.edu.cn"+p)
		}
		return all
	}
	want := append(at("/xww/a.css?v=1", "/favicon.ico"), "https://cdn.example.edu.cn/j.js")
	want = append(want, at("/xww/b.css", "/xww/c.css", "/xww/d.png", "/xww/bg.gif", "/xww/e.jpg", "/xww/f%20g.png", "/xww/t.gif")...)
	for name, tt := range map[string]struct {
		kind, text string
		want       []string
	}{
		"page":         {"text/html; charset=utf-8", page, want},
		"sheet":        {"text/css", `@charset "utf-8"; @IMPORT "x.css"; @font-face{src:url(../f.woff2?#iefix) format("woff2"), local("no")} .x{background:URL(y.png`, at("/xww/x.css", "/f.woff2?", "/xww/y.png")},
		"string in it": {"text/css", `a{background: url("a b.png")} b{content:"c.png"}`, at("/xww/a%20b.png")},
		"script":       {"application/javascript", `url(x.png)`, nil},
		"nothing":      {"text/css", ``, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Of("https://n.example.edu.cn/xww/p.htm", tt.kind, []byte(tt.text)); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
	if got := Of("https://n.example.edu.cn/", "text/css", []byte(strings.Repeat("@import 'a.css';", 9)+strings.Repeat("a{b:url(x.png)}", 1_000))); len(got) != 2 {
		t.Errorf("got %d addresses, want each once", len(got))
	}
}

func FuzzOf(f *testing.F) {
	f.Add("text/html", page)
	f.Add("text/css", `@import url(x.css); a{b:url('\`)
	f.Fuzz(func(t *testing.T, kind, text string) {
		got := Of("https://n.example.edu.cn/", kind, []byte(text))
		if len(got) > Max {
			t.Errorf("%d addresses", len(got))
		}
		for _, a := range got {
			if !strings.HasPrefix(a, "http://") && !strings.HasPrefix(a, "https://") || strings.Contains(a, "#") {
				t.Errorf("address %q", a)
			}
		}
	})
}
