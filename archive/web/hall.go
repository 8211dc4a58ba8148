package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"campusnews/archive"
	"campusnews/archive/ask"
)

// A hall is a Room over many archives, each of which lies elsewhere and has a Room of its own there: a search is put to all of
// them, and what belongs to one archive, its articles, captures and pages as they were, is answered by that one's Room below /sites/ID/.

// Archives are what a hall is over. The methods may be called from several goroutines.
type Archives interface {
	// Search puts a query to all archives, with how their hits are spread. Those that do not answer within a few seconds are named, and are no error.
	Search(ctx context.Context, q archive.Query) (Found, error)
	// Standing says how all sites and workers are.
	Standing(ctx context.Context) (Standing, error)
	// Visit has the archive of a site answer req, whose path begins with /sites/ID/. The error is for before anything was
	// written; it wraps ErrAway when the archive cannot be reached.
	Visit(w http.ResponseWriter, req *http.Request, site string) error
}

// ErrAway says that an archive cannot be reached.
var ErrAway = errors.New("the archive cannot be reached")

// Found is what many archives answer.
type Found struct {
	Hits     []archive.Hit // of all archives in one order, no more than asked for
	Facets   archive.Facets
	Archives int      // that were to answer
	Silent   []string // sites of those that did not, in order
}

// A Standing is how a fleet is.
type Standing struct {
	Workers []Worker
	Sites   []SiteStanding
}

// A Worker is who crawls and holds archives.
type Worker struct {
	ID, Host, Version, Labels string
	Busy, Slots, Archives     int
	Disk                      int64 // bytes that its archives take; 0 = it does not say
	Draining                  bool
	Full                      string // why it takes no new sites; "" = it does
	Since                     time.Time
}

// A SiteStanding is how a site's crawls fare.
type SiteStanding struct {
	ID, Name, Rhythm string
	State            string    // new, running, done, part, interrupted, failed, refused, setaside, paused, nobody
	At               string    // worker that holds the archive; "" = there is none yet
	Alive            bool      // that worker was heard of lately
	Runs             int       // that have begun
	Latest, Next     time.Time // zero = never, unknown
	Blocked          []string  // hosts that refused in the latest run
	Note             string    // what the latest run says of itself, or why it failed
	Copied           time.Time // when the copy was last written; zero = there is none
	Copy             int64     // bytes
}

// NewHall makes a Room over many archives. Options.Archive and Base are not used.
func NewHall(opts Options, archives Archives) (*Room, error) {
	opts.Archive, opts.Base = nil, ""
	r, err := newRoom(opts)
	if err != nil {
		return nil, err
	}
	r.archives = archives
	r.searching = newGate(hallSearches)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", r.page(r.hallHome))
	mux.HandleFunc("GET /search", r.page(r.hallSearch))
	mux.HandleFunc("GET /search.json", r.page(r.hallSearchJSON))
	mux.HandleFunc("GET /overview", r.page(r.hallOverview))
	mux.HandleFunc("GET /health", r.page(r.hallHealth))
	mux.Handle("GET /static/", r.static)
	mux.HandleFunc("/", r.page(r.nothing))
	visit := r.page(r.visit)
	r.handler = r.guard(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if strings.HasPrefix(req.URL.Path, sitesPrefix) { // the mux would clean the addresses within those of captures
			visit(w, req)
			return
		}
		mux.ServeHTTP(w, req)
	}))
	return r, nil
}

const (
	sitesPrefix  = "/sites/"
	hallSearches = 8  // put to the archives at the same time; each asks all of them
	hallPages    = 50 // of results: for page n every archive gives the hits of n pages
	shownSilent  = 20 // named, of those that did not answer
)

// silence is who did not answer.
type silence struct {
	Sites []string
	Shown []string
	Of    int
}

func (f Found) silence() *silence {
	if len(f.Silent) == 0 {
		return nil
	}
	return &silence{Sites: f.Silent, Shown: f.Silent[:min(len(f.Silent), shownSilent)], Of: f.Archives}
}

