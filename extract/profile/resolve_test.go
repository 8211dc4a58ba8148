package profile

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"campusnews/extract/systems"

	"golang.org/x/net/html"
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
		"https://news.csu.edu.cn/":        "csu",
		"http://News.csu.edu.cn":          "csu",
		"https://news.csu.edu.cn/zngs/":   "news.csu.edu.cn",
		"mine.yaml":                       "mine",
		"http://cst.nuc.edu.cn/":          "cst.nuc.edu.cn",
		"HTTPS://CST.nuc.edu.cn":          "cst.nuc.edu.cn",
		"http://[::1]:8080/":              "1--8080",
		"http://[::]/":                    "site",
		"http://a_b.example.cn/":          "a-b.example.cn",
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
		"ftp://a.edu.cn/": "by http:// and https://",
		"news.a.edu.cn":   "write its address whole: https://news.a.edu.cn",
		"news.a.edu.cn/x": "write its address whole: https://news.a.edu.cn/x",
		"sites/a.yaml":    "read profile: file does not exist",
		"../a/b":          "read profile: file does not exist",
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
	// Each template of the site from 2015 on, shortened to the elements that tell them apart.
	for name, tt := range map[string]struct{ page, title, meta, body string }{
		"2016": {`<div class="subTitle2"><span>甲</span></div><div class="otherTme">来源:乙</div><div class="subCont"><p>丙</p></div>`, "甲", "来源:乙", "丙"},
		"2018": {`<div class="mainLeft mt8"><div class="subTitle2"><span>甲</span></div><div class="otherTme">来源:乙</div><div class="subCont">丙</div></div>`, "甲", "来源:乙", "丙"},
		"2021": {`<div class="subTitle2">甲</div><div class="otherTme">来源:乙</div><div class="subCont"><i>x</i><div class="v_news_content"><p class="vsbcontent_start">丙</p></div></div>`, "甲", "来源:乙", "丙"},
		"2026": {`<h1>甲</h1><div class="v_news_content">丙</div>`, "", "", ""},
	} {
		page, err := html.Parse(strings.NewReader(tt.page))
		if err != nil {
			t.Fatal(err)
		}
		var plan systems.Plan
		plan.AddRules(&p.Overrides)
		ix := plan.Walk(page)
		for field, want := range map[string]string{"article.title": tt.title, "article.meta": tt.meta, "article.body": tt.body} {
			got := ""
			list := *p.Overrides.Fields()[field]
			for i := range list {
				if hits := ix.Select(&list[i]); len(hits) > 0 {
					got = text(hits[0])
					break
				}
			}
			if got != want {
				t.Errorf("%s %s: got %q, want %q", name, field, got, want)
			}
		}
	}
	p.Sections[0].Name = "changed"
	if again, _ := Builtin("csu"); again.Sections[0].Name != "学校要闻" {
		t.Error("a caller's change reached the built-in profile")
	}
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}
