package byline

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A piece is one entry of a list of names.
type piece struct {
	text  string
	title bool
	unit  bool
	man   bool // built like a person's name
}

// maxNames bounds a list of names.
const maxNames = 64

// list cuts tokens from..to into pieces; padded two-character names are joined.
func (p *parser) list(from, to int, buf []piece) []piece {
	out := buf
	blank := false
	last := -2 // the token that the last piece ends with, if it is whole
	for i := from; i < to && len(out) < maxNames; i++ {
		switch p.kind(i) {
		case tBlank:
			blank = true
			continue
		case tText, tLabel:
			s := p.text(i)
			if p.kind(i+1) == tOpen && i+2 < to {
				// 学生工作部（处）: the bracket stays with a unit, and goes from a person
				end := i + 1
				for end < to && p.kind(end) != tClose {
					end++
				}
				if isUnit(s) && end < to {
					if inner := p.textOf(i+2, end); isPerson(inner) { // 统计学院（张三）
						out = append(out, piece{text: s}, piece{text: inner})
						i, blank, last = end, false, -2
						continue
					}
					s = collapse(p.s[p.toks[i].start:p.toks[end].end])
				}
				i = min(end, to-1)
			}
			if s = cleanName(s); s == "" {
				continue
			}
			if n := len(out); blank && n > 0 && last == i-2 && joins(out[n-1].text, s) {
				if latin(s) {
					out[n-1].text += " " + s
				} else {
					out[n-1].text += s
				}
			} else {
				out = append(out, piece{text: s})
			}
			if last = -2; s == p.text(i) {
				last = i
			}
		}
		blank = false
	}
	for i := range out {
		s := out[i].text
		out[i].man = isPerson(s)
		out[i].unit = !out[i].man && isUnit(s)
		out[i].title = !out[i].man && !out[i].unit && isTitle(s)
	}
	return out
}

// joins reports whether b, one blank behind a, goes on with the name a: 范 丽,
// 李 小明, 欧阳 娜, John Smith.
func joins(a, b string) bool {
	if latin(a) && latin(b) {
		return true
	}
	na, hanA, _ := hanCount(a)
	nb, hanB, _ := hanCount(b)
	if !hanA || !hanB {
		return false
	}
	switch {
	case na == 1:
		return nb <= 2
	case nb == 1 && na == 2:
		for _, c := range compoundSurnames {
			if a == c {
				return true
			}
		}
	}
	return false
}

func latin(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || !(c|0x20 >= 'a' && c|0x20 <= 'z' || c == '.' || c == '-' || c == '\'') {
			return false
		}
	}
	return s != ""
}

// cleanName strips what is no part of a name: staff codes, 等, 老师, quotes.
func cleanName(s string) string {
	if isStaffCode(s) {
		return ""
	}
	if i := strings.LastIndexByte(s, '_'); i > 0 && isStaffCode(s[i:]) {
		s = s[:i]
	}
	if i := strings.IndexFunc(s, func(r rune) bool { return r < utf8.RuneSelf }); i > 0 && isStaffCode(s[i:]) {
		s = s[:i]
	}
	s = strings.Trim(s, "-—–_.·•~“”\"'‘’")
	for _, h := range honorifics {
		if cut, ok := strings.CutSuffix(s, h); ok && (isPerson(cut) || cut == "") {
			s = cut
			break
		}
	}
	for _, verb := range [...]string{"提供", "拍摄", "报道", "報導", "整理"} {
		if cut, ok := strings.CutSuffix(s, verb); ok && cut != "" {
			s = cut
		}
	}
	return s
}

// pieces sorts the names of tokens from..to into persons and units; others
// counts what is neither.
func (p *parser) pieces(from, to int) (persons, units []string, others int) {
	var buf [8]piece
	for _, n := range p.splitGlued(p.list(from, to, buf[:0])) {
		switch {
		case n.man:
			persons = append(persons, n.text)
		case n.unit:
			units = append(units, n.text)
		case n.title:
		default:
			others++
		}
	}
	return persons, units, others
}

// readNames credits the names of a slot with the roles of its label.
func (p *parser) readNames(c *slot) {
	var buf [16]piece
	from, to := c.from, c.to
	for i := from; i < to; i++ { // a date or address in the slot ends the names
		if k := p.kind(i); k == tDate || k == tURL {
			head := *c
			head.to = i
			p.readNames(&head)
			p.readBare(slot{from: i, to: to})
			return
		}
	}
	list := p.list(from, to, buf[:0])
	if c.unit != (span{}) {
		p.setSource(p.s[c.unit.start:c.unit.end], sourceUnit)
	}
	list = p.splitGlued(list)
	persons := false
	for _, n := range list {
		persons = persons || n.man
	}
	names := list[:0]
	var unit string
	for _, n := range list {
		switch {
		case n.title && len(list) > 1, n.unit && persons:
			if n.unit && unit == "" {
				unit = n.text
			}
		default:
			names = append(names, n)
		}
	}
	if unit != "" && c.roles&(isAuthor) != 0 {
		p.setSource(unit, sourceUnit)
	}
	if c.natoms > 1 && c.natoms == len(names) && apart(c.atoms[:c.natoms]) {
		for i, n := range names {
			p.credit(c.atoms[i], n.text)
		}
		return
	}
	for _, n := range names {
		if size := utf8.RuneCountInString(n.text); !c.strong && !n.man && !n.unit && !n.title && (size > 6 || size > 3 && persons && hanOnly(n.text) && !strings.ContainsFunc(n.text, isDot)) {
			p.leave(n.text)
			continue
		}
		p.credit(c.roles, n.text)
	}
}

