package scraper

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// numbered gives "k1 k2 … kn".
func numbered(from, to int) string {
	var keys []string
	for i := from; i <= to; i++ {
		keys = append(keys, fmt.Sprintf("k%d", i))
	}
	return strings.Join(keys, " ")
}

// A row that has been moved by far, or a page that came in half, does not make all rows gone that stood between.
func TestOrderReadDoesNotLoseTheList(t *testing.T) {
	whole := numbered(1, 3000) + " $"
	fresh := strings.ReplaceAll(numbered(1, 19), "k", "n")
	tests := []struct {
		name, rows string
		page       int
		last       bool
		want, gone string
	}{
		{"an old row pinned above all new ones", "k2900 " + fresh, 1, false, fresh + " " + whole, ""},
		{"an old row put last on page 1", numbered(1, 19) + " k2900", 1, false, whole, ""},
		{"two old rows put last on page 1, one gone", numbered(1, 9) + " " + numbered(11, 18) + " k2900 k2950", 1, false, numbered(1, 9) + " " + numbered(11, 3000) + " $", "k10"},
		{"an old row put last on a later page", numbered(101, 119) + " k2900", 6, false,
			numbered(1, 119) + " k2900 " + numbered(120, 2899) + " " + numbered(2901, 3000) + " $", ""},
		{"a new row put first on a later page", "k2 " + numbered(2001, 2019), 101, false,
			"k1 " + numbered(3, 2000) + " k2 " + numbered(2001, 3000) + " $", ""},
		{"one row, and no further page", "k1", 1, true, whole, ""},
		{"half a list, and no further page", numbered(1981, 2000), 100, true, whole, ""},
		{"a page of rows has gone", numbered(1, 10) + " " + numbered(31, 40), 1, false, numbered(1, 10) + " " + numbered(31, 3000) + " $", numbered(11, 30)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := orderOf(whole)
			stored := slices.Clone(o.places)
			r := o.read(strings.Fields(tt.rows), tt.page, tt.last)
			if got := o.String(); got != tt.want {
				t.Errorf("%d rows, want %d", len(strings.Fields(got))-1, len(strings.Fields(tt.want))-1)
			}
			if got := strings.Join(r.gone, " "); got != tt.gone {
				t.Errorf("%d gone, want %d", len(r.gone), len(strings.Fields(tt.gone)))
			}
			if got := apply(stored, r); got.String() != o.String() {
				t.Error("what is stored differs")
			}
		})
	}
}

// A row pinned on top of page 1 does not draw the page on which it has its own place to the top, nor lose what was read before it.
func TestOrderOfAFirstWalkWithAPinnedRow(t *testing.T) {
	o := newOrder(nil)
	o.read(strings.Fields("k130 "+numbered(1, 19)), 1, false)
	for page := 2; page <= 7; page++ {
		if gone := o.read(strings.Fields(numbered(20*page-20, min(20*page-1, 135))), page, page == 7).gone; len(gone) > 0 {
			t.Errorf("page %d: %d gone, want none", page, len(gone))
		}
	}
	if got, want := o.String(), numbered(1, 135)+" $"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
