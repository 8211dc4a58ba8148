package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"campusnews/archive"
	"campusnews/extract"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// articles are a plain one, a hostile one and one of which next to nothing is known.
func articles() []archive.Article {
	return []archive.Article{
		{
			ID: 1, Site: "csu", Key: "vsb:1", URL: "https://news.csu.edu.cn/info/1002/1.htm", Section: "学校要闻", Day: "2016-07-22", Published: "2016-07-22T09:30:00+08:00",
			Title: "先进班集体巡礼", Subtitle: "副题", Source: "校团委", State: "kept", FirstSeen: noon, LastSeen: noon, Revision: 2, Changed: noon.Add(time.Hour), Capture: 7,
			Credits:     []extract.Credit{{Role: "author", Name: "柳岸"}, {Role: "author", Name: "材料学院记者站"}, {Role: "editor", Name: "沈砚"}},
			Images:      []extract.Image{{URL: "https://news.csu.edu.cn/1.jpg", Caption: "图一"}},
			Attachments: []extract.File{{URL: "https://news.csu.edu.cn/a.pdf", Name: "名单"}},
			Body:        "第一段\n甲\t乙\n3. 第三点", HTML: "<p>第一段</p>",
		},
		{
			ID: 2, Site: "../csu", Key: "k", URL: "https://a.example/x?a=1&b=2", Section: "a]]>b", Day: "2016-13-99", Published: "2016",
			Title: "=HYPERLINK(\"http://evil\",\"x\")\n---\n../../etc/passwd \x01\uFFFE\u2028", Source: "@SUM(1)", State: "gone", GoneSince: noon, FirstSeen: noon, LastSeen: noon, Revision: 1,
			Credits: []extract.Credit{{Role: "author", Name: "-2+3: [x](y) *b*"}},
			Images:  []extract.Image{{URL: "https://a.example/1 >.jpg", Caption: "]("}},
			Body:    "# not a heading\n- not a list\n<script>alert(1)</script>\n---\n1. not a list\nend", HTML: "<p>&lt;&amp;</p>",
		},
		{ID: 3, Site: "csu", Key: "k3", URL: "https://news.csu.edu.cn/3.htm", State: "kept", FirstSeen: noon, LastSeen: noon, Revision: 1},
	}
}

