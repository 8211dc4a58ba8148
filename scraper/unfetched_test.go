package scraper_test

import (
	"testing"

	"campusnews/scraper"
	"campusnews/scraper/campustest"
)

// What runs with --assets none have left out is fetched by the next run to the end of lists, each file once and as its article's;
// a run that is not one leaves them for the articles' next visit.
func TestUnfetchedFiles(t *testing.T) {
	w := newWorld(t, "学校要闻", "综合新闻")
	w.site.Media = true
	w.site.Publish("学校要闻", w.day(200), 30)
	w.site.Publish("综合新闻", w.day(200), 15)
	w.run(func(c *scraper.Config) { c.Assets = scraper.AssetsNone })
	file := func(path string) bool {
		return campustest.Prefix("/__local/")(path) || campustest.Prefix("/system/_content/download.jsp")(path)
	}
	if rep := w.run(); rep.Assets > 0 || w.site.TakeAudit().Count(file) > 0 {
		t.Fatalf("%d files in a plain run, want none", rep.Assets)
	}
	if rep := w.run(func(c *scraper.Config) { c.Full, c.Assets = true, scraper.AssetsNone }); rep.Assets > 0 {
		t.Errorf("%d files in a full run that is to fetch none", rep.Assets)
	}
	if rep := w.run(func(c *scraper.Config) { c.Full, c.Sections = true, []string{"综合新闻"} }); rep.Assets != 8 {
		t.Errorf("%d files of a section of 15, want 5 pictures and 3 attachments", rep.Assets)
	}
	rep := w.run(func(c *scraper.Config) { c.Full = true })
	if rep.Assets != 16 || rep.InPart() {
		t.Errorf("%d files, in part %v; want the other 10 pictures and 6 attachments", rep.Assets, rep.InPart())
	}
	if rep := w.run(func(c *scraper.Config) { c.Full = true }); rep.Assets != 0 {
		t.Errorf("%d files in another full run", rep.Assets)
	}
	for path, n := range w.site.TakeAudit().Repeats() {
		if file(path) {
			t.Errorf("%s was asked for %d times", path, n)
		}
	}
	if got := w.query(`SELECT count(*) FROM captures WHERE reason = 'asset' AND article IS NOT NULL`); got[0] != "24" {
		t.Errorf("%s captures of files belong to an article, want 24", got[0])
	}
	if got := w.query(`SELECT count(*) FROM articles WHERE revision > 1`); got[0] != "0" {
		t.Errorf("%s articles have a further version", got[0])
	}
}
