package scraper

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// maxHunt is the most pages a run reads of one list to find where it changed
// deep inside: bisecting 600 pages takes ten.
const maxHunt = 12

// A hunt looks for the page of a list on which something came or went unseen:
// the total that the list announces and the rows known of it differ. The first row of
// a page before the change stands where the order says; after it, it does not.
type hunt struct {
	lo    int  // every row up to the end of this page stands where the order says
	hi    int  // from this page's first row on none does; pages+1 = the end of the list
	size  int  // rows of a full page
	probe int  // the page asked for last
	seam  bool // lo and hi are neighbours and have been read one after the other
}

// pageAddress gives the address of page k of a list from that of page 2, as the
// list's page 1 names it: sites count up (list2.htm, list3.htm) or, as VSB does, down
// ("the oldest is 1.htm": page 2 of 30 is 29.htm).
func pageAddress(second string, pages, k int) (string, bool) {
	u, err := url.Parse(second)
	if err != nil || k < 2 || k > pages || pages == 3 && k == 3 {
		return "", false // 2 of 3 is "2" whichever way one counts
	}
	whole := u.EscapedPath()
	if u.RawQuery != "" {
		whole += "?" + u.RawQuery
	}
	for _, step := range []struct{ second, want int }{{2, k}, {pages - 1, pages - k + 1}} {
		spots := pageNumber(whole, step.second)
		if len(spots) != 1 {
			continue // no number, or which of them one cannot tell
		}
		at := spots[0]
		out := whole[:at[0]] + strconv.Itoa(step.want) + whole[at[1]:]
		return u.Scheme + "://" + u.Host + out, true
	}
	return "", false
}

// pagesOf gives the number of a list's pages: what page 1 announces, unless the
// address of page 2, counted down, and the number of rows say otherwise. Some pagers
// show the first few numbers only.
func pagesOf(second string, announced, total, rows int) int {
	u, err := url.Parse(second)
	if err != nil || total == 0 || rows == 0 {
		return announced
	}
	m := lastNumber.FindStringSubmatch(u.Path)
	if m == nil {
		return announced
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n <= 2 {
		return max(announced, (total+rows-1)/rows)
	}
	if size := (total + n) / (n + 1); size <= rows && rows <= size+10 {
		return n + 1 // pinned rows stand on page 1 besides
	}
	return announced
}

var (
	pageNumbers = regexp.MustCompile(`\d+`)
	lastNumber  = regexp.MustCompile(`(\d+)\.\w+$`)
)

// pageNumber finds where n stands in a path as a number that may be a page's:
// right before the file's ending or as the value of a query's field.
func pageNumber(whole string, n int) [][]int {
	var spots [][]int
	query := strings.IndexByte(whole, '?')
	for _, at := range pageNumbers.FindAllStringIndex(whole, -1) {
		if whole[at[0]:at[1]] != strconv.Itoa(n) {
			continue
		}
		inQuery := query >= 0 && at[0] > query
		switch {
		case inQuery && whole[at[0]-1] == '=' && (at[1] == len(whole) || whole[at[1]] == '&'):
		case !inQuery && !strings.Contains(whole[at[1]:], "/") && (at[1] == len(whole) || whole[at[1]] == '.' || whole[at[1]] == '?'):
		default:
			continue
		}
		spots = append(spots, at)
	}
	return spots
}
