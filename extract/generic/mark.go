package generic

import (
	"bytes"
	"strings"
)

// A mark is what the words of a short block say it is for.
type mark uint16

const (
	markPager   mark = 1 << iota // next and previous article, close, print, back
	markFooter                   // copyright, licence, postal address of the site
	markShare                    // share, follow, font size
	markMeta                     // byline: date, source, clicks
	markEditor                   // responsible editor and the like, at the end
	markRelated                  // heads a list of other articles
	markFile                     // attachment beside the body
	markPlace                    // breadcrumb
	markPromo                    // asks to read, watch, subscribe elsewhere
	markContact                  // postal address and telephone, of the site or of whom the text names
	markEvent                    // when and where something takes place
	markEnd                      // nothing after it belongs to the article
)

// A phrase stands at the beginning of a block, or anywhere in it.
type phrase struct {
	mark  mark
	max   int32 // longest block, in letters, that it marks; a Han character counts three
	words []string
}

// heads begin a block. They are compared in lower case, with opening brackets
// and blanks taken off.
var heads = []phrase{
	{markPager | markEnd, 700, strings.Split("上一篇|下一篇|上一条|下一条|上一则|下一则|上篇：|下篇：|上条：|下条：|前一篇|后一篇|上一主题|上一新闻|下一新闻|previous article|next article|previous post|next post|« previous|prev:", "|")},
	{markPager, 60, strings.Split("关闭|打印|返回|收藏|我要纠错|回到顶部|返回顶部|返回列表|关 闭|打 印|【打印|top|back to top|print|close|下一页|上一页|尾页|首页|末页|浏览大图", "|")},
	{markFooter | markEnd, 900, strings.Split("版权所有|copyright|©|(c) 20|all rights reserved|京icp|备案号", "|")},
	{markContact, 400, strings.Split("地址：|地址:|主办：|主办单位：|承办：|联系电话|电话：|电话:|传真：|邮编：|邮编:|邮政编码|技术支持|联系地址|通讯地址|e-mail|email|邮箱：|tel:|tel：", "|")},
	{markShare, 150, strings.Split("分享到|分享至|分享：|字号|字体|【字体|t + -|t+|扫一扫|扫描二维码|微信扫|用微信扫|share this|share on|share:|tweet|follow us|email this|click to share|share via|like this|点赞|手机看|用手机", "|")},
	{markMeta, 420, strings.Split("发布时间|发布日期|发表时间|发表日期|发布者|发布人|来源：|来源:|来源于|来源 |文章来源|信息来源|新闻来源|稿件来源|作者：|作者:|时间：|时间:|日期：|日期:|更新时间|录入时间|浏览次数|点击|阅读：|阅读次数|浏览：|访问次数|published|posted on|posted by|by |updated|last updated|written by|by line|点击数|供稿单位|发布单位|信息员|撰稿人：", "|")},
	{markEditor, 240, strings.Split("责任编辑|责编|编辑：|编辑:|编辑 |本文编辑|网络编辑|本文来源|本文作者|本文责编|值班编辑|作者/|转载请|声明：|免责声明|版权声明|未经授权|- the end -|the end|—end—|-end-|end|关键词|标签：|标签:|关键字|tags:|tag:|tagged|topics:|filed under|filed to|categories:|posted in|(责|(编|特别声明|原标题|（原标题|(原标题|更多精彩|查看更多|展开全文|阅读原文|来源链接|本文转载自|本文为", "|")},
	{markRelated | markEnd, 60, strings.Split("相关新闻|相关阅读|相关链接|相关文章|相关推荐|相关资讯|相关报道|相关内容|延伸阅读|推荐阅读|热门推荐|热门文章|热点文章|热点新闻|猜你喜欢|为你推荐|大家都在看|精彩推荐|更多新闻|最新评论|网友评论|用户评论|发表评论|评论列表|我要评论|related articles|related stories|related posts|related news|related content|related:|related topics|related links|you may also like|you might also like|more from|more stories|more news|most popular|most read|recommended|read next|up next|trending|popular|latest news|comments|leave a comment|leave a reply|post a comment|join the conversation|add a comment|about the author|see also|other news|top stories|don't miss|recent posts|also in this|sponsored|promoted|from our partners|around the web|show comments|view comments|推荐新闻", "|")},
	{markFile, 600, strings.Split("附件【|附件：|附件:|相关附件|附件下载", "|")},
	{markPlace, 300, strings.Split("当前位置|您的位置|您当前的位置|您现在的位置|现在位置|你的位置|所在位置|位置：|位置:|首页 >|首页>|首页 »|home >|home »|you are here", "|")},
	{markPromo, 36, strings.Split("advert|iklan|anzeige|werbung|publicidad|publicité|advertentie|this slideshow requires|story continues below|image copyright|show caption|hide caption|play video|photo gallery", "|")},
	{markPromo, 500, strings.Split("related:|read more|read also|also read|read:|see more|see also|more:|watch:|watch now|click here|get the|subscribe|sign up|download the|follow @|photos:|gallery:|don't miss|recommended:|advertisement|story continues|continue reading|article continues|loading|image copyright|image caption|media caption|editor's note:|enlarge|like us on|follow us|want more|for more|have a tip|contact the|report a typo|got a tip|join our|newsletter|stay up to date|相关专题|点击进入|点击查看|更多内容请|相关资讯请", "|")},
}

