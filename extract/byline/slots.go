package byline

import (
	"strings"
	"unicode/utf8"

	"campusnews/extract/date"
)

// Which statement of a field wins, higher over lower, first over later.
const (
	dateUpdated = iota + 1
	dateBare
	dateLabelled
)

const (
	sourceUnit   = iota + 1 // a unit that stands by a name
	sourceLead              // XX新闻网讯
	sourceSupply            // 供稿
	sourceStated            // 来源
)

// read fills the line from the slots.
func (p *parser) read() {
	for i := range p.slots {
		c := &p.slots[i]
		from := c.from
		switch c.kind {
		case kindNames:
			p.readNames(c)
			continue
		case kindSource, kindSupply:
			from = p.readSource(c)
		case kindDate, kindUpdate:
			prio := dateLabelled
			if c.kind == kindUpdate {
				prio = dateUpdated
			}
			from = p.readDate(c, prio)
		case kindClicks:
			from = p.readClicks(c)
		case kindSection:
			p.line.Section = p.textOf(p.past(c.from), c.to)
			continue
		case kindOther:
			continue
		}
		p.readBare(slot{from: from, to: c.to})
	}
}

// readDate takes the date that begins the slot and returns the token behind it.
func (p *parser) readDate(c *slot, prio int) int {
	i := p.past(c.from)
	if i < c.to && p.kind(i) == tDate {
		p.setDate(i, prio)
		return i + 1
	}
	return c.from
}

func (p *parser) setDate(i, prio int) {
	if prio <= p.datePrio {
		return
	}
	if m, ok := date.Find(p.text(i)); ok {
		p.line.Published, p.datePrio = m.String(), prio
	}
}

// readClicks takes the count at the head of the slot: 238, [238], 238次; a counter
// that a script fills leaves [] or 次.
func (p *parser) readClicks(c *slot) int {
	i := c.from
	for i < c.to {
		switch p.kind(i) {
		case tBlank, tOpen, tClose:
			i++
			continue
		case tNumber:
			p.setClicks(p.text(i))
			i = p.myriads(i)
			continue
		case tText:
			if t := p.text(i); t == "次" || t == "人次" || t == "人" || t == "loading" || t == "载入中" || t == "加载中" {
				i++
				continue
			}
		}
		break
	}
	return i
}

// myriads reads the 万 or .2万 behind the count at token i, which then counts ten
// thousands, and returns the token behind it.
func (p *parser) myriads(i int) int {
	i++
	if p.kind(i) != tText || p.line.Clicks > 1<<30 {
		return i
	}
	t, tenths := p.text(i), 0
	if len(t) > 2 && t[0] == '.' && isDigit(t[1]) {
		t, tenths = t[2:], int(t[1]-'0')
	}
	if !strings.HasPrefix(t, "万") {
		return i
	}
	p.line.Clicks = p.line.Clicks*10000 + tenths*1000
	return i + 1
}

func (p *parser) setClicks(s string) {
	if p.line.HasClicks || len(s) > 14 {
		return
	}
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n = n*10 + int(s[i]-'0')
		}
	}
	p.line.Clicks, p.line.HasClicks = n, true
}

// textOf returns the text of tokens from..to with blanks collapsed to one and
// none at the ends; separators at the ends are dropped too.
func (p *parser) textOf(from, to int) string {
	edge := func(k tokenKind) bool { return k == tBlank || k == tJoin || k == tStop || k == tSlash || k == tColon }
	for from < to && edge(p.kind(from)) {
		from++
	}
	for from < to && edge(p.kind(to-1)) {
		to--
	}
	if from >= to {
		return ""
	}
	return collapse(p.s[p.toks[from].start:p.toks[to-1].end])
}

// collapse makes each run of blanks one blank. It returns s itself where it can.
func collapse(s string) string {
	clean := true
	blank := false
	for _, r := range s {
		is := classify(r) == tBlank
		if is && (blank || r != ' ') || r == utf8.RuneError {
			clean = false
			break
		}
		blank = is
	}
	if clean {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	pending := false
	for _, r := range s {
		if classify(r) == tBlank {
			pending = true
			continue
		}
		if pending && b.Len() > 0 {
			b.WriteByte(' ')
		}
		pending = false
		b.WriteRune(r)
	}
	return b.String()
}

// readSource takes the source at the head of the slot, up to a date or bar, and
// returns the token behind it.
func (p *parser) readSource(c *slot) int {
	end := c.from
	url, text := -1, false
scan:
	for end < c.to {
		switch p.kind(end) {
		case tDate:
			break scan
		case tURL:
			if url < 0 {
				url = end
			}
			if text {
				break scan
			}
		case tText, tNumber:
			if url >= 0 || p.kind(end-1) == tBlank && ignorable(p.text(end)) {
				break scan
			}
			text = true
		}
		end++
	}
	s := p.textOf(c.from, end)
	rest := end
	if p.kind(rest) == tURL {
		rest++
	}
	prio := sourceStated
	if c.kind == kindSupply {
		prio = sourceSupply
		persons, units, others := p.pieces(c.from, end)
		if len(persons) > 0 && others == 0 {
			for _, n := range persons {
				p.credit(c.roles|isAuthor, n)
			}
			if len(units) > 0 {
				s = strings.Join(units, " ")
			}
		}
	}
	if placeholders[s] || s == "" {
		return rest
	}
	p.setSource(s, prio)
	return rest
}

func (p *parser) setSource(s string, prio int) {
	if prio > p.srcPrio && s != "" {
		p.line.Source, p.srcPrio = s, prio
	}
}

func (p *parser) credit(roles roleSet, name string) {
	for _, r := range roleNames {
		if roles&r.bit == 0 {
			continue
		}
		c := Credit{r.name, name}
		list := &p.line.Credits
		if placeholders[name] {
			list = &p.line.Placeholders
		}
		known := false
		for _, have := range *list {
			known = known || have == c
		}
		if !known {
			*list = append(*list, c)
		}
	}
}
