package extract

import (
	"strings"
	"sync"
	"testing"

	"campusnews/extract/systems"

	"github.com/goccy/go-yaml"
)

const ownTemplate = `<html><head><meta charset="utf-8"><title>旧馆新貌-江州大学</title><!--Announced by Visual SiteBuilder 9-->
<script>_jsq_(1002,'/content.jsp',7,1)</script></head><body>
<form name="_newscontent_fromname"><h1>栏目大图</h1><div class="bt2"><b>旧馆新貌</b></div><p class="zz">来源：校报 2020-03-04 作者：秦小川</p>
<div class="nrbox"><p>东楼的旧砖留了下来。</p><p class="ad">订阅校报</p></div>
<div id="vsb_content"><div class="v_news_content"><p>这里是另一个组件。</p></div></div></form></body></html>`

func profileRules(t *testing.T, text string) systems.Rules {
	t.Helper()
	var r systems.Rules
	if err := yaml.UnmarshalWithOptions([]byte(text), &r, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestProfileRulesAreAskedFirst(t *testing.T) {
	p := Page{URL: "http://news.example.edu.cn/info/1002/7.htm", Body: []byte(ownTemplate)}
	plain := New().Extract(p)
	if got, want := plain.Article.Body, "这里是另一个组件。"; got != want {
		t.Fatalf("without a profile: got body %q, want %q", got, want)
	}
	e := New(WithRules(profileRules(t, `
article:
  title: [.bt2 b]
  body: [.nothing, .nrbox]
  skip: [.ad]
`)))
	a := e.Extract(p).Article
	if a.Body != "东楼的旧砖留了下来。" || a.Provenance["body"] != "profile/body[1]" {
		t.Errorf("got body %q by %s, want the profile's second rule", a.Body, a.Provenance["body"])
	}
	if a.Title != "旧馆新貌" || a.Provenance["title"] != "profile/title[0]" {
		t.Errorf("got title %q by %s", a.Title, a.Provenance["title"])
	}
	if a.Source != "校报" || a.Published != "2020-03-04" || !strings.HasPrefix(a.Provenance["source"], "vsb/") {
		t.Errorf("what the profile does not override: got source %q by %s, date %s", a.Source, a.Provenance["source"], a.Published)
	}
}

func TestOptions(t *testing.T) {
	p := Page{URL: "http://news.example.edu.cn/info/1002/7.htm", Body: []byte(ownTemplate)}
	if got := New(GenericOnly()).Extract(p); got.System != "" || got.Confidence != 0 {
		t.Errorf("GenericOnly: got system %q", got.System)
	}
	if got := New(WithSystem("webplus")).Extract(p); got.System != "webplus" || got.Confidence != 1 {
		t.Errorf("WithSystem: got %q, confidence %v", got.System, got.Confidence)
	}
	if got := New(WithSystems(systems.Find("trs"))).Extract(p); got.System != "" {
		t.Errorf("WithSystems: got system %q", got.System)
	}
}

func TestExtractorIsShared(t *testing.T) {
	e := New()
	cases := pageCases(t)
	want := make([]string, len(cases))
	for i, c := range cases {
		want[i] = e.Extract(c.page).Key
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, c := range cases {
				if got := e.Extract(c.page).Key; got != want[i] {
					t.Errorf("%s: got %q, want %q", c.name, got, want[i])
				}
			}
		})
	}
	wg.Wait()
}

func TestRecogniseSite(t *testing.T) {
	r := func(system string, confidence float64) Result {
		return Result{Kind: KindArticle, System: system, Confidence: confidence}
	}
	system, confidence := Recognise([]Result{r("vsb", 1), r("vsb", 0.8), r("webplus", 0.9), r("", 0), {Kind: KindBlocked}})
	if system != "vsb" || confidence != 0.45 {
		t.Errorf("got %q %v, want vsb 0.45", system, confidence)
	}
	if system, confidence := Recognise(nil); system != "" || confidence != 0 {
		t.Errorf("of nothing: got %q %v", system, confidence)
	}
}

// The parser refuses what is nested deeper than 512; such pages are read all the same.
func TestDeepPagesAreRead(t *testing.T) {
	for _, tag := range []string{"div", "span", "b", "font", "table><tr><td", "ul><li", "blockquote"} {
		body := `<html><head><title>深层-校</title><!--Announced by Visual SiteBuilder 9--><script>_jsq_(1,'/content.jsp',2,3)</script></head><body><h1>深层</h1><p>2020-01-02</p><div id="vsb_content"><div class="v_news_content"><p>开头</p>` +
			strings.Repeat("<"+tag+">", 700) + "深处的字</div></div></body></html>"
		r := New().Extract(Page{URL: "http://x.example/info/1/2.htm", Body: []byte(body)})
		if r.Kind != KindArticle || r.Article.Body != "开头\n深处的字" {
			t.Errorf("<%s>: got %s %+v", tag, r.Kind, r.Article)
		}
	}
}
