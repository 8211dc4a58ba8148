package export

import (
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"campusnews/archive"
)

// jsonld writes schema.org NewsArticle, one graph of all articles.
type jsonld struct{ *jsonList }

type ldThing struct {
	Type    string `json:"@type"`
	Name    string `json:"name,omitempty"`
	URL     string `json:"url,omitempty"`
	Caption string `json:"caption,omitempty"`
	Content string `json:"contentUrl,omitempty"`
	Format  string `json:"encodingFormat,omitempty"`
}

type ldArticle struct {
	Type        string    `json:"@type"`
	ID          string    `json:"@id"`
	URL         string    `json:"url"`
	Headline    string    `json:"headline,omitempty"`
	Alternative string    `json:"alternativeHeadline,omitempty"`
	Published   string    `json:"datePublished,omitempty"` // as precise as the page
	Modified    string    `json:"dateModified,omitempty"`  // when the archive first saw a changed text
	Section     string    `json:"articleSection,omitempty"`
	Authors     []ldThing `json:"author,omitempty"`
	Editors     []ldThing `json:"editor,omitempty"`
	Others      []ldThing `json:"contributor,omitempty"`
	Source      *ldThing  `json:"sourceOrganization,omitempty"`
	Images      []ldThing `json:"image,omitempty"`
	Files       []ldThing `json:"associatedMedia,omitempty"`
	Body        string    `json:"articleBody,omitempty"`
	Status      string    `json:"creativeWorkStatus,omitempty"` // "gone": the site took it away
	ArchivedAt  string    `json:"sdDatePublished,omitempty"`    // when this description was made from the page
}

func newJSONLD(w io.Writer, _ Options) (Writer, error) {
	l, err := newJSONList(w, struct {
		Context string `json:"@context"`
	}{"https://schema.org"}, "@graph")
	return jsonld{l}, err
}

func (f jsonld) Write(a archive.Article) error {
	r := ldArticle{
		Type: "NewsArticle", ID: a.URL, URL: a.URL, Headline: a.Title, Alternative: a.Subtitle, Published: a.Published, Section: a.Section, Body: a.Body,
		ArchivedAt: updated(a).UTC().Format(time.RFC3339),
	}
	if r.Published == "" {
		r.Published = a.Day
	}
	if !a.Changed.IsZero() {
		r.Modified = a.Changed.UTC().Format(time.RFC3339)
	}
	for _, c := range a.Credits {
		who := ldThing{Type: agent(c.Name), Name: c.Name}
		switch c.Role {
		case "author":
			r.Authors = append(r.Authors, who)
		case "editor":
			r.Editors = append(r.Editors, who)
		default:
			r.Others = append(r.Others, who)
		}
	}
	if a.Source != "" {
		r.Source = &ldThing{Type: "Organization", Name: a.Source}
	}
	for _, i := range a.Images {
		r.Images = append(r.Images, ldThing{Type: "ImageObject", Content: i.URL, Caption: i.Caption})
	}
	for _, x := range a.Attachments {
		r.Files = append(r.Files, ldThing{Type: "MediaObject", Content: x.URL, Name: x.Name, Format: typeOf(x.URL)})
	}
	for _, x := range a.Media {
		r.Files = append(r.Files, ldThing{Type: "MediaObject", Content: x.URL, Name: x.Name})
	}
	if a.State != "kept" {
		r.Status = string(a.State)
	}
	return f.add(r)
}

// agent tells units from people by how Chinese units end; no personal name has four characters and such an end.
func agent(name string) string {
	if utf8.RuneCountInString(name) < 4 {
		return "Person"
	}
	for _, end := range []string{"部", "处", "院", "系", "团", "会", "社", "中心", "办", "办公室", "室", "报", "站", "网", "局", "所", "馆", "委", "司", "组", "学", "队"} {
		if strings.HasSuffix(name, end) {
			return "Organization"
		}
	}
	return "Person"
}
