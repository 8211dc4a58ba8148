package browser

import (
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// A researcher types, sees hits with marks, and shares the address.
func TestSearch(t *testing.T) {
	b := open(t)
	b.to("/")
	b.shot("home")
	b.write("#q", "球磨机"+kb.Enter)
	b.see(".hit mark")
	b.shot("hits")
	if got := js[string](b, `document.querySelector(".hit mark").textContent`); got != "球磨机" {
		t.Errorf("marked: got %q", got)
	}
	if got, _ := url.QueryUnescape(b.where()); !strings.HasPrefix(got, "/search?q=球磨机") {
		t.Errorf("address: got %s", got)
	}
	if got := js[string](b, `document.querySelector("#q").value`); got != "球磨机" {
		t.Errorf("the field holds %q", got)
	}
}

// Results follow what is typed, and the address with them.
func TestSearchAsOneTypes(t *testing.T) {
	b := open(t)
	b.to("/search")
	before := js[string](b, `document.querySelector("[role=status]").textContent`)
	b.write("#q", "球磨机")
	b.until(`document.querySelector(".hit mark") && document.querySelector(".hit mark").textContent === "球磨机"`)
	if got := js[string](b, `document.querySelector("[role=status]").textContent`); got == before || got == "" {
		t.Errorf("how many there are is said as %q, as before", got)
	}
	if got := b.where(); !strings.HasPrefix(got, "/search?q=") || strings.Contains(got, "part=") {
		t.Errorf("address: got %s", got)
	}
}

// A filter is a link, is shown, and can be taken away.
func TestFilter(t *testing.T) {
	b := open(t)
	b.to("/search?section=" + url.QueryEscape("中南人物"))
	b.shot("filter")
	if n := js[int](b, `document.querySelectorAll(".hit").length`); n != 5 {
		t.Errorf("got %d articles of the section, want 5", n)
	}
	b.click(".chips a")
	b.until(`document.querySelectorAll(".chips a").length === 0 && document.querySelectorAll(".hit").length > 5`)
}