// splitGlued parts a unit from the person glued behind it, 机械学院张三, and 张三和李四.
func (p *parser) splitGlued(list []piece) []piece {
	for i := 0; i < len(list); i++ {
		n := &list[i]
		if n.man || n.unit || n.title {
			continue
		}
		for _, and := range [...]string{"和", "与", "及"} {
			if a, b, ok := strings.Cut(n.text, and); ok && isPerson(a) && isPerson(b) {
				n.text, n.man = a, true
				list = slices.Insert(list, i+1, piece{text: b, man: true})
				break
			}
		}
		if list[i].man {
			continue
		}
		for cut, r := range n.text {
			if cut < 6 || !surnameSet.has(r) {
				continue
			}
			head, tail := n.text[:cut], n.text[cut:]
			if isPerson(tail) && utf8.RuneCountInString(tail) <= 3 && (hasUnitEnding(head, utf8.RuneCountInString(head)) || isTitle(head)) {
				rest := piece{text: tail, man: true}
				n.text, n.unit, n.title = head, isUnit(head), isTitle(head)
				list = slices.Insert(list, i+1, rest)
				i++
				break
			}
		}
	}
	return list
}

// apart reports whether no one person would hold two of the roles: who writes
// does not review. Then 撰稿,核稿:甲,乙 goes pairwise.
func apart(atoms []roleSet) bool {
	var seen roleSet
	group := func(r roleSet) roleSet {
		if r&(isAuthor|isPhotographer) != 0 {
			return isAuthor
		}
		return r
	}
	for _, r := range atoms {
		if seen&group(r) != 0 {
			return false
		}
		seen |= group(r)
	}
	return true
}

func (p *parser) leave(s string) {
	if s == "" {
		return
	}
	if p.line.Leftover != "" {
		p.line.Leftover += " "
	}
	p.line.Leftover += s
}

// readBare reads tokens without a label: a date, a count, 张三, 宣传部, 宣传部 张三.
func (p *parser) readBare(c slot) {
	from := c.from
	for i := c.from; i < c.to; i++ {
		switch p.kind(i) {
		case tDate:
			p.bareNames(from, i)
			p.setDate(i, dateBare)
			from = i + 1
			if p.kind(from) == tNumber && from < c.to { // the counter glued to the date
				p.setClicks(p.text(from))
				from++
			}
		case tNumber:
			// 238 次浏览, 238 浏览
			k := p.past(i + 1)
			if p.kind(k) == tText && k < c.to {
				if t := strings.TrimPrefix(strings.TrimPrefix(p.text(k), "人"), "次"); t == "" || dictionary[t].kind == kindClicks {
					p.bareNames(from, i)
					p.setClicks(p.text(i))
					if p.kind(p.past(k+1)) == tText && dictionary[p.text(p.past(k+1))].kind == kindClicks {
						k = p.past(k + 1)
					}
					from, i = k+1, k
				}
			}
		}
	}
	p.bareNames(from, c.to)
}

// bareNames reads a list without a label: persons are authors, units the source.
func (p *parser) bareNames(from, to int) {
	var buf [16]piece
	list := p.splitGlued(p.list(from, to, buf[:0]))
	persons, units, other := 0, 0, 0
	for _, n := range list {
		switch {
		case n.man:
			persons++
		case n.unit:
			units++
		case !n.title && !ignorable(n.text) && !isLead(n.text) && !placeholders[n.text]:
			other++
		}
	}
	for _, n := range list {
		switch {
		case isLead(n.text):
			p.setSource(leadSource(n.text), sourceLead)
		case placeholders[n.text]:
			p.credit(isAuthor, n.text)
		case other > 0:
			p.leave(n.text)
		case n.man:
			p.credit(isAuthor, n.text)
		case n.unit:
			if p.srcPrio < sourceUnit {
				p.setSource(n.text, sourceUnit)
			}
		}
	}
}

// ignorable: the furniture of a meta line.
func ignorable(s string) bool {
	if strings.HasPrefix(s, "星期") {
		return true
	}
	switch s {
	case "次", "人次", "人", "打印", "关闭", "大", "中", "小", "分享到", "分享", "收藏", "返回", "本网", "本站", "浏览", "字号", "字体", "大中小", "小中大", "打印本页", "关闭窗口", "第", "版", "第版", "举报", "我要评论", "评论", "操作", "编辑", "来源", "作者", "年", "月", "日":
		return true
	}
	return false
}

// leadSource returns the medium of an opening word: 南开新闻网 of 南开新闻网讯; "" for
// 本网讯, which names none.
func leadSource(s string) string {
	for _, end := range [...]string{"讯", "電", "电", "訊"} {
		s = strings.TrimSuffix(s, end)
	}
	s = strings.TrimSuffix(s, "消息")
	switch s {
	case "本网", "本站", "本报", "本台", "本刊", "本社", "我校", "我院", "学校", "学院", "又", "快", "近日", "通", "日", "":
		return ""
	}
	return s
}
