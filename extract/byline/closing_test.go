package byline

import (
	"slices"
	"testing"
)

// brief writes a line as role:name words for comparison.
func brief(l Line) []string {
	var out []string
	if l.Published != "" {
		out = append(out, l.Published)
	}
	if l.Source != "" {
		out = append(out, "source:"+l.Source)
	}
	for _, c := range l.Credits {
		out = append(out, c.Role+":"+c.Name)
	}
	slices.Sort(out)
	return out
}

func TestParseClosing(t *testing.T) {
	for _, c := range []struct {
		in      string
		aligned bool
		want    []string // nil = no byline
	}{
		{"（编辑：刘虹 来源:生科学院）", false, []string{"editor:刘虹", "source:生科学院"}},
		{"(文：曾祥敏 编辑：王维家)\u00a0", false, []string{"author:曾祥敏", "editor:王维家"}},
		{"（王来红 李超）", false, []string{"author:李超", "author:王来红"}},
		{"（人力资源部）", false, []string{"source:人力资源部"}},
		{"学生记者团 李欣阳", true, []string{"author:李欣阳", "source:学生记者团"}},
		{"学生记者团 李欣阳", false, nil},
		{"教务处", true, nil},
		{"（图书馆供稿）", false, []string{"source:图书馆"}},
		{"责任编辑：郑佳", false, []string{"editor:郑佳"}},
		{"一审：张敏 二审：李伟 三审：王芳", false, []string{"reviewer:张敏", "reviewer:李伟", "reviewer:王芳"}},
		{"文/张敏 图/李伟", false, []string{"author:张敏", "photographer:李伟"}},
		{"（通讯员 张敏）", false, []string{"author:张敏"}},
		{"时间：2020年5月1日 9:00", false, nil},
		{"时间：2020年5月1日 地点：图书馆报告厅", false, nil},
		{"联系人：张敏 电话：0731-8888888", false, nil},
		{"会议强调，要把立德树人落到实处。", false, nil},
		{"会议由校长张敏主持，编辑部全体人员参加。", false, nil},
		{"主讲人：张敏", false, nil},
		{"2020年5月1日", true, nil},
		{"（一）指导思想", false, nil},
		{"（详见附件）", false, nil},
		{"（完）", false, nil},
		{"【项目指南申报】", false, nil},
		{"（3）计算机学科三组（上午）", false, nil},
		{"图为会议现场", false, nil},
		{"文章导航", false, nil},
		{"关闭", true, nil},
		{"【关闭】", false, nil},
		{"", false, nil},
	} {
		l, ok := ParseClosing(c.in, c.aligned)
		if got := brief(l); !slices.Equal(got, c.want) || ok != (c.want != nil) {
			t.Errorf("%q: got %q (%v), want %q", c.in, got, ok, c.want)
		}
	}
}

func TestParseLead(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
		rest string // of the paragraph; with want nil the whole of it
	}{
		{"本网讯（通讯员刘丹、舒悦）近日，学校召开会议。", []string{"author:刘丹", "author:舒悦"}, "近日，学校召开会议。"},
		{"　　南开新闻网讯（通讯员 李文茹）10月9日，", []string{"author:李文茹", "source:南开新闻网"}, "10月9日，"},
		{"清华新闻网12月18日电（通讯员姜 东 郑岸青）今天", []string{"author:姜东", "author:郑岸青", "source:清华新闻网"}, "今天"},
		{"新华社巴黎12月9日电（记者唐霁）法国", []string{"author:唐霁", "source:新华社"}, "法国"},
		{"本报讯 记者张敏报道：近日", []string{"author:张敏"}, "近日"},
		{"本网讯 近日，学校", []string{}, "近日，学校"},
		{"【供稿/文学院】近日", []string{"source:文学院"}, "近日"},
		{"（记者 张敏）近日", []string{"author:张敏"}, "近日"},
		{"（一）指导思想", nil, ""},
		{"通讯员队伍建设会议召开。", nil, ""},
		{"近日，本网讯息中心", nil, ""},
		{"为深入学习贯彻党的二十大精神，", nil, ""},
		{"（张敏）近日", nil, ""},
		{"", nil, ""},
	} {
		l, n, ok := ParseLead(c.in)
		if got := brief(l); ok != (c.want != nil) || len(got)+len(c.want) > 0 && !slices.Equal(got, c.want) || ok && c.in[n:] != c.rest {
			t.Errorf("%q: got %q (%v) rest %q, want %q rest %q", c.in, got, ok, c.in[n:], c.want, c.rest)
		}
	}
}
