package archive

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"campusnews/extract"
	"campusnews/scraper"
)

// A testReader reads the pages that article makes; it gets better when it also reads subtitles, a title's part behind a dash.
type testReader struct{ subtitles, markup bool }

func (r testReader) Extract(p extract.Page) extract.Result {
	title, body, ok := strings.Cut(strings.TrimPrefix(string(p.Body), "<h1>"), "</h1>")
	if !ok || strings.HasPrefix(body, "404") {
		return extract.Result{Kind: extract.KindError, Reason: "not here", URL: p.URL}
	}
	a := article(1, noon, title, body).Result.Article
	if r.subtitles {
		a.Title, a.Subtitle, _ = strings.Cut(title, "——")
	}
	if r.markup {
		a.HTML = "<div>" + a.HTML + "</div>"
	}
	if strings.Contains(p.URL, "_2") {
		a.Part = 2
	} else if strings.Contains(body, "下页") {
		a.Parts = []string{strings.Replace(p.URL, ".htm", "_2.htm", 1)}
	}
	return extract.Result{Kind: extract.KindArticle, URL: p.URL, Charset: extract.Charset{Name: "utf-8"}, Article: a}
}

func reextract(t *testing.T, a *Archive, reader testReader, dry bool) (Rereads, []Reread) {
	t.Helper()
	var list []Reread
	total, err := a.Reextract(t.Context(), Reextraction{DryRun: dry, Reader: func(site string) (PageReader, error) {
		if site != "csu" {
			t.Errorf("asked for a reader of %q", site)
		}
		return reader, nil
	}}, func(r Reread) { list = append(list, r) })
	if err != nil {
		t.Fatal(err)
	}
	return total, list
}

func TestReextract(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	c := begin(t, a)
	saveAs := func(n int, title, body string, change func(v *scraper.Visit)) {
		v := article(n, noon, title, body)
		r := testReader{}.Extract(extract.Page{URL: v.Target.URL, Body: []byte("<h1>" + title + "</h1>" + body)})
		r.Key = v.Target.Key
		v.Result = &r
		if change != nil {
			change(&v)
		}
		save(t, c, v)
	}
	saveAs(1, "推介——副题", "一", nil)
	saveAs(2, "无副题", "二", nil)
	saveAs(3, "同", "三", nil)
	saveAs(3, "同", "三改", nil)
	saveAs(4, "多页——副题", "第一页，下页", nil)
	saveAs(4, "多页——副题", "第二页", func(v *scraper.Visit) {
		v.Target.Parent, v.Target.URL = v.Target.URL, strings.Replace(v.Target.URL, ".htm", "_2.htm", 1)
		v.Target.Key, v.Target.Role, v.Exchanges[0].URL = "part", scraper.RolePart, v.Target.URL
		r := testReader{}.Extract(extract.Page{URL: v.Target.URL, Body: []byte("<h1>多页</h1>第二页")})
		v.Result = &r
	})
	saveAs(5, "另一套字节——副题", "一", func(v *scraper.Visit) { v.Exchanges = nil }) // nothing was captured

	if total, list := reextract(t, a, testReader{}, false); total.Articles != 5 || total.Changed != 0 || total.Refreshed != 0 || total.Unread != 1 || list[0].Article != 5 {
		t.Errorf("the same reader: got %+v, %+v", total, list)
	}
	total, list := reextract(t, a, testReader{subtitles: true}, true)
	if total.Changed != 2 || total.Fields["title"] != 2 || total.Fields["subtitle"] != 2 || total.Fields["body"] != 0 || len(list) != 3 {
		t.Errorf("dry run: got %+v, %+v", total, list)
	}
	if n := count(t, a, `SELECT count(*) FROM revisions`); n != 6 {
		t.Errorf("a dry run wrote: %d revisions, want 6", n)
	}
	if total, _ := reextract(t, a, testReader{subtitles: true}, false); total.Changed != 2 {
		t.Errorf("a better reader: got %+v", total)
	}
	for id, want := range map[int64]string{1: "推介/副题/一/2/0001", 2: "无副题//二/1/0001", 3: "同//三改/2/0001", 4: "多页/副题/第一页，下页\n第二页/2/0001"} {
		got, err := a.Article(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join([]string{got.Title, got.Subtitle, got.Body}, "/"); !strings.HasPrefix(want, text+"/"+string(rune('0'+got.Revision))) {
			t.Errorf("article %d: got %s, revision %d, want %s", id, text, got.Revision, want)
		}
		if id == 1 && !got.Changed.IsZero() {
			t.Errorf("article 1 counts as changed by the newsroom: %v", got.Changed)
		}
	}
	if n := count(t, a, `SELECT count(*) FROM revisions WHERE cause = 'extractor'`); n != 2 {
		t.Errorf("versions by the extractor: got %d, want 2", n)
	}
	if hits, err := a.Search(t.Context(), Query{Text: "副题"}); err != nil || len(hits.Hits) != 4 {
		t.Errorf("search: got %d hits (%v), want 4", len(hits.Hits), err)
	}
	if total, _ := reextract(t, a, testReader{subtitles: true}, false); total.Changed != 0 {
		t.Errorf("once more: got %+v", total)
	}
	if total, _ := reextract(t, a, testReader{subtitles: true, markup: true}, false); total.Changed != 0 || total.Refreshed != 4 {
		t.Errorf("other markup: got %+v", total)
	}
	if got, err := a.Article(t.Context(), 1); err != nil || got.Revision != 2 || !strings.HasPrefix(got.HTML, "<div>") {
		t.Errorf("other markup: got %q, revision %d (%v)", got.HTML, got.Revision, err)
	}
	if _, faults := verify(t, a); len(faults) > 0 {
		t.Errorf("afterwards: %v", faults)
	}
}

// TestReextractDamaged: evidence that cannot be read concerns its article alone.
func TestReextractDamaged(t *testing.T) {
	a, err := Open(t.Context(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	c := begin(t, a)
	save(t, c, article(1, noon, "题", "一"))
	save(t, c, article(2, noon, "题", "二"))
	held, err := a.Capture(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(a.WARCDir(), held.File), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("damage"), held.Offset+held.Length/2); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	total, list := reextract(t, a, testReader{}, false)
	if total.Articles != 2 || total.Unread != 1 || len(list) != 1 || list[0].Article != 1 || !strings.Contains(list[0].Reason, "campusnews-00001.warc.gz") {
		t.Errorf("got %+v, %+v", total, list)
	}
}
