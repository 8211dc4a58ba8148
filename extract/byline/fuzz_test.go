package byline

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"campusnews/extract/date"
)

var seeds = []string{
	"来源:新闻中心 点击次数:次 发布时间:2016年07月22日 作者:白露 关月桥",
	"（供稿：党委宣传部撰稿：张敏摄影：李伟审核：王芳编辑：张敏）",
	"(学工处 张 敏/文 学工助理 李伟 王芳/图)",
	"本网讯（通讯员张敏、李伟）近日，学校召开会议。",
	"(撰稿,核稿:教务处 张敏,李伟)",
	"作 者：文/图 张敏 来 源：学生工作部（处） 浏览：[1,238]次 属于:校园",
	"党务办公处2026-03-098",
	"[责任编辑：张敏_NF4425]",
	"编辑\xff：\xe5\xbc",
	"图片由张敏、李伟提供 新闻中心编辑 王芳 http://a.edu.cn/1",
}

// FuzzParse: what is read stands in the line, but for blanks; the answer is
// valid UTF-8, the same each time, and without empty names.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l := Parse(s)
		check(t, s, l)
		if again := Parse(s); !reflect.DeepEqual(l, again) {
			t.Fatalf("two answers: %+v and %+v", l, again)
		}
		if l, ok := ParseClosing(s, true); ok {
			check(t, s, l)
		} else if !reflect.DeepEqual(l, Line{}) {
			t.Fatalf("no closing but %+v", l)
		}
		l, n, ok := ParseLead(s)
		if n < 0 || n > len(s) || !ok && n != 0 || ok && n == 0 {
			t.Fatalf("lead of %d bytes in %d, %v", n, len(s), ok)
		}
		if utf8.ValidString(s) && !utf8.ValidString(s[n:]) {
			t.Fatalf("lead ends within a character: %q", s[:n])
		}
		check(t, s, l)
	})
}

func check(t *testing.T, s string, l Line) {
	t.Helper()
	have := unblank(strings.ToValidUTF8(s, "\uFFFD"))
	stands := func(what, v string) {
		if !utf8.ValidString(v) {
			t.Fatalf("%s %q is no UTF-8", what, v)
		}
		if !strings.Contains(have, unblank(v)) {
			t.Fatalf("%s %q does not stand in %q", what, v, s)
		}
	}
	for _, c := range append(append([]Credit(nil), l.Credits...), l.Placeholders...) {
		if c.Name == "" || c.Name != strings.TrimSpace(c.Name) || c.Role == "" {
			t.Fatalf("credit %+v", c)
		}
		stands("name", c.Name)
	}
	for _, word := range strings.Fields(l.Source) {
		stands("source", word)
	}
	if !utf8.ValidString(l.Leftover) {
		t.Fatalf("leftover %q", l.Leftover)
	}
	stands("section", l.Section)
	if l.Published != "" {
		if _, ok := date.Parse(l.Published); !ok {
			t.Fatalf("published %q", l.Published)
		}
	}
	if l.Clicks < 0 || !l.HasClicks && l.Clicks != 0 {
		t.Fatalf("clicks %d, %v", l.Clicks, l.HasClicks)
	}
	if l.HasClicks && !strings.Contains(s, "万") && !strings.Contains(strings.NewReplacer(",", "").Replace(s), strings.TrimLeft(strconv.Itoa(l.Clicks), "0")) {
		t.Fatalf("clicks %d do not stand in %q", l.Clicks, s)
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if l := Parse(seeds[0]); l.Source == "" {
			b.Fatal("no source")
		}
	}
}

// BenchmarkParseClosingNo is the common case: a paragraph of text is looked at
// and turned away.
func BenchmarkParseClosingNo(b *testing.B) {
	short := "会议由校长张敏主持，相关职能部门负责人参加了会议"
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := ParseClosing(short, false); ok {
			b.Fatal("taken for a byline")
		}
	}
}

func BenchmarkParseLeadNo(b *testing.B) {
	text := "为深入学习贯彻上级会议精神，进一步做好新学期工作，近日，学校召开会议，相关职能部门负责人参加了会议"
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := ParseLead(text); ok {
			b.Fatal("taken for a byline")
		}
	}
}

// BenchmarkParseHostile reads lines made to be slow; Parse bounds their length.
func BenchmarkParseHostile(b *testing.B) {
	for _, c := range []struct{ name, in string }{
		{"labels", strings.Repeat("编辑：", 1<<16)}, {"brackets", strings.Repeat("（", 1<<16)}, {"names", "作者：" + strings.Repeat("张 ", 1<<16)},
		{"slashes", strings.Repeat("文/", 1<<16)}, {"joined", strings.Repeat("文、", 1<<16)}, {"digits", strings.Repeat("2016-1-", 1<<16)},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				Parse(c.in)
				ParseClosing(c.in, true)
				ParseLead(c.in)
			}
		})
	}
}
