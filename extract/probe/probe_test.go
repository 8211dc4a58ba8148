package probe

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"campusnews/extract"
	"campusnews/extract/profile"
	"campusnews/extract/systems"
)

const csuHome = "https://news.csu.edu.cn/"

// readsBack fails unless the drafted YAML is read as the drafted profile.
func readsBack(t *testing.T, r *Report) {
	t.Helper()
	text := r.YAML()
	p, err := profile.Parse(text, "draft.yaml")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if !reflect.DeepEqual(p, r.Profile) {
		t.Errorf("got  %+v\nwant %+v\nfrom\n%s", p, r.Profile, text)
	}
}

// Probe finds on the fixture site what the built-in profile of that site says.
func TestProbe(t *testing.T) {
	r, err := Probe(t.Context(), fixtures(t), csuHome, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want, _ := profile.Builtin("csu")
	if r.Profile.ID != "csu" || r.Profile.System != "vsb" || r.Profile.Home != csuHome {
		t.Errorf("got id %q, system %q, home %q", r.Profile.ID, r.Profile.System, r.Profile.Home)
	}
	want.Sections[6].Name = "专题网站" // as the navigation calls what the page itself calls 党史学习教育专题
	if !reflect.DeepEqual(r.Profile.Sections, want.Sections) {
		t.Errorf("got sections  %v\nwant %v", r.Profile.Sections, want.Sections)
	}
	if r.Profile.Title != "中南大学新闻网" {
		t.Errorf("got title %q, want the site's", r.Profile.Title)
	}
	a := r.Counts.Articles
	if a.Pages < 12 || a.Fields["title"].Rate() < 1 || a.Fields["published"].Rate() < 1 {
		t.Errorf("got %+v, want 12 articles with title and date", a)
	}
	text := string(r.YAML())
	for _, part := range []string{"# Recognised on ", "\nsystem: vsb\n", "  学校要闻: https://news.csu.edu.cn/xxyw.htm\n", "# title ", "# row.date "} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in\n%s", part, text)
		}
	}
	readsBack(t, r)
	again, err := Probe(t.Context(), fixtures(t), csuHome, Options{})
	if err != nil || !reflect.DeepEqual(again, r) {
		t.Error("the same pages gave another report")
	}
}

func TestProbeStaysInBudget(t *testing.T) {
	for _, pages := range []int{1, 2, 5, 20} {
		asked := map[string]int{}
		site := fixtures(t)
		_, err := Probe(t.Context(), func(ctx context.Context, url string) (extract.Page, error) {
			asked[url]++
			return site(ctx, url)
		}, csuHome, Options{Pages: pages, Articles: 3})
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for url, n := range asked {
			total += n
			if n > 1 {
				t.Errorf("%d pages: %s was fetched %d times", pages, url, n)
			}
		}
		if total > pages {
			t.Errorf("got %d fetches, want at most %d", total, pages)
		}
	}
}

