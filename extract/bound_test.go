package extract

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// elements is how many elements and comments a page becomes.
func elements(t *testing.T, text string) (n int) {
	t.Helper()
	doc, err := parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for d := range doc.Descendants() {
		if d.Type == html.ElementNode || d.Type == html.CommentNode {
			n++
		}
	}
	return n
}

// TestBoundedTree: no page becomes more than its tags and what may be opened again.
func TestBoundedTree(t *testing.T) {
	left := func(n int) string { // elements that nobody closes
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "<B x=%d>", i)
		}
		return b.String()
	}
	for name, text := range map[string]string{
		"left open":              "<p>" + left(190) + "</p>" + strings.Repeat("<p>x", 20_000),
		"left open, and closed":  "<p>" + left(190) + "</p>" + strings.Repeat("<p>x<b>y</b>", 20_000),
		"closed by another name": "<p>" + strings.Replace(left(190), ">", "></i>", -1) + "</p>" + strings.Repeat("<p>x", 20_000),
		"in cells":               "<table><tr><td>" + left(190) + strings.Repeat("<p>x</p>", 20_000),
		"links":                  strings.Repeat("<p><a href=1>x", 20_000),
		"never closed":           "<p>" + left(190) + "</p>" + strings.Repeat("<p>x", 20_000) + "<b ",
		"many tags":              strings.Repeat("<br>", 2*maxTags),
		"many comments":          strings.Repeat("<!---->", maxTags) + strings.Repeat("<?xml?>", maxTags) + strings.Repeat("</ >", maxTags) + strings.Repeat("<!x>", maxTags),
	} {
		t.Run(name, func(t *testing.T) {
			if n := elements(t, text); n > maxTags+maxReopened {
				t.Errorf("%d elements of %d bytes", n, len(text))
			}
			if whole, _, _ := measure([]byte(text)); !strings.HasPrefix(name, "many ") && len(whole) != len(text) {
				t.Error("the page was cut")
			}
		})
	}
}

// TestBoundedLeavesText: of a page that is too much only formatting goes, and nothing of any other.
func TestBoundedLeavesText(t *testing.T) {
	text := `<p>` + strings.Repeat("<font size=1>", 100) + `</p>` + strings.Repeat("<p>x", 5000) + `<a href="/1.htm">甲</A> < b <base href=/> <strong >乙</STRONG><bold>丙</bold> <!-- <i> --> 丁`
	got := string(bounded([]byte(text)))
	if want := `<a href="/1.htm">甲</A> < b <base href=/> 乙<bold>丙</bold> <!--  --> 丁`; !strings.HasSuffix(got, want) || strings.Contains(got, "font") {
		t.Errorf("got …%s", got[max(0, len(got)-200):])
	}
	files, err := filepath.Glob("../testdata/*/*/*.htm*")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixture pages", err)
	}
	for _, name := range files {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bounded(page), page) {
			t.Errorf("%s is not left as it is", name)
		}
	}
}
