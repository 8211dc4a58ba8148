package web

import (
	"net/http"
	"time"

	"campusnews/archive"
	"campusnews/scraper"
)

// A siteJSON is a site with figures.
type siteJSON struct {
	ID          string     `json:"id"`
	Name        *string    `json:"name"`
	URL         *string    `json:"url"`
	System      *string    `json:"system"`
	Articles    int        `json:"articles"`
	Missing     int        `json:"missing"`
	Gone        int        `json:"gone"`
	Versions    int        `json:"versions"`
	FirstDay    *string    `json:"first_day"`
	LastDay     *string    `json:"last_day"`
	LastCapture *time.Time `json:"last_capture"`
}

func asSiteJSON(s archive.SiteStatus) siteJSON {
	return siteJSON{
		ID: s.Site.ID, Name: orNil(s.Site.Name), URL: orNil(s.Site.URL), System: orNil(s.Site.System), Articles: s.Articles, Missing: s.Missing, Gone: s.Gone,
		Versions: s.Versions, FirstDay: orNil(s.FirstDay), LastDay: orNil(s.LastDay), LastCapture: timeOrNil(s.LastCapture),
	}
}

func (r *Room) apiSites(req *http.Request) (any, error) {
	sites, err := r.healthOf.get(req.Context())
	if err != nil {
		return nil, err
	}
	out := []siteJSON{}
	for _, s := range sites {
		out = append(out, asSiteJSON(s.SiteStatus))
	}
	return map[string]any{"sites": out}, nil
}

// A sectionJSON is a section of a site; section "" holds the articles of none.
type sectionJSON = archive.SectionCount

func (r *Room) apiSections(req *http.Request) (any, error) {
	f, err := r.figures.get(req.Context())
	if err != nil {
		return nil, err
	}
	site := req.URL.Query().Get("site")
	out := []sectionJSON{}
	for _, s := range f.Sections {
		if site == "" || s.Site == site {
			out = append(out, s)
		}
	}
	return map[string]any{"sections": out}, nil
}

// statsJSON are the figures of the overview.
type statsJSON struct {
	Counted  time.Time              `json:"counted"`
	Articles int                    `json:"articles"`
	Missing  int                    `json:"missing"`
	Gone     int                    `json:"gone"`
	Versions int                    `json:"versions"`
	Captures int                    `json:"captures"`
	Bytes    int64                  `json:"bytes"`
	Months   []archive.MonthCount   `json:"months"`
	Sections []archive.SectionCount `json:"sections"`
	Sources  []archive.NameCount    `json:"sources"`
	People   []archive.NameCount    `json:"people"`
	Growth   []archive.Growth       `json:"growth"`
	Changes  []archive.Happening    `json:"changes"`
	Losses   []archive.Happening    `json:"losses"`
}

func (r *Room) apiStats(req *http.Request) (any, error) {
	f, err := r.figures.get(req.Context())
	if err != nil {
		return nil, err
	}
	return statsJSON{
		f.Counted, f.Articles, f.Missing, f.Gone, f.Versions, f.Captures, f.Bytes, notNil(f.Months), notNil(f.Stats.Sections), notNil(f.Sources),
		notNil(f.People), notNil(f.Growth), notNil(f.Changes), notNil(f.Losses),
	}, nil
}

// A healthJSON is how one site's crawls fare.
type healthJSON struct {
	Site     string      `json:"site"`
	Targets  int         `json:"targets"`
	Due      int         `json:"due"`
	Failing  int         `json:"failing"`
	Refused  int         `json:"refused"`
	NextDue  *time.Time  `json:"next_due"`
	Warnings []string    `json:"warnings"`
	Rates    []rateJSON  `json:"rates"`
	Runs     []runOfSite `json:"runs"`
}

type rateJSON struct {
	Field  string `json:"field"`
	Now    int    `json:"now"`    // percent
	Before *int   `json:"before"` // percent; null = there was no run before
}

type runOfSite struct {
	ID         int64                  `json:"id"`
	Started    time.Time              `json:"started"`
	Ended      *time.Time             `json:"ended"`
	Status     string                 `json:"status"`
	New        int64                  `json:"new"`
	Changed    int64                  `json:"changed"`
	Unchanged  int64                  `json:"unchanged"`
	Gone       int64                  `json:"gone"`
	Returned   int64                  `json:"returned"`
	Failed     int64                  `json:"failed"`
	Requests   int64                  `json:"requests"`
	Bytes      int64                  `json:"bytes"`
	RequestsBy map[scraper.Reason]int `json:"requests_by"`
	Error      *string                `json:"error"`
}

func (r *Room) apiHealth(req *http.Request) (any, error) {
	sites, err := r.healthOf.get(req.Context())
	if err != nil {
		return nil, err
	}
	under, err := r.progress(req.Context())
	if err != nil {
		return nil, err
	}
	running, out := []progressJSON{}, []healthJSON{}
	for _, p := range under {
		running = append(running, asProgressJSON(p))
	}
	for _, s := range sites {
		h := healthJSON{Site: s.Site.ID, Targets: s.Targets, Due: s.Due, Failing: s.Failed, Refused: s.Refused, NextDue: timeOrNil(s.NextDue),
			Warnings: []string{}, Rates: []rateJSON{}, Runs: []runOfSite{}}
		for _, w := range s.Warnings {
			h.Warnings = append(h.Warnings, line(text("en", w.Key)+" "+w.What+" "+w.Why))
		}
		for _, f := range s.Rates {
			rate := rateJSON{Field: f.Field, Now: f.Now}
			if f.Before >= 0 {
				rate.Before = &f.Before
			}
			h.Rates = append(h.Rates, rate)
		}
		for _, v := range s.Runs {
			n := v.Counts
			by := v.Report.RequestsBy
			if by == nil {
				by = map[scraper.Reason]int{}
			}
			h.Runs = append(h.Runs, runOfSite{v.ID, v.Started, timeOrNil(v.Ended), v.Status, n.New, n.Changed, n.Unchanged, n.Gone, n.Returned, n.Failed,
				n.Requests, n.Bytes, by, orNil(v.Error)})
		}
		out = append(out, h)
	}
	return map[string]any{"running": running, "sites": out}, nil
}
