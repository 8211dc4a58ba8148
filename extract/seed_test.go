package extract_test

import (
	"bytes"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"campusnews/extract"
)

// A seed is an article as a reader of the text form of a page of 2016 has it: the furniture above, title, meta line, body, side lists.
type seed struct {
	title, meta string
	body        []string
}

// openSeed reads the text in place; it is other people's and never copied into the project.
func openSeed(t *testing.T) seed {
	t.Helper()
	const dir = "../../shared/seed"
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the seed text is not here: %v", err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("%d seed texts in %s (err %v), want 1", len(paths), dir, err)
	}
	data, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	var s seed
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.HasPrefix(line, "来源:"):
			s.title, s.meta, s.body = s.body[len(s.body)-1], line, nil
		case line == "图说中南":
			return s
		default:
			s.body = append(s.body, line)
		}
	}
	t.Fatal("the seed text has no side list 图说中南")
	return s
}

// page2016 puts the seed into the fixture page 128731, which has the whole template of 2016 around an article of the same shape.
func (s seed) page2016(t *testing.T) []byte {
	t.Helper()
	page, err := os.ReadFile(csuDir + "/news.csu.edu.cn/info/1002/128731.htm")
	if err != nil {
		t.Fatal(err)
	}
	put := func(before, after, value string) {
		from := bytes.Index(page, []byte(before))
		if from < 0 {
			t.Fatalf("the fixture page has no %q", before)
		}
		from += len(before)
		to := bytes.Index(page[from:], []byte(after))
		if to < 0 {
			t.Fatalf("the fixture page has no %q behind %q", after, before)
		}
		page = bytes.Join([][]byte{page[:from], []byte(value), page[from+to:]}, nil)
	}
	paragraphs := strings.Builder{}
	for _, p := range s.body {
		paragraphs.WriteString(`<P style="TEXT-INDENT: 2em">` + html.EscapeString(p) + "</P>\r\n")
	}
	clicks := `点击次数:<script>_showDynClicks("wbnews", 1316241022, 128731)</script>次`
	put("<TITLE>", "-中南大学新闻网", html.EscapeString(s.title))
	put(`<DIV class="subTitle2"><SPAN>`, "</SPAN>", html.EscapeString(s.title))
	put(`<DIV class="otherTme">`, "</DIV>", strings.Replace(s.meta, "点击次数:次", clicks, 1))
	put(`<DIV class="subCont">`, "</DIV>", paragraphs.String())
	return page
}

// The page that the project began with, rebuilt in its template: nothing of the article is lost and nothing of the furniture gets in.
func TestSeedIn2016Template(t *testing.T) {
	s := openSeed(t)
	page := extract.Page{URL: "http://news.csu.edu.cn/info/1002/128731.htm", ContentType: "text/html", Body: s.page2016(t)}
	for name, x := range map[string]*extract.Extractor{"profile": csuExtractor(t), "recognised": extract.New(), "generic": extract.New(extract.GenericOnly())} {
		t.Run(name, func(t *testing.T) {
			r := x.Extract(page)
			if r.Kind != extract.KindArticle || r.Article == nil {
				t.Fatalf("got kind %q (%s), want an article", r.Kind, r.Reason)
			}
			a := r.Article
			for _, f := range []struct{ name, got, want string }{
				{"title", a.Title, "先进基层党组织推介"},
				{"source", a.Source, "新闻中心"},
				{"published", a.Published, "2016-07-22"},
				{"credits", asJSON(t, a.Credits), `[{"role":"author","name":"刘盼"},{"role":"author","name":"叶文英"}]`},
			} {
				if f.got != f.want {
					t.Errorf("%s: got %s, want %s", f.name, f.got, f.want)
				}
			}
			if got, want := unspaced(a.Body), unspaced(strings.Join(s.body, "\n")); got != want {
				t.Errorf("body:\n got %s\nwant %s", got, want)
			}
			if got, want := strings.Count(a.Body, "\n")+1, len(s.body); got != want {
				t.Errorf("got %d blocks, want %d", got, want)
			}
			for _, furniture := range []string{"关闭", "中南微博", "人民微博", "中南微信", "欢迎您进入", "现在是", "点击次数", "图说中南", "新闻排行", "分享到", "上一条", "打印"} {
				if strings.Contains(a.Body, furniture) || strings.Contains(a.HTML, furniture) {
					t.Errorf("%s got into the body", furniture)
				}
			}
		})
	}
}

// unspaced leaves white space out: the text form of a page does not say where it stood.
func unspaced(s string) string { return strings.Join(strings.Fields(s), "") }
