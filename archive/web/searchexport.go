package web

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"campusnews/archive"
	"campusnews/archive/export"
)

// What a search gives as a file: at most so many articles, so many in a feed. campusnews export knows no bound.
const (
	exportMost = 10000
	feedMost   = 50
	exportStep = 200 // articles of one look
)

// exportSearch sends all articles of a search, in its order, as JSON, CSV or Atom.
func (r *Room) exportSearch(format string) pageFunc {
	return func(w http.ResponseWriter, req *http.Request) error {
		s, err := parseSearch(req.URL.Query())
		if err != nil {
			return err
		}
		select { // it reads much: one after the other
		case r.exporting <- struct{}{}:
			defer func() { <-r.exporting }()
		case <-req.Context().Done():
			return req.Context().Err()
		}
		most := exportMost
		if format == "atom" {
			most = feedMost
		}
		// The first look comes before the first byte: what is wrong with the search is said as an error page.
		first, err := r.articlesOf(req.Context(), s, 0, min(exportStep, most))
		if err != nil {
			return err
		}
		var updated time.Time
		for _, a := range first {
			updated = later(updated, a.FirstSeen, a.Changed)
		}
		buffered := bufio.NewWriterSize(w, 64<<10)
		out, err := r.searchWriter(buffered, w.Header(), format, s, updated)
		if err != nil {
			return err
		}
		for offset := 0; ; {
			for _, a := range first {
				if err := out.Write(a); err != nil {
					return nil // the visitor has left
				}
			}
			offset += len(first)
			if len(first) < exportStep || offset >= most || req.Method == http.MethodHead {
				break
			}
			if first, err = r.articlesOf(req.Context(), s, offset, min(exportStep, most-offset)); err != nil {
				r.opts.Log.Error("export ended early", "path", req.URL.Path, "err", err)
				panic(http.ErrAbortHandler) // so that the visitor sees that it is cut
			}
		}
		if err := out.Close(); err != nil {
			return nil
		}
		_ = buffered.Flush()
		return nil
	}
}

// articlesOf gives the articles of a search from offset on, with all that is known of them.
func (r *Room) articlesOf(ctx context.Context, s search, offset, limit int) ([]archive.Article, error) {
	q := s.everything()
	q.Offset, q.Limit = offset, limit
	leave, err := r.searching.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	hits, err := r.archive.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	var list []archive.Article
	for _, h := range hits.Hits {
		a, err := r.archive.Article(ctx, h.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

func later(times ...time.Time) (t time.Time) {
	for _, x := range times {
		if x.After(t) {
			t = x
		}
	}
	return t
}

// searchWriter sets what the answer is and gives what writes it.
func (r *Room) searchWriter(w io.Writer, h http.Header, format string, s search, updated time.Time) (export.Writer, error) {
	h.Set("Content-Disposition", `attachment; filename="search.`+format+`"`)
	switch format {
	case "json":
		h.Set("Content-Type", "application/json")
		return &jsonArray{w: w}, nil
	case "atom":
		h.Set("Content-Type", "application/atom+xml; charset=utf-8")
		h.Del("Content-Disposition")
	default:
		h.Set("Content-Type", "text/csv; charset=utf-8")
	}
	f, err := export.Find(format)
	if err != nil {
		return nil, err
	}
	title := "campusnews"
	if s.Text != "" {
		title = s.Text + " · " + title
	}
	v := s.values()
	v.Del("page")
	return f.New(w, export.Options{BOM: true, Head: export.Head{Title: title, ID: "urn:campusnews:search:" + v.Encode(), Updated: updated}})
}

// A jsonArray writes articles as one JSON array.
type jsonArray struct {
	w     io.Writer
	begun bool
}

func (j *jsonArray) Write(a archive.Article) error {
	var b strings.Builder
	b.WriteString(",\n")
	if !j.begun {
		b.Reset()
		b.WriteString("[\n")
	}
	j.begun = true
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(export.NewRecord(a)); err != nil {
		return err
	}
	_, err := io.WriteString(j.w, strings.TrimSuffix(b.String(), "\n"))
	return err
}

func (j *jsonArray) Close() error {
	end := "\n]\n"
	if !j.begun {
		end = "[]\n"
	}
	_, err := io.WriteString(j.w, end)
	return err
}
