package extract_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"campusnews/extract"
	"campusnews/extract/profile"
)

// A wanted article is one line of testdata/csu/want.jsonl; see the README beside it.
type wanted struct {
	NewsID, URL, Template, Charset    string
	Twins, Parts                      []string
	Title, Published, Source, Section string
	Sections                          []string
	Credits                           []extract.Credit
	Body                              string
	Images                            []extract.Image
	Attachments                       []extract.File
	Links                             []extract.Link
	Clicks                            extract.Counter `json:"clicks_dynamic"`
}

const csuDir = "../testdata/csu"

// csuSite is the fixture site in memory: what its addresses answer.
type csuSite struct {
	files map[string]extract.Page // by address
}

// openCSU reads urls.tsv and the files; every other address is a path.
func openCSU(tb testing.TB) csuSite {
	tb.Helper()
	site := csuSite{files: map[string]extract.Page{}}
	add := func(address, path, contentType string) {
		body, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		site.files[address] = extract.Page{URL: address, ContentType: contentType, Status: 200, Body: body}
	}
	for _, pattern := range []string{"*.htm", "*/*.htm", "info/*/*.htm"} {
		paths, err := filepath.Glob(filepath.Join(csuDir, "news.csu.edu.cn", pattern))
		if err != nil || len(paths) == 0 {
			tb.Fatalf("no fixture pages match %s (err %v)", pattern, err)
		}
		for _, path := range paths {
			rel, err := filepath.Rel(csuDir, path)
			if err != nil {
				tb.Fatal(err)
			}
			add("https://"+filepath.ToSlash(rel), path, "text/html")
		}
	}
	list, err := os.ReadFile(filepath.Join(csuDir, "urls.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) != 3 {
			tb.Fatalf("urls.tsv: %q has %d fields, want 3", line, len(f))
		}
		add(f[0], filepath.Join(csuDir, filepath.FromSlash(f[1])), f[2])
	}
	return site
}

// readWanted gives the articles of want.jsonl, never none.
func readWanted(tb testing.TB) []wanted {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(csuDir, "want.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	var all []wanted
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var w wanted
		if err := json.Unmarshal(lines.Bytes(), &w); err != nil {
			tb.Fatalf("want.jsonl: %v", err)
		}
		all = append(all, w)
	}
	if err := lines.Err(); err != nil || len(all) < 40 {
		tb.Fatalf("want.jsonl has %d articles (err %v), want at least 40", len(all), err)
	}
	return all
}

// csuExtractor reads pages as the built-in profile says.
func csuExtractor(tb testing.TB) *extract.Extractor {
	tb.Helper()
	p, ok := profile.Builtin("csu")
	if !ok {
		tb.Fatal("no built-in profile csu")
	}
	return extract.New(extract.WithSystem(p.System), extract.WithRules(p.Overrides))
}

// Every field of every article of the fixture site, with the site's profile and
// with nothing but what is recognised from the page itself.
func TestCSUArticles(t *testing.T) {
	site := openCSU(t)
	for _, how := range []struct {
		name string
		x    *extract.Extractor
	}{{"profile", csuExtractor(t)}, {"recognised", extract.New()}} {
		t.Run(how.name, func(t *testing.T) {
			for _, w := range readWanted(t) {
				t.Run(w.NewsID, func(t *testing.T) {
					for _, address := range append([]string{w.URL}, w.Twins...) {
						page, ok := site.files[address]
						if !ok {
							t.Fatalf("the fixture site does not answer %s", address)
						}
						r := how.x.Extract(page)
						if r.Kind != extract.KindArticle || r.Article == nil {
							t.Fatalf("%s: got kind %q (%s), want an article", address, r.Kind, r.Reason)
						}
						// The two addresses of one article name different columns.
						checkCSUArticle(t, site, how.x, r, w, address == w.URL)
					}
				})
			}
		})
	}
}

func checkCSUArticle(t *testing.T, site csuSite, x *extract.Extractor, r extract.Result, w wanted, section bool) {
	t.Helper()
	a := *r.Article
	if got, want := strings.Join(a.Parts, "\n"), strings.Join(w.Parts, "\n"); got != want {
		t.Errorf("parts: got %q, want %q", got, want)
	}
	for _, address := range a.Parts {
		page, ok := site.files[address]
		if !ok {
			t.Fatalf("the fixture site does not answer part %s", address)
		}
		part := x.Extract(page)
		if part.Article == nil || part.Key != r.Key || part.Article.Part != 2 {
			t.Fatalf("part %s: got kind %q, key %q, want page 2 of %q", address, part.Kind, part.Key, r.Key)
		}
		a.Body += "\n" + part.Article.Body
	}
	for _, f := range []struct{ name, got, want string }{
		{"key", r.Key, x.Key(w.URL)},
		{"charset", r.Charset.Name, w.Charset},
		{"title", a.Title, w.Title},
		{"published", a.Published, w.Published},
		{"source", a.Source, w.Source},
		{"body", a.Body, w.Body},
		{"credits", asJSON(t, a.Credits), asJSON(t, w.Credits)},
		{"images", asJSON(t, a.Images), asJSON(t, w.Images)},
		{"attachments", asJSON(t, a.Files), asJSON(t, w.Attachments)},
		{"links", asJSON(t, a.Links), asJSON(t, w.Links)},
		{"clicks", asJSON(t, a.Clicks), asJSON(t, &w.Clicks)},
	} {
		if f.got != f.want {
			t.Errorf("%s of %s:\n got %s\nwant %s", f.name, r.URL, f.got, f.want)
		}
	}
	if section && a.Section != w.Section {
		t.Errorf("section of %s: got %q, want %q", r.URL, a.Section, w.Section)
	}
	if r.Charset.Lossy {
		t.Errorf("%s: lossy, want every byte read", r.URL)
	}
}

