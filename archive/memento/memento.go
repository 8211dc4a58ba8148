// Package memento shows captured pages as they were: over HTTP, from the WARC files of an archive and from nowhere else, at the
// addresses web archives use, with the Memento protocol (RFC 7089).
//
//	/web/20160722093000/https://news.example.edu.cn/a.htm      a page around the captured one: when, where, what else
//	/web/20160722093000if_/https://…                           the captured page for the frame in it, addresses rewritten
//	/web/20160722093000im_/https://…  cs_/                     a picture, a style sheet of it
//	/web/20160722093000id_/https://…                           the body as received, content coding and all, nothing rewritten
//	/web/20160722093000-17/https://…                           the 17th capture of the archive, where its second alone leads to another one
//	/web/2016/https://…  /web/https://…                        leads to the nearest, or latest
//	/web/*/https://…                                           all captures of the address
//	/web/timegate/https://…                                    negotiates by Accept-Datetime
//	/web/timemap/link/https://…  /web/timemap/json/https://…   all captures for programs
//
// What is captured is hostile: scripts are taken out and forbidden three times over (rewriting, Content-Security-Policy, sandbox),
// and no answer makes a browser ask anybody but the archive. The package asks nobody at all.
//
// How the pages around look is not its business: whoever mounts the Handler renders them.
package memento

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"time"

	"campusnews/archive"
	"campusnews/archive/warc"
)

// Prefix is where a Handler's addresses begin. They hold addresses with "//" and "%2F" in them, so http.ServeMux,
// which would clean them, must not see them: hand what begins with Prefix to the Handler first.
const Prefix = "/web/"

// A View is what a page around captures has to say.
type View struct {
	Kind     Kind
	Status   int             // HTTP status to answer with
	Address  string          // the original address; text, never to be linked to
	Capture  archive.Capture // of Page and Dead
	At       time.Time       // of Capture, or what was asked for; UTC; zero = the latest
	Target   string          // of Dead: where the site sent visitors, as text
	Frame    string          // of Page: path of the framed page
	Exact    string          // path of the body as received; "" = there is no capture
	All      string          // path of the list of all captures
	TimeMap  string          // path
	First    Moment          // the captures around; zero = none
	Previous Moment
	Next     Moment
	Last     Moment
	List     []Moment // of All, earliest first
	More     bool     // List is cut
}

// A Moment is a capture to lead to.
type Moment struct {
	Path   string
	At     time.Time // UTC
	Status int       // as the site answered; a 304 means as before
	Type   string    // media type
}

// A Kind of View.
type Kind string

const (
	Page    Kind = "page"    // a capture, shown in a frame
	Dead    Kind = "dead"    // a captured redirect whose target is not archived, or is itself
	Missing Kind = "missing" // the archive has nothing of the address
	All     Kind = "all"     // all captures of an address
	Away    Kind = "away"    // the capture's bytes are not here any more, only in a copy
	Wrong   Kind = "wrong"   // the address asked for cannot be read
)

// Options of a Handler.
type Options struct {
	// Render writes the page around. It sets status, headers and policy of its own; Link, Memento-Datetime and Vary are set already. Required.
	Render func(w http.ResponseWriter, r *http.Request, v View)

	// Base is the path below which Prefix stands, "" = the root. It goes before the addresses that the Handler itself writes; the
	// requests that it gets, and the paths in a View, begin with Prefix.
	Base string

	// Fault is told of errors of archive and disk; what they say of paths is not for visitors. nil = nobody.
	Fault func(r *http.Request, err error)
}

// Bounds of what is rewritten; larger pages are offered as they were received.
const (
	maxAddress = 8 << 10  // bytes of an address
	maxPacked  = 16 << 20 // bytes of a page or style sheet as received
	maxPage    = 8 << 20  // and unpacked
	maxParts   = 2000     // pictures and the like looked up for one page
)

// A Handler answers for the addresses below Prefix.
type Handler struct {
	a       *archive.Archive
	opts    Options
	working chan struct{} // bounds how many pages are in memory to be rewritten
}

// New makes a Handler that shows what a holds.
func New(a *archive.Archive, opts Options) *Handler {
	if opts.Fault == nil {
		opts.Fault = func(*http.Request, error) {}
	}
	return &Handler{a: a, opts: opts, working: make(chan struct{}, 2+runtime.GOMAXPROCS(0))}
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are answered here", http.StatusMethodNotAllowed)
		return
	}
	q, err := parse(r.URL)
	if err != nil {
		h.opts.Render(w, r, View{Kind: Wrong, Status: http.StatusBadRequest})
		return
	}
	switch q.form {
	case formTimeMapLink, formTimeMapJSON:
		err = h.timeMap(w, r, q)
	case formTimeGate, formLatest:
		err = h.timeGate(w, r, q)
	case formAll:
		err = h.all(w, r, q)
	case formPage:
		err = h.page(w, r, q)
	default:
		err = h.part(w, r, q)
	}
	switch {
	case err == nil || errors.Is(err, context.Canceled):
	case errors.Is(err, archive.ErrNotFound):
		h.missing(w, r, q)
	case errors.Is(err, warc.ErrAway):
		h.away(w, r, q)
	default:
		h.opts.Fault(r, err)
		http.Error(w, "the archive cannot be read here; its log says why", http.StatusInternalServerError)
	}
}

// away says that the bytes are elsewhere.
func (h *Handler) away(w http.ResponseWriter, r *http.Request, q query) {
	switch q.form {
	case formFrame:
		h.plain(w, http.StatusServiceUnavailable, frameText{Text: "原始字节已移出本机，只在副本中 · these bytes are not on this machine any more, only in the copy", Address: q.address})
	case formPage, formAll, formLatest, formTimeGate:
		h.opts.Render(w, r, View{Kind: Away, Status: http.StatusServiceUnavailable, Address: q.address, At: q.at, All: pathAll(q.address), TimeMap: pathTimeMap("link", q.address)})
	default:
		http.Error(w, "not on this machine any more, only in the copy", http.StatusServiceUnavailable)
	}
}

// missing says that the archive has nothing of the address. What is asked for a part of a page gets no page.
func (h *Handler) missing(w http.ResponseWriter, r *http.Request, q query) {
	switch q.form {
	case formImage, formSheet, formExact, formTimeMapJSON, formTimeMapLink, formOther:
		http.Error(w, "not archived", http.StatusNotFound)
	case formFrame:
		h.plain(w, http.StatusNotFound, frameText{Text: "未存档 · not archived", Address: q.address})
	default:
		h.opts.Render(w, r, View{Kind: Missing, Status: http.StatusNotFound, Address: q.address, At: q.at, All: pathAll(q.address), TimeMap: pathTimeMap("link", q.address)})
	}
}
