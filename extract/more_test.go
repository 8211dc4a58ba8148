package extract

import "testing"

// A link to a whole list beside rows that look alike is no row: the crawler
// would take the section for an article, and ask it of no run for one section.
func TestMoreIsNoRow(t *testing.T) {
	const page = `<html><head><title>测试学院</title><!--Announced by Visual SiteBuilder 9--></head><body>
<ul><li><a href="info/1002/11.htm">学院召开新学期工作会议</a><span>2024-03-01</span></li>
<li><a href="info/1002/12.htm">学院举行青年教师讲课比赛</a><span>2024-02-27</span></li>
<li><a href="xwzx/xyxw.htm">MORE&gt;&gt;</a></li></ul></body></html>`
	r := New().Extract(Page{URL: "http://cs.site.example/", Body: []byte(page)})
	items := r.ItemLinks
	if r.Listing != nil {
		items = r.Listing.Items
	}
	if len(items) != 2 {
		t.Errorf("got %d rows %+v, want 2", len(items), items)
	}
	found := false
	for _, l := range r.Nav {
		found = found || l.URL == "http://cs.site.example/xwzx/xyxw.htm"
	}
	if !found {
		t.Errorf("got navigation %+v, want the list in it", r.Nav)
	}
}
