package scraper

import (
	"strings"
	"testing"
)

func TestMadeUp(t *testing.T) {
	tests := []struct{ like, want string }{
		{"http://news.edu.cn/info/1002/128731.htm", "http://news.edu.cn/info/1002/N.htm"},
		{"http://news.edu.cn/2024/0523/c1a2/page.htm#top", "http://news.edu.cn/2024/0523/c1aN/page.htm"},
		{"http://news.edu.cn/content.jsp?wbtreeid=1002&wbnewsid=77", "http://news.edu.cn/content.jsp?wbtreeid=1002&wbnewsid=N"},
		{"http://news.edu.cn/%E6%96%B0%E9%97%BB/about.htm", "http://news.edu.cn/%E6%96%B0%E9%97%BB/N.htm"},
		{"http://news.edu.cn/about", "http://news.edu.cn/N"},
		{"http://news.edu.cn/", "http://news.edu.cn/N"},
	}
	for _, tt := range tests {
		got := madeUp(tt.like, noon)
		number := ""
		for _, n := range digitRun.FindAllString(got, -1) {
			if len(n) == 9 && n[0] == '9' {
				number = n
			}
		}
		if number == "" || strings.Replace(got, number, "N", 1) != tt.want {
			t.Errorf("madeUp(%s) = %s, want %s with a number of nine digits", tt.like, got, tt.want)
		}
		if madeUp(tt.like, noon) != got || madeUp(tt.like, noon.Add(day)) == got {
			t.Errorf("madeUp(%s): want the same all day and another the next", tt.like)
		}
	}
	if got := madeUp("http://[::1", noon); got != "" {
		t.Errorf("made up %q of no address", got)
	}
}
