package extract

import "testing"

func TestKey(t *testing.T) {
	e := New()
	for _, c := range []struct{ name, address, want string }{
		{"vsb", "http://News.example.edu.cn:80/info/1002/1234.htm#top", "news.example.edu.cn/news1234"},
		{"vsb https", "https://news.example.edu.cn/info/1099/1234.htm", "news.example.edu.cn/news1234"},
		{"vsb second page", "https://news.example.edu.cn/info/1099/1234_1.htm", "news.example.edu.cn/news1234"},
		{"vsb dynamic", "http://news.example.edu.cn/content.jsp?urltype=news.NewsContentUrl&wbtreeid=1025&wbnewsid=1234", "news.example.edu.cn/news1234"},
		{"vsb dynamic, other template", "http://news.example.edu.cn/nry.jsp?wbnewsid=1234&wbtreeid=1", "news.example.edu.cn/news1234"},
		{"vsb sub-site", "http://www.example.edu.cn/jwc/info/1002/1234.htm", "www.example.edu.cn/jwc/news1234"},
		{"vsb sub-site dynamic", "http://www.example.edu.cn/jwc/content.jsp?wbnewsid=1234", "www.example.edu.cn/jwc/news1234"},
		{"webplus", "https://cs.example.edu.cn/2026/0326/c12154a290690/page.htm", "cs.example.edu.cn/a290690"},
		{"webplus, other column", "https://cs.example.edu.cn/1c/9e/c99a290690/page.psp", "cs.example.edu.cn/a290690"},
		{"webplus, other template", "https://cs.example.edu.cn/_t1082/2022/0717/c17155a290690/page.htm", "cs.example.edu.cn/a290690"},
		{"webplus redirect", "https://cs.example.edu.cn/_redirect?siteId=1&columnId=2&articleId=290690", "cs.example.edu.cn/a290690"},
		{"index file", "https://www.example.edu.cn/xw/index.htm", "www.example.edu.cn/xw/"},
		{"query counts", "https://www.example.edu.cn/show.asp?id=7", "www.example.edu.cn/show.asp?id=7"},
		{"no path", "https://www.example.edu.cn", "www.example.edu.cn/"},
		{"port", "https://www.example.edu.cn:8443/x", "www.example.edu.cn:8443/x"},
		{"no address", " 全文 ", "全文"},
	} {
		if got := e.Key(c.address); got != c.want {
			t.Errorf("%s: Key(%q): got %q, want %q", c.name, c.address, got, c.want)
		}
	}
}
