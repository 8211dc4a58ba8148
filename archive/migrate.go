package archive

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	sqlite3 "modernc.org/sqlite/lib"
)

// applicationID marks archive.db in SQLite's header (offset 68): the letters CNEW.
const applicationID = 0x434E4557

// What may be wrong with an archive.db.
var (
	ErrNewer      = errors.New("archive was written by a newer campusnews")
	ErrOlder      = errors.New("archive is of an older format and must be brought up to date first")
	ErrNotArchive = errors.New("not a campusnews archive")
)

// Files migrations/0001_….sql, 0002_….sql and on. The number is the user_version that the file leads to.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

var migrations = func() fs.FS {
	sub, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		panic(err)
	}
	return sub
}()

// A querier is a *sql.DB or *sql.Conn.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// header reads what the file says it is. An empty file is version 0 of application 0.
func header(ctx context.Context, q querier, path string) (app, version, tables int, err error) {
	for query, to := range map[string]*int{
		"PRAGMA application_id": &app, "PRAGMA user_version": &version, "SELECT count(*) FROM sqlite_master": &tables,
	} {
		if err := q.QueryRowContext(ctx, query).Scan(to); err != nil {
			return 0, 0, 0, notDatabase(path, err)
		}
	}
	if app != applicationID && (app != 0 || version != 0 || tables != 0) {
		return 0, 0, 0, fmt.Errorf("%s: %w (application_id %#x)", path, ErrNotArchive, app)
	}
	return app, version, tables, nil
}

// checkVersion says whether this program reads the file as it is.
func checkVersion(ctx context.Context, q querier, path string) error {
	app, version, _, err := header(ctx, q, path)
	newest := latest(migrations)
	switch {
	case err != nil:
		return err
	case app == 0:
		return fmt.Errorf("%s: %w (the file is empty)", path, ErrNotArchive)
	case version > newest:
		return fmt.Errorf("%s: %w (format %d; this program knows %d)", path, ErrNewer, version, newest)
	case version < newest:
		return fmt.Errorf("%s: %w (format %d of %d)", path, ErrOlder, version, newest)
	}
	return nil
}

// Format is the newest format of archives that this program knows, which it brings all that it writes to to.
func Format() int { return latest(migrations) }

func latest(files fs.FS) int {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		panic(err)
	}
	return len(names)
}

// migrate runs the migrations that the file has not seen, each in one transaction with its user_version.
func migrate(ctx context.Context, conn *sql.Conn, files fs.FS, path string) error {
	_, version, _, err := header(ctx, conn, path)
	if err != nil {
		return err
	}
	names, err := fs.Glob(files, "*.sql") // sorted
	if err != nil {
		return err
	}
	if version > len(names) {
		return fmt.Errorf("%s: %w (format %d; this program knows %d)", path, ErrNewer, version, len(names))
	}
	for i, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if n, err := strconv.Atoi(number); err != nil || n != i+1 {
			return fmt.Errorf("migration %s: want number %04d", name, i+1)
		}
		if i < version {
			continue
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		script := fmt.Sprintf("BEGIN IMMEDIATE;\n%s\n;PRAGMA application_id = %d;\nPRAGMA user_version = %d;\nCOMMIT;", text, applicationID, i+1)
		if _, err := conn.ExecContext(ctx, script); err != nil {
			_, undo := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			if undo != nil && strings.Contains(undo.Error(), "no transaction") {
				undo = nil
			}
			return errors.Join(fmt.Errorf("migration %s: %w", name, err), undo)
		}
	}
	return nil
}

func cantOpen(err error) bool {
	code := resultCode(err)
	return code == sqlite3.SQLITE_CANTOPEN || code == sqlite3.SQLITE_READONLY
}

// notDatabase turns SQLite's "file is not a database" into ErrNotArchive.
func notDatabase(path string, err error) error {
	if resultCode(err) == sqlite3.SQLITE_NOTADB {
		return fmt.Errorf("%s: %w: %v", path, ErrNotArchive, err)
	}
	return err
}
