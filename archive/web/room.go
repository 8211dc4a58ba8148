package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"campusnews/archive"
	"campusnews/archive/ask"
	"campusnews/archive/memento"
	"campusnews/archive/warc"
)

// Options say how a Room behaves. Archive is needed; the zero of all else is good.
type Options struct {
	Archive *archive.Archive
	Version string // of the program, shown at the foot of pages

	// Token, when set, is asked of every request: as a bearer token, or as the password of basic
	// authentication with any name, which is what browsers can ask a person for.
	Token string
	// AnyHost answers whatever name the browser used. Without it only localhost and addresses of
	// this machine's loopback are answered, so that no page on the web can read the archive by giving
	// its own name our address (DNS rebinding).
	AnyHost bool
	// CORS is the origin whose scripts may read /api/v1, "*" for all; "" = none.
	CORS string

	Now func() time.Time // nil = time.Now
	Log *slog.Logger     // told of requests that failed by our fault; nil = silent

	// Base is the path that the Room stands below, as /sites/csu; "" = the root of the server. A Room with a Base is
	// one of several, and its pages lead to the one above, at the root.
	Base string
}

// A Room answers requests. Its methods may be called from several goroutines.
type Room struct {
	opts     Options
	archive  *archive.Archive
	archives Archives                    // of a hall, which has no archive of its own
	pages    map[string]map[string]*page // by language, by name
	static   *static
	handler  http.Handler
	checking chan struct{} // holds one while a capture is checked

	exporting chan struct{} // holds one for each search that is being exported
	reading   chan struct{} // holds one for each file that is being read, see file.go
	searching *gate
	found     *remembered

	siteNames kept[map[string]string]
	figures   kept[figures]
	allFacets kept[archive.Facets]
	healthOf  kept[[]siteHealth]
	watch     watch

	mu    sync.Mutex // guards the beginning of tasks against Close
	ctx   context.Context
	close context.CancelFunc
	tasks sync.WaitGroup
}

// New makes a Room. The archive stays the caller's to close, after Close.
func New(opts Options) (*Room, error) {
	if opts.Archive == nil {
		return nil, errors.New("a reading room needs an archive")
	}
	r, err := newRoom(opts)
	if err != nil {
		return nil, err
	}
	r.siteNames = kept[map[string]string]{room: r, good: namesFor, make: r.archive.SiteNames}
	r.figures = kept[figures]{room: r, good: figuresFor, wait: time.Hour, make: r.count}
	r.allFacets = kept[archive.Facets]{room: r, good: facetsFor, make: r.facetsOfAll}
	r.healthOf = kept[[]siteHealth]{room: r, good: healthFor, make: r.health}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", r.page(r.home))
	mux.HandleFunc("GET /search", r.page(r.search))
	for _, format := range []string{"csv", "json", "atom"} {
		mux.HandleFunc("GET /search."+format, r.page(r.exportSearch(format)))
	}
	mux.HandleFunc("GET /overview", r.page(r.overview))
	mux.HandleFunc("GET /overview/{table}", r.page(r.overviewTable))
	mux.HandleFunc("GET /health", r.page(r.healthPage))
	mux.HandleFunc("GET /live", r.page(r.live))
	mux.HandleFunc("GET /articles/{id}", r.page(r.article))
	mux.HandleFunc("GET /articles/{id}/changes", r.page(r.changes))
	mux.HandleFunc("GET /articles/{id}/cite.bib", r.page(r.bibtex))
	mux.HandleFunc("GET /captures/{id}", r.page(r.capture))
	mux.HandleFunc("GET /files/{capture}", r.page(r.file))
	mux.Handle("GET /static/", r.static)
	r.routeAPI(mux)
	mux.HandleFunc("/", r.page(r.nothing))
	captures := r.newMemento()
	r.siteNames.begin()
	r.figures.begin()
	r.handler = withoutBase(opts.Base, r.guard(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if strings.HasPrefix(req.URL.Path, memento.Prefix) { // the mux would clean the addresses within
			captures.ServeHTTP(w, req)
			return
		}
		mux.ServeHTTP(w, req)
	})))
	return r, nil
}

