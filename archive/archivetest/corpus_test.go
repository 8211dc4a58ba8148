package archivetest

import (
	"flag"
	"reflect"
	"testing"
	"time"
	"unicode"
)

var (
	corpus   = flag.String("corpus", "", "TestWrite: make a corpus in this folder, or add to the one there")
	articles = flag.Int("articles", 100000, "TestWrite: number of articles")
	evidence = flag.Bool("evidence", false, "TestWrite: with the articles' pages")
)

// TestWrite makes the corpus that -corpus names.
func TestWrite(t *testing.T) {
	if *corpus == "" {
		t.Skip("no -corpus DIR to write")
	}
	start := time.Now()
	if err := Write(t.Context(), *corpus, *articles, *evidence); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d articles in %s after %v", *articles, *corpus, time.Since(start).Round(time.Second))
}

func TestCorpusIsRepeatable(t *testing.T) {
	n, han := 0, 0
	for i := 1; i <= 400; i++ {
		a := Visits(i, false)
		if !reflect.DeepEqual(a, Visits(i, false)) {
			t.Fatalf("article %d differs from one time to the next", i)
		}
		n++
		for _, r := range a[0].Result.Article.Body {
			if unicode.Is(unicode.Han, r) {
				han++
			}
		}
	}
	if mean := han / n; mean < meanLength*8/10 || mean > meanLength*12/10 {
		t.Errorf("articles have %d Han characters on average, want about %d", mean, meanLength)
	}
}

// TestEvidenceSaysTheSame: the page of an article reads as the article.
func TestEvidenceSaysTheSame(t *testing.T) {
	for i := 1; i <= 100; i++ {
		with, without := Visits(i, true), Visits(i, false)
		if len(with) != len(without) {
			t.Fatalf("article %d: got %d visits with evidence, %d without", i, len(with), len(without))
		}
		for j := range with {
			if without[j].Result == nil {
				if with[j].Result != nil {
					t.Errorf("article %d: a result where there is no article", i)
				}
				continue
			}
			got, want := with[j].Result, without[j].Result
			if got.Article == nil {
				t.Fatalf("article %d: its page reads as %s (%s)", i, got.Kind, got.Reason)
			}
			g, w := got.Article, want.Article
			for field, pair := range map[string][2]any{
				"key": {got.Key, want.Key}, "title": {g.Title, w.Title}, "subtitle": {g.Subtitle, w.Subtitle}, "published": {g.Published, w.Published},
				"source": {g.Source, w.Source}, "credits": {g.Credits, w.Credits}, "files": {g.Files, w.Files}, "body": {g.Body, w.Body},
			} {
				if !reflect.DeepEqual(pair[0], pair[1]) {
					t.Errorf("article %d, %s: its page reads as\n%v\nwant\n%v", i, field, pair[0], pair[1])
				}
			}
		}
	}
}

func TestOpen(t *testing.T) {
	a := Open(t, 600)
	for i := 1; i <= 600; i += 13 {
		want := Visits(i, false)
		got, err := a.Article(t.Context(), int64(i))
		if err != nil {
			t.Fatal(err)
		}
		if got.Key != want[0].Target.Key || got.Title != want[0].Result.Article.Title {
			t.Errorf("article %d: got %s %s, want %s %s", i, got.Key, got.Title, want[0].Target.Key, want[0].Result.Article.Title)
		}
	}
}
