package generic

import (
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"campusnews/extract/date"
	"campusnews/extract/render"
)

// FuzzRead reads any page as an article and as a list: the same bytes give the
// same answer, all text is valid UTF-8 that the page holds, dates are dates and
// addresses are absolute.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/pages/*/source.html")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds (err %v)", err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(source))
	}
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) > 1<<16 {
			return
		}
		a, l, v := readAll(t, source)
		if again, list, verdict := readAll(t, source); !reflect.DeepEqual(a, again) || !reflect.DeepEqual(l, list) || v != verdict {
			t.Fatalf("got %v %v %v, then %v %v %v", a, l, v, again, list, verdict)
		}
		doc, err := html.Parse(strings.NewReader(source))
		if err != nil {
			return
		}
		held := letters(everything(doc))
		for _, s := range append(strings.Split(a.body, "\n"), a.Title) {
			if !within(letters(s), held) {
				t.Errorf("got %q, which the page does not hold", s)
			}
		}
		for _, s := range []string{a.body, a.Title, a.Source, a.Section, l.Section} {
			if !utf8.ValidString(s) {
				t.Errorf("got %q, want valid UTF-8", s)
			}
		}
		if a.Published != "" {
			if _, ok := date.Parse(a.Published); !ok {
				t.Errorf("got %q for published, want a date", a.Published)
			}
		}
		for _, i := range l.Items {
			if u, err := url.Parse(i.URL); err == nil && !u.IsAbs() || i.Title == "" {
				t.Errorf("got item %+v, want an absolute address and a title", i)
			}
			if _, ok := date.Parse(i.Date); i.Date != "" && !ok {
				t.Errorf("got %q for the date of a row, want a date", i.Date)
			}
		}
		if v.Score < 0 || v.Score > 1 {
			t.Errorf("got score %v, want 0 to 1", v.Score)
		}
	})
}

// An answer is what can be compared of an Article.
type answer struct {
	Article
	body string
}

func readAll(t *testing.T, source string) (answer, List, Verdict) {
	doc, err := html.Parse(bytes.NewReader([]byte(source)))
	if err != nil {
		return answer{}, List{}, Verdict{}
	}
	base, _ := url.Parse("http://www.example.edu.cn/xw/page.htm")
	p := Read(doc, base)
	v := p.Verdict()
	a, _ := p.Article()
	l, _ := p.List()
	for _, n := range a.Body {
		if n == nil {
			t.Fatal("got a nil node in the body")
		}
	}
	c := render.Render(a.Body, p.Base(), render.Options{Skip: a.Dropped})
	a.Body, a.drop = nil, nil // nodes of different trees
	return answer{a, c.Text}, l, v
}

// everything gives all text and attributes of a tree.
func everything(doc *html.Node) string {
	var s strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			s.WriteString(html.UnescapeString(n.Data)) // of scripts, too
		}
		for _, a := range n.Attr {
			s.WriteString(a.Val)
		}
	}
	return s.String()
}

// within says that the letters of part stand in whole in this order: what is
// dropped in the middle of a line leaves no trace.
func within(part, whole string) bool {
	for _, r := range part {
		i := strings.IndexRune(whole, r)
		if i < 0 {
			return false
		}
		whole = whole[i+utf8.RuneLen(r):]
	}
	return true
}

// letters keeps what can be compared whatever was done to blanks and marks.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
