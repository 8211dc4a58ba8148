package web

import "fmt"

// text is what the pages say, in one of the languages. A key that nobody wrote down shows as itself; a
// test looks for those.
func text(lang, key string, args ...any) string {
	pair, ok := texts[key]
	if !ok {
		return key
	}
	s := pair[0]
	if lang == "en" {
		s = pair[1]
	}
	if len(args) > 0 {
		return fmt.Sprintf(s, args...)
	}
	return s
}

// texts are Chinese and English.
var texts = map[string][2]string{
	"room":         {"阅览室", "Reading room"},
	"skip":         {"跳到正文", "Skip to content"},
	"nav":          {"主导航", "Main"},
	"nav.search":   {"检索", "Search"},
	"nav.overview": {"概览", "Overview"},
	"nav.health":   {"运行状况", "Health"},
	"nav.api":      {"接口", "API"},
	"language":     {"English", "中文"},
	"theme":        {"明暗", "Theme"},
	"theme.auto":   {"随系统", "auto"},
	"theme.light":  {"明", "light"},
	"theme.dark":   {"暗", "dark"},
	"foot":         {"所有内容均来自本机档案，本页不向外请求任何资源。", "Everything here comes from the archive on this machine; these pages ask no other host for anything."},

	"home.lead":   {"%s 篇文章 · %s 个站点", "%s articles · %s sites"},
	"home.latest": {"最新文章", "Latest articles"},
	"home.more":   {"浏览全部", "Browse all"},

	"search":           {"检索", "Search"},
	"search.field":     {"检索词", "Words to look for"},
	"search.hint":      {"词语之间用空格；“引号”内按原样查找", "Words apart by blanks; “quotes” keep them together"},
	"search.empty":     {"没有符合的文章。", "No article matches."},
	"search.results":   {"检索结果", "Results"},
	"search.count":     {"%s 篇", "%s articles"},
	"search.count.one": {"1 篇", "1 article"},
	"search.filters":   {"筛选", "Filters"},
	"search.clear":     {"清除全部", "clear all"},
	"search.remove":    {"去掉：%s", "Remove: %s"},
	"search.sort":      {"排序", "Order"},
	"sort.newest":      {"最新在前", "newest first"},
	"sort.relevance":   {"最相关在前", "best match first"},
	"search.untitled":  {"（无标题）", "(untitled)"},
	"search.nodate":    {"日期不详", "no date"},
	"search.pages":     {"翻页", "Pages"},
	"search.previous":  {"上一页", "Previous"},
	"search.next":      {"下一页", "Next"},
	"search.page":      {"第 %s 页，共 %s 页", "page %s of %s"},
	"search.export":    {"导出此检索", "This very search as"},

	"filter.site":    {"站点", "Site"},
	"filter.section": {"栏目", "Section"},
	"filter.source":  {"来源", "Source"},
	"filter.person":  {"人物", "Person"},
	"filter.from":    {"起", "From"},
	"filter.to":      {"止", "To"},
	"filter.years":   {"年份", "Years"},
	"filter.files":   {"有附件", "with attachments"},
	"filter.changed": {"有改动", "changed by the newsroom"},
	"filter.gone":    {"已撤下", "taken away by the site"},
	"filter.apply":   {"应用", "Apply"},
	"filter.any":     {"不限", "any"},

	"article.source":      {"来源", "Source"},
	"article.published":   {"发布时间", "Published"},
	"article.section":     {"栏目", "Section"},
	"article.site":        {"站点", "Site"},
	"article.address":     {"原网址", "Address"},
	"article.archived":    {"网页原貌", "As archived"},
	"article.versions":    {"版本", "Versions"},
	"article.version":     {"第 %d 版", "Version %d"},
	"article.attachments": {"附件", "Attachments"},
	"article.missing":     {"档案中没有此文件", "not in the archive"},
	"article.facts":       {"著录", "About this article"},
	"article.gone":        {"原网站自 %s 起已撤下此文；以下为存档内容。", "The site has not had this article since %s; this is the archived text."},
	"article.changedon":   {"原网站改动过此文，最近一次发现于 %s。", "The site changed this article; the latest change was found on %s."},
	"article.first":       {"首次采集", "First seen"},
	"article.last":        {"最近采集", "Last seen"},
	"article.noimage":     {"［图片未存档］", "[picture not archived]"},
	"article.table":       {"表格，可横向滚动", "Table, scrolls sideways"},
	"article.notext":      {"此文无文字。", "This article has no text."},

	"role.author":       {"作者", "Author"},
	"role.editor":       {"编辑", "Editor"},
	"role.photographer": {"摄影", "Photographs"},
	"role.reviewer":     {"审核", "Reviewer"},
	"role.proofreader":  {"校对", "Proofreader"},
	"role.publisher":    {"发布", "Publisher"},

	"error.title":   {"无法显示", "Nothing to show"},
	"error.nothing": {"档案中没有您要找的内容。", "The archive has nothing there."},
	"error.slow":    {"这个请求花费的时间过长，已中止。请缩小范围后再试。", "This took too long and was ended. Ask for less and try again."},
	"error.fault":   {"程序出错，详情见运行日志。", "Something went wrong here; the program's log says what."},
	"error.token":   {"需要口令。", "A token is needed."},
	"error.host":    {"不以此主机名应答。", "This server does not answer to that name."},
	"error.method":  {"此处只读。", "This is for reading only."},
	"error.long":    {"网址过长。", "The address is too long."},
	"error.number":  {"“%s”不是有效的数字。", "%q is no number that makes sense here."},
	"error.date":    {"“%s”不是日期；请写作 2016、2016-07 或 2016-07-22。", "%q is no date; write 2016, 2016-07 or 2016-07-22."},
	"error.sort":    {"没有“%s”这种排序。", "There is no order %q."},
	"error.words":   {"检索词过长。", "That is too much to look for."},
}
