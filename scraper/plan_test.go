package scraper

import "testing"

func TestIsPager(t *testing.T) {
	for text, want := range map[string]bool{
		"下一页": true, "下一页>>": true, "<<上一页": true, "[2]": true, "3": true, ">>": true, "›": true, "Next »": true, "尾页": true, "跳转到\u00a0": true,
		"": false, "学校要闻": false, "2016年新闻": false, "首页新闻": false,
	} {
		if got := isPager(text); got != want {
			t.Errorf("isPager(%q): got %v, want %v", text, got, want)
		}
	}
}
