package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"campusnews/archive"
	"campusnews/archive/export"
)

// An articleList is a page of articles by rising id.
type articleList struct {
	Articles []export.Record `json:"articles"`
	Next     *string         `json:"next"` // address of the rest; null = there is none
}

func (r *Room) apiArticles(req *http.Request) (any, error) {
	q := req.URL.Query()
	s, err := parseSearch(q)
	if err != nil {
		return nil, err
	}
	limit, err := limitOf(q)
	if err != nil {
		return nil, err
	}
	after, err := number(q, "after", 0)
	if err != nil {
		return nil, err
	}
	out := articleList{Articles: []export.Record{}}
	walk := archive.Walk{Filter: s.Filter, Limit: limit + 1, After: int64(after)}
	err = r.archive.EachArticle(req.Context(), walk, func(a archive.Article) error {
		out.Articles = append(out.Articles, export.NewRecord(a))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(out.Articles) > limit {
		out.Articles = out.Articles[:limit]
		v := s.values()
		for _, name := range []string{"q", "sort", "page"} {
			v.Del(name)
		}
		v.Set("limit", strconv.Itoa(limit))
		v.Set("after", strconv.FormatInt(out.Articles[limit-1].ID, 10))
		next := address(req.URL.Path, v)
		out.Next = &next
	}
	return out, nil
}

func (r *Room) apiArticle(req *http.Request) (any, error) {
	a, err := r.articleAt(req)
	if err != nil {
		return nil, err
	}
	return export.NewRecord(a), nil
}

// A revisionJSON is a version of an article.
type revisionJSON struct {
	Number  int       `json:"number"`
	Seen    time.Time `json:"seen"`
	Cause   string    `json:"cause"`
	Changed []string  `json:"changed"`
	Capture *int64    `json:"capture"`
	Text    string    `json:"text"` // address of the version as an article
}

func (r *Room) apiRevisions(req *http.Request) (any, error) {
	id, err := apiID(req)
	if err != nil {
		return nil, err
	}
	list, err := r.archive.Revisions(req.Context(), id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errNothing
	}
	out := []revisionJSON{}
	for _, v := range list {
		text := r.opts.Base + address("/api/v1/articles/"+strconv.FormatInt(id, 10), url.Values{"version": {strconv.Itoa(v.Number)}})
		out = append(out, revisionJSON{v.Number, v.Seen, v.Cause, fields(v.Changed), idOrNil(v.Capture), text})
	}
	return map[string]any{"revisions": out}, nil
}

// A captureJSON is one request as the archive noted it.
type captureJSON struct {
	ID            int64     `json:"id"`
	Crawl         *int64    `json:"crawl"`
	Article       *int64    `json:"article"`
	Site          string    `json:"site"`
	URL           string    `json:"url"`
	Reason        *string   `json:"reason"`
	Started       time.Time `json:"started"`
	DurationMS    int64     `json:"duration_ms"`
	Status        *int      `json:"status"`
	ContentType   *string   `json:"content_type"`
	Truncated     *string   `json:"truncated"`
	Error         *string   `json:"error"`
	PayloadLength int64     `json:"payload_length"`
	PayloadDigest *string   `json:"payload_digest"`
	SameAs        *int64    `json:"same_as"`
	File          *string   `json:"file"`
	Offset        *int64    `json:"offset"`
	Length        *int64    `json:"length"`
	Archived      *string   `json:"archived"` // address where it is shown as it was
	Content       *string   `json:"content"`  // address of its bytes
}

func (r *Room) asCaptureJSON(c archive.Capture) captureJSON {
	out := captureJSON{
		ID: c.ID, Crawl: idOrNil(c.Crawl), Article: idOrNil(c.Article), Site: c.Site, URL: c.URL, Reason: orNil(c.Reason), Started: c.Started, DurationMS: c.Duration.Milliseconds(),
		ContentType: orNil(c.ContentType), Truncated: orNil(c.Truncated), Error: orNil(c.Error), PayloadLength: c.PayloadLength, PayloadDigest: orNil(c.PayloadDigest),
		SameAs: idOrNil(c.SameAs), File: orNil(c.File), Archived: orNil(archivedPath(c)),
	}
	if c.Status != 0 {
		out.Status = &c.Status
	}
	if c.File != "" {
		content := filePath(c.ID)
		out.Offset, out.Length, out.Content = &c.Offset, &c.Length, &content
	}
	return out
}

func (r *Room) apiCapture(req *http.Request) (any, error) {
	id, err := apiID(req)
	if err != nil {
		return nil, err
	}
	c, err := r.archive.Capture(req.Context(), id)
	if err != nil {
		return nil, err
	}
	return r.asCaptureJSON(c), nil
}

func (r *Room) apiArticleCaptures(req *http.Request) (any, error) {
	id, err := apiID(req)
	if err != nil {
		return nil, err
	}
	if _, err := r.archive.Revisions(req.Context(), id); err != nil {
		return nil, err
	}
	return r.captureList(req, func(limit int) ([]archive.Capture, error) { return r.archive.CapturesOf(req.Context(), id, limit) })
}

func (r *Room) apiCaptures(req *http.Request) (any, error) {
	at := req.URL.Query().Get("url")
	if at == "" {
		return nil, badRequest("error.url")
	}
	return r.captureList(req, func(limit int) ([]archive.Capture, error) { return r.archive.CapturesAt(req.Context(), at, limit) })
}

func (r *Room) captureList(req *http.Request, list func(limit int) ([]archive.Capture, error)) (any, error) {
	limit, err := limitOf(req.URL.Query())
	if err != nil {
		return nil, err
	}
	captures, err := list(limit)
	if err != nil {
		return nil, err
	}
	out := []captureJSON{}
	for _, c := range captures {
		out = append(out, r.asCaptureJSON(c))
	}
	return map[string]any{"captures": out}, nil
}
