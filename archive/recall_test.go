package archive_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"campusnews/archive"
	"campusnews/archive/archivetest"
	"campusnews/archive/bigram"
)

var recallTerms = flag.Int("recall-terms", 150, "TestRecall: how many queries to compare with a scan")

// A plainQuery is a query as a scan answers it, without any index.
type plainQuery struct {
	text  string // in the language of searches
	holds func(title, body string) bool
}

// wordLike are the runes that make words, of which a term takes whole ones only.
func wordLike(r rune) bool {
	return !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) && (unicode.IsLetter(r) || unicode.IsNumber(r))
}

// contains finds term in folded text, letters and digits as whole words.
func contains(text, term string) bool {
	runes, want := []rune(text), []rune(term)
	for i := 0; i+len(want) <= len(runes); i++ {
		if !slices.Equal(runes[i:i+len(want)], want) {
			continue
		}
		end := i + len(want)
		if i > 0 && wordLike(want[0]) && wordLike(runes[i-1]) || end < len(runes) && wordLike(want[len(want)-1]) && wordLike(runes[end]) {
			continue
		}
		return true
	}
	return false
}

func term(piece, field string) plainQuery {
	want := bigram.Fold(strings.TrimSpace(piece))
	return plainQuery{field + `"` + piece + `"`, func(title, body string) bool {
		return field != "text:" && contains(title, want) || field != "title:" && contains(body, want)
	}}
}

// TestRecall compares searches with a scan of all texts: pieces of texts of 1 to 8 characters, cut anywhere, across signs and
// within words, of all scripts in the corpus; altered so that they are nowhere; in fields; joined by AND, OR and NOT.
func TestRecall(t *testing.T) {
	a := archivetest.Open(t, 600)
	type text struct {
		id          int64
		title, body string
	}
	var texts []text
	var pieces []string
	err := a.EachArticle(t.Context(), archive.Walk{}, func(r archive.Article) error {
		texts = append(texts, text{r.ID, bigram.Fold(r.Title + "\n" + r.Subtitle), bigram.Fold(r.Body)})
		pieces = append(pieces, r.Title, r.Body)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(11, 11))
	piece := func() string {
		for {
			from := []rune(pieces[r.IntN(len(pieces))])
			if r.IntN(20) == 0 {
				from = []rune("新元素𬭊与𬬻，𠀀𪚥字。") // beyond the basic plane
			}
			n := 1 + r.IntN(8)
			if len(from) < n {
				continue
			}
			at := r.IntN(len(from) - n + 1)
			p := slices.Clone(from[at : at+n])
			if r.IntN(10) == 0 {
				p[r.IntN(n)] = 0x4E00 + rune(r.IntN(500))
			}
			s := string(p)
			if strings.ContainsAny(s, "\n\"“”*") || strings.IndexFunc(s, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) }) < 0 {
				continue
			}
			return s
		}
	}
	one := func() plainQuery { return term(piece(), []string{"", "", "", "title:", "text:"}[r.IntN(5)]) }
	found := 0
	for i := range *recallTerms {
		q := one()
		if i%2 == 1 {
			x, y, z := one(), one(), one()
			switch r.IntN(5) {
			case 0:
				q = plainQuery{x.text + " " + y.text, func(t, b string) bool { return x.holds(t, b) && y.holds(t, b) }}
			case 1:
				q = plainQuery{x.text + " OR " + y.text, func(t, b string) bool { return x.holds(t, b) || y.holds(t, b) }}
			case 2:
				q = plainQuery{x.text + " NOT " + y.text, func(t, b string) bool { return x.holds(t, b) && !y.holds(t, b) }}
			case 3:
				q = plainQuery{fmt.Sprintf("(%s OR %s) -%s", x.text, y.text, z.text), func(t, b string) bool { return (x.holds(t, b) || y.holds(t, b)) && !z.holds(t, b) }}
			case 4:
				q = plainQuery{fmt.Sprintf("%s -(%s %s)", x.text, y.text, z.text), func(t, b string) bool { return x.holds(t, b) && !(y.holds(t, b) && z.holds(t, b)) }}
			}
		}
		var want []int64
		for _, x := range texts {
			if q.holds(x.title, x.body) {
				want = append(want, x.id)
			}
		}
		found += len(want)
		for _, order := range []archive.Order{archive.Newest, archive.Relevance} {
			hits, err := a.Search(t.Context(), archive.Query{Text: q.text, Limit: len(texts), Total: true, Order: order})
			if err != nil {
				t.Fatalf("%s: %v", q.text, err)
			}
			got := []int64{}
			for _, h := range hits.Hits {
				got = append(got, h.ID)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) && len(got)+len(want) > 0 || hits.Total != len(want) {
				t.Errorf("%s: got %v (total %d), want %v", q.text, got, hits.Total, want)
			}
		}
		// A page at a time there are as many, and none twice.
		var paged []int64
		for offset := 0; offset == 0 || offset == len(paged); offset += 150 {
			hits, err := a.Search(t.Context(), archive.Query{Text: q.text, Limit: 150, Offset: offset, Order: archive.Order(i / 2 % 2)})
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range hits.Hits {
				paged = append(paged, h.ID)
			}
		}
		if slices.Sort(paged); !slices.Equal(paged, want) && len(paged)+len(want) > 0 {
			t.Errorf("%s: by pages got %v, want %v", q.text, paged, want)
		}
		var walked []int64
		if err := a.EachArticle(t.Context(), archive.Walk{Filter: archive.Filter{Words: q.text}}, func(r archive.Article) error { walked = append(walked, r.ID); return nil }); err != nil ||
			!slices.Equal(walked, want) {
			t.Errorf("%s: exported %v (%v), want %v", q.text, walked, err, want)
		}
	}
	if found < *recallTerms {
		t.Errorf("%d hits of %d queries: too few to say anything", found, *recallTerms)
	}
}

// TestSearchEndsWithItsContext: however long a search would take, it ends when nobody waits any more.
func TestSearchEndsWithItsContext(t *testing.T) {
	a := archivetest.Open(t, 600)
	ctx, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	for range 1000 {
		_, err := a.Search(ctx, archive.Query{Text: `"！" OR ` + strings.Repeat("“的学，院” OR ", 200) + "的", Limit: 600, Total: true})
		if err == nil {
			continue
		}
		if !errors.Is(err, context.DeadlineExceeded) && !strings.Contains(err.Error(), "interrupt") {
			t.Fatalf("got %v, want the context's error", err)
		}
		return
	}
	t.Error("searches go on after their context has ended")
}
