// Package campustest is a campus news site that lives in a test: built as
// 博达 Visual SiteBuilder or 苏迪 WebPlus builds them, served from the loopback, with time that
// advances, articles that come, change and go, faults to switch on, and an audit of how
// its visitors behave. Its texts are made up.
//
// It knows no crawler and no store; tests read what was asked of it from Audit.
package campustest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// An Article is one news item. Its text depends on ID and Version alone.
type Article struct {
	ID      int
	Tree    int       // number of its section: VSB's tree id, WebPlus' column
	Also    []int     // numbers of further sections that list it
	Date    time.Time // the day shown
	Version int       // goes up with each edit
	Deleted bool
	Pinned  bool
	Parts   int    // pages of a multi-page article; 0 or 1 = one
	Leads   string // where its row leads to instead of a page of its own; "" = it has one
	Closed  bool   // its page says that one may not read it
}

// Readable says whether the article has a page that anybody may read.
func (a Article) Readable() bool { return !a.Deleted && !a.Closed && a.Leads == "" }

// A System is how a site is built.
type System int

// The systems.
const (
	VSB     System = iota // older list pages count down, info/TREE/ID.htm
	WebPlus               // list pages count up, DATE/cCOLUMNaID/page.htm
)

// A Section is one column with its list.
type Section struct {
	Name, Slug string
	Tree       int
	articles   []*Article // newest first
}

// A Site serves sections, articles and a home page. All its methods may be
// called while it serves.
type Site struct {
	System   System
	Title    string
	PageSize int  // rows of a list page
	NoTotals bool // lists do not say how many rows they have
	Windows  bool // VSB's older list pages are never written again, and hold up to twice as many rows, all hidden until a script shows some
	Media    bool // every third article has a picture, every fifth an attachment

	// NotFound answers for addresses that nothing stands at; nil = 404.
	NotFound func(http.ResponseWriter, *http.Request) bool

	now func() time.Time

	mu       sync.Mutex
	sections []*Section
	byID     map[int]*Article
	nextID   int
	faults   []Fault
	audit    Audit
	robots   string
}

// New gives a site of the named sections without articles. now is its clock, and the audit's.
func New(now func() time.Time, sections ...string) *Site {
	s := &Site{Title: "测试大学新闻网", PageSize: 20, now: now, byID: make(map[int]*Article), nextID: 1001}
	for i, name := range sections {
		s.sections = append(s.sections, &Section{Name: name, Slug: fmt.Sprintf("lm%d", i+1), Tree: 1001 + i})
	}
	return s
}

// Copy gives a site of its own that stands as this one does now, without faults and with an audit that begins here.
func (s *Site) Copy(now func() time.Time) *Site {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &Site{
		System: s.System, Title: s.Title, PageSize: s.PageSize, NoTotals: s.NoTotals, Windows: s.Windows, Media: s.Media, NotFound: s.NotFound,
		now: now, byID: make(map[int]*Article), nextID: s.nextID, robots: s.robots,
	}
	for id, a := range s.byID {
		b := *a
		b.Also = slices.Clone(a.Also)
		c.byID[id] = &b
	}
	for _, sec := range s.sections {
		t := &Section{Name: sec.Name, Slug: sec.Slug, Tree: sec.Tree}
		for _, a := range sec.articles {
			t.articles = append(t.articles, c.byID[a.ID])
		}
		c.sections = append(c.sections, t)
	}
	return c
}

// Publish puts n articles of the day into a section, in order of rising id.
// The newest by date stands first in its list; of one day, the one published last.
func (s *Site) Publish(section string, day time.Time, n int) []*Article {
	s.mu.Lock()
	defer s.mu.Unlock()
	sec := s.section(section)
	var out []*Article
	for range n {
		a := &Article{ID: s.nextID, Tree: sec.Tree, Date: day, Version: 1}
		s.nextID++
		s.byID[a.ID] = a
		sec.put(a)
		out = append(out, a)
	}
	return out
}

func (sec *Section) put(a *Article) {
	i, _ := slices.BinarySearchFunc(sec.articles, a, func(have, want *Article) int {
		if have.Date.Format(time.DateOnly) > want.Date.Format(time.DateOnly) {
			return -1
		}
		return 1
	})
	sec.articles = slices.Insert(sec.articles, i, a)
}

