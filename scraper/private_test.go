package scraper

import (
	"errors"
	"net/netip"
	"testing"
)

func TestPublic(t *testing.T) {
	tests := []struct {
		address string
		want    bool
	}{
		{"202.197.61.57", true}, {"8.8.8.8", true}, {"2001:da8:bf:300::1", true}, {"240e::1", true},
		{"127.0.0.1", false}, {"127.8.8.8", false}, {"::1", false}, {"0.0.0.0", false}, {"::", false}, {"0.1.2.3", false},
		{"10.1.2.3", false}, {"172.16.0.1", false}, {"172.32.0.1", true}, {"192.168.1.1", false}, {"fd00::1", false},
		{"169.254.169.254", false}, {"fe80::1%eth0", false}, {"100.64.0.1", false}, {"100.128.0.1", true},
		{"224.0.0.1", false}, {"255.255.255.255", false}, {"ff02::1", false}, {"198.18.0.1", false}, {"203.0.113.9", false},
		{"::ffff:10.0.0.1", false}, {"::ffff:8.8.8.8", true},
		{"64:ff9b::a00:1", false}, {"64:ff9b::808:808", true}, {"2002:7f00:1::", false}, {"2002:808:808::1", true},
	}
	for _, tt := range tests {
		err := Public(netip.MustParseAddr(tt.address))
		if (err == nil) != tt.want || err != nil && !errors.Is(err, ErrPrivate) {
			t.Errorf("Public(%s) = %v, want public %v", tt.address, err, tt.want)
		}
	}
	if err := Public(netip.Addr{}); !errors.Is(err, ErrPrivate) {
		t.Errorf("Public of no address = %v, want ErrPrivate", err)
	}
}
