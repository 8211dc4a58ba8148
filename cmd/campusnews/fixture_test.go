package main

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"
)

// A fixtureArticle is one line of a fixture site's want.jsonl, written from what was put into its pages.
type fixtureArticle struct {
	URL, Title, Subtitle, Published, Source, Section, Body, Charset string
	Twins, Parts, Sections                                          []string
	Credits                                                         []struct{ Role, Name string }
	Images                                                          []struct{ URL, Alt, Caption string }
	Attachments                                                     []struct{ URL, Name string }
	Links                                                           []struct{ URL, Text string }
	Clicks                                                          struct{ Owner, ClickID string } `json:"clicks_dynamic"`
}

func readFixture(t *testing.T, dir string, atLeast int) []fixtureArticle {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "want.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var all []fixtureArticle
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var w fixtureArticle
		if err := json.Unmarshal(lines.Bytes(), &w); err != nil {
			t.Fatalf("%s/want.jsonl: %v", dir, err)
		}
		all = append(all, w)
	}
	if err := lines.Err(); err != nil || len(all) < atLeast {
		t.Fatalf("%s/want.jsonl has %d articles (err %v), want at least %d", dir, len(all), err, atLeast)
	}
	return all
}

// runCommand runs the program in this process and gives what it printed.
func runCommand(t *testing.T, wantStatus int, args ...string) string {
	t.Helper()
	return runCommandAt(t, time.Now, wantStatus, args...)
}

// runCommandAt is runCommand at another time.
func runCommandAt(t *testing.T, now func() time.Time, wantStatus int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	env := Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }, Now: now}
	if got := Main(t.Context(), args, env); got != wantStatus {
		t.Fatalf("campusnews %s: got status %d, want %d\n%s%s", strings.Join(args, " "), got, wantStatus, &out, &errs)
	}
	return out.String()
}

