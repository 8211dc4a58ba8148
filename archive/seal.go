package archive

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// SQLite has no checksums of its own: a bit that flips in a text, a number or a
// page that is not in use breaks nothing that integrity_check looks at. So
// archive.db is sealed when its writer closes it, and the seal is broken when the
// next one opens it: between the two each page can be compared with what was
// written. A database whose writer was killed has no seal until the next closes it.
//
// The broken seal is kept beside: pages that the writer has not changed keep what it says of them. So
// closing costs as much as was written, and a bit that flipped before stays found.
const (
	sealName   = dbName + ".seal"
	brokenName = sealName + ".broken"
)

// sealPage is the unit of the seal: SQLite's default page size, which is ours.
const sealPage = 4096

// sealHead is the first line of a seal; then come 16 hexadecimal digits a page (64 bits
// are enough against chance) and the SHA-256 of all lines before.
const sealHead = "campusnews seal 1: the start of the SHA-256 of each 4096 bytes of archive.db"

// sealLine is the length of a page's line.
const sealLine = 17

// breakSeal takes the seal away before anything is written, and says whether there was one.
func breakSeal(dir string) (sealed bool, err error) {
	err = os.Rename(filepath.Join(dir, sealName), filepath.Join(dir, brokenName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, errors.Join(err, syncPath(dir))
}

// seal writes the seal of a database that has just been closed: of the pages that were changed since the broken
// seal, and of the others what that says; of all when changed is nil or has lost its count. There is none while a log lies beside it.
func seal(dir string, changed *walPages) (err error) {
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
	var before sealed
	if changed != nil && !changed.lost {
		if text, err := os.ReadFile(filepath.Join(dir, brokenName)); err == nil {
			before, _ = readSeal(text)
		}
	}
	temporary := filepath.Join(dir, sealName+".new")
	out, err := os.Create(temporary)
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	all := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(out, all), 1<<20)
	fmt.Fprintln(w, sealHead)
	if before.pages() == 0 {
		err = eachPage(f, func(digest string) { fmt.Fprintln(w, digest) })
	} else {
		err = sealChanged(w, f, before, changed)
	}
	err = errors.Join(err, w.Flush())
	_, werr := fmt.Fprintln(out, hex.EncodeToString(all.Sum(nil)))
	if err = errors.Join(err, werr, out.Sync(), out.Close()); err == nil {
		err = os.Rename(temporary, filepath.Join(dir, sealName))
	}
	if err != nil {
		return fmt.Errorf("seal: %w", errors.Join(err, os.Remove(temporary)))
	}
	if err := os.Remove(filepath.Join(dir, brokenName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("seal: %w", err)
	}
	return syncPath(dir)
}

// sealChanged writes the lines of all pages, reading only those that were changed or are new.
func sealChanged(w io.Writer, f *os.File, before sealed, changed *walPages) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	page := make([]byte, sealPage)
	for i := range int((info.Size() + sealPage - 1) / sealPage) {
		if i < before.pages() && !changed.has(i) {
			if _, err := w.Write(before.line(i)); err != nil {
				return err
			}
			continue
		}
		n, err := f.ReadAt(page, int64(i)*sealPage)
		if err != nil && err != io.EOF {
			return err
		}
		if _, err := fmt.Fprintln(w, pageDigest(page[:n])); err != nil {
			return err
		}
	}
	return nil
}

func pageDigest(page []byte) string {
	sum := sha256.Sum256(page)
	return hex.EncodeToString(sum[:8])
}

// eachPage calls f with what a seal says of each page of the database.
func eachPage(r io.Reader, f func(digest string)) error {
	in := bufio.NewReaderSize(r, 1<<20)
	page := make([]byte, sealPage)
	for {
		n, err := io.ReadFull(in, page)
		if n > 0 {
			f(pageDigest(page[:n]))
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

// checkSeal compares a database with its seal, the file of that name if there is one, and names the
// pages that differ. A seal that a writer breaks meanwhile says nothing.
func (a *Archive) checkSeal(ctx context.Context, name string, say func(string, ...any)) (sealed bool, err error) {
	return a.checkPages(ctx, name, say, func(done, total int64) {})
}

// checkPages is checkSeal that tells how many pages it has read, of all.
func (a *Archive) checkPages(ctx context.Context, name string, say func(string, ...any), progress func(done, total int64)) (sealed bool, err error) {
	path := filepath.Join(a.dir, name)
	written, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	pages, ok := readSeal(written)
	if !ok {
		say("%s: is damaged itself, so it proves nothing of %s", name, dbName)
		return false, nil
	}
	f, err := a.openDatabase()
	if err != nil {
		return false, err
	}
	var differ []int
	n := 0
	if err := eachPage(f, func(digest string) {
		if n >= pages.pages() || pages.digest(n) != digest {
			differ = append(differ, n+1)
		}
		if n++; n%1024 == 0 || n == pages.pages() {
			progress(int64(n), int64(max(n, pages.pages())))
		}
	}); err != nil {
		return false, err
	}
	if len(differ) == 0 && n == pages.pages() {
		return true, nil
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, written) {
		return false, nil // it has been opened for writing in the meantime
	}
	if n != pages.pages() {
		say("%s: has %d pages, had %d when it was last closed", dbName, n, pages.pages())
	}
	const most = 100
	var holders map[int]string
	if len(differ) > 0 {
		holders = pageHolders(ctx, a.dir, differ[:min(len(differ), most)])
	}
	for _, p := range differ[:min(len(differ), most)] {
		say("%s: page %d (bytes %d to %d, %s) is not as it was when the archive was last closed", dbName, p, (p-1)*sealPage, p*sealPage-1, holders[p])
	}
	if len(differ) > most {
		say("%s: and %d further pages", dbName, len(differ)-most)
	}
	return true, nil
}

// A sealed is the part of a seal with the pages' lines.
type sealed []byte

func (s sealed) pages() int          { return len(s) / sealLine }
func (s sealed) line(i int) []byte   { return s[i*sealLine : (i+1)*sealLine] }
func (s sealed) digest(i int) string { return string(s[i*sealLine : (i+1)*sealLine-1]) }

// readSeal gives what a seal says of each page, and whether it is whole.
func readSeal(b []byte) (pages sealed, ok bool) {
	last := bytes.LastIndexByte(bytes.TrimSuffix(b, []byte("\n")), '\n') + 1
	sum := sha256.Sum256(b[:last])
	if string(b[last:]) != hex.EncodeToString(sum[:])+"\n" {
		return nil, false
	}
	pages, ok = bytes.CutPrefix(b[:last], []byte(sealHead+"\n"))
	return pages, ok && len(pages)%sealLine == 0
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
