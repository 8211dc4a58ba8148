package web

import (
	"net/url"
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"

	"campusnews/archive"
)

// Limits on a search. Nobody reads past maxPage pages of it; who wants all exports it.
const (
	perPage  = 20
	maxPage  = 500
	maxWords = 500 // characters of q
	maxValue = 200 // characters of another field
)

// A search is what a search address says; its zero value shows the newest articles.
type search struct {
	archive.Query
	Page int // 1 = first
}

var isoDate = regexp.MustCompile(`^\d{4}(-\d\d(-\d\d)?)?$`)

// parseSearch reads the parameters of a search. What it does not know it leaves aside; the error
// is for the person who wrote the address.
func parseSearch(v url.Values) (search, error) {
	s := search{Page: 1}
	for name, to := range map[string]*string{"q": &s.Text, "site": &s.Site, "section": &s.Section, "source": &s.Source, "person": &s.Person, "from": &s.From, "to": &s.To} {
		limit := maxValue
		if name == "q" {
			limit = maxWords
		}
		*to = v.Get(name)
		if utf8.RuneCountInString(*to) > limit || !utf8.ValidString(*to) {
			return search{}, badRequest("error.words")
		}
	}
	for _, day := range []string{s.From, s.To} {
		if day != "" && !isoDate.MatchString(day) {
			return search{}, badRequest("error.date", day)
		}
	}
	if at := v.Get("asof"); at != "" {
		t, err := time.Parse(time.DateOnly, at)
		if err != nil {
			return search{}, badRequest("error.date", at)
		}
		s.AsOf = t.Add(24*time.Hour - time.Millisecond) // with that day
	}
	for name, to := range map[string]*bool{"files": &s.Files, "changed": &s.Changed, "gone": &s.Gone} {
		*to = v.Get(name) != "" && v.Get(name) != "0"
	}
	switch sort := v.Get("sort"); sort {
	case "", "newest":
	case "relevance":
		s.Order = archive.Relevance
	default:
		return search{}, badRequest("error.sort", sort)
	}
	if p := v.Get("page"); p != "" {
		n, err := strconv.Atoi(p)
		if err != nil || n < 1 || n > maxPage {
			return search{}, badRequest("error.number", p)
		}
		s.Page = n
	}
	if !s.AsOf.IsZero() {
		s.Order = archive.Newest // the index weighs present texts only
	}
	s.Limit, s.Offset = perPage, (s.Page-1)*perPage
	return s, nil
}

// values are the parameters that give the same search again; parseSearch of them is s.
func (s search) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"q": s.Text, "site": s.Site, "section": s.Section, "source": s.Source, "person": s.Person, "from": s.From, "to": s.To, "asof": s.asOf()} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for name, on := range map[string]bool{"files": s.Files, "changed": s.Changed, "gone": s.Gone} {
		if on {
			v.Set(name, "1")
		}
	}
	if s.Order == archive.Relevance {
		v.Set("sort", "relevance")
	}
	if s.Page > 1 {
		v.Set("page", strconv.Itoa(s.Page))
	}
	return v
}

// asOf is the day as of which the archive is searched; "" = now.
func (s search) asOf() string { return utc(s.AsOf, time.DateOnly) }

// AsOfText is asOf, for templates.
func (s search) AsOfText() string { return s.asOf() }

// with is the address of the search with one parameter set, or taken out when value is "", from its first page on.
func (s search) with(name, value string) string {
	v := s.values()
	v.Del("page")
	v.Del(name)
	if value != "" {
		v.Set(name, value)
	}
	return address("/search", v)
}

func address(path string, v url.Values) string {
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}
