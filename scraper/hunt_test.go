package scraper

import "testing"

func TestPageAddress(t *testing.T) {
	const host = "http://news.site.example"
	tests := []struct {
		name, second string
		pages, k     int
		want         string // "" = cannot be told
	}{
		{"VSB counts down", "/xwdt/29.htm", 30, 12, "/xwdt/19.htm"},
		{"the oldest", "/xwdt/29.htm", 30, 30, "/xwdt/1.htm"},
		{"page 2 itself", "/xwdt/29.htm", 30, 2, "/xwdt/29.htm"},
		{"a section with a number", "/tzgg1/29.htm", 30, 3, "/tzgg1/28.htm"},
		{"WebPlus counts up", "/24251/list2.htm", 81, 40, "/24251/list40.htm"},
		{"query", "/list.jsp?totalpage=30&PAGENUM=2&wbtreeid=1005", 30, 7, "/list.jsp?totalpage=30&PAGENUM=7&wbtreeid=1005"},
		{"underscore", "/news/index_2.html", 9, 5, "/news/index_5.html"},
		{"folder of the same number", "/2/list2.htm", 9, 5, "/2/list5.htm"},
		{"two candidates", "/list.jsp?a=2&b=2", 9, 5, ""},
		{"three pages, either way", "/xwdt/2.htm", 3, 3, ""},
		{"no number", "/older.htm", 9, 5, ""},
		{"another number", "/xwdt/17.htm", 30, 12, ""},
		{"beyond the end", "/xwdt/29.htm", 30, 31, ""},
		{"page 1 has its own address", "/xwdt/29.htm", 30, 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := pageAddress(host+tt.second, tt.pages, tt.k)
			want := ""
			if tt.want != "" {
				want = host + tt.want
			}
			if got != want || ok != (want != "") {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
