package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"campusnews/archive/postings"
	"campusnews/archive/warc"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// The names within an archive folder.
const (
	dbName   = "archive.db"
	warcName = "warc"
	lockName = "archive.lock"
)

// ErrReadOnly is returned by methods that write when the archive was opened with OpenReader.
var ErrReadOnly = errors.New("archive is open for reading only")

// ErrNotFound is returned when the archive has no such article, capture, crawl or address.
var ErrNotFound = errors.New("not in the archive")

// Options say how an archive is opened for writing. The zero value is good.
type Options struct {
	WARC    warc.Options // Name "" = "campusnews"
	Now     func() time.Time
	Log     *slog.Logger // told of repairs; nil = silent
	KeepLog bool         // never empty archive.db-wal: somebody else copies the database by it and does that; the database is not sealed then
	CacheKB int          // page cache of the writing connection; 0 = 16384: four times as much saved nothing (BenchmarkSave, 12,000 pages)
}

// An Archive is one folder with archive.db and warc/. Its methods may be
// called from several goroutines.
type Archive struct {
	dir       string
	now       func() time.Time
	log       *slog.Logger
	read      *sql.DB        // pooled connections that cannot write
	stmts     sync.Map       // prepared on read: query → *sql.Stmt
	directory directory      // what Facets counts by
	texts     postings.Cache // rows of words in articles_fts
	titles    postings.Cache // and in articles_fts_title
	watcher   watcher        // for Generation
	write     *writer        // nil when opened for reading
	leases    leases
	lock      *lock
	elsewhere Elsewhere // nil = WARC files are in the folder only

	mu   sync.Mutex
	held []*os.File // archive.db, opened beside SQLite
}

// Open opens the archive in dir for writing, making folder and files if they
// are missing, and brings an older file up to date. One process at a time may
// have it so: the error is a *LockedError, which errors.Is ErrLocked, while
// another has. It wraps ErrNewer for an archive written by a newer program and
// ErrNotArchive when archive.db is something else; ErrDamaged for one of an older format that is not what its seal says.
//
// What a killed process left is put in order: its crawls are marked died, its
// leases are void, a cut last WARC record is taken off. A WARC file that a disk has cut short of its captures is left as it is, and told of.
func Open(ctx context.Context, dir string, opts Options) (_ *Archive, err error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.WARC.Name == "" {
		opts.WARC.Name = "campusnews"
	}
	if opts.WARC.Now == nil {
		opts.WARC.Now = opts.Now
	}
	if opts.CacheKB == 0 {
		opts.CacheKB = 16384
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("open archive: %w", err)
	}
	a := &Archive{dir: dir, now: opts.Now, log: opts.Log}
	a.lock, err = acquire(filepath.Join(dir, lockName), opts.Now())
	if err != nil {
		return nil, fmt.Errorf("open archive %s: %w", dir, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("open archive %s: %w", dir, err)
			err = errors.Join(err, a.Close())
		}
	}()
	path := filepath.Join(dir, dbName)
	from, to, err := outdated(ctx, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	dataSync()
	a.write, err = openWriter(ctx, dsn(path, writing(opts.CacheKB, opts.KeepLog)))
	if err != nil {
		return nil, notDatabase(path, err)
	}
	a.write.keepLog = opts.KeepLog
	wasSealed, err := breakSeal(dir)
	if err != nil {
		return nil, err
	}
	a.write.pages = &walPages{path: path + "-wal", lost: !wasSealed}
	if err := migrate(ctx, a.write.conn, migrations, path); err != nil {
		return nil, err
	}
	if from > 0 && from < to {
		opts.Log.Warn("brought up to date: older programs cannot read this archive any more", "archive", dir, "from", from, "to", to)
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		a.write.pages.lost = true // what a migration or the shell has written was not counted
	}
	a.write.warc, err = warc.Open(filepath.Join(dir, warcName), opts.WARC)
	if err != nil {
		return nil, err
	}
	a.write.told = a.leases.note
	a.write.long = func(n int64) {
		a.log.Warn("another program goes on reading archive.db as it was, and until it ends the write-ahead log grows", "bytes", n)
	}
	if r := a.write.warc.Repaired(); r != nil {
		opts.Log.Warn("cut an unfinished record off", "file", r.File, "bytes", r.Cut, "size", r.Size)
	}
	if err := a.checkEnds(ctx); err != nil {
		return nil, err
	}
	if err := a.openReaders(ctx, path); err != nil {
		return nil, err
	}
	return a, a.buryCrawls(ctx)
}

// checkEnds holds the WARC files that were written last to what their captures say, so that nothing is written where lost bytes were.
func (a *Archive) checkEnds(ctx context.Context) (err error) {
	rows, err := a.write.conn.QueryContext(ctx, `SELECT file, max(offset + coalesce(packed_length, length, 0))
		FROM (SELECT file, offset, packed_length, length FROM captures WHERE file IS NOT NULL ORDER BY id DESC LIMIT 1024) GROUP BY file`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		var end int64
		if err := rows.Scan(&name, &end); err != nil {
			return err
		}
		missing, err := a.write.warc.Known(name, end)
		if err != nil {
			return err
		}
		if missing > 0 {
			a.log.Error("a WARC file has lost its end; nothing is added to it any more, verify says what is missing", "file", name, "bytes", missing)
		}
	}
	return rows.Err()
}

// OpenReader opens the archive in dir for reading, while another process may
// write. The error wraps fs.ErrNotExist when there is no archive, and ErrNewer,
// ErrOlder or ErrNotArchive as the file demands. Methods that write give ErrReadOnly.
func OpenReader(ctx context.Context, dir string) (*Archive, error) {
	a, err := openReading(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := checkVersion(ctx, a.read, filepath.Join(dir, dbName)); err != nil {
		return nil, errors.Join(fmt.Errorf("open archive %s: %w", dir, err), a.Close())
	}
	return a, nil
}

// databaseIn gives the path of the database in an archive's folder. The error wraps fs.ErrNotExist when there is none.
func databaseIn(dir string) (string, error) {
	path := filepath.Join(dir, dbName)
	_, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("no archive in %s: %w", dir, fs.ErrNotExist)
	case err != nil:
		return "", fmt.Errorf("open archive: %w", err)
	}
	return path, nil
}

// Close gives the archive free. It waits for no caller: all must have returned.
func (a *Archive) Close() error {
	var errs []error
	a.stmts.Range(func(_, s any) bool {
		errs = append(errs, s.(*sql.Stmt).Close())
		return true
	})
	if a.read != nil {
		errs = append(errs, a.watcher.close(), a.read.Close())
	}
	if a.write != nil {
		errs = append(errs, a.write.close())
		if errors.Join(errs...) == nil && !a.write.keepLog {
			errs = append(errs, seal(a.dir, a.write.pages))
		}
	}
	for _, f := range a.held {
		errs = append(errs, f.Close())
	}
	if a.lock != nil {
		errs = append(errs, a.lock.release())
	}
	return errors.Join(errs...)
}

// openDatabase opens archive.db itself. It is closed with the archive and not before: on Unix a process that closes
// a file gives up all its locks on it, SQLite's too, and then another process's last connection would take the log away.
func (a *Archive) openDatabase() (*os.File, error) {
	f, err := os.Open(filepath.Join(a.dir, dbName))
	if err == nil {
		a.mu.Lock()
		a.held = append(a.held, f)
		a.mu.Unlock()
	}
	return f, err
}

// prepared gives a statement on the reading connections, for queries that every visit asks.
func (a *Archive) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := a.stmts.Load(query); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := a.read.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if first, raced := a.stmts.LoadOrStore(query, s); raced {
		return first.(*sql.Stmt), s.Close()
	}
	return s, nil
}

