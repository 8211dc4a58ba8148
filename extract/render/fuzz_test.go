package render

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// FuzzRender checks that the HTML of arbitrary nodes holds allowed elements,
// attributes and addresses only, and that rendering it again changes nothing.
func FuzzRender(f *testing.F) {
	for _, s := range vectors {
		f.Add(s)
	}
	f.Add("<ul>甲<li>乙<p>丙</ul><table><tr><td>1<td>2<tr><td><b>3<p>4</b></table>")
	f.Add("<pre>a\n <b>b</pre><blockquote>c<br><br>d<h2>e<p>f")
	f.Add("<figure><img src=a.jpg><figcaption>图</figcaption></figure><dl><dt>a<dd>b</dl>")
	f.Fuzz(func(t *testing.T, s string) {
		doc, err := html.Parse(strings.NewReader(s))
		if err != nil {
			return
		}
		got := Render([]*html.Node{doc}, base, Options{})
		if !utf8.ValidString(got.HTML) || !utf8.ValidString(got.Text) {
			t.Fatalf("no UTF-8: %q", got.HTML)
		}
		again := safe(t, got.HTML)
		second := Render([]*html.Node{again}, base, Options{})
		if unspaced(second.Text) != unspaced(got.Text) {
			t.Errorf("the HTML says %q, the text %q", second.Text, got.Text)
		}
	})
}

func unspaced(s string) string { return strings.NewReplacer(" ", "", "\n", "", "\t", "").Replace(s) }

// safe parses s and fails for anything that Allowed does not name.
func safe(t testing.TB, s string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader("<!DOCTYPE html><html><head></head><body>" + s))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			if n.Type == html.CommentNode {
				t.Errorf("a comment in %q", s)
			}
			continue
		}
		switch n.Data {
		case "html", "head", "body", "tbody":
			continue
		}
		attrs, ok := Allowed[n.Data]
		if !ok || n.Namespace != "" {
			t.Errorf("<%s> in %q", n.Data, s)
		}
		for _, a := range n.Attr {
			if !slices.Contains(attrs, a.Key) {
				t.Errorf("%s=%q on <%s> in %q", a.Key, a.Val, n.Data, s)
			}
			if a.Key == "href" || a.Key == "src" {
				u, err := url.Parse(a.Val)
				if err == nil && !slices.Contains([]string{"http", "https", "mailto", "tel"}, u.Scheme) {
					t.Errorf("%s=%q in %q", a.Key, a.Val, s)
				}
				if err != nil && !strings.HasPrefix(a.Val, "http") && !strings.HasPrefix(a.Val, "mailto:") && !strings.HasPrefix(a.Val, "tel:") {
					t.Errorf("%s=%q: %v", a.Key, a.Val, err)
				}
			}
		}
	}
	return doc
}
