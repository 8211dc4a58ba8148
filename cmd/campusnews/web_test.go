package main

import (
	"net/netip"
	"testing"
)

func TestPermit(t *testing.T) {
	tests := []struct {
		name  string
		hosts []string
		addr  string
		want  bool
	}{
		{"public", nil, "202.197.61.57", true},
		{"private by a name", []string{"news.site.example"}, "10.0.0.1", false},
		{"loopback by a name", []string{"news.site.example"}, "127.0.0.1", false},
		{"as written", []string{"127.0.0.1:8080"}, "127.0.0.1", true},
		{"another than written", []string{"127.0.0.1:8080"}, "127.0.0.2", false},
		{"localhost", []string{"localhost:8080"}, "::1", true},
		{"IPv6 as written", []string{"[fd00::1]:80"}, "fd00::1", true},
		{"metadata service", []string{"127.0.0.1"}, "169.254.169.254", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := webFlags{}
			if err := f.permit(tt.hosts)(netip.MustParseAddr(tt.addr)); (err == nil) != tt.want {
				t.Errorf("got %v, want permitted %v", err, tt.want)
			}
		})
	}
	if f := (webFlags{allowPrivate: true}); f.permit(nil) != nil {
		t.Error("--allow-private still forbids")
	}
}