// asJSON makes nil and empty lists alike.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if string(data) == "null" {
		return "[]"
	}
	return string(data)
}

// The lists of the fixture site: every row, the way to the next page, and none of the rows in comments.
func TestCSULists(t *testing.T) {
	site := openCSU(t)
	const base = "https://news.csu.edu.cn/"
	for _, c := range []struct {
		page                     string
		items, number, of, total int
		next                     string
	}{
		{"xxyw.htm", 8, 1, 3, 20, "xxyw/2.htm"},
		{"xxyw/2.htm", 8, 2, 3, 20, "xxyw/1.htm"},
		{"xxyw/1.htm", 4, 3, 3, 20, ""},
		{"zhxw.htm", 6, 1, 2, 11, "zhxw/1.htm"},
		{"zhxw/1.htm", 5, 2, 2, 11, ""},
		{"znrw.htm", 5, 1, 1, 5, ""},
		{"zngs.htm", 5, 1, 1, 5, ""},
		{"xstd.htm", 10, 1, 1, 10, ""},
		{"mtzn.htm", 5, 1, 1, 5, ""},
		{"jczt/dsxxjyztw.htm", 4, 1, 1, 4, ""},
	} {
		for name, x := range map[string]*extract.Extractor{"profile": csuExtractor(t), "recognised": extract.New()} {
			t.Run(name+"/"+c.page, func(t *testing.T) {
				r := x.Extract(site.files[base+c.page])
				if r.Kind != extract.KindList || r.Listing == nil {
					t.Fatalf("got kind %q (%s), want a list", r.Kind, r.Reason)
				}
				l := r.Listing
				if len(l.Items) != c.items {
					t.Errorf("got %d items, want %d", len(l.Items), c.items)
				}
				want := ""
				if c.next != "" {
					want = base + c.next
				}
				if l.Next != want {
					t.Errorf("next: got %q, want %q", l.Next, want)
				}
				if l.Pages != c.of || l.Total != c.total || l.Page != c.number {
					t.Errorf("pager: got page %d of %d, %d in all, want %d of %d, %d", l.Page, l.Pages, l.Total, c.number, c.of, c.total)
				}
				for _, item := range l.Items {
					if item.Title == "" || len(item.Date) != len("2006-01-02") || strings.TrimSpace(item.Title) != item.Title {
						t.Errorf("got row %+v, want a title and a day", item)
					}
					if strings.Contains(item.URL, "/118201.htm") || strings.Contains(item.URL, "/118144.htm") {
						t.Errorf("got %s, which stands in a comment", item.URL)
					}
				}
			})
		}
	}
}

// A row of the list says what the article says, even where the list cuts the title.
func TestCSURowsAgree(t *testing.T) {
	site, x := openCSU(t), csuExtractor(t)
	rows := map[string]extract.Item{}
	for address := range site.files {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(u.Path, "/info/") || u.RawQuery != "" {
			continue
		}
		if l := x.Extract(site.files[address]).Listing; l != nil {
			for _, item := range l.Items {
				rows[item.Key] = item
			}
		}
	}
	listed := map[string]string{"155640": "2023-10-08"} // the list says otherwise than the page
	for _, w := range readWanted(t) {
		row, ok := rows[x.Key(w.URL)]
		if !ok {
			t.Errorf("no list names %s", w.URL)
			continue
		}
		day := w.Published[:len("2006-01-02")]
		if d, ok := listed[w.NewsID]; ok {
			day = d
		}
		if row.Title != w.Title || row.Date != day {
			t.Errorf("%s: got row %q of %s, want %q of %s", w.NewsID, row.Title, row.Date, w.Title, day)
		}
	}
}

// Pages of the fixture site that are no articles, and what they are.
func TestCSUOtherPages(t *testing.T) {
	site := openCSU(t)
	const base = "https://news.csu.edu.cn/"
	for _, c := range []struct {
		page   string
		kind   extract.Kind
		target string
	}{
		{"index.htm", extract.KindOther, ""},
		{"info/1002/156001.htm", extract.KindError, ""},
		{"content.jsp?urltype=news.NewsContentUrl&wbtreeid=1007&wbnewsid=160777", extract.KindError, ""},
		{"info/1007/150777.htm", extract.KindRedirect, "https://mp.weixin.qq.com/s/Kq7fixture-redirect"},
		{"system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1316241022&wbfileid=3188204", extract.KindBlocked, ""},
	} {
		for name, x := range map[string]*extract.Extractor{"profile": csuExtractor(t), "recognised": extract.New()} {
			t.Run(name+"/"+c.page, func(t *testing.T) {
				r := x.Extract(site.files[base+c.page])
				if r.Kind != c.kind || r.Target != c.target {
					t.Fatalf("got %q to %q (%s), want %q to %q", r.Kind, r.Target, r.Reason, c.kind, c.target)
				}
				if r.Reason == "" {
					t.Error("got no reason")
				}
			})
		}
	}
	home := csuExtractor(t).Extract(site.files[base+"index.htm"])
	nav := map[string]string{}
	for _, l := range home.Nav {
		nav[l.URL] = l.Text
	}
	for _, want := range []string{"xxyw", "zhxw", "znrw", "zngs", "xstd", "mtzn", "jczt/dsxxjyztw"} {
		if nav[base+want+".htm"] == "" {
			t.Errorf("the home page's navigation has no %s.htm: %v", want, home.Nav)
		}
	}
}
