package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// inFrame evaluates an expression about the captured page, "d" being its document. Our own window may look into the
// frame; no script can run there.
func inFrame[T any](b *tab, expression string) (v T) {
	b.t.Helper()
	b.until(`document.querySelector("iframe.captured").contentDocument?.readyState === "complete" && document.querySelector("iframe.captured").contentWindow.location.href !== "about:blank"`)
	return js[T](b, `((d) => (`+expression+`))(document.querySelector("iframe.captured").contentDocument)`)
}

// The page as it was: its style and pictures from the archive, no script, links into the archive.
func TestAsArchived(t *testing.T) {
	b := open(t)
	b.to("/search?q=%E7%90%83%E7%A3%A8%E6%9C%BA")
	b.click(".hit h3 a")
	b.see(`a[href^="/web/"]`)
	b.click(`a[href^="/web/"]`)
	b.see("iframe.captured")
	if got := inFrame[string](b, `d.title`); got != "先进班集体巡礼-中南大学新闻网" {
		t.Errorf("title: got %q", got)
	}
	b.shot("archived")
	if got := inFrame[string](b, `d.defaultView.getComputedStyle(d.querySelector(".subTitle2")).textAlign`); got != "center" {
		t.Errorf("the imported style sheet does not apply: text-align %s", got)
	}
	if got := inFrame[int](b, `d.querySelector(".banner img").naturalWidth`); got != 320 {
		t.Errorf("the logo is %d wide, want 320", got)
	}
	if n := inFrame[int](b, `d.querySelectorAll("script").length`); n != 0 {
		t.Errorf("%d scripts are left", n)
	}
	bad := inFrame[[]string](b, `[...d.querySelectorAll("a[href]")].map(a => a.href).filter(h => !h.startsWith(location.origin + "/web/") && !h.startsWith("mailto:"))`)
	if len(bad) > 0 {
		t.Errorf("links lead out of the archive: %v", bad)
	}
	// A script put into the frame by force does not run: the sandbox forbids it, whatever the rewriting lets through.
	js[bool](b, `((d) => { const s = d.createElement("script"); s.textContent = "parent.hit = 1"; d.body.append(s); return true })(document.querySelector("iframe.captured").contentDocument)`)
	if js[bool](b, `"hit" in window`) {
		t.Error("a script runs in the frame")
	}
	b.allow = append(b.allow, "Blocked script execution", "violates the following Content Security Policy directive")
}

// A click on a link in the captured page leads to the capture it meant, or says that there is none.
func TestAsArchivedLinks(t *testing.T) {
	b := open(t)
	b.to("/web/https://news.csu.edu.cn/info/1002/128731.htm")
	inFrame[string](b, `d.title`)
	b.clickInFrame(`.nav a[href$="/xxyw.htm"]`)
	b.until(`location.pathname.endsWith("/https://news.csu.edu.cn/xxyw.htm")`)
	inFrame[string](b, `d.title`)
	b.shot("list")
	b.to("/web/https://news.csu.edu.cn/info/1002/128731.htm")
	inFrame[string](b, `d.title`)
	b.allow = append(b.allow, "the server responded with a status of 404")
	b.clickInFrame(`.topRight a`)
	b.until(`location.pathname.endsWith("/http://www.csu.edu.cn/")`)
	b.see(".evidence .notice")
	b.shot("missing")
	if n := js[int](b, `document.querySelectorAll('main a[href*="www.csu.edu.cn"]').length`); n != 0 {
		t.Error("what is not archived is linked to")
	}
	if !strings.Contains(js[string](b, `document.querySelector("main").textContent`), "http://www.csu.edu.cn/") {
		t.Error("the address that is not archived is not shown")
	}
}

// clickInFrame clicks with a mouse, as only that counts as a person's doing.
func (b *tab) clickInFrame(selector string) {
	b.t.Helper()
	at := inFrame[[]float64](b, fmt.Sprintf(`(() => { const e = d.querySelector(%q); e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect(),
		f = document.querySelector("iframe.captured").getBoundingClientRect(); return [f.x + r.x + r.width / 2, f.y + r.y + r.height / 2] })()`, selector))
	do(b, chromedp.MouseClickXY(at[0], at[1]))
}

// An address that was captured twice has both, and leads from one to the other.
func TestAsArchivedVersions(t *testing.T) {
	b := open(t)
	b.to("/web/*/https://news.csu.edu.cn/info/1002/128731.htm")
	if n := js[int](b, `document.querySelectorAll(".moments li").length`); n != 2 {
		t.Fatalf("got %d captures, want 2", n)
	}
	b.shot("all")
	b.click(".moments a")
	b.see("iframe.captured")
	b.until(`document.querySelector(".moves a[rel=next]") !== null`)
	if got := inFrame[string](b, `d.body.textContent`); !strings.Contains(got, "深夜实验台") {
		t.Error("the first capture is not the first text")
	}
	b.click(`.moves a[rel=next]`)
	b.until(`document.querySelector(".moves a[rel=prev]") !== null`)
	if got := inFrame[string](b, `d.body.textContent`); !strings.Contains(got, "不眠实验台") {
		t.Error("the second capture is not the second text")
	}
}

// The bytes as received, opened in a browser, do nothing.
func TestExactBytesDoNothing(t *testing.T) {
	b := open(t)
	for _, address := range []string{"https://news.csu.edu.cn/info/1002/122415.htm", "https://news.csu.edu.cn/images/logo.svg"} {
		b.to("/web/" + address)
		exact := js[string](b, `document.querySelector('.moves a[href*="id_/"]').getAttribute("href")`)
		b.to(exact)
		title := do(b, chromedp.Title())
		if title == "hit" || js[bool](b, `"hit" in window`) {
			t.Errorf("%s: a script ran", address)
		}
	}
	// What the policy refuses, the browser says.
	b.allow = append(b.allow, "Blocked script execution", "Content Security Policy", "Refused to")
}