// brief is the context of a query that reads a few rows by an index: cutting it short is not worth the
// two goroutines that database/sql and the driver start to watch for the end of one that can be cancelled.
func brief(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

// Dir is the archive's folder as it was given to Open.
func (a *Archive) Dir() string { return a.dir }

// WARCDir is the folder of the archive's WARC files: captures name files in it.
func (a *Archive) WARCDir() string { return filepath.Join(a.dir, warcName) }

// pragmas of a connection; they ride in the address because Exec would reach one of the pooled connections only.
type pragmas []string

// writing connection: durable at each commit. busy_timeout comes first: the switch to WAL needs it.
func writing(cacheKB int, keepLog bool) pragmas {
	p := pragmas{
		"busy_timeout(" + busyPatience + ")", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		fmt.Sprintf("journal_size_limit(%d)", longLog), fmt.Sprintf("cache_size(-%d)", cacheKB),
	}
	if keepLog {
		p = append(p, "wal_autocheckpoint(0)")
	}
	return p
}

// The page cache of each reading connection, of which there are four or more. Searches gain by a large one;
// beside a writer they look rows up one at a time, and a crawl for months shall take little memory.
const (
	readCacheKB   = 8192
	besideCacheKB = 2048
)

func reading(cacheKB int) pragmas {
	return pragmas{"busy_timeout(10000)", "query_only(1)", fmt.Sprintf("cache_size(-%d)", cacheKB)}
}

// inMemory is added where no folder for temporary files can be written to, as in a container of nothing but this
// program: SQLite then fails at a savepoint of some size, or a sort, with error 6410.
const inMemory = "temp_store(MEMORY)"

func dsn(path string, p pragmas, more ...string) string {
	if !hasTempFolder(tempFolders()) {
		p = append(slices.Clip(p), inMemory)
	}
	q := url.Values{"_pragma": p, "_txlock": {"immediate"}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = filepath.ToSlash(abs)
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/… as a file address
	}
	return "file://" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// openReaders opens the pool. A file on a disk that cannot be written to opens only as immutable, which is
// true of it so long as no WAL lies beside it.
func (a *Archive) openReaders(ctx context.Context, path string) error {
	cacheKB := readCacheKB
	if a.write != nil {
		cacheKB = besideCacheKB
	}
	for _, mode := range [][]string{{"mode", "ro"}, {"mode", "ro", "immutable", "1"}} {
		db, err := sql.Open("sqlite", dsn(path, reading(cacheKB), mode...))
		if err != nil {
			return err
		}
		var n int
		err = db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&n)
		if err == nil {
			// As many searches as there are processors leave some for what is answered in a moment, and one for Generation.
			db.SetMaxOpenConns(runtime.GOMAXPROCS(0) + 4)
			db.SetMaxIdleConns(6)
			a.read = db
			return nil
		}
		closed := db.Close()
		if len(mode) > 2 || !cantOpen(err) || hasLog(path) {
			return errors.Join(err, closed)
		}
	}
	return nil
}
