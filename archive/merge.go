package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"campusnews/archive/warc"
)

// MergeOptions say whom Merge tells how far it is.
type MergeOptions struct {
	// Progress is told, now and then, what is being taken over and how much of it has been. nil = nobody.
	Progress func(what string, done, total int)
}

// A Merging counts what Merge has taken over.
type Merging struct {
	Files    int `json:"files"`    // of WARC: new ones, and those that had grown
	Crawls   int `json:"crawls"`   // new runs
	Captures int `json:"captures"` // new ones
	Articles int `json:"articles"` // new ones
	Merged   int `json:"merged"`   // articles that both had and that say more now
	Targets  int `json:"targets"`  // of the frontier: new ones, and those of which the other archive knew more lately
}

// Merge takes the archive in the folder from into this one: evidence, runs, articles with all versions, lists and
// frontier. from is not changed; nobody may be writing to it. Ids of this archive stay as they are.
//
// An article that both have gets one history: what each saw, in the order of time, as one archive would have kept it that had been
// there at every look, but for one thing: a look at an address that the looking archive did not know for an article's
// counts for its captures alone. Of what has no history (the state of an address, a site's name) the one seen last counts. What a
// comparison of texts has found is not taken over: CompareTexts finds it again.
//
// WARC files are copied byte by byte, under a name that tells the archive they came from, so that Rebuild can tell its
// runs from this one's. Merging the same archive again takes over what has come since; after an end by ctx or a crash it
// goes on. The error wraps fs.ErrNotExist when there is no archive in from, and ErrLocked, ErrOlder or ErrNewer.
func (a *Archive) Merge(ctx context.Context, from string, opts MergeOptions) (_ Merging, err error) {
	if a.write == nil {
		return Merging{}, ErrReadOnly
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("merge %s into %s: %w", from, a.dir, err)
		}
	}()
	if same, err := sameFile(a.dir, from); err == nil && same {
		return Merging{}, errors.New("the two folders are one")
	}
	src, err := OpenReader(ctx, from)
	if err != nil {
		return Merging{}, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	if err := src.whole(); err != nil {
		return Merging{}, err
	}
	held, err := acquire(filepath.Join(from, lockName), a.now())
	switch {
	case errors.Is(err, ErrLocked):
		return Merging{}, err
	case err == nil:
		defer func() { err = errors.Join(err, held.release()) }()
	default:
		if _, ok := errors.AsType[*fs.PathError](err); !ok { // a folder that nobody can write to needs no lock
			return Merging{}, err
		}
	}
	m := &merging{a: a, src: src, progress: opts.Progress, crawls: map[int64]int64{}, captures: map[int64]int64{}, articles: map[int64]int64{}, files: map[string]string{}}
	if m.progress == nil {
		m.progress = func(string, int, int) {}
	}
	for _, step := range []func(context.Context) error{m.evidence, m.sites, m.runs, m.requests, m.histories, m.lists, m.frontier} {
		if err := step(ctx); err != nil {
			return m.made, err
		}
	}
	return m.made, nil
}

// A merging is one run of Merge. Its maps lead from the ids and names of src to those of a.
type merging struct {
	a, src   *Archive
	progress func(string, int, int)
	made     Merging

	files    map[string]string
	crawls   map[int64]int64
	captures map[int64]int64
	articles map[int64]int64
	newer    map[string]bool // sites of which src has the later capture
}

// mergeBatch is how many rows a transaction takes over.
const mergeBatch = 500

// ofArchive matches the name of a WARC file: what the writer called it, the archive it came from if it was merged, its number.
var ofArchive = regexp.MustCompile(`^(.*?)(\+[0-9a-f]{8})?-(\d{5,})\.warc\.gz$`)

