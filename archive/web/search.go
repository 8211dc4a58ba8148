package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"campusnews/archive"
	"campusnews/archive/ask"
)

// searchData is what the search page shows.
type searchData struct {
	search
	Hits           []archive.Hit
	Total          int    // -1 = not counted
	Unclear        string // why the words cannot be understood; "" = they can
	Pages          int
	Chips          []chip // the filters that are on
	Sorts          []choice
	Previous, Next string
	Sites          []archive.SiteStatus
}

// A chip is a filter that is on, and the address of the same search without it.
type chip struct{ Name, Value, Link string }

func (r *Room) search(w http.ResponseWriter, req *http.Request) error {
	s, err := parseSearch(req.URL.Query())
	if err != nil {
		return err
	}
	lang, status := languageOf(req), http.StatusOK
	d, err := r.find(req.Context(), s)
	if unclear, ok := errors.AsType[*ask.Error](err); ok {
		d, status = &searchData{search: s, Unclear: askedWrong(lang, unclear)}, http.StatusBadRequest
	} else if err != nil {
		return err
	}
	d.label(lang)
	title := text(lang, "search")
	if s.Text != "" {
		title = s.Text + " · " + title
	}
	r.show(w, req, status, "search", view{Title: title, Nav: "search", Query: s.Text, Data: d})
	return nil
}

// find looks for the articles of a page of results.
func (r *Room) find(ctx context.Context, s search) (*searchData, error) {
	d := &searchData{search: s}
	s.Query.Total = true
	hits, err := r.archive.Search(ctx, s.Query)
	if errors.Is(err, archive.ErrNoTerms) {
		hits, err = r.browse(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	d.Hits, d.Total = hits.Hits, hits.Total
	d.Pages = min((d.Total+perPage-1)/perPage, maxPage)
	if s.Page > 1 {
		p := s
		p.Page--
		d.Previous = address("/search", p.values())
	}
	if s.Page < d.Pages {
		p := s
		p.Page++
		d.Next = address("/search", p.values())
	}
	return d, nil
}

// browse gives the newest articles of a search without words.
func (r *Room) browse(ctx context.Context, s search) (archive.Hits, error) {
	f := archive.Walk{Filter: s.Filter, Newest: true, Limit: s.Offset + perPage}
	n, _, err := r.archive.Extent(ctx, s.Filter)
	if err != nil {
		return archive.Hits{}, err
	}
	hits := archive.Hits{Total: n}
	at := 0
	err = r.archive.EachArticle(ctx, f, func(a archive.Article) error {
		if at++; at > s.Offset {
			line, _, _ := strings.Cut(a.Body, "\n")
			if runes := []rune(line); len(runes) > 90 {
				line = string(runes[:90]) + "…"
			}
			hits.Hits = append(hits.Hits, archive.Hit{ID: a.ID, Site: a.Site, Key: a.Key, URL: a.URL, Section: a.Section, Title: a.Title,
				Published: a.Published, Day: a.Day, Source: a.Source, State: string(a.State), Snippet: archive.Snippet{Text: line}})
		}
		return nil
	})
	return hits, err
}

// askedWrong says what is wrong with a search's words.
func askedWrong(lang string, e *ask.Error) string {
	what, why := e.What, e.Hint
	if lang == "zh" {
		if said, ok := askedWrongChinese[e.What]; ok {
			what, why = said, ""
		}
	}
	if e.At > 0 {
		what = text(lang, "search.at", e.At) + what
	}
	if why != "" {
		what += "; " + why
	}
	return what
}

// askedWrongChinese says in Chinese what package ask says in English, with what to do.
var askedWrongChinese = map[string]string{
	"this quotation mark is not closed":                              "引号没有闭合；请补上另一半，或去掉它",
	"this ( is not closed":                                           "括号没有闭合；请补上右括号，或去掉它",
	"this ) closes nothing":                                          "右括号没有对应的左括号；请去掉它，或补上左括号",
	"nothing stands in these parentheses":                            "括号里是空的；请去掉",
	"nothing is to be looked for in this field":                      "冒号后面要紧跟检索词",
	"a field holds for one word":                                     "字段只管一个词；请分别写，如 (标题:先进 OR 标题:集体)",
	"NOT needs a word beside it that must be there":                  "NOT 旁边要有一个必须出现的词，如 报告 NOT 讲座",
	"a minus leaves out the word right behind it, and none is there": "减号排除紧跟其后的词，而后面没有词；要查减号本身请加引号：\"-\"",
	"a word is missing at the end":                                   "末尾缺一个词",
	"OR needs a word before it":                                      "OR 前面缺一个词",
	"OR needs a word behind it":                                      "OR 后面缺一个词",
	"AND needs a word before it":                                     "AND 前面缺一个词",
	"AND needs a word behind it":                                     "AND 后面缺一个词",
	"NOT needs a word behind it":                                     "NOT 后面缺一个词",
}

// label names the filters and orders in a person's language.
func (d *searchData) label(lang string) {
	for _, f := range []struct{ name, value string }{
		{"site", d.Site}, {"section", d.Section}, {"source", d.Source}, {"person", d.Person}, {"from", d.From}, {"to", d.To},
	} {
		if f.value != "" {
			d.Chips = append(d.Chips, chip{text(lang, "filter."+f.name), f.value, d.with(f.name, "")})
		}
	}
	for _, f := range []struct {
		name string
		on   bool
	}{{"files", d.Files}, {"changed", d.Changed}, {"gone", d.Gone}} {
		if f.on {
			d.Chips = append(d.Chips, chip{"", text(lang, "filter."+f.name), d.with(f.name, "")})
		}
	}
	d.Sorts = []choice{
		{text(lang, "sort.newest"), d.with("sort", ""), d.Order == archive.Newest},
		{text(lang, "sort.relevance"), d.with("sort", "relevance"), d.Order == archive.Relevance},
	}
}

// PageNumber is the page for people.
func (d *searchData) PageNumber() string { return strconv.Itoa(d.Page) }

// homeData is what the front page shows.
type homeData struct {
	Articles int
	Sites    []archive.SiteStatus
	Hits     []archive.Hit
}

func (r *Room) home(w http.ResponseWriter, req *http.Request) error {
	sites, err := r.archive.Sites(req.Context(), r.opts.Now())
	if err != nil {
		return err
	}
	d := homeData{Sites: sites}
	for _, s := range sites {
		d.Articles += s.Articles
	}
	latest, err := r.browse(req.Context(), search{})
	if err != nil {
		return err
	}
	d.Hits = latest.Hits
	r.show(w, req, http.StatusOK, "home", view{Nav: "search", Data: d})
	return nil
}
