package systems

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestAllSystemsLoad(t *testing.T) {
	want := []string{"vsb", "webplus", "indexhtm", "trs", "hanweb", "guowei", "ecms", "drupal", "wordpress"}
	for _, name := range want {
		s := Find(name)
		if s == nil {
			t.Errorf("no system %q", name)
			continue
		}
		if len(s.Rules.Article.Title) == 0 || len(s.Rules.Article.Body) == 0 {
			t.Errorf("%s: has no rules for title or body", name)
		}
	}
	if got := len(All()); got != len(want) {
		t.Errorf("got %d systems, want %d", got, len(want))
	}
}

func TestParseErrorsNameThePlace(t *testing.T) {
	head := "name: x\ntitle: X\n"
	for _, c := range []struct{ name, in, want string }{
		{"unknown key", head + "recognise:\n  - {comment: a, wieght: 0.5}\n", "[4:18]"},
		{"weight", head + "recognise:\n  - {comment: a, weight: 1}\n", "recognise[0]"},
		{"no signs", head, "signs"},
		{"shape", head + "recognise:\n  - {comment: a, weight: 0.5}\narticles:\n  - '/{id'\n", "[6:5]"},
		{"expression", head + "recognise:\n  - {comment: a, weight: 0.5}\ncounter:\n  - {script: '(', owner: 1, clickid: 2}\n", "[6:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Parse([]byte(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestRecognise(t *testing.T) {
	for _, c := range []struct{ name, page, path, want string }{
		{"vsb by its comment", "<!--Announced by Visual SiteBuilder 9-->", "/", "vsb"},
		{"vsb by its scripts", `<script>_jsq_(1,'/a.jsp',-1,2)</script>`, "/", "vsb"},
		{"webplus", `<html class="webplus-page"><link href="/_css/_system/system.css">`, "/", "webplus"},
		{"webplus by address alone", "<p>x", "/2026/0326/c1a2/page.htm", "webplus"},
		{"wordpress", `<meta name="Generator" content="WordPress 6.4">`, "/", "wordpress"},
		{"drupal", `<meta name="generator" content="Drupal 9 (https://www.drupal.org)">`, "/", "drupal"},
		{"trs", `<div class="TRS_Editor">x</div>`, "/xw/202001/t20200102_345.html", "trs"},
		{"none", "<p>x", "/xw/1.html", ""},
		{"news about a system", "<p>Announced by Visual SiteBuilder 9</p>", "/", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := html.Parse(strings.NewReader(c.page))
			if err != nil {
				t.Fatal(err)
			}
			var p Plan
			for _, s := range All() {
				s.AddTo(&p)
			}
			got := ""
			if s, confidence := Recognise(All(), p.Walk(doc), c.path, ""); s != nil && confidence >= 0.6 {
				got = s.Name
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
