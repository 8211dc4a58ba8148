package archive

import (
	"testing"
	"time"

	"campusnews/extract"
	"campusnews/scraper"
	"campusnews/scraper/capture"
)

func TestSaveHistory(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	first := article(1, noon, "先进基层党组织推介", "第一段\n第二段")

	edited := article(1, noon.Add(24*time.Hour), "先进基层党组织推介", "第一段\n第二段（更正）")
	same := article(1, noon.Add(25*time.Hour), "先进基层党组织推介", "第一段\n第二段（更正）")
	sideList := same
	sideList.Exchanges = []capture.Exchange{exchange(same.Target.URL, 200, "another side list")}
	notModified := same
	notModified.Result, notModified.Exchanges = nil, []capture.Exchange{exchange(same.Target.URL, 304, "")}
	reread := same
	reread.Result = article(1, noon, "先进基层党组织推介", "第一段\n第二段（更正）\n第三段").Result
	reread.Exchanges = []capture.Exchange{exchange(same.Target.URL, 200, "<h1>先进基层党组织推介</h1>第一段\n第二段（更正）")}
	missing := same
	missing.Result, missing.Exchanges = nil, []capture.Exchange{exchange(same.Target.URL, 404, "404错误提示")}
	missing.Target.State, missing.Target.MissingSince, missing.Target.MissingCount = scraper.StateMissing, noon.Add(48*time.Hour), 1
	gone := missing
	gone.Target.State, gone.Target.MissingCount = scraper.StateGone, 3
	softGone := gone
	softGone.Result = &extract.Result{Kind: extract.KindError, Reason: "soft 404", URL: gone.Target.URL, Key: gone.Target.Key}

	for _, step := range []struct {
		name  string
		visit scraper.Visit
		want  scraper.Change
	}{
		{"first look", first, scraper.Change{Article: 1, New: true}},
		{"edited", edited, scraper.Change{Article: 1, Changed: true}},
		{"same bytes", same, scraper.Change{Article: 1, Unchanged: true}},
		{"only the side list changed", sideList, scraper.Change{Article: 1, Unchanged: true}},
		{"304", notModified, scraper.Change{Article: 1, Unchanged: true}},
		{"same bytes read better", reread, scraper.Change{Article: 1, Changed: true}},
		{"404 once", missing, scraper.Change{Article: 1}},
		{"404 often", gone, scraper.Change{Article: 1, Gone: true}},
		{"still gone", softGone, scraper.Change{Article: 1}},
		{"back", reread, scraper.Change{Article: 1, Unchanged: true, Returned: true}},
		{"gone at once", gone, scraper.Change{Article: 1, Gone: true}},
		{"back by 304", notModified, scraper.Change{Article: 1, Unchanged: true, Returned: true}},
	} {
		if got := save(t, c, step.visit); got != step.want {
			t.Errorf("%s: got %+v, want %+v", step.name, got, step.want)
		}
	}
	var causes, changed, events string
	query(t, a, `SELECT group_concat(cause), group_concat(changed) FROM revisions`, &causes, &changed)
	if want := "page,page,extractor"; causes != want {
		t.Errorf("causes: got %s, want %s", causes, want)
	}
	if want := "body,body"; changed != want {
		t.Errorf("changed fields: got %s, want %s", changed, want)
	}
	query(t, a, `SELECT group_concat(event) FROM events`, &events)
	if want := "missing,gone,returned,gone,returned"; events != want {
		t.Errorf("events: got %s, want %s", events, want)
	}
	var bodies string
	query(t, a, `SELECT group_concat(replace(body, char(10), '/'), ' | ') FROM (SELECT body FROM versions ORDER BY number)`, &bodies)
	if want := "第一段/第二段 | 第一段/第二段（更正） | 第一段/第二段（更正）/第三段"; bodies != want {
		t.Errorf("versions: got %s, want %s", bodies, want)
	}
	if n := count(t, a, `SELECT count(*) FROM captures WHERE profile = 'identical-payload-digest'`); n != 6 {
		t.Errorf("captures with the payload of an earlier one: got %d, want 6", n)
	}
	if n := count(t, a, `SELECT count(*) FROM captures WHERE profile = 'server-not-modified' AND same_as IS NOT NULL`); n != 2 {
		t.Errorf("captures not modified: got %d, want 2", n)
	}
}
