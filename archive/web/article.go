package web

import (
	"context"
	"html/template"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"

	"campusnews/archive"
)

// articleData is what the page of an article shows.
type articleData struct {
	archive.Article
	Text     template.HTML
	People   []people
	Files    []heldFile
	Capture  *archive.Capture // where this version was taken from; nil = not known
	SiteName string
	Versions []archive.Revision // newest first
	Events   []archive.Event
	Rules    []rule
	Captures []archive.Capture // newest first
	Citation citation
	Newest   bool
}

// People are all who have one role.
type people struct {
	Role  string
	Names []string
}

// A heldFile is an attachment; Capture 0 = the archive has not got it.
type heldFile struct {
	Name, URL string
	Capture   int64
	Length    int64
}

// A rule says which rule gave a field.
type rule struct{ Field, Rule string }

// shownCaptures is how many captures the page of an article lists; there is one for each of its pictures and each later look.
const shownCaptures = 60

func (r *Room) article(w http.ResponseWriter, req *http.Request) error {
	lang := languageOf(req)
	a, err := r.articleAt(req)
	if err != nil {
		return err
	}
	d, err := r.articlePage(req.Context(), a, lang)
	if err != nil {
		return err
	}
	title := a.Title
	if title == "" {
		title = text(lang, "search.untitled")
	}
	r.show(w, req, http.StatusOK, "article", view{Title: title, Nav: "search", Data: d})
	return nil
}

// articleAt is the article, in the version, that the address names.
func (r *Room) articleAt(req *http.Request) (archive.Article, error) {
	id, err := strconv.ParseInt(req.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return archive.Article{}, errNothing
	}
	version := 0
	if req.URL.RawQuery != "" {
		if version, err = number(req.URL.Query(), "version", 0); err != nil {
			return archive.Article{}, err
		}
	}
	if version == 0 {
		return r.archive.Article(req.Context(), id)
	}
	return r.archive.ArticleAt(req.Context(), id, version)
}

// bibtex sends the citation as a file for reference managers.
func (r *Room) bibtex(w http.ResponseWriter, req *http.Request) error {
	a, err := r.articleAt(req)
	if err != nil {
		return err
	}
	site, err := r.siteName(req.Context(), a.Site)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/x-bibtex; charset=utf-8")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Site + "-" + strconv.FormatInt(a.ID, 10) + ".bib"}))
	_, err = io.WriteString(w, cite(a, site).BibTeX)
	return err
}

// articlePage gathers what belongs to an article.
func (r *Room) articlePage(ctx context.Context, a archive.Article, lang string) (*articleData, error) {
	d := &articleData{Article: a, Newest: a.Revision == a.Revisions}
	var err error
	if d.SiteName, err = r.siteName(ctx, a.Site); err != nil {
		return nil, err
	}
	d.Citation = cite(a, d.SiteName)
	for _, c := range a.Credits {
		if n := len(d.People); n > 0 && d.People[n-1].Role == c.Role {
			d.People[n-1].Names = append(d.People[n-1].Names, c.Name)
			continue
		}
		d.People = append(d.People, people{c.Role, []string{c.Name}})
	}
	var addresses []string
	for _, m := range a.Images {
		addresses = append(addresses, m.URL)
	}
	for _, f := range a.Attachments {
		addresses = append(addresses, f.URL)
	}
	held, err := r.archive.HeldFiles(ctx, addresses)
	if err != nil {
		return nil, err
	}
	for _, f := range a.Attachments {
		h := heldFile{Name: f.Name, URL: f.URL}
		if c, ok := held[f.URL]; ok {
			h.Capture, h.Length = c.ID, c.PayloadLength
		}
		if h.Name == "" {
			h.Name = fileName(f.URL)
		}
		d.Files = append(d.Files, h)
	}
	d.Text = bodyHTML(a, held, lang)
	if a.Capture != 0 {
		c, err := r.archive.Capture(ctx, a.Capture)
		if err != nil {
			return nil, err
		}
		d.Capture = &c
	}
	return d, r.evidence(ctx, d)
}

// evidence adds versions, events, rules and captures.
func (r *Room) evidence(ctx context.Context, d *articleData) (err error) {
	if d.Versions, err = r.archive.Revisions(ctx, d.ID); err != nil {
		return err
	}
	slices.Reverse(d.Versions)
	if d.Events, err = r.archive.Events(ctx, d.ID); err != nil {
		return err
	}
	if d.Captures, err = r.archive.CapturesOf(ctx, d.ID, shownCaptures); err != nil {
		return err
	}
	if !d.Newest { // rules are noted of the newest version alone
		return nil
	}
	rules, err := r.archive.Provenance(ctx, d.ID)
	for _, field := range slices.Sorted(maps.Keys(rules)) {
		d.Rules = append(d.Rules, rule{field, rules[field]})
	}
	return err
}
