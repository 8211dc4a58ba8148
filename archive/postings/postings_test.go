package postings

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// words are few, so that each has many rows, some beginning as others do, and some longer than a page.
func words() []string {
	var list []string
	for i := range 40 {
		list = append(list, fmt.Sprintf("w%d", i), fmt.Sprintf("大%c", 0x4E00+i), fmt.Sprintf("x%s%d", strings.Repeat("y", 50), i))
	}
	return append(list, "a", "zz")
}

// open makes an index with pages of so many bytes, small ones so that little fills many.
func open(tb testing.TB, page int) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", filepath.Join(tb.TempDir(), "f.db"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	run(tb, db, `CREATE VIRTUAL TABLE f USING fts5 (title, body, content='', detail=none, tokenize='unicode61 remove_diacritics 0')`)
	run(tb, db, `CREATE VIRTUAL TABLE v USING fts5vocab(f, instance)`)
	run(tb, db, `INSERT INTO f (f, rank) VALUES ('pgsz', ?)`, page)
	return db
}

type execer interface {
	Exec(query string, args ...any) (sql.Result, error)
}

func run(tb testing.TB, db execer, query string, args ...any) {
	tb.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
}

// compare asks for each word, whole and open, and for some that are nowhere.
func compare(t *testing.T, db *sql.DB, most int) {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	x, err := Open(t.Context(), tx, "f", most)
	if err != nil {
		t.Fatal(err)
	}
	every(t, tx, x)
	if err := x.Fetch(t.Context(), []Word{{"w3", false}, {"大", true}, {"w3", true}, {"nowhere", false}}); err != nil {
		t.Fatal(err)
	}
	for _, w := range append(words(), "w", "大", "xy", "w3", "nowhere", "0", "zzz") {
		for _, open := range []bool{false, true} {
			set, err := x.Rows(t.Context(), Word{w, open})
			if err != nil {
				t.Fatalf("%s, open %t: %v", w, open, err)
			}
			match := `"` + w + `"`
			if open {
				match += "*"
			}
			var want []int
			rows, err := tx.Query(`SELECT rowid FROM f WHERE f MATCH ? ORDER BY rowid`, match)
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var id int
				if err := rows.Scan(&id); err != nil {
					t.Fatal(err)
				}
				want = append(want, id)
			}
			if err := rows.Close(); err != nil {
				t.Fatal(err)
			}
			if got := set.Rows(); !slices.Equal(got, want) || set.Len() != len(want) {
				t.Errorf("%s, open %t, %d segments: got %d rows %.100s, want %d %.100s", w, open, len(x.segments), len(got), fmt.Sprint(got), len(want), fmt.Sprint(want))
			}
		}
	}
}

// every compares the whole index with what FTS5 says of it.
func every(t *testing.T, tx *sql.Tx, x *Index) {
	t.Helper()
	var got, want []string
	var told [2]int64
	last := ""
	err := x.Every(t.Context(), func(word []byte, rows []int64) error {
		if string(word) <= last || len(rows) == 0 || !slices.IsSorted(rows) {
			t.Errorf("%q behind %q: rows %v", word, last, rows)
		}
		last = string(word)
		for _, row := range rows {
			got = append(got, fmt.Sprint(last, " ", row))
		}
		return nil
	}, func(done, total int64) { told = [2]int64{done, total} })
	if err != nil {
		t.Fatal(err)
	}
	if told[0] != told[1] {
		t.Errorf("%d of %d pages told of", told[0], told[1])
	}
	rows, err := tx.Query(`SELECT term || ' ' || doc FROM v ORDER BY term, doc`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		want = append(want, s)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d segments: got %d entries, want %d", len(x.segments), len(got), len(want))
	}
}

// TestAgainstFTS5 makes indexes of all histories, rows put in, changed and taken out in strokes of all lengths, with segments merged never, at
// once, and in steps that end in the middle, and compares with what FTS5 itself finds after each stretch.
func TestAgainstFTS5(t *testing.T) {
	for _, page := range []int{64, 200, 4050} {
		for _, merging := range []string{"never", "always", "in steps"} {
			t.Run(fmt.Sprintf("%d/%s", page, merging), func(t *testing.T) {
				r := rand.New(rand.NewPCG(uint64(page), uint64(len(merging))))
				db := open(t, page)
				switch merging {
				case "never":
					run(t, db, `INSERT INTO f (f, rank) VALUES ('automerge', 0)`)
				case "always":
					run(t, db, `INSERT INTO f (f, rank) VALUES ('crisismerge', 2)`)
				}
				vocabulary := words()
				text := func() string {
					var list []string
					for range 1 + r.IntN(20) {
						list = append(list, vocabulary[min(r.IntN(len(vocabulary)), r.IntN(len(vocabulary)))])
					}
					return strings.Join(list, " ")
				}
				texts := map[int][2]string{}
				most := 0
				for stroke := range 40 {
					tx, err := db.Begin()
					if err != nil {
						t.Fatal(err)
					}
					if stroke%7 == 3 {
						run(t, tx, `INSERT INTO f (f, rank) VALUES ('hashsize', ?)`, []int{100, 2000, 1 << 20}[r.IntN(3)])
					}
					for range 1 + r.IntN(40) {
						id := 1 + r.IntN(most+2)
						if r.IntN(3) > 0 {
							id = most + 1 + r.IntN(3)*r.IntN(100)
						}
						most = max(most, id)
						if old, ok := texts[id]; ok {
							run(t, tx, `INSERT INTO f (f, rowid, title, body) VALUES ('delete', ?, ?, ?)`, id, old[0], old[1])
							delete(texts, id)
							if r.IntN(2) == 0 {
								continue
							}
						}
						texts[id] = [2]string{text(), text()}
						run(t, tx, `INSERT INTO f (rowid, title, body) VALUES (?, ?, ?)`, id, texts[id][0], texts[id][1])
					}
					if err := tx.Commit(); err != nil {
						t.Fatal(err)
					}
					if merging == "in steps" {
						run(t, db, `INSERT INTO f (f, rank) VALUES ('merge', ?)`, []int{-1, 1, 3, 20}[r.IntN(4)])
					}
					if stroke%5 == 4 {
						compare(t, db, most)
					}
				}
				run(t, db, `INSERT INTO f (f) VALUES ('optimize')`)
				compare(t, db, most)
			})
		}
	}
}