// newRoom makes what any Room has.
func newRoom(opts Options) (*Room, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	r := &Room{opts: opts, archive: opts.Archive, checking: make(chan struct{}, 1), exporting: make(chan struct{}, 2), reading: make(chan struct{}, filesRead),
		searching: newGate(runtime.GOMAXPROCS(0)), found: newRemembered(rememberedBytes)}
	r.ctx, r.close = context.WithCancel(context.Background())
	var err error
	if r.static, err = loadStatic(); err != nil {
		return nil, err
	}
	if r.pages, err = r.loadPages(); err != nil {
		return nil, err
	}
	return r, nil
}

// ServeHTTP answers a request, after all that guard.go asks of it.
func (r *Room) ServeHTTP(w http.ResponseWriter, req *http.Request) { r.handler.ServeHTTP(w, req) }

// Close ends the answers that would go on for ever, live progress, and waits for what is done beside answering. It
// does not wait for other answers; http.Server.Shutdown does. It may be called again.
func (r *Room) Close() {
	r.mu.Lock()
	r.close()
	r.mu.Unlock()
	r.tasks.Wait()
}

// A pageFunc answers a request or gives the error that a page is to say.
type pageFunc func(w http.ResponseWriter, req *http.Request) error

// A statusError is an answer other than 200.
type statusError struct {
	status int
	key    string // of texts.go; what to tell the person
	args   []any
}

func (e *statusError) Error() string { return http.StatusText(e.status) + ": " + e.key }

func badRequest(key string, args ...any) error { return &statusError{http.StatusBadRequest, key, args} }

var errNothing = &statusError{status: http.StatusNotFound, key: "error.nothing"}

// statusOf says what an error means to the person who asked.
func statusOf(err error) *statusError {
	var s *statusError
	switch {
	case errors.As(err, &s):
		return s
	case errors.Is(err, archive.ErrNotFound):
		return errNothing
	case errors.Is(err, warc.ErrAway):
		return &statusError{status: http.StatusServiceUnavailable, key: "error.away"}
	case errors.Is(err, errCrowded):
		return &statusError{status: http.StatusServiceUnavailable, key: "error.busy"}
	case errors.Is(err, context.DeadlineExceeded):
		return &statusError{status: http.StatusServiceUnavailable, key: "error.slow"}
	}
	return &statusError{status: http.StatusInternalServerError, key: "error.fault"}
}

// page makes a handler of f: its error becomes a page that says it.
func (r *Room) page(f pageFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		err := f(w, req)
		if err == nil || req.Context().Err() == context.Canceled { // the visitor has left
			return
		}
		if unclear, ok := errors.AsType[*ask.Error](err); ok {
			err = badRequest("error.unclear", askedWrong(languageOf(req), unclear))
		}
		s := statusOf(err)
		if s.status >= 500 {
			r.opts.Log.Error("request failed", "path", req.URL.Path, "status", s.status, "err", err)
		}
		h := w.Header() // whatever f had set for its own answer
		for _, name := range []string{"ETag", "Content-Disposition", "Content-Length", "Last-Modified"} {
			h.Del(name)
		}
		h.Set("Content-Security-Policy", policy)
		h.Set("Cache-Control", "no-cache")
		s.retry(h)
		r.show(w, req, s.status, "error", view{Title: http.StatusText(s.status), Data: s.says(languageOf(req))})
	}
}

// retryAfter is when to ask again what was refused because of others, in seconds.
const retryAfter = "2"

// retry says so.
func (e *statusError) retry(h http.Header) {
	if e.status == http.StatusServiceUnavailable {
		h.Set("Retry-After", retryAfter)
	}
}

func (e *statusError) says(lang string) string { return text(lang, e.key, e.args...) }

func (r *Room) nothing(http.ResponseWriter, *http.Request) error { return errNothing }
