package archive

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"campusnews/archive/warc"
	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/capture"
)

func TestArticleIsAsSaved(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	v := article(7, noon, "先进基层党组织推介", "第一段\n第二段")
	p := v.Result.Article
	p.Subtitle, p.Media = "副题", []extract.File{{URL: "https://news.csu.edu.cn/v.mp4", Name: "视频"}}
	v.Target.Date = "2016-07-21"
	save(t, c, v)
	want := Article{
		ID: 1, Site: "csu", Key: "vsb:7", URL: v.Target.URL, Section: "要闻", Published: "2016-07-22", Day: "2016-07-22",
		Title: p.Title, Subtitle: "副题", Source: "新闻中心", State: scraper.StateKept, FirstSeen: noon, LastSeen: noon, Revision: 1, Revisions: 1, Cause: "page",
		Capture: 1, Charset: "utf-8", Credits: p.Credits, Images: p.Images, Attachments: p.Files, Media: p.Media, Links: p.Links, Body: p.Body, HTML: p.HTML,
	}
	got, err := a.Article(t.Context(), 1)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v (%v), want %+v", got, err, want)
	}

	second := article(7, noon.Add(time.Hour), "新题", "")
	second.Result.Article.Credits, second.Result.Article.Images, second.Result.Article.Files, second.Result.Article.Links = nil, nil, nil, nil
	second.Result.Article.Published, second.Result.Article.Source = "2016-07-22T09:30:00+08:00", ""
	save(t, c, second)
	if got, err := a.ArticleAt(t.Context(), 1, 1); err != nil || got.Title != want.Title || got.Body != want.Body || got.HTML != want.HTML || got.Subtitle != "副题" ||
		!reflect.DeepEqual(got.Credits, want.Credits) || !reflect.DeepEqual(got.Media, want.Media) || !reflect.DeepEqual(got.Links, want.Links) || got.Revision != 1 || got.Revisions != 2 {
		t.Errorf("first version: got %+v (%v), want %+v", got, err, want)
	}
	now, err := a.ArticleAt(t.Context(), 1, 2)
	if err != nil || now.Title != "新题" || now.Body != "" || len(now.Credits)+len(now.Images)+len(now.Attachments)+len(now.Media)+len(now.Links) != 0 ||
		now.Published != "2016-07-22T09:30:00+08:00" || now.Day != "2016-07-22" || now.Source != "" || !now.Changed.Equal(noon.Add(time.Hour)) {
		t.Errorf("second version: got %+v (%v)", now, err)
	}
	revisions, err := a.Revisions(t.Context(), 1)
	if err != nil || len(revisions) != 2 || revisions[1].Changed != "title subtitle published source credits body images attachments media" {
		t.Errorf("revisions: got %+v (%v)", revisions, err)
	}
	for _, ref := range []string{"1", "vsb:7", v.Target.URL} {
		if id, err := a.Find(t.Context(), ref); err != nil || id != 1 {
			t.Errorf("find %s: got %d, %v", ref, id, err)
		}
	}
	_, err1 := a.Find(t.Context(), "https://nowhere.example/")
	_, err2 := a.Article(t.Context(), 9)
	_, err3 := a.ArticleAt(t.Context(), 1, 3)
	_, err4 := a.Capture(t.Context(), 99)
	_, err5 := a.Explain(t.Context(), "https://nowhere.example/")
	for i, err := range []error{err1, err2, err3, err4, err5} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%d: got %v, want ErrNotFound", i, err)
		}
	}
}

