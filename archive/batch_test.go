package archive

import (
	"slices"
	"testing"
)

// What many wait for comes first and alone, but never keeps the others out; nobody waits for ever, however many come.
func TestBatch(t *testing.T) {
	var w writer
	name := make(map[*job]string)
	add := func(n int, hurry bool, names ...string) {
		for range n {
			for _, s := range names {
				j := &job{hurry: hurry}
				name[j] = s
				w.queue = append(w.queue, j)
			}
		}
	}
	next := func(want ...string) {
		t.Helper()
		var got []string
		for _, j := range w.batch() {
			got = append(got, name[j])
		}
		if !slices.Equal(got, want) {
			t.Errorf("the next transaction is of %q, want %q", got, want)
		}
	}
	add(1, false, "article 1", "article 2")
	next("article 1", "article 2")
	add(1, false, "article 3")
	add(1, true, "list 1", "list 2")
	add(1, false, "article 4")
	next("list 1", "list 2")
	add(1, true, "list 3")
	next("article 3", "article 4", "list 3") // no second one of lists alone
	add(1, true, "list 4")
	next("list 4")
	next()
	add(maxBatch+1, false, "article")
	add(1, true, "list 5")
	next("list 5")
	next(slices.Repeat([]string{"article"}, maxBatch)...)
	next("article")
	if len(w.queue) > 0 {
		t.Errorf("%d jobs left", len(w.queue))
	}
}
