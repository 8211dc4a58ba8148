package archive

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sealedAnew gives the seal that reading all pages makes.
func sealedAnew(t *testing.T, dir string) []byte {
	t.Helper()
	again := t.TempDir()
	if err := os.Link(filepath.Join(dir, dbName), filepath.Join(again, dbName)); err != nil {
		t.Skip(err)
	}
	if err := seal(again, nil); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(again, sealName))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestSealOfChangedPages closes an archive after this and that, and wants the seal to be the one that reading all
// pages makes, without all having been read.
func TestSealOfChangedPages(t *testing.T) {
	dir := t.TempDir()
	number := 0
	for _, session := range []struct {
		name string
		do   func(a *Archive, c *Crawl)
		lost bool
	}{
		{"a new archive", func(a *Archive, c *Crawl) {}, true},
		{"nothing", func(a *Archive, c *Crawl) {}, false},
		{"more than the log holds at once", func(a *Archive, c *Crawl) {
			for range 60 {
				number++
				save(t, c, article(number, noon, fmt.Sprint("题", number), strings.Repeat(fmt.Sprint("文", number), 20000)))
			}
		}, false},
		{"a reader that keeps the log", func(a *Archive, c *Crawl) {
			rows, err := a.read.QueryContext(t.Context(), "SELECT id FROM articles")
			if err != nil || !rows.Next() {
				t.Fatal(err)
			}
			for range 20 {
				number++
				save(t, c, article(number, noon, "题", strings.Repeat(fmt.Sprint("文", number), 9000)))
			}
			if err := rows.Close(); err != nil {
				t.Fatal(err)
			}
			for range 20 {
				number++
				save(t, c, article(number, noon, "题", strings.Repeat(fmt.Sprint("文", number), 9000)))
			}
		}, false},
		{"a job that was taken back", func(a *Archive, c *Crawl) {
			no := errors.New("no")
			if err := a.write.do(t.Context(), func(t *tx) error {
				return errors.Join(t.exec("UPDATE articles SET body = body || 'x'"), no)
			}); !errors.Is(err, no) {
				t.Fatal(err)
			}
			save(t, c, article(1, noon.AddDate(0, 0, 1), "题", "改"))
		}, false},
		{"fewer pages", func(a *Archive, c *Crawl) {
			if _, err := a.write.conn.ExecContext(t.Context(), "VACUUM"); err != nil {
				t.Fatal(err)
			}
			a.write.pages.scan()
		}, false},
	} {
		t.Run(session.name, func(t *testing.T) {
			a, err := Open(t.Context(), dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			c := begin(t, a)
			session.do(a, c)
			pages := a.write.pages
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			if pages.lost != session.lost {
				t.Errorf("lost count: got %t, want %t", pages.lost, session.lost)
			}
			got, err := os.ReadFile(filepath.Join(dir, sealName))
			if err != nil {
				t.Fatal(err)
			}
			if want := sealedAnew(t, dir); !bytes.Equal(got, want) {
				t.Errorf("the seal differs from the one of all pages (%d and %d bytes)", len(got), len(want))
			}
		})
	}
}

// TestSealRemembers: a bit that flips between two runs is still found after the second, and repair says that it accepts it.
func TestSealRemembers(t *testing.T) {
	dir := t.TempDir()
	a, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := begin(t, a)
	for i := range 30 {
		save(t, c, article(i+1, noon, fmt.Sprint("题", i), strings.Repeat("文", 5000)))
	}
	change(t, a, `DELETE FROM links`)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, dbName)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(b, []byte("文文文文")) // in a text that nothing touches any more
	b[at+1] ^= 1
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	if a, err = Open(t.Context(), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	save(t, begin(t, a), article(100, noon, "题", "文"))
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("page %d (", at/sealPage+1)
	look := func() string {
		var faults []string
		if _, err := Verify(t.Context(), dir, VerifyOptions{}, func(f string) { faults = append(faults, f) }); err != nil {
			t.Fatal(err)
		}
		return strings.Join(faults, "\n")
	}
	if got := look(); !strings.Contains(got, want) {
		t.Fatalf("after another run: got %s, want %s", got, want)
	}
	if a, err = Open(t.Context(), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	var repaired []string
	if err := a.Repair(t.Context(), func(s string) { repaired = append(repaired, s) }); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(repaired, "\n"); !strings.Contains(got, want) || !strings.Contains(got, "sealed as it is now") {
		t.Errorf("repair: got %s", got)
	}
	if got := look(); strings.Contains(got, want) {
		t.Errorf("repaired: got %s", got)
	}
}

// BenchmarkSeal closes databases as large as those of 100,000 and 1,000,000 articles (13 KB an article, measured) after a
// small run that changed 3,000 pages, beside sealing all of the smaller one. The files have holes for pages: what a disk takes to read them is not in it.
func BenchmarkSeal(b *testing.B) {
	for _, size := range []struct {
		name  string
		pages int
		all   bool
	}{{"100,000 articles, all pages", 320_000, true}, {"100,000 articles", 320_000, false}, {"1,000,000 articles", 3_200_000, false}} {
		b.Run(size.name, func(b *testing.B) {
			dir := b.TempDir()
			f, err := os.Create(filepath.Join(dir, dbName))
			if err != nil {
				b.Fatal(err)
			}
			text := sealHead + "\n" + strings.Repeat(pageDigest(make([]byte, sealPage))+"\n", size.pages)
			sum := sha256.Sum256([]byte(text))
			if err := errors.Join(f.Truncate(int64(size.pages)*sealPage), f.Close(),
				os.WriteFile(filepath.Join(dir, sealName), fmt.Appendf(nil, "%s%x\n", text, sum), 0o666)); err != nil {
				b.Fatal(err)
			}
			changed := &walPages{lost: size.all}
			for i := range 3000 {
				changed.add(uint32(1 + i*size.pages/3000))
			}
			b.ResetTimer()
			for range b.N {
				if _, err := breakSeal(dir); err != nil {
					b.Fatal(err)
				}
				if err := seal(dir, changed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