// TestTwins: several addresses, columns and lists of one article make one row.
func TestTwins(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	rows := []scraper.Listed{{Key: "vsb:1", URL: "https://news.csu.edu.cn/content.jsp?wbnewsid=1", Title: "题", Date: "2016-07-22"},
		{Key: "vsb:2", URL: "https://news.csu.edu.cn/info/1/2.htm", Title: "另"}}
	list := scraper.Visit{Target: due("list", scraper.RoleSection, 60), Reason: scraper.ReasonList, Time: noon, Listed: rows,
		Result: &extract.Result{Kind: extract.KindList, Listing: &extract.Listing{Page: 1, Pages: 3, Total: 50}}}
	list.Target.Section = "专题"
	save(t, c, list)
	list.Time = noon.Add(time.Hour)
	save(t, c, list) // as before: no new state
	list.Time, list.Listed = noon.Add(2*time.Hour), rows[:1]
	save(t, c, list)

	save(t, c, article(1, noon, "题", "文"))
	twin := article(1, noon, "题", "文")
	twin.Target.Key, twin.Target.URL, twin.Target.Section = "other", "http://news.csu.edu.cn/other.htm", "学术"
	twin.Exchanges[0].URL = twin.Target.URL
	if change := save(t, c, twin); !change.Unchanged || change.Article != 1 {
		t.Errorf("twin: got %+v, want article 1 unchanged", change)
	}
	if n := count(t, a, `SELECT count(*) FROM articles`); n != 1 {
		t.Errorf("articles: got %d, want 1", n)
	}
	var sections, urls string
	query(t, a, `SELECT group_concat(section, ' ') FROM (SELECT section FROM article_sections WHERE article = 1 ORDER BY section)`, &sections)
	if want := "专题 要闻"; sections != want {
		t.Errorf("sections: got %s, want %s", sections, want)
	}
	query(t, a, `SELECT group_concat(url, ' ') FROM (SELECT url FROM article_urls WHERE article = 1 ORDER BY url)`, &urls)
	if want := "http://news.csu.edu.cn/other.htm https://news.csu.edu.cn/content.jsp?wbnewsid=1 https://news.csu.edu.cn/info/1003/1.htm"; urls != want {
		t.Errorf("addresses: got %s, want %s", urls, want)
	}
	if n := count(t, a, `SELECT count(*) FROM listings WHERE page = 1 AND pages = 3 AND total = 50`); n != 2 {
		t.Errorf("states of the list: got %d, want 2", n)
	}
	if n := count(t, a, `SELECT count(*) FROM listing_rows`); n != 3 {
		t.Errorf("rows of the list: got %d, want 3", n)
	}

	// One address gone is not the article gone, while the other is still looked at.
	other := twin
	other.Result, other.Target.State, other.Target.Due = nil, scraper.StateKept, noon
	save(t, c, other)
	gone := article(1, noon, "", "")
	gone.Result, gone.Target.State = nil, scraper.StateGone
	if change := save(t, c, gone); change.Gone {
		t.Errorf("one of two addresses gone: got %+v", change)
	}
	other.Target.Due = time.Time{} // it is only remembered
	save(t, c, other)
	if change := save(t, c, gone); !change.Gone {
		t.Errorf("the only address gone: got %+v", change)
	}
	standing, err := a.Explain(t.Context(), "http://news.csu.edu.cn/info/1003/1.htm")
	if err != nil || len(standing) != 1 || standing[0].Article != 1 || standing[0].Target.State != scraper.StateGone || len(standing[0].Captures) == 0 {
		t.Errorf("explain: got %+v (%v)", standing, err)
	}
	sites, err := a.Sites(t.Context(), noon)
	if err != nil || len(sites) != 1 || sites[0].Articles != 1 || sites[0].Gone != 1 || sites[0].Targets != 3 {
		t.Errorf("sites: got %+v (%v)", sites, err)
	}
}

// TestListsTell: what the page does not say, the list may.
func TestListsTell(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	for i, published := range []string{"", "2016-07-22"} {
		v := article(i+1, noon, "题", "文")
		v.Target.Section, v.Result.Article.Published = "", published
		save(t, c, v)
	}
	list := scraper.Visit{Target: due("list", scraper.RoleSection, 60), Reason: scraper.ReasonList, Time: noon, Listed: []scraper.Listed{
		{Key: "vsb:1", URL: "https://news.csu.edu.cn/info/1003/1.htm", Title: "题", Date: "2016-07-21"},
		{Key: "vsb:2", URL: "https://news.csu.edu.cn/info/1003/2.htm", Title: "题", Date: "2016-07-21"}}}
	save(t, c, list)
	for id, want := range map[int64]string{1: " 2016-07-21 要闻", 2: "2016-07-22 2016-07-22 要闻"} {
		got, err := a.Article(t.Context(), id)
		if text := got.Published + " " + got.Day + " " + got.Section; err != nil || text != want {
			t.Errorf("article %d: got %s (%v), want %s", id, text, err, want)
		}
	}
}

