package generic

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestParts(t *testing.T) {
	const page = `<html><head><title>长篇报道：一条河的四季-云溪大学</title></head><body><h1>长篇报道：一条河的四季</h1><p>发布时间：2019-12-16</p>
<div class="article-content"><p>春天的时候，河水从山里带来融化的雪，两岸的柳树一夜之间全绿了，孩子们沿着河堤放风筝。</p></div>
<div>%s</div></body></html>`
	cases := []struct {
		name, address, pager string
		want                 []string
		part                 int
	}{
		{"first of two, counted from one below", "http://a.example/info/1038/3204.htm", `[1] <a href="3204_1.htm">[2]</a> <a href="3204_1.htm">下一页</a>`, []string{"http://a.example/info/1038/3204_1.htm"}, 1},
		{"second of three", "http://a.example/n/77_2.html", `<a href="77.html">1</a> 2 <a href="77_3.html">3</a>`, []string{"http://a.example/n/77_3.html"}, 2},
		{"last", "http://a.example/info/1038/3204_1.htm", `<a href="3204.htm">[1]</a> [2]`, nil, 2},
		{"query", "http://a.example/show.php?id=3&page=1", `<a href="?id=3&amp;page=2">2</a><a href="?id=3&amp;page=3">3</a>`, []string{"http://a.example/show.php?id=3&page=2", "http://a.example/show.php?id=3&page=3"}, 1},
		{"neighbours", "http://a.example/info/1038/3204.htm", `上一篇：<a href="3203.htm">2</a>`, nil, 1},
		{"none", "http://a.example/info/1038/3204.htm", ``, nil, 1},
	}
	for _, c := range cases {
		doc, err := html.Parse(strings.NewReader(strings.Replace(page, "%s", c.pager, 1)))
		if err != nil {
			t.Fatal(err)
		}
		base, _ := url.Parse(c.address)
		a, _ := Read(doc, base).Article()
		if !reflect.DeepEqual(a.Parts, c.want) || a.Part != c.part {
			t.Errorf("%s: got %q, page %d, want %q, page %d", c.name, a.Parts, a.Part, c.want, c.part)
		}
	}
}
