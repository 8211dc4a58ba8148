package archive

import (
	"fmt"
	"strings"
	"testing"

	"campusnews/scraper"
	"campusnews/scraper/capture"
)

const allCaptures = `SELECT group_concat(c, char(10)) FROM (SELECT json_array(id, crawl, site, article, url, reason, started, duration_ms, remote, status, content_type, truncated, error,
	payload_length, payload_digest, same_as, profile, file, offset, length, record, packed_length, packed_digest) AS c FROM captures ORDER BY id)`

// TestRestoreCaptures: rows that are gone come back with the numbers they had, value by value; records that a killed
// run left, and of which nobody knows, get none.
func TestRestoreCaptures(t *testing.T) {
	for name, damage := range map[string][]string{
		"one":               {`DELETE FROM captures WHERE id = 3`},
		"many in a row":     {`DELETE FROM captures WHERE id BETWEEN 2 AND 6`},
		"the first":         {`DELETE FROM captures WHERE id <= 2`},
		"the last":          {`DELETE FROM captures WHERE id >= 9`},
		"here and there":    {`DELETE FROM captures WHERE id IN (1, 4, 5, 8, 10)`},
		"all":               {`DELETE FROM captures`},
		"lengths":           {`UPDATE captures SET packed_length = 7 WHERE id = 2`, `UPDATE captures SET packed_digest = NULL WHERE id = 5`},
		"length and others": {`UPDATE captures SET packed_length = packed_length + 1, offset = 3, length = 1, started = '' WHERE id = 6`, `DELETE FROM captures WHERE id = 7`},
	} {
		t.Run(name, func(t *testing.T) {
			a := open(t, t.TempDir())
			c := begin(t, a)
			for n := 1; n <= 4; n++ {
				save(t, c, article(n, noon, fmt.Sprint("题", n), fmt.Sprint("正文", n))) // 1 to 4
			}
			v := article(2, noon.AddDate(0, 0, 1), "", "")
			v.Result, v.Exchanges[0] = nil, exchange(v.Target.URL, 304, "")
			save(t, c, v) // 5, a revisit
			save(t, c, article(6, noon, "题", "重"))
			v = article(7, noon, "题", "重")
			v.Exchanges[0] = exchange(v.Target.URL, 200, "<h1>题</h1>重")
			save(t, c, v) // 7, the bytes of 6
			v = article(1, noon.AddDate(0, 0, 2), "", "")
			v.Result, v.Exchanges[0] = nil, exchange(v.Target.URL, 404, "")
			v.Target.State, v.Target.MissingSince, v.Target.MissingCount = scraper.StateMissing, v.Time, 1
			save(t, c, v) // 8, an event
			v = article(9, noon, "题", "转")
			v.Exchanges = append([]capture.Exchange{exchange("https://news.csu.edu.cn/old/9.htm", 302, "")}, v.Exchanges...)
			save(t, c, v) // 9 and 10, two hops
			var before, after string
			query(t, a, allCaptures, &before)
			if n := count(t, a, `SELECT max(id) FROM captures`); n != 10 {
				t.Fatalf("captures: got %d, want 10", n)
			}
			change(t, a, `PRAGMA foreign_keys = 0`)
			for _, sql := range damage {
				change(t, a, sql)
			}
			change(t, a, `PRAGMA foreign_keys = 1`)
			var repaired []string
			if err := a.Repair(t.Context(), func(s string) { repaired = append(repaired, s) }); err != nil {
				t.Fatal(err)
			}
			if query(t, a, allCaptures, &after); before != after {
				t.Errorf("got\n%s\nwant\n%s", after, before)
			}
			if _, faults := verify(t, a); len(faults) > 0 {
				t.Errorf("repaired: got %v", faults)
			}
			if len(repaired) == 0 {
				t.Error("nothing is said to be repaired")
			}
			repaired = nil
			if err := a.Repair(t.Context(), func(s string) { repaired = append(repaired, s) }); err != nil || len(repaired) > 0 {
				t.Errorf("a second time: got %q (%v), want nothing to repair", repaired, err)
			}
			save(t, c, article(11, noon, "题", "后")) // numbers go on where they were
			if n := count(t, a, `SELECT max(id) FROM captures`); n != 11 {
				t.Errorf("next capture: got %d, want 11", n)
			}
		})
	}
}

// TestRestoreCapturesInDoubt: beside records that a killed run left, a row comes back if the rows that name it say which record is its own.
func TestRestoreCapturesInDoubt(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	save(t, c, article(1, noon, "题", "一"))
	if _, err := c.writeEvidence(t.Context(), article(5, noon, "题", "无人记得")); err != nil {
		t.Fatal(err)
	}
	save(t, c, article(2, noon, "题", "二"))
	save(t, c, article(3, noon, "题", "三"))
	var before, after string
	query(t, a, allCaptures, &before)
	change(t, a, `PRAGMA foreign_keys = 0`)
	change(t, a, `DELETE FROM captures WHERE id = 2`)
	change(t, a, `PRAGMA foreign_keys = 1`)
	var repaired []string
	if err := a.Repair(t.Context(), func(s string) { repaired = append(repaired, s) }); err != nil {
		t.Fatal(err)
	}
	if query(t, a, allCaptures, &after); before != after || len(repaired) != 1 || !strings.Contains(repaired[0], "capture 2, whose row was gone") {
		t.Errorf("repaired %q: got\n%s\nwant\n%s", repaired, after, before)
	}
	if v, faults := verify(t, a); len(faults) > 0 || v.Orphans != 1 {
		t.Errorf("got %d orphans, %v, want the one that nobody knows", v.Orphans, faults)
	}
}
