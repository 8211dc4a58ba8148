package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"campusnews/archive/warc"
)

// maxBatch is how many callers one transaction serves. From 64 on a further one saves
// less than 2 % of a commit (measured, see BenchmarkSave), and each waits for the whole.
const maxBatch = 64

// A writer is the one connection that changes archive.db. Callers queue up;
// whoever comes first runs and commits what all of them want in one
// transaction, so that a commit's fsync is shared. Only where many come does the first wait a moment for more: see gather.
type writer struct {
	db   *sql.DB
	conn *sql.Conn
	warc *warc.Writer    // nil only while opening
	told func([]dueNote) // of what a transaction on disk has changed in the frontier; nil only while opening
	long func(n int64)   // told of a log of n bytes that cannot be begun anew; nil only while opening
	turn chan struct{}

	keepLog bool      // as Options.KeepLog
	pages   *walPages // nil only while opening

	// Used by whoever has the turn.
	stmts  map[string]*sql.Stmt
	noted  map[note]string // sites and sections that are on disk, with the address last noted
	late   bool            // a job has written to the WARC file itself
	alone  bool            // the last transaction was of jobs in a hurry only
	broken error           // after a failed rollback nothing is certain any more
	anew   int64           // bytes of the log from where on it is to be begun anew

	mu    sync.Mutex
	queue []*job
}

// A job is one caller's part of a transaction: all of it or nothing. It may be run
// again after the transaction that held it was rolled back.
type job struct {
	run   func(*tx) error
	hurry bool
	err   error
	done  chan struct{}
}

func openWriter(ctx context.Context, dsn string) (*writer, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err == nil {
		err = conn.PingContext(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &writer{db: db, conn: conn, turn: make(chan struct{}, 1), stmts: map[string]*sql.Stmt{}, noted: map[note]string{}}, nil
}

// errClosed is what callers get who come too late.
var errClosed = errors.New("archive is closed")

func (w *writer) close() error {
	w.turn <- struct{}{}
	defer func() { <-w.turn }()
	w.broken = errClosed
	var errs []error
	for _, s := range w.stmts {
		errs = append(errs, s.Close())
	}
	if w.warc != nil {
		errs = append(errs, w.warc.Close())
	}
	if !w.keepLog {
		// So that all is in the one file, also when a reader of another process keeps the log; if it is busy just now, the next will do it.
		w.conn.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	if w.pages != nil {
		errs = append(errs, w.pages.close())
	}
	return errors.Join(append(errs, w.conn.Close(), w.db.Close())...)
}

// do runs f in a transaction, alone or with others', and returns when it is
// on disk. f may run twice, the first time in vain: it must begin anew what it gives its
// caller. When ctx ends before f was begun, f does not run.
func (w *writer) do(ctx context.Context, f func(*tx) error) error { return w.wait(ctx, &job{run: f}) }

// hurry is do for what many wait for: it does not wait for more to come, nor, every other time, for those that have come before.
func (w *writer) hurry(ctx context.Context, f func(*tx) error) error {
	return w.wait(ctx, &job{run: f, hurry: true})
}

func (w *writer) wait(ctx context.Context, j *job) error {
	if w == nil {
		return ErrReadOnly
	}
	j.done = make(chan struct{})
	w.mu.Lock()
	w.queue = append(w.queue, j)
	w.mu.Unlock()
	for {
		select {
		case <-j.done:
			return j.err
		case <-ctx.Done():
			if w.withdraw(j) {
				return ctx.Err()
			}
			<-j.done // somebody is at it: the answer is what counts
			return j.err
		case w.turn <- struct{}{}:
			w.gather()
			// What others wait for must not fail because this caller gave up.
			w.commit(context.WithoutCancel(ctx), w.batch())
			<-w.turn
		}
	}
}

func (w *writer) withdraw(j *job) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.queue)
	w.queue = slices.DeleteFunc(w.queue, func(q *job) bool { return q == j })
	return len(w.queue) < n
}

// Where at least crowd callers came during one transaction, the next waits for more of them: as long as
// one comes within a lull, and no longer than patience. What a transaction costs whoever shares it (pages of the
// indexes written once for all, segments of the search index, fsync) is most of what saving costs when few share it.
const (
	crowd    = 4
	lull     = 3 * time.Millisecond
	patience = 100 * time.Millisecond
)

// gather waits while callers keep coming, until they fill a batch or one is in a hurry. A caller alone, or one of few, never waits.
func (w *writer) gather() {
	n, hurry := w.waiting()
	if n < crowd {
		return
	}
	for begun := time.Now(); n < maxBatch && !hurry && time.Since(begun) < patience; {
		time.Sleep(lull)
		before := n
		if n, hurry = w.waiting(); n == before {
			return
		}
	}
}

// waiting says how many jobs wait, and whether one of them is in a hurry.
func (w *writer) waiting() (n int, hurry bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue), slices.ContainsFunc(w.queue, (*job).inHurry)
}

func (j *job) inHurry() bool { return j.hurry }

