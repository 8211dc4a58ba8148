package profile

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseFaults(t *testing.T) {
	const head = "home: https://news.example.edu.cn/\n"
	tests := map[string]struct{ in, want string }{
		"empty":                {"", `p.yaml:1:1: the file is empty: a profile needs at least home: ADDRESS`},
		"only a comment":       {"# nothing\n", `p.yaml:1:1: the file is empty: a profile needs at least home: ADDRESS`},
		"no home":              {"id: x\n", `p.yaml:1:1: home is missing: give the address of the site's home page`},
		"misspelt key":         {head + "secions:\n  a: b\n", `p.yaml:2:1: unknown key "secions"; did you mean "sections"?`},
		"swapped letters":      {head + "nmae: x\n", `p.yaml:2:1: unknown key "nmae"; did you mean "name"?`},
		"key in capitals":      {head + "Title: x\n", `p.yaml:2:1: unknown key "Title"; did you mean "title"?`},
		"misspelt inner key":   {head + "evidence:\n  - {kind: pages, yaer: 2020}\n", `p.yaml:3:19: unknown key "yaer" in evidence[0]; did you mean "year"?`},
		"list for mapping":     {head + "sections: [a]\n", `p.yaml:2:11: sections must be a mapping (name: address of its list), not a list`},
		"mapping for text":     {head + "name: {a: b}\n", `p.yaml:2:7: name must be a text, not a mapping`},
		"text for list":        {head + "hosts: news.example.edu.cn\n", `p.yaml:2:8: hosts must be a list (- item), not a text`},
		"text for bool":        {head + "verified: maybe\n", `p.yaml:2:11: verified must be true or false`},
		"relative home":        {"home: /index.htm\n", `p.yaml:1:7: home "/index.htm" is not an absolute address (https://…)`},
		"home of other scheme": {"home: ftp://a.cn/\n", `p.yaml:1:7: home "ftp://a.cn/" is not an http or https address`},
		"home elsewhere":       {head + "hosts: [www.example.edu.cn]\n", `p.yaml:1:7: home is on news.example.edu.cn, which is not among the hosts`},
		"host is an address":   {head + "hosts: [news.example.edu.cn, \"http://a.cn\"]\n", `p.yaml:2:30: host "http://a.cn": write the bare name in lower case, such as "news.example.edu.cn"`},
		"section elsewhere":    {head + "sections:\n  要闻: https://other.cn/a.htm\n", `p.yaml:3:7: section "要闻" is on other.cn, which is not among the hosts`},
		"section not absolute": {head + "sections:\n  要闻: yw.htm\n", `p.yaml:3:7: section "要闻": "yw.htm" is not an absolute address (https://…)`},
		"section without URL":  {head + "sections:\n  要闻:\n", `p.yaml:3:3: section "要闻": "" is no address`},
		"two of one address":   {head + "sections:\n  a: https://news.example.edu.cn/a\n  b: https://news.example.edu.cn/a\n", `p.yaml:4:6: sections "a" and "b" have the same address`},
		"bad id":               {head + "id: CSU news\n", `p.yaml:2:5: id "CSU news": use lower case letters, digits, '.' and '-', at most 64, such as "news.example.edu.cn"`},
		"path without slash":   {head + "paths: [/cs/, info]\n", `p.yaml:2:15: path "info": write how the path of an address begins, such as "/cs/"`},
		"misspelt system":      {head + "system: vbs\n", `p.yaml:2:9: unknown system "vbs"; did you mean "vsb"?`},
		"unknown system":       {head + "system: SharePoint\n", `p.yaml:2:9: unknown system "SharePoint"; known are drupal, ecms,`},
		"bad day":              {head + "since: summer\n", `p.yaml:2:8: since "summer": write 2015, 2015-09 or 2015-09-01`},
		"until before since":   {head + "since: 2015-09\nuntil: 2014\n", `p.yaml:3:8: until 2014 lies before since 2015-09`},
		"misspelt field":       {head + "overrides:\n  artcle:\n    title: [h1]\n", `p.yaml:3:3: unknown key "artcle" in overrides; did you mean "article"?`},
		"misspelt rule":        {head + "overrides:\n  article:\n    titel: [h1]\n", `p.yaml:4:5: unknown key "titel" in overrides.article; did you mean "title"?`},
		"misspelt rule part":   {head + "overrides:\n  article:\n    body:\n      - {css: .a, pik: last}\n", `p.yaml:5:19: unknown key "pik" in overrides.article.body[0]; did you mean "pick"?`},
		"bad selector":         {head + "overrides:\n  article:\n    body:\n      - .a\n      - div[\n", `p.yaml:6:9: overrides.article.body[1]: selector "div[": `},
		"empty rule":           {head + "overrides:\n  article:\n    body:\n      - {pick: last}\n", `p.yaml:5:9: overrides.article.body[0]: a candidate has exactly one of`},
		"nothing for a rule":   {head + "overrides:\n  article:\n    body:\n      -\n", `overrides.article.body[0] is empty`},
		"nothing for a note":   {head + "notes:\n  - a\n  - ~\n", `p.yaml:4:5: notes[1] is empty`},
		"rule not in a list":   {head + "overrides:\n  article:\n    body: .a\n", `p.yaml:4:11: overrides.article.body must be a list (- item), not a text`},
		"number for a rule":    {head + "overrides:\n  article:\n    body: [1]\n", `p.yaml:4:12: overrides.article.body[0] must be a selector or a mapping, not a number`},
		"bad evidence":         {head + "evidence:\n  - kind: rumour\n", `p.yaml:3:11: evidence kind "rumour": it is one of pages, crawler, survey, address`},
		"two documents":        {head + "---\n" + head, `p.yaml:3:1: a second document: a file holds one profile`},
		"alias":                {"home: &h https://news.example.edu.cn/\ntitle: *h\n", "anchors, aliases and tags have no use"},
		"tag":                  {"home: !!str https://news.example.edu.cn/\n", "anchors, aliases and tags have no use"},
		"key twice":            {head + head, `p.yaml:2:1: not YAML: mapping key "home" already defined at [1:1]`},
		"section twice":        {head + "sections:\n  a: https://news.example.edu.cn/a\n  a: https://news.example.edu.cn/b\n", `p.yaml:4:3: not YAML: mapping key "a" already defined`},
		"not YAML":             {head + "name: [a\n", "not YAML"},
		"not UTF-8":            {head + "name: \xd6\xd0\xc4\xcf\n", `p.yaml:2:7: not UTF-8`},
		"too deep":             {head + "name: " + strings.Repeat("[", 1000), "nested too deep"},
		"too deep in lists":    {strings.Repeat("- ", 1000), "nested too deep"},
		"too large":            {head + "name: " + strings.Repeat("a", MaxBytes), "larger than 64 kB"},
		"two faults":           {"home: x\nnaem: y\ntitel: z\n", "p.yaml:2:1: unknown key \"naem\"; did you mean \"name\"?\np.yaml:3:1: unknown key \"titel\"; did you mean \"title\"?"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := Parse([]byte(tt.in), "p.yaml")
			if err == nil || p != nil {
				t.Fatalf("got %+v, want the fault %q", p, tt.want)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
			var f *Fault
			if !errors.As(err, &f) || f.Line < 1 || f.Column < 1 || f.File != "p.yaml" {
				t.Errorf("got fault %+v, want one with file, line and column", f)
			}
		})
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "key%dxxxxxx: v\n", i)
	}
	return b.String()
}

