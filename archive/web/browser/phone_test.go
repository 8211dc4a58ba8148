package browser

import (
	"testing"
)

// kinds are a page of each kind, by name.
func kinds(b *tab) map[string]string {
	b.t.Helper()
	b.to("/search?q=%E7%90%83%E7%A3%A8%E6%9C%BA")
	article := js[string](b, `document.querySelector(".hit h3 a").getAttribute("href")`)
	pages := map[string]string{
		"home": "/", "search": "/search", "hits": "/search?q=%E7%90%83%E7%A3%A8%E6%9C%BA", "no hits": "/search?q=%E6%97%A0%E6%AD%A4%E8%AF%8D%E6%9D%A1",
		"article": article, "article with pictures": pictured(b), "changes": article + "/changes", "changes in one": article + "/changes?view=inline",
		"nothing": "/no/such/page", "captures of an address": "/web/*/https://news.csu.edu.cn/info/1002/128731.htm", "not archived": "/web/2016/http://nowhere.invalid/",
		"as archived": "/web/https://news.csu.edu.cn/info/1002/128731.htm",
	}
	b.to(article)
	if capture := js[string](b, `document.querySelector('a[href^="/captures/"]')?.getAttribute("href") ?? ""`); capture != "" {
		pages["capture"] = capture
	}
	for _, link := range js[[]string](b, `[...document.querySelectorAll("header nav a")].map(a => a.getAttribute("href"))`) {
		pages["navigation "+link] = link
	}
	b.allow = append(b.allow, "the server responded with a status of 404") // two of them
	return pages
}

// On a phone nothing is wider than the window, and what is touched is large enough to be.
func TestPhone(t *testing.T) {
	b := open(t)
	pages := kinds(b)
	b.phone()
	for name, path := range pages {
		b.to(path)
		b.shot(name)
		if wide := js[int](b, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
			t.Errorf("%s (%s): %d pixels wider than the window: %v", name, path, wide, js[[]string](b, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(e => e.tagName + "." + e.className)`))
		}
		// WCAG 2.2, 2.5.8: 24 pixels, links within text apart.
		small := js[[]string](b, `[...document.querySelectorAll("button, input, select, nav a, .chips a, .pager a")].filter(e => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && r.height < 24 }).map(e => e.tagName + " " + e.textContent.trim() + " " + e.getBoundingClientRect().height)`)
		if len(small) > 0 {
			t.Errorf("%s (%s): too small to be touched: %v", name, path, small)
		}
	}
}
