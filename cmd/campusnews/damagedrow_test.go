package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestDamagedRows: where the head of a row's record is damaged, so that SQLite cannot read it, verify finds it, and verify --repair
// seals nothing and names commands; typed as they stand, these bring everything back.
func TestDamagedRows(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "an archive") // with a blank in its name
	runCommand(t, 0, "crawl", "csu", "--archive", whole, "--replay", "../../testdata/csu", "--fast")
	query := `SELECT id, site, key, title, body, digest, revision, capture FROM articles ORDER BY id`
	db := openReadOnly(t, whole)
	want := texts(t, db, query)
	roots := map[string]string{}
	for _, line := range texts(t, db, `SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'`) {
		name, root, _ := strings.Cut(line, " | ")
		roots[name] = root
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(whole, "archive.db")
	sound, err := os.ReadFile(path)
	if err != nil || len(want) < 40 {
		t.Fatalf("%d articles, %v", len(want), err)
	}
	seal, err := os.ReadFile(path + ".seal")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"articles", "captures", "revisions", "frontier"} {
		for name, damage := range map[string]func(head []byte){
			"length of the head": func(head []byte) { head[0] = 0x7F },
			"type of a column":   func(head []byte) { head[4] = 0x7F },
		} {
			data := bytes.Clone(sound)
			var root int
			if _, err := fmt.Sscan(roots[table], &root); err != nil {
				t.Fatal(err)
			}
			damage(firstRecord(t, data, root))
			for file, content := range map[string][]byte{path: data, path + ".seal": seal} {
				if err := os.WriteFile(file, content, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			runCommand(t, 1, "verify", "--archive", whole)
			var out, errs bytes.Buffer
			env := Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }, Now: time.Now}
			if status := Main(t.Context(), []string{"verify", "--repair", "--archive", whole}, env); status != exitFailed || strings.Contains(out.String(), "sealed as it is now") {
				t.Errorf("%s, %s: repair: status %d, %s", table, name, status, &out)
			}
			if found := runCommand(t, 1, "verify", "--archive", whole); !strings.Contains(found, "is not as it was when the archive was last closed") {
				t.Errorf("%s, %s: after repair the damage is not known any more: %s", table, name, found)
			}
			typed := 0
			for line := range strings.Lines(errs.String()) {
				switch words := shellWords(strings.TrimSpace(line)); {
				case len(words) == 3 && words[0] == "mv":
					typed++
					if err := os.Rename(words[1], words[2]); err != nil {
						t.Fatal(err)
					}
				case len(words) > 2 && words[0] == "campusnews" && words[1] == "rebuild":
					typed++
					runCommand(t, 0, words[1:]...)
				}
			}
			if typed != 2 {
				t.Errorf("%s, %s: %d commands in %s", table, name, typed, &errs)
				continue
			}
			runCommand(t, 0, "verify", "--archive", whole)
			db := openReadOnly(t, whole)
			if got := texts(t, db, query); !slices.Equal(got, want) {
				t.Errorf("%s, %s: made again, %d articles differ from the %d there were", table, name, len(got), len(want))
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// firstRecord finds, in a database, the record of the first row of the table whose tree begins on page root.
func firstRecord(t *testing.T, data []byte, root int) []byte {
	t.Helper()
	size := int(binary.BigEndian.Uint16(data[16:]))
	for {
		page := data[(root-1)*size : root*size]
		switch page[0] {
		case 5: // its children, each below a key
			root = int(binary.BigEndian.Uint32(page[binary.BigEndian.Uint16(page[12:]):]))
			continue
		case 13:
			cell := page[binary.BigEndian.Uint16(page[8:]):]
			for range 2 { // the record's length, the row's number
				for cell[0] >= 0x80 {
					cell = cell[1:]
				}
				cell = cell[1:]
			}
			return cell
		}
		t.Fatalf("page %d is of kind %d", root, page[0])
	}
}