func TestFaultsAreBounded(t *testing.T) {
	_, err := Parse([]byte(manyKeys(30)), "p.yaml")
	var faults Faults
	if !errors.As(err, &faults) || len(faults) != maxFaults || !strings.HasSuffix(err.Error(), "(and 10 more faults)") {
		t.Errorf("got %d faults: %v, want %d and a word on 10 more", len(faults), err, maxFaults)
	}
}

func TestParse(t *testing.T) {
	const home = "home: https://news.example.edu.cn/\n"
	const host = "news.example.edu.cn"
	tests := map[string]struct {
		in   string
		want Profile
	}{
		"only a home": {home, Profile{ID: host, Home: "https://news.example.edu.cn/", Hosts: []string{host}}},
		"a port":      {"home: http://127.0.0.1:8080/x/\n", Profile{ID: "127.0.0.1-8080", Home: "http://127.0.0.1:8080/x/", Hosts: []string{"127.0.0.1:8080"}}},
		"sections keep their order": {home + "id: ex\nsections:\n  校园: https://news.example.edu.cn/b.htm\n  \"1\": https://news.example.edu.cn/a.htm\n", Profile{
			ID: "ex", Home: "https://news.example.edu.cn/", Hosts: []string{host},
			Sections: Sections{{"校园", "https://news.example.edu.cn/b.htm"}, {"1", "https://news.example.edu.cn/a.htm"}},
		}},
		"numbers stand for texts": {home + "since: 2015\nuntil: 2015-09-01\nname: 985\n", Profile{
			ID: host, Home: "https://news.example.edu.cn/", Hosts: []string{host}, Since: "2015", Until: "2015-09-01", Name: "985",
		}},
		"until within since's year": {home + "since: 2015-09\nuntil: 2015\n", Profile{
			ID: host, Home: "https://news.example.edu.cn/", Hosts: []string{host}, Since: "2015-09", Until: "2015",
		}},
		"a part of the host": {home + "paths: [/cs/, /info/]\n", Profile{ID: host, Home: "https://news.example.edu.cn/", Hosts: []string{host}, Paths: []string{"/cs/", "/info/"}}},
		"nothing said":       {home + "name:\nsections:\nhosts: []\nnotes: ~\n", Profile{ID: host, Home: "https://news.example.edu.cn/", Hosts: []string{host}}},
		"evidence": {home + "verified: true\nevidence:\n  - kind: pages\n    year: 2021\n    note: two lists\nnotes:\n  - |\n    long\n    note\n", Profile{
			ID: host, Home: "https://news.example.edu.cn/", Hosts: []string{host}, Verified: true,
			Evidence: []Evidence{{Kind: EvidencePages, Year: 2021, Note: "two lists"}}, Notes: []string{"long\nnote\n"},
		}},
		"byte order mark, CRLF": {"\ufeff" + strings.ReplaceAll(home+"name: 例\n", "\n", "\r\n"), Profile{ID: host, Home: "https://news.example.edu.cn/", Hosts: []string{host}, Name: "例"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Parse([]byte(tt.in), "p.yaml")
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(*got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", *got, tt.want)
			}
		})
	}
}

