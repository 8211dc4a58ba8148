package extract

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestHostilePagesTakeLittleMemory: a page of 16 MB that nobody has written in good faith takes no more than twelve times its size, all told.
func TestHostilePagesTakeLittleMemory(t *testing.T) {
	const size = 16 << 20
	head := `<html><head><meta charset=utf-8><title>标题在此</title></head><body><!--Announced by Visual SiteBuilder 9--><div class="v_news_content">`
	fill := func(before, s string) string { return before + strings.Repeat(s, size/len(s)) }
	for name, text := range map[string]string{
		"nothing but ampersands":   fill("", "&"),
		"ampersands in an article": fill(head+"<p>", "&"),
		"text with quotes":         fill(head+"<p>", `&"`),
		"one attribute":            fill(head+`<p title="`, "&") + `">正文</p>`,
		"one open attribute":       fill(head+`<p title="`, "x"),
		"many attributes":          fill(head+"<p ", "a=1 ") + ">",
		"many quoted attributes":   fill(head+"<p ", `a="1" `) + ">",
		"attributes of many tags":  fill(head, "<p a b c d e f g h i j k l m n o p q r s t u v w x y z>"),
		"one comment":              fill(head+"<!--", "x ") + "-->",
		"one script":               fill(head+"<script>", "x=1;") + "</script>",
		"a title":                  fill("<html><title>", "x&"),
		"entities":                 fill(head, "&lt;"),
		"a name":                   fill(head+"<", "a"),
	} {
		t.Run(name, func(t *testing.T) {
			e := New()
			body := []byte(text)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r := e.Extract(Page{URL: "http://www.example.edu.cn/info/1/2.htm", Body: body})
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; got > 12*size {
				t.Errorf("%d MiB allocated for %d, %s", got>>20, len(text)>>20, r.Kind)
			}
		})
	}
}

// TestHostileLinksTakeLittleMemory: nor do the links and the text of such a page.
func TestHostileLinksTakeLittleMemory(t *testing.T) {
	const size = 16 << 20
	p := Page{URL: "http://www.example.edu.cn/", Body: []byte(`<html><body><a href="/1.htm">` + strings.Repeat("&", size) + `</a><a href="/2.htm">完</a>`)}
	for name, f := range map[string]func() string{
		"links": func() string { l := Links(p); return l[len(l)-1].Text },
		"text":  func() string { _, text := Text(p); return text[max(0, len(text)-len("完")):] },
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		end := f()
		runtime.ReadMemStats(&after)
		if end != "完" {
			t.Errorf("%s: end with %q", name, end)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 2*size {
			t.Errorf("%s: %d MiB allocated for %d", name, got>>20, size>>20)
		}
	}
}

// TestShortened: what is too long loses its middle, and what stands around it stays.
func TestShortened(t *testing.T) {
	long := strings.Repeat("字&", maxPage/8)
	for name, tt := range map[string]struct{ before, after string }{
		"text":                  {"<p>", "</p><p>正文</p>"},
		"a comment":             {"<p><!--", "--></p><p>正文</p>"},
		"a script":              {"<script>", "</script><p>正文</p>"},
		"a picture in the page": {`<img src="data:image/png;base64,`, `" alt="图"><p>正文</p>`},
		"an unquoted attribute": {`<p title=`, `><p>正文</p>`},
		"quoted attributes":     {`<p ` + strings.Repeat(`a="1" `, maxTag/6), `x="1"><p>正文</p>`},
	} {
		t.Run(name, func(t *testing.T) {
			text := tt.before + long + tt.after
			got := string(shortened([]byte(text)))
			if len(got) > maxRun+maxTag+1000 || !utf8.ValidString(got) {
				t.Errorf("%d bytes of %d, valid %v", len(got), len(text), utf8.ValidString(got))
			}
			end := tt.after
			if name == "quoted attributes" { // those behind go with the rest of the tag
				end = `"><p>正文</p>`
			}
			if !strings.HasPrefix(got, tt.before[:min(len(tt.before), maxTag-10)]) || !strings.HasSuffix(got, end) {
				t.Errorf("got %.60s…%s", got, got[max(0, len(got)-60):])
			}
		})
	}
	for _, text := range []string{strings.Repeat("<p>字", maxRun/6), strings.Repeat(`<p class="x">字'"</p>`, maxPage/30)} {
		if got := string(shortened([]byte(text))); got != text {
			t.Errorf("a page of %d bytes without anything long is not left as it is: %d", len(text), len(got))
		}
	}
}

// TestPicturesInThePage: an article behind forty megabytes of pictures is read to its end.
func TestPicturesInThePage(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<html><head><meta charset=utf-8><title>标题在此</title></head><body><!--Announced by Visual SiteBuilder 9--><script>_jsq_(1,'/content.jsp',2,3)</script><form name="_newscontent_fromname"><h1>标题在此</h1><div>发布时间：2020-01-02</div><div id="vsb_content"><div class="v_news_content">`)
	for i := range 40 {
		fmt.Fprintf(&b, `<p>第%d段</p><p><img alt="x" src="data:image/png;base64,%s" title=x></p>`, i, strings.Repeat("iVBORw0K", 1<<17))
	}
	b.WriteString("<p>最后一段</p></div></div></form></body></html>")
	r := New().Extract(Page{URL: "http://www.example.edu.cn/info/1/2.htm", Body: []byte(b.String())})
	if r.Kind != KindArticle || !strings.HasSuffix(r.Article.Body, "第39段\n最后一段") || strings.Count(r.Article.Body, "段") != 41 {
		t.Fatalf("got %s %+v", r.Kind, r.Article)
	}
}

func TestFewAttributes(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, " a%d", i)
	}
	tag := "<p" + b.String() + ">"
	got := fewAttributes([]byte(strings.Repeat(tag+"x</p>", maxAttributes/1000+10)))
	if n := strings.Count(string(got), tag); n != maxAttributes/1000 || !strings.HasSuffix(string(got), "x</p>") {
		t.Errorf("%d tags, …%s", n, got[max(0, len(got)-20):])
	}
}
