package extract

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"campusnews/extract/charset"
	"campusnews/extract/render"

	"golang.org/x/net/html"
)

// FuzzExtract reads arbitrary bytes under arbitrary addresses, recognised and
// not, and checks what holds for every page: the same bytes give the same
// answer, all of it is valid UTF-8, addresses are absolute http or absent, and
// an article says nothing that the page does not hold.
func FuzzExtract(f *testing.F) {
	for _, c := range pageCases(f) {
		f.Add(c.page.URL, c.page.ContentType, c.page.Body, c.generic)
	}
	f.Add("http://www.example.edu.cn/info/1/2.htm", "", []byte("<a href=info/1/3.htm>题目<table><td><a href=//x/info/1/4.htm>2020-1-1"), false)
	f.Add("", "text/html; charset=gbk", []byte("\xd6\xd0<p>\xff"), true)
	known, generic := New(), New(GenericOnly())
	f.Fuzz(func(t *testing.T, address, contentType string, body []byte, unknown bool) {
		e := known
		if unknown {
			e = generic
		}
		p := Page{URL: address, ContentType: contentType, Body: body}
		r := e.Extract(p)
		first, err := json.Marshal(r)
		if err != nil {
			t.Fatalf("JSON: %v", err)
		}
		if second, _ := json.Marshal(e.Extract(p)); string(first) != string(second) {
			t.Fatalf("two answers:\n%s\n%s", first, second)
		}
		switch r.Kind {
		case KindArticle:
			if r.Article == nil {
				t.Fatal("an article without Article")
			}
			checkArticle(t, p, r.Article)
		case KindList:
			if r.Listing == nil || len(r.Listing.Items) == 0 {
				t.Fatal("a list without rows")
			}
			checkItems(t, r.Listing.Items)
			checkAddress(t, "next", r.Listing.Next, true)
		case KindRedirect:
			checkAddress(t, "target", r.Target, false)
		case KindOther, KindError, KindBlocked:
			if r.Reason == "" {
				t.Errorf("%s without a reason", r.Kind)
			}
			checkItems(t, r.ItemLinks)
		default:
			t.Fatalf("got kind %q", r.Kind)
		}
		for _, l := range r.Nav {
			checkAddress(t, "nav", l.URL, false)
			checkText(t, "nav", l.Text)
		}
	})
}

func checkItems(t *testing.T, items []Item) {
	t.Helper()
	for _, i := range items {
		checkAddress(t, "item", i.URL, false)
		checkText(t, "item title", i.Title)
		if i.Title == "" || i.Key == "" {
			t.Errorf("item %+v lacks title or key", i)
		}
		if i.Date != "" && len(i.Date) != len("2006-01-02") {
			t.Errorf("item date: got %q", i.Date)
		}
	}
}

func checkArticle(t *testing.T, p Page, a *Article) {
	t.Helper()
	for name, s := range map[string]string{"title": a.Title, "subtitle": a.Subtitle, "source": a.Source, "section": a.Section, "body": a.Body, "HTML": a.HTML} {
		checkText(t, name, s)
	}
	for line := range strings.SplitSeq(a.Body, "\n") {
		if a.Body != "" && (line == "" || strings.Trim(line, " \t") != line || strings.Contains(line, "  ")) {
			t.Errorf("body line: got %q", line)
		}
	}
	for _, i := range a.Images {
		checkAddress(t, "image", i.URL, false)
	}
	for _, f := range a.Files {
		checkAddress(t, "file", f.URL, false)
	}
	for _, l := range a.Links {
		checkAddress(t, "link", l.URL, false)
	}
	for _, s := range a.Parts {
		checkAddress(t, "part", s, false)
	}
	text, _ := charset.Decode(p.Body, p.ContentType)
	doc, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var held, attributes strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			held.WriteString(n.Data)
		}
		for _, at := range n.Attr {
			attributes.WriteString(at.Val)
		}
	}
	page := ink(held.String())
	if !subsequence(ink(a.Body), page) {
		t.Errorf("the page does not hold the body %q", a.Body)
	}
	if !subsequence(ink(a.Title), page) && !subsequence(ink(a.Title), ink(attributes.String())) {
		t.Errorf("the page does not hold the title %q", a.Title)
	}
}

func checkText(t *testing.T, name, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%s is no UTF-8: %q", name, s)
	}
}

func checkAddress(t *testing.T, name, s string, may bool) {
	t.Helper()
	if s == "" && may {
		return
	}
	checkText(t, name, s)
	if host, _, _, ok := splitAddress(s); !ok || host == "" {
		t.Errorf("%s: got address %q", name, s)
	}
}

// ink is s without white space and what is never printed.
func ink(s string) string {
	return strings.NewReplacer(" ", "", "\t", "", "\n", "").Replace(render.Squeeze(s))
}

// subsequence says that the characters of s stand in of in their order.
func subsequence(s, of string) bool {
	for _, r := range s {
		i := strings.IndexRune(of, r)
		if i < 0 {
			return false
		}
		of = of[i+utf8.RuneLen(r):]
	}
	return true
}
