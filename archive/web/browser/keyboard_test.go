package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// All is reached with the keyboard alone, and one sees where one is.
func TestKeyboard(t *testing.T) {
	b := open(t)
	b.to("/")
	focused := func() string {
		return js[string](b, `document.activeElement.id || document.activeElement.getAttribute("href") || document.activeElement.tagName`)
	}
	b.press(kb.Tab)
	if got := focused(); got != "#main" {
		t.Errorf("first comes %s, want the link that skips the navigation", got)
	}
	b.press(kb.Enter)
	for range 3 {
		if b.press(kb.Tab); focused() == "q" {
			break
		}
	}
	if got := focused(); got != "q" {
		t.Fatalf("behind the skipped navigation comes %s, want the field", got)
	}
	if got := js[string](b, `getComputedStyle(document.activeElement).outlineStyle`); got == "none" {
		t.Error("one does not see that the field has the focus")
	}
	b.press("球磨机")
	b.press(kb.Enter)
	b.see(".hit")
	reach := func(what, match string) {
		t.Helper()
		var seen []string
		for range 80 {
			b.press(kb.Tab)
			if strings.Contains(js[string](b, `document.activeElement.outerHTML.slice(0, 300)`), match) {
				if js[string](b, `getComputedStyle(document.activeElement).outlineStyle`) == "none" {
					t.Errorf("%s: one does not see that it has the focus", what)
				}
				return
			}
			seen = append(seen, focused())
		}
		t.Fatalf("%s is not reached; what is: %v", what, seen)
	}
	reach("hit", `href="/articles/`)
	b.press(kb.Enter)
	b.see(".text h1")
	reach("as archived", `href="/web/`)
	b.press(kb.Enter)
	b.see("iframe.captured")
	reach("all captures", `href="/web/*/`)
	b.press(kb.Enter)
	b.see(".moments")
}