// inside mark a block wherever they stand in it.
var inside = []phrase{
	{markFooter | markEnd, 900, strings.Split("版权所有|icp备|公网安备|icp证|all rights reserved|copyright ©|copyright (c)", "|")},
	{markPager, 90, strings.Split("关闭窗口|打印本页|关闭本页|【关闭】|[关闭]|打印此页|加入收藏|返回顶部|关闭此页|打印本文", "|")},
	{markPager | markEnd, 600, strings.Split("下一篇：|下一条：|下一篇:|下一条:|上一篇：|上一条：|上一篇:|上一条:", "|")},
	{markMeta, 420, strings.Split("发布时间：|发布时间:|发布日期：|浏览次数|点击数：|点击数:|点击：|点击次数|点击率|阅读次数|浏览量|责编：|录入员|发布者：|来源：|来源:|作者：|作者:|出处：|出处:|编辑：|供稿：|记者：|撰稿：|审核：", "|")},
	{markFile, 600, strings.Split("】已下载|下载次数", "|")},
	{markPlace, 300, strings.Split("当前位置|> 正文|>> 正文|>正文|>>正文|» 正文", "|")},
	{markShare, 150, strings.Split("分享到|字号：|字体大小|大 中 小|小 中 大|【大|[大", "|")},
}

// events tells the time of an event from the time of publication: beside it
// stands the place or the speaker.
func (p *Page) events() {
	for i := range p.blocks {
		if !placeOrSpeaker(p.raw(int32(i))) {
			continue
		}
		for b := max(0, i-3); b <= i+3 && b < len(p.blocks); b++ {
			raw := bytes.TrimLeft(p.raw(int32(b)), "[(（【 0123456789.、一二三四")
			if b == i && p.blocks[b].size < 300 || bytes.Contains(raw[:min(len(raw), 24)], []byte("时间")) && !bytes.Contains(raw, []byte("发布")) {
				p.marks[b] = p.marks[b]&^markMeta | markEvent
			}
		}
	}
}

// placeOrSpeaker says that a line names where an event takes place, or who speaks.
func placeOrSpeaker(line []byte) bool {
	if len(line) > 600 || len(line) < 9 {
		return false
	}
	for _, w := range [...]string{"地点：", "地点:", "地 点：", "地 点:", "报告人：", "报告人:", "主讲人：", "主讲人:", "主讲：", "演讲者", "主持人：", "Venue:", "Speaker:", "Location:"} {
		if i := bytes.Index(line, []byte(w)); i >= 0 && (i < 24 || bytes.Contains(line, []byte("时间"))) {
			return true
		}
	}
	return false
}

// An opening is a word of heads, filed under its first byte.
type opening struct {
	word string
	mark mark
	max  int32
}

var openings = func() (table [256][]opening) {
	for _, p := range heads {
		for _, w := range p.words {
			table[w[0]] = append(table[w[0]], opening{w, p.mark, p.max})
		}
	}
	return table
}()

// longest is the length in letters from which blocks have no marks.
const longest = 900

// marksOf gives the marks of block b.
func (p *Page) marksOf(b int32) mark {
	size := p.blocks[b].size
	raw := p.raw(b)
	if size > longest || len(raw) > longest+300 || len(raw) == 0 {
		return 0
	}
	var scratch [longest + 300]byte
	low, plain := scratch[:len(raw)], true
	for i, c := range raw {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		plain = plain && c < 0x80
		low[i] = c
	}
	begin := bytes.TrimLeft(low, " \t[(【（「『|-–—·•>»*#~")
	var m mark
	for i, line := range [2][]byte{low, begin} {
		if len(line) == 0 || i == 1 && len(begin) == len(low) {
			break
		}
		for _, o := range openings[line[0]] {
			if size <= o.max && m&o.mark != o.mark && len(o.word) <= len(line) && string(line[:len(o.word)]) == o.word {
				m |= o.mark
			}
		}
	}
	for i := range inside {
		if size > inside[i].max || m&inside[i].mark == inside[i].mark {
			continue
		}
		for _, w := range inside[i].words {
			if plain && w[0] >= 0x80 || len(w) > len(low) {
				continue
			}
			if bytes.Contains(low, []byte(w)) {
				m |= inside[i].mark
				break
			}
		}
	}
	return m
}