func write(t *testing.T, format string, o Options) []byte {
	t.Helper()
	f, err := Find(format)
	if err != nil {
		t.Fatal(err)
	}
	if o.Head.ID == "" {
		o.Head = Head{Title: "中南大学新闻网", Home: "https://news.csu.edu.cn/", ID: "urn:uuid:1", Updated: noon}
	}
	var b bytes.Buffer
	w, err := f.New(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range articles() {
		if err := w.Write(a); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestJSONL(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(string(write(t, "jsonl", Options{})), "\n"), "\n")
	if len(lines) != 3 {
		t.Fatalf("got %d lines, want 3", len(lines))
	}
	for i, want := range articles() {
		var got map[string]any
		if err := json.Unmarshal([]byte(lines[i]), &got); err != nil {
			t.Fatal(err)
		}
		if got["id"] != float64(want.ID) || got["body"] != want.Body || got["url"] != want.URL {
			t.Errorf("line %d: got %v", i, got)
		}
		if i == 2 && (got["title"] != nil || got["published"] != nil || got["credits"] == nil || got["changed"] != nil) {
			t.Errorf("what is not stated: got %v, want null and empty lists", got)
		}
	}
}

func TestCSV(t *testing.T) {
	data := write(t, "csv", Options{BOM: true})
	if !bytes.HasPrefix(data, []byte("\xef\xbb\xbfid,site,")) {
		t.Errorf("got %q…, want a byte order mark", data[:12])
	}
	rows, err := csv.NewReader(bytes.NewReader(data[3:])).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("got %d rows (%v), want 4", len(rows), err)
	}
	cell := func(row int, name string) string {
		for i, n := range rows[0] {
			if n == name {
				return rows[row][i]
			}
		}
		t.Fatalf("no column %s", name)
		return ""
	}
	for _, tc := range []struct {
		row        int
		name, want string
	}{
		{1, "authors", "柳岸、材料学院记者站"}, {1, "body", "第一段\n甲\t乙\n3. 第三点"}, {1, "title", "先进班集体巡礼"}, {1, "images", "1"},
		{2, "title", "'" + articles()[1].Title}, {2, "source", "'@SUM(1)"}, {2, "authors", "'-2+3: [x](y) *b*"}, {3, "title", ""},
	} {
		if got := cell(tc.row, tc.name); got != tc.want {
			t.Errorf("row %d, %s: got %q, want %q", tc.row, tc.name, got, tc.want)
		}
	}
	for _, s := range []string{"=1", " =1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "　=1"} {
		if got := Cell(s); got != "'"+s {
			t.Errorf("Cell(%q): got %q", s, got)
		}
	}
	for _, s := range []string{"", "a=1", "中", "3-1", " "} {
		if got := Cell(s); got != s {
			t.Errorf("Cell(%q): got %q", s, got)
		}
	}
}

func TestAtom(t *testing.T) {
	data := write(t, "atom", Options{})
	var feed struct {
		XMLName xml.Name
		ID      string `xml:"id"`
		Title   string `xml:"title"`
		Updated string `xml:"updated"`
		Entries []struct {
			ID        string   `xml:"id"`
			Title     string   `xml:"title"`
			Updated   string   `xml:"updated"`
			Published string   `xml:"published"`
			Authors   []string `xml:"author>name"`
			Content   struct {
				Type string `xml:"type,attr"`
				Text string `xml:",chardata"`
			} `xml:"content"`
			Links []struct {
				Rel  string `xml:"rel,attr"`
				Type string `xml:"type,attr"`
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(data, &feed); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if feed.XMLName.Space != "http://www.w3.org/2005/Atom" || feed.ID == "" || feed.Title != "中南大学新闻网" || len(feed.Entries) != 3 {
		t.Fatalf("got %+v", feed)
	}
	first := feed.Entries[0]
	if first.Published != "2016-07-22T09:30:00+08:00" || first.Updated != "2026-11-23T13:00:00Z" || first.Content.Type != "html" || first.Content.Text != "<p>第一段</p>" || len(first.Authors) != 2 {
		t.Errorf("got %+v", first)
	}
	if n := len(first.Links); n != 2 || first.Links[1].Rel != "enclosure" || first.Links[1].Type != "application/pdf" {
		t.Errorf("links: got %+v", first.Links)
	}
	if feed.Entries[1].Published != "" {
		t.Errorf("a year is no instant: got %q", feed.Entries[1].Published)
	}
	for i, e := range feed.Entries {
		if _, err := time.Parse(time.RFC3339, e.Updated); err != nil || e.ID == "" || e.Title == "" {
			t.Errorf("entry %d: got %+v", i, e)
		}
	}
}

func TestJSONFeed(t *testing.T) {
	var feed struct {
		Version, Title string
		Items          []map[string]any
	}
	if err := json.Unmarshal(write(t, "jsonfeed", Options{}), &feed); err != nil {
		t.Fatal(err)
	}
	if feed.Version != "https://jsonfeed.org/version/1.1" || len(feed.Items) != 3 {
		t.Fatalf("got %+v", feed)
	}
	for i, item := range feed.Items {
		if item["id"] == nil || item["content_html"] == nil && item["content_text"] == nil {
			t.Errorf("item %d lacks what it must have: %v", i, item)
		}
	}
}

func TestJSONLD(t *testing.T) {
	var doc struct {
		Context string           `json:"@context"`
		Graph   []map[string]any `json:"@graph"`
	}
	if err := json.Unmarshal(write(t, "jsonld", Options{}), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Context != "https://schema.org" || len(doc.Graph) != 3 {
		t.Fatalf("got %+v", doc)
	}
	first := doc.Graph[0]
	authors, _ := json.Marshal(first["author"])
	if first["@type"] != "NewsArticle" || first["headline"] != "先进班集体巡礼" || first["datePublished"] != "2016-07-22T09:30:00+08:00" ||
		string(authors) != `[{"@type":"Person","name":"柳岸"},{"@type":"Organization","name":"材料学院记者站"}]` {
		t.Errorf("got %v, authors %s", first, authors)
	}
	if doc.Graph[1]["creativeWorkStatus"] != "gone" {
		t.Errorf("a gone article: got %v", doc.Graph[1])
	}
}

// TestEmpty: no article makes a document that can be read, too.
func TestEmpty(t *testing.T) {
	for _, f := range Formats() {
		var b bytes.Buffer
		w, err := f.New(&b, Options{Head: Head{Title: "t", ID: "urn:uuid:1", Updated: noon}})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		switch f.Name {
		case "jsonfeed", "jsonld":
			if !json.Valid(b.Bytes()) {
				t.Errorf("%s: got %s", f.Name, b.Bytes())
			}
		case "atom":
			if err := xml.Unmarshal(b.Bytes(), new(struct{})); err != nil {
				t.Errorf("%s: %v in %s", f.Name, err, b.Bytes())
			}
		}
	}
}

func TestMarkdown(t *testing.T) {
	dir := t.TempDir()
	f := NewFolder(dir)
	for _, a := range articles() {
		if err := f.Write(a); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{"csu/2016/2016-07-22-1-先进班集体巡礼.md", "csu/undated/undated-2-HYPERLINK-http-evil-x-etc-passwd.md", "csu/undated/undated-3.md"} {
		a := articles()[i]
		if i == 1 {
			a.Day = "sometime" // no day at all
			if err := f.Write(a); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(want)))
		if err != nil {
			t.Errorf("%v; FileName gives %s", err, FileName(a))
			continue
		}
		parts := strings.SplitN(string(data), "---\n", 3)
		var head map[string]any
		if err := yaml.Unmarshal([]byte(parts[1]), &head); err != nil {
			t.Errorf("front matter of %s: %v\n%s", want, err, parts[1])
		}
		if a.Title != "" && head["title"] != a.Title {
			t.Errorf("title: got %q, want %q", head["title"], a.Title)
		}
	}
	text := string(Markdown(articles()[1]))
	for _, want := range []string{"\n\\# not a heading\n", "\n\\- not a list\n", "\\<script\\>", "\n\\---\n", "\n1\\. not a list\n", `![\](](<https://a.example/1 %3E.jpg>)`} {
		if !strings.Contains(text, want) {
			t.Errorf("got %s, want %q in it", text, want)
		}
	}
	if text := string(Markdown(articles()[0])); !strings.Contains(text, "\n甲 \\| 乙\n") || !strings.Contains(text, "- [名单](<https://news.csu.edu.cn/a.pdf>)") {
		t.Errorf("got %s", text)
	}
}

// FuzzFileName: no page can have a file written elsewhere, or with a name that no file system takes.
func FuzzFileName(f *testing.F) {
	for _, a := range articles() {
		f.Add(a.Site, a.Day, a.Title)
	}
	f.Fuzz(func(t *testing.T, site, day, title string) {
		name := FileName(archive.Article{ID: 1, Site: site, Day: day, Title: title})
		if !filepath.IsLocal(name) || len(strings.Split(name, string(filepath.Separator))) != 3 || len(filepath.Base(name)) > 255 {
			t.Errorf("got %q", name)
		}
	})
}

func TestFindNamesAll(t *testing.T) {
	if _, err := Find("xls"); err == nil || !strings.Contains(err.Error(), "atom, csv, jsonfeed, jsonl, jsonld, parquet") {
		t.Errorf("got %v", err)
	}
}
