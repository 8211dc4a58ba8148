package archive

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"campusnews/archive/warc"
	"campusnews/scraper"
)

// What cannot be told from requests and answers is noted in the WARC files as
// metadata records, so that the database can be made again from them: beside each
// exchange what it was for and how its target stood afterwards, and at the
// beginning and the end of each run a JSON object about urn:campusnews:crawl:ID.
const (
	crawlURN    = "urn:campusnews:crawl:"
	notePrefix  = "campusnews-"
	noteVisit   = notePrefix + "visit" // of one of several exchanges of a visit: what they share
	noteCrawl   = notePrefix + "crawl"
	noteSite    = notePrefix + "site" // marks the last exchange of a visit
	noteURL     = notePrefix + "url"  // as requested, where WARC-Target-URI writes it in another way
	noteError   = notePrefix + "error"
	noteTime    = notePrefix + "time"
	noteTarget  = notePrefix + "target" // its address, where the first exchange is of another
	noteUnread  = notePrefix + "unread" // 1 = the page was kept as evidence only: what it says was not taken in
	fetchTimeMs = "fetchTimeMs"
)

// exchangeNotes are the fields about exchange number i of a visit. via, hopsFromSeed and
// fetchTimeMs are the names that Heritrix uses. Empty values are left out, and what reads back the same without them.
func exchangeNotes(crawl int64, v scraper.Visit, i int) []warc.Field {
	x := v.Exchanges[i]
	var fields []warc.Field
	add := func(name, value string) {
		if value != "" {
			fields = append(fields, warc.Field{Name: name, Value: value})
		}
	}
	number := func(name string, n int) {
		if n != 0 {
			add(name, strconv.Itoa(n))
		}
	}
	moment := func(name string, t time.Time) {
		if s, ok := stamp(t).(string); ok {
			add(name, s)
		}
	}
	t := v.Target
	last := i == len(v.Exchanges)-1
	if last {
		add("via", t.Parent)
		add("hopsFromSeed", strconv.Itoa(t.Depth))
	}
	add(fetchTimeMs, strconv.FormatInt(x.Duration.Milliseconds(), 10))
	if warc.TargetURI(x.URL) != x.URL {
		add(noteURL, x.URL)
	}
	if x.Err != nil {
		add(noteError, x.Err.Error())
	}
	if len(v.Exchanges) > 1 {
		add(noteVisit, fmt.Sprintf("%s %s %s", t.Site, t.Key, stamp(v.Time)))
	}
	if !last {
		return fields
	}
	add(noteCrawl, strconv.FormatInt(crawl, 10))
	add(noteSite, t.Site)
	add(notePrefix+"key", t.Key)
	add(notePrefix+"role", strconv.Itoa(int(t.Role)))
	add(notePrefix+"section", t.Section)
	add(notePrefix+"reason", string(v.Reason))
	add(notePrefix+"title", t.Title)
	add(notePrefix+"date", t.Date)
	if t.URL != v.Exchanges[0].URL {
		add(noteTarget, t.URL)
	}
	moment(noteTime, v.Time)
	if v.Result == nil && (v.Reason == reasonImport || x.Status == 200 && t.MissingCount > 0) {
		add(noteUnread, "1")
	}
	add(notePrefix+"state", string(t.State))
	moment(notePrefix+"due", t.Due)
	moment(notePrefix+"first-seen", t.FirstSeen)
	moment(notePrefix+"missing-since", t.MissingSince)
	number(notePrefix+"missing-count", t.MissingCount)
	number(notePrefix+"visits", t.Visits)
	number(notePrefix+"failures", t.Failures)
	add(notePrefix+"last-error", t.LastError)
	return fields
}

// targetOf reads back what exchangeNotes says of a target.
func targetOf(h warc.Header, address string) scraper.Target {
	number := func(name string) int {
		n, err := strconv.Atoi(h.Get(name))
		if err != nil {
			return 0
		}
		return n
	}
	moment := func(name string) time.Time {
		t, err := time.Parse(timeFormat, h.Get(name))
		if err != nil {
			return time.Time{}
		}
		return t
	}
	return scraper.Target{
		Site: h.Get(noteSite), Key: h.Get(notePrefix + "key"), URL: address, Role: scraper.Role(number(notePrefix + "role")),
		Section: h.Get(notePrefix + "section"), Parent: h.Get("via"), Depth: number("hopsFromSeed"), Title: h.Get(notePrefix + "title"), Date: h.Get(notePrefix + "date"),
		State: scraper.State(h.Get(notePrefix + "state")), Due: moment(notePrefix + "due"), FirstSeen: moment(notePrefix + "first-seen"),
		LastVisit: moment(noteTime), Visits: number(notePrefix + "visits"), Failures: number(notePrefix + "failures"),
		MissingSince: moment(notePrefix + "missing-since"), MissingCount: number(notePrefix + "missing-count"), LastError: h.Get(notePrefix + "last-error"),
	}
}

// A crawlNote is what the WARC files say of a run: once when it begins, with Info, and once when it ends, with Ending.
type crawlNote struct {
	Crawl  int64      `json:"crawl"`
	Info   *CrawlInfo `json:"begin,omitempty"`
	Ending *Ending    `json:"end,omitempty"`
}

// note is called by a job.
func (w *writer) note(n crawlNote, at time.Time) error {
	w.late = true
	b, err := json.Marshal(n)
	if err == nil {
		_, err = w.warc.WriteMetadata(crawlURN+strconv.FormatInt(n.Crawl, 10), "application/json", at, b)
	}
	return err
}

// parseFields reads a block of warc-fields.
func parseFields(block []byte) (h warc.Header) {
	for line := range strings.Lines(string(block)) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			h = append(h, warc.Field{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
		}
	}
	return h
}
