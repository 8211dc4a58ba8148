package scraper

import "testing"

func TestScope(t *testing.T) {
	whole := newScope(Site{Hosts: []string{"news.site.example", "127.0.0.1:8080"}})
	part := newScope(Site{Hosts: []string{"site.example"}, PathPrefixes: []string{"/news/"}})
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
		{"and the other way round", "http://site.example/news/a", newScope(Site{Hosts: []string{"www.site.example"}}), true},
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
