package generic

// A hint is what the class and id of an element, or its role, suggest it is for.
// Hints are evidence, never proof: names are chosen by people in a hurry.
type hint uint32

const (
	hintArticle hint = 1 << iota // content, article, entry, story: likely the body or around it
	hintBody                     // names that stand on the body itself: article-body, entry-content, v_news_content
	hintComment
	hintRelated // other articles: related, recommended, popular
	hintShare
	hintNav // menus, breadcrumbs, pagers
	hintFooter
	hintHeader
	hintSide
	hintAd
	hintMeta    // byline, date, source
	hintTitle   // title, headline
	hintCaption // text under a picture
	hintAuthor  // about the author
	hintForm    // subscribe, login, search
	hintPopup   // dialogs, cookie banners
	hintTags
	hintLead // subtitle, summary, abstract
	hintHidden
	hintPager
	hintSkipNeg // "no-comment", "has-sidebar": names of a state, not of a part
)

// bad are the hints of parts that are no body wherever they stand.
const bad = hintComment | hintRelated | hintShare | hintNav | hintFooter | hintSide | hintAd | hintForm | hintPopup | hintHidden | hintPager

// words are the vocabulary. A "|" stands for the edge of a word: the start or end of the
// name, a separator, a change from lower to upper case, or a number behind it. Collected from the class names of
// public page templates, English and Chinese (pinyin initials included).
var words = []struct {
	hint  hint
	words string
}{
	{hintArticle, "|article |content| |contents| |entry |post| |story |main| |text| |txt| |con| |detail |details| |news| |read| |body| zhengwen |zw| |wenzhang |nr| |neirong |show| |view| |cont| |essay |blog| |hentry|"},
	{hintBody, "articlebody article|body articlecontent article|content articletext article|text articlecon| article|con| articlemain| article|main| " +
		"entry|content entrycontent entry|body post|content postcontent post|body postbody story|body storybody story|content storycontent story|text " +
		"news|content newscontent news|text newstext news|con| newscon| news|body content|body contentbody content|text contenttext body|content |bodytext| body|copy body|text " +
		"main|content maincontent main|text maintext detail|content detailcontent detail|body detail|con| detailcon| |zoom| |zhengwen| editor|view " +
		"page|content pagecontent text|content textcontent article|detail articledetail news|detail newsdetail wznr |artibody| |endtext| |rich|text| richtext |vsb|content|"},
	{hintComment, "comment disqus |reply |replies| |respond| |response| |responses| livefyre |pinglun |gentie |discuss |guestbook| |feedback| |coral| |spot|im| |liuyan|"},
	{hintRelated, "related |relate| |relevant recommend |recirc recirculation |popular| mostpopular most|popular most|read mostread most|viewed |trending |trend| readmore read|more morefrom more|from more|news " +
		"|tuijian |xgxw |xgyd |xiangguan |hot| |hotnews |hotlist |rank| |ranking |paihang |top|stories |topstories outbrain taboola |zergnet |mgid |revcontent |suggest " +
		"|youmay |also|like| |up|next| |next|article| |nextup| |read|next| |readnext| |other|news| |latest| |morestories |more|stories| |guess| |interest |recent| |recentposts |promoted| |teaser |teasers| |playlist| |newslist |news|list|"},
	{hintShare, "|share |shares| |sharing |sharebar |social |bdshare jiathis |sns| |fenxiang |addthis |sharethis |follow| |followus |weibo |weixin |wechat |qrcode |erweima |ewm| |qr| |like|button| |sharedaddy| |print| |printer| |toolbar| |tools| |tool| |fontsize |zihao |dianzan |zan| |reactions| |shareit| |whatsapp"},
	{hintNav, "|nav| |nav |navbar |navigation |menu| |menus| |menu |submenu |breadcrumb |breadcrumbs |crumb |crumbs| |bread| |location| |position| |weizhi| |dqwz| |sitemap| |mbx| |skip| |skiplink |topbar |subnav| |tabs| |tabbar| |daohang|"},
	{hintPager, "|pager |paging |pagination |pagenav |page|nav |page|list| |pagelist| |pages| |fanye |prevnext |prev|next| |nextprev |prev| |next| |previous| |upnext| |sxt| |sxp| |pre| |shangyi |xiayi"},
	{hintFooter, "|footer |foot| |foot |bottom| |copyright |copy|right| |colophon |banquan |mzsm| |disclaimer |legal|"},
	{hintHeader, "|header |head| |masthead |banner |top| |logo |hd|"},
	{hintSide, "|sidebar |side| |side |aside |rail| |right|rail| |rightrail |rightcol |right|col |right|column |leftcol |left|nav |leftnav| |widget |widgets| |secondary| |complementary| |sider|"},
	{hintAd, "|ad| |ads| |adv| |advert |advertisement |adbox |adsense |adsbygoogle |adslot |ad|slot |dfp| |gpt| |sponsor |sponsored |promo| |promo |promotion |guanggao |gg| |commercial| |affiliate |adwrap |adcontainer |google|ad |googlead |brandstudio |partner| |partners| |shop| |buy| |ecommerce"},
	{hintMeta, "|meta| |meta |metas| byline |info| |pubinfo |article|info |articleinfo |article|meta |date| |dateline |datetime |time| |pubtime |publish |published |timestamp |posted |post|date |source| |laiyuan |ly| |author| |otherinfo |titbar |subtit| |property| |attribute |attri| |explain| |fbsj| |fbrq| |sub|info| |info|line| |news|info| |pub|date"},
	{hintTitle, "|title| |title |titles| |headline |headlines| |biaoti |bt| |tit| |arti|title| |heading| |subject|"},
	{hintCaption, "|caption |captions| |imgcaption |img|caption |wp|caption |figcaption |credit| |credits| |photocredit |photo|credit |tuzhu |picture|info| |image|info| |media|caption |cutline"},
	{hintAuthor, "|author|bio |authorbio |author|box |authorbox |author|info |authorinfo |about|author |aboutauthor |bio| |bios| |contributor |contributors| |author|card |authorcard |author|desc |author|profile |writer|bio |byline|bio |zebian| |zrbj|"},
	{hintForm, "|newsletter |subscribe |subscription |signup |sign|up| |login |signin |register |search| |searchbox |paywall |optin |mailing| |mailchimp |email|form |form| |inline|form |piano| |tp|modal| |regwall |meter| |donate |donation |membership |cta| |poll| |quiz| |survey| |vote| |toupiao"},
	{hintPopup, "|popup |pop| |modal| |modal |overlay| |lightbox |dialog |cookie |cookies| |gdpr |consent |tooltip |popover |rollover |dropdown |toast| |drawer| |notification| |alert|"},
	{hintTags, "|tags| |tag| |taglist |tag|list |tagcloud |keywords| |keyword| |topics| |topic|list |categories| |category|list |labels| |biaoqian"},
	{hintLead, "|subtitle |sub|title |subhead |sub|head |lead| |lede| |deck| |dek| |standfirst |abstract| |summary| |excerpt| |daodu |zhaiyao |intro| |introduction| |subheadline |kicker|"},
	{hintHidden, "|hidden| |hide| |sr|only| |screen|reader |visuallyhidden |visually|hidden |invisible| |noprint| |no|print| |d|none| |offscreen| |print|only| |element|invisible| |a11y| |assistive"},
	{hintSkipNeg, "|no|sidebar |nosidebar |has|sidebar |with|sidebar |no|comment |nocomment |no|ad| |has|ad| |no|ads| |share|article| |has|comment |hide|comment |comments|closed| |comments|open| |single|post |with|ad|"},
}

