package memento

import (
	"net/url"
	"strings"
	"testing"
)

// FuzzParse: what is read from an address is written to the same address; it is one of http or https
// without anything that could end a header or a tag.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"/web/20160722120000/http://news.example.edu.cn/info/1.htm?a=1&b=%E4%B8%AD", "/web/2016if_/https://a.example", "/web/timegate/HTTP://A.example:80/#x", "/web/timemap/json/a.example/b//c/../d",
		"/web/*/http://[::1]:8080/", "/web/2016/http://a.example/%2f%00%0d%0a", "/web/http:/a.example/", "/web/http%3A%2F%2Fa.example%2F", "/web/2016id_/http://例子.中国/路?问=答", "/web/99999999999999/x", "/web/2016/http://a.example?", "/web/20160722120000-12if_/http://a.example/",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := url.ParseRequestURI(s)
		if err != nil {
			return
		}
		q, err := parse(u)
		if err != nil {
			return
		}
		again, err := canonical(q.address)
		if err != nil || again != q.address {
			t.Fatalf("%q: address %q is read as %q (%v)", s, q.address, again, err)
		}
		if !strings.HasPrefix(q.address, "http://") && !strings.HasPrefix(q.address, "https://") || strings.ContainsAny(q.address, "<>\" \r\n\x00#") {
			t.Fatalf("%q: address %q", s, q.address)
		}
		for _, c := range []byte(q.address) {
			if c < ' ' || c >= 0x7f {
				t.Fatalf("%q: address %q is no ASCII", s, q.address)
			}
		}
		back, err := url.ParseRequestURI(pathAt(formFrame, noon, q.address))
		if err != nil {
			t.Fatalf("%q: the path of %q cannot be read: %v", s, q.address, err)
		}
		if r, err := parse(back); err != nil || r.address != q.address || r.form != formFrame || !r.at.Equal(noon) || !r.whole {
			t.Fatalf("%q: %q comes back as %+v (%v)", s, q.address, r, err)
		}
		if n := len(spellings(q.address)); n < 2 || n > 4 {
			t.Fatalf("%q: %d spellings", s, n)
		}
	})
}
