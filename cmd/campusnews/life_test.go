package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A newsroom edits a copy of the fixture site csu while an archivist crawls it.
type newsroom struct {
	t    *testing.T
	root string // folder of news.csu.edu.cn
}

func openNewsroom(t *testing.T) (n newsroom, dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "csu")
	if err := os.CopyFS(dir, os.DirFS("../../testdata/csu")); err != nil {
		t.Fatal(err)
	}
	return newsroom{t, filepath.Join(dir, "news.csu.edu.cn")}, dir
}

func (n newsroom) read(name string) string {
	n.t.Helper()
	data, err := os.ReadFile(filepath.Join(n.root, filepath.FromSlash(name)))
	if err != nil {
		n.t.Fatal(err)
	}
	return string(data)
}

func (n newsroom) write(name, text string) {
	n.t.Helper()
	if err := os.WriteFile(filepath.Join(n.root, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
		n.t.Fatal(err)
	}
}

// edit replaces old, which must be there, in a page.
func (n newsroom) edit(name, old, new string) {
	n.t.Helper()
	text := n.read(name)
	if !strings.Contains(text, old) {
		n.t.Fatalf("%s has no %q", name, old)
	}
	n.write(name, strings.ReplaceAll(text, old, new))
}

var listRow = regexp.MustCompile(`(?m)^<LI>.*</LI>\n`)

// relist changes the rows of 学校要闻 and cuts the list anew into its three files, as Visual SiteBuilder does: every page
// but the oldest is full, so that one row more or less moves them all.
func (n newsroom) relist(change func(rows []string) []string) {
	n.t.Helper()
	files := []string{"xxyw.htm", "xxyw/2.htm", "xxyw/1.htm"}
	const size = 8
	before := regexp.MustCompile(`共\d+条`)
	var rows []string
	for _, f := range files {
		list := between(n.t, n.read(f), `<UL class="subNewList">`+"\n", "</UL>")
		for _, row := range listRow.FindAllString(list, -1) {
			rows = append(rows, strings.Replace(row, `href="../`, `href="`, 1))
		}
	}
	rows = change(rows)
	for i, f := range files {
		part := rows[min(i*size, len(rows)):min((i+1)*size, len(rows))]
		if i == len(files)-1 {
			part = rows[i*size:]
		}
		text := strings.Join(part, "")
		if i > 0 {
			text = strings.ReplaceAll(text, `<A href="`, `<A href="../`)
		}
		page := n.read(f)
		page = strings.Replace(page, between(n.t, page, `<UL class="subNewList">`+"\n", "</UL>"), text, 1)
		n.write(f, before.ReplaceAllString(page, fmt.Sprintf("共%d条", len(rows))))
	}
}

func between(t *testing.T, s, before, after string) string {
	t.Helper()
	_, s, ok := strings.Cut(s, before)
	s, _, ok2 := strings.Cut(s, after)
	if !ok || !ok2 {
		t.Fatalf("no text between %q and %q", before, after)
	}
	return s
}

// Six weeks of a site: an article is published, one is corrected, one is taken down and put up again. The archivist runs the
// same command every other day, later once more, and finds all of it in the database.
func TestSixWeeksOfASite(t *testing.T) {
	news, site := openNewsroom(t)
	dir := filepath.Join(t.TempDir(), "archive")
	start := time.Date(2026, 3, 21, 6, 0, 0, 0, beijing)
	opened := time.Now()
	type counts struct{ New, Changed, Gone, Returned int }
	var sum counts
	crawl := func(day int) counts {
		t.Helper()
		now := func() time.Time { return start.AddDate(0, 0, day).Add(time.Since(opened)) }
		runCommandAt(t, now, 0, "crawl", "csu", "--replay", site, "--fast", "--assets", "none", "--quiet", "--archive", dir)
		db := openReadOnly(t, dir)
		defer db.Close()
		var c counts
		if err := db.QueryRow("SELECT new, changed, gone, returned FROM crawls ORDER BY id DESC LIMIT 1").Scan(&c.New, &c.Changed, &c.Gone, &c.Returned); err != nil {
			t.Fatal(err)
		}
		sum = counts{sum.New + c.New, sum.Changed + c.Changed, sum.Gone + c.Gone, sum.Returned + c.Returned}
		return c
	}
	if got := crawl(0); got != (counts{New: 50}) {
		t.Fatalf("first crawl: got %+v, want 50 new articles", got)
	}

	// A new article on top moves every row of the list.
	page := strings.NewReplacer("161874", "162044", "学校召开春季学期本科教学工作会议：把课堂还给提问", "校园里的第一台风力发电机开始转动", "2026-03-16 10:42", "2026-03-23 09:10").Replace(news.read("info/1002/161874.htm"))
	news.write("info/1002/162044.htm", page)
	news.relist(func(rows []string) []string {
		return append([]string{`<LI><A href="info/1002/162044.htm" target="_blank" title="校园里的第一台风力发电机开始转动">校园里的第一台风力发电机开始转动</A><SPAN>[2026年03月23日]</SPAN></LI>` + "\n"}, rows...)
	})
	if got := crawl(2); got != (counts{New: 1}) {
		t.Errorf("after a new article: got %+v, want 1 new", got)
	}

	// A correction, and an article taken down: row and page.
	news.edit("info/1002/161874.htm", "改造四十六间阶梯教室", "改造六十四间阶梯教室")
	kept := news.read("info/1002/161702.htm")
	if err := os.Remove(filepath.Join(news.root, "info/1002/161702.htm")); err != nil {
		t.Fatal(err)
	}
	var taken []string
	news.relist(func(rows []string) []string {
		var left []string
		for _, r := range rows {
			if strings.Contains(r, "/161702.htm") {
				taken = append(taken, r)
			} else {
				left = append(left, r)
			}
		}
		return left
	})
	if len(taken) != 1 {
		t.Fatalf("%d rows taken out of the list, want 1", len(taken))
	}
	sum = counts{}
	for day := 4; day <= 40; day += 2 {
		crawl(day)
	}
	if sum != (counts{Changed: 1, Gone: 1}) {
		t.Errorf("over five weeks: got %+v, want 1 changed and 1 gone", sum)
	}
	db := openReadOnly(t, dir)
	for _, q := range []struct{ what, query, want string }{
		{"the corrected article", "SELECT revision, instr(body, '六十四间') > 0 FROM articles WHERE url LIKE '%/161874.htm'", "2 | 1"},
		{"its first version", "SELECT number, cause, instr(body, '四十六间') > 0 FROM versions WHERE url LIKE '%/161874.htm' AND number = 1", "1 | page | 1"},
		{"the article taken down", "SELECT state, gone_since >= '2026-03-2', instr(body, '升华餐厅') > 0 FROM articles WHERE url LIKE '%/161702.htm'", "gone | 1 | 1"},
		{"the view of what is gone", "SELECT title FROM articles_gone WHERE state = 'gone'", "雪后开学第一天：食堂五点亮灯，暖气提前三天试水"},
		{"everything else", "SELECT count(*) FROM articles WHERE revision = 1 AND state = 'kept'", "49"},
		{"integrity", "PRAGMA integrity_check", "ok"},
	} {
		if got := texts(t, db, q.query); len(got) != 1 || got[0] != q.want {
			t.Errorf("%s: got %q, want %q", q.what, got, q.want)
		}
	}
	for word, want := range map[string]int{"六十四间阶梯": 1, "四十六间阶梯": 1, "风力发电机": 1, "红糖姜茶": 1} {
		// 162044 was made of 161874 before the correction and still says forty-six.
		got := strings.Count(runCommand(t, 0, "search", word, "--json", "--archive", dir), "\n")
		if got != want {
			t.Errorf("search %s: got %d articles, want %d", word, got, want)
		}
	}

	// What was taken down is put up again.
	news.write("info/1002/161702.htm", kept)
	news.relist(func(rows []string) []string { return append(rows[:2:2], append(taken, rows[2:]...)...) })
	due := texts(t, db, "SELECT substr(due, 1, 10) FROM frontier WHERE url LIKE '%/161702.htm'")
	again, err := time.ParseInLocation(time.DateOnly, due[0], beijing)
	if err != nil {
		t.Fatalf("a gone article is due at %q, want a day: %v", due, err)
	}
	days := int(again.Sub(start).Hours()/24) + 2
	if days > 300 {
		t.Errorf("a gone article is looked at again after %d days, want within ten months", days)
	}
	if got := crawl(days); got.Returned != 1 || got.New != 0 {
		t.Errorf("after the article came back: got %+v, want 1 returned and none new", got)
	}
	var show struct{ State string }
	id := texts(t, db, "SELECT id FROM articles WHERE url LIKE '%/161702.htm'")[0]
	if err := json.Unmarshal([]byte(runCommand(t, 0, "show", id, "--json", "--archive", dir)), &show); err != nil || show.State != "kept" {
		t.Errorf("show: got state %q (err %v), want kept", show.State, err)
	}
	lookBack(t, dir)
	checkRebuild(t, dir)
}
