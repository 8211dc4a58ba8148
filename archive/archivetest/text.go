package archivetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// A writer makes one article's text. Its words come as often as in news, and those of its
// topic again and again, as in real articles.
type writer struct {
	r      *rand.Rand
	topic  []string
	b      strings.Builder
	length int // Han characters written
}

func newWriter(r *rand.Rand) *writer {
	w := &writer{r: r}
	for range 16 {
		w.topic = append(w.topic, vocabulary()[zipf(r, vocabularySize, 150)])
	}
	return w
}

func (w *writer) word() {
	word := ""
	switch x := w.r.Float64(); {
	case x < 0.02:
		word = w.mixed()
	case x < 0.22:
		word = w.topic[zipf(w.r, len(w.topic), 2)]
	default:
		word = vocabulary()[zipf(w.r, vocabularySize, 2.7)]
	}
	w.b.WriteString(word)
	for _, c := range word {
		if c >= 0x3400 {
			w.length++
		}
	}
}

var latin = strings.Fields("AI 5G网络 Nature Science CSU Workshop DNA COVID-19 MBA Internet+ 3D打印 IEEE T恤 A股 iPhone PPT QS世界 ESI前1% C++ Lab")

// mixed is what is not Han: numbers with their counting words, years, Latin words.
func (w *writer) mixed() string {
	switch w.r.IntN(8) {
	case 0, 1:
		return fmt.Sprintf("%d年", 2026-zipf(w.r, 76, 5))
	case 2:
		return fmt.Sprintf("%d月%d日", 1+w.r.IntN(12), 1+w.r.IntN(28))
	case 3:
		return fmt.Sprintf("%d余人", (1+zipf(w.r, 50, 3))*10)
	case 4:
		return fmt.Sprintf("%d.%d%%", w.r.IntN(100), w.r.IntN(10))
	case 5:
		return fmt.Sprintf("第%d届", 1+w.r.IntN(30))
	case 6:
		return fmt.Sprintf("%d万元", 1+zipf(w.r, 5000, 10))
	}
	return latin[zipf(w.r, len(latin), 3)]
}

// sentence has 5 to 30 words, a comma here and there.
func (w *writer) sentence() {
	quoted := w.r.IntN(12) == 0
	n := 5 + w.r.IntN(26)
	for i, since := 0, 0; i < n; i, since = i+1, since+1 {
		if since > 4 && i+2 < n && w.r.IntN(5) == 0 {
			w.b.WriteString([]string{"，", "，", "，", "、", "：", "；"}[w.r.IntN(6)])
			since = 0
		}
		if quoted && i == 2 {
			w.b.WriteString([]string{"“", "《"}[n%2])
		}
		w.word()
		if quoted && i == 4 {
			w.b.WriteString([]string{"”", "》"}[n%2])
		}
	}
	w.b.WriteString([]string{"。", "。", "。", "。", "！", "？"}[w.r.IntN(6)])
}

// title has three to nine words.
func (w *writer) title() string {
	w.b.Reset()
	for range 3 + w.r.IntN(7) {
		w.word()
	}
	return w.b.String()
}

// meanLength is an article's mean number of Han characters, as on real sites.
const meanLength = 1273

// body has paragraphs, one a line; its length is distributed log-normally.
func (w *writer) body() string {
	const spread = 0.7
	want := int(math.Exp(math.Log(meanLength) - spread*spread/2 + spread*w.r.NormFloat64()))
	want = max(40, min(want, 9000))
	w.b.Reset()
	w.length = 0
	for w.length < want-20 {
		if w.b.Len() > 0 {
			w.b.WriteByte('\n')
		}
		for range 1 + w.r.IntN(5) {
			if w.sentence(); w.length >= want-20 {
				break
			}
		}
	}
	return w.b.String()
}

const surnames = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"

const given = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建文斌宇浩欣怡子涵梓轩雨桐思远"

// people credited in the corpus; the first ones much more often than the last.
const people = 3000

// person is the made-up name of the k-th of them.
func person(k int) string {
	s, g := []rune(surnames), []rune(given)
	name := string(s[k%len(s)]) + string(g[k/len(s)%len(g)])
	if k%3 != 0 {
		name += string(g[(k*7+k/len(g))%len(g)])
	}
	return name
}

var units = strings.Fields("党委宣传部 新闻中心 校团委 研究生院 本科生院 科学研究部 人事处 学生工作部 国际合作与交流处 图书馆 材料科学与工程学院 冶金与环境学院 资源与安全工程学院 地球科学与信息物理学院 交通运输工程学院 土木工程学院 计算机学院 自动化学院 数学与统计学院 物理学院 化学化工学院 机电工程学院 能源科学与工程学院 生命科学学院 商学院 法学院 外国语学院 马克思主义学院 文学与新闻传播学院 建筑与艺术学院 湘雅医院 湘雅二医院 湘雅三医院 湘雅医学院 口腔医学院 护理学院 药学院 公共卫生学院 体育教研部 校友总会 新华网 人民网 湖南日报 中国教育报 科技日报 红网")

// source is the unit that sends an article, the first ones more often; "" for one in 20.
func source(r *rand.Rand) string {
	if r.IntN(20) == 0 {
		return ""
	}
	return units[zipf(r, len(units), 4)]
}

// traditional has the traditional forms of some frequent characters.
var traditional = strings.NewReplacer("学", "學", "会", "會", "国", "國", "发", "發", "动", "動", "时", "時", "书", "書", "记", "記", "党", "黨",
	"术", "術", "报", "報", "实", "實", "验", "驗", "团", "團", "图", "圖", "馆", "館", "开", "開", "长", "長", "图", "圖")

// fullWidth writes digits and Latin letters in full width.
func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r - '!' + '！'
		}
		return r
	}, s)
}