// TestEmpty: an index without a segment has nothing.
func TestEmpty(t *testing.T) {
	db := open(t, 64)
	compare(t, db, 0)
}

func TestOtherFormats(t *testing.T) {
	db := open(t, 64)
	run(t, db, `INSERT INTO f (rowid, title) VALUES (1, 'a'), (2, 'a'), (9, 'a')`)
	run(t, db, `CREATE VIRTUAL TABLE g USING fts5 (title, content='', contentless_delete=1, detail=none)`)
	run(t, db, `INSERT INTO g (rowid, title) VALUES (1, 'a')`)
	for _, c := range []struct {
		name, table, change string
		most                int
	}{
		{"another version", "f", `UPDATE f_config SET v = 5 WHERE k = 'version'`, 9},
		{"keeps track", "g", ``, 1},
		{"a row too high", "f", ``, 8},
		{"no segments", "f", `UPDATE f_data SET block = x'00000000' WHERE id = 10`, 9},
		{"a cut page", "f", `UPDATE f_data SET block = substr(block, 1, length(block) - 3) WHERE id > 10`, 9},
		{"an empty page", "f", `UPDATE f_data SET block = x'' WHERE id > 10`, 9},
		{"no page", "f", `DELETE FROM f_data WHERE id > 10`, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			tx, err := db.Begin()
			if err != nil {
				t.Fatal(err)
			}
			defer tx.Rollback()
			if c.change != "" {
				run(t, tx, c.change)
			}
			x, err := Open(t.Context(), tx, c.table, c.most)
			if err == nil {
				_, err = x.Rows(t.Context(), Word{Text: "a"})
			}
			if !errors.Is(err, ErrFormat) {
				t.Errorf("got %v, want ErrFormat", err)
			}
		})
	}
}

// FuzzPage: whatever stands on a page, it is read to an end, and no row above most is found.
func FuzzPage(f *testing.F) {
	db := open(f, 100)
	for i := range 200 {
		run(f, db, `INSERT INTO f (rowid, title) VALUES (?, ?)`, i+1, words()[i%40]+" a")
	}
	rows, err := db.Query(`SELECT block FROM f_data`)
	if err != nil {
		f.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b, "a", true)
	}
	f.Fuzz(func(t *testing.T, page []byte, word string, open bool) {
		const most = 1000
		parts := make([]part, 1)
		s := search{key: Word{Text: word}.key(), open: open, most: most, set: make(Set, most/64+1), part: &parts[0]}
		for range 2 { // the second page goes on with the first's last word
			_, err := s.leaf(page)
			if err := errors.Join(err, s.add(parts)); err != nil && !errors.Is(err, ErrFormat) {
				t.Fatal(err)
			}
		}
		if rows := s.set.Rows(); len(rows) > 0 && (rows[0] < 1 || rows[len(rows)-1] > most) {
			t.Errorf("got rows %d to %d", rows[0], rows[len(rows)-1])
		}
		if list, err := readStructure(page); err != nil && list != nil {
			t.Errorf("an error and %d segments", len(list))
		}
	})
}

func TestSet(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	some := func() (s Set, m map[int]bool) {
		m = map[int]bool{}
		for range r.IntN(200) {
			row := r.IntN(1 << r.IntN(12))
			s, m[row] = s.Add(row), true
		}
		return s, m
	}
	for range 300 {
		a, x := some()
		b, y := some()
		op := r.IntN(3)
		var got Set
		var want []int
		for row := range 1 << 12 {
			if [...]bool{x[row] && y[row], x[row] || y[row], x[row] && !y[row]}[op] {
				want = append(want, row)
			}
		}
		switch op {
		case 0:
			got = a.And(b)
		case 1:
			got = a.Or(b)
		case 2:
			got = a.Not(b)
		}
		if !slices.Equal(got.Rows(), want) || got.Len() != len(want) {
			t.Fatalf("operation %d: got %v, want %v", op, got.Rows(), want)
		}
		n := r.IntN(len(want) + 2)
		last := slices.Clone(want[max(0, len(want)-n):])
		slices.Reverse(last)
		if !slices.Equal(got.Last(n), last) {
			t.Fatalf("the last %d: got %v, want %v", n, got.Last(n), last)
		}
		for _, row := range want {
			if !got.Has(row) || !got.Take(row) || got.Take(row) {
				t.Fatalf("row %d was not taken once", row)
			}
		}
	}
}
