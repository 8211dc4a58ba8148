package extract

import (
	"fmt"
	"strings"

	"campusnews/extract/render"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

var (
	// failureTitle are titles of pages that say "not here" or "not for you":
	// VSB's 404 page, WebPlus' 提示信息, and what web servers and gateways write.
	failureTitle = lazily(`(?i)^((http[ /]*|错误[: ]?|error[: ]?|status[: ]?)?404( ?[-–—_|,:，：（(].{0,20}| ?(错误|出错|页面|网页|提示|找不到|未找到|没有|不存在|对不起|抱歉|not found|error|page|file|oops).{0,20})?|提示信息|错误(提示|信息|页面)?|出错(了|啦)?|系统(提示|错误)|信息提示|温馨提示|操作提示|.{0,20}(页面|网页|文章|信息|内容|资源)(不存在|未找到|没有找到|找不到|已(被)?删除|丢失).{0,20}|(page|file) not found.{0,30}|not found|error|forbidden|(403|500|502|503) .{0,40}|access denied|unauthorized|bad gateway|service unavailable|(运行时|服务器)错误.{0,20})$`)
	loginTitle   = lazily(`(?i)(统一|集中)?(身份|用户)认证|单点登录|^(用户|系统)?登录|^登陆|\b(login|sign in|log in|cas)\b`)
	// failureText is what such pages say when their title says nothing.
	failureText = lazily(`404错误提示|(您|你)(所)?(访问|请求|查看|浏览|找)的(页面|网页|文章|信息|内容|资源|栏目|文件)(不存在|不见了|未找到|没有找到|找不到|已(经)?(被)?(删除|移除|下线|过期)|暂时)|(没有|无)(访问|浏览|查看)?权限|(该|此|本)(信息|文章|页面|新闻|内容|栏目)(不存在|已(经)?(被)?删除|未(审核|发布))|仅限(校内|内网)|(校内|内网)(用户)?(才能|方可)?访问|下载文档出错|请(先)?登录后`)
	challenge   = lazily(`\$_ts\s*=\s*window\[['"]\$_ts['"]\]|\$_ts\.(nsd|cd)\b|__jsl_clearance|acw_sc__v2|window\._cf_chl_opt`)
	captchaText = lazily(`(输入|填写).{0,8}验证码|验证码.{0,6}下载|安全验证|人机验证|滑动验证|访问(过于)?频繁|(当前)?环境异常.{0,20}验证`)
	jump        = lazily(`(?:^|[^.\w])(?:(?:window|self|top|document|parent)\s*\.\s*)*location(?:\s*\.\s*(?:href|replace|assign))?\s*(?:=|\()\s*["']([^"']+)["']`)
)

// fewBytes is the most text a page may have that is taken for a notice, a
// challenge or a redirect by what it says (about 300 Han characters).
const fewBytes = 900

// refusal tells a page that is no content: an error, a challenge, a redirect.
// kind "" means it may be content.
func (pg *page) refusal(p Page) (kind Kind, reason, target string) {
	for _, s := range pg.ix.Scripts {
		if len(s) < 1<<20 && strings.Contains(s, "$_ts") && challenge.MatchString(s) {
			return KindBlocked, "JavaScript challenge ($_ts)", ""
		}
	}
	switch {
	case p.Status == 401 || p.Status == 407:
		return KindError, fmt.Sprintf("HTTP %d: login needed", p.Status), ""
	case p.Status == 403 || p.Status == 412 || p.Status == 429 || p.Status == 488:
		return KindBlocked, fmt.Sprintf("HTTP %d", p.Status), ""
	case p.Status >= 400:
		return KindError, fmt.Sprintf("HTTP %d", p.Status), ""
	}
	if len(pg.ix.Anchors) > 60 { // a page with a site's navigation is no notice
		if strings.Contains(pg.title, "404") && failureTitle.MatchString(pg.title) {
			return KindError, "soft 404: " + pg.title, ""
		}
		return "", "", ""
	}
	text := ""
	small := true
	if pg.ix.Body != nil {
		text, small = visibleText(pg.ix.Body, fewBytes)
	}
	if !small {
		if len(pg.title) < 120 && failureTitle.MatchString(pg.title) && strings.Contains(pg.title, "404") {
			return KindError, "soft 404: " + pg.title, ""
		}
		return "", "", ""
	}
	for _, s := range pg.ix.Scripts {
		if len(s) < 1<<20 && challenge.MatchString(s) {
			return KindBlocked, "JavaScript challenge", ""
		}
	}
	switch {
	case captchaText.MatchString(text) || captchaText.MatchString(pg.title) || strings.Contains(text, "验证码") && pg.has(inputField):
		if pg.has(passwordField) {
			return KindError, "login wall", ""
		}
		return KindBlocked, "captcha", ""
	case pg.title != "" && len(pg.title) < 120 && failureTitle.MatchString(pg.title):
		return KindError, notice("error page: "+pg.title, text), ""
	case pg.has(passwordField) && (loginTitle.MatchString(pg.title) || len(text) < 300):
		return KindError, "login wall", ""
	case failureText.MatchString(text):
		return KindError, notice("error page", text), ""
	}
	if target, how := pg.redirect(text); target != "" {
		return KindRedirect, how, target
	}
	if text == "" && pg.title == "" && pg.ix.Count < 12 && !pg.has(showsMedia) {
		return KindError, "no content", ""
	}
	return "", "", ""
}

// notice puts the short text of an error page behind the reason.
func notice(reason, text string) string {
	text = strings.ReplaceAll(text, "\n", " ")
	if r := []rune(text); len(r) > 60 {
		text = string(r[:60]) + "…"
	}
	if text == "" || strings.Contains(reason, text) {
		return reason
	}
	return reason + ": " + text
}

// visibleText gives the text of a page if it has no more than limit bytes.
func visibleText(body *html.Node, limit int) (string, bool) {
	size, few := 0, true
	var count func(n *html.Node)
	count = func(n *html.Node) {
		for c := n.FirstChild; c != nil && few; c = c.NextSibling {
			switch c.Type {
			case html.TextNode:
				if !blankText(c.Data) {
					size += len(strings.TrimSpace(c.Data))
					few = size <= limit
				}
			case html.ElementNode:
				if !unseen(c) {
					count(c)
				}
			}
		}
	}
	count(body)
	if !few {
		return "", false
	}
	return render.Text(body), true
}

// redirect gives where a page without content leads, and how.
func (pg *page) redirect(text string) (target, how string) {
	if len(text) > 300 {
		return "", ""
	}
	for _, n := range pg.ix.Metas {
		if !strings.EqualFold(attr(n, "http-equiv"), "refresh") {
			continue
		}
		_, rest, ok := strings.Cut(attr(n, "content"), "=")
		if !ok || !strings.Contains(strings.ToLower(attr(n, "content")), "url") {
			continue
		}
		if target = pg.to.Resolve(strings.Trim(rest, ` '"`)); target != "" {
			return target, "meta refresh"
		}
	}
	if len(pg.ix.Anchors) > 10 || len(text) > 120 {
		return "", ""
	}
	for _, s := range pg.ix.Scripts {
		if m := jump.FindStringSubmatch(s); m != nil && len(s) < 20000 {
			if target = pg.to.Resolve(m[1]); target != "" {
				return target, "script redirect"
			}
		}
	}
	return "", ""
}

// Elements that tell what a page with hardly any text is for.
var (
	inputField    = cascadia.MustCompile(`input`)
	passwordField = cascadia.MustCompile(`input[type=password]`)
	showsMedia    = cascadia.MustCompile(`img, video, audio, iframe, embed, object, frame`)
)

// has says that the page has an element that m matches.
func (pg *page) has(m goquery.Matcher) bool {
	all := goquery.Selection{Nodes: pg.ix.Elements()}
	return all.IsMatcher(m)
}
