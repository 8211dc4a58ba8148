package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
)

// The WARC files of one archive are a chain: in the order of their numbers they hold its visits in the order of time. A
// merged archive has the chains of several, which their names tell; what they hold is saved in the order of time over all.

// A step is a visit or what is noted of a run, ready to be saved.
type step struct {
	at time.Time
	do func() error
}

// provisional is from where on the runs of other archives are numbered until all those of this one are known.
const provisional = int64(1) << 40

// take saves a step, at once or when its turn has come.
func (b *rebuilder) take(ctx context.Context, at time.Time, do func() error) error {
	if b.give == nil {
		return do()
	}
	if !b.give(step{at, do}) {
		return errStopped
	}
	return ctx.Err()
}

// errStopped ends the reading of a chain of which no more is wanted.
var errStopped = errors.New("stopped")

// run is the id in the database of a run that a chain numbers so.
func (b *rebuilder) run(id int64) int64 {
	if id == 0 || b.taken == nil {
		return id
	}
	if b.taken[id] == 0 {
		b.taken[id] = provisional + *b.runs
		*b.runs++
	}
	return b.taken[id]
}

// chains reads all files, the chains side by side.
func (b *rebuilder) chains(ctx context.Context, names []string) error {
	var prefixes []string
	files := map[string][]string{}
	foreign := map[string]bool{}
	for _, name := range names {
		prefix := ""
		if m := ofArchive.FindStringSubmatch(name); m != nil && m[2] != "" {
			prefix = m[1] + m[2]
			foreign[prefix] = true
		}
		if !slices.Contains(prefixes, prefix) {
			prefixes = append(prefixes, prefix)
		}
		files[prefix] = append(files[prefix], name)
	}
	if len(prefixes) == 1 && !foreign[prefixes[0]] {
		defer b.countLost()
		return b.readFiles(ctx, names)
	}
	// A head is the next step of a chain.
	type head struct {
		step
		next  func() (step, bool)
		chain *rebuilder
	}
	var heads []*head
	var failed error
	runs := new(int64)
	for _, prefix := range prefixes {
		chain := &rebuilder{
			a: b.a, warcDir: b.warcDir, opts: b.opts, report: b.report, hops: map[string][]hop{}, done: b.done, total: b.total,
			ids: b.ids, crawls: b.crawls, readers: b.readers, runs: runs,
		}
		if foreign[prefix] {
			chain.taken = map[int64]int64{}
		}
		next, stop := iter.Pull(func(yield func(step) bool) {
			chain.give = yield
			if err := chain.readFiles(ctx, files[prefix]); err != nil && err != errStopped && failed == nil {
				failed = err
			}
		})
		defer stop()
		h := &head{next: next, chain: chain}
		var ok bool
		if h.step, ok = next(); ok {
			heads = append(heads, h)
		}
		defer func() {
			chain.countLost()
			b.made.Files += chain.made.Files
			b.made.Visits += chain.made.Visits
			b.made.Faults += chain.made.Faults
			b.made.Lost += chain.made.Lost
		}()
	}
	for len(heads) > 0 && failed == nil {
		first := slices.MinFunc(heads, func(x, y *head) int { return x.at.Compare(y.at) })
		if err := first.do(); err != nil {
			return err
		}
		var ok bool
		if first.step, ok = first.next(); !ok {
			heads = slices.DeleteFunc(heads, func(h *head) bool { return h == first })
		}
	}
	if failed != nil {
		return failed
	}
	return b.a.write.do(ctx, numberRuns)
}

func (b *rebuilder) readFiles(ctx context.Context, names []string) error {
	for _, name := range names {
		if err := b.file(ctx, name); err != nil {
			if err == errStopped {
				return err
			}
			return fmt.Errorf("%s: %w", name, err)
		}
		b.made.Files++
	}
	return nil
}

func (b *rebuilder) countLost() {
	for _, hops := range b.hops {
		b.made.Lost += len(hops)
	}
}

// numberRuns gives the runs of other archives the numbers that this one has left free.
func numberRuns(t *tx) error {
	var ids []int64
	used := map[int64]bool{}
	if err := t.each(func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		if used[id] = true; id >= provisional {
			ids = append(ids, id)
		}
		return err
	}, `SELECT id FROM crawls ORDER BY id`); err != nil {
		return err
	}
	var columns []string
	if err := t.each(func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		columns = append(columns, name)
		return err
	}, `SELECT name FROM pragma_table_info('crawls') WHERE name <> 'id'`); err != nil {
		return err
	}
	names := strings.Join(columns, ", ")
	free := int64(0)
	var pairs [][2]int64
	for _, id := range ids {
		for free++; used[free]; free++ {
		}
		pairs = append(pairs, [2]int64{id, free})
		if err := t.exec(`INSERT INTO crawls (id, `+names+`) SELECT ?, `+names+` FROM crawls WHERE id = ?`, free, id); err != nil {
			return err
		}
	}
	if err := t.exec(`UPDATE captures SET crawl = (SELECT p.value ->> 1 FROM json_each(?) p WHERE p.value ->> 0 = crawl) WHERE crawl >= ?`, jsonText(pairs), provisional); err != nil {
		return err
	}
	if err := t.exec(`DELETE FROM crawls WHERE id >= ?`, provisional); err != nil {
		return err
	}
	return t.exec(`UPDATE sqlite_sequence SET seq = (SELECT max(id) FROM crawls) WHERE name = 'crawls'`)
}
