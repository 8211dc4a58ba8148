package bigram

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// scripts are the blocks that table search_characters treats rune by rune. All others but emoji count as letters without twins there: there
// Unicode still grows.
var scripts = [][2]rune{{0, 0x52F}, {0x1E00, 0x2BFF}, {0x2E80, 0x9FFF}, {0xF900, 0xFAFF}, {0xFE30, 0xFFEF}, {0x2F800, 0x2FA1F}}

var coarse = map[class][][2]rune{
	letter: {{0x530, 0x10FF}, {0x1200, 0x1DFF}, {0x2C00, 0x2DFF}, {0xA000, 0xA95F}, {0xA980, 0xABFF}, {0xFB00, 0xFDFF}, {0x10000, 0x16FDF}, {0x1D2C0, 0x1D7FF}},
	han:    {{0x1100, 0x11FF}, {0xA960, 0xA97F}, {0xAC00, 0xD7FF}, {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B16F}, {0x20000, 0x2F7FF}, {0x30000, 0x3FFFF}},
}

// searchCharacters gives the rows of table search_characters.
func searchCharacters(t *testing.T) map[string]string {
	t.Helper()
	groups := map[rune][]rune{}
	ranges := map[class][][2]rune{letter: slices.Clone(coarse[letter]), han: slices.Clone(coarse[han])}
	for _, s := range scripts {
		last := gap
		for r := s[0]; r <= s[1]; r++ {
			if f := foldRune(r); f != r {
				groups[f] = append(groups[f], r)
			}
			if !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf, unicode.Co) {
				continue // not assigned: does not end a range
			}
			c := classOf(foldRune(r))
			if list := ranges[c]; c != gap && c == last {
				list[len(list)-1][1] = r
			} else if c != gap {
				ranges[c] = append(list, [2]rune{r, r})
			}
			last = c
		}
	}
	var twins []string
	for f, others := range groups {
		group := append([]rune{f}, others...)
		if f == '^' {
			slices.Reverse(group) // at first it would turn GLOB's [ ] around
		}
		if f == ' ' {
			continue // it stands between the groups
		}
		if len(group) > 24 {
			t.Fatalf("%c has %d twins: the recipe in table about reads at most 24", f, len(group))
		}
		twins = append(twins, string(group))
	}
	slices.Sort(twins)
	text := func(ranges [][2]rune) string {
		slices.SortFunc(ranges, func(a, b [2]rune) int { return int(a[0] - b[0]) })
		var b strings.Builder
		for _, r := range ranges {
			switch r[1] - r[0] {
			case 0:
				b.WriteRune(r[0])
			default:
				fmt.Fprintf(&b, "%c-%c", r[0], r[1])
			}
		}
		return b.String()
	}
	return map[string]string{"twins": " " + strings.Join(twins, " ") + " ", "letters": text(ranges[letter]), "han": text(ranges[han])}
}

// TestSearchCharacters: plain SQL takes the same characters for each other, for letters and for Han as this package. Where a rune has come to be
// folded or cut otherwise, table search_characters needs a further migration with what searchCharacters gives.
func TestSearchCharacters(t *testing.T) {
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "t.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	script, err := os.ReadFile("../migrations/0009_search.sql")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE about (topic, text);" + string(script)); err != nil {
		t.Fatal(err)
	}
	for what, want := range searchCharacters(t) {
		var got string
		if err := db.QueryRow(`SELECT characters FROM search_characters WHERE what = ?`, what).Scan(&got); err != nil || got != want {
			t.Errorf("%s: got %s (%v), want %s", what, got, err, want)
		}
	}
}