// batch takes the jobs of the next transaction from the queue: those in a hurry alone, or, when the last were
// so, all as they came, so that the others have their turn however many lists there are.
func (w *writer) batch() []*job {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.alone = !w.alone && slices.ContainsFunc(w.queue, (*job).inHurry)
	var batch []*job
	w.queue = slices.DeleteFunc(w.queue, func(j *job) bool {
		take := len(batch) < maxBatch && (j.hurry || !w.alone)
		if take {
			batch = append(batch, j)
		}
		return take
	})
	return batch
}

// commit runs the jobs in one transaction and tells each how it went.
func (w *writer) commit(ctx context.Context, jobs []*job) {
	if len(jobs) == 0 {
		return
	}
	err := w.broken
	if err == nil {
		err = w.transaction(ctx, jobs)
	}
	for _, j := range jobs {
		if err != nil {
			j.err = err
		}
		close(j.done)
	}
	w.renewLog(ctx)
}

// transaction runs the jobs in one transaction. When one fails, all is rolled back and each runs
// again in a transaction of its own, so that only the one at fault is told. That is rare, and cheaper than a savepoint a
// job: those cost a copy of each page that a job is the first to touch. An error returned concerns all jobs; one that
// concerns a single job is in its err.
func (w *writer) transaction(ctx context.Context, jobs []*job) error {
	failed, err := w.together(ctx, jobs)
	if !failed || err != nil {
		return err
	}
	if len(jobs) == 1 {
		return nil
	}
	for i := range jobs {
		if _, err := w.together(ctx, jobs[i:i+1]); err != nil {
			jobs[i].err = err
		}
		if w.broken != nil {
			for _, j := range jobs[i+1:] {
				j.err = w.broken
			}
			return nil
		}
	}
	return nil
}

// together commits all jobs or, when one of them fails, none; its err says why then.
func (w *writer) together(ctx context.Context, jobs []*job) (failed bool, err error) {
	t := &tx{ctx: ctx, w: w}
	// Evidence first: a row must never name bytes that a power cut may take away. Callers have written theirs before they came
	// here, so it goes on its way while the rows are made.
	evidence := func() error { return nil }
	w.late = false
	if w.warc != nil {
		synced := make(chan error, 1)
		go func() { synced <- w.warc.Sync() }()
		evidence = sync.OnceValue(func() error { return <-synced })
		defer evidence()
	}
	if err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return false, err
	}
	defer func() {
		if w.pages != nil {
			w.pages.lost = w.pages.lost || err != nil
			w.pages.scan()
		}
		if err == nil && !failed {
			return
		}
		// SQLite may have rolled back by itself (disk full, I/O error); only a transaction that is still open is our concern.
		if _, undo := w.conn.ExecContext(ctx, "ROLLBACK"); undo != nil && resultCode(undo) != sqliteError {
			w.broken = errors.Join(err, fmt.Errorf("roll back: %w", undo))
			err = w.broken
		}
	}()
	for _, j := range jobs {
		if j.err = j.run(t); j.err != nil {
			return true, nil
		}
	}
	if err := t.writeIndex(); err != nil {
		return false, err
	}
	if err := evidence(); err != nil {
		return false, err
	}
	if w.late {
		if err := w.warc.Sync(); err != nil {
			return false, err
		}
	}
	if err := t.exec("COMMIT"); err != nil {
		return false, err
	}
	maps.Copy(w.noted, t.noted)
	if w.told != nil {
		w.told(t.dues)
	}
	return false, nil
}

const sqliteError = 1 // SQLITE_ERROR: "cannot rollback - no transaction is active"

// A tx is the writer's current transaction, with its statements kept prepared.
type tx struct {
	ctx       context.Context
	w         *writer
	indexings []indexing
	dues      []dueNote
	noted     map[note]string
}

// A note is a site, or a section of one, that rows may refer to.
type note struct{ site, section string }

// once says whether something has still to be noted: with url, a section at that address; "" = at any.
func (t *tx) once(n note, url string) bool {
	for _, noted := range []map[note]string{t.noted, t.w.noted} {
		if at, ok := noted[n]; ok {
			if url == "" || url == at {
				return false
			}
			break
		}
	}
	if len(t.w.noted) < maxNoted {
		if t.noted == nil {
			t.noted = map[note]string{}
		}
		t.noted[n] = url
	}
	return true
}

// maxNoted bounds the memory of what has been noted. What is beyond it is noted again each time.
const maxNoted = 1 << 12

func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if s := t.w.stmts[query]; s != nil {
		return s, nil
	}
	s, err := t.w.conn.PrepareContext(t.ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	t.w.stmts[query] = s
	return s, nil
}

func (t *tx) exec(query string, args ...any) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(t.ctx, args...)
	return err
}

// insert returns the new row's id.
func (t *tx) insert(query string, args ...any) (int64, error) {
	s, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// changes returns the number of rows that the statement changed.
func (t *tx) changes(query string, args ...any) (int64, error) {
	s, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// row scans the first row of the answer into to and says whether there was one.
func (t *tx) row(to []any, query string, args ...any) (bool, error) {
	s, err := t.stmt(query)
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(t.ctx, args...).Scan(to...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// each calls f for each row of the answer; f scans it.
func (t *tx) each(f func(*sql.Rows) error, query string, args ...any) (err error) {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(t.ctx, args...)
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
