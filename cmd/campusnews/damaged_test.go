package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestDamagedOlderArchive: no command brings an archive of an older format up to date, and so writes all over it, when a bit of its
// database has flipped since it was closed.
func TestDamagedOlderArchive(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../archive/testdata/v3")); err != nil {
		t.Fatal(err)
	}
	packed, err := os.Open(filepath.Join(dir, "archive.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	r, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	seal := "campusnews seal 1: the start of the SHA-256 of each 4096 bytes of archive.db\n"
	for at := 0; at < len(data); at += 4096 {
		sum := sha256.Sum256(data[at : at+4096])
		seal += fmt.Sprintf("%x\n", sum[:8])
	}
	seal += fmt.Sprintf("%x\n", sha256.Sum256([]byte(seal)))
	data[len(data)-1000] ^= 4
	path := filepath.Join(dir, "archive.db")
	for name, content := range map[string][]byte{path: data, path + ".seal": []byte(seal)} {
		if err := os.WriteFile(name, content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	warcs, err := filepath.Glob(filepath.Join(dir, "warc", "*.warc.gz"))
	if err != nil || len(warcs) == 0 {
		t.Fatal(warcs, err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	runCommand(t, 0, "crawl", "csu", "--archive", empty, "--replay", "../../testdata/csu", "--limit", "1", "--fast")
	for _, args := range [][]string{
		{"search", "学院", "--archive", dir}, {"verify", "--archive", dir}, {"verify", "--repair", "--archive", dir},
		{"crawl", "csu", "--archive", dir, "--replay", "../../testdata/csu"}, {"import", "warc", warcs[0], "--site", "csu", "--archive", dir},
		{"merge", empty, dir}, {"merge", dir, empty}, {"reextract", "--archive", dir}, {"duplicates", "--archive", dir},
	} {
		var out, errs bytes.Buffer
		env := Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }, Now: time.Now}
		status := Main(t.Context(), args, env)
		if said := errs.String(); status != exitFailed || !strings.Contains(said, "damaged") || !strings.Contains(said, "page ") || !strings.Contains(said, "hint: take it from a backup") {
			t.Errorf("%s: status %d, %s%s", strings.Join(args, " "), status, &out, said)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, data) {
			t.Fatalf("%s: the file was written to (%v)", strings.Join(args, " "), err)
		}
		if now, err := os.ReadFile(path + ".seal"); err != nil || string(now) != seal {
			t.Fatalf("%s: the seal was broken (%v)", strings.Join(args, " "), err)
		}
	}
}