func TestEdits(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"title", "title", 0}, {"titel", "title", 1}, {"secions", "sections", 1}, {"学校要闻", "学校新闻", 1}, {"kitten", "sitting", 3}} {
		if got := edits(tt.a, tt.b); got != tt.want {
			t.Errorf("edits(%q, %q): got %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := edits(tt.b, tt.a); got != tt.want {
			t.Errorf("edits(%q, %q): got %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, id := range IDs() {
		data, _ := Source(id)
		f.Add(data)
	}
	f.Add([]byte("home: http://a/\nsections: {a: http://a/b}\n"))
	f.Add([]byte("home: &a http://a/\n<<: *a\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse(data, "f")
		again, err2 := Parse(data, "f")
		if !reflect.DeepEqual(p, again) || !reflect.DeepEqual(err, err2) {
			t.Fatalf("the same bytes gave %+v, %v, then %+v, %v", p, err, again, err2)
		}
		if err != nil {
			var faults Faults
			if p != nil || !errors.As(err, &faults) || len(faults) == 0 {
				t.Fatalf("got %+v with %v, want no profile and some faults", p, err)
			}
			lines := strings.Count(string(data), "\n") + strings.Count(string(data), "\r") + 2
			for _, fault := range faults {
				if fault.Line < 1 || fault.Line > lines || fault.Column < 1 || fault.Column > len(data)+2 {
					t.Fatalf("got a fault at %d:%d in %d lines: %s", fault.Line, fault.Column, lines, fault.Message)
				}
				if !utf8.ValidString(fault.Message) {
					t.Fatalf("got a fault that is not UTF-8: %q", fault.Message)
				}
			}
			return
		}
		if p.ID == "" || p.Home == "" || len(p.Hosts) == 0 {
			t.Fatalf("got %+v without id, home or hosts", p)
		}
		for _, s := range p.Sections {
			u, why := pageAddress(s.URL)
			if u == nil || !p.HasHost(u.Host) {
				t.Fatalf("got section %+v: %s", s, why)
			}
		}
		roundTrip(t, p)
	})
}
