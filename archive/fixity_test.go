package archive

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func verify(t *testing.T, a *Archive) (Verification, []string) {
	t.Helper()
	var faults []string
	v, err := a.Verify(t.Context(), VerifyOptions{}, func(fault string) { faults = append(faults, fault) })
	if err != nil {
		t.Fatal(err)
	}
	if v.Faults != len(faults) {
		t.Errorf("faults: counted %d, reported %d", v.Faults, len(faults))
	}
	return v, faults
}

// flips is how many bits are flipped; each takes a whole Verify.
var flips = flag.Int("flips", 200, "bits to flip in TestVerifyFindsEveryFlip…")

// TestVerifyFindsEveryFlip flips single bits at random places of the evidence: each must be found, and none
// in an archive that is sound.
func TestVerifyFindsEveryFlip(t *testing.T) {
	a, err := Open(t.Context(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	c := begin(t, a)
	for i := range 12 {
		save(t, c, article(i+1, noon, fmt.Sprint("题", i), strings.Repeat(fmt.Sprint("文", i), 50)))
		save(t, c, article(i+1, noon.Add(time.Hour), fmt.Sprint("题", i), strings.Repeat(fmt.Sprint("文改", i), 50)))
	}
	v, faults := verify(t, a)
	if len(faults) > 0 || v.Files != 1 || v.Captures != 24 || v.Articles != 24 || v.Records < 3*24 {
		t.Fatalf("a sound archive: %+v, %v", v, faults)
	}
	file := filepath.Join(a.WARCDir(), "campusnews-00001.warc.gz")
	sound, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 3))
	if testing.Short() {
		*flips = min(*flips, 20)
	}
	for range *flips {
		at := r.IntN(len(sound))
		damaged := slices.Clone(sound)
		damaged[at] ^= 1 << r.IntN(8)
		if err := os.WriteFile(file, damaged, 0o666); err != nil {
			t.Fatal(err)
		}
		if _, faults := verify(t, a); len(faults) == 0 {
			t.Errorf("bit flipped at %d of %d: not found", at, len(sound))
		} else if !strings.Contains(strings.Join(faults, "\n"), "campusnews-00001.warc.gz") {
			t.Errorf("bit flipped at %d: reported without its file: %v", at, faults)
		}
	}
	if err := os.WriteFile(file, sound, 0o666); err != nil {
		t.Fatal(err)
	}
	change(t, a, `UPDATE articles SET body = body || '伪' WHERE id = 3`)
	change(t, a, `UPDATE credits SET name = '伪' WHERE article = 5 AND position = 2`)
	change(t, a, `UPDATE revision_texts SET title = '伪' WHERE revision = (SELECT id FROM revisions WHERE article = 7 AND number = 1)`)
	_, faults = verify(t, a)
	if got := strings.Join(faults, "\n"); len(faults) != 4 || !strings.Contains(got, "article 3, version 2") || !strings.Contains(got, "article 3: the search index") ||
		!strings.Contains(got, "article 5, version 2") || !strings.Contains(got, "article 7, version 1") {
		t.Errorf("forged texts: got %v", faults)
	}
}

