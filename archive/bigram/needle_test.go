package bigram

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// A needle finds what package strings finds.
func TestNeedle(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	letters := []string{"学", "校", "学", "党", "會", "\U00020bb7", "a", "\xe5", "\xad"} // the last two, parts of 学, begin or end a broken text
	random := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(letters[r.IntN(len(letters))])
		}
		return b.String()
	}
	found := 0
	for range 20_000 {
		text, from := random(r.IntN(30)), 0
		word := random(1 + r.IntN(3))
		if r.IntN(50) == 0 {
			word = random(40)
			text += word
		}
		if len(text) > 0 {
			from = r.IntN(len(text) + 1)
		}
		n := newNeedle(word)
		want := strings.Index(text[from:], word)
		if want >= 0 {
			found++
			want += from
		}
		if got := n.index(text, from); got != want {
			t.Fatalf("%q in %q from %d: got %d, want %d", word, text, from, got, want)
		}
		if got, want := n.count(text), strings.Count(text, word); got != want {
			t.Fatalf("%q in %q: got %d times, want %d", word, text, got, want)
		}
	}
	if found < 1000 {
		t.Errorf("only %d of the needles stood in their texts", found)
	}
	if n := newNeedle("学校"); n.rare < 0 || n.text[n.rare] != "校"[1] {
		t.Errorf("学校 is looked for by byte %d, want by the second of 校, which is the rarest", n.rare)
	}
}
