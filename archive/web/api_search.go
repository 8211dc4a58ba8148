package web

import (
	"net/http"
	"net/url"
	"strconv"

	"campusnews/archive"
)

// farthest is the farthest offset of a search that is answered.
const farthest = 10000

// A hitJSON is an article that fits a search. Marks are places of the words, in characters.
type hitJSON struct {
	ID         int64       `json:"id"`
	Site       string      `json:"site"`
	URL        string      `json:"url"`
	Section    *string     `json:"section"`
	Title      *string     `json:"title"`
	TitleMarks [][2]int    `json:"title_marks"`
	Published  *string     `json:"published"`
	Day        *string     `json:"day"`
	Source     *string     `json:"source"`
	State      string      `json:"state"`
	Snippet    snippetJSON `json:"snippet"`
}

type snippetJSON struct {
	Text  string   `json:"text"`
	Marks [][2]int `json:"marks"`
}

// A hitList is a page of hits.
type hitList struct {
	Total int       `json:"total"`
	More  bool      `json:"more"` // there are more than total: it was not counted to the end
	Hits  []hitJSON `json:"hits"`
	Next  *string   `json:"next"`
}

func (r *Room) apiSearch(req *http.Request) (any, error) {
	q := req.URL.Query()
	s, err := parseSearch(q)
	if err != nil {
		return nil, err
	}
	if s.Limit, err = limitOf(q); err != nil {
		return nil, err
	}
	offset, err := number(url.Values{"offset": {trimZero(q.Get("offset"))}}, "offset", 0)
	if err != nil || offset > farthest {
		return nil, badRequest("error.number", q.Get("offset"))
	}
	s.Offset = offset
	query := s.everything()
	query.Total, query.Most = true, mostCounted
	hits, err := r.archive.Search(req.Context(), query)
	if err != nil {
		return nil, err
	}
	out := hitList{Total: hits.Total, More: hits.More, Hits: []hitJSON{}}
	for _, h := range hits.Hits {
		out.Hits = append(out.Hits, asHitJSON(h))
	}
	if next := s.Offset + len(out.Hits); len(out.Hits) == s.Limit && next <= farthest && (hits.More || next < hits.Total) {
		v := s.values()
		v.Del("page")
		v.Set("limit", strconv.Itoa(s.Limit))
		v.Set("offset", strconv.Itoa(next))
		link := address(req.URL.Path, v)
		out.Next = &link
	}
	return out, nil
}

// trimZero makes "0" nothing, which is the same offset.
func trimZero(s string) string {
	if s == "0" {
		return ""
	}
	return s
}

func asHitJSON(h archive.Hit) hitJSON {
	return hitJSON{
		ID: h.ID, Site: h.Site, URL: h.URL, Section: orNil(h.Section), Title: orNil(h.Title), TitleMarks: characters(h.Title, h.TitleMarks), Published: orNil(h.Published),
		Day: orNil(h.Day), Source: orNil(h.Source), State: h.State, Snippet: snippetJSON{h.Snippet.Text, characters(h.Snippet.Text, h.Snippet.Marks)},
	}
}
