package byline

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// A composer writes bylines of the forms that the grammar in the CMS survey §5
// spans, and knows what they state.
type composer struct {
	*rand.Rand
	raw  strings.Builder
	want labelled
}

func (c *composer) pick(words ...string) string { return words[c.IntN(len(words))] }

var (
	composedNames = []string{"张敏", "李伟", "王小芳", "赵雷", "孙丽君", "欧阳明月", "阿卜杜拉·买买提", "周杰", "吴文静", "郑图强", "么淑杰", "司马光"}
	composedUnits = []string{"宣传部", "党委宣传部", "机电工程学院", "学生工作部（处）", "校团委", "新闻中心", "教务处", "图书馆", "外国语学院分工会", "研究生院"}
)

// names writes one to three names and returns them as a person would write them.
func (c *composer) names() (names []string, text string) {
	sep := c.pick(" ", "  ", "、", "、", "　", ",", "\u00a0")
	var parts []string
	for _, i := range c.Perm(len(composedNames))[:1+c.IntN(3)] {
		n := composedNames[i]
		names = append(names, n)
		if r := []rune(n); len(r) == 2 && c.IntN(4) == 0 {
			n = string(r[0]) + c.pick(" ", "　", "  ") + string(r[1])
		}
		parts = append(parts, n)
	}
	return names, strings.Join(parts, sep)
}

// An item is one slot of a composed line.
type item struct {
	labels, slashes []string // for the colon and the slash style
	set             func(c *composer, names []string)
}

var nameItems = []item{
	{[]string{"作者", "撰稿", "撰稿人", "文字", "文", "通讯员", "记者", "学生记者", "作　者"}, []string{"文", "撰稿", "文字"}, func(c *composer, n []string) { c.want.Author = n }},
	{[]string{"编辑", "责任编辑", "责编", "编发", "助理编辑", "编 辑"}, []string{"编辑", "责编"}, func(c *composer, n []string) { c.want.Editor = n }},
	{[]string{"摄影", "图", "图片", "图片来源", "供图"}, []string{"图", "摄影", "图片"}, func(c *composer, n []string) { c.want.Photographer = n }},
	{[]string{"审核", "审稿", "核稿", "终审", "审核人"}, []string{"审核", "审"}, func(c *composer, n []string) { c.want.Reviewer = n }},
	{[]string{"校对", "责任校对"}, []string{"校对"}, func(c *composer, n []string) { c.want.Proofreader = n }},
}

// colon composes 来源：宣传部 作者：张敏 编辑：… with anything from wide blanks to nothing between
// the slots.
func (c *composer) colon() {
	gap := c.pick("", " ", "  ", "　", "\u00a0\u00a0\u00a0\u00a0", "；", ";", " | ", "，")
	colon := c.pick("：", ":", " : ", "： ", ":")
	var slots []string
	for _, i := range c.Perm(len(nameItems))[:1+c.IntN(4)] {
		it := nameItems[i]
		if c.IntN(6) == 0 {
			slots = append(slots, it.labels[c.IntN(2)]+colon) // an empty slot
			continue
		}
		label := c.pick(it.labels...)
		names, text := c.names()
		if len(names) > 1 && strings.TrimSpace(gap) == "" && len([]rune(label)) == 1 {
			label = it.labels[0]
		}
		it.set(c, names)
		slots = append(slots, label+colon+text)
	}
	if c.IntN(2) == 0 {
		unit := composedUnits[c.IntN(len(composedUnits))]
		c.want.Source = unit
		slots = append(slots, c.pick("来源", "供稿", "文章来源", "供稿单位", "新闻来源")+colon+unit)
	}
	if c.IntN(2) == 0 {
		day, clock := fmt.Sprintf("20%02d-%02d-%02d", 5+c.IntN(20), 1+c.IntN(12), 1+c.IntN(28)), ""
		if c.IntN(2) == 0 {
			clock = fmt.Sprintf(" %02d:%02d:%02d", c.IntN(24), c.IntN(60), c.IntN(60))
		}
		c.want.Published = day + clock
		slots = append(slots, c.pick("发布时间", "发布日期", "时间", "日期")+colon+day+clock)
	}
	if c.IntN(3) == 0 {
		n := c.IntN(20000)
		text := fmt.Sprint(n)
		switch c.IntN(3) {
		case 0:
			text += c.pick("次", " 次")
		case 1:
			text = "[" + text + "]"
		}
		c.want.Clicks = &n
		slots = append(slots, c.pick("点击", "浏览次数", "阅读", "点击量")+colon+text)
	}
	c.Shuffle(len(slots), func(i, j int) { slots[i], slots[j] = slots[j], slots[i] })
	c.raw.WriteString(strings.Join(slots, gap))
}

// slash composes 文/张敏 图/李伟.
func (c *composer) slash() {
	gap := c.pick(" ", "  ", "　", "；", ";", "，", " / ")
	var slots []string
	for _, i := range c.Perm(len(nameItems))[:1+c.IntN(3)] {
		it := nameItems[i]
		names, text := c.names()
		it.set(c, names)
		slots = append(slots, c.pick(it.slashes...)+c.pick("/", "/", "／", "|")+text)
	}
	c.raw.WriteString(strings.Join(slots, gap))
}

// behind composes 张敏/文 李伟/图.
func (c *composer) behind() {
	gap := c.pick(" ", "　", "、", "，", "；")
	var slots []string
	for _, i := range c.Perm(3)[:1+c.IntN(2)] {
		it := nameItems[[]int{0, 2, 1}[i]]
		names, text := c.names()
		it.set(c, names)
		slots = append(slots, text+"/"+c.pick(it.slashes...))
	}
	c.raw.WriteString(strings.Join(slots, gap))
}

// loose composes 记者 张敏 摄影 李伟: labels with blanks.
func (c *composer) loose() {
	var slots []string
	for _, i := range c.Perm(4)[:1+c.IntN(3)] {
		it := nameItems[i]
		names, text := c.names()
		it.set(c, names)
		label := c.pick(it.labels...)
		for len([]rune(label)) < 2 || strings.ContainsAny(label, " 　") {
			label = c.pick(it.labels...)
		}
		slots = append(slots, label+c.pick(" ", "　")+text)
	}
	c.raw.WriteString(strings.Join(slots, c.pick(" ", "　　", "；")))
}

func compose(seed uint64) (string, labelled) {
	c := &composer{Rand: rand.New(rand.NewPCG(seed, 1))}
	shape := []func(){c.colon, c.colon, c.colon, c.slash, c.behind, c.loose}[c.IntN(6)]
	shape()
	raw := c.raw.String()
	switch c.IntN(6) {
	case 0:
		raw = "（" + raw + "）"
	case 1:
		raw = "(" + raw + "）"
	case 2:
		raw = "（" + raw // never closed
	case 3:
		raw = "【" + raw + "】"
	}
	return raw, c.want
}

// TestComposed reads twenty thousand composed lines. The grammar is ambiguous in
// places, so not all need come out; but one in a thousand is all that may fail.
func TestComposed(t *testing.T) {
	const lines = 20000
	wrong := 0
	for seed := range uint64(lines) {
		raw, want := compose(seed)
		got := Parse(raw)
		missed := misses(want, got)
		if len(missed) == 0 {
			continue
		}
		if wrong++; wrong <= 40 {
			m := missed[0]
			t.Logf("%d %s: got %q, want %q in %q", seed, m.field, m.got, m.want, raw)
		}
	}
	t.Logf("%d of %d wrong", wrong, lines)
	if wrong*1000 > lines {
		t.Errorf("got %d of %d lines wrong, want at most one in a thousand", wrong, lines)
	}
}
