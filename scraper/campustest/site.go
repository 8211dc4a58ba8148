// Package campustest is a campus news site that lives in a test: built as
// 博达 Visual SiteBuilder builds them, served from the loopback, with time that
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
	Tree    int       // VSB's tree id of its section
	Date    time.Time // the day shown
	Version int       // goes up with each edit
	Deleted bool
	Pinned  bool
	Parts   int // pages of a multi-page article; 0 or 1 = one
}

// A Section is one column with its list.
type Section struct {
	Name, Slug string
	Tree       int
	articles   []*Article // newest first
}

// A Site serves sections, articles and a home page. All its methods may be
// called while it serves.
type Site struct {
	Title    string
	PageSize int  // rows of a list page
	NoTotals bool // lists do not say how many rows they have
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
		i, _ := slices.BinarySearchFunc(sec.articles, a, func(have, want *Article) int {
			if have.Date.Format(time.DateOnly) > want.Date.Format(time.DateOnly) {
				return -1
			}
			return 1
		})
		sec.articles = slices.Insert(sec.articles, i, a)
		out = append(out, a)
	}
	return out
}

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
		if !a.Deleted {
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
func Path(a Article) string { return fmt.Sprintf("/info/%d/%d.htm", a.Tree, a.ID) }

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
	return "/" + s.section(name).Slug + ".htm"
}

// ServeHTTP answers as the site stands at this moment.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	done := s.begin(r)
	rec := &statusWriter{ResponseWriter: w}
	defer func() { done(rec.status) }()
	if f := s.faultFor(r); f != nil && f.Do(rec, r) {
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
	case p == "/" || p == "/index.htm":
		return s.home(), true
	case p == "/robots.txt":
		return s.robots, s.robots != ""
	case s.Media && strings.HasPrefix(p, "/__local/"):
		return "\xff\xd8\xff\xe0 picture " + p, true
	case s.Media && p == "/system/_content/download.jsp":
		return "PK\x03\x04 file " + r.URL.Query().Get("wbfileid"), true
	}
	var tree, id, part int
	if n, _ := fmt.Sscanf(p, "/info/%d/%d_%d.htm", &tree, &id, &part); n == 3 {
		a := s.byID[id]
		if a == nil || a.Deleted || a.Tree != tree || part < 1 || part >= a.Parts {
			return "", false
		}
		return s.article(a, part), true
	}
	if n, _ := fmt.Sscanf(p, "/info/%d/%d.htm", &tree, &id); n == 2 {
		a := s.byID[id]
		if a == nil || a.Deleted || a.Tree != tree {
			return "", false
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
