package extract

import (
	"testing"

	"campusnews/extract/systems"

	"github.com/goccy/go-yaml"
)

// What a profile says of a list's rows is done: where they stand, where none
// do, and what in them is the link, the title and the date.
func TestRowRules(t *testing.T) {
	const page = `<html><head><title>要闻-测试大学</title></head><body>
<div class="side"><ul><li><a href="/s/1.htm">侧栏里的第一条旧闻标题</a><span>2020-01-01</span></li>
<li><a href="/s/2.htm">侧栏里的第二条旧闻标题</a><span>2020-01-02</span></li></ul></div>
<div class="main">
<div class="item"><a class="tag" href="/tag/7.htm">一个比标题还要长得多的话题名称放在最前面</a><a class="go" href="/n/1.htm">第一条要闻的标题 热点</a><b class="t">第一条要闻的标题</b><i>修改于2024-05-06</i><em data-day="2024-05-01">五月</em></div>
<div class="item"><a class="tag" href="/tag/8.htm">又一个比标题还要长得多的话题名称在前面</a><a class="go" href="/n/2.htm">第二条要闻的标题 热点</a><b class="t">第二条要闻的标题</b><i>修改于2024-05-07</i><em data-day="2024-04-30">四月</em></div>
<div class="ad"><div class="item"><a class="go" href="/ad/3.htm">广告位里的一条推广内容</a><em data-day="2024-04-29">四月</em></div></div>
</div></body></html>`
	tests := []struct {
		name, rules string
		want        []Item
	}{
		{"rows alone, which are all that match", "list: {rows: [.main .item]}", []Item{
			{URL: "https://news.site.example/tag/7.htm", Title: "一个比标题还要长得多的话题名称放在最前面", Date: "2024-05-06"},
			{URL: "https://news.site.example/tag/8.htm", Title: "又一个比标题还要长得多的话题名称在前面", Date: "2024-05-07"},
		}},
		{"all of it", `
list:
  scope: [.nowhere, .main]
  rows: [{css: .item, pick: all}]
  link: [a.none, a.go]
  title: [b.t]
  date: [{css: em, attr: data-day}]
  skip: [.ad]`, []Item{
			{URL: "https://news.site.example/n/1.htm", Title: "第一条要闻的标题", Date: "2024-05-01"},
			{URL: "https://news.site.example/n/2.htm", Title: "第二条要闻的标题", Date: "2024-04-30"},
		}},
		{"scope keeps rows of other boxes out", "list: {scope: [.side], rows: [{css: 'li, .item', pick: all}]}", []Item{
			{URL: "https://news.site.example/s/1.htm", Title: "侧栏里的第一条旧闻标题", Date: "2020-01-01"},
			{URL: "https://news.site.example/s/2.htm", Title: "侧栏里的第二条旧闻标题", Date: "2020-01-02"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var rules systems.Rules
			if err := yaml.UnmarshalWithOptions([]byte(tt.rules), &rules, yaml.Strict()); err != nil {
				t.Fatal(err)
			}
			r := New(WithRules(rules)).Extract(Page{URL: "https://news.site.example/yw/list.htm", Body: []byte(page)})
			if r.Listing == nil {
				t.Fatalf("got %s (%s), want a list", r.Kind, r.Reason)
			}
			for i, got := range r.Listing.Items {
				got.Key = ""
				if i >= len(tt.want) || got != tt.want[i] {
					t.Errorf("row %d: got %+v, want one of %+v", i, got, tt.want)
				}
			}
			if len(r.Listing.Items) != len(tt.want) {
				t.Errorf("got %d rows, want %d", len(r.Listing.Items), len(tt.want))
			}
		})
	}
}
