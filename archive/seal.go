package archive

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// SQLite has no checksums of its own: a bit that flips in a text, a number or a
// page that is not in use breaks nothing that integrity_check looks at. So
// archive.db is sealed when its writer closes it, and the seal is broken when the
// next one opens it: between the two each page can be compared with what was
// written. A database whose writer was killed has no seal until the next closes it.
const sealName = dbName + ".seal"

// sealPage is the unit of the seal: SQLite's default page size, which is ours.
const sealPage = 4096

// sealHead is the first line of a seal; then come 16 hexadecimal digits a page (64 bits
// are enough against chance) and the SHA-256 of all lines before.
const sealHead = "campusnews seal 1: the start of the SHA-256 of each 4096 bytes of archive.db"

// breakSeal takes the seal away, for good, before anything is written.
func breakSeal(dir string) error {
	err := os.Remove(filepath.Join(dir, sealName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, syncPath(dir))
}

// seal writes the seal of a database that has just been closed. There is none while a log lies beside it.
func seal(dir string) (err error) {
	path := filepath.Join(dir, dbName)
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 {
		return nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // an archive that could not be made
	}
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	defer f.Close() // only read
	temporary := filepath.Join(dir, sealName+".new")
	out, err := os.Create(temporary)
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	all := sha256.New()
	w := bufio.NewWriter(io.MultiWriter(out, all))
	fmt.Fprintln(w, sealHead)
	err = eachPage(f, func(digest string) { fmt.Fprintln(w, digest) })
	err = errors.Join(err, w.Flush())
	_, werr := fmt.Fprintln(out, hex.EncodeToString(all.Sum(nil)))
	if err = errors.Join(err, werr, out.Sync(), out.Close()); err == nil {
		err = os.Rename(temporary, filepath.Join(dir, sealName))
	}
	if err != nil {
		return fmt.Errorf("seal: %w", errors.Join(err, os.Remove(temporary)))
	}
	return syncPath(dir)
}

// eachPage calls f with what a seal says of each page of the database.
func eachPage(r io.Reader, f func(digest string)) error {
	in := bufio.NewReaderSize(r, 1<<20)
	page := make([]byte, sealPage)
	for {
		n, err := io.ReadFull(in, page)
		if n > 0 {
			sum := sha256.Sum256(page[:n])
			f(hex.EncodeToString(sum[:8]))
		}
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			return nil
		default:
			return err
		}
	}
}

// checkSeal compares a database with its seal, if it has one, and names the
// pages that differ. A seal that a writer breaks meanwhile says nothing.
func checkSeal(ctx context.Context, dir string, say func(string, ...any)) (sealed bool, err error) {
	path := filepath.Join(dir, sealName)
	written, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	pages, ok := readSeal(written)
	if !ok {
		say("%s: is damaged itself, so it proves nothing of %s", sealName, dbName)
		return false, nil
	}
	f, err := os.Open(filepath.Join(dir, dbName))
	if err != nil {
		return false, err
	}
	defer f.Close() // only read
	var differ []int
	n := 0
	if err := eachPage(f, func(digest string) {
		if n >= len(pages) || pages[n] != digest {
			differ = append(differ, n+1)
		}
		n++
	}); err != nil {
		return false, err
	}
	if len(differ) == 0 && n == len(pages) {
		return true, nil
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, written) {
		return false, nil // it has been opened for writing in the meantime
	}
	if n != len(pages) {
		say("%s: has %d pages, had %d when it was last closed", dbName, n, len(pages))
	}
	const most = 100
	var holders map[int]string
	if len(differ) > 0 {
		holders = pageHolders(ctx, dir, differ[:min(len(differ), most)])
	}
	for _, p := range differ[:min(len(differ), most)] {
		say("%s: page %d (bytes %d to %d, %s) is not as it was when the archive was last closed", dbName, p, (p-1)*sealPage, p*sealPage-1, holders[p])
	}
	if len(differ) > most {
		say("%s: and %d further pages", dbName, len(differ)-most)
	}
	return true, nil
}

// readSeal gives what a seal says of each page, and whether it is whole.
func readSeal(b []byte) (pages []string, ok bool) {
	last := bytes.LastIndexByte(bytes.TrimSuffix(b, []byte("\n")), '\n') + 1
	var all hash.Hash = sha256.New()
	all.Write(b[:last])
	if string(b[last:]) != hex.EncodeToString(all.Sum(nil))+"\n" {
		return nil, false
	}
	lines := strings.Split(strings.TrimSuffix(string(b[:last]), "\n"), "\n")
	return lines[1:], lines[0] == sealHead
}

// pageHolders says which table or index each page belongs to, as far as that can still be found out.
func pageHolders(ctx context.Context, dir string, pages []int) map[int]string {
	holders := map[int]string{}
	for _, p := range pages {
		holders[p] = "not in use, or not to be told whose"
	}
	a, err := OpenReader(ctx, dir)
	if err != nil {
		return holders
	}
	defer a.Close() // only read
	rows, err := a.read.QueryContext(ctx, `SELECT pageno, name FROM dbstat`)
	if err != nil {
		return holders
	}
	defer rows.Close()
	for rows.Next() {
		var page int
		var name string
		if rows.Scan(&page, &name) != nil {
			break
		}
		if _, wanted := holders[page]; wanted {
			holders[page] = name
		}
	}
	return holders // a damaged tree ends the walk early
}