// AlsoIn lists an article in a further section, under an address of that section.
func (s *Site) AlsoIn(id int, section string) {
	s.change(id, func(a *Article) {
		sec := s.section(section)
		a.Also = append(a.Also, sec.Tree)
		sec.put(a)
	})
}

// Lead makes an article's row lead to another address.
func (s *Site) Lead(id int, to string) { s.change(id, func(a *Article) { a.Leads = to }) }

// Close makes an article's page say that one may not read it.
func (s *Site) Close(id int) { s.change(id, func(a *Article) { a.Closed = true }) }

func (s *Site) section(name string) *Section {
	for _, sec := range s.sections {
		if sec.Name == name {
			return sec
		}
	}
	panic("campustest: no section " + name)
}

// Edit changes an article's text.
func (s *Site) Edit(id int) { s.change(id, func(a *Article) { a.Version++ }) }

// Delete takes an article off its list and answers 404 for it.
func (s *Site) Delete(id int) { s.change(id, func(a *Article) { a.Deleted = true }) }

// Restore brings a deleted article back.
func (s *Site) Restore(id int) { s.change(id, func(a *Article) { a.Deleted = false }) }

// Pin puts an article on top of its list's page 1, besides its own place.
func (s *Site) Pin(id int) { s.change(id, func(a *Article) { a.Pinned = true }) }

// Split makes an article one of n pages.
func (s *Site) Split(id, n int) { s.change(id, func(a *Article) { a.Parts = n }) }

func (s *Site) change(id int, f func(*Article)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.byID[id]
	if a == nil {
		panic(fmt.Sprintf("campustest: no article %d", id))
	}
	f(a)
}

// Live gives copies of the articles that can be read now, by rising id.
func (s *Site) Live() []Article {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Article
	for _, a := range s.byID {
		if a.Readable() {
			out = append(out, *a)
		}
	}
	slices.SortFunc(out, func(a, b Article) int { return a.ID - b.ID })
	return out
}

// SetRobots sets robots.txt; "" = there is none.
func (s *Site) SetRobots(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.robots = text
}

// Path gives the path of an article's page.
func (s *Site) Path(a Article) string { return s.path(a, a.Tree) }

// path is that under one of its sections.
func (s *Site) path(a Article, tree int) string {
	if s.System == WebPlus {
		return fmt.Sprintf("/%s/c%da%d/page.htm", a.Date.Format("2006/0102"), tree, a.ID)
	}
	return fmt.Sprintf("/info/%d/%d.htm", tree, a.ID)
}

// IsArticle holds for the paths of articles' pages.
func (s *Site) IsArticle(path string) bool {
	return strings.HasPrefix(path, "/info/") || strings.HasSuffix(path, "/page.htm")
}

// IsList holds for the paths of lists' pages.
func (s *Site) IsList(path string) bool {
	return strings.HasPrefix(path, "/lm") || strings.Contains(path, "/list")
}

// shows says whether the article stands under the section of that number.
func (a *Article) shows(tree int) bool { return a.Tree == tree || slices.Contains(a.Also, tree) }

// Picture gives the path of an article's picture, "" if it has none.
func (s *Site) Picture(a Article) string {
	if !s.Media || a.ID%3 != 0 {
		return ""
	}
	return fmt.Sprintf("/__local/A/BC/DE/%027X_12345678_%X.jpg", a.ID, a.ID)
}

// Attachment gives the path, with query, of an article's attachment, "" if it has none.
func (s *Site) Attachment(a Article) string {
	if !s.Media || a.ID%5 != 0 {
		return ""
	}
	return fmt.Sprintf("/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1520089960&wbfileid=%d", a.ID)
}

// SectionPath gives the path of page 1 of a section's list.
func (s *Site) SectionPath(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listPath(s.section(name), 1)
}

