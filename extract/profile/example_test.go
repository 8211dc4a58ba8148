package profile_test

import (
	"fmt"
	"os"

	"campusnews/extract/profile"
)

// A file that says all a profile can say.
func ExampleParse() {
	data, err := os.ReadFile("testdata/example.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := profile.Parse(data, "example.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Title, p.System)
	for _, s := range p.Sections {
		fmt.Println(s.Name, s.URL)
	}
	// Output:
	// 例子大学新闻网 vsb
	// 学校要闻 https://news.example.edu.cn/xxyw.htm
	// 综合新闻 https://news.example.edu.cn/zhxw.htm
	// 媒体报道 https://www.example.edu.cn/mtbd.htm
}

// All faults of one kind are reported at once, each with its place and what
// would be right; values are looked at once the keys are right.
func ExampleParse_faults() {
	_, err := profile.Parse([]byte(`
home: https://news.example.edu.cn/
system: webplus
secions:
  要闻: https://news.example.edu.cn/yw.htm
overrides:
  article:
    body: [{css: .a, pik: last}]
`), "my.yaml")
	fmt.Println(err)
	// Output:
	// my.yaml:4:1: unknown key "secions"; did you mean "sections"?
	// my.yaml:8:22: unknown key "pik" in overrides.article.body[0]; did you mean "pick"?
}

func ExampleSearch() {
	for _, p := range profile.Search("湖南") {
		fmt.Println(p.ID, p.Name, p.City, p.System)
	}
	// Output:
	// csu 中南大学 长沙 vsb
	// hnu 湖南大学 长沙 vsb
	// nudt 国防科技大学 长沙 indexhtm
}