// TestVerifyWhileWriting: what is being written behind the last capture is no fault.
func TestVerifyWhileWriting(t *testing.T) {
	dir := t.TempDir()
	a := open(t, dir)
	save(t, begin(t, a), article(1, noon, "题", "文"))
	f, err := os.OpenFile(filepath.Join(a.WARCDir(), "campusnews-00001.warc.gz"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(bytes.Repeat([]byte{0x1f, 0x8b, 8}, 20)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := OpenReader(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, faults := verify(t, r); len(faults) > 0 {
		t.Errorf("got %v", faults)
	}
}

// TestVerifyFindsEveryFlipOfTheDatabase flips single bits at random places of archive.db: each must be found, and
// none in an archive that is sound.
func TestVerifyFindsEveryFlipOfTheDatabase(t *testing.T) {
	dir := t.TempDir()
	a, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := begin(t, a)
	for i := range 40 {
		save(t, c, article(i+1, noon, fmt.Sprint("题", i), strings.Repeat(fmt.Sprint("文", i), 200)))
	}
	change(t, a, `DELETE FROM links WHERE article > 20`) // so that some pages are not in use
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	look := func() (faults []string, err error) {
		v, err := Verify(t.Context(), dir, VerifyOptions{}, func(fault string) { faults = append(faults, fault) })
		if err == nil && v.Faults != len(faults) {
			t.Errorf("faults: counted %d, reported %d", v.Faults, len(faults))
		}
		if err == nil && !v.Sealed {
			t.Error("the database was not compared with its seal")
		}
		return faults, err
	}
	if faults, err := look(); err != nil || len(faults) > 0 {
		t.Fatalf("a sound archive: %v, %v", faults, err)
	}
	path := filepath.Join(dir, dbName)
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 5))
	bySeal := 0
	if testing.Short() {
		*flips = min(*flips, 20)
	}
	for range *flips {
		at := r.IntN(len(sound))
		damaged := slices.Clone(sound)
		damaged[at] ^= 1 << r.IntN(8)
		if err := os.WriteFile(path, damaged, 0o666); err != nil {
			t.Fatal(err)
		}
		faults, err := look()
		all := strings.Join(faults, "\n")
		if err == nil && !strings.Contains(all, fmt.Sprintf("page %d (", at/sealPage+1)) {
			t.Errorf("bit flipped at %d of %d, page %d: got %v", at, len(sound), at/sealPage+1, faults)
		}
		if len(faults) == 1 && err == nil {
			bySeal++
		}
	}
	t.Logf("%d of %d flips were seen by the seal alone", bySeal, *flips)
	if err := os.WriteFile(path, sound, 0o666); err != nil {
		t.Fatal(err)
	}
	seal, err := os.ReadFile(filepath.Join(dir, sealName))
	if err != nil {
		t.Fatal(err)
	}
	seal[len(seal)/2] ^= 1
	if err := os.WriteFile(filepath.Join(dir, sealName), seal, 0o666); err != nil {
		t.Fatal(err)
	}
	var faults []string
	if _, err := Verify(t.Context(), dir, VerifyOptions{}, func(fault string) { faults = append(faults, fault) }); err != nil || len(faults) != 1 || !strings.HasPrefix(faults[0], sealName) {
		t.Errorf("a damaged seal: got %v (%v)", faults, err)
	}
	a = open(t, dir)
	if _, err := os.Stat(filepath.Join(dir, sealName)); err == nil {
		t.Error("the seal is still there while the archive is open for writing")
	}
	if v, faults := verify(t, a); len(faults) > 0 || v.Sealed {
		t.Errorf("while it is written to: got %+v, %v", v, faults)
	}
}

// TestVerifyComparesRowsWithRecords: a row that is not about its record is found, and a record without a row is counted.
func TestVerifyComparesRowsWithRecords(t *testing.T) {
	a, err := Open(t.Context(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	c := begin(t, a)
	for i := range 6 {
		save(t, c, article(i+1, noon, fmt.Sprint("题", i), "文"))
	}
	for _, forged := range []struct{ change, want string }{
		{`UPDATE captures SET url = 'https://news.csu.edu.cn/x' WHERE id = 2`, "capture 2: its row has address"},
		{`UPDATE captures SET started = '2026-11-23T12:00:01.000Z' WHERE id = 2`, "capture 2: its row has time"},
		{`UPDATE captures SET record = 'x' WHERE id = 3`, "capture 3: its row has record id"},
		{`UPDATE captures SET payload_digest = 'sha256:00' WHERE id = 3`, "capture 3: its row has payload digest"},
		{`UPDATE captures SET length = length - 1 WHERE id = 4`, "capture 4: its row has length"},
		{`UPDATE captures SET offset = offset + 1 WHERE id = 4`, "capture 4: no whole record begins there"},
		{`INSERT INTO articles_fts (rowid, title, body) VALUES (5, '', '外人')`, "article 5: the search index"},
		{`INSERT INTO articles_fts (rowid, title, body) VALUES (999, '', '外人')`, "article 999: the search index"},
	} {
		change(t, a, forged.change)
		if _, faults := verify(t, a); !strings.Contains(strings.Join(faults, "\n"), forged.want) {
			t.Errorf("%s: got %v, want %s", forged.change, faults, forged.want)
		}
	}
	repaired := 0
	if err := a.Repair(t.Context(), func(string) { repaired++ }); err != nil || repaired != 4 {
		t.Errorf("repair: got %d (%v), want the index and captures 2, 3 and 4", repaired, err)
	}
	if _, faults := verify(t, a); len(faults) > 0 {
		t.Errorf("repaired: got %v", faults)
	}
	if _, err := c.writeEvidence(t.Context(), article(7, noon, "题", "无人记得")); err != nil {
		t.Fatal(err)
	}
	if v, _ := verify(t, a); v.Behind == 0 || v.Orphans > 1 {
		t.Errorf("a record behind the last capture: got %+v", v)
	}
	before, _ := verify(t, a)
	save(t, c, article(8, noon, "题", "后来"))
	if v, _ := verify(t, a); v.Orphans != before.Orphans+1 || v.Behind != 0 {
		t.Errorf("a record between captures: got %d orphans, before %d", v.Orphans, before.Orphans)
	}
}

// TestVerifyComparesIndexWithTexts: letters that SQLite folds otherwise than this program are no fault; a word too many, one too few, and words of an
// article that is not there are, each by its article's number.
func TestVerifyComparesIndexWithTexts(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	for i, text := range []string{"5µm ſpäter ΟΔΟΣ ϑ", "ẞtraße İstanbul ǅ ＣＳＵ", "學術 2009年", "一", "二"} {
		save(t, c, article(i+1, noon, text, strings.Repeat(text+"\n", 3)))
	}
	if _, faults := verify(t, a); len(faults) > 0 {
		t.Fatalf("a sound archive: %q", faults)
	}
	for _, statement := range []string{
		`INSERT INTO articles_fts (rowid, title, body) VALUES (4, 'zuviel', '')`,
		`INSERT INTO articles_fts_title (articles_fts_title, rowid, title) VALUES ('delete', 5, '二')`,
		`INSERT INTO articles_fts_title (rowid, title) VALUES (9, 'nowhere')`,
		`INSERT INTO articles_fts_title (rowid, title) VALUES (1234567890123, 'nowhere')`,
	} {
		change(t, a, statement)
	}
	wrong, err := a.verifyIndex(t.Context())
	if want := []int64{4, 5, 9, 1234567890123}; err != nil || !slices.Equal(wrong, want) {
		t.Errorf("got %v (%v), want %v", wrong, err, want)
	}
	if err := a.Repair(t.Context(), func(string) {}); err != nil {
		t.Fatal(err)
	}
	if _, faults := verify(t, a); len(faults) > 0 {
		t.Errorf("after repair: %q", faults)
	}
}

// TestVerifyTellsHowFarItIs: every part is named, and each gets to its end.
func TestVerifyTellsHowFarItIs(t *testing.T) {
	a := open(t, t.TempDir())
	c := begin(t, a)
	for i := range 40 {
		save(t, c, article(i+1, noon, "题", "文"))
	}
	ended := map[string]bool{}
	var last VerifyProgress
	if _, err := a.Verify(t.Context(), VerifyOptions{Progress: func(p VerifyProgress) {
		last = p
		if p.Total == 0 || p.Done == p.Total {
			ended[p.Part] = true
		}
		if p.File != "" && p.Bytes == p.All {
			ended[p.File] = true
		}
		if p.Part != "" && !strings.Contains(p.String(), p.Part) || !strings.Contains(p.String(), p.File) || p.Done > p.Total || p.Bytes > p.All {
			t.Errorf("%+v: %s", p, p)
		}
	}}, func(fault string) { t.Error(fault) }); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"its pages", "integrity_check", "foreign_key_check", "places of captures", "the search index", "texts", "campusnews-00001.warc.gz"} {
		if !ended[part] {
			t.Errorf("%s: not told of to its end", part)
		}
	}
	if last.Part != "" || last.File != "" {
		t.Errorf("at the end: %+v", last)
	}
}

// TestVerifyKeepsOrder: faults of the evidence, which is read beside the database, come behind the database's and before the texts', however many.
func TestVerifyKeepsOrder(t *testing.T) {
	a, err := Open(t.Context(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	c := begin(t, a)
	for i := range 1100 { // more than wait for each other
		save(t, c, article(i+1, noon, "题", "文"))
	}
	change(t, a, `UPDATE captures SET packed_digest = 'sha256:00', offset = offset + 1`)
	change(t, a, `UPDATE articles SET body = '伪'`)
	_, faults := verify(t, a)
	place := func(s string) (first, last int) {
		first = slices.IndexFunc(faults, func(f string) bool { return strings.Contains(f, s) })
		for last = len(faults) - 1; last >= 0 && !strings.Contains(faults[last], s); last-- {
		}
		return first, last
	}
	_, database := place("no record begins at byte")
	from, to := place("no whole record begins there")
	texts, _ := place("its digest was made from")
	index, _ := place("the search index has not the words")
	if database < 1099 || from < database || to-from < 1099 || texts < to || index < texts+1099 {
		t.Errorf("%d faults: the database's to %d, the evidence's %d to %d, the texts' from %d, the index's from %d", len(faults), database, from, to, texts, index)
	}
}