// openReadOnly opens an archive's database as a reader who has nothing but SQLite.
func openReadOnly(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.Join(dir, "archive.db")}).EscapedPath()+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// texts gives the rows of a query with their columns joined by " | ".
func texts(t *testing.T, db *sql.DB, query string, args ...any) []string {
	t.Helper()
	rows, err := db.Query(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for rows.Next() {
		cells, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(cells))
		for i, c := range cells {
			line[i] = c.String
		}
		all = append(all, strings.Join(line, " | "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// Both fixture sites, from the first request to the database: every field of every article, no article too many, the
// right words found, a second run that finds nothing new, and a database that is whole.
func TestFixtureSites(t *testing.T) {
	for _, site := range []struct {
		name, arg, dir string
		atLeast        int
		never          []string // addresses that stand in the pages but must not be asked for
	}{
		{"csu", "csu", "../../testdata/csu", 40, []string{"%/info/1003/118%", "%/dynclicks%", "https://mp.weixin.qq.com%", "https://lib.csu.edu.cn%"}},
		{"csu by its home page alone", homeOnly(t, "https://news.csu.edu.cn/"), "../../testdata/csu", 40, nil},
		{"csu by its address", "http://news.csu.edu.cn/", "../../testdata/csu", 40, nil},
		{"webplus", "https://news.haigang.example/", "../../testdata/webplus", 12, []string{"%visitcount%", "https://mp.weixin.qq.com%"}},
	} {
		t.Run(site.name, func(t *testing.T) {
			want := readFixture(t, site.dir, site.atLeast)
			dir := filepath.Join(t.TempDir(), "archive")
			crawl := []string{"crawl", site.arg, "--replay", site.dir, "--fast", "--json", "--archive", dir}
			runCommand(t, 0, crawl...)
			db := openReadOnly(t, dir)
			for _, w := range want {
				t.Run(strings.Trim(filepath.Base(filepath.Dir(w.URL))+"-"+filepath.Base(w.URL), "/"), func(t *testing.T) { checkArchived(t, db, w) })
			}
			if got := texts(t, db, "SELECT count(*) FROM articles"); got[0] != fmt.Sprint(len(want)) {
				t.Errorf("got %s articles, want %d: %q", got[0], len(want), texts(t, db, "SELECT url, title FROM articles"))
			}
			for _, address := range site.never {
				if got := texts(t, db, "SELECT url FROM captures WHERE url LIKE ?", address); len(got) > 0 {
					t.Errorf("asked for %q, want none like %s", got, address)
				}
			}
			checkSearch(t, dir, want)

			revisions := texts(t, db, "SELECT id, article, number, digest FROM revisions")
			runCommand(t, 0, crawl...)
			if got := texts(t, db, "SELECT id, article, number, digest FROM revisions"); !slices.Equal(got, revisions) {
				t.Errorf("a second run made revisions: got %d, want %d", len(got), len(revisions))
			}
			if got := texts(t, db, "SELECT new, changed, gone FROM crawls ORDER BY id DESC LIMIT 1"); got[0] != "0 | 0 | 0" {
				t.Errorf("second run: got new, changed, gone = %s, want none", got[0])
			}
			if got := texts(t, db, "PRAGMA integrity_check"); len(got) != 1 || got[0] != "ok" {
				t.Errorf("integrity_check: got %q, want ok", got)
			}
			if got := texts(t, db, "PRAGMA foreign_key_check"); len(got) != 0 {
				t.Errorf("foreign_key_check: got %q, want none", got)
			}
			checkRebuild(t, dir)
		})
	}
}

// homeOnly gives a profile file that says nothing of a site but where it begins.
func homeOnly(t *testing.T, home string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "home.yaml")
	if err := os.WriteFile(path, []byte("id: found\nhome: "+home+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func checkArchived(t *testing.T, db *sql.DB, w fixtureArticle) {
	t.Helper()
	ids := texts(t, db, "SELECT DISTINCT article FROM article_urls WHERE url = ?", w.URL)
	if len(ids) != 1 {
		t.Fatalf("%s belongs to articles %q, want one", w.URL, ids)
	}
	id := ids[0]
	list := func(n int, line func(i int) string) (all []string) {
		for i := range n {
			all = append(all, line(i))
		}
		return all
	}
	for _, f := range []struct {
		name  string
		want  []string
		query string
	}{
		{"title", []string{w.Title}, "SELECT title FROM articles WHERE id = ?"},
		{"subtitle", []string{w.Subtitle}, "SELECT subtitle FROM articles WHERE id = ?"},
		{"published", []string{w.Published}, "SELECT published FROM articles WHERE id = ?"},
		{"day", []string{w.Published[:len("2006-01-02")]}, "SELECT day FROM articles WHERE id = ?"},
		{"source", []string{w.Source}, "SELECT source FROM articles WHERE id = ?"},
		{"body", []string{w.Body}, "SELECT body FROM articles WHERE id = ?"},
		{"state", []string{"kept | 1"}, "SELECT state, revision FROM articles WHERE id = ?"},
		{"clicks", []string{w.Clicks.Owner + " | " + w.Clicks.ClickID}, "SELECT click_owner, click_id FROM articles WHERE id = ?"},
		{"credits", list(len(w.Credits), func(i int) string { return w.Credits[i].Role + " | " + w.Credits[i].Name }),
			"SELECT role, name FROM credits WHERE article = ? ORDER BY position"},
		{"images", list(len(w.Images), func(i int) string { return w.Images[i].URL + " | " + w.Images[i].Alt + " | " + w.Images[i].Caption }),
			"SELECT url, alt, caption FROM images WHERE article = ? ORDER BY position"},
		{"attachments", list(len(w.Attachments), func(i int) string { return w.Attachments[i].URL + " | " + w.Attachments[i].Name }),
			"SELECT url, name FROM attachments WHERE article = ? ORDER BY position"},
		{"links", list(len(w.Links), func(i int) string { return w.Links[i].URL + " | " + w.Links[i].Text }),
			"SELECT url, text FROM links WHERE article = ? ORDER BY position"},
		{"parts", w.Parts, "SELECT url FROM parts WHERE article = ? AND number > 1 ORDER BY number"},
		{"sections", slices.Sorted(slices.Values(w.Sections)), "SELECT section FROM article_sections WHERE article = ? ORDER BY section"},
	} {
		if got := texts(t, db, f.query, id); !slices.Equal(got, f.want) {
			t.Errorf("%s of %s:\n got %q\nwant %q", f.name, w.URL, got, f.want)
		}
	}
	if w.Charset != "" {
		if got := texts(t, db, "SELECT charset FROM articles WHERE id = ?", id); got[0] != w.Charset {
			t.Errorf("charset: got %s, want %s", got[0], w.Charset)
		}
	}
	if got := texts(t, db, "SELECT section FROM articles WHERE id = ?", id); !slices.Contains(w.Sections, got[0]) {
		t.Errorf("section: got %s, want one of %q", got[0], w.Sections)
	}
	for _, twin := range w.Twins {
		if got := texts(t, db, "SELECT DISTINCT article FROM article_urls WHERE url = ?", twin); !slices.Equal(got, ids) {
			t.Errorf("%s belongs to articles %q, want %q", twin, got, ids)
		}
	}
	capture := texts(t, db, "SELECT c.status, c.file <> '', c.length > 0, c.payload_digest <> '' FROM articles a JOIN captures c ON c.id = a.capture WHERE a.id = ?", id)
	if !slices.Equal(capture, []string{"200 | 1 | 1 | 1"}) {
		t.Errorf("evidence: got %q, want a whole capture", capture)
	}
}

// checkSearch asks for words of one to five characters and compares with what a reader of all articles finds.
func checkSearch(t *testing.T, dir string, want []fixtureArticle) {
	t.Helper()
	found := 0
	for _, word := range []string{"鱼", "学生", "图书馆", "湘江", "矿灯", "二十", "罗盘", "海图", "航海学院", "没有这个词"} {
		var titles []string
		for _, w := range want {
			if strings.Contains(w.Title, word) || strings.Contains(w.Body, word) {
				titles = append(titles, w.Title)
			}
		}
		slices.Sort(titles)
		var got []string
		for line := range strings.Lines(runCommand(t, 0, "search", word, "--json", "--limit", "1000", "--archive", dir)) {
			var hit struct{ Title string }
			if err := json.Unmarshal([]byte(line), &hit); err != nil {
				t.Fatalf("search %s: %v in %s", word, err, line)
			}
			got = append(got, hit.Title)
		}
		slices.Sort(got)
		if !slices.Equal(got, titles) {
			t.Errorf("search %s:\n got %q\nwant %q", word, got, titles)
		}
		found += len(got)
	}
	if found == 0 {
		t.Error("no word was found in any article")
	}
}

// The cases that ship with the project come out as wanted.
func TestReplayCases(t *testing.T) {
	dirs, err := filepath.Glob("../../testdata/cases/*/source.html")
	if err != nil || len(dirs) < 12 {
		t.Fatalf("%d cases (err %v), want at least 12", len(dirs), err)
	}
	got := runCommand(t, 0, "replay", "--color", "never", "../../testdata/cases")
	if want := fmt.Sprintf("%d cases, as wanted\n", len(dirs)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
