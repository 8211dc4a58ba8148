package render

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

var base, _ = url.Parse("http://news.example.edu.cn/info/1002/7.htm")

func body(t testing.TB, s string) []*html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader("<!DOCTYPE html><body>" + s))
	if err != nil {
		t.Fatal(err)
	}
	return []*html.Node{doc}
}

func TestRender(t *testing.T) {
	for _, c := range []struct{ name, in, text, html string }{
		{"blocks", "<p>第一段</p><div>第二段<p>第三段</div>尾", "第一段\n第二段\n第三段\n尾", "<p>第一段</p>\n<p>第二段</p>\n<p>第三段</p>\n<p>尾</p>"},
		{"blanks", "<p>　　甲\u00a0\u00a0 乙\n丙\u200b丁\ufeff </p>", "甲 乙 丙丁", "<p>甲 乙 丙丁</p>"},
		{"breaks", "<p>甲<br>乙<br><br>丙<br></p>", "甲\n乙\n丙", "<p>甲<br>乙</p>\n<p>丙</p>"},
		{"inline over blocks", "<b>甲<p>乙</p></b>丙", "甲\n乙\n丙", "<p><strong>甲</strong></p>\n<p><strong>乙</strong></p>\n<p>丙</p>"},
		{"headings and lists", "<h2>题</h2><ul><li>一</li><li>二<p>三</p></li></ul>", "题\n一\n二\n三", "<h2>题</h2>\n<ul><li>一</li>\n<li>二<br>三</li>\n</ul>"},
		{"item without list", "<li>一</li><li>二</li>", "一\n二", "<p>一</p>\n<p>二</p>"},
		{"table", `<table><tr><th colspan=2>表</th></tr><tr><td><p>甲</p><p>乙</p></td><td>1</td></tr><tr><td>丙</td><td></td></tr></table>`,
			"表\n甲 乙\t1\n丙", "<table><tr><th colspan=\"2\">表</th></tr>\n<tr><td>甲<br>乙</td><td>1</td></tr>\n<tr><td>丙</td><td></td></tr>\n</table>"},
		{"layout table", "<table><tr><td><p>甲</p><p>乙</p></td></tr></table>", "甲\n乙", "<p>甲</p>\n<p>乙</p>"},
		{"table in a table", "<table><tr><td>甲</td><td><table><tr><td>1</td><td>2</td></tr></table></td></tr></table>", "甲\n1\t2", "<p>甲</p>\n<table><tr><td>1</td><td>2</td></tr>\n</table>"},
		{"what nobody sees", `<p>甲<span style="DISPLAY : none">乙</span><script>丙</script><style>丁</style><!--戊--></p><p hidden>己</p><textarea>庚</textarea>`, "甲", "<p>甲</p>"},
		{"preformatted", "<pre>甲\n  乙\n</pre>", "甲\n乙", "<pre>甲<br>乙</pre>"},
		{"empty emphasis", "<p><b> </b><i></i>甲</p><p>&nbsp;</p><ul><li></li></ul>", "甲", "<p>甲</p>"},
		{"scripts in attributes", `<p onclick="x()">甲<a href="javascript:x()" onmouseover=x()>乙</a><img src=x.jpg onerror=x()><a href=" jav&#x09;ascript:x()">丙</a></p>`, "甲乙丙", `<p>甲乙<img src="http://news.example.edu.cn/info/1002/x.jpg">丙</p>`},
		{"escapes", "<p>a &lt;script&gt; &amp; b</p>", "a <script> & b", "<p>a &lt;script&gt; &amp; b</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Render(body(t, c.in), base, Options{})
			if got.Text != c.text {
				t.Errorf("text: got %q, want %q", got.Text, c.text)
			}
			if got.HTML != c.html {
				t.Errorf("HTML: got %q, want %q", got.HTML, c.html)
			}
		})
	}
}

