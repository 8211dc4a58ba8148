package web

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"campusnews/archive"
	"campusnews/extract/drift"
	"campusnews/scraper"
)

func TestOverviewCounts(t *testing.T) {
	r := room(t, nil)
	page := body(t, r, "/overview", http.StatusOK, "Accept-Language", "en")
	for _, want := range []string{`<a href="/search?from=2016-07&amp;to=2016-07">1</a>`, "白露", "校报", "/articles/1/changes?to=2", "守着旧钟楼的人", "示例大学新闻网"} {
		if !strings.Contains(page, want) {
			t.Errorf("the overview lacks %q", want)
		}
	}
	for table, want := range map[string]string{"months": "example,2016-07,1", "sections": "example,要闻,3,2016-07-22,2018-03-01", "sources": "新闻中心,1", "people": "白露,1", "growth": "2026-11,3"} {
		rows, err := csv.NewReader(strings.NewReader(body(t, r, "/overview/"+table+".csv", http.StatusOK))).ReadAll()
		found := false
		for _, row := range rows {
			found = found || strings.Join(row, ",") == want
		}
		if err != nil || !found {
			t.Errorf("%s.csv has no row %q but %q (err %v)", table, want, rows, err)
		}
	}
	body(t, r, "/overview/none.csv", http.StatusNotFound)
	body(t, r, "/overview/months", http.StatusNotFound)
}

// What a run's report says shows, and what fell against the runs before is marked.
func TestHealthOf(t *testing.T) {
	counts := func(filled int) drift.Counts {
		return drift.Counts{Articles: drift.Group{Pages: 10, Fields: map[string]drift.Field{"author": {Of: 10, Filled: filled}, "title": {Of: 10, Filled: 10}}}}
	}
	row := func(status string, r scraper.Report) archive.CrawlRow {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return archive.CrawlRow{Status: status, Started: noon, Ended: noon.Add(time.Minute), Report: b}
	}
	h := healthOf(archive.SiteStatus{}, []archive.CrawlRow{
		{Status: archive.StatusRunning, Started: noon},
		row(archive.StatusPart, scraper.Report{Drift: counts(4), Stopped: map[string]string{"news.example.edu.cn": "412"}, Broken: []string{"要闻"}, RequestsBy: map[scraper.Reason]int{"list": 2, "new": 3}}),
		row(archive.StatusDone, scraper.Report{Drift: counts(9)}),
		{Status: archive.StatusDone, Report: json.RawMessage(`{"drift": "of another version"}`)},
	})
	if len(h.Runs) != 4 || h.Runs[0].Took != 0 || h.Runs[1].Took != time.Minute || len(h.Runs[1].By) != 2 {
		t.Errorf("runs: %+v", h.Runs)
	}
	if want := []fillRate{{"title", 100, 100, false}, {"author", 40, 90, true}}; len(h.Rates) != 2 || h.Rates[0] != want[0] || h.Rates[1] != want[1] {
		t.Errorf("rates: got %v, want %v", h.Rates, want)
	}
	if want := []warning{{"health.stopped", "news.example.edu.cn", "412"}, {"health.broken", "要闻", ""}}; len(h.Warnings) != 2 || h.Warnings[0] != want[0] || h.Warnings[1] != want[1] {
		t.Errorf("warnings: got %v, want %v", h.Warnings, want)
	}
}

// A run that another process writes is told of while it goes on, and that it has ended.
func TestLiveProgress(t *testing.T) {
	r := room(t, nil)
	srv := httptest.NewServer(r)
	defer srv.Close()
	defer r.Close() // ends the answer below
	c, err := r.archive.Begin(t.Context(), archive.CrawlInfo{Sites: []archive.Site{{ID: "example"}}, Started: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(srv.URL + "/live")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got := res.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("got %s", got)
	}
	lines := bufio.NewScanner(res.Body)
	next := func(until func([]progressJSON) bool) {
		t.Helper()
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok {
				continue
			}
			var list []progressJSON
			if err := json.Unmarshal([]byte(data), &list); err != nil {
				t.Fatal(err)
			}
			if until(list) {
				return
			}
		}
		t.Fatalf("the events ended: %v", lines.Err())
	}
	next(func(list []progressJSON) bool {
		return len(list) == 1 && list[0].Crawl == c.ID() && list[0].Requests == 0
	})
	v := visit(9, time.Now(), fishless)
	v.Exchanges[0].Started = time.Now()
	if _, err := c.Save(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	next(func(list []progressJSON) bool {
		return len(list) == 1 && list[0].Requests == 1 && list[0].Articles == 1 && list[0].By["new"] == 1
	})
	if err := c.End(t.Context(), archive.Ending{Status: archive.StatusDone}); err != nil {
		t.Fatal(err)
	}
	next(func(list []progressJSON) bool { return len(list) == 0 })
}
