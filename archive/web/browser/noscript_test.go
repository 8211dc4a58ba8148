package browser

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp/kb"
)

// Without JavaScript all of it works.
func TestNoJavaScript(t *testing.T) {
	b := open(t)
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	see := func(selector, want string) {
		t.Helper()
		b.see(selector)
		if got := b.text(selector); got != want {
			t.Errorf("%s: got %q, want %q", selector, got, want)
		}
	}
	b.to("/")
	b.write("#q", "球磨机"+kb.Enter)
	b.see(".hit")
	see(".hit mark", "球磨机")
	b.click(".hit h3 a")
	b.see(".text h1")
	see(".text h1", "先进班集体巡礼")
	article := b.where()
	b.click(`a[href*="/changes"]`)
	b.see("ins")
	b.to(article)
	b.click(`a[href^="/web/"]`)
	b.see("iframe.captured")
	see(".evidence .original", "https://news.csu.edu.cn/info/1002/128731.htm")
}
