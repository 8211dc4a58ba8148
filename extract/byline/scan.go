package byline

import "unicode/utf8"

// A slot is a label and the tokens of its value, or tokens without a label.
type slot struct {
	label
	strong   bool // the label stands before a colon or slash
	trailing bool // the label stands behind the value
	from, to int  // tokens of the value
	unit     span // the unit glued to the label: 新闻中心编辑
	atoms    [4]roleSet
	natoms   int
}

// A span is a piece of the line.
type span struct{ start, end int }

// An atom run: 文, 文/图, 撰稿、摄影.
type atomRun struct {
	label
	atoms  [4]roleSet
	natoms int
	next   int  // token behind the run
	long   bool // a word of two characters or more
}

// entry returns the dictionary entry of token i taken whole.
func (p *parser) entry(i int) (label, bool) {
	if k := p.kind(i); k != tText && k != tLabel {
		return label{}, false
	}
	s := p.text(i)
	if l, ok := dictionary[s]; ok {
		return l, true
	}
	if whole, l, ok := twinLabel(s); ok && whole {
		return l, true
	}
	if p.kind(i) != tLabel {
		return label{}, false
	}
	if l, ok := dictionary[unblank(s)]; ok {
		return l, true
	}
	l := guess(s)
	return l, l.kind != kindNone
}

// atoms reads the run of labels that begins with token i.
func (p *parser) atoms(i int) (run atomRun, ok bool) {
	l, ok := p.entry(i)
	if !ok {
		return run, false
	}
	run = atomRun{label: l, natoms: 1, next: i + 1, long: !short(p.text(i))}
	run.atoms[0] = l.roles
	for run.natoms < len(run.atoms) && (run.kind == kindNames || run.kind == kindSupply) {
		j := p.past(run.next)
		joined := p.kind(j) == tJoin || p.kind(j) == tSlash
		if joined {
			j = p.past(j + 1)
		} else if j == run.next || !short(p.text(run.next-1)) {
			return run, true // labels side by side with a blank are slots of their own, but for 文 图
		}
		l, ok := p.entry(j)
		if !ok && joined && short(p.text(run.next-1)) {
			ok = p.unglue(j)
			l, _ = p.entry(j)
		}
		if !ok || l.kind != kindNames && l.kind != kindSupply || !joined && !short(p.text(j)) {
			return run, true
		}
		run.atoms[run.natoms] = l.roles
		run.natoms++
		if l.kind == kindSupply || run.kind == kindSupply {
			run.kind = kindSupply
		}
		run.roles |= l.roles
		run.suffix = run.suffix && l.suffix
		run.reporter = run.reporter && l.reporter
		run.next = j + 1
	}
	return run, true
}

// unglue parts 图郭雪玲 behind 文| into label and name.
func (p *parser) unglue(i int) bool {
	if p.kind(i) != tText {
		return false
	}
	t := p.toks[i]
	word, l, ok := labelAtStart(p.s[t.start:t.end])
	if !ok || l.kind != kindNames || !l.suffix || !short(word) || !isPerson(p.s[t.start+len(word):t.end]) {
		return false
	}
	p.toks = append(p.toks, token{})
	copy(p.toks[i+1:], p.toks[i:])
	p.toks[i].end = t.start + len(word)
	p.toks[i+1].start = p.toks[i].end
	return true
}

func short(s string) bool { return utf8.RuneCountInString(s) == 1 }

// scan groups the tokens into slots.
func (p *parser) scan() {
	for i := 0; i < len(p.toks); {
		switch p.kind(i) {
		case tUnknown:
			p.flush(i)
			p.cur = slot{label: label{kind: kindOther}, strong: true, from: p.past(i+1) + 1}
			p.line.unknown++
			i = p.cur.from
		case tText, tLabel:
			run, isLabel := p.atoms(i)
			if isLabel {
				j := p.past(run.next)
				if p.kind(j) == tColon || p.kind(j) == tSlash && p.slashLabel(run, i, j) {
					p.flush(i)
					p.open(run, true, j+1)
					i = j + 1
					continue
				}
				switch p.loose(run, i) {
				case asPrefix:
					p.flush(i)
					p.open(run, false, run.next)
					i = run.next
					continue
				case asSuffix:
					p.closeWith(run)
					p.flush(i)
					p.cur.from = run.next
					i = run.next
					continue
				}
				i = run.next
				continue
			}
			i = p.glued(i)
		case tSlash:
			if j, run, ok := p.slashSuffix(i); ok {
				p.closeWith(run)
				p.flush(i)
				p.cur.from = j
				i = j
				continue
			}
			if p.kind(i-1) == tBlank && p.kind(i+1) == tBlank { // a bar between slots
				p.flush(i)
				p.cur.from = i + 1
			}
			i++
		case tStop:
			p.flush(i)
			i++
			p.cur.from = i
		case tOpen:
			if p.cur.kind == kindClicks { // 点击：[12]次
				i++
				continue
			}
			if run, ok := p.atoms(i + 1); ok && p.kind(run.next) == tClose && (!p.cur.strong || p.cur.kind == kindNames) && run.kind == kindNames && p.hasText(p.cur.from, i) { // 张三（文/图）
				p.closeWith(run)
				p.flush(i)
				i = run.next + 1
				p.cur.from = i
				continue
			}
			if p.cur.kind == kindOther && !p.hasText(p.cur.from, i) { // 字号：【大 中 小】
				i++
				continue
			}
			if end := p.parenthetical(i); end > 0 {
				i = end
				continue
			}
			p.flush(i)
			i++
			p.cur.from = i
		case tClose:
			if p.cur.kind == kindClicks && i+1 < len(p.toks) && p.hasOpen(p.cur.from, i) {
				i++
				continue
			}
			p.flush(i)
			i++
			p.cur.from = i
		default:
			i++
		}
	}
	p.flush(len(p.toks))
}

