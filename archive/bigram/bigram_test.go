package bigram

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	_ "modernc.org/sqlite"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", ""},
		{"only punctuation", "《》。\n", ""},
		{"one character", "年", "年"},
		{"Han", "中南大学", "中南 南大 大学 学"},
		{"two runs", "先进，推介", "先进 进 推介 介"},
		{"mixed", "于2009年举行", "于2009 2009 2009年 年举 举行 行"},
		{"Latin", "News Centre, 3rd", "news centre 3rd"},
		{"ends with a word", "第3", "第3 3"},
		{"full width", "２００９年", "2009 ２００９ 2009年 ２００９年 年"},
		{"half-width kana", "ｶﾒ", "カメ ｶﾒ メ ﾒ"},
		{"iteration mark", "人々", "人々 々"},
		{"Hangul", "한국", "한국 국"},
		{"beyond the basic plane", "𠮷野", "𠮷野 野"},
		{"invalid bytes", "中\xff南", "中 南"},
		{"traditional", "中國學術", "中国 中國 国学 國學 学术 學術 术 術"},
		{"kept apart in simplified text", "乾坤", "乾坤 坤"},
		{"radicals from a PDF", "⼤学", "大学 ⼤学 学"},
		{"compatibility characters", "\uF90A年", "金年 \uF90A年 年"},
		{"capitals", "第A组", "第a a a组 组"},
		{"long word", strings.Repeat("x", 70) + "年", strings.Repeat("x", 64) + " " + strings.Repeat("x", 64) + "年 年"},
	} {
		if got := Text(c.text); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTerm(t *testing.T) {
	for _, c := range []struct {
		term, match string
		exact       bool
	}{
		{"年", `"年"*`, true},
		{"大学", `"大学"`, true},
		{"中南大学", `"中南" "南大" "大学"`, false},
		{"2009年", `"2009年"`, true},
		{"于2009年", `"于2009" "2009年"`, false},
		{"ＣＳＵ", `"csu"`, true},
		{"stud*", `"stud"*`, true},
		{"第3*", `"第3"*`, true},
		{"中南，大*", `"中南" "大"*`, false},
		{"C++", `"c"`, false},
		{"《》", ``, false},
		{"  ", ``, false},
	} {
		term := NewTerm(c.term)
		if term.Match() != c.match || term.Exact() != c.exact {
			t.Errorf("%s: got %s, exact %t, want %s, exact %t", c.term, term.Match(), term.Exact(), c.match, c.exact)
		}
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		name, term, text string
		want             [][2]int
	}{
		{"Han", "大学", "中南大学是大学", [][2]int{{6, 12}, {15, 21}}},
		{"a word is whole", "art", "party art", [][2]int{{6, 9}}},
		{"a word with Han behind", "2009年", "12009年 2009年", [][2]int{{9, 16}}},
		{"prefix", "stud*", "a Student", [][2]int{{2, 6}}},
		{"offsets of full-width text", "csu", "在ＣＳＵ和CSU", [][2]int{{3, 12}, {15, 18}}},
		{"same length, other places", "ab年", "ａ年ab年", [][2]int{{6, 11}}},
		{"blanks", "news centre", "News\u3000Centre", [][2]int{{0, 13}}},
		{"overlapping", "人人", "人人人", [][2]int{{0, 6}}},
		{"traditional in simplified", "學術", "学术", [][2]int{{0, 6}}},
		{"simplified in traditional", "后来", "以後來", [][2]int{{3, 9}}},
		{"none", "北京", "南京", nil},
	} {
		if got := NewTerm(c.term).Find(c.text, 10); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// TestEachRuneIsOneToken holds classOf against the tokenizer it is made for: a word that SQLite would cut in
// two or drop could never be found.
func TestEachRuneIsOneToken(t *testing.T) {
	db := openIndex(t, "full")
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	insert, err := tx.Prepare(`INSERT INTO f (rowid, x) VALUES (?, ?)`)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for r := rune(1); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) || classOf(r) == gap {
			continue
		}
		asked++
		if _, err := insert.Exec(int(r), string(r)+string(r)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`CREATE VIRTUAL TABLE v USING fts5vocab (f, 'instance')`); err != nil {
		t.Fatal(err)
	}
	var tokens, docs int
	if err := db.QueryRow(`SELECT count(*), count(DISTINCT doc) FROM v`).Scan(&tokens, &docs); err != nil {
		t.Fatal(err)
	}
	if asked < 90000 || tokens != asked || docs != asked {
		t.Errorf("got %d tokens in %d texts, want %d of each and no fewer than 90000", tokens, docs, asked)
	}
	rows, err := db.Query(`SELECT term, doc FROM v`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var term string
		var r rune
		if err := rows.Scan(&term, &r); err != nil {
			t.Fatal(err)
		}
		if got := Tokens(string(r) + string(r)); got != term && term != string(r)+string(r) { // SQLite does not know the small letters of all capitals
			t.Errorf("%c (%U): got token %s, want %s", r, r, got, term)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// TestWordsAreTokens: a term's words are those that the tokenizer makes of them, letter for letter.
func TestWordsAreTokens(t *testing.T) {
	db := openIndex(t, "full")
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	insert, err := tx.Prepare(`INSERT INTO f (rowid, x) VALUES (?, ?)`)
	if err != nil {
		t.Fatal(err)
	}
	for r := rune(1); r <= utf8.MaxRune; r++ {
		if folded := foldRune(r); utf8.ValidRune(r) && classOf(folded) != gap {
			if _, err := insert.Exec(int(r), string(folded)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`CREATE VIRTUAL TABLE v USING fts5vocab (f, 'instance')`); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(`SELECT term, doc FROM v`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var token string
		var r rune
		if err := rows.Scan(&token, &r); err != nil {
			t.Fatal(err)
		}
		n++
		if words := NewTerm(string(r)).Words(); len(words) != 1 || words[0].Text != token {
			t.Errorf("%U %c: got %v, want %s", r, r, words, token)
		}
	}
	if err := rows.Err(); err != nil || n < 90000 {
		t.Errorf("%d letters compared (err %v)", n, err)
	}
}

func openIndex(tb testing.TB, detail string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", filepath.Join(tb.TempDir(), "f.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	if _, err := db.Exec(`CREATE VIRTUAL TABLE f USING fts5 (x, content='', detail=` + detail + `, tokenize='unicode61 remove_diacritics 0')`); err != nil {
		tb.Fatal(err)
	}
	return db
}

// scanFor says by another way than Term whether a text, folded already, holds term: a regular expression.
func scanFor(term string) func(folded string) bool {
	const letters = `[0-9a-zà-öø-ÿ]`
	folded := Fold(term)
	expr := regexp.QuoteMeta(folded)
	if regexp.MustCompile(`^` + letters).MatchString(folded) {
		expr = `(?:^|[^0-9a-zà-öø-ÿ])` + expr
	}
	if regexp.MustCompile(letters + `$`).MatchString(folded) {
		expr += `(?:$|[^0-9a-zà-öø-ÿ])`
	}
	return regexp.MustCompile(expr).MatchString
}

// randomText strings few different characters together, so that every short term occurs somewhere and misses nearly everywhere.
func randomText(r *rand.Rand, alphabet []rune, n int) string {
	out := make([]rune, n)
	for i := range out {
		out[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(out)
}

// TestIndexAgainstScan searches random terms in random texts: index and check must find what a scan finds, no less and no more.
func TestIndexAgainstScan(t *testing.T) {
	for name, alphabet := range map[string]string{
		"Han":   "中南大学新闻网先进基层党组织推介",
		"mixed": "中南大学2019aBé ，。\n年Ｃ９々ー𠮷學後后⼤",
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, uint64(len(alphabet))))
			db := openIndex(t, "none")
			texts, folded := make([]string, 300), make([]string, 300)
			for i := range texts {
				texts[i] = randomText(r, []rune(alphabet), 1+r.IntN(60))
				folded[i] = Fold(texts[i])
				if _, err := db.Exec(`INSERT INTO f (rowid, x) VALUES (?, ?)`, i, Text(texts[i])); err != nil {
					t.Fatal(err)
				}
			}
			found := 0
			for range 600 {
				word := strings.TrimSpace(randomText(r, []rune(alphabet), 1+r.IntN(5)))
				term := NewTerm(word)
				if term.Empty() {
					continue
				}
				var want, got []int
				scan := scanFor(word)
				for i, text := range texts {
					holds := scan(folded[i])
					if holds {
						want = append(want, i)
					}
					if in := term.In(text); in != holds {
						t.Errorf("In(%q, %q): got %t, want %t", word, text, in, holds)
					}
				}
				for _, i := range matching(t, db, term, len(texts)) {
					if term.Exact() || term.In(texts[i]) {
						got = append(got, i)
					}
				}
				if !slices.Equal(got, want) {
					t.Errorf("%q: got texts %v, want %v", word, got, want)
				}
				found += len(got)
			}
			if found < 600 {
				t.Errorf("terms found %d times: too few to say anything", found)
			}
		})
	}
}

func matching(tb testing.TB, db *sql.DB, term Term, n int) (ids []int) {
	tb.Helper()
	if term.Match() == "" {
		for i := range n {
			ids = append(ids, i)
		}
		return ids
	}
	rows, err := db.Query(`SELECT rowid FROM f WHERE f MATCH ? ORDER BY rowid`, term.Match())
	if err != nil {
		tb.Fatalf("%s: %v", term.Match(), err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int
		if err := rows.Scan(&id); err != nil {
			tb.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// FuzzTerm: whatever stands in a text is found in it, where Find says it stands.
func FuzzTerm(f *testing.F) {
	for _, s := range []string{"中南大学2009年", "ＣＳＵ news", "a\u0301é", "İ", "\xff\xfe", "ſtudent", "々〇", strings.Repeat("a", 80)} {
		f.Add(s, s)
		f.Add("前"+s+"后", s)
	}
	f.Fuzz(func(t *testing.T, text, word string) {
		folded := Fold(text)
		if got, want := utf8.RuneCountInString(folded), utf8.RuneCountInString(text); got != want || !utf8.ValidString(folded) {
			t.Fatalf("Fold(%q) = %q: got %d runes, want %d, valid", text, folded, got, want)
		}
		if again := Fold(folded); again != folded {
			t.Fatalf("Fold(%q) = %q, folded again %q", text, folded, again)
		}
		words := Text(text)
		if !utf8.ValidString(words) || len(words) > 8*len(text)+8 {
			t.Fatalf("Text(%q): %d bytes", text, len(words))
		}
		term := NewTerm(word)
		places := term.Find(text, 1000)
		if in := term.In(text); in != (len(places) > 0) {
			t.Fatalf("In(%q, %q) = %t, but Find gives %v", word, text, in, places)
		}
		last := 0
		for _, p := range places {
			if p[0] < last || p[1] <= p[0] || p[1] > len(text) {
				t.Fatalf("Find(%q, %q) = %v", word, text, places)
			}
			if got, want := Fold(text[p[0]:p[1]]), strings.TrimSuffix(term.String(), "*"); got != want && !strings.HasPrefix(term.String(), got) {
				t.Fatalf("Find(%q, %q): %q stands there, want %q", word, text, got, want)
			}
			last = p[1]
		}
		if again := NewTerm(term.String()); again.String() != term.String() || again.Match() != term.Match() {
			t.Fatalf("NewTerm(%q).String() = %q, which gives %q", word, term.String(), again.String())
		}
	})
}

func BenchmarkText(b *testing.B) {
	text := strings.Repeat("中南大学新闻网讯，2016年7月22日先进基层党组织推介会举行。", 50)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Text(text)
	}
}

func ExampleTerm() {
	term := NewTerm("2009年")
	fmt.Println(term.Match(), term.Find("建于２００９年。", 1))
	// Output: "2009年" [[6 21]]
}

func BenchmarkInVain(b *testing.B) {
	text := strings.Repeat("中南大学新闻网讯，2016年7月22日先进基层党组织推介会举行。", 50)
	for _, word := range []string{"基层党员", "2017年"} {
		b.Run(word, func(b *testing.B) {
			term := NewTerm(word)
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if term.In(text) {
					b.Fatal("found")
				}
			}
		})
	}
}
