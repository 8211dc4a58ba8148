package postings

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// doclistOf is the list of rows as FTS5 writes it, with marks behind some: 1 = taken out, 2 = it was and came back.
func doclistOf(rows []int, marks map[int]int) (b []byte) {
	last := 0
	for _, row := range rows {
		b = append(appendNumber(b, row-last), make([]byte, marks[row])...)
		last = row
	}
	return b
}

// TestDoclist reads lists of all densities, with rows taken out here and there and by newer segments.
func TestDoclist(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 3000 {
		most := 1 + r.IntN(4000)
		every, marked := 1+r.IntN(1+r.IntN(300)), r.IntN(3)*r.IntN(200)
		var rows []int
		marks, gone := map[int]int{}, map[int]bool{}
		var newer []int64
		for row := 1; row <= most; row++ {
			if r.IntN(every) > 0 {
				continue
			}
			rows = append(rows, row)
			if marked > 0 && r.IntN(marked) == 0 {
				marks[row] = 1 + r.IntN(2)
			}
			if marked%2 == 1 && r.IntN(20) == 0 {
				newer, gone[row] = append(newer, int64(row)), true
			}
		}
		var want []int
		for _, row := range rows {
			if marks[row] != 1 && !gone[row] {
				want = append(want, row)
			}
		}
		list := doclistOf(rows, marks)
		s := search{most: most, set: make(Set, most/64+1), gone: map[string][]int64{"": newer}}
		if err := s.doclist(rowList{list: list}); err != nil || !slices.Equal(s.set.Rows(), want) {
			t.Fatalf("%d rows of %d: got %v, %v, want %v", len(rows), most, s.set.Rows(), err, want)
		}
		if len(rows) > 0 {
			s := search{most: rows[len(rows)-1] - 1, set: make(Set, rows[len(rows)-1]/64+1)}
			if err := s.doclist(rowList{list: list}); err != ErrFormat {
				t.Fatalf("a row above %d: %v, want ErrFormat", s.most, err)
			}
		}
	}
}

// BenchmarkDoclist reads the rows of a word that stands in one text of so many. Words like 大学 stand in three of four.
func BenchmarkDoclist(b *testing.B) {
	for _, every := range []float64{1.3, 5, 20, 300} {
		b.Run(fmt.Sprint(every), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			const most = 1 << 20
			var list []byte
			rows, last := 0, 0
			for row := 1; row <= most; row++ {
				if r.Float64()*every < 1 {
					list = appendNumber(list, row-last)
					last = row
					rows++
				}
			}
			s := search{most: most, set: make(Set, most/64+1)}
			for b.Loop() {
				if err := s.doclist(rowList{list: list}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
		})
	}
}

// appendNumber writes a number below 2^28 as SQLite packs it.
func appendNumber(b []byte, n int) []byte {
	var packed [4]byte
	binary.BigEndian.PutUint32(packed[:], uint32(n&0x7f|n<<1&0x7f00|n<<2&0x7f0000|n<<3&0x7f000000)|0x80808000)
	i := 0
	for i < 3 && packed[i] == 0x80 {
		i++
	}
	return append(b, packed[i:]...)
}
