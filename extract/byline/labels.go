package byline

import "unicode/utf8"

// A kind says what a label's slot holds.
type kind uint8

const (
	kindNone    kind = iota
	kindNames        // people and units in the roles of the label
	kindSource       // 来源: the medium or unit an item comes from
	kindSupply       // 供稿: a unit as source; a person as source and author
	kindDate         // 发布时间
	kindUpdate       // 更新时间: a date, when nothing better is stated
	kindClicks       // 点击
	kindSection      // 属于, 栏目
	kindOther        // a label whose value is nothing to us: 字号, 主编
)

// A roleSet holds the roles of a label, in the order of the bits below.
type roleSet uint8

const (
	isAuthor roleSet = 1 << iota
	isPhotographer
	isEditor
	isReviewer
	isProofreader
	isPublisher
)

var roleNames = [...]struct {
	bit  roleSet
	name string
}{{isAuthor, Author}, {isPhotographer, Photographer}, {isEditor, Editor}, {isReviewer, Reviewer}, {isProofreader, Proofreader}, {isPublisher, Publisher}}

// A label is one entry of the dictionary.
type label struct {
	kind     kind
	roles    roleSet
	reporter bool // 记者, 通讯员: a title as much as a label
	suffix   bool // may stand behind the name: 张三摄, 宣传部供稿
	loose    bool // may stand without a colon in front of the name: 编辑 张三
}

var (
	dictionary   = make(map[string]label, 1024)
	longestLabel int            // bytes
	labelFirst   = new(runeSet) // characters that begin a label
	labelLast    = new(runeSet) // characters that end one
)

func add(l label, words ...string) {
	for _, w := range words {
		dictionary[w] = l
		longestLabel = max(longestLabel, len(w))
		first, _ := utf8.DecodeRuneInString(w)
		last, _ := utf8.DecodeLastRuneInString(w)
		labelFirst.add(first)
		labelLast.add(last)
	}
}

