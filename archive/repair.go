package archive

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"campusnews/archive/warc"
)

// ErrBeyondRepair is wrapped by the error of Repair for a database in which rows of a table cannot be read.
var ErrBeyondRepair = errors.New("SQLite cannot read all rows of its tables, and these are not made again in place")

// Repair makes again what can be made from something that is sound: SQLite's
// indexes from their tables, the search index from the texts, and what rows of captures
// say of their records, and rows that are gone, from the WARC files. It calls report with a line for each
// thing that it has repaired, and for each page of archive.db that is not as it was sealed: Close seals all anew. Texts are RepairTexts' to repair; it changes none, and no WARC file; what Verify still finds
// afterwards is for a backup, for reading the captures again or for Rebuild. The error wraps ErrBeyondRepair, or is SQLite's own, when rows of a table cannot be
// read: Rebuild alone makes these again, and nothing is sealed that was not.
func (a *Archive) Repair(ctx context.Context, report func(repaired string)) error {
	if a.write == nil {
		return ErrReadOnly
	}
	strange, err := a.strangePages(ctx)
	if err != nil {
		return err
	}
	if err := a.write.do(ctx, func(t *tx) error { return t.exec("REINDEX") }); err != nil {
		return fmt.Errorf("make the indexes of %s again: %w", dbName, err)
	}
	names, err := a.warcFiles(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := a.repairCaptures(ctx, name, report); err != nil {
			return fmt.Errorf("repair captures of %s: %w", name, err)
		}
	}
	if err := a.restoreCaptures(ctx, names, report); err != nil {
		return fmt.Errorf("make lost rows of captures again: %w", err)
	}
	wrong, err := a.verifyIndex(ctx)
	if err != nil || len(wrong) > 0 {
		n, err := a.indexAgain(ctx)
		if err != nil {
			return fmt.Errorf("make the search index again: %w", err)
		}
		report(fmt.Sprintf("%s: the search index, made again from %d articles", dbName, n))
	}
	return a.acceptPages(ctx, strange, report)
}

// strangePages names the pages that are not as the seal had them.
func (a *Archive) strangePages(ctx context.Context) (list []string, err error) {
	counted := true
	if err := a.write.do(ctx, func(*tx) error {
		counted = !a.write.pages.lost
		return nil
	}); err != nil || !counted {
		return nil, err
	}
	_, err = a.checkSeal(ctx, brokenName, func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) })
	return list, err
}

// acceptPages has all pages sealed anew if SQLite finds nothing wrong with them now, and tells of those that were strange.
func (a *Archive) acceptPages(ctx context.Context, strange []string, report func(string)) error {
	if len(strange) > 0 {
		var found string
		if err := a.read.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&found); err != nil {
			return fmt.Errorf("integrity_check: %w", err)
		}
		if found != "ok" {
			return fmt.Errorf("%s: %w (integrity_check: %s)", dbName, ErrBeyondRepair, found)
		}
	}
	if err := a.write.do(ctx, func(*tx) error {
		a.write.pages.lost = true
		return nil
	}); err != nil {
		return err
	}
	for _, page := range strange {
		report(page + "; it is sealed as it is now")
	}
	return nil
}

// A heldRecord is what a sound record says that a capture's row has to say too.
type heldRecord struct {
	offset, length                    int64
	url, id, started, digest, profile string
}

