package postings

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// A counting Querier counts statements.
type counting struct {
	Querier
	n int
}

func (c *counting) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	c.n++
	return c.Querier.QueryContext(ctx, query, args...)
}

// TestCache: what is kept is what the index has now, also beside somebody who still reads an older state of it; nothing is read for
// it; and the caller may do with it what he likes.
func TestCache(t *testing.T) {
	db := open(t, 64)
	run(t, db, `PRAGMA journal_mode = WAL`)
	run(t, db, `INSERT INTO f (rowid, title) VALUES (1, 'a'), (2, 'b')`)
	var cache Cache
	look := func(tx Querier, want []int, read bool) {
		t.Helper()
		var version int64
		var structure []byte
		rows, err := tx.QueryContext(t.Context(), `SELECT `+Head("f"))
		if err != nil {
			t.Fatal(err)
		}
		if !rows.Next() {
			t.Fatal("no head", rows.Err())
		}
		if err := errors.Join(rows.Scan(&version, &structure), rows.Close()); err != nil {
			t.Fatal(err)
		}
		c := &counting{Querier: tx}
		x, err := New(c, "f", 10_000, version, structure, &cache)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Fetch(t.Context(), []Word{{Text: "a"}, {Text: "a", Open: true}}); err != nil {
			t.Fatal(err)
		}
		for _, open := range []bool{false, true} {
			set, err := x.Rows(t.Context(), Word{"a", open})
			if err != nil {
				t.Fatal(err)
			}
			if got := set.Rows(); !slices.Equal(got, want) {
				t.Errorf("open %t: got %v, want %v", open, got, want)
			}
			clear(set)
		}
		if (c.n > 0) != read {
			t.Errorf("%d statements, want some: %t", c.n, read)
		}
	}
	old, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer old.Rollback()
	look(old, []int{1}, true)
	look(old, []int{1}, false)
	run(t, db, `INSERT INTO f (rowid, title) VALUES (9000, 'a')`)
	look(db, []int{1, 9000}, true)
	look(db, []int{1, 9000}, false)
	look(old, []int{1}, true)
	run(t, db, `INSERT INTO f (f, rowid, title, body) VALUES ('delete', 1, 'a', '')`)
	look(db, []int{9000}, true)
	run(t, db, `INSERT INTO f (f) VALUES ('optimize')`)
	look(db, []int{9000}, true)
	look(db, []int{9000}, false)
}

// TestCacheBounds: neither many words nor large sets take more than the bounds, and those used last stay.
func TestCacheBounds(t *testing.T) {
	for _, size := range []int{1, 16_000, maxKeptBytes / 8, maxKeptBytes/8 + 1} {
		var cache Cache
		first := Word{Text: "first"}
		cache.put("s", first, make(Set, size))
		for i := range 2 * maxKept {
			cache.put("s", Word{Text: fmt.Sprint(i)}, make(Set, size))
			cache.get("s", first)
			if sum := 8 * size * len(cache.sets); cache.bytes != sum || sum > maxKeptBytes || len(cache.sets) > maxKept {
				t.Fatalf("sets of %d words: %d of them, %d bytes counted", size, len(cache.sets), cache.bytes)
			}
		}
		_, kept := cache.get("s", first)
		_, last := cache.get("s", Word{Text: fmt.Sprint(2*maxKept - 1)})
		if fits := 2*8*size <= maxKeptBytes; kept != fits || last != (8*size <= maxKeptBytes) {
			t.Errorf("sets of %d words: the first is kept: %t, the last: %t", size, kept, last)
		}
		if _, ok := cache.get("another state", Word{Text: fmt.Sprint(2*maxKept - 1)}); ok {
			t.Errorf("sets of %d words: kept for another state", size)
		}
	}
}
