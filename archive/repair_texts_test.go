package archive

import (
	"fmt"
	"strings"
	"testing"
)

// TestRepairTexts: damaged texts come back from their captures, the rest is left as it is; what the captures
// do not give again stays a fault.
func TestRepairTexts(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	for n := 1; n <= 5; n++ {
		save(t, c, article(n, noon, "题", "正文"))
	}
	save(t, c, article(2, noon.AddDate(0, 0, 1), "题", "正文改"))
	var before, after string
	const all = `SELECT json_group_array(json_array(id, title, body, day, revision, (SELECT count(*) FROM revisions), (SELECT group_concat(name) FROM credits WHERE article = a.id))) FROM articles a`
	query(t, a, all, &before)
	for _, damage := range []string{
		`UPDATE articles SET body = body || '伪' WHERE id = 2`,
		`UPDATE articles SET title = NULL WHERE id = 3`,
		`UPDATE credits SET name = '伪' WHERE article = 4 AND position = 2`,
	} {
		change(t, a, damage)
	}
	if _, faults := verify(t, a); len(faults) < 3 {
		t.Fatalf("damaged: got %v", faults)
	}
	var repaired []string
	if err := a.RepairTexts(t.Context(), with(h1Reader{}), func(s string) { repaired = append(repaired, s) }); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(repaired, "\n"); len(repaired) != 3 || !strings.Contains(got, "article 2, from its capture 6") {
		t.Errorf("repaired: got %s", got)
	}
	if _, faults := verify(t, a); len(faults) > 0 {
		t.Errorf("repaired: got %v", faults)
	}
	if query(t, a, all, &after); before != after {
		t.Errorf("got  %s\nwant %s", after, before)
	}
	// The captures read in another way now: no text is made up.
	change(t, a, `UPDATE articles SET body = body || '伪' WHERE id = 5`)
	if err := a.RepairTexts(t.Context(), with(renaming{h1Reader{}}), func(s string) { t.Errorf("repaired: %s", s) }); err != nil {
		t.Fatal(err)
	}
	if _, faults := verify(t, a); len(faults) == 0 {
		t.Error("the fault is gone")
	}
}

// TestRepairEarlierVersions: texts of versions that are no longer the newest come back from their captures, also where the row is gone.
func TestRepairEarlierVersions(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	for day := range 3 {
		for n := 1; n <= 3; n++ {
			v := article(n, noon.AddDate(0, 0, day), "题", fmt.Sprintf("正文%d", day))
			v.Exchanges[0].Started = v.Time
			save(t, c, v)
		}
	}
	const all = `SELECT json_group_array(json_array(article, number, seen, capture, section, published, title, source, credits, body, html)) FROM (SELECT * FROM versions ORDER BY article, number)`
	var before, after string
	query(t, a, all, &before)
	change(t, a, `UPDATE revision_texts SET body = '伪' WHERE revision = (SELECT id FROM revisions WHERE article = 1 AND number = 1)`)
	change(t, a, `UPDATE revision_texts SET credits = '[' WHERE revision = (SELECT id FROM revisions WHERE article = 2 AND number = 2)`)
	change(t, a, `DELETE FROM revision_texts WHERE revision = (SELECT id FROM revisions WHERE article = 3 AND number = 2)`)
	if _, faults := verify(t, a); len(faults) < 3 {
		t.Fatalf("damaged: got %v", faults)
	}
	var repaired []string
	if err := a.RepairTexts(t.Context(), with(renaming{h1Reader{}}), func(s string) { t.Errorf("by another reader: repaired %s", s) }); err != nil {
		t.Fatal(err)
	}
	if err := a.RepairTexts(t.Context(), with(h1Reader{}), func(s string) { repaired = append(repaired, s) }); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(repaired, "\n"); len(repaired) != 3 || !strings.Contains(got, "article 2, version 2, from its capture 5") {
		t.Errorf("repaired: got %s", got)
	}
	if _, faults := verify(t, a); len(faults) > 0 {
		t.Errorf("repaired: got %v", faults)
	}
	if query(t, a, all, &after); before != after {
		t.Errorf("got  %s\nwant %s", after, before)
	}
}