func TestMedia(t *testing.T) {
	got := Render(body(t, `
<p><img src="/__local/1/a.jpg" alt=" 校 门 "></p><p>图为校门。张三 摄</p>
<p>正文<a href="../1003/8.htm">相关</a><a href="#top">顶</a></p>
<figure><img src="b.png"><figcaption>说明</figcaption></figure>
<img src="data:image/gif;base64,AA" data-src="//cdn.example.com/c.jpg"><img src="file:///C:/x.jpg"><img src="t.gif" width=1>
<img src="/_ueditor/themes/default/images/icon_doc.gif"><a href="/_upload/article/files/1/2.docx" sudyfile-attr="{'title':'名 册.docx'}"></a>
<a href="/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=2">表.xls</a>
<div class="wp_pdf_player" pdfsrc="/_upload/article/files/3.pdf" sudyfile-attr="{'title':'讲座.pdf'}"></div>
<video src="/v.mp4"></video>`), base, Options{})
	want := Content{
		Text: "图为校门。张三 摄\n正文相关顶\n说明\n表.xls",
		Images: []Image{
			{URL: "http://news.example.edu.cn/__local/1/a.jpg", Alt: "校 门", Caption: "图为校门。张三 摄"},
			{URL: "http://news.example.edu.cn/info/1002/b.png", Caption: "说明"},
			{URL: "http://cdn.example.com/c.jpg"},
		},
		Files: []File{
			{"http://news.example.edu.cn/_upload/article/files/1/2.docx", "名 册.docx"},
			{"http://news.example.edu.cn/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=2", "表.xls"},
			{"http://news.example.edu.cn/_upload/article/files/3.pdf", "讲座.pdf"},
		},
		Links: []Link{{"http://news.example.edu.cn/info/1003/8.htm", "相关"}},
		Media: []File{{"http://news.example.edu.cn/_upload/article/files/3.pdf", "讲座.pdf"}, {"http://news.example.edu.cn/v.mp4", ""}},
	}
	got.HTML = ""
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestResolve(t *testing.T) {
	for _, c := range []struct{ ref, want string }{
		{"x.htm", "http://news.example.edu.cn/info/1002/x.htm"},
		{" ../../a/./b/../c.htm?x=1#y ", "http://news.example.edu.cn/a/c.htm?x=1#y"},
		{"../../../../a", "http://news.example.edu.cn/a"},
		{"..", "http://news.example.edu.cn/info/"},
		{"//b.example/x", "http://b.example/x"},
		{"https://b.example", "https://b.example"},
		{"?a=1", "http://news.example.edu.cn/info/1002/7.htm?a=1"},
		{"图 片.jpg", "http://news.example.edu.cn/info/1002/图%20片.jpg"},
		{"a\nb.htm", "http://news.example.edu.cn/info/1002/ab.htm"},
		{"mailto:a@b.c", "mailto:a@b.c"},
		{"javascript:void(0)", ""}, {"JaVa\tscript:x", ""}, {"data:text/html,x", ""}, {"file:///C:/x", ""}, {"http://", ""}, {"", ""}, {"vbscript:x", ""},
		{"http:\\\\b.example\\x", "http://b.example/x"},
	} {
		if got := Resolve(base, c.ref); got != c.want {
			t.Errorf("Resolve(%q): got %q, want %q", c.ref, got, c.want)
		}
	}
}

func TestFileAddress(t *testing.T) {
	for address, want := range map[string]bool{
		"http://a.example/x.DOC": true, "http://a.example/x.pdf?v=1": true, "http://a.example/__local/1/2.bin?e=.docx": true,
		"http://a.example/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=2": true,
		"http://a.example/virtual_attach_file.vsb?afc=1&e=.rar":                                           true,
		"http://a.example/x.htm": false, "http://a.zip": false, "http://a.example/a.zip/b": false, "http://a.example/": false,
	} {
		if got := FileAddress(address); got != want {
			t.Errorf("FileAddress(%q): got %v, want %v", address, got, want)
		}
	}
}
