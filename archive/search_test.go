package archive

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"campusnews/archive/ask"
)

// searchable is an archive of articles whose titles and bodies show one case each.
func searchable(t *testing.T, dir string) *Archive {
	t.Helper()
	a := open(t, dir)
	c := begin(t, a)
	for i, text := range []struct{ day, section, title, body string }{
		{"2016-07-22", "要闻", "先进基层党组织推介", "中南大学新闻网讯\n党建工作，成绩突出"},
		{"2016-07-23", "要闻", "2009年校友返校", "军训结束。参加者12009人"},
		{"2016-08-01", "学术", "News Centre opens", "The party was in ＣＳＵ; see C++ notes"},
		{"2015-01-02", "学术", "图片新闻", ""},
		{"", "", "中南", "南大，中南"},
		{"2014-05-04", "学术", "學術報告會", "嶽麓山下"},
	} {
		v := article(i+1, noon, text.title, text.body)
		v.Result.Article.Published, v.Target.Section = text.day, text.section
		save(t, c, v)
	}
	return a
}

func TestSearch(t *testing.T) {
	a := searchable(t, t.TempDir())
	for _, c := range []struct {
		name  string
		query Query
		want  []int64
	}{
		{"two characters", Query{Text: "军训"}, []int64{2}},
		{"one character", Query{Text: "党"}, []int64{1}},
		{"three characters", Query{Text: "新闻网"}, []int64{1}},
		{"pairs that do not meet", Query{Text: "中南大"}, []int64{1}},
		{"in a title", Query{Text: "图片"}, []int64{4}},
		{"newest first, no day last", Query{Text: "中南"}, []int64{1, 5}},
		{"two terms", Query{Text: "党建　推介"}, []int64{1}},
		{"two terms, one missing", Query{Text: "党建 军训"}, nil},
		{"mixed", Query{Text: "2009年"}, []int64{2}},
		{"a whole number before Han", Query{Text: "2009"}, []int64{2}},
		{"the end of a number only", Query{Text: "2009人"}, nil},
		{"full width as half width", Query{Text: "csu"}, []int64{3}},
		{"half width as full width", Query{Text: "Ｐａｒｔｙ"}, []int64{3}},
		{"not within a word", Query{Text: "art"}, nil},
		{"prefix", Query{Text: "cent*"}, []int64{3}},
		{"quoted", Query{Text: `"news centre"`}, []int64{3}},
		{"quoted, other order", Query{Text: `"centre news"`}, nil},
		{"Chinese quotation marks", Query{Text: `“党建工作，成绩”`}, []int64{1}},
		{"half-width comma", Query{Text: `工作,成绩`}, []int64{1}},
		{"signs", Query{Text: "C++"}, []int64{3}},
		{"only signs", Query{Text: "++"}, []int64{3}},
		{"simplified finds traditional", Query{Text: "学术报告"}, []int64{6}},
		{"traditional finds simplified", Query{Text: "軍訓"}, []int64{2}},
		{"traditional as it stands", Query{Text: "嶽麓"}, []int64{6}},
		{"one of two", Query{Text: "军训 OR 党"}, []int64{2, 1}},
		{"one of two, in parentheses", Query{Text: "(校友 OR 党) 成绩"}, []int64{1}},
		{"one of a phrase and a word", Query{Text: `"党建工作，成绩" OR 图片`}, []int64{1, 4}},
		{"minus", Query{Text: "新闻 -党建"}, []int64{4}},
		{"minus a phrase", Query{Text: `新闻 NOT "党建工作，成绩"`}, []int64{4}},
		{"minus a group", Query{Text: "新闻 -(党建 OR 图片)"}, nil},
		{"minus both of a group", Query{Text: "新闻 -(党建 图片)"}, []int64{1, 4}},
		{"in the title", Query{Text: "title:新闻"}, []int64{4}},
		{"in the title, three characters", Query{Text: "标题：基层党"}, []int64{1}},
		{"in the title, one character", Query{Text: "title:党"}, []int64{1}},
		{"in the title and elsewhere", Query{Text: "title:推介 党建"}, []int64{1}},
		{"in the title or elsewhere", Query{Text: "title:推介 OR 军训"}, []int64{2, 1}},
		{"not in the title", Query{Text: "新闻 -title:新闻"}, []int64{1}},
		{"in the text", Query{Text: "text:新闻"}, []int64{1}},
		{"not in the text", Query{Text: "新闻 -text:新闻"}, []int64{4}},
		{"star behind Han", Query{Text: "军训*"}, []int64{2}},
		{"signs or a word", Query{Text: "++ OR 军训"}, []int64{3, 2}},
		{"SQL in it", Query{Text: `军训" OR "党`}, nil},
		{"section", Query{Text: "新闻", Filter: Filter{Section: "学术"}}, []int64{4}},
		{"site", Query{Text: "新闻", Filter: Filter{Site: "nudt"}}, nil},
		{"from", Query{Text: "新闻", Filter: Filter{From: "2016"}}, []int64{1}},
		{"to a year", Query{Text: "新闻", Filter: Filter{To: "2015"}}, []int64{4}},
		{"to a month", Query{Text: "新闻", Filter: Filter{From: "2015-01", To: "2015-01"}}, []int64{4}},
		{"not a word of two characters", Query{Text: "新闻", Not: "党建"}, []int64{4}},
		{"not a phrase", Query{Text: "新闻", Not: "党建工作，成绩 无此词"}, []int64{4}},
		{"not a word that is nowhere", Query{Text: "新闻", Not: "北京大学"}, []int64{1, 4}},
		{"person", Query{Text: "军训", Filter: Filter{Person: "白露"}}, []int64{2}},
		{"another person", Query{Text: "军训", Filter: Filter{Person: "刘"}}, nil},
		{"source", Query{Text: "军训", Filter: Filter{Source: "新闻中心"}}, []int64{2}},
		{"another source", Query{Text: "军训", Filter: Filter{Source: "新闻"}}, nil},
		{"with files", Query{Text: "军训", Filter: Filter{Files: true}}, []int64{2}},
		{"changed", Query{Text: "军训", Filter: Filter{Changed: true}}, nil},
		{"gone", Query{Text: "军训", Filter: Filter{Gone: true}}, nil},
		{"limit", Query{Text: "新闻", Limit: 1}, []int64{1}},
		{"offset", Query{Text: "新闻", Limit: 1, Offset: 1}, []int64{4}},
	} {
		hits, err := a.Search(t.Context(), c.query)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []int64
		for _, h := range hits.Hits {
			got = append(got, h.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
		c.query.Order, c.query.Total = Relevance, true
		hits, err = a.Search(t.Context(), c.query)
		if err != nil || len(hits.Hits) != len(c.want) {
			t.Errorf("%s by relevance: got %d hits (err %v), want %d", c.name, len(hits.Hits), err, len(c.want))
		}
		if c.query.Limit == 0 && hits.Total != len(c.want) {
			t.Errorf("%s: got total %d, want %d", c.name, hits.Total, len(c.want))
		}
	}
	for _, text := range []string{"", " \u3000", `""`} {
		if _, err := a.Search(t.Context(), Query{Text: text}); !errors.Is(err, ErrNoTerms) {
			t.Errorf("search for %q: got %v, want ErrNoTerms", text, err)
		}
	}
}

func TestSearchRefuses(t *testing.T) {
	a := open(t, t.TempDir())
	for _, q := range []Query{{Text: "a OR"}, {Text: "(a"}, {Text: `"a`}, {Text: "-a"}, {Text: "a", Not: "(b"}, {Text: strings.Repeat("字 ", 10000)},
		{Text: strings.Repeat("(", 5000) + "字" + strings.Repeat(")", 5000)}} {
		_, err := a.Search(t.Context(), q)
		if e, ok := errors.AsType[*ask.Error](err); !ok || e.What == "" {
			t.Errorf("%.20s: got %v, want an *ask.Error", q.Text, err)
		}
	}
	for _, text := range []string{strings.Repeat("字", 6000), strings.Repeat("字 ", ask.MaxTerms), `' " ' ; DROP TABLE articles --"`, "\x00\x01字", "a\xffb",
		strings.Repeat("(", ask.MaxDepth) + "字" + strings.Repeat(")", ask.MaxDepth), strings.Repeat("字 OR ", ask.MaxTerms-1) + "字"} {
		if hits, err := a.Search(t.Context(), Query{Text: text, Total: true}); err != nil || hits.Total != 0 {
			t.Errorf("%.20s: got %d hits (%v), want none", text, hits.Total, err)
		}
	}
}

func TestSearchFollowsRevisions(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	save(t, c, article(1, noon, "军训", "旧文"))
	save(t, c, article(1, noon.AddDate(0, 0, 1), "军训", "新文"))
	for text, want := range map[string]int{"旧文": 0, "新文": 1, "军训": 1} {
		hits, err := a.Search(t.Context(), Query{Text: text})
		if err != nil || len(hits.Hits) != want {
			t.Errorf("%s: got %d hits (err %v), want %d", text, len(hits.Hits), err, want)
		}
	}
	if _, err := a.read.Exec(`INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')`); err == nil {
		t.Error("a reading connection could write")
	}
}

func TestSnippet(t *testing.T) {
	long := strings.Repeat("前", 200) + "党建" + strings.Repeat("中", 20) + "军训" + strings.Repeat("后", 200) + "军训"
	for _, c := range []struct{ name, body, text, want string }{
		{"short", "中南大学", "大学", "中南[大学]"},
		{"empty", "", "大学", ""},
		{"elsewhere", "正文", "题目", "正文"},
		{"line ends", "一\n二大学\n三", "大学", "…二[大学] 三"},
		{"both terms", long, "军训 党建", "…" + strings.Repeat("前", 24) + "[党建]" + strings.Repeat("中", 20) + "[军训]" + strings.Repeat("后", 42) + "…"},
		{"touching", "中南大学", "中南 南大", "[中南大]学"},
		{"full width", "在ＣＳＵ。", "csu", "在[ＣＳＵ]。"},
	} {
		s := snippet(c.body, Terms(c.text))
		got, last := "", 0
		for _, m := range s.Marks {
			got += s.Text[last:m[0]] + "[" + s.Text[m[0]:m[1]] + "]"
			last = m[1]
		}
		if got += s.Text[last:]; got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
