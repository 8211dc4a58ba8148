package export

import (
	"encoding/json"
	"io"
	"time"

	"campusnews/archive"
	"campusnews/extract"
)

// A Record is an article as JSON Lines and the JSON interface have it: all the archive knows. What is not stated is null, lists are never.
type Record struct {
	ID          int64            `json:"id"`
	Site        string           `json:"site"`
	Key         string           `json:"key"`
	URL         string           `json:"url"`
	Section     *string          `json:"section"`
	Day         *string          `json:"day"`
	Published   *string          `json:"published"`
	Title       *string          `json:"title"`
	Subtitle    *string          `json:"subtitle"`
	Source      *string          `json:"source"`
	Credits     []extract.Credit `json:"credits"`
	Body        string           `json:"body"`
	HTML        *string          `json:"html"`
	Images      []extract.Image  `json:"images"`
	Attachments []extract.File   `json:"attachments"`
	Media       []extract.File   `json:"media"`
	Links       []extract.Link   `json:"links"`
	State       string           `json:"state"`
	GoneSince   *time.Time       `json:"gone_since"`
	FirstSeen   time.Time        `json:"first_seen"`
	LastSeen    time.Time        `json:"last_seen"`
	Changed     *time.Time       `json:"changed"`
	Revision    int              `json:"revision"`
	Cause       string           `json:"cause"` // of this version: page = the newsroom wrote or changed it; extractor = the same bytes were read better
	Capture     *int64           `json:"capture"`
}

type jsonl struct{ enc *json.Encoder }

func newJSONL(w io.Writer, _ Options) (Writer, error) { return jsonl{encoder(w)}, nil }

func encoder(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}

func (j jsonl) Write(a archive.Article) error { return j.enc.Encode(NewRecord(a)) }

// NewRecord gives the Record of an article.
func NewRecord(a archive.Article) Record {
	r := Record{
		ID: a.ID, Site: a.Site, Key: a.Key, URL: a.URL, Section: orNil(a.Section), Day: orNil(a.Day), Published: orNil(a.Published),
		Title: orNil(a.Title), Subtitle: orNil(a.Subtitle), Source: orNil(a.Source), Credits: notNil(a.Credits), Body: a.Body, HTML: orNil(a.HTML),
		Images: notNil(a.Images), Attachments: notNil(a.Attachments), Media: notNil(a.Media), Links: notNil(a.Links), State: string(a.State),
		GoneSince: timeOrNil(a.GoneSince), FirstSeen: a.FirstSeen, LastSeen: a.LastSeen, Changed: timeOrNil(a.Changed), Revision: a.Revision, Cause: a.Cause,
	}
	if a.Capture != 0 {
		r.Capture = &a.Capture
	}
	return r
}

func (j jsonl) Close() error { return nil }
