package web

import (
	"context"
	"html/template"
	"net/http"
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

func (r *Room) article(w http.ResponseWriter, req *http.Request) error {
	id, err := strconv.ParseInt(req.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return errNothing
	}
	a, err := r.archive.Article(req.Context(), id)
	if err != nil {
		return err
	}
	d, err := r.articlePage(req.Context(), a, languageOf(req))
	if err != nil {
		return err
	}
	r.show(w, req, http.StatusOK, "article", view{Title: a.Title, Nav: "search", Data: d})
	return nil
}

// articlePage gathers what belongs to an article.
func (r *Room) articlePage(ctx context.Context, a archive.Article, lang string) (*articleData, error) {
	d := &articleData{Article: a, SiteName: a.Site}
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
	return d, nil
}
