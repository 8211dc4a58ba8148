package minhash

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// storedWant is three bands of a sketch, written down in November 2026.
const storedWant = "f63c77c2bb50790e8d5de191"

func TestSimilarity(t *testing.T) {
	for _, c := range []struct {
		name, a, b string
		want       float64
	}{
		{"the same", "校园里的第一台风力发电机开始转动", "校园里的第一台风力发电机开始转动", 1},
		{"signs, blanks, width, script", "學術報告會，Ａｂｃ 12", "学术报告会 abc12\n！", 1},
		{"nothing in common", "校园里的第一台风力", "图书馆今天闭馆一天", 0},
		{"a character more", "一二三四五六", "一二三四五六七", 2. / 3},
		{"short ones", "校", "校。", 1},
		{"short ones that differ", "校", "校园", 0},
		{"empty", "", "", 0},
		{"signs only", "——", "——", 0},
	} {
		a, b := SetOf(c.a), SetOf(c.b)
		if got := a.Similarity(b); math.Abs(got-c.want) > 1e-9 || got != b.Similarity(a) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
		if same := a.Sum() == b.Sum(); same != (c.want == 1 || len(a)+len(b) == 0) {
			t.Errorf("%s: sums equal: %v", c.name, same)
		}
	}
}

// TestStored: stored sketches of this version must never come out otherwise.
func TestStored(t *testing.T) {
	s := SetOf("校园里的第一台风力发电机开始转动").Sketch()
	if got := fmt.Sprintf("%08x%08x%08x", s[0], s[1], s[31]); got != storedWant {
		t.Errorf("got %s, want %s: a change needs another Version", got, storedWant)
	}
	for i := range s {
		if got, ok := Band(s.Bytes(), i); !ok || got != s[i] {
			t.Errorf("band %d: got %x (%v), want %x", i, got, ok, s[i])
		}
	}
	if _, ok := Band([]byte("no sketch"), 0); ok {
		t.Error("nine bytes are taken for a sketch")
	}
}

// TestBands holds the share of pairs that the bands find against the formula, for short texts, whose bins are mostly empty, and long ones.
func TestBands(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	text := func(n int) []rune {
		s := make([]rune, n)
		for i := range s {
			s[i] = rune(0x4E00 + r.IntN(3000))
		}
		return s
	}
	for _, length := range []int{60, 1200} {
		for _, edits := range []float64{0.01, 0.02, 0.04, 0.1} {
			pairs, found, sum := 300, 0, 0.0
			for range pairs {
				a := text(length)
				b := append([]rune(nil), a...)
				for range max(1, int(edits*float64(length))) {
					b[r.IntN(length)] = rune(0x4E00 + r.IntN(3000))
				}
				x, y := SetOf(string(a)), SetOf(string(b))
				s := x.Similarity(y)
				sum += 1 - math.Pow(1-math.Pow(s, rows), Bands)
				p, q := x.Sketch(), y.Sketch()
				for i := range p {
					if p[i] == q[i] {
						found++
						break
					}
				}
			}
			want := sum / float64(pairs)
			t.Logf("%d characters, %.0f %% changed: %.3f found, formula %.3f", length, 100*edits, float64(found)/float64(pairs), want)
			if got := float64(found) / float64(pairs); got < want-0.06 {
				t.Errorf("%d characters, %.0f %% changed: got %.3f found, want %.3f", length, 100*edits, got, want)
			}
		}
	}
}

func FuzzSetOf(f *testing.F) {
	f.Add("校园里的第一台风力发电机", "校园")
	f.Add("\xff", "a")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := SetOf(a), SetOf(b)
		for i := range x {
			if i > 0 && x[i-1] >= x[i] {
				t.Fatal("not ascending")
			}
		}
		if s := x.Similarity(y); s < 0 || s > 1 || s != y.Similarity(x) || (s == 1) != (x.Sum() == y.Sum() && len(x) > 0) {
			t.Fatalf("similarity %v, sums %x %x", s, x.Sum(), y.Sum())
		}
		if len(x) > 0 && x.Similarity(x) != 1 || x.Sketch() != SetOf(a).Sketch() {
			t.Fatal("a text is not like itself")
		}
	})
}

func BenchmarkSketch(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	var s strings.Builder
	for range 1270 {
		s.WriteRune(rune(0x4E00 + r.IntN(3000)))
	}
	text := s.String()
	for b.Loop() {
		SetOf(text).Sketch()
	}
}