// The words are those of the CMS survey §5 (counted on 183 labelled lines and
// on whole collections), their traditional forms, and forms of the same build.
func init() {
	names := func(r roleSet) label { return label{kind: kindNames, roles: r, loose: true} }
	behind := func(l label) label { l.suffix = true; return l }

	author := names(isAuthor)
	add(author, "作者", "文章作者", "新闻作者", "稿件作者", "文字作者", "本文作者", "原作者", "原文作者", "撰写", "撰写人", "写稿", "执笔", "执笔人", "编写", "采写", "采编",
		"采访", "採訪", "撰寫", "採寫", "采写人", "文字撰稿", "文稿", "文案", "文字", "文字提供", "投稿", "投稿人", "投稿者", "供稿人", "供稿者", "供稿作者", "撰稿人", "撰稿者", "撰搞", "通讯", "信息员", "拟稿", "拟稿人",
		"执笔者", "主笔", "撰述", "发稿人", "文字记录")
	add(behind(author), "撰稿", "撰文", "文", "报道", "報道", "報導", "供文")
	reporter := label{kind: kindNames, roles: isAuthor, loose: true, reporter: true}
	for _, who := range [...]string{"", "本报", "本网", "本台", "本社", "本刊", "本站", "校报", "校园", "学生", "实习", "见习", "特约", "特派", "新闻", "文字", "通讯社", "全媒体", "融媒体", "新媒体", "首席", "我校",
		"校报学生", "校园网", "新闻网", "官网", "官微", "校媒", "网站", "大学生", "红网", "学校"} {
		add(reporter, who+"记者", who+"通讯员")
	}
	add(reporter, "記者", "通訊員", "學生記者", "本報記者", "实习生", "學生通訊員", "小记者", "见习生", "通讯员记者", "记者通讯员", "特约撰稿人", "特约撰稿", "通讯组", "新闻通讯员", "采访记者")

	photo := names(isPhotographer)
	add(photo, "图片", "照片", "摄像", "摄录", "图片作者", "摄影作者", "照片作者", "图片来源", "图片摄影", "图片拍摄", "照片拍摄", "图片编辑", "新闻图片", "照片来源", "图源", "图片提供", "照片提供", "摄影者", "摄影人",
		"摄影师", "拍摄", "拍摄者", "配图", "插图", "视频", "视频拍摄", "摄影摄像", "航拍", "圖片", "圖", "照片摄影", "摄制", "影像", "题图", "图片由", "照片由", "图由", "以上图片由", "以上照片由", "文中图片由", "本文图片由")
	add(behind(photo), "摄影", "摄", "图", "攝影", "攝", "供图", "供圖", "摄影供图", "拍照")
	photoReporter := reporter
	photoReporter.roles = isPhotographer
	for _, who := range [...]string{"", "本报", "本网", "学生", "实习", "特约", "校报"} {
		add(photoReporter, who+"摄影记者", who+"图片记者")
	}

	both := behind(names(isAuthor | isPhotographer))
	add(label{kind: kindNames, roles: isAuthor}, "Author", "Writer", "By", "author", "AUTHOR")
	add(label{kind: kindNames, roles: isEditor}, "Editor", "editor", "EDITOR")
	add(label{kind: kindNames, roles: isPhotographer}, "Photo", "Photographer", "Photos")
	add(label{kind: kindNames, roles: isReviewer}, "Reviewer")
	add(label{kind: kindSource}, "Source", "source", "SOURCE", "From")
	add(both, "文图", "图文", "文并图", "文圖", "圖文", "文并摄", "文摄", "文图摄影", "撰稿摄影", "撰文摄影", "图文报道", "摄影报道", "摄影撰稿", "摄影撰文", "文字摄影", "撰稿配图")

	editor := names(isEditor)
	for _, which := range [...]string{"", "责任", "助理", "网络", "网站", "网页", "文字", "文章", "本文", "本期", "本版", "值班", "当班", "执行", "实习", "新闻", "见习", "信息", "栏目", "美术", "视觉", "微信", "新媒体", "学生", "特约", "稿件", "内容", "版面", "文稿", "页面", "频道",
		"初审", "后台", "排版", "责任校对", "责任美术", "技术", "视频", "编审", "首席", "校报", "英文"} {
		add(editor, which+"编辑")
	}
	add(editor, "责编", "编发", "录入", "录入人", "录入员", "录入者", "信息录入", "文章录入", "编辑人", "编辑者", "编辑员", "编校", "编审", "美编", "文编", "编排", "网编", "责任编缉", "编缉", "整理", "编辑整理", "网站录入", "责任编审",
		"責任編輯", "責編", "編輯", "編發", "錄入", "編審", "編校", "助理編輯", "图文编辑", "编辑排版", "编辑制作", "排版编辑", "值班编委", "责任编委", "责任编辑人", "执行责编", "新闻录入", "信息编辑")
	add(names(isEditor|isPhotographer), "图片编辑整理")

	reviewer := names(isReviewer)
	add(label{kind: kindNames, roles: isEditor}, "编")
	add(label{kind: kindNames, roles: isReviewer}, "审", "審")
	add(label{kind: kindNames, roles: isProofreader}, "校")
	add(label{kind: kindNames, roles: isAuthor}, "著")
	add(reviewer, "审核", "审稿", "终审", "核稿", "一审", "二审", "三审", "初审", "复审", "预审", "审发", "审校", "校审", "审核人", "审稿人", "审核者", "审定", "审定人", "审阅", "审批", "审批人", "审签", "签发", "签发人", "核发", "复核", "复核人", "核准", "核对",
		"一审一校", "二审二校", "三审三校", "初审初校", "复审复校", "终审终校", "终审人", "初审人", "复审人", "一审人", "二审人", "三审人", "一级审核", "二级审核", "三级审核", "信息审核", "内容审核", "稿件审核", "新闻审核", "文稿审核", "责任审核", "审核编辑",
		"领导审核", "学院审核", "部门审核", "单位审核", "审核领导", "审稿领导", "责任审校", "審核", "審稿", "終審", "核稿人", "審校", "把关", "审读", "总审", "主审", "复审核", "审查", "审核发布", "审核签发", "政审", "审核单位", "审核部门", "值班审核", "监审", "审改", "审订", "审签人", "责任审发",
		"初核", "复核审", "终核", "审定发布", "分管领导", "核实", "图文审核", "发布审核", "信息审核人", "终审发布", "审稿发布", "稿件终审", "一校一审", "二校二审", "三校三审")
	proof := names(isProofreader)
	add(proof, "校对", "责任校对", "校对人", "校对者", "校稿", "责校", "一校", "二校", "三校", "初校", "终校", "校阅", "校訂", "校對", "文字校对", "校核", "校审人", "校稿人", "复校", "编辑校对")
	dictionary["编辑校对"] = names(isEditor | isProofreader)
	dictionary["编校"] = names(isEditor | isProofreader)
	dictionary["编辑审核"] = names(isEditor | isReviewer)
	dictionary["编审"] = names(isEditor)
	dictionary["图片编辑"] = names(isEditor)

	publisher := label{kind: kindNames, roles: isPublisher}
	add(publisher, "发布者", "发布人", "发布员", "上传者", "上传人", "上传", "发布账号", "发布帐号", "發布者", "發佈者", "發布人", "发布人员", "发表人", "发表者", "信息发布人", "信息发布", "信息发布员", "新闻发布", "新闻发布人", "添加人", "添加者", "提交人", "网络发布", "责任人", "发帖人", "发布管理员", "发布用户", "更新人", "网站发布")

	add(label{kind: kindSource, loose: true}, "来源", "文章来源", "信息来源", "新闻来源", "稿件来源", "内容来源", "消息来源", "资料来源", "稿源", "来源单位", "来源部门", "来源网站", "来源媒体", "文稿来源", "文字来源", "素材来源", "供稿来源", "来稿单位", "来稿部门", "来稿",
		"发布机构", "发布单位", "发布部门", "发布来源", "发文机构", "发文单位", "发文部门", "发稿单位", "发稿部门", "出处", "原文出处", "原载", "转自", "转载自", "摘自", "转载", "转载来源", "信源", "撰稿单位", "作者单位", "报送单位", "报送部门", "提供单位", "信息提供", "单位", "部门", "所属单位", "所属部门", "信息员单位", "原文来源", "本文来源", "新闻出处", "责任单位", "责任部门", "通讯单位", "投稿单位", "投稿部门", "来自", "出自", "媒体来源", "信息提供单位",
		"來源", "文章來源", "新聞來源", "稿件來源", "信息來源", "資料來源", "出處", "發布單位", "發佈單位", "發布部門", "公告單位", "發布機構", "轉載自")
	add(label{kind: kindSupply, loose: true, suffix: true}, "供稿", "供稿单位", "供稿部门", "供稿學院", "供稿学院", "供稿單位", "稿件提供", "文稿提供", "内容提供", "组稿", "通讯供稿", "信息供稿", "稿件供稿", "文字供稿", "文章供稿", "图文供稿", "新闻供稿", "资料提供", "供搞", "联合供稿")

	add(label{kind: kindDate, loose: true}, "发布时间", "发布日期", "时间", "日期", "发表日期", "发表时间", "发稿时间", "发稿日期", "创建时间", "创建日期", "信息日期", "信息时间", "添加日期", "添加时间", "加入时间", "上传时间", "上传日期", "录入时间", "录入日期", "编辑时间", "编辑日期", "提交时间", "提交日期",
		"发文日期", "发文时间", "成文日期", "生成日期", "生成时间", "公开日期", "公布日期", "公布时间", "发布于", "发表于", "发布", "发表", "发布时间日期", "文章时间", "文章日期", "新闻时间", "新闻日期", "刊发时间", "刊发日期", "出版日期", "出版时间", "投稿时间", "投稿日期", "撰稿时间", "撰稿日期", "供稿时间", "供稿日期", "来稿时间", "来稿日期", "入库时间", "发帖时间", "报道时间", "报道日期",
		"文章发布时间", "文章发布日期", "信息发布时间", "信息发布日期", "新闻发布时间", "新闻发布日期", "网站发布时间", "首次发布", "首发时间", "发布日", "上网时间", "上网日期", "公示时间", "公告时间", "公告日期", "通知时间", "通知日期",
		"發布時間", "發佈時間", "發布日期", "發佈日期", "時間", "發表時間", "發表日期", "發稿時間", "創建時間", "公告時間", "刊登日期", "张贴日期", "張貼日期", "添加時間", "發文日期", "Date", "date", "DATE", "Time", "Posted", "Published", "发布时闻")
	add(label{kind: kindUpdate, loose: true}, "更新时间", "更新日期", "更新于", "更新", "最后更新", "最后更新时间", "最近更新", "最后修改", "修改时间", "修改日期", "最后修改时间", "更新時間", "更新日", "最後更新", "最後更新日期", "签发时间", "签发日期", "审核时间", "审核日期", "截止时间", "Updated")

	add(label{kind: kindClicks, loose: true}, "点击", "点击数", "点击量", "点击率", "点击次数", "点击次", "点击人数", "点击人次", "浏览", "浏览数", "浏览量", "浏览次数", "浏览人数", "浏览人次", "浏览次", "阅读", "阅读数", "阅读量", "阅读次数", "阅读人数", "阅读人次", "阅读次", "访问", "访问数", "访问量", "访问次数", "访问人数", "访问人次",
		"查看", "查看次数", "查看数", "人气", "热度", "点阅", "点阅数", "次数", "已读", "阅览次数", "阅览", "本文点击数", "文章点击数", "文章点击", "本文浏览量", "本文阅读量", "总浏览量", "点击频次", "被阅读", "已阅读", "被浏览", "已浏览", "围观", "阅", "点击阅读", "浏览阅读", "计数",
		"點擊", "點擊數", "點擊量", "點擊率", "點擊次數", "瀏覽", "瀏覽數", "瀏覽量", "瀏覽次數", "瀏覽人次", "閱讀", "閱讀數", "閱讀量", "閱讀次數", "訪問次數", "訪問量", "人氣", "點閱", "點閱數", "點閱率", "Views", "views", "Hits", "hits", "Clicks", "VISITS", "Visits", "Click", "PV")

	add(label{kind: kindSection, loose: true}, "属于", "屬於", "所属栏目", "栏目", "栏目名称", "所属类别", "所属分类", "分类", "类别", "文章分类", "信息类别", "新闻类别", "信息分类", "新闻分类", "欄目", "所屬欄目", "分類", "所在栏目", "当前栏目", "频道")

	add(label{kind: kindOther, loose: true}, "指导老师", "指导教师")
	add(label{kind: kindOther}, "字号", "字体", "字體", "字號", "大小", "字体大小", "文字大小", "社长", "主编", "副主编", "总编", "总编辑", "副总编辑", "执行主编", "总监", "监制", "策划", "总策划", "出品", "出品人", "主办", "主办单位", "承办", "承办单位", "协办", "指导", "设计", "美工", "排版", "制作",
		"制图", "海报", "海报设计", "剪辑", "配音", "主播", "朗读", "播音", "编导", "导演", "统筹", "运营", "技术支持", "技术", "翻译", "译者", "译文", "翻译者", "原标题", "标题", "关键词", "关键字", "标签", "编号", "文号", "索引号", "分享", "分享到", "附件", "打印", "收藏", "评论", "评论数", "评论次数", "点赞", "点赞数", "回复", "跟帖", "跟贴", "下载次数", "下载", "下载量", "地点", "联系人", "电话", "联系电话", "邮箱", "地址", "邮编",
		"主持人", "主讲人", "版权", "版权所有", "版权声明", "声明", "上一篇", "下一篇", "上一条", "下一条", "扫一扫", "阅读权限", "有效期", "当前位置", "您的位置", "你的位置", "所在位置", "位置", "推荐", "编者按", "字数", "阅读时间", "预计阅读", "状态", "语言", "会议时间", "报告时间", "讲座时间", "活动时间", "报名时间", "考试时间", "面试时间", "举办时间", "现在时间", "今天", "现在", "现在是", "现在时间是",
		"责任编辑邮箱", "编辑部", "编辑部电话", "顾问", "特约编委", "编委", "文字整理", "速记", "录音", "题字", "作词", "作曲", "演唱", "记录", "记录人", "受访者", "受访人", "口述", "采访对象", "受访对象", "编制", "翻译审核", "绘图", "漫画", "绘画")
}

// labelAtEnd returns the longest dictionary word that ends s, and its entry.
func labelAtEnd(s string) (word string, l label, ok bool) {
	if last, _ := utf8.DecodeLastRuneInString(s); !labelLast.has(last) {
		return "", label{}, false
	}
	var starts [16]int
	n, i := 0, len(s)
	for n < len(starts) && i > 0 && len(s)-i < longestLabel {
		_, w := utf8.DecodeLastRuneInString(s[:i])
		i -= w
		starts[n] = i
		n++
	}
	for n--; n >= 0; n-- {
		if l, ok := dictionary[s[starts[n]:]]; ok {
			return s[starts[n]:], l, true
		}
	}
	return "", label{}, false
}

// labelAtStart returns the longest dictionary word that begins s, and its entry.
func labelAtStart(s string) (word string, l label, ok bool) {
	if first, _ := utf8.DecodeRuneInString(s); !labelFirst.has(first) {
		return "", label{}, false
	}
	for i := 0; i < len(s) && i < longestLabel; {
		_, w := utf8.DecodeRuneInString(s[i:])
		i += w
		if entry, found := dictionary[s[:i]]; found {
			word, l, ok = s[:i], entry, true
		}
	}
	return word, l, ok
}
