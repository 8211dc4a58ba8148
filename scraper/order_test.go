package scraper

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func orderOf(words string) *order {
	var places []Place
	for i, k := range strings.Fields(words) {
		places = append(places, Place{Key: strings.TrimPrefix(k, "$"), Position: int64(i) * placeStep})
	}
	return newOrder(places)
}

func (o *order) String() string {
	var keys []string
	for _, p := range o.places {
		if p.Key == "" {
			p.Key = "$"
		}
		keys = append(keys, p.Key)
	}
	return strings.Join(keys, " ")
}

func TestOrderRead(t *testing.T) {
	tests := []struct {
		name, have, rows string
		page             int
		last             bool
		want, gone       string
		rank             int
	}{
		{"first page of an empty one", "", "a b c", 1, false, "a b c", "", -1},
		{"only page", "", "a b c", 1, true, "a b c $", "", -1},
		{"nothing new", "a b c d $", "a b", 1, false, "a b c d $", "", 0},
		{"new on top", "a b c d $", "x y a", 1, false, "x y a b c d $", "", 0},
		{"all new on page 1", "a b c d $", "x y", 1, false, "x y a b c d $", "", -1},
		{"one gone from page 1", "a b c d $", "a c", 1, false, "a c d $", "b", 0},
		{"the top one gone", "a b c d $", "b c", 1, false, "b c d $", "a", 1},
		{"pinned besides its place", "a b c d e $", "e a b", 1, false, "a b c d e $", "", 0},
		{"two pinned, one new", "a b c d e $", "e c x a b", 1, false, "x a b c d e $", "", 0},
		{"backdated within a page", "a b c d e $", "c x d", 2, false, "a b c x d e $", "", 2},
		{"gone within a page", "a b c d e $", "b d", 3, false, "a b d e $", "c", 1},
		{"moved down", "a b c d e f $", "c d a e f", 3, true, "b c d a e f $", "", 2},
		{"a page that nothing is known of", "a b $", "x y", 5, false, "a b $", "", -1},
		{"the same in a list not walked to its end", "a b", "x y", 5, false, "a b x y", "", -1},
		{"end seen", "a b c", "c d", 2, true, "a b c d $", "", 2},
		{"the end is not where it was", "a b c d $", "b c", 2, true, "a b c $", "d", 1},
		{"rows twice", "", "a b a c b", 1, false, "a b c", "", -1},
		{"no rows", "a b $", "", 1, false, "a b $", "", -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := orderOf(tt.have)
			stored := slices.Clone(o.places)
			r := o.read(strings.Fields(tt.rows), tt.page, tt.last)
			if got := o.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got := strings.Join(r.gone, " "); got != tt.gone {
				t.Errorf("gone %q, want %q", got, tt.gone)
			}
			if r.rank != tt.rank {
				t.Errorf("rank %d, want %d", r.rank, tt.rank)
			}
			if got := apply(stored, r); got.String() != o.String() {
				t.Errorf("what is stored gives %q, want %q", got, o)
			}
		})
	}
}

// apply does with stored places what a store does.
func apply(stored []Place, r reading) *order {
	all := make(map[string]int64)
	for _, p := range stored {
		all[p.Key] = p.Position
	}
	for _, k := range r.gone {
		delete(all, k)
	}
	for _, p := range r.put {
		all[p.Key] = p.Position
	}
	var places []Place
	for k, at := range all {
		places = append(places, Place{Key: k, Position: at})
	}
	slices.SortFunc(places, func(a, b Place) int { return int(min(max(a.Position-b.Position, -1), 1)) })
	return newOrder(places)
}

// Pages read one after the other follow each other, so what stood between them is gone.
func TestOrderFollows(t *testing.T) {
	o := orderOf("a b c d e f $")
	o.read([]string{"a", "b"}, 1, false)
	r := o.read([]string{"d", "e"}, 2, false)
	if got := o.String(); got != "a b d e f $" || !slices.Equal(r.gone, []string{"c"}) {
		t.Errorf("got %q without %q, want a b d e f $ without c", got, r.gone)
	}
}

// A list that changes at random, read page by page from top to bottom, is known
// as it stands; what is stored never differs from what is in memory.
func TestOrderOfRandomLists(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		var list []string
		next := 0
		o := newOrder(nil)
		stored := []Place{}
		for range 30 {
			for range 1 + r.IntN(10) {
				next++
				list = slices.Insert(list, r.IntN(len(list)+1), fmt.Sprint("k", next))
			}
			for range r.IntN(4) {
				if len(list) > 1 {
					i := r.IntN(len(list))
					list = slices.Delete(list, i, i+1)
				}
			}
			size := 1 + r.IntN(7)
			for page := 1; (page-1)*size < len(list); page++ {
				rows := list[(page-1)*size : min(page*size, len(list))]
				read := o.read(rows, page, page*size >= len(list))
				stored = apply(stored, read).places
			}
			want := strings.Join(list, " ") + " $"
			if got := o.String(); got != want {
				t.Fatalf("seed %d: got %q, want %q", seed, got, want)
			}
			if got := newOrder(stored).String(); got != want {
				t.Fatalf("seed %d: stored %q, want %q", seed, got, want)
			}
			o = newOrder(slices.Clone(stored)) // the next run reads it back
		}
	}
}
