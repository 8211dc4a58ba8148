package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"campusnews/archive"
	"campusnews/archive/ask"
)

// The JSON interface, version 1. It only reads, and only grows: fields are added, never taken away or given
// another meaning. openapi.json describes it, and a test holds the answers against that.

//go:embed openapi.json
var openAPI []byte

// How many entries an answer holds.
const (
	apiLimit = 20
	apiMost  = 100
)

// routeAPI adds the JSON interface to mux.
func (r *Room) routeAPI(mux *http.ServeMux) {
	for pattern, f := range map[string]apiFunc{
		"/api/v1/search":                  r.amongFew(r.apiSearch),
		"/api/v1/articles":                r.amongFew(r.apiArticles),
		"/api/v1/articles/{id}":           r.apiArticle,
		"/api/v1/articles/{id}/revisions": r.apiRevisions,
		"/api/v1/articles/{id}/captures":  r.apiArticleCaptures,
		"/api/v1/captures":                r.apiCaptures,
		"/api/v1/captures/{id}":           r.apiCapture,
		"/api/v1/sites":                   r.apiSites,
		"/api/v1/sections":                r.apiSections,
		"/api/v1/stats":                   r.apiStats,
		"/api/v1/health":                  r.apiHealth,
		"/api/v1/":                        func(*http.Request) (any, error) { return nil, errNothing },
	} {
		mux.HandleFunc("GET "+pattern, r.api(f))
	}
	mux.HandleFunc("GET /api/v1/openapi.json", func(w http.ResponseWriter, req *http.Request) {
		writeJSON(w, req, "application/vnd.oai.openapi+json;version=3.1", bytes.Replace(openAPI, []byte(`"url": "/api/v1"`), []byte(`"url": "`+r.opts.Base+`/api/v1"`), 1))
	})
	mux.HandleFunc("GET /api", r.page(r.apiPage))
}

// An apiFunc gives what is to be told as JSON.
type apiFunc func(req *http.Request) (any, error)

// amongFew is f among the few searches that are answered at a time.
func (r *Room) amongFew(f apiFunc) apiFunc {
	return func(req *http.Request) (any, error) {
		leave, err := r.searching.enter(req.Context())
		if err != nil {
			return nil, err
		}
		defer leave()
		return f(req)
	}
}

// api makes a handler of f: its error becomes a problem (RFC 9457), in English.
func (r *Room) api(f apiFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		v, err := f(req)
		if err != nil {
			if unclear, ok := errors.AsType[*ask.Error](err); ok {
				writeProblem(w, http.StatusBadRequest, unclear.Error())
				return
			}
			if errors.Is(err, archive.ErrNoRelevance) {
				writeProblem(w, http.StatusBadRequest, err.Error())
				return
			}
			s := statusOf(err)
			if s.status >= 500 {
				r.opts.Log.Error("request failed", "path", req.URL.Path, "status", s.status, "err", err)
			}
			s.retry(w.Header())
			writeProblem(w, s.status, s.says("en"))
			return
		}
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			r.opts.Log.Error("request failed", "path", req.URL.Path, "err", err)
			writeProblem(w, http.StatusInternalServerError, text("en", "error.fault"))
			return
		}
		writeJSON(w, req, "application/json", b.Bytes())
	}
}

// writeJSON sends b, or 304 when the asker has it already.
func writeJSON(w http.ResponseWriter, req *http.Request, kind string, b []byte) {
	sum := sha256.Sum256(b)
	if unchanged(w, req, `"`+hex.EncodeToString(sum[:12])+`"`) {
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	_, _ = w.Write(b)
}

// limitOf is how many entries are asked for.
func limitOf(q url.Values) (int, error) {
	n, err := number(q, "limit", apiLimit)
	if err == nil && n > apiMost {
		return 0, badRequest("error.number", q.Get("limit"))
	}
	return n, err
}

// apiID is the number in a path.
func apiID(req *http.Request) (int64, error) {
	id, err := strconv.ParseInt(req.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return 0, errNothing
	}
	return id, nil
}

// apiPage says to people what programs can ask.
func (r *Room) apiPage(w http.ResponseWriter, req *http.Request) error {
	r.show(w, req, http.StatusOK, "api", view{Title: text(languageOf(req), "nav.api"), Nav: "api", Data: apiExamples})
	return nil
}

// apiExamples are addresses to try, with what they give.
var apiExamples = []struct{ Path, Key string }{
	{"/api/v1/search?q=%E5%9B%BE%E4%B9%A6%E9%A6%86", "api.search"},
	{"/api/v1/articles?from=2016&to=2018", "api.articles"},
	{"/api/v1/articles/1", "api.article"},
	{"/api/v1/articles/1/revisions", "api.revisions"},
	{"/api/v1/articles/1/captures", "api.captures"},
	{"/api/v1/sites", "api.sites"},
	{"/api/v1/sections", "api.sections"},
	{"/api/v1/stats", "api.stats"},
	{"/api/v1/health", "api.health"},
}
