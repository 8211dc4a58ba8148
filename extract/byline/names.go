package byline

import (
	"strings"
	"unicode/utf8"
)

// Surnames of one character: those of the Hundred Family Surnames in use, and
// the further ones among the 500 most frequent.
const surnames = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温庄晏柴瞿阎充慕连茹习宦艾鱼向古易慎戈廖庾暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖冷訾辛阚那简饶曾毋沙乜鞠须丰巢关蒯查荆游竺逯盖桓么闫肖付代岳帅缑亢况郈琴海墨哈谯笪阳佟福覃涂迟仝苑原揭邸冼练撒佘随矫豆谌官尉青占雒郇庹撖佴肇卿药栗扬冶锁鹿苟折邝麦郄妥仵腊牟宾亓千钦敏虎茆潭荔冮綦敬刑昊戢绳蔄粟由寸丛恽巨斯卯镡隋甫楚"

// The same in traditional script where it differs.
const surnamesTraditional = "趙錢孫鄭馮陳褚衛蔣韓楊許呂張嚴華鄒竇蘇雲範魯韋馬鳳兪費賀倪湯羅畢郝鄔樂時齊顧黃蕭談龐紀項閔賈婁顏鍾駱淩萬盧經幹應賁鄧單諸鈕龔邢裴陸榮儲隗車寧仇厲劉葉韶黎賴喬陰聞黨貢勞逄農溫莊閻連習魚廖終滿國廣闕東歐師鞏聶訾簡饒曾須豐關檢後紅遊權蓋"

// The hundred most frequent surnames.
const frequentSurnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"

var compoundSurnames = [...]string{"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文", "长孙", "司徒", "司空", "夏侯", "端木", "南宫", "独孤", "西门", "申屠", "轩辕", "呼延", "闻人", "澹台", "公冶", "濮阳", "淳于", "单于", "太史", "钟离", "鲜于", "闾丘", "亓官", "歐陽", "司馬", "諸葛"}

var (
	surnameSet  = newRuneSet(surnames + surnamesTraditional)
	frequentSet = newRuneSet(frequentSurnames)
)

// unitEndings are the words that names of offices, schools and media end in;
// unitEndings1 the single characters that do so too, where no person's name does.
var unitEndings = [...]string{"学院", "大学", "学校", "中学", "小学", "书院", "学部", "系部", "中心", "办公室", "办公处", "研究院", "研究所", "研究生院", "图书馆", "档案馆", "博物馆", "校史馆", "体育馆", "医院", "团委", "党委", "校办", "党办", "院办", "团总支", "党总支", "总支", "支部", "工会", "学生会", "研究生会", "研会", "学联", "社联", "校友会", "基金会", "委员会",
	"协会", "学会", "联合会", "妇委会", "妇联", "社团", "记者团", "通讯社", "新闻社", "广播站", "广播台", "电视台", "记者站", "工作站", "通讯站", "编辑部", "宣传部", "组织部", "统战部", "学工部", "武装部", "保卫部", "工作部", "人事处", "工作处", "实验室", "教研室", "教研部", "基地", "公司", "集团", "平台", "公众号", "微信", "微博", "日报", "晚报", "晨报", "时报", "周刊", "周报", "学报", "校报", "青年报", "早报", "商报", "导报",
	"新闻网", "官网", "校园网", "新华网", "人民网", "在线", "网站", "频道", "新闻", "传媒", "杂志", "电台", "通讯", "客户端", "科学报", "教育报", "工作室", "志愿者", "志愿队", "服务队", "支教团", "实践队", "实践团", "融媒体", "新媒体", "督导组", "工作组", "课题组", "专班", "指挥部", "后勤", "保卫", "资产", "国资", "学工", "巡察办", "纪委", "监察", "机关", "校区", "分校", "附中", "附小", "幼儿园", "附属医院", "党校", "科协", "招办",
	"社区", "街道", "政府", "教育厅", "教育局", "教育部", "科技园", "产业园", "出版社", "学堂", "宣传科", "办事处", "委宣传部", "新华社", "中新社", "新闻出版", "學院", "大學", "學校", "中心", "辦公室", "研究院", "圖書館", "團委", "黨委", "宣傳部", "新聞網", "新聞中心", "人事處", "學生會", "日報", "晚報"}

const unitEndings1 = "部处室院系科办委局厅馆所处處會網辦"

// The endings by their last character.
var (
	unitByLast = make(map[rune][]string)
	unitLast   = newRuneSet(unitEndings1)
)

func init() {
	for _, e := range unitEndings {
		last, _ := utf8.DecodeLastRuneInString(e)
		unitByLast[last] = append(unitByLast[last], e)
		unitLast.add(last)
	}
}

