package archivetest

import (
	"math"
	"math/rand/v2"
	"strings"
	"sync"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// common are words of campus news, roughly the frequent ones first: the head of the vocabulary.
const common = `的 和 在 学校 学院 了 大学 工作 与 学生 是 教育 发展 为 等 研究 创新 建设 对 中国 进行 中 我校 教授 要 技术 会议 将 活动 参加
同学 主任 国家 科技 思想 书记 党委 举行 老师 年 人才 全国 一 以 上 召开 学习 精神 人 服务 介绍 代表 副 交流 组织 团队 通过 培养 学科
项目 表示 领导 社会 专业 工程 企业 合作 指导 实践 开展 教师 新 负责人 学术 提升 重要 青年 方面 围绕 提出 党建 不断 多 不 湖南 报告 作为 主题
校长 及 成果 高校 推动 实验室 文化 加强 大 后 有 理论 强调 希望 时代 院长 问题 科学 本次 他 来 毕业 管理 中心 获得 就业 我们 到 特色 深入 两
开幕 全面 坚持 关键 推进 支持 做 未来 质量 水平 产业 大赛 讲座 能力 高质量 积极 系统 国际 论坛 个 师生 校园 专家 奖 强国 生 基层 党员 医院
湘雅 中南 长沙 材料 医学 冶金 矿业 交通 信息 网络 安全 计算机 数学 物理 化学 生命 机械 能源 环境 土木 建筑 商学院 法学 外国语 马克思主义 体育
图书馆 宿舍 食堂 军训 校友 返校 奖学金 志愿者 支教 辅导员 班级 比赛 冠军 决赛 一等奖 答辩 论文 期刊 发表 基金 重点 重大 首次 突破 机理 方法
模型 数据 算法 智能 人工智能 大数据 芯片 新能源 电池 高铁 隧道 桥梁 深海 航天 火箭 卫星 遥感 临床 手术 患者 肿瘤 免疫 基因 细胞 疫情 防控 健康
乡村 振兴 脱贫 扶贫 调研 座谈 签约 协议 揭牌 揭牌仪式 落实 立德树人 双一流 思政 课程 教学 改革 评估 本科 硕士 博士 导师 招生 录取 新生 开学 典礼
毕业生 春招 宣讲 创业 孵化 专利 转化 院士 工程院 科学院 长江学者 杰青 先进 先进集体 先进个人 表彰 荣誉 称号 优秀 五四 党史 学习教育 主题教育
二十大 中央 省委 教育部 科技部 卫健委 市政府 校区 新校区 本部 岳麓 潇湘 岳麓山 橘子洲 湘江 韶山 延安 井冈山 雷锋 红色 基因库 传承 合唱 艺术 话剧
摄影 书法 诗歌 音乐会 电影 观众 掌声 故事 青春 梦想 奋斗 担当 使命 初心 责任 信心 家国 情怀 温暖 感动 坚守 榜样 力量`

// characters are the frequent characters of written Chinese, most frequent first; words are made of them.
const characters = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"

// vocabularySize is how many different words there are.
const vocabularySize = 30000

// vocabulary has all words, the most frequent first: the common ones, and behind
// them made-up ones of one to four characters, of all of GB 2312's ordinary characters, the frequent ones more often.
var vocabulary = sync.OnceValue(func() []string {
	list := strings.Fields(common)
	seen := map[string]bool{}
	for _, w := range list {
		seen[w] = true
	}
	runes := []rune(characters)
	known := map[rune]bool{}
	for _, r := range runes {
		known[r] = true
	}
	for row := 16; row <= 55; row++ { // GB 2312's first level
		for cell := 1; cell <= 94; cell++ {
			s, err := simplifiedchinese.GBK.NewDecoder().String(string([]byte{byte(0xA0 + row), byte(0xA0 + cell)}))
			if r := []rune(s); err == nil && len(r) == 1 && r[0] >= 0x4E00 && r[0] <= 0x9FFF && !known[r[0]] {
				runes = append(runes, r[0])
			}
		}
	}
	r := rand.New(rand.NewPCG(2, 2))
	for len(list) < vocabularySize {
		length := 2
		switch x := r.Float64(); {
		case x < 0.04:
			length = 1
		case x > 0.92:
			length = 4
		case x > 0.76:
			length = 3
		}
		var b strings.Builder
		for range length {
			b.WriteRune(runes[zipf(r, len(runes), 40)])
		}
		if w := b.String(); !seen[w] {
			seen[w] = true
			list = append(list, w)
		}
	}
	return list
})

// zipf draws a rank below n, rank k with a chance of about 1/(k+q) (Zipf and Mandelbrot).
func zipf(r *rand.Rand, n int, q float64) int {
	return min(n-1, int(q*math.Pow((float64(n)+q)/q, r.Float64())-q))
}

// Words gives n words of the corpus spread over all frequencies, the frequent ones first, each of the given number of characters.
func Words(n, characters int) []string {
	var all []string
	for _, w := range vocabulary() {
		if len([]rune(w)) == characters {
			all = append(all, w)
		}
	}
	n = min(n, len(all))
	list := make([]string, n)
	for i := range list {
		// Evenly over the logarithm of the rank, as people ask for frequent words more often.
		list[i] = all[max(i, int(math.Pow(float64(len(all)), float64(i+1)/float64(n)))-1)]
	}
	return list
}
