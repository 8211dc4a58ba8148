package scraper

import "testing"

func TestScope(t *testing.T) {
	whole := newScope(Site{Hosts: []string{"news.site.example", "127.0.0.1:8080"}}, AssetsSite)
	part := newScope(Site{Hosts: []string{"site.example"}, PathPrefixes: []string{"/news/"}}, AssetsSite)
	tests := []struct {
		name, address string
		scope         scope
		want          bool
	}{
		{"host", "http://news.site.example/a.htm", whole, true},
		{"https", "https://news.site.example/", whole, true},
		{"any port of a host without one", "http://news.site.example:8080/", whole, true},
		{"case", "HTTP://NEWS.site.example/", whole, true},
		{"www is the same site", "http://www.news.site.example/", whole, true},
		{"and the other way round", "http://site.example/news/a", newScope(Site{Hosts: []string{"www.site.example"}}, AssetsSite), true},
		{"port as given", "http://127.0.0.1:8080/", whole, true},
		{"another port", "http://127.0.0.1:8081/", whole, false},
		{"another host", "http://site.example/", whole, false},
		{"a host that ends alike", "http://evilnews.site.example/", whole, false},
		{"a host in the user's place", "http://news.site.example@evil.example/", whole, false},
		{"user and password", "http://me:secret@news.site.example/", whole, false},
		{"ftp", "ftp://news.site.example/", whole, false},
		{"javascript", "javascript:void(0)", whole, false},
		{"relative", "/a.htm", whole, false},
		{"prefix", "http://site.example/news/1.htm", part, true},
		{"prefix itself", "http://site.example/news/", part, true},
		{"beside the prefix", "http://site.example/newsletter/", part, false},
		{"out of the prefix by dots", "http://site.example/news/../admin/", part, false},
		{"not an address", "http://[::1", whole, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.scope.has(tt.address); got != tt.want {
				t.Errorf("has(%s) = %v, want %v", tt.address, got, tt.want)
			}
		})
	}
}

func TestAssetScope(t *testing.T) {
	site := Site{Hosts: []string{"news.uni.edu.cn"}, PathPrefixes: []string{"/xw/"}}
	tests := []struct {
		name, address   string
		site, all, none bool
	}{
		{"own host, any path", "http://news.uni.edu.cn/__local/a.jpg", true, true, false},
		{"another host of the university", "https://www.uni.edu.cn/a.jpg", true, true, false},
		{"another university", "https://www.other.edu.cn/a.jpg", false, true, false},
		{"elsewhere", "https://mmbiz.qpic.cn/a", false, true, false},
		{"an address without a domain", "http://10.0.0.1/a.jpg", false, true, false},
		{"data", "data:image/png;base64,xx", false, false, false},
		{"a file", "file:///C:/a.jpg", false, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for choice, want := range map[Assets]bool{AssetsSite: tt.site, AssetsAll: tt.all, AssetsNone: tt.none} {
				if got := newScope(site, choice).hasAsset(tt.address); got != want {
					t.Errorf("%s: hasAsset(%s) = %v, want %v", choice, tt.address, got, want)
				}
			}
		})
	}
}
