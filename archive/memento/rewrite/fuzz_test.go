package rewrite

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gorilla/css/scanner"
	"golang.org/x/net/html"
)

// fetching are the attributes whose address a browser asks for or goes to by itself or at a click.
var fetching = map[string]bool{
	"href": true, "src": true, "poster": true, "background": true, "data": true, "action": true, "formaction": true, "ping": true,
	"manifest": true, "lowsrc": true, "dynsrc": true, "longdesc": true, "cite": true, "codebase": true, "classid": true, "archive": true, "icon": true,
}

var (
	archiveAddress = regexp.MustCompile(`^/web/\d{14}([a-z]{2}_)?/https?://`)
	harmless       = regexp.MustCompile(`^(|#.*|data:image/[^\x00]*|mailto:.+|tel:.+)$`)
)

// checkAddress complains of an address in a rewritten page that leads elsewhere than to the archive.
func checkAddress(t *testing.T, what, address string) {
	t.Helper()
	if !archiveAddress.MatchString(address) && !harmless.MatchString(address) {
		t.Errorf("%s leads out of the archive: %q", what, address)
	}
}

// checkStyle looks at CSS with a scanner that is not ours.
func checkStyle(t *testing.T, css string) {
	t.Helper()
	s := scanner.New(css)
	imported := false
	for {
		token := s.Next()
		switch token.Type {
		case scanner.TokenEOF, scanner.TokenError:
			return
		case scanner.TokenAtKeyword:
			imported = strings.EqualFold(token.Value, "@import")
		case scanner.TokenString:
			if imported {
				t.Errorf("@import of a string: %q", token.Value)
			}
		case scanner.TokenURI:
			imported = false // a string behind the address is none
			inner := token.Value[strings.IndexByte(token.Value, '(')+1 : len(token.Value)-1]
			inner = strings.Trim(strings.TrimSpace(inner), `"'`)
			if !strings.HasPrefix(inner, "data:") {
				checkAddress(t, "url()", inner)
			}
		case scanner.TokenChar:
			imported = imported && token.Value != ";"
		}
	}
}

// checkPage looks at a rewritten page as a browser without scripts does.
func checkPage(t *testing.T, page string) {
	t.Helper()
	if !utf8.ValidString(page) {
		t.Fatalf("no valid UTF-8: %q", page)
	}
	root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatalf("%v: %q", err, page)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "base", "object", "embed", "applet", "animate", "set", "noscript":
			t.Errorf("%s is left in %q", n.Data, page)
		case "style":
			if n.FirstChild != nil {
				checkStyle(t, n.FirstChild.Data)
			}
		}
		for _, a := range n.Attr {
			switch key := strings.ToLower(a.Key); {
			case strings.HasPrefix(key, "on"), key == "http-equiv", key == "target" && a.Val != "_top":
				t.Errorf("%s: attribute %s=%q is left in %q", n.Data, a.Key, a.Val, page)
			case fetching[key]:
				checkAddress(t, n.Data+" "+key, a.Val)
			case key == "srcset":
				for candidate := range strings.SplitSeq(a.Val, ", ") {
					checkAddress(t, "srcset", strings.Fields(candidate)[0])
				}
			case key == "style" || key == "fill" || key == "filter" || key == "mask":
				checkStyle(t, a.Val)
			case key == "srcdoc":
				checkPage(t, a.Val)
			}
		}
	}
	if t.Failed() {
		t.Logf("page: %q", page)
	}
}

func seedPages(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob("../../../testdata/csu/news.csu.edu.cn/info/1007/*.htm")
	if err != nil || len(files) == 0 {
		f.Fatalf("no fixtures (err %v)", err)
	}
	for _, file := range files[:1] { // long seeds make for few runs
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, s := range []string{
		`<base href=//evil.example/><a href="jav&Tab;ascript:alert(1)">x</a><svg><title><img src=http://evil.example/></title></svg>`,
		`<<!-- -->img src=http://evil.example/><math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=http://evil.example onerror=alert(1)&gt;">`,
		`<svg></p><style><a id="</style><img src=http://evil.example onerror=alert(1)>">`,
		`<form><math><mtext></form><form><mglyph><style></math><img src=http://evil.example>`,
		`<noscript><p title="</noscript><img src=http://evil.example>">`, `<xmp></xmp><img src=http://evil.example>`,
		`<iframe srcdoc="&lt;iframe srcdoc='&amp;lt;img src=http://evil.example&amp;gt;'&gt;">`, `<img srcset="http://evil.example/a 1x,//evil.example/b 2x">`,
		`<p style="background:u\72l(http://evil.example)"><body background=\\evil.example/x><a href=/\evil.example>x`,
	} {
		f.Add([]byte(s))
	}
}

// FuzzHTML: whatever the page, what a browser would ask for is the archive's, no script is left, the
// result is UTF-8 and the same the next time.
func FuzzHTML(f *testing.F) {
	seedPages(f)
	base := parse(f, page)
	f.Fuzz(func(t *testing.T, in []byte) {
		in = bytes.ToValidUTF8(in, []byte("\ufffd"))
		out := HTML(in, base, archived)
		if again := HTML(in, base, archived); !bytes.Equal(out, again) {
			t.Fatalf("got %q, and then %q", out, again)
		}
		checkPage(t, string(out))
	})
}

// FuzzCSS: the same of a style sheet; and written once more it does not change but for its addresses.
func FuzzCSS(f *testing.F) {
	for _, s := range []string{
		`@import 'a.css' screen; a{background:URL( "i/a.png" )}`, `a{background:u\72l(http://evil.example/\)x)}`, `@\69mport"http://evil.example/"`,
		`@import/**/url(http://evil.example/);`, `a{background:image-set("http://evil.example/" 1x)}`, "a{b:\"c\nd\" url(x y)}", `<!-- a{} -->`, `a{b:url("x"`, `\`, "\x00",
		`a{background:src("http://evil.example/")}`, `<\69mg src=x>`, `-\31 a{}`, `@font-face{src:url(data:font/woff2;base64,AAAA)}`,
	} {
		f.Add([]byte(s))
	}
	base := parse(f, "http://news.csu.edu.cn/style/s.css")
	f.Fuzz(func(t *testing.T, in []byte) {
		out := CSS(in, base, archived)
		if !utf8.Valid(out) {
			t.Fatalf("no valid UTF-8: %q", out)
		}
		if again := CSS(in, base, archived); !bytes.Equal(out, again) {
			t.Fatalf("got %q, and then %q", out, again)
		}
		checkStyle(t, string(out))
		if regexp.MustCompile(`<[a-zA-Z/!?]`).Match(out) {
			t.Errorf("something that could begin a tag: %q", out)
		}
		one := func(Use, string) string { return "/web/20160722010203im_/http://a.example/x" }
		once := CSS(in, base, one)
		if twice := CSS(once, base, one); !bytes.Equal(once, twice) {
			t.Errorf("%q\nis rewritten as %q\nand that as %q", in, once, twice)
		}
	})
}
