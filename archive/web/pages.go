package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

//go:embed templates
var templateFiles embed.FS

// pageNames are the pages, each in templates/ under its name, within the layout.
var pageNames = []string{"home", "search", "article", "changes", "capture", "archived", "overview", "health", "api", "error", "hall-overview", "hall-health"}

// A page is a template in one language.
type page struct{ t *template.Template }

// A view is what a page is made of.
type view struct {
	Title string // of the document; "" = the program's name alone
	Nav   string // which place of the navigation the page belongs to
	Feed  string // address of an Atom feed of what the page shows; "" = none
	Query string // what the field in the head holds
	Class string // of the body; "" = none
	Fixed bool   // the address takes no choice of language and theme
	Data  any    // the page's own

	// Set by show:
	Hall                bool   // the reading room of many archives
	Above               string // address of the room above this one; "" = there is none
	Lang, Other, Theme  string
	LangLink            string   // the same page in the other language
	Themes              []choice // the same page in each theme
	Style, Script, Icon string
	Version             string
	Robots              string
	Enhanced            bool
}

// A choice is one of several links of which one is on.
type choice struct {
	Name, Link string
	On         bool
}

// loadPages parses every page once for each language: a template that is shared could not know which one it speaks.
func (r *Room) loadPages() (map[string]map[string]*page, error) {
	all := map[string]map[string]*page{}
	for _, lang := range languages {
		all[lang] = map[string]*page{}
		layout, err := template.New("layout").Funcs(r.functions(lang)).ParseFS(templateFiles, "templates/layout.html", "templates/parts.html")
		if err != nil {
			return nil, err
		}
		for _, name := range pageNames {
			t, err := layout.Clone()
			if err == nil {
				t, err = t.ParseFS(templateFiles, "templates/"+name+".html")
			}
			if err != nil {
				return nil, err
			}
			all[lang][name] = &page{t}
		}
	}
	return all, nil
}

// functions are what templates can call.
func (r *Room) functions(lang string) template.FuncMap {
	return template.FuncMap{
		"t":         func(key string, args ...any) string { return text(lang, key, args...) },
		"n":         grouped,
		"day":       func(t time.Time) string { return utc(t, "2006-01-02") },
		"second":    func(t time.Time) string { return utc(t, "2006-01-02 15:04:05Z") },
		"instant":   func(t time.Time) string { return utc(t, time.RFC3339) },
		"path":      pathOf,
		"rest":      func(percent int) int { return 100 - percent },
		"took":      func(d time.Duration) string { return d.Round(time.Second).String() },
		"months":    func() []string { return strings.Fields(text(lang, "months")) },
		"minute":    func(t time.Time) string { return utc(t, "2006-01-02 15:04Z") },
		"bytes":     size,
		"mark":      marked,
		"archived":  archivedPath,
		"articleof": r.articleOf,
		"placeof":   r.placeOf,
		"base":      func() string { return r.opts.Base },
		"find":      func(name, value string) string { return "/search?" + url.Values{name: {value}}.Encode() },
		"field":     func(name string) string { return fieldName(lang, name) },
		"short":     shortDigest,
		"dict":      dict,
		"stated":    stated,
	}
}

// show writes a page. What can go wrong in a template goes wrong before the first byte is sent.
func (r *Room) show(w http.ResponseWriter, req *http.Request, status int, name string, v view) {
	keepChoices(w, req)
	v.Lang, v.Theme = languageOf(req), themeOf(req)
	v.Other = languages[0]
	if v.Lang == v.Other {
		v.Other = languages[1]
	}
	v.LangLink = switched(req, "lang", v.Other)
	for _, t := range []string{"auto", "light", "dark"} {
		v.Themes = append(v.Themes, choice{Name: t, Link: switched(req, "theme", t), On: t == v.Theme || t == "auto" && v.Theme == ""})
	}
	v.Style, v.Script, v.Icon = r.static.at["style.css"], r.static.at["enhance.js"], r.static.at["icon.svg"]
	v.Version, v.Hall = r.opts.Version, r.archives != nil
	if r.opts.Base != "" {
		v.Above = "/"
	}
	block := "layout"
	if req.URL.RawQuery != "" && req.URL.Query().Get("part") == "results" && status == http.StatusOK && name == "search" {
		block = "results" // what enhance.js puts in place while a person types
	}
	var b bytes.Buffer
	if err := r.pages[v.Lang][name].t.ExecuteTemplate(&b, block, v); err != nil {
		r.opts.Log.Error("page failed", "page", name, "err", err)
		http.Error(w, text(v.Lang, "error.fault"), http.StatusInternalServerError)
		return
	}
	body := b.Bytes()
	if r.opts.Base != "" {
		body = based(body, r.opts.Base)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "Accept-Language, Cookie")
	if status == http.StatusOK {
		sum := sha256.Sum256(body)
		if unchanged(w, req, `W/"`+hex.EncodeToString(sum[:12])+`"`) {
			return
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if req.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// unchanged sets the ETag, and answers 304 when the browser has that one already (RFC 9110, 13.1.2: weak comparison).
func unchanged(w http.ResponseWriter, req *http.Request, etag string) bool {
	w.Header().Set("ETag", etag)
	weak := strings.TrimPrefix(etag, "W/")
	for _, t := range strings.Split(req.Header.Get("If-None-Match"), ",") {
		if t = strings.TrimSpace(t); t == "*" || strings.TrimPrefix(t, "W/") == weak {
			w.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}

// marked is s with the given places in <mark>.
func marked(s string, places [][2]int) template.HTML {
	var b strings.Builder
	at := 0
	for _, p := range places {
		if p[0] < at || p[1] > len(s) || p[1] < p[0] {
			continue
		}
		b.WriteString(template.HTMLEscapeString(s[at:p[0]]))
		b.WriteString("<mark>" + template.HTMLEscapeString(s[p[0]:p[1]]) + "</mark>")
		at = p[1]
	}
	b.WriteString(template.HTMLEscapeString(s[at:]))
	return template.HTML(b.String())
}

// stated is a moment as a newsroom states it, for people: "2016-07-22 09:30".
func stated(published, day string) string {
	if published == "" {
		return day
	}
	if d, clock, ok := strings.Cut(published, "T"); ok && len(clock) >= 5 {
		return d + " " + clock[:5]
	}
	return published
}

func utc(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(layout)
}

// grouped is a number with its thousands apart.
func grouped(v any) string {
	s := fmt.Sprint(v)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// size is a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}

// fieldName is an article's field for people; a role of credits is one, too.
func fieldName(lang, name string) string {
	for _, group := range []string{"field.", "role."} {
		if _, ok := texts[group+name]; ok {
			return text(lang, group+name)
		}
	}
	return name
}

// shortDigest is the beginning of a labelled digest, to tell some apart at a glance.
func shortDigest(digest string) string {
	name, value, _ := strings.Cut(digest, ":")
	return name + ":" + value[:min(len(value), 12)] + "…"
}

// pathOf is an address without scheme and host, for tables of one site's.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	return u.RequestURI()
}

// dict is a map for a template that hands several values to another.
func dict(pairs ...any) (map[string]any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("name %v is no string", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}
