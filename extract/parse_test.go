package extract

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestNoPage(t *testing.T) {
	noise := make([]byte, 3000)
	random := rand.NewChaCha8([32]byte{7})
	random.Read(noise)
	utf16 := []byte{0xff, 0xfe}
	for _, c := range "<title>校园新闻</title><p>这一页用十六位的字写成，不是二进制数据。" {
		utf16 = append(utf16, byte(c), byte(c>>8))
	}
	tests := []struct {
		name string
		body []byte
		want string // reason; "" = it is a page
	}{
		{"nothing", nil, "empty"},
		{"white space", []byte(" \r\n\t"), "empty"},
		{"PDF", []byte("%PDF-1.4\n"), "a PDF file"},
		{"picture", []byte("\x89PNG\r\n\x1a\n"), "a picture"},
		{"data of no known form", noise, "binary data, no page"},
		{"zeros", make([]byte, 200), "no content"},
		{"UTF-16", utf16, ""},
		{"a stray control character", []byte("<p>甲\x0b乙\x01丙" + strings.Repeat("字", 100)), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := New().Extract(Page{URL: "http://news.site.example/info/1/2.htm", Body: tt.body})
			if got := r.Kind == KindError; got != (tt.want != "") || tt.want != "" && r.Reason != tt.want {
				t.Errorf("got %s %q, want reason %q", r.Kind, r.Reason, tt.want)
			}
		})
	}
}