// TestParts: an article of three pages is one body, whenever its pages come.
func TestParts(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	first := article(1, noon, "题", "一")
	parts := []string{"https://news.csu.edu.cn/1_2.htm", "https://news.csu.edu.cn/1_3.htm"}
	first.Result.Article.Parts = parts
	part := func(i int, body string) scraper.Visit {
		v := article(1, noon, "题", body)
		v.Target.Key, v.Target.URL, v.Target.Role, v.Target.Parent = "part"+parts[i], parts[i], scraper.RolePart, first.Target.URL
		v.Result.Article.Part, v.Result.Article.Files, v.Result.Article.Links = i+2, nil, nil
		v.Exchanges[0].URL = parts[i]
		return v
	}
	changed := first
	changed.Time = noon.Add(time.Hour)
	shorter := article(1, noon.Add(2*time.Hour), "题", "一")
	for _, step := range []struct {
		name   string
		visit  scraper.Visit
		want   scraper.Change
		body   string
		number int
	}{
		{"page 1", first, scraper.Change{Article: 1, New: true}, "一", 1},
		{"page 3", part(1, "三"), scraper.Change{Article: 1}, "一|三", 1},
		{"page 2", part(0, "二"), scraper.Change{Article: 1}, "一|二|三", 1},
		{"page 1 again", first, scraper.Change{Article: 1, Unchanged: true}, "一|二|三", 1},
		{"page 2 again", part(0, "二"), scraper.Change{Article: 1, Unchanged: true}, "一|二|三", 1},
		{"page 2 edited", part(0, "二改"), scraper.Change{Article: 1, Changed: true}, "一|二改|三", 2},
		{"one page only", shorter, scraper.Change{Article: 1, Changed: true}, "一", 3},
		{"a page nobody names", part(1, "三"), scraper.Change{Article: 1}, "一", 3},
	} {
		if got := save(t, c, step.visit); got != step.want {
			t.Errorf("%s: got %+v, want %+v", step.name, got, step.want)
		}
		got, err := a.Article(t.Context(), 1)
		if err != nil || strings.ReplaceAll(got.Body, "\n", "|") != step.body || got.Revision != step.number {
			t.Errorf("%s: got %q, revision %d (%v), want %q, %d", step.name, got.Body, got.Revision, err, step.body, step.number)
		}
		if len(got.Credits) != 2 || len(got.Attachments) != 1 {
			t.Errorf("%s: got credits %v, attachments %v", step.name, got.Credits, got.Attachments)
		}
	}
	if n := count(t, a, `SELECT count(*) FROM captures WHERE article IS NULL`); n != 0 {
		t.Errorf("%d captures belong to no article", n)
	}
	unknown := part(0, "二")
	unknown.Target.Parent, unknown.Target.URL = "https://news.csu.edu.cn/nowhere.htm", "https://news.csu.edu.cn/nowhere_2.htm"
	if got := save(t, c, unknown); got != (scraper.Change{}) {
		t.Errorf("part of an unknown article: got %+v", got)
	}
}

