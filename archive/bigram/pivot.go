package bigram

import (
	"slices"
	"sync"
	"unicode/utf8"
)

// unfolded gives, for a rune, all others that are found under it: 国 has 國 and 囯.
var unfolded = sync.OnceValue(func() map[rune][]rune {
	all := map[rune][]rune{}
	for r := rune(utf8.RuneSelf); r <= 0x2FA1F; r++ {
		if f := foldRune(r); f != r {
			all[f] = append(all[f], r)
		}
	}
	return all
})

// A pivot is a Han character of a term by which a text is gone through: every place of the term has one of its forms.
type pivot struct {
	forms []needle // as it may stand in a text; none = the term has no Han character
	lead  int      // runes of the term before it
	only  bool     // each character of the term has one form alone
}

// choose takes the character with the fewest forms.
func (p *pivot) choose(folded string) {
	p.only = true
	lead := 0
	for _, r := range folded {
		others := unfolded()[r]
		p.only = p.only && len(others) == 0 && classOf(r) == han
		if classOf(r) == han && (p.forms == nil || len(others)+1 < len(p.forms)) {
			p.lead, p.forms = lead, []needle{newNeedle(string(r))}
			for _, o := range others {
				p.forms = append(p.forms, newNeedle(string(o)))
			}
		}
		lead++
	}
}

// places calls f for the places of a term with a Han character, those of each form of the pivot in order, until it returns false.
func (t *Term) places(text string, f func(start, end int) bool) {
	for k := range t.pivot.forms {
		form := &t.pivot.forms[k]
		for from := 0; ; {
			start := form.index(text, from)
			if start < 0 {
				break
			}
			from = start + len(form.text)
			lead := t.pivot.lead
			for ; lead > 0 && start > 0; lead-- {
				_, n := utf8.DecodeLastRuneInString(text[:start])
				start -= n
			}
			if lead > 0 {
				continue
			}
			if t.first == letter {
				if before, _ := utf8.DecodeLastRuneInString(text[:start]); classOf(foldRune(before)) == letter {
					continue
				}
			}
			if n := t.at(text[start:]); n > 0 && !f(start, start+n) {
				return
			}
		}
	}
}

// findByPivot is Find for a term with a Han character.
func (t *Term) findByPivot(text string, limit int) [][2]int {
	var all [][2]int
	t.places(text, func(start, end int) bool {
		if n := len(all); n == 0 || start >= all[n-1][1] || len(t.pivot.forms) > 1 {
			all = append(all, [2]int{start, end})
		}
		return len(all) < limit || len(t.pivot.forms) > 1
	})
	if len(t.pivot.forms) == 1 {
		return all
	}
	slices.SortFunc(all, func(a, b [2]int) int { return a[0] - b[0] })
	apart := all[:0]
	for _, p := range all {
		if n := len(apart); n < limit && (n == 0 || p[0] >= apart[n-1][1]) {
			apart = append(apart, p)
		}
	}
	return apart
}
