package extract

import "testing"

// A list that a script draws has its links hidden and its titles in arrays.
func TestGrid(t *testing.T) {
	const page = `<html><head><title>导师-测试学院</title><!--Announced by Visual SiteBuilder 9-->
<script>_jsq_(1019,'/list.jsp',-1,1336412016)</script></head><body><ul><li><a href="../index.htm">首页</a></li></ul>
<div id="u_u5_imgcontent"></div>
<table><tr><td id="fanye189218">共21条&nbsp;&nbsp;1/2&nbsp;</td><td><span class="PrevDisabled">首页</span><a href="ds/1.htm" class="Next">下页</a><a href="ds/1.htm" class="Next">尾页</a></td></tr></table>
<div style="display:none"><a id="u_u5_1320_a" href="../info/1019/1320.htm"></a><a id="u_u5_1323_a" href="../info/1019/1323.htm"></a><a id="u_u5_1327_a"
 href="../info/1019/1327.htm"></a><a id="u_u5_9_a" href="../info/1019/9.htm"></a></div>
<script>var u_u5_title = ["甲一", "乙\/二", "丙三"];
 var u_u5_id = ["1320","1327",
 "1323"]; var u_u5_link = document.getElementById("u_u5_" + u_u5_id[0] + "_a").href;</script></body></html>`
	r := New().Extract(Page{URL: "http://cs.site.example/szdw/ds.htm", Body: []byte(page)})
	if r.Kind != KindList {
		t.Fatalf("got %s (%s), want a list", r.Kind, r.Reason)
	}
	want := []Item{
		{URL: "http://cs.site.example/info/1019/1320.htm", Title: "甲一", Key: "cs.site.example/news1320"},
		{URL: "http://cs.site.example/info/1019/1323.htm", Title: "丙三", Key: "cs.site.example/news1323"},
		{URL: "http://cs.site.example/info/1019/1327.htm", Title: "乙/二", Key: "cs.site.example/news1327"},
	}
	if len(r.Listing.Items) != len(want) {
		t.Fatalf("got %d rows, want %d: %+v", len(r.Listing.Items), len(want), r.Listing.Items)
	}
	for i, w := range want {
		if got := r.Listing.Items[i]; got != w {
			t.Errorf("row %d: got %+v, want %+v", i, got, w)
		}
	}
	if got, want := r.Listing.Next, "http://cs.site.example/szdw/ds/1.htm"; got != want {
		t.Errorf("next page %q, want %q", got, want)
	}
}

func TestScriptArray(t *testing.T) {
	tests := []struct {
		name, script string
		want         int
	}{
		{"plain", `var x_id = ["1","2"];`, 2},
		{"longer name before", `var x_ids = ["1"]; var x_id=["1","2"]`, 2},
		{"used before it is set", `f(x_id); x_id = ["1","2","3"]`, 3},
		{"no array", `x_id = 3;`, 0},
		{"cut", `x_id = ["1", "2`, 0},
		{"numbers", `x_id = [1, 2]`, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := scriptArray(tt.script, "x_id"); len(got) != tt.want {
				t.Errorf("got %q, want %d strings", got, tt.want)
			}
		})
	}
}
