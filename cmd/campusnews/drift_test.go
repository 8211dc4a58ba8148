package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"campusnews/extract/drift"
)

// A site whose articles lose their date line between two runs is reported, and
// one that goes on as before is not.
func TestCrawlNoticesTemplateChange(t *testing.T) {
	site := t.TempDir()
	day := time.Now().AddDate(0, -1, 0).Format(time.DateOnly)
	write := func(name, body string) {
		t.Helper()
		file := filepath.Join(site, "news.example.edu.cn", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		page := `<html><head><meta charset="utf-8"><title>例大学新闻网</title><!--Announced by Visual SiteBuilder 9--></head><body>` + body + `</body></html>`
		if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const text = `<div id="vsb_content"><div class="v_news_content"><p>这一天，例大学的师生在操场上种下了三十棵树，每一棵都挂上了种树人的名字和日期。</p></div></div>`
	rows := ""
	publish := func(from, to int, dated bool) {
		for i := from; i < to; i++ {
			meta := ""
			if dated {
				meta = `<p>发布时间：` + day + ` 来源：新闻中心 作者：甲乙</p>`
			}
			write(fmt.Sprintf("info/1001/%d.htm", i), fmt.Sprintf(`<form name="_newscontent_fromname"><h1>例大学第%d次植树</h1>%s%s</form>`, i, meta, text))
			rows = fmt.Sprintf(`<li><a href="info/1001/%d.htm" title="例大学第%[1]d次植树">例大学第%[1]d次植树</a><span>%s</span></li>`, i, day) + rows
		}
		write("xxyw.htm", `<ul>`+rows+`</ul>`)
	}
	write("index.htm", `<a href="xxyw.htm">学校要闻</a>`)
	profile := filepath.Join(t.TempDir(), "example.yaml")
	if err := os.WriteFile(profile, []byte("id: example\nhome: http://news.example.edu.cn/\nsections:\n  学校要闻: http://news.example.edu.cn/xxyw.htm\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "archive")
	crawl := func(extra ...string) string {
		t.Helper()
		return runCommand(t, 0, append([]string{"crawl", profile, "--archive", folder, "--replay", site, "--fast"}, extra...)...)
	}

	publish(100, 130, true)
	crawl()
	publish(130, 140, true)
	if out := crawl(); strings.Contains(out, "template") {
		t.Errorf("got a change where there is none:\n%s", out)
	}
	publish(140, 145, false)
	out := crawl("--json")
	var report struct {
		New     int
		Changes []drift.Change
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	found := map[string]drift.Share{}
	for _, c := range report.Changes {
		if c.Rule == "" {
			found[c.Field] = c.Now
		}
	}
	for _, field := range []string{"published", "source", "author"} {
		if got, ok := found[field]; !ok || got != (drift.Share{Count: 0, Of: 5}) {
			t.Errorf("%s: got %v in %+v, want that 0 of 5 state it", field, got, report.Changes)
		}
	}
	publish(145, 150, false)
	if out := crawl(); !strings.Contains(out, "article published filled: 0 of 5 (0 %), before 40 of 45 (89 %) in the runs before: its template may have changed") {
		t.Errorf("the summary says nothing of the change:\n%s", out)
	}
}
