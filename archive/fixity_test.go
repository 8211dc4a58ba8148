package archive

import (
	"bytes"
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
	for range 60 {
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
	if got := strings.Join(faults, "\n"); len(faults) != 3 || !strings.Contains(got, "article 3, version 2") ||
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
