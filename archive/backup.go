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
)

// Backup copies the archive into the folder dest while others read and write
// it. Of an earlier backup there, only what has been added to the WARC files is
// copied. The database is copied by VACUUM INTO, checked as Check does together with
// the copied evidence, and takes its name only then: until that moment dest holds
// the earlier backup, whole. Nothing that the archive has acknowledged before Backup began is missing.
func (a *Archive) Backup(ctx context.Context, dest string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("back up %s to %s: %w", a.dir, dest, err)
		}
	}()
	if err := os.MkdirAll(filepath.Join(dest, warcName), 0o777); err != nil {
		return err
	}
	if err := a.whole(); err != nil {
		return err
	}
	if same, err := sameFile(a.dir, dest); err != nil || same {
		return errors.Join(err, errors.New("the two folders are one"))
	}
	unfinished := filepath.Join(dest, dbName+".unfinished")
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := a.copyDatabase(ctx, unfinished); err != nil {
		return err
	}
	defer os.Remove(unfinished) // gone already if all went well
	copied := &Archive{dir: dest, now: a.now, log: slog.New(slog.DiscardHandler)}
	if err := copied.openReaders(ctx, unfinished); err != nil {
		return err
	}
	err = a.copyEvidence(ctx, copied)
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
	return seal(dest, nil)
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

// copyEvidence copies each WARC file that captures of the copied database name, as far as they name it.
func (a *Archive) copyEvidence(ctx context.Context, to *Archive) error {
	return to.eachRow(ctx, func(rows *sql.Rows) error {
		var name string
		var end int64
		if err := rows.Scan(&name, &end); err != nil {
			return err
		}
		name = filepath.Base(name)
		return extend(filepath.Join(a.WARCDir(), name), filepath.Join(to.WARCDir(), name), end)
	}, `SELECT file, max(offset + coalesce(packed_length, length)) FROM captures WHERE file IS NOT NULL GROUP BY file ORDER BY file`)
}

// overlap is how much of the end of an earlier copy must be as in the original for the copy to be gone on with.
const overlap = 1 << 20

// extend makes the file to hold the first end bytes of from, at least. What to has already stays if it ends as from goes.
func extend(from, to string, end int64) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() // only read
	out, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	info, err := out.Stat()
	if err != nil {
		return err
	}
	have := info.Size()
	if have > 0 {
		n := min(have, overlap)
		old, now := make([]byte, n), make([]byte, n)
		_, err1 := out.ReadAt(old, have-n)
		_, err2 := in.ReadAt(now, have-n)
		if err1 != nil || err2 != nil || !bytes.Equal(old, now) {
			have = 0 // another file, or one that was cut after a crash
			if err := out.Truncate(0); err != nil {
				return err
			}
		}
	}
	if have < end {
		n, err := io.Copy(io.NewOffsetWriter(out, have), io.NewSectionReader(in, have, end-have))
		if err == nil && n < end-have {
			err = fmt.Errorf("%s ends at %d, captures need %d: %w", from, have+n, end, io.ErrUnexpectedEOF)
		}
		if err != nil {
			return err
		}
	}
	return out.Sync()
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
