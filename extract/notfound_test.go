package extract

import "testing"

// 404 in a headline is a number like another.
func TestNotFoundTitle(t *testing.T) {
	tests := []struct {
		title string
		want  bool
	}{
		{"404错误提示", true}, {"404", true}, {"404 Not Found", true}, {"HTTP 404", true}, {"404-测试大学", true}, {"错误404", true},
		{"404 页面不存在", true}, {"Error 404", true},
		{"校团委开展课程建设（第2404号）-测试大学新闻网", false}, {"图书馆总结教学检查（第4040号）", false}, {"404宿舍全员考研成功", false},
		{"关于印发〔2019〕404号文件的通知", false}, {"第404次校长办公会", false},
	}
	for _, tt := range tests {
		if got := failureTitle.MatchString(tt.title); got != tt.want {
			t.Errorf("%s: taken for a page that is not there: %v, want %v", tt.title, got, tt.want)
		}
	}
}
