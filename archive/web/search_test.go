package web

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"campusnews/archive/export"
)

func TestSearchPage(t *testing.T) {
	r := room(t, nil)
	page := body(t, r, "/search?q=钟", http.StatusOK, "Accept-Language", "en")
	for _, want := range []string{`value="钟"`, "守着旧<mark>钟</mark>楼的人", "1 article", `href="/search.csv?q=%E9%92%9F"`, `href="/search.atom?q=%E9%92%9F"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	all := body(t, r, "/search", http.StatusOK, "Accept-Language", "en")
	for _, want := range []string{"3 articles", `href="/search?from=2017&amp;to=2017"`, `aria-label="2017: 1 articles"`, `href="/search?source=%E6%A0%A1%E6%8A%A5"`, `href="/search?gone=1"`} {
		if !strings.Contains(all, want) {
			t.Errorf("the page of all articles lacks %q", want)
		}
	}
	for address, titles := range map[string][]string{
		"/search?gone=1":                 {"守着旧钟楼的人"},
		"/search?changed=1":              {"把选矿厂的废水变成鱼塘"},
		"/search?files=1&person=白露":      {"把选矿厂的废水变成鱼塘"},
		"/search?source=校报":              {"守着旧钟楼的人"},
		"/search?from=2018":              {"守着旧钟楼的人"},
		"/search?to=2016&section=要闻":     {"把选矿厂的废水变成鱼塘"},
		"/search?gone=1&asof=2026-11-23": nil,
		"/search?site=none":              nil,
	} {
		page := body(t, r, address, http.StatusOK)
		if n := strings.Count(page, `class="hit"`); n != len(titles) {
			t.Errorf("%s: got %d hits, want %d", address, n, len(titles))
		}
		for _, title := range titles {
			if !strings.Contains(page, title) {
				t.Errorf("%s: lacks %s", address, title)
			}
		}
	}
	part := body(t, r, "/search?q=钟&part=results", http.StatusOK)
	if strings.Contains(part, "<html") || !strings.Contains(part, `class="hit"`) {
		t.Error("the part that scripts ask for is not the results alone")
	}
}

func TestSearchAsFile(t *testing.T) {
	r := room(t, nil)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body(t, r, "/search.csv?q=球磨机", http.StatusOK), "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][5] != "把选矿厂的废水变成鱼塘" {
		t.Errorf("CSV: %q (err %v)", rows, err)
	}
	var list []export.Record
	if err := json.Unmarshal([]byte(body(t, r, "/search.json", http.StatusOK)), &list); err != nil || len(list) != 3 {
		t.Errorf("JSON: %d articles (err %v)", len(list), err)
	}
	if got := body(t, r, "/search.json?q=没有这个词", http.StatusOK); got != "[]\n" {
		t.Errorf("JSON of nothing: %q", got)
	}
	var feed struct {
		Entries []struct {
			Title string `xml:"title"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(body(t, r, "/search.atom?gone=1", http.StatusOK)), &feed); err != nil || len(feed.Entries) != 1 {
		t.Errorf("Atom: %+v (err %v)", feed, err)
	}
	body(t, r, "/search.csv?q=(", http.StatusBadRequest)
	body(t, r, "/search.xls", http.StatusNotFound)
}

// FuzzParseSearch: whatever an address holds, a search that is taken gives the same search again by its own address.
func FuzzParseSearch(f *testing.F) {
	for _, s := range []string{"q=鱼&site=csu&from=2016&to=2016-07-22&files=1&page=3&sort=relevance", "asof=2026-11-24&gone=0&changed=yes", "q=%ff", "page=-1", "from=x", "q=&q=a&person=%00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		v, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		s, err := parseSearch(v)
		if err != nil {
			if !reflect.DeepEqual(s, search{}) {
				t.Errorf("an error came with %+v", s)
			}
			return
		}
		again, err := parseSearch(s.values())
		if err != nil || !reflect.DeepEqual(again, s) {
			t.Errorf("%q became %+v, and that %+v (err %v)", query, s, again, err)
		}
		if s.Offset < 0 || s.Offset > maxPage*perPage || s.Limit != perPage {
			t.Errorf("%q asks for %d from %d on", query, s.Limit, s.Offset)
		}
	})
}