// Units that none of the endings fits, or that look like a person.
var unitWords = map[string]bool{"校报": true, "院报": true, "校刊": true, "校媒": true, "学报": true, "校庆办": true, "融媒体中心": true, "团委": true, "工会": true, "校办": true, "院办": true, "党办": true, "学办": true, "科研处": true, "财务处": true, "本刊": true, "校团委": true, "院团委": true, "学校": true, "机关": true, "后勤": true,
	"新华社": true, "中新社": true, "央视网": true, "光明网": true, "中青网": true, "求是网": true, "华声在线": true, "红网": true, "千龙网": true, "东方网": true, "大河网": true, "齐鲁网": true, "荆楚网": true, "金羊网": true, "南方网": true, "法学会": true, "国际处": true, "安全处": true, "计财处": true, "招就处": true, "学生处": true, "团总支": true, "组织人事部": true, "新浪": true, "网易": true, "搜狐": true, "腾讯": true, "凤凰网": true}

// words begin like a name but are none: furniture of pages and frequent words.
// Only a text without a label is taken for a name by its looks, so this need
// not be complete.
var words = map[string]bool{"关闭": true, "关于": true, "关注": true, "高清": true, "高级": true, "高校": true, "安全": true, "安排": true, "平台": true, "时间": true, "时事": true, "成果": true, "成绩": true, "成员": true, "成立": true, "方案": true, "方法": true, "周边": true, "全部": true, "全文": true, "全国": true, "常用": true, "常见": true, "常识": true,
	"简介": true, "简体": true, "简讯": true, "任务": true, "任命": true, "项目": true, "经济": true, "党建": true, "党务": true, "党员": true, "文化": true, "文件": true, "文章": true, "文明": true, "文学": true, "文史": true, "文艺": true, "文库": true, "文字": true, "文本": true, "文体": true, "明细": true, "明天": true, "温馨": true, "向上": true, "向下": true, "单位": true, "单独": true,
	"应用": true, "应急": true, "金融": true, "石油": true, "车辆": true, "房产": true, "管理": true, "路线": true, "路由": true, "农业": true, "农村": true, "和谐": true, "国家": true, "国际": true, "国内": true, "国庆": true, "支持": true, "计划": true, "计算": true, "计算机": true, "宁静": true, "段落": true, "程序": true, "程序员": true, "向导": true, "师资": true, "师生": true, "师范": true, "查看": true, "查询": true, "查找": true, "连接": true, "连续": true,
	"解决": true, "解读": true, "解释": true, "冷门": true, "巩固": true, "商务": true, "商业": true, "商讯": true, "牛年": true, "福利": true, "游戏": true, "海外": true, "海报": true, "海洋": true, "琴房": true, "练习": true, "谈话": true, "麦田": true, "宾馆": true, "敬请": true, "敬业": true, "包括": true, "于是": true, "于此": true, "和平": true, "和田": true, "华为": true, "华人": true, "华南": true, "华东": true, "华北": true, "华中": true, "江苏": true, "江西": true, "江南": true,
	"云南": true, "云计算": true, "云端": true, "安徽": true, "山东": true, "山西": true, "广东": true, "广西": true, "广州": true, "河南": true, "河北": true, "湖南": true, "湖北": true, "宁夏": true, "甘肃": true, "贵州": true, "温州": true, "杭州": true, "苏州": true, "常州": true, "郑州": true, "徐州": true, "马上": true, "花絮": true, "万年": true, "万里": true, "强化": true, "强国": true, "席位": true, "毕业": true, "毕业生": true, "祝福": true, "祝贺": true, "幸福": true, "卓越": true, "乔木": true,
	"贺信": true, "贺词": true, "贺卡": true, "苗木": true, "凤凰": true, "包装": true, "史料": true, "史学": true, "严格": true, "严肃": true, "严重": true, "章程": true, "申请": true, "申报": true, "申请人": true, "景点": true, "景观": true, "林业": true, "林学": true, "童话": true, "童年": true, "夏令营": true, "左右": true, "古代": true, "古典": true, "古籍": true, "左侧": true, "滑动": true, "扫码": true, "利用": true, "利益": true, "荣誉": true, "曲线": true, "习题": true, "宣传": true, "宣讲": true, "司机": true,
	"双语": true, "双创": true, "双击": true, "双选会": true, "贝壳": true, "元旦": true, "元宵": true, "沙龙": true, "索引": true, "席卷": true, "阎王": true, "汤姆": true, "万方": true, "项下": true, "丰富": true, "丰收": true, "车间": true, "容易": true, "戴口罩": true, "何时": true, "何处": true, "何为": true, "甘于": true, "程度": true, "通知": true, "通告": true, "通报": true, "官网": true, "公告": true, "公示": true, "公共": true, "公开": true, "门户": true, "修改": true, "修订": true, "班级": true, "周次": true, "申请表": true, "班会": true, "时代": true, "车站": true, "温暖": true, "范围": true, "范文": true, "高考": true, "高新": true, "高等": true, "高中": true, "党课": true, "党史": true, "荣获": true, "梁柱": true}

// placeholders stand in a slot that nobody filled. 本站编辑 is not among them:
// it names the desk that wrote the text.
var placeholders = map[string]bool{"佚名": true, "未知": true, "admin": true, "Admin": true, "ADMIN": true, "administrator": true, "Administrator": true, "管理员": true, "系统管理员": true, "网站管理员": true, "超级管理员": true, "管理員": true,
	"匿名": true, "无": true, "暂无": true, "不详": true, "null": true, "NULL": true, "none": true, "None": true, "undefined": true, "苏迪制作": true, "苏迪科技": true, "未填写": true, "未注明": true, "未署名": true, "暂无来源": true, "未知来源": true, "N/A": true}

