package web

import (
	"context"
	"encoding/csv"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"campusnews/archive"
	"campusnews/archive/export"
)

// How long figures are kept, how long a visitor waits for the first ones before the page says that they are being counted, and how many names they hold.
const (
	figuresFor   = time.Minute
	countingWait = time.Second
	keptNames    = 200
	shownNames   = 20
	shownEvents  = 8
)

// figures are what the overview shows, and /api/v1/stats.
type figures struct {
	archive.Stats
	Changes, Losses []archive.Happening
	Counted         time.Time
	generation      int64
}

// count makes the figures anew, if the archive is not the one that was counted last.
func (r *Room) count(ctx context.Context) (f figures, err error) {
	generation, err := r.archive.Generation(ctx)
	if err != nil {
		return figures{}, err
	}
	if last, ok := r.figures.last(); ok && last.generation == generation {
		return last, nil
	}
	f.generation = generation
	if f.Stats, err = r.archive.Stats(ctx, keptNames); err != nil {
		return figures{}, err
	}
	if f.Changes, err = r.archive.LatestChanges(ctx, shownEvents); err != nil {
		return figures{}, err
	}
	if f.Losses, err = r.archive.LatestLosses(ctx, shownEvents); err != nil {
		return figures{}, err
	}
	f.Counted = r.opts.Now()
	return f, nil
}

// overviewData is what the overview shows.
type overviewData struct {
	figures
	Counting bool // there is nothing to show yet
	Names    map[string]string
	Site     string // of the sections and months shown; "" = all
	Sites    []choice
	Years    []yearRow
	Undated  int
	Table    []sectionBars
	Source   []bar
	Person   []bar
	Curve    curve
}

// A yearRow is a line of the calendar of months.
type yearRow struct {
	Year   string
	Total  int
	Months [12]monthCell
	Rest   int // of which only the year is known
}

// A monthCell is one month of the calendar; Level is 0 (none) to 5 (the most of all months).
type monthCell struct {
	Month           string // ISO
	Articles, Level int
}

// SectionBars are the sections of one site.
type sectionBars struct {
	Site, Name string
	Bars       []bar
}

// A bar is a line of a table with a bar; Share is its length in percent of the longest.
type bar struct {
	Name, Link, Note string
	Count, Share     int
}

func (r *Room) overview(w http.ResponseWriter, req *http.Request) error {
	f, ready, err := r.figures.soon(req.Context(), countingWait)
	if err != nil {
		return err
	}
	if !ready {
		w.Header().Set("Refresh", "2")
		w.Header().Set("Cache-Control", "no-store")
		r.show(w, req, http.StatusOK, "overview", view{Title: text(languageOf(req), "nav.overview"), Nav: "overview", Data: &overviewData{Counting: true}})
		return nil
	}
	names, err := r.siteNames.get(req.Context())
	if err != nil {
		return err
	}
	lang := languageOf(req)
	d := &overviewData{figures: f, Names: names, Site: req.URL.Query().Get("site")}
	if _, ok := names[d.Site]; !ok {
		d.Site = ""
	}
	if len(names) > 1 {
		d.Sites = append(d.Sites, choice{text(lang, "overview.all"), "/overview", d.Site == ""})
		for _, id := range slices.Sorted(maps.Keys(names)) {
			d.Sites = append(d.Sites, choice{named(names, id), address("/overview", map[string][]string{"site": {id}}), d.Site == id})
		}
	}
	d.Years, d.Undated = calendar(f.Months, d.Site)
	d.Table = sectionTable(f.Sections, names, d.Site, lang)
	d.Source = nameBars(f.Sources, "source")
	d.Person = nameBars(f.People, "person")
	d.Curve = growthCurve(f.Growth)
	r.show(w, req, http.StatusOK, "overview", view{Title: text(lang, "nav.overview"), Nav: "overview", Data: d})
	return nil
}

func named(names map[string]string, id string) string {
	if names[id] == "" {
		return id
	}
	return names[id]
}