// soundRecords reads a file's main records, those that captures name, leaving out the damaged ones.
func (a *Archive) soundRecords(ctx context.Context, name string) (byOffset map[int64]*heldRecord, byID map[string]*heldRecord, err error) {
	file, err := os.Open(filepath.Join(a.WARCDir(), name))
	if err != nil {
		return nil, nil, err
	}
	defer file.Close() // only read
	info, err := file.Stat()
	if err != nil {
		return nil, nil, err
	}
	byOffset, byID = map[int64]*heldRecord{}, map[string]*heldRecord{}
	damaged := map[int64]bool{}
	var last *heldRecord
	_, err = warc.NewReader(readerAt{ctx, file}, info.Size()).VerifyEach(func(p warc.Problem) {
		damaged[p.Offset], last = true, nil
	}, func(rec *warc.Record) {
		if last != nil {
			last.length = rec.Offset - last.offset
		}
		last = nil
		switch rec.Type() {
		case "response", "revisit", "request":
			last = &heldRecord{
				offset: rec.Offset, url: rec.URL(), id: uuidOf(rec.ID()), started: rec.Date().Format(timeFormat), profile: profileOf(rec),
			}
			if rec.Type() != "request" {
				last.digest = rec.Header.Get("WARC-Payload-Digest")
			}
			byOffset[rec.Offset], byID[last.id] = last, last
		}
	})
	if last != nil {
		last.length = info.Size() - last.offset
	}
	for offset := range damaged {
		if h := byOffset[offset]; h != nil {
			delete(byOffset, offset)
			delete(byID, h.id)
		}
	}
	return byOffset, byID, err
}

// repairCaptures makes the rows of a file's captures say what their records say. A row
// belongs to the record whose id it has, else to the one where it says that it begins.
func (a *Archive) repairCaptures(ctx context.Context, name string, report func(string)) error {
	byOffset, byID, err := a.soundRecords(ctx, name)
	if err != nil {
		return err
	}
	rows, err := a.recordRows(ctx, name)
	if err != nil {
		return err
	}
	for _, row := range rows {
		h := byID[row.record]
		if h == nil {
			h = byOffset[row.offset]
		}
		if h == nil || h.length == 0 {
			continue
		}
		address := row.url
		if warc.TargetURI(row.url) != h.url {
			address = h.url
		}
		if h.offset == row.offset && h.length == row.length && address == row.url && h.id == row.record && h.started == row.started.String &&
			h.digest == row.digest && h.profile == row.profile {
			continue
		}
		err := a.write.do(ctx, func(t *tx) error {
			return t.exec(`UPDATE captures SET offset = ?, length = ?, url = ?, record = ?, started = ?, payload_digest = ?, profile = ? WHERE id = ?`,
				h.offset, h.length, address, h.id, h.started, null(h.digest), null(h.profile), row.id)
		})
		if err != nil {
			return err
		}
		report(fmt.Sprintf("%s: capture %d, from its record in %s at %d", dbName, row.id, name, h.offset))
	}
	return nil
}

// indexAgain makes the search index anew and fills it from the texts, some articles a transaction. When it is cut
// short, Verify says which articles are missing. FTS5's own command delete-all would leave readers
// with what they had cached of the old index: they then find it corrupt.
func (a *Archive) indexAgain(ctx context.Context) (articles int, err error) {
	if err := a.write.do(ctx, func(t *tx) error {
		for _, table := range indexTables {
			var made string
			if _, err := t.row([]any{&made}, `SELECT sql FROM sqlite_master WHERE name = ?`, table.name); err != nil {
				return err
			}
			if err := t.exec(`DROP TABLE ` + table.name); err != nil {
				return err
			}
			if err := t.exec(made); err != nil {
				return err
			}
			if err := t.exec(`INSERT INTO `+table.name+` (`+table.name+`, rank) VALUES ('hashsize', ?)`, indexMemory); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return 0, err
	}
	const batch = 256
	for last, n := int64(0), batch; n == batch; articles += n {
		err := a.write.do(ctx, func(t *tx) error {
			stmt, err := t.stmt(`SELECT id, coalesce(title, ''), coalesce(subtitle, ''), body FROM articles WHERE id > ? ORDER BY id LIMIT ?`)
			if err != nil {
				return err
			}
			rows, err := stmt.QueryContext(ctx, last, batch)
			if err != nil {
				return err
			}
			defer rows.Close()
			for n = 0; rows.Next(); n++ {
				var c content
				if err := rows.Scan(&last, &c.Title, &c.Subtitle, &c.Body); err != nil {
					return err
				}
				t.index(last, c)
			}
			return rows.Err()
		})
		if err != nil {
			return articles, err
		}
	}
	return articles, nil
}
