package archive

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campusnews/extract"
	"campusnews/scraper"
)

// An h1Reader takes the heading as title and what follows as body, as the pages of these tests are made.
// after says what this version of it makes of the article.
type h1Reader struct {
	after func(*extract.Article)
}

func (x h1Reader) Extract(p extract.Page) extract.Result {
	text, ok := strings.CutPrefix(string(p.Body), "<h1>")
	title, body, found := strings.Cut(text, "</h1>")
	if !ok || !found {
		return extract.Result{Kind: extract.KindError, Reason: "no heading"}
	}
	v := article(1, noon, title, body)
	a := v.Result.Article
	if x.after != nil {
		x.after(a)
	}
	return extract.Result{Kind: extract.KindArticle, URL: p.URL, Charset: extract.Charset{Name: "utf-8"}, Article: a}
}

func with(x Extractor) func(Site) (Extractor, error) {
	return func(Site) (Extractor, error) { return x, nil }
}

func reextractAll(t *testing.T, a *Archive, opts Reextraction) ReextractReport {
	t.Helper()
	r, err := a.Reextract(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReextractKeepsWhatItReadsAlike(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	for n := 1; n <= 5; n++ {
		save(t, c, article(n, noon, "题", "正文"))
	}
	r := reextractAll(t, a, Reextraction{Extractor: with(h1Reader{})})
	if r.Articles != 5 || r.Unchanged != 5 || len(r.Fields)+len(r.Rules) != 0 {
		t.Errorf("got %+v, want five as before", r)
	}
	if n := count(t, a, `SELECT count(*) FROM revisions`); n != 5 {
		t.Errorf("got %d revisions, want 5", n)
	}
}

// TestReextractIsNoChangeByTheSite: a better reading is a version of its own, told apart from the newsroom's.
func TestReextractIsNoChangeByTheSite(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	save(t, c, article(1, noon, "题", "正文一"))
	save(t, c, article(1, noon.Add(time.Hour), "新题", "正文二"))
	better := h1Reader{func(a *extract.Article) {
		a.Title, a.Subtitle, a.Credits = a.Title+"！", "副题", []extract.Credit{{Role: "editor", Name: "沈砚"}}
		a.Published = ""
		a.Provenance = map[string]string{"title": "vsb/title[1]", "editor": "closing"}
	}}
	dry := reextractAll(t, a, Reextraction{Extractor: with(better), DryRun: true})
	if n := count(t, a, `SELECT count(*) FROM revisions`); n != 2 || dry.Revised != 1 {
		t.Errorf("a dry run: %d revisions, report %+v", n, dry)
	}
	var told []Reread
	r := reextractAll(t, a, Reextraction{Extractor: with(better), Each: func(r Reread) error { told = append(told, r); return nil }})
	if r.Revised != 1 || len(told) != 1 || told[0].Revision != 3 {
		t.Fatalf("got %+v and %+v, want one new version, number 3", r, told)
	}
	revisions, err := a.Revisions(t.Context(), 1)
	if err != nil || len(revisions) != 3 {
		t.Fatalf("got %+v (%v), want three", revisions, err)
	}
	for i, want := range []string{"page", "page", "extractor"} {
		if revisions[i].Cause != want {
			t.Errorf("version %d: got cause %s, want %s", i+1, revisions[i].Cause, want)
		}
	}
	if revisions[2].Capture != revisions[1].Capture || revisions[2].Changed != "title subtitle published credits" {
		t.Errorf("got %+v, want the capture of the version before and four fields", revisions[2])
	}
	got, err := a.Article(t.Context(), 1)
	if err != nil || got.Title != "新题！" || got.Subtitle != "副题" || len(got.Credits) != 1 || got.Day != "" || !got.Changed.Equal(noon.Add(time.Hour)) {
		t.Errorf("got %+v (%v)", got, err)
	}
	if before, err := a.ArticleAt(t.Context(), 1, 2); err != nil || before.Title != "新题" || before.Published != "2016-07-22" {
		t.Errorf("the version before: got %+v (%v)", before, err)
	}
	want := []RuleCount{
		{"editor", "", "closing", 1, 1}, {"title", "vsb/title[0]", "vsb/title[1]", 1, 1},
	}
	for _, w := range want {
		found := false
		for _, g := range r.Rules {
			found = found || g == w
		}
		if !found {
			t.Errorf("rules %+v lack %+v", r.Rules, w)
		}
	}
	if again := reextractAll(t, a, Reextraction{Extractor: with(better)}); again.Unchanged != 1 {
		t.Errorf("a second time: got %+v, want nothing to do", again)
	}
	hits, err := a.Search(t.Context(), Query{Text: "副题"})
	if err != nil || len(hits.Hits) != 1 {
		t.Errorf("search for the new subtitle: got %+v (%v)", hits, err)
	}
}

// TestReextractCompletes: what no reader sees makes no version.
func TestReextractCompletes(t *testing.T) {
	a := open(t, t.TempDir())
	save(t, begin(t, a), article(1, noon, "题", "正文"))
	r := reextractAll(t, a, Reextraction{Extractor: with(h1Reader{func(a *extract.Article) {
		a.HTML, a.Links = "<div>正文</div>", nil
		a.Provenance = map[string]string{"title": "vsb/title[2]"}
	}})})
	got, err := a.Article(t.Context(), 1)
	if r.Completed != 1 || err != nil || got.Revisions != 1 || got.HTML != "<div>正文</div>" || len(got.Links) != 0 {
		t.Errorf("got %+v, %+v (%v)", r, got, err)
	}
	if len(r.Rules) != 1 || r.Rules[0] != (RuleCount{"title", "vsb/title[0]", "vsb/title[2]", 1, 0}) {
		t.Errorf("rules: got %+v", r.Rules)
	}
}

func TestReextractOfSeveralPages(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	second := "https://news.csu.edu.cn/info/1003/1_1.htm"
	third := "https://news.csu.edu.cn/info/1003/1_2.htm" // named, never fetched
	v := article(1, noon, "题", "第一页")
	v.Result.Article.Parts = []string{second, third}
	save(t, c, v)
	p := article(2, noon, "题", "第二页")
	p.Target.URL, p.Target.Key, p.Target.Role, p.Target.Parent = second, "vsb:1 part", scraper.RolePart, v.Target.URL
	p.Exchanges[0].URL, p.Result.URL, p.Result.Key = second, second, ""
	save(t, c, p)
	reader := func(mark string) Extractor {
		return partReader{h1Reader{func(a *extract.Article) { a.Body, a.HTML = a.Body+mark, "<p>"+a.Body+mark+"</p>" }}, v.Target.URL, []string{second, third}}
	}
	if r := reextractAll(t, a, Reextraction{Extractor: with(reader(""))}); r.Unchanged != 1 {
		t.Errorf("read alike: got %+v", r)
	}
	r := reextractAll(t, a, Reextraction{Extractor: with(reader("。"))})
	got, err := a.Article(t.Context(), 1)
	if r.Revised != 1 || err != nil || got.Body != "第一页。\n第二页。" || got.Revision != 2 {
		t.Errorf("got %+v, %+v (%v)", r, got, err)
	}
	if n := count(t, a, `SELECT count(*) FROM parts WHERE capture IS NULL`); n != 1 {
		t.Errorf("got %d pages without a capture, want 1", n)
	}
	// A reader that finds no further pages leaves an article of one.
	r = reextractAll(t, a, Reextraction{Extractor: with(h1Reader{})})
	if got, err = a.Article(t.Context(), 1); r.Revised != 1 || err != nil || got.Body != "第一页" || count(t, a, `SELECT count(*) FROM parts`) != 0 {
		t.Errorf("got %+v, %+v (%v)", r, got, err)
	}
}

// A partReader also knows the further pages of one address.
type partReader struct {
	h1Reader
	first string
	parts []string
}

func (x partReader) Extract(p extract.Page) extract.Result {
	r := x.h1Reader.Extract(p)
	if p.URL == x.first && r.Article != nil {
		r.Article.Parts = x.parts
	}
	return r
}

// TestReextractGoesOn: a run that ended in the middle is gone on with, and nothing is done twice.
func TestReextractGoesOn(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	c := begin(t, a)
	const articles = 200
	for n := 1; n <= articles; n++ {
		save(t, c, article(n, noon, "题", "正文"))
	}
	opts := Reextraction{Version: "v2", Workers: 3, Extractor: with(h1Reader{func(a *extract.Article) { a.Title += "二" }})}
	killed := errors.New("killed")
	opts.Progress = func(done, _ int) error {
		if done == 150 {
			return killed
		}
		return nil
	}
	if _, err := a.Reextract(t.Context(), opts); !errors.Is(err, killed) {
		t.Fatalf("got %v, want the callback's error", err)
	}
	opts.Progress = nil
	r := reextractAll(t, a, opts)
	if r.Resumed != 2*writeBatch || r.Articles != articles || r.Fields[0] != (FieldCount{"title", 2*writeBatch + articles - 3*writeBatch}) {
		t.Errorf("got %+v, want all but the first two batches", r)
	}
	if n := count(t, a, `SELECT count(*) FROM revisions WHERE cause = 'extractor'`); n != articles {
		t.Errorf("got %d new versions, want %d", n, articles)
	}
	if n := count(t, a, `SELECT max(number) FROM revisions`); n != 2 {
		t.Errorf("got version %d, want 2: something was done twice", n)
	}
	if _, err := os.Stat(filepath.Join(dir, markName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the mark is still there: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Reextract(ctx, opts); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

// TestReextractOfDamage: a page that cannot be read leaves its article as it is.
func TestReextractOfDamage(t *testing.T) {
	dir := t.TempDir()
	a, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := begin(t, a)
	for n := 1; n <= 3; n++ {
		save(t, c, article(n, noon, "题"+strings.Repeat("一", n), "正文"))
	}
	second, err := a.Capture(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(a.WARCDir(), second.File)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[second.Offset+second.Length/2] ^= 0xff
	if err := errors.Join(a.Close(), os.WriteFile(path, data, 0o666)); err != nil {
		t.Fatal(err)
	}
	if a, err = OpenReader(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.Reextract(t.Context(), Reextraction{Extractor: with(h1Reader{})}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("got %v, want ErrReadOnly", err)
	}
	var told []Reread
	r := reextractAll(t, a, Reextraction{DryRun: true, Extractor: with(h1Reader{}), Each: func(r Reread) error { told = append(told, r); return nil }})
	if r.Unreadable != 1 || r.Unchanged != 2 || len(told) != 1 || told[0].ID != 2 || !strings.Contains(told[0].Err.Error(), second.File) {
		t.Errorf("got %+v, %+v; want article 2 and its file named", r, told)
	}
}
