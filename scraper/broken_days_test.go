package scraper_test

import (
	"testing"
	"time"

	"campusnews/scraper/campustest"
)

const maintenance = `<h2>系统维护通知</h2><div class="meta">发布时间：2026-03-20</div><div id="vsb_content"><div class="v_news_content">
<p>各位老师、同学：学校网站群平台将于今日进行升级维护，维护期间各网站暂停访问，由此带来的不便敬请谅解。</p><p>如有疑问，请与网络与信息中心联系，我们将尽快答复，感谢大家的理解与支持。</p></div></div>`

// A page of a list that once comes as something else does not end the first walk over the list.
func TestListPageThatIsNoListOnce(t *testing.T) {
	for name, body := range map[string]string{
		"a page without rows": vsbPage("学校要闻", `<div class="nav"><a href="/index.htm">首页</a></div><div class="box"></div>`),
		"a notice":            vsbPage("系统维护通知", maintenance),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "学校要闻")
			for ago := 60; ago > 0; ago-- {
				w.site.Publish("学校要闻", w.day(ago), 2)
			}
			w.site.Break(campustest.Fault{On: campustest.Only("/lm1/4.htm"), Do: campustest.Times(1, campustest.Page(body))})
			w.run()
			for range 3 {
				w.clock.advance(24 * time.Hour)
				w.run()
			}
			w.wantWhole()
		})
	}
}

// A day on which each address answers 200 with the same notice changes nothing for good.
func TestDayOfMaintenance(t *testing.T) {
	w := newWorld(t, "学校要闻", "综合新闻")
	for ago := 60; ago > 0; ago-- {
		w.site.Publish("学校要闻", w.day(ago), 1)
		w.site.Publish("综合新闻", w.day(ago), 1)
	}
	w.run()
	w.clock.advance(24 * time.Hour)
	w.run()
	w.clock.advance(35 * 24 * time.Hour)
	w.site.Publish("学校要闻", w.day(-36), 3)
	w.run()
	w.clock.advance(24 * time.Hour)
	w.site.Break(campustest.Fault{On: campustest.Prefix("/"), Do: campustest.Page(vsbPage("系统维护通知", maintenance))})
	if rep := w.run(); len(rep.Broken) != 2 {
		t.Errorf("broken sections %q, want both", rep.Broken)
	}
	w.site.Mend()
	for range 2 {
		w.clock.advance(24 * time.Hour)
		w.site.Publish("综合新闻", w.day(-38), 1)
		if rep := w.run(); rep.New != 1 || len(rep.Broken) > 0 {
			t.Errorf("the day after: %d new, broken %q; want the one, and none", rep.New, rep.Broken)
		}
	}
	w.wantWhole()
	if got := w.query(`SELECT count(*) FROM articles WHERE title LIKE '系统维护%'`); got[0] != "0" {
		t.Errorf("%s articles are the notice", got[0])
	}
	if got := w.query(`SELECT count(*) FROM revisions WHERE number > 1`); got[0] != "0" {
		t.Errorf("%s versions are the notice, or what came after", got[0])
	}
}

// An address that leads to the home page from now on is not there any more, though the site has honest 404s for others.
func TestArticlesThatLeadHome(t *testing.T) {
	w := newWorld(t, "学校要闻")
	for ago := 30; ago > 0; ago-- {
		w.site.Publish("学校要闻", w.day(ago), 1)
	}
	w.run()
	for _, a := range w.site.Live()[:3] {
		w.site.Break(campustest.Fault{On: campustest.Only(w.site.Path(a)), Do: campustest.Status(302, "Location", "/")})
		w.site.Delete(a.ID)
	}
	for range 6 {
		w.clock.advance(60 * 24 * time.Hour)
		w.run()
	}
	if got := w.query(`SELECT count(*) FROM articles WHERE state = 'gone'`); got[0] != "3" {
		t.Errorf("%s articles are gone, want the three that lead home", got[0])
	}
	if got := w.query(`SELECT count(*) FROM frontier WHERE role = 1`); got[0] != "1" {
		t.Errorf("%s sections, want the site's one", got[0])
	}
}

// A column that shows an article for weeks is an article, and is found to be one in time.
func TestSectionThatBecomesAnArticle(t *testing.T) {
	w := newWorld(t, "学校要闻", "综合新闻")
	w.site.Publish("学校要闻", w.day(20), 5)
	w.site.Publish("综合新闻", w.day(20), 5)
	w.run()
	w.site.Break(campustest.Fault{On: campustest.Only("/lm2.htm"), Do: campustest.Page(vsbPage("系统维护通知", maintenance))})
	for range 25 {
		w.clock.advance(24 * time.Hour)
		w.run()
	}
	if got := w.query(`SELECT count(*) FROM articles WHERE title LIKE '系统维护%' AND state = 'kept'`); got[0] != "1" {
		t.Errorf("%s articles in the place of the column, want one", got[0])
	}
}
