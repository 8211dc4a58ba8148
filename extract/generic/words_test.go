package generic

import "testing"

func TestNames(t *testing.T) {
	cases := []struct {
		name      string
		has, lack hint
	}{
		{"v_news_content", hintBody, bad},
		{"wp_articlecontent", hintBody, bad},
		{"articleBody", hintBody, bad},
		{"entry-content", hintBody, bad},
		{"post", hintArticle, hintBody | bad},
		{"comments-area", hintComment, hintBody},
		{"bdsharebuttonbox", hintShare, hintBody},
		{"relatedPosts", hintRelated, hintBody},
		{"ad-slot-3", hintAd, hintBody},
		{"thread-header", hintHeader, hintAd},
		{"shadow", 0, hintAd | bad},
		{"1D5AD", 0, hintAd},
		{"sidebar1", hintSide, hintBody},
		{"inside", 0, hintSide},
		{"has-small-font-size", 0, hintShare},
		{"", 0, ^hint(0)},
	}
	for _, c := range cases {
		got := names.of(c.name)
		if got&c.has != c.has || got&c.lack != 0 {
			t.Errorf("hints of %q: got %b, want %b in it and none of %b", c.name, got, c.has, c.lack)
		}
	}
}

func TestUnsuffixed(t *testing.T) {
	cases := []struct{ name, title, site, want string }{
		{"one name", "我校召开工作会议-云溪大学新闻网", "", "我校召开工作会议"},
		{"two names", "我校召开工作会议_要闻_云溪大学", "", "我校召开工作会议"},
		{"known name", "会议-云溪大学新闻中心", "云溪大学新闻中心", "会议"},
		{"unknown name longer than the title", "会议-云溪大学新闻中心", "", "会议-云溪大学新闻中心"},
		{"bar", "Ferry returns after two winters | Courier", "", "Ferry returns after two winters"},
		{"none", "没有后缀的标题", "", "没有后缀的标题"},
		{"empty", "", "", ""},
	}
	for _, c := range cases {
		if got := unsuffixed(c.title, c.site); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestScripted(t *testing.T) {
	cases := []struct{ name, href, want string }{
		{"copier", `javascript:if(confirm(%27https://a.example/x.html  outside%27))window.location=%27https://a.example/x.html%27`, "https://a.example/x.html"},
		{"window", `javascript:window.open('http://a.example/1.htm')`, "http://a.example/1.htm"},
		{"nothing", `javascript:void(0)`, ""},
		{"no page", `javascript:location.href='data:text/html,x'`, ""},
		{"plain", `info/1001/2.htm`, ""},
	}
	for _, c := range cases {
		if got := scripted(c.href); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestSite(t *testing.T) {
	cases := []struct{ host, want string }{
		{"news.csu.edu.cn", "csu.edu.cn"},
		{"www.example.com", "example.com"},
		{"example.co.uk", "example.co.uk"},
		{"a.b.example.org", "example.org"},
		{"localhost", "localhost"},
	}
	for _, c := range cases {
		if got := site(c.host); got != c.want {
			t.Errorf("site of %s: got %q, want %q", c.host, got, c.want)
		}
	}
}

func TestHides(t *testing.T) {
	cases := []struct {
		style string
		want  bool
	}{
		{"display:none", true},
		{"color:red; display : none;", true},
		{"display:block", false},
		{"", false},
	}
	for _, c := range cases {
		if got := hides(c.style); got != c.want {
			t.Errorf("%q: got %v, want %v", c.style, got, c.want)
		}
	}
}
