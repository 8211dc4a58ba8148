package probe

import (
	"testing"

	"campusnews/extract"
)

func TestSlug(t *testing.T) {
	for address, want := range map[string]string{
		"https://news.example.edu.cn/xxyw.htm":               "xxyw",
		"https://news.example.edu.cn/24251/list.htm":         "24251",
		"https://news.example.edu.cn/xwzh/index.htm":         "xwzh",
		"https://news.example.edu.cn/list.htm":               "list",
		"https://news.example.edu.cn/a/b/c.jsp?wbtreeid=1":   "c",
		"https://news.example.edu.cn/":                       "news.example.edu.cn",
		"https://news.example.edu.cn/%20%20/list.htm":        "list",
		"https://news.example.edu.cn/%E8%A6%81%E9%97%BB.htm": "要闻",
	} {
		if got := slug(address); got != want {
			t.Errorf("slug(%s): got %q, want %q", address, got, want)
		}
	}
}

func TestUnder(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"http://h/dqgz/djdt.htm", "http://h/dqgz.htm", true},
		{"http://h/dqgz/djdt/x.htm", "http://h/dqgz.htm", true},
		{"http://h/xwzh/yw/index.htm", "http://h/xwzh/index.htm", true},
		{"http://h/dqgz.htm", "http://h/dqgz.htm", false},
		{"http://h/dqgz2/djdt.htm", "http://h/dqgz.htm", false},
		{"http://h/a.htm", "http://h/index.htm", false},
		{"http://h/a.htm", "http://h/", false},
	} {
		if got := under(tt.a, tt.b); got != tt.want {
			t.Errorf("under(%s, %s): got %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestMarkSums(t *testing.T) {
	item := func(ids ...string) []extract.Item {
		var all []extract.Item
		for _, id := range ids {
			all = append(all, extract.Item{URL: "http://h/info/1/" + id + ".htm"})
		}
		return all
	}
	sections := []Section{
		{Name: "repeats", URL: "http://h/a.htm", Total: 4, items: item("1", "3")},
		{Name: "one", URL: "http://h/a/one.htm", Total: 3, items: item("1", "2")},
		{Name: "nested", URL: "http://h/a/one/in.htm", Total: 2, items: item("1")},
		{Name: "two", URL: "http://h/a/two.htm", Total: 1, items: item("3")},
		{Name: "has items of its own", URL: "http://h/b.htm", Total: 1, items: item("8")},
		{Name: "under it", URL: "http://h/b/x.htm", Total: 1, items: item("9")},
		{Name: "has more", URL: "http://h/c.htm", Total: 5, items: item("5")},
		{Name: "under that", URL: "http://h/c/x.htm", Total: 2, items: item("5")},
		{Name: "no totals", URL: "http://h/d.htm", items: item("6")},
		{Name: "under none", URL: "http://h/d/x.htm", items: item("6")},
	}
	markSums(sections)
	for _, s := range sections {
		if want := s.Name == "repeats"; s.Sums != want {
			t.Errorf("%s: got %v, want %v", s.Name, s.Sums, want)
		}
	}
}

func TestUniqueNames(t *testing.T) {
	sections := []Section{
		{Name: "教学工作", URL: "http://h/jxgz.htm"},
		{Name: "教学动态", URL: "http://h/jxgz/jxdt.htm"},
		{Name: "教学动态", URL: "http://h/other/jxdt.htm"},
		{Name: "教学动态", URL: "http://h/more/jxdt.htm"},
		{Name: "通知", URL: "http://h/tz.htm"},
	}
	uniqueNames(sections)
	for i, want := range []string{"教学工作", "教学工作 教学动态", "教学动态 jxdt", "教学动态 2", "通知"} {
		if got := sections[i].Name; got != want {
			t.Errorf("%s: got %q, want %q", sections[i].URL, got, want)
		}
	}
}
