package scraper

import (
	"context"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"campusnews/extract"
)

// Bounds of what is asked of a site's click counter: such a request counts as a view of each
// article, and servers have shut out who asked often.
const (
	clicksEvery = 30 * day // an article's counter is asked for at most this often
	maxClicks   = 200      // articles a run asks for
	clickBatch  = 40       // articles in one request
	clicksPath  = "/system/resource/code/news/click/dynclicksbatch.jsp"
)

// A Counted article is one whose page names the site's click counter.
type Counted struct {
	Page string // address of the article
	extract.Counter
}

// A Click is what a click counter says of an article now.
type Click struct {
	extract.Counter
	Count int64
}

// A Counting store is one that keeps what click counters say. Package archive's is one.
type Counting interface {
	// Counters gives articles of the site that are there, have a click counter and were not asked
	// for since before; the newest first, at most limit.
	Counters(ctx context.Context, site string, before time.Time, limit int) ([]Counted, error)
}

// clicks asks the site's click counter for articles that have not been asked for lately, many
// in one request (VSB's dynclicksbatch.jsp). An answer that is no list of numbers ends it for this run.
// Where nothing is read the report says why.
func (r *run) clicks(ctx context.Context) error {
	store, ok := r.store.(Counting)
	if !r.cfg.Clicks || !ok || r.report.Exhausted {
		return nil
	}
	all, err := store.Counters(ctx, r.cfg.Site.ID, r.start.Add(-clicksEvery), maxClicks)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return r.uncounted(ctx, store)
	}
	batches := make(map[string][]string)
	asked := make(map[string]bool) // what the batches hold: twins share a counter, and would count as two views
	var order []string
	for _, c := range all {
		address, err := url.Parse(c.Page)
		if err != nil || !r.scope.hasHost(c.Page) || !isNumber(c.Owner) || !isNumber(c.ClickID) {
			continue
		}
		key := address.Scheme + "://" + address.Host + clicksPath + "?owner=" + c.Owner + "&clicktype=wbnews&clickids="
		if asked[key+c.ClickID] {
			continue
		}
		asked[key+c.ClickID] = true
		if batches[key] == nil {
			order = append(order, key)
		}
		batches[key] = append(batches[key], c.ClickID)
	}
	for _, prefix := range order {
		ids := batches[prefix]
		for len(ids) > 0 {
			n := min(len(ids), clickBatch)
			if r.cfg.Budget > 0 && r.asked >= r.cfg.Budget {
				r.report.Exhausted = true
				return nil
			}
			if ok, err := r.askClicks(ctx, prefix, ids[:n]); err != nil || !ok {
				return err
			}
			ids = ids[n:]
		}
	}
	return nil
}

// uncounted says why a run that was to ask click counters found none to ask.
func (r *run) uncounted(ctx context.Context, store Counting) error {
	known, err := store.Counters(ctx, r.cfg.Site.ID, r.start.Add(day), 1)
	if err != nil {
		return err
	}
	switch { // none of this needs anybody
	case len(known) > 0:
		r.unread(slog.LevelInfo, "each article was asked for within the last "+days(clicksEvery))
	case r.webplus:
		// CMS survey: POST /_visitcountdisplay gives the number, GET only counts.
		r.unread(slog.LevelInfo, "those of WebPlus answer only to POST, for one article at a time, and count each time as a view")
	default:
		r.unread(slog.LevelInfo, "no article names a counter that answers for many articles at once, as VSB's does")
	}
	return nil
}

// unread notes in the report and the log why click counters were not read.
func (r *run) unread(level slog.Level, why string) {
	r.report.ClicksUnread = why
	r.cfg.Log.Log(context.Background(), level, "no click counts", "site", r.cfg.Site.ID, "err", why)
}

// askClicks makes one request and saves what it brought; false: ask no more.
func (r *run) askClicks(ctx context.Context, prefix string, ids []string) (bool, error) {
	address := prefix + strings.Join(ids, ",")
	t := Target{Site: r.cfg.Site.ID, Key: prefix, URL: address, Role: RoleRequisite, State: StateNew, FirstSeen: r.cfg.Now().UTC(), Depth: 1}
	l, err := r.lookAt(ctx, t)
	if err != nil {
		return false, err
	}
	if len(l.exchanges) == 0 {
		r.unread(slog.LevelWarn, l.why)
		return false, nil
	}
	now := r.cfg.Now().UTC()
	v := Visit{Target: t, Reason: ReasonClicks, Time: now, Exchanges: l.exchanges}
	v.Target.State, v.Target.LastVisit, v.Target.Visits = StateKept, now, 1
	if l.outcome == outcomeKept && (l.url == address || l.url == l.twin) {
		v.Clicks = Clicks(address, l.page.Body)
	}
	if v.Clicks == nil {
		v.Target.State, v.Target.LastError = StateFailed, "no counts came: "+l.why
		why := "the counter's answer is no list of numbers"
		if l.why != "" {
			why = "the counter answered " + l.why
		}
		r.unread(slog.LevelWarn, why)
	}
	saveCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveDeadline)
	defer cancel()
	if _, err := r.save(saveCtx, v); err != nil {
		return false, err
	}
	r.report.count(v)
	r.report.Clicks += len(v.Clicks)
	r.tell(v, l, Change{})
	return v.Clicks != nil, nil
}

// Clicks reads the answer of VSB's batch counter: numbers in the order of the address's clickids,
// separated by commas. nil if it is anything else.
func Clicks(address string, body []byte) []Click {
	u, err := url.Parse(address)
	if err != nil || u.Path != clicksPath {
		return nil
	}
	ids := strings.Split(u.Query().Get("clickids"), ",")
	counts := strings.Split(strings.TrimSpace(strings.TrimPrefix(string(body[:min(len(body), 64<<10)]), "\ufeff")), ",")
	if len(ids) != len(counts) {
		return nil
	}
	var all []Click
	for i, text := range counts {
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err != nil || n < 0 {
			return nil
		}
		all = append(all, Click{Counter: extract.Counter{Owner: u.Query().Get("owner"), ClickID: ids[i]}, Count: n})
	}
	return all
}

func isNumber(s string) bool { return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == "" }
