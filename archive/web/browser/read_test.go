package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// From a hit to the article; its pictures come from the archive.
func TestRead(t *testing.T) {
	b := open(t)
	b.to("/search?q=%E7%90%83%E7%A3%A8%E6%9C%BA")
	b.click(".hit h3 a")
	b.see(".text h1")
	if got := js[string](b, `document.querySelector(".text h1").textContent`); got != "先进班集体巡礼" {
		t.Errorf("title: got %q", got)
	}
	b.shot("article")
	b.to(pictured(b))
	b.until(`document.querySelectorAll(".body img").length > 1`)
	js[chromedp.Void](b, `document.querySelectorAll(".body img").forEach(i => { i.loading = "eager" })`)
	b.until(`[...document.querySelectorAll(".body img")].every(i => i.complete)`)
	if n := js[int](b, `[...document.querySelectorAll(".body img")].filter(i => i.naturalWidth === 0).length`); n != 0 {
		t.Errorf("%d pictures are not shown", n)
	}
	b.shot("pictures")
}

// pictured is where an article with pictures is.
func pictured(b *tab) string {
	b.t.Helper()
	b.to("/search?q=%E6%8B%A8%E7%A9%97%E5%8F%B0") // 拨穗台
	return js[string](b, `document.querySelector(".hit h3 a").getAttribute("href")`)
}

// What the newsroom changed is shown word by word, side by side and in one.
func TestDiff(t *testing.T) {
	b := open(t)
	b.to("/search?q=%E7%90%83%E7%A3%A8%E6%9C%BA")
	b.click(".hit h3 a")
	b.see(`a[href*="/changes"]`)
	b.click(`a[href*="/changes"]`)
	b.see("ins")
	b.shot("side")
	text := func(tag string) string {
		return js[string](b, `[...document.querySelectorAll("`+tag+`")].map(e => e.textContent).join("|")`)
	}
	if ins, del := text("ins"), text("del"); !strings.Contains(ins, "行星") || !strings.Contains(ins, "不眠") || !strings.Contains(del, "深夜") {
		t.Errorf("put in %q, taken out %q", ins, del)
	}
	b.click(`a[href*="view=inline"]`)
	b.until(`location.search.includes("inline") && document.querySelector("ins") !== null`)
	b.shot("inline")
}

// An article that attacks whoever reads it is read.
func TestHostileArticle(t *testing.T) {
	b := open(t)
	b.to("/search?q=window.hit")
	b.see(".hit h3 a")
	check := func(what string) {
		if js[bool](b, `"hit" in window`) {
			t.Errorf("%s: the article's script ran", what)
		}
	}
	check("hits")
	b.click(".hit h3 a")
	b.see(".text h1")
	check("article")
	if got := js[string](b, `document.querySelector(".text h1").textContent`); !strings.Contains(got, "<script>window.hit=1</script>") {
		t.Errorf("title: got %q", got)
	}
}