func TestProbeWithoutHome(t *testing.T) {
	page := func(body string) Fetch {
		return func(_ context.Context, url string) (extract.Page, error) {
			return extract.Page{URL: url, ContentType: "text/html; charset=utf-8", Status: 200, Body: []byte(body)}, nil
		}
	}
	for name, tt := range map[string]struct {
		fetch Fetch
		want  string
	}{
		"gone": {func(context.Context, string) (extract.Page, error) {
			return extract.Page{}, errors.New("404 Not Found")
		}, "404 Not Found"},
		"challenge":    {page(`<html><head><meta content="x" r="m"><script>$_ts=window['$_ts'];</script></head><body></body></html>`), "blocked"},
		"endless lead": {page(`<meta http-equiv="refresh" content="0; url=http://news.example.edu.cn/">`), "leads elsewhere"},
	} {
		r, err := Probe(t.Context(), tt.fetch, "http://news.example.edu.cn/", Options{})
		if r != nil || !errors.Is(err, ErrHome) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %+v, %v, want ErrHome with %q", name, r, err, tt.want)
		}
	}
	if _, err := Probe(t.Context(), page(""), "news.example.edu.cn", Options{}); !errors.Is(err, ErrHome) {
		t.Errorf("got %v for an address without scheme, want ErrHome", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	site := fixtures(t)
	_, err := Probe(ctx, func(ctx context.Context, url string) (extract.Page, error) {
		if n++; n == 4 {
			cancel()
		}
		return site(ctx, url)
	}, csuHome, Options{})
	if !errors.Is(err, context.Canceled) || n != 4 {
		t.Errorf("got %v after %d fetches, want an end with the context", err, n)
	}
}

// A column whose page only leads on to its first sub-column is that sub-column.
func TestProbeFollowsColumnsThatLeadOn(t *testing.T) {
	row := `<li><a href="/info/1001/%d.htm">新闻的题目第%[1]d条</a><span>2026-01-02</span></li>`
	site := map[string]string{
		"/":             `<a href="/xw/index.htm">新闻中心</a> <a href="/loop.htm">通知公告</a> <a href="http://other.example.org/">友情链接</a>`,
		"/xw/index.htm": `<meta http-equiv="refresh" content="0; url=yw.htm">`,
		"/xw/yw.htm":    `<ul>` + fmt.Sprintf(row, 1) + fmt.Sprintf(row, 2) + fmt.Sprintf(row, 3) + `</ul>`,
		"/loop.htm":     `<meta http-equiv="refresh" content="0; url=/">`,
	}
	r, err := Probe(t.Context(), func(_ context.Context, url string) (extract.Page, error) {
		body, ok := site[strings.TrimPrefix(url, "http://news.example.edu.cn")]
		if !ok {
			return extract.Page{}, errors.New("404 Not Found")
		}
		return extract.Page{URL: url, ContentType: "text/html; charset=utf-8", Body: []byte("<!--Announced by Visual SiteBuilder 9-->" + body)}, nil
	}, "http://news.example.edu.cn/", Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := profile.Sections{{Name: "新闻中心", URL: "http://news.example.edu.cn/xw/yw.htm"}}
	if !reflect.DeepEqual(r.Profile.Sections, want) {
		t.Errorf("got %v, want %v", r.Profile.Sections, want)
	}
}

func TestSuggestID(t *testing.T) {
	for host, want := range map[string]string{
		"news.csu.edu.cn": "csu", "www.csu.edu.cn": "csu-www", "cst.nuc.edu.cn": "nuc-cst", "www.nuc.edu.cn": "nuc",
		"jwc.cs.fudan.edu.cn": "fudan-cs-jwc", "127.0.0.1:8080": "127.0.0.1-8080", "news.example.org": "news.example.org",
	} {
		if got := SuggestID(host); got != want {
			t.Errorf("SuggestID(%q): got %q, want %q", host, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	p, _ := profile.Builtin("csu")
	r, err := Check(t.Context(), fixtures(t), p, Options{Articles: 40})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Problems) > 0 {
		t.Errorf("got problems %q, want none", r.Problems)
	}
	if len(r.Sections) != len(p.Sections) {
		t.Fatalf("got %d sections, want %d", len(r.Sections), len(p.Sections))
	}
	for i, s := range r.Sections {
		if s.Name != p.Sections[i].Name || s.Kind != extract.KindList || s.Rows == 0 || s.Dated == 0 {
			t.Errorf("got %+v, want a list with dates at %s", s, p.Sections[i].URL)
		}
	}
	if !r.Sections[0].Next {
		t.Error("学校要闻 has a second page, which was not seen")
	}
	gave := 0
	for _, u := range r.Rules {
		if u.Pages == 0 || u.Gave > u.Matched || u.Matched > u.Pages {
			t.Errorf("got %+v, want gave ≤ matched ≤ pages", u)
		}
		if u.Field == "article.title" || u.Field == "article.body" {
			gave += u.Gave
		}
	}
	if gave == 0 || r.Systems["vsb"] == 0 {
		t.Errorf("got rules %+v, systems %v, want overrides that answer and pages of vsb", r.Rules, r.Systems)
	}
}

// Each thing that can be wrong with a profile is named.
func TestCheckFindsFaults(t *testing.T) {
	base, _ := profile.Builtin("csu")
	tests := map[string]struct {
		change func(*profile.Profile)
		want   string
	}{
		"section gone":    {func(p *profile.Profile) { p.Sections[1].URL = csuHome + "gone.htm" }, "section 综合新闻 (https://news.csu.edu.cn/gone.htm) is no list: /gone.htm: 404 Not Found"},
		"section no list": {func(p *profile.Profile) { p.Sections[1].URL = csuHome + "info/1002/128731.htm" }, "is no list: the page is of kind article"},
		"another system":  {func(p *profile.Profile) { p.System = "webplus" }, "look like system vsb, the profile says webplus"},
		"dead rule": {func(p *profile.Profile) {
			p.Overrides.Article.Body = append(p.Overrides.Article.Body, systems.Candidate{CSS: "div.no-such-class"})
		}, "rule article.body[2] (div.no-such-class) matches on none of"},
		"harmful rule": {func(p *profile.Profile) {
			p.Overrides.Article.Published = []systems.Candidate{{CSS: "body", Match: `没有这一天`}}
		}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := *base
			p.Sections = slices.Clone(base.Sections)
			p.Overrides.Article.Body = slices.Clone(base.Overrides.Article.Body)
			tt.change(&p)
			if err := p.Overrides.Compile(); err != nil {
				t.Fatal(err)
			}
			r, err := Check(t.Context(), fixtures(t), &p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			all := strings.Join(r.Problems, "\n")
			if tt.want == "" && all != "" || !strings.Contains(all, tt.want) {
				t.Errorf("got problems %q, want %q", r.Problems, tt.want)
			}
		})
	}
}

func TestCheckWithoutSections(t *testing.T) {
	p, err := profile.FromURL(csuHome)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Check(t.Context(), fixtures(t), p, Options{})
	if err != nil || len(r.Sections) != 7 || len(r.Problems) > 0 || len(r.Rules) > 0 {
		t.Errorf("got %d sections, problems %q, %v, want the seven of the home page", len(r.Sections), r.Problems, err)
	}
}

func ExampleTable() {
	site := map[string]string{
		"http://news.example.edu.cn/": `<a href="yw.htm">要闻</a>`,
		"http://news.example.edu.cn/yw.htm": `<ul><li><a href="info/1001/1.htm" title="第一条新闻的题目">第一条新闻的题目</a><span>2026-01-02</span></li>
			<li><a href="info/1001/2.htm" title="第二条新闻的题目">第二条新闻的题目</a><span>2026-01-01</span></li></ul>`,
	}
	fetch := func(_ context.Context, url string) (extract.Page, error) {
		if body, ok := site[url]; ok {
			return extract.Page{URL: url, ContentType: "text/html; charset=utf-8", Body: []byte("<!--Announced by Visual SiteBuilder 9-->" + body)}, nil
		}
		return extract.Page{}, errors.New("404 Not Found")
	}
	r, err := Probe(context.Background(), fetch, "http://news.example.edu.cn/", Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, line := range Table(r.Counts) {
		fmt.Println(line)
	}
	// Output:
	// Lists, 1 pages (list 1):
	//   rows            1 of 1     vsb/address 1
	//   row.title       2 of 2
	//   row.date        2 of 2
	//   next            0 of 1
	//   pages           0 of 1
}