// calendar puts the months of a site, "" = of all, into years, latest first.
func calendar(months []archive.MonthCount, site string) (list []yearRow, undated int) {
	years := map[string]*yearRow{}
	most := 0
	for _, m := range months {
		if site != "" && m.Site != site {
			continue
		}
		if len(m.Month) < 4 {
			undated += m.Articles
			continue
		}
		y := years[m.Month[:4]]
		if y == nil {
			y = &yearRow{Year: m.Month[:4]}
			years[y.Year] = y
		}
		y.Total += m.Articles
		n := 0
		if len(m.Month) == 7 {
			n, _ = strconv.Atoi(m.Month[5:])
		}
		if n < 1 || n > 12 {
			y.Rest += m.Articles
			continue
		}
		y.Months[n-1].Articles += m.Articles
		most = max(most, y.Months[n-1].Articles)
	}
	for _, year := range slices.Backward(slices.Sorted(maps.Keys(years))) {
		y := years[year]
		for i := range y.Months {
			c := &y.Months[i]
			c.Month = year + "-" + strconv.Itoa(100 + i + 1)[1:]
			if c.Articles > 0 {
				c.Level = 1 + int(math.Sqrt(float64(c.Articles)/float64(most))*4) // by the root: one month of a feast would pale all others
			}
		}
		list = append(list, *y)
	}
	return list, undated
}

// sectionTable gives the sections of a site, "" = of all, with their bars.
func sectionTable(sections []archive.SectionCount, names map[string]string, site, lang string) []sectionBars {
	var list []sectionBars
	most := 1
	for _, s := range sections {
		if site == "" || s.Site == site {
			most = max(most, s.Articles)
		}
	}
	for _, s := range sections {
		if site != "" && s.Site != site {
			continue
		}
		if len(list) == 0 || list[len(list)-1].Site != s.Site {
			list = append(list, sectionBars{Site: s.Site, Name: named(names, s.Site)})
		}
		b := bar{Name: s.Section, Count: s.Articles, Share: share(s.Articles, most), Note: span(s.First, s.Last)}
		b.Link = address("/search", map[string][]string{"site": {s.Site}, "section": {s.Section}})
		if s.Section == "" {
			b.Name, b.Link = text(lang, "overview.nosection"), ""
		}
		at := &list[len(list)-1]
		at.Bars = append(at.Bars, b)
	}
	return list
}

func span(first, last string) string {
	if len(first) < 4 || len(last) < 4 {
		return ""
	}
	if first[:4] == last[:4] {
		return first[:4]
	}
	return first[:4] + "–" + last[:4]
}

func nameBars(names []archive.NameCount, parameter string) []bar {
	var list []bar
	for i, c := range names {
		if i == shownNames {
			break
		}
		list = append(list, bar{Name: c.Name, Link: address("/search", map[string][]string{parameter: {c.Name}}), Count: c.Articles, Share: share(c.Articles, names[0].Articles)})
	}
	return list
}

// share is n in percent of most; 1 of a little.
func share(n, most int) int {
	if n == 0 || most == 0 {
		return 0
	}
	return max(n*100/most, 1)
}

// overviewTable sends one of the overview's tables as CSV.
func (r *Room) overviewTable(w http.ResponseWriter, req *http.Request) error {
	name, ok := strings.CutSuffix(req.PathValue("table"), ".csv")
	if !ok {
		return errNothing
	}
	f, err := r.figures.get(req.Context())
	if err != nil {
		return err
	}
	var rows [][]string
	number := strconv.Itoa
	switch name {
	case "months":
		rows = append(rows, []string{"site", "month", "articles"})
		for _, m := range f.Months {
			rows = append(rows, []string{m.Site, m.Month, number(m.Articles)})
		}
	case "sections":
		rows = append(rows, []string{"site", "section", "articles", "first", "last"})
		for _, s := range f.Sections {
			rows = append(rows, []string{s.Site, export.Cell(s.Section), number(s.Articles), s.First, s.Last})
		}
	case "sources", "people":
		list := f.Sources
		if name == "people" {
			list = f.People
		}
		rows = append(rows, []string{"name", "articles"})
		for _, c := range list {
			rows = append(rows, []string{export.Cell(c.Name), number(c.Articles)})
		}
	case "growth":
		rows = append(rows, []string{"month", "articles"})
		for _, g := range f.Growth {
			rows = append(rows, []string{g.Month, number(g.Articles)})
		}
	default:
		return errNothing
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	out := csv.NewWriter(w)
	return out.WriteAll(rows)
}
