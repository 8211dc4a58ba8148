package web

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"campusnews/archive"
	"campusnews/extract"
)

func TestArticlePage(t *testing.T) {
	r := room(t, nil)
	page := body(t, r, "/articles/1", http.StatusOK, "Accept-Language", "en")
	for _, want := range []string{
		`src="/files/`, `alt="鱼塘"`, // the picture comes from the archive
		`href="/search?person=` + "%E7%99%BD%E9%9C%B2", `href="/search?source=%E6%96%B0%E9%97%BB%E4%B8%AD%E5%BF%83"`,
		`白露. 把选矿厂的废水变成鱼塘[EB/OL]. (2016-07-22)[2026-11-25]. https://news.example.edu.cn/info/1003/1.htm.`,
		"@online{example-1,", "vsb/title[0]", `href="/articles/1/changes?to=2"`, `href="/articles/1?version=1"`, "示例大学新闻网",
		`/https://news.example.edu.cn/info/1003/1.htm"`, `href="/web/20261125120000-`, "Version 2", "养出了很多鱼",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the article lacks %q", want)
		}
	}
	if page := body(t, r, "/articles/1?version=1", http.StatusOK); strings.Contains(page, "很多鱼") || !strings.Contains(page, "废水里养出了鱼") {
		t.Error("version 1 is not what the site said first")
	}
	if page := body(t, r, "/articles/2", http.StatusOK); !strings.Contains(page, "2026-11-24") || !strings.Contains(page, "撤下") {
		t.Error("the article that has gone does not say so")
	}
	for _, address := range []string{"/articles/1?version=3", "/articles/99", "/articles/0", "/articles/1/changes?to=7", "/articles/99/changes", "/captures/999"} {
		body(t, r, address, http.StatusNotFound)
	}
	body(t, r, "/articles/1?version=x", http.StatusBadRequest)
}

func TestChanges(t *testing.T) {
	r := room(t, nil)
	side := body(t, r, "/articles/1/changes", http.StatusOK)
	if !strings.Contains(side, "<td>废水里养出了鱼。</td><td>废水里养出了<ins>很多</ins>鱼。</td>") {
		t.Errorf("side by side: the change is not shown\n%s", side)
	}
	inline := body(t, r, "/articles/1/changes?view=inline", http.StatusOK)
	if !strings.Contains(inline, "废水里养出了<ins>很多</ins>鱼。") || strings.Contains(inline, "<table class=\"diff\"") {
		t.Errorf("in one: the change is not shown\n%s", inline)
	}
	if back := body(t, r, "/articles/1/changes?from=2&to=1", http.StatusOK); !strings.Contains(back, "<del>很多</del>") {
		t.Error("backwards: the change is not shown")
	}
}

// A capture is checked byte by byte, and one that was damaged is said to be.
func TestCaptureCheck(t *testing.T) {
	r := room(t, nil)
	if page := body(t, r, "/captures/1?check=1", http.StatusOK, "Accept-Language", "en"); !strings.Contains(page, "Sound.") {
		t.Fatalf("a sound capture is not called so\n%s", page)
	}
	c, err := r.archive.Capture(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(r.archive.WARCDir(), c.File), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 1)
	at := c.Offset + c.Length/2
	if _, err := f.ReadAt(b, at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= 1
	if _, err := f.WriteAt(b, at); err != nil {
		t.Fatal(err)
	}
	if page := body(t, r, "/captures/1?check=1", http.StatusOK, "Accept-Language", "en"); !strings.Contains(page, "Damaged:") {
		t.Error("a flipped bit went unseen")
	}
}

func TestCitations(t *testing.T) {
	a := archive.Article{ID: 7, Site: "csu", Title: "“深地一号”下线_50%{完}", URL: "https://news.csu.edu.cn/a{b}.htm", Published: "2016-07", LastSeen: noon,
		Credits: []extract.Credit{{Role: "author", Name: "甲"}, {Role: "editor", Name: "戊"}, {Role: "author", Name: "乙 and 丙"}, {Role: "author", Name: "丁"}, {Role: "author", Name: "己"}}}
	got := cite(a, "新闻网")
	if want := "甲, 乙 and 丙, 丁, 等. “深地一号”下线_50%{完}[EB/OL]. [2026-11-23]. https://news.csu.edu.cn/a{b}.htm."; got.GBT != want {
		t.Errorf("got  %s\nwant %s", got.GBT, want)
	}
	want := `@online{csu-7,
  author       = {{甲} and {乙 and 丙} and {丁} and {己}},
  title        = {{“深地一号”下线\_50\%\{完\}}},
  organization = {新闻网},
  url          = {https://news.csu.edu.cn/a%7Bb%7D.htm},
  urldate      = {2026-11-23},
}
`
	if got.BibTeX != want {
		t.Errorf("got  %s\nwant %s", got.BibTeX, want)
	}
	if got := cite(archive.Article{URL: "https://a.example/", LastSeen: noon}, "").GBT; got != "https://a.example/[EB/OL]. [2026-11-23]. https://a.example/." {
		t.Errorf("an article without anything: %s", got)
	}
}

// Every key that a template or the code asks for is written down, in both languages.
func TestTextsAreThere(t *testing.T) {
	for key, pair := range texts {
		if pair[0] == "" || pair[1] == "" {
			t.Errorf("%s is not said in both languages", key)
		}
	}
	r := room(t, nil)
	for _, address := range []string{"/", "/search?q=鱼&site=example&gone=1", "/search?files=1&changed=1", "/articles/1", "/articles/2", "/articles/1/changes", "/captures/1?check=1", "/overview", "/health?check=1", "/none"} {
		for _, lang := range languages {
			res := get(t, r, address, "Accept-Language", lang)
			page, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode >= 500 || strings.Contains(string(page), "⟦") {
				t.Errorf("%s in %s: got %d (err %v), with a text that is not written down: %t", address, lang, res.StatusCode, err, strings.Contains(string(page), "⟦"))
			}
		}
	}
}
