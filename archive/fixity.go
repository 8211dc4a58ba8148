package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"campusnews/archive/warc"
)

// A Verification counts what Verify has read.
type Verification struct {
	Files, Records int   // of WARC
	Bytes          int64 // of WARC, as stored
	Captures       int   // compared with their bytes
	Articles       int   // compared with their digests, each version
	Faults         int   // reported
}

// Verify reads all evidence and all texts again. Besides what Check looks for,
// it finds WARC files that are missing or damaged, captures whose stored bytes are
// not those that were written, and articles whose text is not the one its digest was
// made from. It calls report with a line for each fault, naming file and place;
// the error says that it could not go on. It may run while another process writes.
func (a *Archive) Verify(ctx context.Context, report func(fault string)) (v Verification, err error) {
	say := func(format string, args ...any) {
		v.Faults++
		report(fmt.Sprintf(format, args...))
	}
	damage, err := a.Check(ctx)
	for _, d := range damage {
		say("%s: %s", dbName, d)
	}
	if err != nil {
		return v, err
	}
	names, err := a.warcFiles(ctx)
	if err != nil {
		return v, err
	}
	for i, name := range names {
		if err := ctx.Err(); err != nil {
			return v, err
		}
		if err := a.verifyFile(ctx, name, i == len(names)-1, &v, say); err != nil {
			return v, err
		}
	}
	return v, a.verifyTexts(ctx, &v, say)
}

// warcFiles are the names of all WARC files in the folder, in order. Files that captures name but are not there are
// Check's to report.
func (a *Archive) warcFiles(ctx context.Context) ([]string, error) {
	entries, err := os.ReadDir(a.WARCDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list WARC files: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && strings.HasSuffix(e.Name(), ".warc.gz") {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, ctx.Err()
}

// verifyFile reads a file's records by themselves and then the bytes of its captures. Of the newest file it reads the
// part up to the last capture: what lies behind may be in the midst of being written, or was when a process was killed.
func (a *Archive) verifyFile(ctx context.Context, name string, newest bool, v *Verification, say func(string, ...any)) error {
	f, err := os.Open(filepath.Join(a.WARCDir(), name))
	if err != nil {
		return err
	}
	defer f.Close() // only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	size := info.Size()
	if newest {
		var end sql.NullInt64
		if err := a.read.QueryRowContext(ctx, `SELECT max(offset + packed_length) FROM captures WHERE file = ?`, name).Scan(&end); err != nil {
			return err
		}
		size = min(size, end.Int64)
	}
	summary, err := warc.NewReader(f, size).Verify(func(p warc.Problem) { say("%s/%s: %s", warcName, name, p) })
	if err != nil {
		return fmt.Errorf("verify %s: %w", name, err)
	}
	v.Files++
	v.Bytes += size
	for _, n := range summary.Records {
		v.Records += n
	}
	return a.eachRow(ctx, func(rows *sql.Rows) error {
		var id int64
		var s warc.Span
		if err := rows.Scan(&id, &s.Offset, &s.Length, &s.Sum); err != nil {
			return err
		}
		v.Captures++
		err := warc.VerifySpan(f, s)
		if damaged, ok := errors.AsType[*warc.DamageError](err); ok {
			say("%s/%s: capture %d: %v", warcName, name, id, damaged)
			return nil
		}
		return err
	}, `SELECT id, offset, packed_length, packed_digest FROM captures WHERE file = ? AND packed_digest IS NOT NULL ORDER BY offset`, name)
}

// verifyTexts makes the digest of each version again.
func (a *Archive) verifyTexts(ctx context.Context, v *Verification, say func(string, ...any)) error {
	const newest = `SELECT a.id, a.revision, a.digest, a.url, coalesce(published, ''), coalesce(title, ''), coalesce(subtitle, ''), coalesce(source, ''), body, pages, ` + listColumns + ` FROM articles a`
	const earlier = `SELECT r.article, r.number, r.digest, t.url, coalesce(published, ''), coalesce(title, ''), coalesce(subtitle, ''), coalesce(source, ''), body, t.pages,
		credits, images, attachments, media, links FROM revisions r JOIN revision_texts t ON t.revision = r.id`
	for _, query := range []string{newest, earlier} {
		err := a.eachRow(ctx, func(rows *sql.Rows) error {
			var id int64
			var number int
			var digest string
			var c content
			var list [5]string
			if err := rows.Scan(&id, &number, &digest, &c.URL, &c.Published, &c.Title, &c.Subtitle, &c.Source, &c.Body, &c.Pages,
				&list[0], &list[1], &list[2], &list[3], &list[4]); err != nil {
				return err
			}
			v.Articles++
			if err := c.setLists(list); err != nil {
				say("%s: article %d, version %d: %v", dbName, id, number, err)
			} else if c.digest() != digest {
				say("%s: article %d, version %d: the text is not the one its digest was made from", dbName, id, number)
			}
			return nil
		}, query)
		if err != nil {
			return fmt.Errorf("compare texts with their digests: %w", err)
		}
	}
	return nil
}
