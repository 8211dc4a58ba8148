package byline

// A runeSet is a set of characters of the Basic Multilingual Plane.
type runeSet [1 << 10]uint64

func newRuneSet(s string) *runeSet {
	set := new(runeSet)
	for _, r := range s {
		set.add(r)
	}
	return set
}

func (set *runeSet) add(r rune) {
	if r >= 0 && r < 1<<16 {
		set[r>>6] |= 1 << (r & 63)
	}
}

func (set *runeSet) has(r rune) bool {
	return r >= 0 && r < 1<<16 && set[r>>6]&(1<<(r&63)) != 0
}
