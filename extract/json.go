package extract

import (
	"bytes"
	"encoding/json"
)

// MarshalJSON writes a Result as one flat object, the form that the command
// line prints: an article's or a list's fields stand beside kind and url. Fields
// that the page does not state are absent or null; lists are never null.
func (r Result) MarshalJSON() ([]byte, error) {
	type common struct {
		URL        string  `json:"url,omitempty"`
		Kind       Kind    `json:"kind"`
		Reason     string  `json:"reason,omitempty"`
		Target     string  `json:"target,omitempty"`
		Key        string  `json:"key,omitempty"`
		System     string  `json:"system,omitempty"`
		Confidence float64 `json:"confidence,omitempty"`
	}
	type charset struct {
		Charset string `json:"charset,omitempty"`
		Source  string `json:"charset_source,omitempty"`
		Lossy   bool   `json:"charset_lossy,omitempty"`
	}
	head := common{r.URL, r.Kind, r.Reason, r.Target, r.Key, r.System, r.Confidence}
	tail := charset{r.Charset.Name, r.Charset.Source, r.Charset.Lossy}
	switch {
	case r.Kind == KindArticle && r.Article != nil:
		a := r.Article
		return marshal(struct {
			common
			Title      string            `json:"title"`
			Subtitle   string            `json:"subtitle,omitempty"`
			Published  *string           `json:"published"`
			Source     *string           `json:"source"`
			Credits    []Credit          `json:"credits"`
			Section    string            `json:"section,omitempty"`
			Body       string            `json:"body"`
			HTML       string            `json:"html"`
			Images     []Image           `json:"images"`
			Files      []File            `json:"attachments"`
			Links      []Link            `json:"links"`
			Media      []File            `json:"media,omitempty"`
			Clicks     *Counter          `json:"clicks_dynamic"`
			Part       int               `json:"part,omitempty"`
			Parts      []string          `json:"parts,omitempty"`
			Provenance map[string]string `json:"provenance"`
			charset
		}{
			head, a.Title, a.Subtitle, orNull(a.Published), orNull(a.Source), notNil(a.Credits), a.Section, a.Body, a.HTML,
			notNil(a.Images), notNil(a.Files), notNil(a.Links), a.Media, a.Clicks, a.Part, a.Parts, a.Provenance, tail,
		})
	case r.Kind == KindList && r.Listing != nil:
		l := r.Listing
		return marshal(struct {
			common
			Section    string            `json:"section,omitempty"`
			Items      []Item            `json:"items"`
			Next       *string           `json:"next"`
			Page       int               `json:"page,omitempty"`
			Pages      int               `json:"pages,omitempty"`
			Total      int               `json:"total,omitempty"`
			Provenance map[string]string `json:"provenance"`
			charset
		}{head, l.Section, notNil(l.Items), orNull(l.Next), l.Page, l.Pages, l.Total, l.Provenance, tail})
	}
	return marshal(struct {
		common
		Nav   []Link `json:"nav,omitempty"`
		Items []Item `json:"items,omitempty"`
		charset
	}{head, r.Nav, r.ItemLinks, tail})
}

// marshal is json.Marshal without the escaping of <, > and &.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func notNil[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