func isHan(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF || r >= 0x20000 && r <= 0x3FFFF || r == '〇' || r >= 0xF900 && r <= 0xFAFF
}

// isDot: the dot between the parts of a minority or foreign name.
func isDot(r rune) bool {
	return r == '·' || r == '•' || r == '・' || r == '‧' || r == '∙' || r == '●'
}

// hanCount returns the number of Han characters of s, and whether s has nothing
// else (dots between them allowed: dotted).
func hanCount(s string) (n int, only, dotted bool) {
	only = true
	for _, r := range s {
		switch {
		case isHan(r):
			n++
		case isDot(r) && n > 0:
			dotted = true
		default:
			only = false
		}
	}
	return n, only, dotted
}

// isPerson reports whether s is built like a Chinese person's name.
func isPerson(s string) bool {
	n, only, dotted := hanCount(s)
	if !only || n < 2 {
		return false
	}
	if dotted {
		return n >= 3 && n <= 16
	}
	if n > 4 || unitWords[s] || placeholders[s] || words[s] {
		return false
	}
	for _, c := range compoundSurnames {
		if strings.HasPrefix(s, c) && n >= 3 {
			return !hasUnitEnding(s, n)
		}
	}
	first, w := utf8.DecodeRuneInString(s)
	if !surnameSet.has(first) {
		return false
	}
	if n == 4 { // two surnames in front, as married names and some parents have it
		second, _ := utf8.DecodeRuneInString(s[w:])
		return frequentSet.has(first) && frequentSet.has(second) && !hasUnitEnding(s, n)
	}
	return !hasUnitEnding(s, n)
}

// isUnit reports whether s is built like the name of an office, school or medium.
func isUnit(s string) bool {
	if unitWords[s] {
		return true
	}
	n, _, dotted := hanCount(s)
	return n >= 2 && !dotted && (hasUnitEnding(s, n) || (n > 3 || n == 3 && !startsWithSurname(s)) && hasLongUnitEnding(s))
}

// givenNames are endings of units that are given names as well: 李大学 is a person,
// as there is no university with a name that short.
var givenNames = map[string]bool{"大学": true, "中学": true, "小学": true, "学会": true, "学部": true, "学校": true, "学堂": true, "后勤": true, "保卫": true, "资产": true, "机关": true, "平台": true, "在线": true, "通讯": true, "新闻": true, "传媒": true, "社区": true, "中心": true, "大學": true}

func startsWithSurname(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return surnameSet.has(r)
}

func hasUnitEnding(s string, n int) bool {
	last, _ := utf8.DecodeLastRuneInString(s)
	if !unitLast.has(last) {
		return false
	}
	for _, e := range unitByLast[last] {
		if strings.HasSuffix(s, e) && (len(s) > len(e) || len(e) >= 9) && !(n == 3 && givenNames[e] && startsWithSurname(s)) {
			return true
		}
	}
	return n >= 3 && strings.ContainsRune(unitEndings1, last)
}

// hasLongUnitEnding: endings that also end given names, so that only a longer
// word tells a unit.
func hasLongUnitEnding(s string) bool {
	if strings.HasSuffix(s, "）") || strings.HasSuffix(s, ")") {
		if i := strings.LastIndexAny(s, "（("); i > 0 {
			return isUnit(s[:i])
		}
	}
	last, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune("会社网报台站组队团班坊校园", last) && !strings.ContainsAny(s, "“”\"＂的和了")
}

// titles may stand in front of a name: 学工助理 李庆.
var titles = [...]string{"助理", "老师", "同学", "辅导员", "书记", "主任", "院长", "副院长", "处长", "部长", "主席", "干事", "教师", "教授", "研究生", "本科生", "博士生", "硕士生", "志愿者", "学生", "团长", "队长", "组长", "会长", "社长", "站长", "班长", "实习生", "成员", "队员", "负责人", "委员", "秘书", "校友", "家长", "讲师", "馆员", "科长"}

// isTitle reports whether s is a job title or says what somebody is.
func isTitle(s string) bool {
	if isDigit(s[0]) { // 2018级
		return true
	}
	if l, ok := dictionary[s]; ok && l.reporter {
		return true
	}
	for _, t := range titles {
		if strings.HasSuffix(s, t) {
			return true
		}
	}
	if w, l, ok := labelAtEnd(s); ok && l.reporter && len(w) < len(s) {
		return true
	}
	return false
}

// honorifics stand behind a name and are no part of it.
var honorifics = [...]string{"老师", "同学", "教授", "先生", "女士", "博士", "等人", "等"}

// isStaffCode: the code that news desks put behind an editor's name, PK155 or NF4425.
func isStaffCode(s string) bool {
	upper, digits := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z' && digits == 0:
			upper++
		case c >= '0' && c <= '9':
			digits++
		case c == '_' && i == 0:
		default:
			return false
		}
	}
	return upper >= 1 && upper <= 4 && digits >= 1
}
