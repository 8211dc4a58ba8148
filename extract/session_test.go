package extract

import (
	"strconv"
	"strings"
	"testing"
)

func TestWithoutSession(t *testing.T) {
	const id = "0A1B2C3D4E5F60718293A4B5C6D7E8F9"
	tests := []struct{ address, want string }{
		{"http://n.edu.cn/list.htm;jsessionid=" + id, "http://n.edu.cn/list.htm"},
		{"http://n.edu.cn/list.jsp;JSESSIONID=" + id + ".node1?page=2", "http://n.edu.cn/list.jsp?page=2"},
		{"http://n.edu.cn/show.php?PHPSESSID=" + id + "&id=7", "http://n.edu.cn/show.php?id=7"},
		{"http://n.edu.cn/show.php?id=7&PHPSESSID=" + id, "http://n.edu.cn/show.php?id=7"},
		{"http://n.edu.cn/show.php?sid=" + id, "http://n.edu.cn/show.php"},
		{"http://n.edu.cn/show.php?a=1&sid=" + id + "&sessionid=" + id + "&b=2", "http://n.edu.cn/show.php?a=1&b=2"},
		{"http://n.edu.cn/show.php?sid=12&id=7", "http://n.edu.cn/show.php?sid=12&id=7"}, // a number of a section
		{"http://n.edu.cn/a;b/c.htm", "http://n.edu.cn/a;b/c.htm"},
		{"http://n.edu.cn/info/1002/1234.htm", "http://n.edu.cn/info/1002/1234.htm"},
	}
	e := New()
	for _, tt := range tests {
		if got := WithoutSession(tt.address); got != tt.want {
			t.Errorf("WithoutSession(%s) = %s, want %s", tt.address, got, tt.want)
		}
		if a, b := e.Key(tt.address), e.Key(tt.want); a != b {
			t.Errorf("Key(%s) = %s, want %s as without the session", tt.address, a, b)
		}
	}
}

// What is left names no session any more, and is no longer than it was.
func FuzzWithoutSession(f *testing.F) {
	f.Add("http://a.example/x.htm;jsessionid=0123456789ABCDEF?b=1&PHPSESSID=0123456789abcdef&c=2#d")
	f.Add("http://a.example/?sid=0123456789abcdef&sid=0123456789abcdef")
	f.Add(";si;sid=d=x?;sid=/;sid=")
	f.Fuzz(func(t *testing.T, address string) {
		got := WithoutSession(address)
		if again := WithoutSession(got); again != got || len(got) > len(address) {
			t.Errorf("%q: %q, and then %q", address, got, again)
		}
	})
}

// A long address costs what its length is: one of 105,000 bytes took a minute.
func BenchmarkWithoutSession(b *testing.B) {
	for _, n := range []int{50, 500, 5000} {
		address := "http://n.edu.cn/a" + strings.Repeat("?sid=aaaaaaaaaaaaaaaa", n) + strings.Repeat("&sid=aaaaaaaaaaaaaaaa", n)
		b.Run(strconv.Itoa(len(address)), func(b *testing.B) {
			b.SetBytes(int64(len(address)))
			for b.Loop() {
				WithoutSession(address)
			}
		})
	}
}
