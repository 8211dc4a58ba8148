package scraper_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"campusnews/scraper"
	"campusnews/scraper/campustest"
)

// A page that says "not here" or wants a captcha or a script in the place of a picture or attachment is no file: it is asked for again, and
// says nothing of the host. Any other page is kept as the file.
func TestPageInThePlaceOfAFile(t *testing.T) {
	script := `<html><head><meta id="abc" content="x" r="m"><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=81435;$_ts.cd="qEE";</script></head><body></body></html>`
	for name, tt := range map[string]struct {
		page  string
		again int // requests for each file besides the first
	}{
		"captcha":           {`<html><head><title>下载</title></head><body>请输入验证码 <input type="text" name="code"></body></html>`, 1},
		"script":            {script, 1},
		"not here":          {`<html><head><title>404错误提示</title></head><body>您访问的页面不存在</body></html>`, 1},
		"a page of its own": {`<html><head><title>附件一览</title></head><body><p>第一号附件：关于开展新闻宣传工作的实施细则，自发布之日起施行。</p><p>第二号附件：名单。</p></body></html>`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "学校要闻")
			w.site.Media = true
			w.site.Publish("学校要闻", w.day(40), 30)
			file := func(path string) bool {
				return strings.HasPrefix(path, "/__local/") || strings.HasPrefix(path, "/system/_content/")
			}
			w.site.Break(campustest.Fault{On: file, Do: campustest.Page(tt.page)})
			rep := w.run()
			files := w.site.TakeAudit().Count(file)
			if files != 16 || rep.AssetsMissing != 16*tt.again || rep.Assets != 16*(1-tt.again) || rep.InPart() {
				t.Fatalf("%d files asked for, %d captured, %d missing, in part %v (%v)", files, rep.Assets, rep.AssetsMissing, rep.InPart(), rep.Stopped)
			}
			w.site.Mend()
			w.clock.advance(25 * time.Hour)
			rep = w.run()
			if n := w.site.TakeAudit().Count(file); n != 16*tt.again || rep.Assets != n {
				t.Errorf("%d asked for on the next day, %d captured; want %d", n, rep.Assets, 16*tt.again)
			}
		})
	}
}

// A 304 that no condition asked for brings nothing: the article is not taken for one that is there.
func TestUnasked304(t *testing.T) {
	w := small(t, 3, 40)
	n := 0
	w.site.Break(campustest.Fault{On: campustest.Only("/info/1001/1002.htm"), Do: func(rw http.ResponseWriter, r *http.Request) bool {
		n++
		return n <= 2 && campustest.Status(http.StatusNotModified)(rw, r)
	}})
	if rep := w.run(); rep.New != 2 || rep.Failed != 1 || rep.Failures == nil {
		t.Errorf("%d new, %d failed: %v; want 2 and to be told", rep.New, rep.Failed, rep.Failures)
	}
	w.clock.advance(24 * time.Hour)
	w.run(func(c *scraper.Config) { c.Revisit = scraper.RevisitNone })
	w.wantWhole()
}
