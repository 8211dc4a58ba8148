package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"campusnews/scraper"
)

// RebuildOptions say how Rebuild reads pages and whom it tells.
type RebuildOptions struct {
	// Reader gives what reads the pages of a site. The site is as the WARC files have it: with its
	// profile's text, or of older files with its ID alone. Required.
	Reader func(Site) (scraper.Reader, error)

	// Progress is told, now and then, which file is being read and how much of all bytes has been. nil = nobody.
	Progress func(what string, done, total int64)

	Now func() time.Time // nil = time.Now
}

// A Rebuilding counts what Rebuild has made.
type Rebuilding struct {
	Files    int `json:"files"`    // of WARC
	Visits   int `json:"visits"`   // read again
	Captures int `json:"captures"` // rows
	Articles int `json:"articles"` // rows
	Faults   int `json:"faults"`   // reported
	Lost     int `json:"lost"`     // exchanges of visits whose end is not there
}

// ErrExists is returned by Rebuild when there is a database already.
var ErrExists = errors.New("there is an " + dbName + " already")

// rebuildName is the folder in which a database grows until it is whole.
const rebuildName = "rebuild.unfinished"

// Rebuild makes archive.db again from the WARC files of the archive in dir, where it is lost: each visit is read
// again, in the order of its records, and saved as it was at first. The new database is equal to
// the lost one in all that researchers see if the program reads pages as it did then; where it reads them better, the articles are better.
//
// What it cannot bring back, because no record holds it: addresses that were found but never asked for,
// the order of lists as pieced together, and the versions that a better extractor
// made before; ids may differ where several sites were crawled at the same time, or archives were merged. The next run reads all
// lists to their end, to find the addresses again.
//
// Damage in a WARC file is reported, a line each, and what is readable behind it is used. The error wraps ErrExists
// when there is an archive.db, which Rebuild never touches, ErrLocked, and fs.ErrNotExist when there are no WARC files.
func Rebuild(ctx context.Context, dir string, opts RebuildOptions, report func(fault string)) (_ Rebuilding, err error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Progress == nil {
		opts.Progress = func(string, int64, int64) {}
	}
	old := &Archive{dir: dir}
	names, err := old.warcFiles(ctx)
	if err == nil {
		err = old.whole()
	}
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("WARC files in %s: %w", old.WARCDir(), fs.ErrNotExist)
	}
	if err != nil {
		return Rebuilding{}, fmt.Errorf("rebuild: %w", err)
	}
	held, err := acquire(filepath.Join(dir, lockName), opts.Now())
	if err != nil {
		return Rebuilding{}, fmt.Errorf("rebuild %s: %w", dir, err)
	}
	defer func() { err = errors.Join(err, held.release()) }()
	path := filepath.Join(dir, dbName)
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return Rebuilding{}, errors.Join(fmt.Errorf("rebuild %s: %w", dir, ErrExists), err)
	}
	scratch := filepath.Join(dir, rebuildName)
	if err := os.RemoveAll(scratch); err != nil {
		return Rebuilding{}, err
	}
	r, err := rebuildIn(ctx, scratch, old.WARCDir(), names, opts, report)
	if err != nil {
		return r, errors.Join(fmt.Errorf("rebuild %s: %w", dir, err), os.RemoveAll(scratch))
	}
	// A log that the lost database left must not be taken for the new one's.
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return r, err
		}
	}
	for _, name := range []string{sealName, dbName} {
		if err := os.Rename(filepath.Join(scratch, name), filepath.Join(dir, name)); err != nil {
			return r, err
		}
	}
	return r, errors.Join(syncPath(dir), os.RemoveAll(scratch))
}

// rebuildIn makes the database in a folder of its own.
func rebuildIn(ctx context.Context, scratch, warcDir string, names []string, opts RebuildOptions, report func(string)) (_ Rebuilding, err error) {
	a, err := Open(ctx, scratch, Options{Now: opts.Now})
	if err != nil {
		return Rebuilding{}, err
	}
	closed := false
	defer func() {
		if !closed {
			err = errors.Join(err, a.Close())
		}
	}()
	// Nobody relies on it before it is whole; the end is synced.
	if _, err := a.write.conn.ExecContext(ctx, "PRAGMA synchronous = OFF"); err != nil {
		return Rebuilding{}, err
	}
	b := &rebuilder{
		a: a, warcDir: warcDir, opts: opts, report: report, hops: map[string][]hop{}, done: new(int64),
		ids: map[string]int64{}, crawls: map[int64]bool{}, readers: map[string]scraper.Reader{},
	}
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(warcDir, name)); err == nil {
			b.total += info.Size()
		}
	}
	if err := b.chains(ctx, names); err != nil {
		return b.made, err
	}
	err = a.write.do(ctx, func(t *tx) error {
		return t.exec(`UPDATE frontier SET deep = 1 WHERE role IN (?, ?)`, int(scraper.RoleSection), int(scraper.RoleFeed))
	})
	if err == nil {
		err = a.buryCrawls(ctx)
	}
	for into, query := range map[*int]string{&b.made.Captures: `SELECT count(*) FROM captures`, &b.made.Articles: `SELECT count(*) FROM articles`} {
		if err == nil {
			err = a.read.QueryRowContext(ctx, query).Scan(into)
		}
	}
	if err != nil {
		return b.made, err
	}
	closed = true
	if err := a.Close(); err != nil {
		return b.made, err
	}
	return b.made, syncPath(filepath.Join(scratch, dbName))
}
