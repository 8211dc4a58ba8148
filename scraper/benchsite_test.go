package scraper_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"campusnews/scraper/campustest"
)

// A benchSite is a campustest site dressed as real ones are: pages of 38 KB with some 95 links, articles
// of 720 characters (the mean of 1,737 real ones), 60 pages that are neither list nor article.
// What is asked for is made once, so that the server's share of the work is small.
type benchSite struct {
	articles int
	site     *campustest.Site
	top, end string // what stands around each page's own
	filler   string
	mu       sync.Mutex
	pages    map[string]string
	zipped   map[string][]byte // whole pages, when the site answers with gzip, as most real ones do; nil = it does not
}

const benchPage = 38 << 10 // bytes

func newBenchSite(articles int) *benchSite {
	s := &benchSite{articles: articles, site: campustest.New(time.Now, "学校要闻", "综合新闻"), pages: map[string]string{}}
	day := time.Now().AddDate(-1, 0, 0)
	s.site.Publish("学校要闻", day, articles/2)
	s.site.Publish("综合新闻", day, articles-articles/2)
	var nav, side strings.Builder
	nav.WriteString(`<div class="header"><div class="wrap"><div class="nav"><ul class="menu">`)
	for i := range 60 {
		fmt.Fprintf(&nav, `<li class="menu-item"><a href="/single/%d.htm" title="栏目之%d" target="_self"><span class="txt">栏目之%d</span></a></li>`+"\n", i, i, i)
	}
	nav.WriteString("</ul></div></div></div>\n")
	side.WriteString(`<div class="side"><h3>热点新闻</h3><ul class="hot">`)
	live := s.site.Live()
	for i, a := range live[:min(28, len(live))] {
		fmt.Fprintf(&side, `<li><em>%d</em><a href="%s" title="%s" target="_blank">%s</a></li>`+"\n", i+1, campustest.Path(a), campustest.Title(a), campustest.Title(a))
	}
	side.WriteString("</ul></div>\n")
	s.top, s.end = nav.String(), side.String()
	var script strings.Builder
	for i := range 400 {
		fmt.Fprintf(&script, "  var item%d = {id: %d, show: function (e) { return e.width() > %d; }};\n", i, i*7, i*13%900)
	}
	s.filler = script.String()
	return s
}

// requests is how many addresses there are to ask for without robots.txt.
func (s *benchSite) requests() int {
	lists := (s.articles/2+19)/20 + (s.articles-s.articles/2+19)/20
	return s.articles + lists + 60 + 2 // home page, by two names
}

func (s *benchSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	page, ok := s.pages[r.URL.Path]
	if !ok {
		page = s.own(r)
		s.pages[r.URL.Path] = page
	}
	s.mu.Unlock()
	if page == "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	if s.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(s.zip(r.URL.Path, page))
		return
	}
	w.Write(s.whole(page))
}

// zip gives a whole page, packed as nginx does unless told otherwise.
func (s *benchSite) zip(path, page string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.zipped[path] == nil {
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		if err == nil {
			_, err = z.Write(s.whole(page))
		}
		if err := errors.Join(err, z.Close()); err != nil {
			panic(err) // the level is a good one, and memory does not fail
		}
		s.zipped[path] = b.Bytes()
	}
	return s.zipped[path]
}

// whole is a page with all that stands around its own part.
func (s *benchSite) whole(page string) []byte {
	head, body, _ := strings.Cut(page, "<BODY>")
	fill := max(0, benchPage-len(page)-len(s.top)-len(s.end)-2<<10)
	whole := make([]byte, 0, benchPage+1<<10)
	for _, part := range []string{
		strings.TrimSuffix(head, "</HEAD>"), "<script>\n", s.filler[:min(fill, len(s.filler))], "</script></HEAD><BODY>", s.top,
		strings.TrimSuffix(body, "</BODY></HTML>"), s.end, "</BODY></HTML>",
	} {
		whole = append(whole, part...)
	}
	return whole
}

// own is the part of a page that no other has; "" = there is no such page.
func (s *benchSite) own(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, "/single/") {
		return "<!DOCTYPE html><HTML><HEAD><meta charset=\"utf-8\"><TITLE>学校概况</TITLE></HEAD><BODY><div class=\"main\"><p>学校概况：" + r.URL.Path + "</p></div></BODY></HTML>"
	}
	rec := httptest.NewRecorder()
	s.site.ServeHTTP(rec, r)
	if rec.Code != http.StatusOK {
		return ""
	}
	page := rec.Body.String()
	const before, after = `<div class="v_news_content">`, "</div></div>"
	start, rest, ok := strings.Cut(page, before)
	if !ok {
		return page
	}
	_, end, _ := strings.Cut(rest, after)
	return start + before + benchProse(r.URL.Path) + after + end
}

// benchWords are 20,000 made-up words of one to three characters, the frequent ones first.
var benchWords = sync.OnceValue(func() []string {
	r := rand.New(rand.NewPCG(2, 2))
	list := make([]string, 20000)
	for i := range list {
		for range 1 + r.IntN(3) {
			list[i] += string(rune(0x4E00 + int(4000*r.Float64()*r.Float64())))
		}
	}
	return list
})

// benchProse is six paragraphs of 120 characters; words come as often as in news, the k-th with a chance of about 1/k.
func benchProse(path string) string {
	var seed uint64
	for _, c := range path {
		seed = seed*31 + uint64(c)
	}
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	for i := range 6 {
		io.WriteString(&b, []string{`<p class="vsbcontent_start">`, "<p>"}[min(i, 1)])
		for j := range 60 {
			b.WriteString(benchWords()[int(math.Pow(float64(len(benchWords())), r.Float64()))-1])
			if j%8 == 7 {
				b.WriteString("，")
			}
		}
		b.WriteString("。</p>\n")
	}
	return b.String()
}