// flush ends the current slot before token to.
func (p *parser) flush(to int) {
	p.cur.to = to
	if p.cur.kind != kindNone || p.cur.to > p.cur.from {
		p.slots = append(p.slots, p.cur)
	}
	p.cur = slot{from: to}
}

// open begins a slot with the labels run, its value at token from.
func (p *parser) open(run atomRun, strong bool, from int) {
	if strong {
		p.line.strong++
	}
	p.cur = slot{label: run.label, strong: strong, from: from, atoms: run.atoms, natoms: run.natoms}
	p.line.loose = run.long
	if run.kind == kindOther {
		p.line.others++
	} else {
		p.line.labels++
	}
}

// closeWith turns the current slot into the value of the labels behind it.
func (p *parser) closeWith(run atomRun) {
	cur := &p.cur
	for i := len(p.slots) - 1; i >= 0 && cur.reporter; i-- { // 通讯员张三 记者李四 文/图: both did
		prev := &p.slots[i]
		if !prev.reporter || prev.strong || prev.trailing {
			break
		}
		prev.roles, prev.atoms, prev.natoms = run.roles, run.atoms, run.natoms
	}
	cur.label, cur.atoms, cur.natoms, cur.trailing = run.label, run.atoms, run.natoms, true
	p.line.loose = true
	p.line.labels++
}

// slashLabel reports whether the slash j behind the labels at i makes them a
// label with a value: 文/张三, but not 张三/文/图 or 刊登/….
func (p *parser) slashLabel(run atomRun, i, j int) bool {
	if run.kind != kindNames && run.kind != kindSupply && run.kind != kindSource {
		return false
	}
	k := p.past(j + 1)
	return p.kind(k) == tText || p.kind(k) == tUnknown
}

// slashSuffix reads 张三/文 and 张三/文、图 at slash i.
func (p *parser) slashSuffix(i int) (next int, run atomRun, ok bool) {
	cur := &p.cur
	if cur.strong && cur.kind != kindNames || !p.hasText(cur.from, i) {
		return 0, run, false
	}
	run, ok = p.atoms(p.past(i + 1))
	if !ok || run.kind != kindNames && run.kind != kindSupply {
		return 0, run, false
	}
	switch p.kind(run.next) {
	case tEnd, tBlank, tJoin, tStop, tClose, tOpen:
	default:
		return 0, run, false
	}
	if k := p.kind(p.past(run.next)); k == tColon || k == tSlash {
		return 0, run, false
	}
	return run.next, run, true
}

func (p *parser) hasOpen(from, to int) bool {
	for i := from; i < to; i++ {
		if p.kind(i) == tOpen {
			return true
		}
	}
	return false
}

func (p *parser) hasText(from, to int) bool {
	for i := from; i < to; i++ {
		if p.kind(i) == tText {
			return true
		}
	}
	return false
}

// parenthetical returns the token behind the bracket that opens at i if the
// bracket belongs to the text it is glued to: 学生工作部（处）, 张三（实习生）. Else 0.
func (p *parser) parenthetical(i int) int {
	if p.kind(i-1) != tText || i-1 < p.cur.from || isLead(p.text(i-1)) {
		return 0
	}
	for j := i + 1; j < i+8; j++ {
		switch p.kind(j) {
		case tClose:
			if j == i+1 {
				return 0
			}
			return j + 1
		case tText:
			if _, ok := p.entry(j); ok && p.kind(j+1) == tBlank {
				return 0
			}
			if w, l, ok := labelAtStart(p.text(j)); ok && l.reporter && isPerson(p.text(j)[len(w):]) {
				return 0
			}
		case tNumber, tJoin, tBlank:
		default:
			return 0
		}
	}
	return 0
}
