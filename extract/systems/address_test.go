package systems

import "testing"

func TestAddress(t *testing.T) {
	for _, c := range []struct{ shape, path, query, key string }{ // key "" = no match
		{"**/info/{tree}/{id}[_{part}].htm[l]", "/info/1002/77.htm", "", "|77"},
		{"**/info/{tree}/{id}[_{part}].htm[l]", "/jwc/info/1002/77_2.html", "", "/jwc|77"},
		{"**/info/{tree}/{id}[_{part}].htm[l]", "/info/info/1002/77.htm", "", "/info|77"},
		{"**/info/{tree}/{id}[_{part}].htm[l]", "/info/1002/77.htmx", "", ""},
		{"**/info/{tree}/{id}[_{part}].htm[l]", "/info/1002/.htm", "", ""},
		{"**/info/{tree}/{id}[_{part}].htm[l]", "/info/10a2/77.htm", "", ""},
		{"**/*.jsp?wbnewsid={id}", "/content.jsp", "urltype=news&wbtreeid=1&wbnewsid=77", "|77"},
		{"**/*.jsp?wbnewsid={id}", "/jwc/a.b.jsp", "wbnewsid=77", "/jwc|77"},
		{"**/*.jsp?wbnewsid={id}", "/content.jsp", "urltype=news&amp;wbnewsid=77", "|77"},
		{"**/*.jsp?wbnewsid={id}", "/content.jsp", "wbnewsid=7x", ""},
		{"**/*.jsp?wbnewsid={id}", "/content.jsp", "", ""},
		{"**/c{column}a{id}/page[m].htm", "/2026/0326/c121a77/page.htm", "", "/2026/0326|77"},
		{"**/c{column}a{id}/page[m].htm", "/_t1/1c/9e/c121a77/pagem.htm", "", "/_t1/1c/9e|77"},
		{"**/c{column}a{id}/page[m].htm", "/c121a/page.htm", "", ""},
		{"**/{id:hex}.htm", "/xw/00ffAA.htm", "", "/xw|00ffAA"},
		{"**/{id:hex}.htm", "/xw/xyz.htm", "", ""},
		{"/{id:*}/list.htm", "/abc/list.htm", "", "|abc"},
		{"/{id:*}/list.htm", "/a/b/list.htm", "", ""},
	} {
		a := Address{Shape: c.shape, Key: "{**}|{id}"}
		if err := a.compile(); err != nil {
			t.Fatal(err)
		}
		var found captures
		got := ""
		if a.match(c.path, c.query, &found) {
			got = a.key(&found)
		}
		if got != c.key {
			t.Errorf("%s on %s?%s: got %q, want %q", c.shape, c.path, c.query, got, c.key)
		}
	}
}

func TestAddressErrors(t *testing.T) {
	for _, shape := range []string{"/{id", "/{}", "/[", "/[]", "/{id:oct}", "/x?id", "/x?=1"} {
		a := Address{Shape: shape}
		if err := a.compile(); err == nil {
			t.Errorf("%q: got no error", shape)
		}
	}
}

// FuzzAddress checks that any shape that compiles ends on any path.
func FuzzAddress(f *testing.F) {
	for _, s := range All() {
		for _, a := range s.Articles {
			f.Add(a.Shape, "/info/1/2_3.htm", "wbnewsid=4")
		}
	}
	f.Add("**/**/**[*[{a}]]", "/////////////////////", "")
	f.Fuzz(func(t *testing.T, shape, path, query string) {
		a := Address{Shape: shape, Key: "{**}{id}"}
		if len(shape) > 40 || len(path) > 200 || a.compile() != nil {
			return
		}
		var found captures
		if a.match(path, query, &found) && a.Shape == "**" && a.key(&found) != path {
			t.Errorf("%q on %q: got key %q", shape, path, a.key(&found))
		}
	})
}
