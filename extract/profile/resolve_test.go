package profile

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

func TestResolve(t *testing.T) {
	files := map[string]string{
		"mine.yaml": "id: mine\nhome: https://news.example.edu.cn/\n",
		"csu":       "id: shadow\nhome: https://news.example.edu.cn/\n",
		"./csu":     "id: shadow\nhome: https://news.example.edu.cn/\n",
		"bad.yaml":  "hmoe: x\n",
	}
	read := func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	}
	for name, want := range map[string]string{
		"csu":                             "csu",
		"./csu":                           "shadow",
		"mine.yaml":                       "mine",
		"http://cst.nuc.edu.cn/":          "cst.nuc.edu.cn",
		"HTTPS://CST.nuc.edu.cn":          "cst.nuc.edu.cn",
		"http://[::1]:8080/":              "1--8080",
		"http://127.0.0.1:9/xww/?a=b#top": "127.0.0.1-9",
	} {
		p, err := Resolve(name, read)
		if err != nil {
			t.Errorf("Resolve(%q): %v", name, err)
			continue
		}
		if p.ID != want {
			t.Errorf("Resolve(%q): got id %q, want %q", name, p.ID, want)
		}
		if u, _ := pageAddress(p.Home); u == nil || !p.HasHost(u.Host) {
			t.Errorf("Resolve(%q): got home %q and hosts %q, want a home on one of the hosts", name, p.Home, p.Hosts)
		}
	}
	for name, want := range map[string]string{
		"cus":             `did you mean "csu"?`,
		"nowhere-near":    "neither a built-in site, a profile file nor an address",
		"gone.yaml":       "read profile: file does not exist",
		"bad.yaml":        `bad.yaml:1:1: unknown key "hmoe"; did you mean "home"?`,
		"http://":         "has no host",
		"http://a b/":     "site address",
		"https://u:p@a/":  "holds a user name",
		"ftp://a.edu.cn/": "read profile",
	} {
		p, err := Resolve(name, read)
		if err == nil || p != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Resolve(%q): got %+v, %v, want an error with %q", name, p, err, want)
		}
	}
	if _, err := Resolve("cus", read); !errors.Is(err, ErrUnknownSite) {
		t.Errorf("got %v, want ErrUnknownSite", err)
	}
}

// The sections of 中南大学新闻网 as its navigation names them, in its order.
func TestCSU(t *testing.T) {
	p, ok := Builtin("csu")
	if !ok {
		t.Fatal("csu is not built in")
	}
	want := map[string]string{"学校要闻": "xxyw", "综合新闻": "zhxw", "中南人物": "znrw", "中南故事": "zngs", "学生天地": "xstd", "媒体中南": "mtzn", "党史学习教育专题": "jczt/dsxxjyztw"}
	if len(p.Sections) != len(want) {
		t.Errorf("got %d sections, want %d", len(p.Sections), len(want))
	}
	for name, slug := range want {
		s, ok := p.Section(name)
		if !ok || s.URL != "https://news.csu.edu.cn/"+slug+".htm" {
			t.Errorf("section %s: got %+v, want %s.htm", name, s, slug)
		}
	}
	if p.System != "vsb" || p.Sections[0].Name != "学校要闻" {
		t.Errorf("got system %q and first section %q, want vsb and 学校要闻", p.System, p.Sections[0].Name)
	}
	p.Sections[0].Name = "changed"
	if again, _ := Builtin("csu"); again.Sections[0].Name != "学校要闻" {
		t.Error("a caller's change reached the built-in profile")
	}
}