// evidence copies the WARC files. A file keeps the name under which an earlier merge brought it, which its first record tells.
func (m *merging) evidence(ctx context.Context) error {
	names, err := m.src.warcFiles(ctx)
	if err != nil {
		return err
	}
	have := map[string]string{} // first record → file
	own, err := m.a.warcFiles(ctx)
	if err != nil {
		return err
	}
	for _, name := range own {
		id, err := firstRecord(filepath.Join(m.a.WARCDir(), name))
		if err != nil {
			return err
		}
		have[id] = name
	}
	_, err = os.Stat(filepath.Join(m.src.dir, sealName))
	sealed := err == nil
	origin := "" // the archive's name: the start of the id of its own first record
	for i, name := range names {
		m.progress("WARC files", i, len(names))
		if err := ctx.Err(); err != nil {
			return err
		}
		path := filepath.Join(m.src.WARCDir(), name)
		id, err := firstRecord(path)
		if err != nil {
			return err
		}
		parts := ofArchive.FindStringSubmatch(name)
		if parts != nil && parts[2] == "" && origin == "" {
			origin = strings.ReplaceAll(id, "-", "")[:8]
		}
		to, known := have[id]
		switch {
		case known:
		case parts == nil:
			to = name
		case parts[2] != "":
			to = name // of an archive that src had taken in
		default:
			to = fmt.Sprintf("%s+%s-%s.warc.gz", parts[1], origin, parts[3])
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		end := info.Size()
		if !sealed { // its last writer may have been killed in the midst of a record
			rows, err := m.src.recordRows(ctx, name)
			if err != nil {
				return err
			}
			end = 0
			for _, r := range rows {
				end = max(end, r.end)
			}
		}
		target := filepath.Join(m.a.WARCDir(), to)
		before, err := os.Stat(target)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		m.files[name] = to
		if err == nil && before.Size() >= end {
			continue
		}
		moved, err := extend(path, target, end)
		if moved {
			err = errors.Join(err, putBack([]string{target}), fmt.Errorf("%s and %s begin alike and then differ: verify both archives", path, target))
		}
		if err != nil {
			return err
		}
		m.made.Files++
	}
	return syncPath(m.a.WARCDir())
}

// firstRecord gives the id of a file's first record, a UUID: no two files begin with the same.
func firstRecord(path string) (id string, err error) {
	r, err := warc.OpenFile(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	rec, err := r.Next()
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	if id = uuidOf(rec.ID()); len(id) != 36 {
		return "", fmt.Errorf("%s: its first record has the id %q, which is no UUID", path, id)
	}
	return id, nil
}

// inBatches reads rows of the other archive and has mergeBatch of them taken over in one transaction.
func inBatches[T any](ctx context.Context, m *merging, scan func(*sql.Rows) (T, error), take func(*tx, T) error, query string, args ...any) error {
	var batch []T
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		err := m.a.write.do(ctx, func(t *tx) error {
			for _, x := range batch {
				if err := take(t, x); err != nil {
					return err
				}
			}
			return nil
		})
		batch = batch[:0]
		return err
	}
	err := m.src.eachRow(ctx, func(rows *sql.Rows) error {
		x, err := scan(rows)
		if err != nil {
			return err
		}
		if batch = append(batch, x); len(batch) == mergeBatch {
			return flush()
		}
		return nil
	}, query, args...)
	return errors.Join(err, flush())
}

// columnsOf are the columns of a table in both archives, without id.
func (m *merging) columnsOf(ctx context.Context, table string) (names []string, err error) {
	err = m.src.eachRow(ctx, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		if name != "id" {
			names = append(names, name)
		}
		return err
	}, `SELECT name FROM pragma_table_info(?) ORDER BY cid`, table)
	return names, err
}

// A mergeRow is a row of any table: its id, 0 if it has none, and its values by column.
type mergeRow struct {
	id     int64
	values []any
}

func scanMergeRow(columns []string) func(*sql.Rows) (mergeRow, error) {
	return func(rows *sql.Rows) (mergeRow, error) {
		r := mergeRow{values: make([]any, len(columns))}
		to := []any{&r.id}
		for i := range r.values {
			to = append(to, &r.values[i])
		}
		return r, rows.Scan(to...)
	}
}

func (r mergeRow) get(columns []string, name string) any {
	return r.values[slices.Index(columns, name)]
}

func (r mergeRow) set(columns []string, name string, v any) {
	r.values[slices.Index(columns, name)] = v
}

// mapped is a reference led over; NULL stays NULL.
func mapped(ids map[int64]int64, ref any) any {
	if id, ok := ref.(int64); ok {
		return nullID(ids[id])
	}
	return nil
}

// insertSQL inserts a row with all these columns.
func insertSQL(table string, columns []string) string {
	return `INSERT INTO ` + table + ` (` + strings.Join(columns, ", ") + `) VALUES (?` + strings.Repeat(", ?", len(columns)-1) + `)`
}
