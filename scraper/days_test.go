package scraper_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"campusnews/scraper/campustest"
)

// TestDays lets a site of each system live for weeks under daily runs: new articles, some under
// an old date, edits that get rarer with age, removals. Nothing new may be missed, and the
// site's own audit says what it cost. CAMPUSNEWS_SIM=20000 runs it with that
// many articles to begin with, for 60 days of 20 new ones; the size without it
// fits into a test run.
func TestDays(t *testing.T) {
	if testing.Short() {
		t.Skip("some thousands of pages")
	}
	for _, name := range []string{"vsb", "webplus"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			liveDays(t, systems[name])
		})
	}
}

// idOf gives the number that an article's key ends with.
func idOf(key string) string {
	return key[strings.LastIndexFunc(key, func(r rune) bool { return r < '0' || r > '9' })+1:]
}

func liveDays(t *testing.T, build func(*campustest.Site)) {
	articles, days, daily := 600, 30, 5.0
	if n, err := strconv.Atoi(os.Getenv("CAMPUSNEWS_SIM")); err == nil {
		articles, days, daily = n, 60, 20
	}
	sections := []string{"学校要闻", "综合新闻", "学生天地", "媒体中南", "学术动态", "通知公告"}
	w := newWorld(t, sections...)
	build(w.site)
	r := rand.New(rand.NewPCG(7, 7))
	chance := func(p float64) bool { return r.Float64() < p }
	for i := range articles {
		w.site.Publish(sections[i%len(sections)], w.day(60+(articles-i)/int(daily)), 1)
	}
	began := time.Now()
	first := w.run()
	t.Logf("first run: %d articles, %d requests in %v", first.New, first.Requests, time.Since(began).Round(time.Second))
	w.site.TakeAudit()

	type edit struct {
		id, version int
		age         time.Duration
	}
	var edits []edit
	born := make(map[int]time.Time)
	deleted := make(map[int]time.Time)
	total, most, backdated := 0, 0, 0
	live := func(day int) {
		now := w.clock.now()
		n := 0
		for p := daily; p > 0; p-- {
			if chance(min(p, 1)) {
				n++
			}
		}
		for range n {
			date := w.day(0)
			if chance(0.05) {
				date = w.day(1 + r.IntN(60))
				backdated++
			}
			a := w.site.Publish(sections[r.IntN(len(sections))], date, 1)[0]
			born[a.ID] = now
		}
		for _, a := range w.site.Live() {
			b, young := born[a.ID]
			age := now.Sub(b)
			if !young {
				continue
			}
			if chance(0.08 * math.Exp(-age.Hours()/24/5)) {
				w.site.Edit(a.ID)
				edits = append(edits, edit{a.ID, a.Version + 1, age})
			}
			if age < 30*24*time.Hour && chance(0.004) {
				w.site.Delete(a.ID)
				deleted[a.ID] = now
			}
		}
	}
	look := func() {
		w.run()
		audit := w.site.TakeAudit()
		total += len(audit.Requests)
		most = max(most, len(audit.Requests))
		if audit.LeastGap() < time.Second || audit.Parallel > 1 {
			t.Errorf("least gap %v, %d at once", audit.LeastGap(), audit.Parallel)
		}
		for p, n := range audit.Repeats() {
			if w.site.IsArticle(p) {
				t.Errorf("%s asked for %d times in one run", p, n)
			}
		}
	}
	next := w.clock.now()
	for day := range days {
		next = next.Add(24 * time.Hour)
		w.clock.advance(next.Sub(w.clock.now()))
		live(day)
		look()
	}
	t.Logf("%d days: %.0f requests a day, %d at most", days, float64(total)/float64(days), most)
	missing := func() (ids []int) {
		have := make(map[string]bool)
		for _, key := range w.query(`SELECT key FROM articles`) {
			have[idOf(key)] = true
		}
		for _, a := range w.site.Live() {
			if !have[strconv.Itoa(a.ID)] {
				ids = append(ids, a.ID)
				t.Logf("not there: article %d of section %d, dated %s, put up on %s", a.ID, a.Tree, a.Date.Format(time.DateOnly), born[a.ID].Format(time.DateOnly))
			}
		}
		return ids
	}
	late := missing()
	t.Logf("%d articles came, %d of them under an old date: %d not there on the last day", len(born), backdated, len(late))
	// One put in under an old date and one removed from the same list on the same
	// day cancel out until the removal is seen, which takes 16 days at most.
	if len(late)*50 > backdated {
		t.Errorf("%d articles not there on the last day, want next to none", len(late))
	}

	// What was edited or removed on the last days is looked at in the weeks after.
	for range 33 {
		next = next.Add(24 * time.Hour)
		w.clock.advance(next.Sub(w.clock.now()))
		w.run()
	}
	if ids := missing(); len(ids) > 0 {
		t.Errorf("%d articles missed, want none", len(ids))
	}
	states := make(map[string]string)
	for _, s := range w.query(`SELECT key || ' ' || state FROM articles`) {
		key, state, _ := strings.Cut(s, " ")
		states[idOf(key)] = state
	}
	unseen := 0
	for id, at := range deleted {
		if s, ok := states[strconv.Itoa(id)]; ok && s == "kept" {
			unseen++
			t.Logf("removal not seen: article %d, put up on %s, removed on %s", id, born[id].Format(time.DateTime), at.Format(time.DateTime))
		}
	}
	t.Logf("%d removals of recent articles, %d not seen", len(deleted), unseen)
	if unseen > 0 {
		t.Errorf("%d removals not seen, want none", unseen)
	}
	version := regexp.MustCompile(`本文为第(\d+)版`)
	kept := make(map[string]bool)
	newest := make(map[string]int)
	for _, s := range w.query(`SELECT key || ' ' || body FROM versions`) {
		key, body, _ := strings.Cut(s, " ")
		id := idOf(key)
		if m := version.FindStringSubmatch(body); m != nil {
			kept[id+"v"+m[1]] = true
			n, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			newest[id] = max(newest[id], n)
		}
	}
	of, seen, each := 0, 0, 0
	for _, e := range edits {
		if e.age > 30*24*time.Hour || !deleted[e.id].IsZero() {
			continue
		}
		of++
		if newest[strconv.Itoa(e.id)] >= e.version {
			seen++
		}
		if kept[fmt.Sprintf("%dv%d", e.id, e.version)] {
			each++
		}
	}
	t.Logf("%d edits in the first month of an article's life: %d seen, %d kept as versions of their own", of, seen, each)
	if of == 0 || float64(seen) < 0.95*float64(of) {
		t.Errorf("%d of %d edits seen, want at least 95 %%", seen, of)
	}
}