// listPath gives the path of page k of a list.
func (s *Site) listPath(sec *Section, k int) string {
	switch {
	case s.System == WebPlus && k == 1:
		return fmt.Sprintf("/%d/list.htm", sec.Tree)
	case s.System == WebPlus:
		return fmt.Sprintf("/%d/list%d.htm", sec.Tree, k)
	case k == 1:
		return "/" + sec.Slug + ".htm"
	}
	return fmt.Sprintf("/%s/%d.htm", sec.Slug, s.pages(sec)-k+1)
}

// ServeHTTP answers as the site stands at this moment.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	done := s.begin(r)
	rec := &statusWriter{ResponseWriter: w}
	defer func() { done(rec.status) }()
	if f := s.faultFor(r); f != nil && f.Do(rec, r) {
		return
	}
	if to := s.leads(r); to != "" {
		rec.Header().Set("Location", to)
		rec.WriteHeader(http.StatusFound)
		return
	}
	body, ok := s.page(r)
	if !ok && s.NotFound != nil && s.NotFound(rec, r) {
		return
	}
	if !ok {
		rec.Header().Set("Content-Type", "text/html")
		rec.WriteHeader(http.StatusNotFound)
		fmt.Fprint(rec, "<html><head><title>404错误提示</title></head><body>您访问的页面不存在</body></html>")
		return
	}
	switch {
	case strings.HasSuffix(r.URL.Path, ".txt"):
		rec.Header().Set("Content-Type", "text/plain")
	case strings.HasPrefix(body, "\xff\xd8"):
		rec.Header().Set("Content-Type", "image/jpeg")
	case strings.HasPrefix(body, "PK"):
		rec.Header().Set("Content-Type", "application/msword")
	default:
		rec.Header().Set("Content-Type", "text/html")
	}
	fmt.Fprint(rec, body)
}

// page renders what stands at the path.
func (s *Site) page(r *http.Request) (body string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := r.URL.Path
	switch {
	case s.System == WebPlus && p == "/":
		return s.wpHome(), true
	case p == "/" || p == "/index.htm":
		return s.home(), true
	case p == "/robots.txt":
		return s.robots, s.robots != ""
	case s.Media && strings.HasPrefix(p, "/__local/"):
		return "\xff\xd8\xff\xe0 picture " + p, true
	case s.Media && p == "/system/_content/download.jsp":
		return "PK\x03\x04 file " + r.URL.Query().Get("wbfileid"), true
	}
	if s.System == WebPlus {
		return s.webplus(p)
	}
	var tree, id, part int
	if n, _ := fmt.Sscanf(p, "/info/%d/%d_%d.htm", &tree, &id, &part); n == 3 {
		a := s.byID[id]
		if a == nil || !a.Readable() || !a.shows(tree) || part < 1 || part >= a.Parts {
			return "", false
		}
		return s.article(a, part), true
	}
	if n, _ := fmt.Sscanf(p, "/info/%d/%d.htm", &tree, &id); n == 2 {
		a := s.byID[id]
		if a == nil || a.Deleted || !a.shows(tree) {
			return "", false
		}
		if a.Closed {
			return "<html><head><title>系统提示</title></head><body>您没有访问该信息的权限</body></html>", true
		}
		return s.article(a, 0), true
	}
	for _, sec := range s.sections {
		if p == "/"+sec.Slug+".htm" {
			return s.list(sec, 0), true
		}
		var file int
		if n, _ := fmt.Sscanf(p, "/"+sec.Slug+"/%d.htm", &file); n == 1 {
			if pages := s.pages(sec); file >= 1 && file < pages {
				return s.list(sec, file), true
			}
		}
	}
	return "", false
}

// leads gives where a row's address redirects to, "" if it does not: WebPlus has an address
// of its own for that, VSB redirects from the article's.
func (s *Site) leads(r *http.Request) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var tree, id int
	if r.URL.Path == "/_redirect" {
		fmt.Sscan(r.URL.Query().Get("articleId"), &id)
	} else if n, _ := fmt.Sscanf(r.URL.Path, "/info/%d/%d.htm", &tree, &id); n != 2 {
		return ""
	}
	if a := s.byID[id]; a != nil && !a.Deleted {
		return a.Leads
	}
	return ""
}

// A statusWriter remembers the status sent.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets faults take the connection over.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Path gives the path of an article's page on a VSB site.
func Path(a Article) string { return new(Site).Path(a) }