// ask puts a page of a search to all archives. Hits before that page are left out.
func (r *Room) ask(ctx context.Context, s search) (Found, error) {
	if s.Page > hallPages {
		return Found{}, badRequest("hall.deep", hallPages)
	}
	leave, err := r.searching.enter(ctx)
	if err != nil {
		return Found{}, err
	}
	defer leave()
	q := s.everything()
	q.Limit, q.Offset, q.Most = s.Offset+s.Limit, 0, mostCounted
	f, err := r.archives.Search(ctx, q)
	f.Hits = f.Hits[min(s.Offset, len(f.Hits)):]
	return f, err
}

// hallNames are the sites' names.
func (r *Room) hallNames(ctx context.Context) (map[string]string, Standing, error) {
	st, err := r.archives.Standing(ctx)
	names := map[string]string{}
	for _, s := range st.Sites {
		names[s.ID] = s.Name
	}
	return names, st, err
}

func (r *Room) hallHome(w http.ResponseWriter, req *http.Request) error {
	s, err := parseSearch(url.Values{})
	if err != nil {
		return err
	}
	s.Limit = shownLatest
	f, err := r.ask(req.Context(), s)
	if err != nil {
		return err
	}
	d := homeData{Articles: f.Facets.Total, Sites: f.Archives, Years: s.yearChart(f.Facets.Years), Hits: f.Hits, Silent: f.silence()}
	r.show(w, req, http.StatusOK, "home", view{Nav: "search", Data: d})
	return nil
}

func (r *Room) hallSearch(w http.ResponseWriter, req *http.Request) error {
	s, err := parseSearch(req.URL.Query())
	if err != nil {
		return err
	}
	lang, status := languageOf(req), http.StatusOK
	d, err := r.hallFind(req.Context(), s, lang)
	if unclear, ok := errors.AsType[*ask.Error](err); ok {
		d, status = &searchData{search: s, Unclear: askedWrong(lang, unclear)}, http.StatusBadRequest
	} else if err != nil {
		return err
	}
	title := text(lang, "search")
	if s.Text != "" {
		title = s.Text + " · " + title
	}
	r.show(w, req, status, "search", view{Title: title, Nav: "search", Query: s.Text, Data: d})
	return nil
}

func (r *Room) hallFind(ctx context.Context, s search, lang string) (*searchData, error) {
	f, err := r.ask(ctx, s)
	if err != nil {
		return nil, err
	}
	names, _, err := r.hallNames(ctx)
	if err != nil {
		return nil, err
	}
	d := s.present(lang, names, outcome{hits: f.Hits, facets: f.Facets, years: f.Facets.Years})
	d.Pages = min(d.Pages, hallPages)
	if s.Page >= d.Pages {
		d.Next = ""
	}
	d.CSV, d.Atom, d.Silent = "", "", f.silence() // whole articles lie elsewhere: fleet export has them
	return d, nil
}

// hallSearchJSON is a page of results for programs.
func (r *Room) hallSearchJSON(w http.ResponseWriter, req *http.Request) error {
	s, err := parseSearch(req.URL.Query())
	if err != nil {
		return err
	}
	f, err := r.ask(req.Context(), s)
	if err != nil {
		return err
	}
	type hitJSON struct {
		archive.Hit
		Path string // of the article's page here
	}
	out := struct {
		Total    int       `json:"total"`
		About    bool      `json:"about"` // Total is an estimate
		Archives int       `json:"archives"`
		Silent   []string  `json:"silent"`
		Hits     []hitJSON `json:"hits"`
	}{f.Facets.Total, f.Facets.About || f.Facets.More, f.Archives, notNil(f.Silent), []hitJSON{}}
	for _, h := range f.Hits {
		out.Hits = append(out.Hits, hitJSON{h, r.articleOf(h)})
	}
	b, err := json.Marshal(out)
	if err != nil {
		return err
	}
	writeJSON(w, req, "application/json", append(b, '\n'))
	return nil
}

// articleOf is the address of a hit's article.
func (r *Room) articleOf(h archive.Hit) string {
	path := "/articles/" + strconv.FormatInt(h.ID, 10)
	if r.archives != nil {
		path = sitesPrefix + url.PathEscape(h.Site) + path
	}
	return path
}

// placeOf is which archive a hit is from; "" where there is only one.
func (r *Room) placeOf(h archive.Hit) string {
	if r.archives == nil {
		return ""
	}
	return h.Site
}
