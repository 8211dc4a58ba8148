package date

import (
	"strings"
	"testing"
	"time"
)

var seeds = []string{"发布时间：2016-07-22 09:30:00", "2026-03-098", "26 2026.08", "Jun 30, 2016 8:53:00 AM", "２０１６年７月２２日", "10/262012",
	"2016-07-22T09:30:00.5-0500", "Thu Jun 30 08:53:00 CST 2016", "/2016/0722/c1a2/page.htm", "[05-23]", "20160722093000", "2016年\xff7月2日"}

func FuzzFind(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		near := FromURL(s)
		for _, m := range []func() (Match, bool){func() (Match, bool) { return Find(s) }, func() (Match, bool) { return FindNear(s, near) }} {
			got, ok := m()
			if again, _ := m(); again != got {
				t.Fatalf("two answers: %v and %v", got, again)
			}
			if !ok {
				if got != (Match{}) {
					t.Fatalf("not ok but %v", got)
				}
				continue
			}
			if got.Start < 0 || got.End <= got.Start || got.End > len(s) {
				t.Fatalf("span %d..%d of %d bytes", got.Start, got.End, len(s))
			}
			layout := "2006-01-02"
			if got.HasTime {
				layout = time.RFC3339
			}
			if _, err := time.Parse(layout, got.String()); err != nil {
				t.Fatalf("%q of %q: %v", got, s, err)
			}
			if got.Year < MinYear || got.Year > MaxYear {
				t.Fatalf("year %d", got.Year)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	line := "来源:新闻中心 点击次数:次 发布时间:2016年07月22日 09:30 作者:白露 关月桥"
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := Find(line); !ok {
			b.Fatal("no date")
		}
	}
}

// BenchmarkFindHostile reads a text of a megabyte that begins a date everywhere.
func BenchmarkFindHostile(b *testing.B) {
	for _, c := range []struct{ name, in string }{{"digits", strings.Repeat("1", 1<<20)}, {"dashes", strings.Repeat("2016-07-", 1<<17)}, {"blanks", strings.Repeat("2016 ", 1<<17)}, {"wide blanks", "2016" + strings.Repeat("\u3000", 1<<18)}} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.in)))
			for b.Loop() {
				FindNear(c.in, Hint{Year: 2016})
			}
		})
	}
}