// TestEvidence reads the captured bytes back by their position.
func TestEvidence(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	c := begin(t, a)
	v := article(1, noon, "题", "文")
	redirect := exchange("http://news.csu.edu.cn/info/1003/1.htm", 301, "moved", "Location: "+v.Target.URL)
	broken := exchange(v.Target.URL, 200, "half a page")
	broken.Truncated, broken.Err = "disconnect", errors.New("unexpected EOF")
	nothing := capture.Exchange{URL: v.Target.URL, Started: noon, Err: errors.New("no such host")}
	v.Exchanges = []capture.Exchange{nothing, broken, redirect, v.Exchanges[0]}
	save(t, c, v)
	image := scraper.Visit{Target: due("image", scraper.RoleAsset, 0), Reason: scraper.ReasonAsset, Time: noon,
		Exchanges: []capture.Exchange{exchange("https://news.csu.edu.cn/1.jpg", 200, "\x89PNG")}}
	image.Target.Parent = v.Target.URL
	save(t, c, image)
	c = begin(t, a) // another run
	save(t, c, image)

	captures, err := a.CapturesOf(t.Context(), 1, 10)
	if err != nil || len(captures) != 6 {
		t.Fatalf("captures of the article: got %d (%v), want 6", len(captures), err)
	}
	for i, want := range []struct {
		status            int
		file              bool
		truncated, failed string
		sameAs            int64
		profile           string
		crawl             int64
	}{
		{200, true, "", "", 5, "identical-payload-digest", 2},
		{200, true, "", "", 0, "", 1},
		{200, true, "", "", 0, "", 1},
		{301, true, "", "", 0, "", 1},
		{200, true, "disconnect", "unexpected EOF", 0, "", 1},
		{0, false, "", "no such host", 0, "", 1},
	} {
		got := captures[i]
		if got.Status != want.status || (got.File != "") != want.file || got.Truncated != want.truncated || got.Error != want.failed ||
			got.SameAs != want.sameAs || got.Profile != want.profile || got.Crawl != want.crawl || got.Article != 1 {
			t.Errorf("capture %d: got %+v, want %+v", got.ID, got, want)
		}
		if got.File == "" {
			continue
		}
		record, block, err := warc.Load(filepath.Join(a.WARCDir(), got.File), got.Offset, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if got.SameAs == 0 && got.Status == 200 && got.Truncated == "" && got.ContentType != "text/html; charset=utf-8" {
			t.Errorf("capture %d: content type %q", got.ID, got.ContentType)
		}
		if record.ID() != "<urn:uuid:"+got.RecordID+">" || !bytes.HasPrefix(block, []byte("HTTP/1.1 ")) || record.URL() != got.URL {
			t.Errorf("capture %d: the record there is %s of %s", got.ID, record.ID(), record.URL())
		}
		if i == 0 && (record.Type() != "revisit" || record.Header.Get("WARC-Refers-To") != "<urn:uuid:"+captures[1].RecordID+">") {
			t.Errorf("revisit: got %+v", record.Header)
		}
		if i == 2 && !bytes.Equal(block, v.Exchanges[3].Response) {
			t.Errorf("page: got %q, want %q", block, v.Exchanges[3].Response)
		}
	}
	files, err := os.ReadDir(a.WARCDir())
	if err != nil || len(files) != 1 {
		t.Fatalf("WARC files: got %v (%v), want one", files, err)
	}
}

// TestCheckFindsDamage: a check that cannot fail says nothing.
func TestCheckFindsDamage(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, a *Archive, file string)
		want   string
	}{
		{"index row lost", func(t *testing.T, a *Archive, _ string) {
			change(t, a, `DELETE FROM articles_fts_docsize WHERE id = 1`)
		}, "article without a search index row: 1"},
		{"revision lost", func(t *testing.T, a *Archive, _ string) { change(t, a, `DELETE FROM revisions WHERE article = 1`) }, "article without its current revision: 1"},
		{"credit of nobody", func(t *testing.T, a *Archive, _ string) {
			change(t, a, `PRAGMA foreign_keys = 0`)
			change(t, a, `INSERT INTO credits VALUES (99, 1, 'author', 'x')`)
		}, "foreign_key_check: credits"},
		{"file shortened", func(t *testing.T, a *Archive, file string) {
			if err := os.Truncate(file, 20); err != nil {
				t.Fatal(err)
			}
		}, "are beyond the end of campusnews-00001.warc.gz (20)"},
		{"position wrong", func(t *testing.T, a *Archive, _ string) { change(t, a, `UPDATE captures SET offset = 5, length = 1`) }, "no record begins at byte 5"},
		{"file lost", func(t *testing.T, a *Archive, file string) {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		}, "the file is not there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := Open(t.Context(), t.TempDir(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			save(t, begin(t, a), article(1, noon, "题", "文"))
			if damage, err := a.Check(t.Context()); err != nil || damage != nil {
				t.Fatalf("before: got %v, %v", damage, err)
			}
			c.damage(t, a, filepath.Join(a.WARCDir(), "campusnews-00001.warc.gz"))
			damage, err := a.Check(t.Context())
			if err != nil || len(damage) == 0 || !strings.Contains(strings.Join(damage, "\n"), c.want) {
				t.Errorf("got %v (%v), want %q", damage, err, c.want)
			}
		})
	}
}

// change writes to the database past the writer.
func change(t *testing.T, a *Archive, sql string) {
	t.Helper()
	if _, err := a.write.conn.ExecContext(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}
