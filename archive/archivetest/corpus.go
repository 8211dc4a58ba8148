// Package archivetest makes archives to measure with: any number of made-up news articles whose
// text, lengths, dates, people and columns are distributed as on real campus sites.
//
// Article i is the same in every corpus, whatever its size. To have a corpus in a folder, or to add to the one there:
//
//	go test ./archive/archivetest -run TestWrite -corpus DIR -articles 100000 -timeout 0
//
// with -evidence each article also comes with the page it was read from. In a benchmark, Open.
package archivetest

import (
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
	"time"

	"campusnews/archive"
	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/capture"
)

// Began is when the corpus was first visited; article i was seen i seconds later.
var Began = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// firstDay and days are the 20 years over which the articles are spread, later years having more of them.
var firstDay = time.Date(2006, 1, 1, 0, 0, 0, 0, time.UTC)

const days = 20 * 365

var sectionNames = []string{"学校要闻", "综合新闻", "学术动态", "学生天地", "媒体报道", "通知公告", "校园人物", "专题"}

// Sites are the sites of the corpus. The first has half of the articles, the next half of the rest.
func Sites() []archive.Site {
	list := []archive.Site{
		{ID: "csu", Name: "中南大学新闻网", URL: "https://news.csu.edu.cn/"},
		{ID: "hnu", Name: "湖南大学新闻网", URL: "https://news.hnu.edu.cn/"},
		{ID: "xtu", Name: "湘潭大学新闻网", URL: "https://news.xtu.edu.cn/"},
		{ID: "nudt", Name: "国防科技大学", URL: "https://www.nudt.edu.cn/"},
	}
	for i := range list {
		list[i].System = "vsb"
		for j, name := range sectionNames {
			list[i].Sections = append(list[i].Sections, archive.Section{Name: name, URL: fmt.Sprintf("%slist%d.htm", list[i].URL, j)})
		}
	}
	return list
}

// Visits are what an archive saves of article i, i from 1 on: its first look and, for some, a later one that
// found it changed (4 of 100), gone (2) or missing (1). With evidence each look at a page has the page's bytes,
// from which package extract reads the same article.
func Visits(i int, evidence bool) []scraper.Visit {
	r := rand.New(rand.NewPCG(uint64(i), 1))
	sites := Sites()
	site := 0
	for x := r.Float64(); site+1 < len(sites) && x < 0.5; x *= 2 {
		site++
	}
	section := zipf(r, len(sectionNames), 2)
	t := scraper.Target{
		Site: sites[site].ID, Key: fmt.Sprintf("%s/news%d", strings.Split(sites[site].URL, "/")[2], 100000+i), URL: fmt.Sprintf("%sinfo/%d/%d.htm", sites[site].URL, 1001+section, 100000+i),
		Role: scraper.RoleArticle, Section: sectionNames[section], Parent: sites[site].Sections[section].URL, Depth: 2,
		State: scraper.StateKept, Visits: 1, LastVisit: Began.Add(time.Duration(i) * time.Second),
	}
	first := scraper.Visit{Target: t, Reason: scraper.ReasonNew, Time: t.LastVisit}
	look := func(v *scraper.Visit, a *extract.Article) {
		if !evidence {
			v.Result = result(t, a)
			return
		}
		body := page(sites[site].Name, t.Section, i, a)
		v.Exchanges = []capture.Exchange{exchange(*v, 200, body)}
		read := extractor().Extract(extract.Page{URL: t.URL, ContentType: contentType, Status: 200, Body: body})
		v.Result = &read
	}
	a := article(i, r, t.URL)
	look(&first, a)
	later := scraper.Visit{Target: t, Reason: scraper.ReasonRevisit, Time: first.Time.AddDate(0, 0, 1+r.IntN(90))}
	later.Target.Visits, later.Target.LastVisit = 2, later.Time
	switch x := r.IntN(100); {
	case x < 4:
		changed := *a
		changed.Body = strings.Replace(a.Body, "。", "（更正）。", 1) + "\n附记：本文已更新。"
		changed.HTML = paragraphs(changed.Body)
		look(&later, &changed)
	case x < 7:
		later.Target.State, later.Target.MissingSince, later.Target.MissingCount = scraper.StateGone, later.Time, 3
		if x == 6 {
			later.Target.State, later.Target.MissingCount = scraper.StateMissing, 1
		}
		if evidence {
			later.Exchanges = []capture.Exchange{exchange(later, 404, []byte("<h1>404</h1>"))}
		}
	default:
		return []scraper.Visit{first}
	}
	return []scraper.Visit{first, later}
}

// repost says which earlier article i repeats, 0 = none.
func repost(i int) int {
	r := rand.New(rand.NewPCG(uint64(i), 3))
	if i < 100 || r.IntN(100) > 0 {
		return 0
	}
	return 1 + r.IntN(i-1)
}

func article(i int, r *rand.Rand, url string) *extract.Article {
	text := i
	if j := repost(i); j > 0 {
		text = j
	}
	w := newWriter(rand.New(rand.NewPCG(uint64(text), 4)))
	a := &extract.Article{Body: w.body(), Title: w.title(), Source: source(r), Part: 1}
	if day := firstDay.AddDate(0, 0, int(days*(1-r.Float64()*r.Float64()))); i%50 > 0 {
		a.Published = day.Format("2006-01-02")
		if r.IntN(3) > 0 {
			a.Published = day.Add(time.Duration(8*60+r.IntN(12*60))*time.Minute).Format("2006-01-02T15:04:05") + "+08:00"
		}
	}
	if i%20 == 7 {
		a.Subtitle = "——" + w.title()
	}
	switch {
	case text != i: // as another site prints it
		a.Body += fmt.Sprintf("\n（转载自第%d期）", i%400)
	case i%200 == 3:
		a.Title, a.Body = traditional.Replace(a.Title), traditional.Replace(a.Body)
	case i%100 == 4:
		a.Body = fullWidth(a.Body)
	case i%500 == 5:
		a.Body += "\n新元素𬭊与𬬻，𠀀𪚥字。"
	}
	for range 1 + r.IntN(2) {
		a.Credits = append(a.Credits, extract.Credit{Role: "author", Name: person(zipf(r, people, 30))})
	}
	if r.IntN(2) == 0 {
		a.Credits = append(a.Credits, extract.Credit{Role: "photographer", Name: person(zipf(r, people, 30))})
	}
	a.Credits = append(a.Credits, extract.Credit{Role: "editor", Name: person(zipf(r, 60, 5))})
	home := url[:strings.LastIndex(url, "/info/")]
	for k := range r.IntN(4) {
		a.Images = append(a.Images, extract.Image{URL: fmt.Sprintf("%s/__local/%d_%d.jpg", home, i, k)})
	}
	if r.IntN(8) == 0 {
		a.Files = append(a.Files, extract.File{URL: fmt.Sprintf("%s/system/_content/download.jsp?id=%d", home, i), Name: "附件：" + w.title() + ".pdf"})
	}
	a.HTML = paragraphs(a.Body)
	return a
}

func paragraphs(body string) string {
	return "<p>" + strings.ReplaceAll(html.EscapeString(body), "\n", "</p>\n<p>") + "</p>"
}

func result(t scraper.Target, a *extract.Article) *extract.Result {
	return &extract.Result{
		Kind: extract.KindArticle, URL: t.URL, Key: t.Key, System: "vsb", Confidence: 1,
		Charset: extract.Charset{Name: "utf-8", Source: "meta"}, Article: a,
	}
}
