package byline

// labelTable is the dictionary of labels: those that the CMS survey §5 counted on
// 183 labelled lines and on whole collections, their traditional forms, and
// words of the same build. Each word stands in one row.
var labelTable = []struct {
	label
	words string // set apart by blanks
}{
	{label{kind: kindNames, roles: isAuthor}, `Author Writer By author AUTHOR 著`},
	{label{kind: kindNames, roles: isAuthor, loose: true}, `作者 文章作者 新闻作者 稿件作者 文字作者 本文作者 原作者 原文作者 撰写 撰写人 写稿 执笔 执笔人 编写
		采写 采编 采访 採訪 撰寫 採寫 采写人 文字撰稿 文稿 文案 文字 文字提供 投稿 投稿人 投稿者 供稿人
		供稿者 供稿作者 撰稿人 撰稿者 撰搞 通讯 信息员 拟稿 拟稿人 执笔者 主笔 发稿人 文字记录`},
	{label{kind: kindNames, roles: isAuthor, suffix: true, loose: true}, `撰稿 撰文 文 报道 報道 報導 供文`},
	{label{kind: kindNames, roles: isAuthor, reporter: true, loose: true}, `记者 通讯员 記者 通訊員 學生記者 本報記者 实习生 學生通訊員 小记者 见习生 通讯员记者 记者通讯员
		特约撰稿人 特约撰稿 通讯组 新闻通讯员 采访记者 全媒体记者 全媒体通讯员 大学生记者 大学生通讯员 学校记者
		学校通讯员 学生记者 学生通讯员 官微记者 官微通讯员 官网记者 官网通讯员 实习记者 实习通讯员 我校记者
		我校通讯员 文字记者 文字通讯员 新媒体记者 新媒体通讯员 新闻网记者 新闻网通讯员 新闻记者 本刊记者 本刊通讯员
		本台记者 本台通讯员 本报记者 本报通讯员 本社记者 本社通讯员 本站记者 本站通讯员 本网记者 本网通讯员
		校园网记者 校园网通讯员 校园记者 校园通讯员 校媒记者 校媒通讯员 校报学生记者 校报学生通讯员 校报记者
		校报通讯员 特派记者 特派通讯员 特约记者 特约通讯员 红网记者 红网通讯员 网站记者 网站通讯员 融媒体记者
		融媒体通讯员 见习记者 见习通讯员 通讯社记者 通讯社通讯员 首席记者 首席通讯员`},
	{label{kind: kindNames, roles: isPhotographer}, `Photo Photographer Photos`},
	{label{kind: kindNames, roles: isPhotographer, loose: true}, `图片 照片 摄像 摄录 图片作者 摄影作者 照片作者 图片来源 图片摄影 图片拍摄 照片拍摄 新闻图片 照片来源
		图源 图片提供 照片提供 摄影者 摄影人 摄影师 拍摄 拍摄者 配图 插图 视频 视频拍摄 摄影摄像 航拍 圖片 圖
		照片摄影 摄制 影像 题图 图片由 照片由 图由 以上图片由 以上照片由 文中图片由 本文图片由`},
	{label{kind: kindNames, roles: isPhotographer, suffix: true, loose: true}, `摄影 摄 图 攝影 攝 供图 供圖 摄影供图 拍照`},
	{label{kind: kindNames, roles: isPhotographer, reporter: true, loose: true}, `摄影记者 图片记者 学生图片记者 学生摄影记者 实习图片记者 实习摄影记者 本报图片记者 本报摄影记者 本网图片记者
		本网摄影记者 校报图片记者 校报摄影记者 特约图片记者 特约摄影记者`},
	{label{kind: kindNames, roles: isAuthor | isPhotographer, suffix: true, loose: true}, `文图 图文 文并图 文圖 圖文 文并摄 文摄 文图摄影 撰稿摄影 撰文摄影 图文报道 摄影报道 摄影撰稿 摄影撰文
		文字摄影 撰稿配图`},
	{label{kind: kindNames, roles: isEditor}, `Editor editor EDITOR 编`},
	{label{kind: kindNames, roles: isEditor, loose: true}, `图片编辑 编审 编辑 责编 编发 录入 录入人 录入员 录入者 信息录入 文章录入 编辑人 编辑者 编辑员 美编
		文编 编排 网编 责任编缉 编缉 整理 编辑整理 网站录入 责任编审 責任編輯 責編 編輯 編發 錄入 編審 編校
		助理編輯 图文编辑 编辑排版 编辑制作 排版编辑 值班编委 责任编委 责任编辑人 执行责编 新闻录入 信息编辑
		值班编辑 内容编辑 初审编辑 助理编辑 后台编辑 学生编辑 实习编辑 当班编辑 微信编辑 执行编辑 技术编辑
		文字编辑 文稿编辑 文章编辑 新媒体编辑 新闻编辑 本文编辑 本期编辑 本版编辑 栏目编辑 校报编辑 版面编辑
		特约编辑 稿件编辑 网站编辑 网络编辑 网页编辑 美术编辑 英文编辑 见习编辑 视觉编辑 视频编辑
		责任编辑 责任美术编辑 页面编辑 频道编辑 首席编辑`},
	{label{kind: kindNames, roles: isReviewer}, `Reviewer 审 審`},
	{label{kind: kindNames, roles: isReviewer, loose: true}, `初审 审核 审稿 终审 核稿 一审 二审 三审 复审 预审 审发 审校 校审 审核人 审稿人 审核者 审定 审定人
		审阅 审批 审批人 审签 签发 签发人 核发 复核 复核人 核准 核对 一审一校 二审二校 三审三校 初审初校
		复审复校 终审终校 终审人 初审人 复审人 一审人 二审人 三审人 一级审核 二级审核 三级审核 信息审核 内容审核
		稿件审核 新闻审核 文稿审核 责任审核 审核编辑 审核领导 审稿领导
		责任审校 審核 審稿 終審 核稿人 審校 把关 审读 总审 主审 复审核 审查 审核发布 审核签发 政审 审核单位
		审核部门 值班审核 监审 审改 审订 审签人 责任审发 初核 复核审 终核 审定发布 分管领导 核实 图文审核
		发布审核 信息审核人 终审发布 审稿发布 稿件终审 一校一审 二校二审 三校三审`},
	{label{kind: kindNames, roles: isEditor | isReviewer, loose: true}, `编辑审核`},
	{label{kind: kindNames, roles: isProofreader}, `校`},
	{label{kind: kindNames, roles: isProofreader, loose: true}, `责任校对 校对 校对人 校对者 校稿 责校 一校 二校 三校 初校 终校 校阅 校訂 校對 文字校对 校核 校审人
		校稿人 复校`},
	{label{kind: kindNames, roles: isEditor | isProofreader, loose: true}, `编校 编辑校对`},
	{label{kind: kindNames, roles: isPublisher}, `发布者 发布人 发布员 上传者 上传人 上传 发布账号 发布帐号 發布者 發佈者 發布人 发布人员 发表人 发表者
		信息发布人 信息发布 信息发布员 新闻发布 新闻发布人 添加人 添加者 提交人 网络发布 责任人 发帖人 发布管理员
		发布用户 更新人 网站发布`},
	{label{kind: kindSource}, `Source source SOURCE From`},
	{label{kind: kindSource, loose: true}, `来源 来源于 文章来源 信息来源 新闻来源 稿件来源 内容来源 消息来源 资料来源 稿源 来源单位 来源部门 来源网站
		来源媒体 文稿来源 文字来源 素材来源 供稿来源 来稿单位 来稿部门 来稿 发布机构 发布单位 发布部门 发布来源
		发文机构 发文单位 发文部门 发稿单位 发稿部门 出处 原文出处 原载 转自 转载自 摘自 转载 转载来源 信源
		撰稿单位 作者单位 报送单位 报送部门 提供单位 信息提供 单位 部门 所属单位 所属部门 信息员单位 原文来源
		本文来源 新闻出处 责任单位 责任部门 通讯单位 投稿单位 投稿部门 来自 出自 媒体来源 信息提供单位 來源
		文章來源 新聞來源 稿件來源 信息來源 資料來源 出處 發布單位 發佈單位 發布部門 公告單位 發布機構 轉載自`},
	{label{kind: kindSupply, suffix: true, loose: true}, `供稿 供稿单位 供稿部门 供稿學院 供稿学院 供稿單位 稿件提供 文稿提供 内容提供 组稿 通讯供稿 信息供稿
		稿件供稿 文字供稿 文章供稿 图文供稿 新闻供稿 资料提供 供搞 联合供稿`},
	{label{kind: kindDate, loose: true}, `发布时间 发布日期 时间 日期 发表日期 发表时间 发稿时间 发稿日期 创建时间 创建日期 信息日期 信息时间
		添加日期 添加时间 加入时间 上传时间 上传日期 录入时间 录入日期 编辑时间 编辑日期 提交时间 提交日期
		发文日期 发文时间 成文日期 生成日期 生成时间 公开日期 公布日期 公布时间 发布于 发表于 发布 发表
		发布时间日期 文章时间 文章日期 新闻时间 新闻日期 刊发时间 刊发日期 出版日期 出版时间 投稿时间 投稿日期
		撰稿时间 撰稿日期 供稿时间 供稿日期 来稿时间 来稿日期 入库时间 发帖时间 报道时间 报道日期 文章发布时间
		文章发布日期 信息发布时间 信息发布日期 新闻发布时间 新闻发布日期 网站发布时间 首次发布 首发时间 发布日
		上网时间 上网日期 公示时间 公告时间 公告日期 通知时间 通知日期 發布時間 發佈時間 發布日期 發佈日期 時間
		發表時間 發表日期 發稿時間 創建時間 公告時間 刊登日期 张贴日期 張貼日期 添加時間 發文日期 Date
		date DATE Time Posted Published 发布时闻`},
	{label{kind: kindUpdate, loose: true}, `更新时间 更新日期 更新于 更新 最后更新 最后更新时间 最近更新 最后修改 修改时间 修改日期 最后修改时间
		更新時間 更新日 最後更新 最後更新日期 签发时间 签发日期 审核时间 审核日期 截止时间 Updated`},
	{label{kind: kindClicks, loose: true}, `点击 点击数 点击量 点击率 点击次数 点击次 点击人数 点击人次 浏览 浏览数 浏览量 浏览次数 浏览人数
		浏览人次 浏览次 阅读 阅读数 阅读量 阅读次数 阅读人数 阅读人次 阅读次 访问 访问数 访问量 访问次数
		访问人数 访问人次 查看 查看次数 查看数 人气 热度 点阅 点阅数 次数 已读 阅览次数 阅览 本文点击数
		文章点击数 文章点击 本文浏览量 本文阅读量 总浏览量 点击频次 被阅读 已阅读 被浏览 已浏览 围观 阅 点击阅读
		浏览阅读 计数 點擊 點擊數 點擊量 點擊率 點擊次數 瀏覽 瀏覽數 瀏覽量 瀏覽次數 瀏覽人次 閱讀 閱讀數
		閱讀量 閱讀次數 訪問次數 訪問量 人氣 點閱 點閱數 點閱率 Views views Hits hits
		Clicks VISITS Visits Click PV`},
	{label{kind: kindSection, loose: true}, `栏目 频道 属于 屬於 所属栏目 栏目名称 所属类别 所属分类 分类 类别 文章分类 信息类别 新闻类别 信息分类
		新闻分类 欄目 所屬欄目 分類 所在栏目 当前栏目`},
	{label{kind: kindOther}, `排版 技术 字号 字体 字體 字號 大小 字体大小 文字大小 社长 主编 副主编 总编 总编辑 副总编辑 执行主编
		总监 监制 策划 总策划 出品 出品人 主办 主办单位 承办 承办单位 协办 指导 设计 美工 制作 制图 海报
		海报设计 剪辑 配音 主播 朗读 播音 编导 导演 统筹 运营 技术支持 翻译 译者 译文 翻译者 原标题 标题
		关键词 关键字 标签 编号 文号 索引号 分享 分享到 附件 打印 收藏 评论 评论数 评论次数 点赞 点赞数 回复
		跟帖 跟贴 下载次数 下载 下载量 地点 联系人 电话 联系电话 邮箱 地址 邮编 主持人 主讲人 版权 版权所有
		版权声明 声明 上一篇 下一篇 上一条 下一条 扫一扫 阅读权限 有效期 当前位置 您的位置 你的位置 所在位置
		位置 推荐 编者按 字数 阅读时间 预计阅读 状态 语言 会议时间 报告时间 讲座时间 活动时间 报名时间 考试时间
		面试时间 举办时间 现在时间 今天 现在 现在是 现在时间是 责任编辑邮箱 编辑部 编辑部电话 顾问 特约编委 编委
		文字整理 速记 录音 题字 作词 作曲 演唱 记录 记录人 受访者 受访人 口述 采访对象 受访对象 编制 翻译审核
		绘图 漫画 绘画`},
	{label{kind: kindOther, loose: true}, `指导老师 指导教师`},
}
