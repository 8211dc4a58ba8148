package campustest

import (
	"compress/gzip"
	"errors"
	"fmt"
	"html"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A Plain is a site of no publishing system, with or without lists: pages at addresses of their
// own, a feed of the newest, a sitemap of all. Its pages are known by their path.
type Plain struct {
	*Site        // its clock, audit and faults
	Feed    int  // rows of /feed.xml, which the home page names; 0 = there is none
	Sitemap bool // /sitemap.xml is an index of one sitemap a year, packed
	Stamped bool // the sitemaps say of every page that it changed a moment ago

	mu    sync.Mutex
	pages []*PlainPage // oldest first
}

// A PlainPage is one article of a Plain site.
type PlainPage struct {
	Path    string
	Title   string
	Date    time.Time
	Changed time.Time
	Version int
	Links   []string // paths that its text leads to
	Picture string   // path of a picture in its text; "" = none
}

// NewPlain gives a site without pages. now is its clock, and the audit's.
func NewPlain(now func() time.Time) *Plain {
	return &Plain{Site: New(now)}
}

// ServeHTTP answers as the site stands at this moment.
func (s *Plain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	done := s.begin(r)
	rec := &statusWriter{ResponseWriter: w}
	defer func() { done(rec.status) }()
	if f := s.faultFor(r); f != nil && f.Do(rec, r) {
		return
	}
	s.serve(rec, r)
}

// Publish puts an article of the day up.
func (s *Plain) Publish(path string, day time.Time, links ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.pages) + 1
	s.pages = append(s.pages, &PlainPage{
		Path: path, Date: day, Changed: day, Version: 1, Links: links,
		Title: Title(Article{ID: 5000 + n}),
	})
}

// Edit changes an article's text now.
func (s *Plain) Edit(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.pages {
		if p.Path == path {
			p.Version++
			p.Changed = s.now()
		}
	}
}

// Picture puts a picture into an article's text.
func (s *Plain) Picture(path, picture string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.pages {
		if p.Path == path {
			p.Picture = picture
		}
	}
}

func (s *Plain) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	base := "http://" + r.Host
	path := r.URL.Path
	switch {
	case path == "/":
		feed := ""
		if s.Feed > 0 {
			feed = `<link rel="alternate" type="application/rss+xml" title="新闻" href="/feed.xml">`
		}
		body := `<p>测试大学建于一九二六年，现有二十个学院。</p>`
		if s.Feed == 0 && !s.Sitemap && len(s.pages) > 0 {
			body += fmt.Sprintf(`<p><a href="%s">从这里读起</a></p>`, s.pages[0].Path)
		}
		fmt.Fprintf(w, `<!DOCTYPE html><html><head><meta charset="utf-8"><title>测试大学</title>%s</head><body>%s<div class="foot">版权所有</div></body></html>`, feed, body)
		return
	case path == "/robots.txt" && s.Sitemap:
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprintf(w, "User-agent: *\nAllow: /\nSitemap: %s/sitemap.xml\n", base)
		return
	case path == "/feed.xml" && s.Feed > 0:
		s.feed(w, r, base)
		return
	case path == "/sitemap.xml" && s.Sitemap:
		s.index(w, base)
		return
	case strings.HasPrefix(path, "/sitemap-") && s.Sitemap:
		s.sitemap(w, base, strings.TrimSuffix(strings.TrimPrefix(path, "/sitemap-"), ".xml.gz"))
		return
	}
	for _, p := range s.pages {
		if p.Path == path {
			s.page(w, p)
			return
		}
	}
	http.NotFound(w, r)
}

func (s *Plain) page(w http.ResponseWriter, p *PlainPage) {
	fmt.Fprintf(w, `<!DOCTYPE html><html><head><meta charset="utf-8"><title>%s</title></head><body><article><h1>%s</h1><p class="date">发布时间：%s</p><div class="content">`,
		html.EscapeString(p.Title), html.EscapeString(p.Title), p.Date.Format(time.DateOnly))
	for _, text := range Paragraphs(Article{ID: len(p.Path)*7919 + int(p.Date.Unix()%7907), Version: p.Version}) {
		fmt.Fprintf(w, "<p>%s</p>\n", text)
	}
	if p.Picture != "" {
		fmt.Fprintf(w, `<p><img src="%s" width="800" height="600"></p>`, p.Picture)
	}
	fmt.Fprint(w, "</div></article>")
	for _, link := range p.Links {
		fmt.Fprintf(w, `<p><a href="%s">相关阅读：%s</a></p>`, link, link)
	}
	fmt.Fprint(w, "</body></html>")
}

func (s *Plain) feed(w http.ResponseWriter, r *http.Request, base string) {
	newest := s.pages[max(0, len(s.pages)-s.Feed):]
	tag := fmt.Sprintf(`"%d"`, len(s.pages))
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>测试大学</title><link>%s/</link>`, base)
	for i := len(newest) - 1; i >= 0; i-- {
		p := newest[i]
		fmt.Fprintf(w, "<item><title>%s</title><link>%s%s</link><pubDate>%s</pubDate></item>\n", html.EscapeString(p.Title), base, p.Path, p.Date.Format(time.RFC1123Z))
	}
	fmt.Fprint(w, "</channel></rss>")
}

// lastmod is when a page says that it changed.
func (s *Plain) lastmod(p *PlainPage) time.Time {
	if s.Stamped {
		return s.now()
	}
	return p.Changed
}

func (s *Plain) index(w http.ResponseWriter, base string) {
	newest := map[string]time.Time{}
	var years []string
	for _, p := range s.pages {
		year := p.Date.Format("2006")
		if _, ok := newest[year]; !ok {
			years = append(years, year)
		}
		if m := s.lastmod(p); m.After(newest[year]) {
			newest[year] = m
		}
	}
	w.Header().Set("Content-Type", "text/xml")
	fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for _, year := range years {
		fmt.Fprintf(w, "<sitemap><loc>%s/sitemap-%s.xml.gz</loc><lastmod>%s</lastmod></sitemap>\n", base, year, newest[year].Format(time.RFC3339))
	}
	fmt.Fprintf(w, "<sitemap><loc>%s/sitemap.xml</loc></sitemap></sitemapindex>", base) // it names itself, too
}

func (s *Plain) sitemap(w http.ResponseWriter, base, year string) {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for _, p := range s.pages {
		if p.Date.Format("2006") == year {
			fmt.Fprintf(&b, "<url><loc>%s%s</loc><lastmod>%s</lastmod></url>\n", base, p.Path, s.lastmod(p).Format(time.RFC3339))
		}
	}
	b.WriteString("</urlset>")
	w.Header().Set("Content-Type", "application/x-gzip")
	z := gzip.NewWriter(w)
	_, err := z.Write([]byte(b.String()))
	if err = errors.Join(err, z.Close()); err != nil {
		panic(http.ErrAbortHandler) // the client has gone
	}
}
