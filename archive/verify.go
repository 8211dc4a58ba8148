package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"campusnews/archive/warc"
)

// Check looks for damage that can be seen without reading all evidence again:
// SQLite's own integrity and foreign keys, the search index's structure, and
// that each capture's record begins and ends within its WARC file, at a gzip
// member. It gives one line for each fault, nil when all is sound; the error says that it could not look.
func (a *Archive) Check(ctx context.Context) (damage []string, err error) {
	return a.check(ctx, func(string) {})
}

// check is Check that tells what it looks at.
func (a *Archive) check(ctx context.Context, look func(what string)) (damage []string, err error) {
	for _, pragma := range []string{"integrity_check", "foreign_key_check"} {
		look(pragma)
		err := a.eachRow(ctx, func(rows *sql.Rows) error {
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				return err
			}
			line := pragma + ":"
			for _, v := range values {
				line += fmt.Sprintf(" %v", *v.(*any))
			}
			if line != "integrity_check: ok" {
				damage = append(damage, line)
			}
			return nil
		}, "PRAGMA "+pragma)
		if err != nil {
			return damage, fmt.Errorf("%s: %w", pragma, err)
		}
	}
	for fault, query := range map[string]string{
		"article without its current revision": `SELECT id FROM articles a WHERE NOT EXISTS (SELECT 1 FROM revisions r WHERE r.article = a.id AND r.number = a.revision AND r.digest = a.digest)`,
		"article without a search index row":   `SELECT id FROM articles WHERE id NOT IN (SELECT id FROM articles_fts_docsize)`,
		"search index row without its article": `SELECT id FROM articles_fts_docsize WHERE id NOT IN (SELECT id FROM articles)`,
		"earlier revision without its text":    `SELECT r.id FROM revisions r JOIN articles a ON a.id = r.article WHERE r.number < a.revision AND r.id NOT IN (SELECT revision FROM revision_texts)`,
	} {
		err := a.eachRow(ctx, func(rows *sql.Rows) error {
			var id int64
			err := rows.Scan(&id)
			damage = append(damage, fmt.Sprintf("%s: %d", fault, id))
			return err
		}, query)
		if err != nil {
			return damage, fmt.Errorf("look for %s: %w", fault, err)
		}
	}
	look("places of captures")
	more, err := a.checkPositions(ctx)
	return append(damage, more...), err
}

// checkPositions walks the captures in the order of their records, one open file at a time.
func (a *Archive) checkPositions(ctx context.Context) (damage []string, err error) {
	var name string
	var file *os.File
	var size int64
	var elsewhere bool // the file is away: what its marker says of it is held to
	defer func() {
		if file != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	err = a.eachRow(ctx, func(rows *sql.Rows) error {
		var id, offset, length int64
		var in string
		if err := rows.Scan(&id, &in, &offset, &length); err != nil {
			return err
		}
		if in != name {
			if file != nil {
				if err := file.Close(); err != nil {
					return err
				}
			}
			name, file, size, elsewhere = in, nil, 0, false
			path := filepath.Join(a.WARCDir(), filepath.Base(in))
			if a, away := warc.IsAway(path); away {
				size, elsewhere = a.Size, true
			}
			f, err := os.Open(path)
			if errors.Is(err, fs.ErrNotExist) && !elsewhere {
				damage = append(damage, fmt.Sprintf("capture %d and all others in %s/%s: the file is not there", id, warcName, in))
				return nil
			}
			if err != nil && !elsewhere {
				damage = append(damage, fmt.Sprintf("capture %d: %v", id, err))
				return nil
			}
			if !elsewhere {
				file = f
				info, err := f.Stat()
				if err != nil {
					return err
				}
				size = info.Size()
			}
		}
		if file == nil && !elsewhere {
			return nil // said once for the file
		}
		if offset < 0 || length <= 0 || offset > size-length {
			damage = append(damage, fmt.Sprintf("capture %d: bytes %d+%d are beyond the end of %s (%d)", id, offset, length, in, size))
			return nil
		}
		if elsewhere {
			return nil
		}
		var magic [2]byte
		if _, err := file.ReadAt(magic[:], offset); err != nil {
			damage = append(damage, fmt.Sprintf("capture %d: %v", id, err))
		} else if magic != [2]byte{0x1f, 0x8b} {
			damage = append(damage, fmt.Sprintf("capture %d: no record begins at byte %d of %s", id, offset, in))
		}
		return nil
	}, `SELECT id, file, offset, length FROM captures WHERE file IS NOT NULL ORDER BY file, offset`)
	return damage, err
}

// eachRow calls f for each row of the answer, in a transaction of its own.
func (a *Archive) eachRow(ctx context.Context, f func(*sql.Rows) error, query string, args ...any) (err error) {
	rows, err := a.read.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
