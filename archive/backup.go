package archive

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"campusnews/archive/warc"
)

// Backup copies the archive into the folder dest while others read and write
// it. Of an earlier backup there, only what has been added to the WARC files is
// copied. The database is copied by VACUUM INTO, checked as Check does together with
// the copied evidence, and takes its name only then: until that moment dest holds
// the earlier backup, whole. Nothing that the archive has acknowledged before Backup began is missing.
//
// A WARC file that differs from its earlier copy is copied anew; the earlier copy goes when the new one has been held to the digests of all its captures, and
// stands again when that fails: what a bad disk has done to the archive is not done to its backup. A backup that has captures which the
// archive has not, as one of another archive, is not touched: the error wraps ErrBackupNewer.
func (a *Archive) Backup(ctx context.Context, dest string) error {
	if err := a.backUp(ctx, dest); err != nil {
		return fmt.Errorf("back up %s to %s: %w", a.dir, dest, err)
	}
	return nil
}

func (a *Archive) backUp(ctx context.Context, dest string) (err error) {
	if err := a.whole(); err != nil {
		return err
	}
	if err := a.outside(dest); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dest, warcName), 0o777); err != nil {
		return err
	}
	if err := a.notBehind(ctx, dest); err != nil {
		return err
	}
	unfinished := filepath.Join(dest, unfinishedName)
	if err := dropUnfinished(unfinished); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dropUnfinished(unfinished)) }() // a disk that is full must not stay so
	if err := a.copyDatabase(ctx, unfinished); err != nil {
		return err
	}
	copied := &Archive{dir: dest, now: a.now, log: slog.New(slog.DiscardHandler)}
	if err := copied.openReaders(ctx, unfinished); err != nil {
		return err
	}
	// What a backup that was killed had put aside stands again.
	left, err := filepath.Glob(filepath.Join(copied.WARCDir(), "*"+asideSuffix))
	for i, path := range left {
		left[i] = strings.TrimSuffix(path, asideSuffix)
	}
	if err := errors.Join(err, putBack(left)); err != nil {
		return errors.Join(err, copied.Close())
	}
	aside, err := a.copyEvidence(ctx, copied)
	defer func() { err = errors.Join(err, putBack(aside)) }()
	if err == nil {
		err = copied.checkSpans(ctx, aside)
	}
	if err == nil {
		var damage []string
		if damage, err = copied.Check(ctx); len(damage) > 0 {
			err = errors.Join(err, fmt.Errorf("the copy is damaged: %s", damage[0]))
		}
	}
	if err := errors.Join(err, copied.Close()); err != nil {
		return err
	}
	if err := syncPath(unfinished); err != nil {
		return err
	}
	// A write-ahead log that a reader of the earlier backup left must not be taken for the new one's.
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(filepath.Join(dest, dbName+suffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, name := range []string{sealName, brokenName} {
		if err := os.Remove(filepath.Join(dest, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.Rename(unfinished, filepath.Join(dest, dbName)); err != nil {
		return err
	}
	if err := syncPath(dest); err != nil {
		return err
	}
	for i, path := range aside {
		if err := os.Remove(path + asideSuffix); err != nil {
			return err
		}
		aside[i] = ""
	}
	return seal(dest, nil)
}

// unfinishedName is what the database of a backup is called until it is whole and checked.
const unfinishedName = dbName + ".unfinished"

// dropUnfinished removes a database that did not become whole, and what SQLite has put beside it.
func dropUnfinished(path string) error {
	var errs []error
	for _, suffix := range []string{"", "-journal", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// outside says that dest is neither the archive's folder nor below it.
func (a *Archive) outside(dest string) error {
	path, err := filepath.Abs(dest)
	if err != nil {
		return err
	}
	for at := path; ; at = filepath.Dir(at) {
		same, err := sameFile(a.dir, at)
		switch {
		case err == nil && same && at == path:
			return errors.New("the two folders are one")
		case err == nil && same:
			return errors.New("a backup does not go into the archive's own folder, with which it would be lost; name another one")
		case err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR):
			return err
		case at == filepath.Dir(at):
			return nil
		}
	}
}

// ErrBackupNewer says that a backup has what the archive has not: it is of another archive, or the archive was restored from an older one.
var ErrBackupNewer = errors.New("the backup there has captures that the archive has not: it is of another archive, or newer; back up to another folder, or restore that one")

// notBehind compares the archive with an earlier backup in dest, if there is one that can be read.
func (a *Archive) notBehind(ctx context.Context, dest string) error {
	path := filepath.Join(dest, dbName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	backup := &Archive{dir: dest, now: a.now, log: slog.New(slog.DiscardHandler)}
	if err := backup.openReaders(ctx, path); err != nil {
		return nil // damaged: a new backup is what it needs
	}
	var theirs int64
	var address, started, record string
	err := backup.read.QueryRowContext(ctx, `SELECT id, url, started, record FROM captures WHERE record IS NOT NULL ORDER BY id DESC LIMIT 1`).
		Scan(&theirs, &address, &started, &record)
	if cerr := backup.Close(); err != nil || cerr != nil {
		return nil // damaged, or empty
	}
	var known bool
	err = a.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM captures WHERE url = ? AND started = ? AND record = ?)`, address, started, record).Scan(&known)
	if err == nil && !known {
		err = fmt.Errorf("%w (its capture %d, of %s at %s)", ErrBackupNewer, theirs, address, started)
	}
	return err
}

// asideSuffix ends the name of an earlier copy while the new one is not known to be good.
const asideSuffix = ".before"

// putBack gives the earlier copies of the files their places again; "" = one that is not needed any more.
func putBack(paths []string) error {
	var errs []error
	for _, path := range paths {
		if path != "" {
			errs = append(errs, os.Rename(path+asideSuffix, path))
		}
	}
	return errors.Join(errs...)
}

func sameFile(a, b string) (bool, error) {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y), errors.Join(err1, err2)
}

// copyDatabase needs a connection of its own: the pooled ones may not write, not even to another file.
func (a *Archive) copyDatabase(ctx context.Context, to string) error {
	from := filepath.Join(a.dir, dbName)
	err := vacuumInto(ctx, to, dsn(from, pragmas{"busy_timeout(10000)"}, "mode", "ro"))
	if !cantOpen(err) || hasLog(from) {
		return err
	}
	// On a disk that cannot be written to, as openReaders has it.
	return vacuumInto(ctx, to, dsn(from, nil, "mode", "ro", "immutable", "1"))
}

func vacuumInto(ctx context.Context, to, from string) (err error) {
	db, err := sql.Open("sqlite", from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, to)
	return err
}

// hasLog says whether a write-ahead log with something in it lies beside a database.
func hasLog(path string) bool {
	wal, err := os.Stat(path + "-wal")
	return err == nil && wal.Size() > 0
}

// checkSpans holds files that differ from their earlier copies to the digests of their captures.
func (a *Archive) checkSpans(ctx context.Context, paths []string) error {
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		name := filepath.Base(path)
		err = a.eachSpan(ctx, name, func(capture int64, s warc.Span) error {
			if err := warc.VerifySpan(readerAt{ctx, f}, s); err != nil {
				return fmt.Errorf("%s differs from its earlier copy, which stays: capture %d: %w; verify says where the damage is", name, capture, err)
			}
			return nil
		})
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// copyEvidence copies each WARC file that captures of the copied database name, as far as they name it, and what is noted behind them
// about the end of its runs: without that, an archive rebuilt from the copy would say that they died. It gives the files whose earlier
// copies were put aside, also with an error.
func (a *Archive) copyEvidence(ctx context.Context, to *Archive) (aside []string, err error) {
	var latest int64
	if err := to.read.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM crawls`).Scan(&latest); err != nil {
		return nil, err
	}
	err = to.eachRow(ctx, func(rows *sql.Rows) error {
		var name string
		var end int64
		if err := rows.Scan(&name, &end); err != nil {
			return err
		}
		name = filepath.Base(name)
		path := filepath.Join(to.WARCDir(), name)
		end, err := behindNotes(filepath.Join(a.WARCDir(), name), end, latest)
		if err != nil {
			return err
		}
		moved, err := extend(filepath.Join(a.WARCDir(), name), path, end)
		if moved {
			aside = append(aside, path)
		}
		return err
	}, `SELECT file, max(offset + coalesce(packed_length, length)) FROM captures WHERE file IS NOT NULL GROUP BY file ORDER BY file`)
	return aside, err
}

// behindNotes is where the notes about runs end that follow the byte at end of a file, of runs up to the latest that counts.
func behindNotes(path string, end, latest int64) (_ int64, err error) {
	r, err := warc.OpenFile(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	r.SeekTo(end)
	for {
		rec, err := r.Next()
		if cut, ok := errors.AsType[*warc.DamageError](err); ok { // as one that is being written
			return max(end, cut.Offset), nil
		}
		if errors.Is(err, io.EOF) {
			return max(end, r.Size()), nil
		}
		if err != nil {
			return 0, err
		}
		end = rec.Offset
		run, isNote := strings.CutPrefix(rec.URL(), crawlURN)
		if id, err := strconv.ParseInt(run, 10, 64); !isNote || err != nil || id > latest {
			return end, nil
		}
	}
}

// overlap is how much of the end of an earlier copy must be as in the original for the copy to be gone on with.
const overlap = 1 << 20

// extend makes the file to hold the first end bytes of from, at least. What it has already stays if it ends as from goes; else it is
// moved aside.
func extend(from, to string, end int64) (moved bool, err error) {
	in, err := os.Open(from)
	if err != nil {
		return false, err
	}
	defer in.Close() // only read
	info, err := in.Stat()
	if err != nil {
		return false, err
	}
	if info.Size() < end {
		return false, fmt.Errorf("%s ends at %d, captures need %d: %w", from, info.Size(), end, io.ErrUnexpectedEOF)
	}
	had, err := sameEnd(in, to)
	if err != nil {
		return false, err
	}
	if had < 0 { // another file, or one of the two is damaged
		if err := os.Rename(to, to+asideSuffix); err != nil {
			return false, err
		}
		moved, had = true, 0
	}
	out, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return moved, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if had < end {
		if _, err := io.Copy(io.NewOffsetWriter(out, had), io.NewSectionReader(in, had, end-had)); err != nil {
			return moved, err
		}
	}
	return moved, out.Sync()
}

// sameEnd gives how long an earlier copy is, 0 when there is none, and -1 when it does not end as the original goes there.
func sameEnd(in io.ReaderAt, to string) (int64, error) {
	out, err := os.Open(to)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer out.Close() // only read
	info, err := out.Stat()
	if err != nil {
		return 0, err
	}
	have := info.Size()
	n := min(have, overlap)
	old, now := make([]byte, n), make([]byte, n)
	if _, err := out.ReadAt(old, have-n); err != nil {
		return -1, nil // nor can it be read
	}
	if _, err := in.ReadAt(now, have-n); err != nil || !bytes.Equal(old, now) {
		return -1, nil
	}
	return have, nil
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrInvalid) {
		err = nil // some file systems cannot sync a folder
	}
	return errors.Join(err, f.Close())
}