// automaton is an Aho-Corasick machine over 'a'–'z' and the edge.
type automaton struct {
	next [][27]int16
	out  []hint
}

var names = newAutomaton()

const edge = 26

func newAutomaton() *automaton {
	m := &automaton{next: make([][27]int16, 1, 4096), out: make([]hint, 1, 4096)}
	for _, set := range words {
		state, begun := int16(0), false
		for i := 0; i <= len(set.words); i++ {
			if i == len(set.words) || set.words[i] == ' ' {
				if begun {
					m.out[state] |= set.hint
				}
				state, begun = 0, false
				continue
			}
			c := letter(set.words[i])
			if m.next[state][c] == 0 {
				m.next = append(m.next, [27]int16{})
				m.out = append(m.out, 0)
				m.next[state][c] = int16(len(m.next) - 1)
			}
			state, begun = m.next[state][c], true
		}
	}
	fail := make([]int16, len(m.next))
	queue := make([]int16, 0, len(m.next))
	for c := range 27 {
		if s := m.next[0][c]; s != 0 {
			queue = append(queue, s)
		}
	}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		m.out[s] |= m.out[fail[s]]
		for c := range 27 {
			t := m.next[s][c]
			if t == 0 {
				m.next[s][c] = m.next[fail[s]][c]
				continue
			}
			fail[t] = m.next[fail[s]][c]
			queue = append(queue, t)
		}
	}
	return m
}

func letter(c byte) int {
	switch {
	case c >= 'a' && c <= 'z':
		return int(c - 'a')
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	}
	return edge
}

// of gives the hints in a class or id attribute. Long values are cut: nobody
// names an element in more than 300 letters, but hostile pages may.
func (m *automaton) of(s string) hint {
	if len(s) > 300 {
		s = s[:300]
	}
	var h hint
	state, last := m.next[0][edge], edge
	lower := false
	step := func(c int) {
		state = m.next[state][c]
		h |= m.out[state]
		last = c
	}
	for i := 0; i < len(s); i++ {
		c := letter(s[i])
		upper := s[i] >= 'A' && s[i] <= 'Z'
		if s[i] >= '0' && s[i] <= '9' {
			// A number ends a word but begins none: ids like 1D5AD are random.
			if last != edge {
				step(edge)
			}
			state, lower = 0, false
			continue
		}
		switch {
		case c == edge && last == edge:
			state = m.next[0][edge]
			continue
		case upper && lower:
			step(edge)
		}
		lower = s[i] >= 'a' && s[i] <= 'z'
		step(c)
	}
	if last != edge {
		step(edge)
	}
	return h
}
