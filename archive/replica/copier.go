package replica

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/benbjohnson/litestream"
)

// The names within an archive folder.
const (
	dbName    = "archive.db"
	warcName  = "warc"
	metaName  = ".archive.db-litestream" // what Litestream has not sent yet
	localName = "replica.json"
)

// A local is what a worker's folder says of itself: whether it may go on where it stands.
type local struct {
	Worker  string `json:"worker"`
	Lineage uint64 `json:"lineage"`
}

// A Keeper has the archives of one worker, and copies them. Between two runs of a site its database stays
// open: so Litestream sees that nobody else has touched the log, and the next run sends what it adds, not everything.
type Keeper struct {
	Worker string // unique, and the same after a restart
	Store  Store
	Heads  Heads
	Log    *slog.Logger // nil = silent
	// Lean says of a copy of so many bytes whether it is taken without the WARC files that are not added to any more. nil = never.
	Lean func(size int64) bool

	mu      sync.Mutex
	kept    map[string]*Copier // by folder
	suspect map[string]bool    // objects that were not what they should be when they were read back: to be sent again
}

// A Run is one that writes to an archive, with its right to.
type Run struct {
	Archive string       // the site's id
	Format  int          // newest format of archives that the program knows, and brings this one to; 0 = not known
	Fence   uint64       // rises with every run
	Check   func() error // before each write to the store; an error ends the copying. nil = always allowed
}

// A Copier keeps the copy of one archive up to date during one run.
type Copier struct {
	keeper *Keeper
	run    Run
	dir    string

	mu       sync.Mutex // one Sync at a time
	head     Head
	revision uint64
	client   *client
	pinned   map[string]bool // objects of what WARC files were before they became shorter
	db       *litestream.DB  // nil until Follow
	sent     int64
}

// Take takes the copy over for a run and makes the archive in dir the newest: as it stands there
// when this worker made the run before, else from the copy, and then what is in dir is
// replaced. Without any copy, dir is left as it is: it may be empty. The error wraps ErrStale when a later run has been faster, and ErrNewer
// when the copy is of a newer format; then nothing has been touched.
//
// The archive in dir must not be open. Afterwards it is opened, with Options.KeepLog, and then Follow is called.
func (k *Keeper) Take(ctx context.Context, dir string, r Run) (*Copier, error) {
	if r.Check == nil {
		r.Check = func() error { return nil }
	}
	head, revision, err := k.Heads.Head(ctx, r.Archive)
	if err != nil {
		return nil, fmt.Errorf("copy of %s: %w", r.Archive, err)
	}
	if head.Fence > r.Fence {
		return nil, fmt.Errorf("copy of %s: run %d: %w (%d, at %s)", r.Archive, r.Fence, ErrStale, head.Fence, head.Worker)
	}
	if r.Format > 0 && head.Format > r.Format {
		return nil, fmt.Errorf("copy of %s: %w (format %d, by worker %s; this one knows %d)", r.Archive, ErrNewer, head.Format, head.Worker, r.Format)
	}
	before := head
	head.Archive, head.Fence, head.Worker, head.Written = r.Archive, r.Fence, k.Worker, time.Now().UTC()
	// From here on, whoever had the copy before cannot change it any more.
	if revision, err = k.Heads.SetHead(ctx, head, revision); err != nil {
		return nil, fmt.Errorf("copy of %s: %w", r.Archive, err)
	}
	mine, err := readLocal(dir)
	if err != nil {
		return nil, err
	}
	c := k.keptOf(dir)
	if before.Lineage != 0 && before.Worker == k.Worker && mine == (local{Worker: k.Worker, Lineage: before.Lineage}) {
		if c == nil {
			c = &Copier{keeper: k, dir: dir, client: &client{}}
		}
	} else {
		if c != nil {
			c.close(ctx)
		}
		if len(before.Pages) > 0 {
			if err := restore(ctx, dir, k.Store, before, k.Lean != nil && k.Lean(before.Size())); err != nil {
				return nil, err
			}
			k.log().Info("archive restored from its copy", "site", r.Archive, "bytes", before.Size())
		}
		if err := os.RemoveAll(filepath.Join(dir, metaName)); err != nil {
			return nil, err
		}
		for _, p := range before.Pages {
			head.Garbage = append(head.Garbage, objectOf(r.Archive, before.Lineage, p))
		}
		head.Pages, head.Lineage = nil, r.Fence
		c = &Copier{keeper: k, dir: dir, client: &client{}}
		if err := writeLocal(dir, local{Worker: k.Worker, Lineage: head.Lineage}); err != nil {
			return nil, err
		}
	}
	c.run, c.head, c.revision, c.sent, c.pinned = r, head, revision, 0, map[string]bool{}
	for _, f := range head.WARC {
		if !isWARC(f.Name) {
			c.pin(f)
		}
	}
	c.client.begin(k.Store, head, r.Check)
	k.keep(c)
	return c, nil
}

func (k *Keeper) log() *slog.Logger {
	if k.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return k.Log
}

func (k *Keeper) keptOf(dir string) *Copier {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.kept[dir]
}

func (k *Keeper) keep(c *Copier) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept == nil {
		k.kept = map[string]*Copier{}
	}
	k.kept[c.dir] = c
}

// Close lets the databases go. All runs must have ended.
func (k *Keeper) Close(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var errs []error
	for _, c := range k.kept {
		errs = append(errs, c.close(ctx))
	}
	clear(k.kept)
	return errors.Join(errs...)
}

// Forget lets one archive's database go, which may then be removed. No run may be at work on it.
func (k *Keeper) Forget(ctx context.Context, dir string) error {
	k.mu.Lock()
	c := k.kept[dir]
	delete(k.kept, dir)
	k.mu.Unlock()
	if c == nil {
		return nil
	}
	return c.close(ctx)
}

// Follow begins to read the database's log; the archive must have been opened before, and not been written to. Nothing is sent yet. After
// a restart it goes on where the log was left, if nobody else has touched it: so the archive's own connections must never be
// the last to close, which would empty the log.
func (c *Copier) Follow(ctx context.Context) error {
	if c.db != nil {
		return nil // kept open since the run before
	}
	db := litestream.NewDB(filepath.Join(c.dir, dbName))
	db.SetLogger(slog.New(slog.DiscardHandler)) // what goes wrong comes back as errors
	db.MonitorInterval = 0                      // Sync says when
	db.L0Retention = time.Nanosecond
	db.ShutdownSyncTimeout = 0
	db.Replica = litestream.NewReplicaWithClient(db, c.client)
	db.Replica.MonitorEnabled = false
	if err := db.Open(); err != nil {
		return fmt.Errorf("follow %s: %w", db.Path(), err)
	}
	c.db = db
	// Litestream opens the database at its first look.
	if err := db.Sync(ctx); err != nil {
		return fmt.Errorf("follow %s: %w", db.Path(), err)
	}
	return nil
}

// Sync sends what is new and sets the Head. What is on this disk alone until it returns is the most that the
// machine's sudden death can cost.
func (c *Copier) Sync(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.run.Check(); err != nil {
		return err
	}
	// The database first and the WARC files after it, so that no row names bytes that the copy has not.
	if err := c.db.Sync(ctx); err != nil {
		return fmt.Errorf("copy %s: %w", c.db.Path(), err)
	}
	warc, err := c.sendWARC(ctx)
	if err != nil {
		return err
	}
	if err := c.db.Replica.Sync(ctx); err != nil {
		return fmt.Errorf("copy %s: %w", c.db.Path(), err)
	}
	return c.setHead(ctx, warc)
}

func (c *Copier) setHead(ctx context.Context, warc []File) error {
	if err := c.run.Check(); err != nil {
		return err
	}
	h := c.head
	h.WARC, h.Written, h.Format, h.Layout = warc, time.Now().UTC(), max(h.Format, c.run.Format), layout
	h.Pages, h.Garbage = c.client.list()
	revision, err := c.keeper.Heads.SetHead(ctx, h, c.revision)
	if err != nil {
		return fmt.Errorf("copy of %s: %w", c.run.Archive, err)
	}
	c.head, c.revision = h, revision
	return c.sweep(ctx)
}

// sweep deletes objects that the Head has named for garbage. What it does not come to is done after the next Head.
func (c *Copier) sweep(ctx context.Context) error {
	for _, name := range c.head.Garbage {
		if err := c.run.Check(); err != nil {
			return err
		}
		if err := c.keeper.Store.Delete(ctx, name); err != nil {
			return fmt.Errorf("delete %s: %w", name, err)
		}
		c.client.mu.Lock()
		c.client.garbage = slices.DeleteFunc(c.client.garbage, func(g string) bool { return g == name })
		c.client.mu.Unlock()
	}
	return nil
}

// mergeFiles is how many files of a level become one of the next, so that a byte is sent again as often as the logarithm of
// the number of runs; and no more than that are to be read for each level at a restore. The pages that every run
// changes are in each file and only once in the merged one, so that many at once cost less: see BenchmarkThirtyDays.
const mergeFiles = 32

// End sends the rest, merges what has become many and ends the copying until the next run. The archive must
// have been closed before, so that its last word is in the copy. When a Sync fails, the copy stays as the last one that did not left it.
func (c *Copier) End(ctx context.Context) error {
	if c.db == nil {
		return nil
	}
	err := c.Sync(ctx)
	if err == nil {
		err = c.merge(ctx)
	}
	c.client.end()
	return err
}

// close lets the database go. Litestream would send what is left without a Head: it is refused that.
func (c *Copier) close(ctx context.Context) error {
	if c.db == nil {
		return nil
	}
	c.client.end()
	err := c.db.Close(ctx)
	c.db = nil
	if errors.Is(err, ErrStale) {
		return nil
	}
	return err
}

// merge keeps the number of objects small, and the size of those of the database within twice its own.
func (c *Copier) merge(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	merged := false
	for level := range litestream.SnapshotLevel - 1 {
		files := 0
		pages, _ := c.client.list()
		for _, p := range pages {
			if p.Level == level {
				files++
			}
		}
		if files < mergeFiles {
			break
		}
		info, err := c.db.Compact(ctx, level+1)
		if errors.Is(err, litestream.ErrNoCompaction) {
			break
		}
		if err != nil {
			return fmt.Errorf("merge pages of %s: %w", c.run.Archive, err)
		}
		c.client.covered(level, uint64(info.MaxTXID))
		merged = true
	}
	var stored int64
	pages, _ := c.client.list()
	for _, p := range pages {
		stored += p.Size
	}
	if database := c.client.databaseSize(); database > 0 && stored > 2*database {
		if err := c.sound(ctx); err != nil {
			return err
		}
		info, err := c.db.Snapshot(ctx)
		if err != nil {
			return fmt.Errorf("merge pages of %s: %w", c.run.Archive, err)
		}
		for level := range litestream.SnapshotLevel {
			c.client.covered(level, uint64(info.MaxTXID))
		}
		c.client.covered(litestream.SnapshotLevel, uint64(info.MaxTXID)-1)
		merged = true
	}
	if !merged {
		return nil
	}
	return c.setHead(ctx, c.head.WARC)
}

// sound says whether the database can be read here as SQLite wrote it: only then may all of the copy's pages, which a bad disk has not
// touched, be replaced by those here. The error wraps ErrDamaged.
func (c *Copier) sound(ctx context.Context) error {
	var verdict string
	if err := c.db.SQLDB().QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&verdict); err != nil {
		verdict = err.Error()
	}
	if verdict == "ok" || ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%s: %w: %s; the copy stays as it is: remove the folder here, and the next run makes it again of the copy", filepath.Join(c.dir, dbName), ErrDamaged, verdict)
}

// Sent is how many bytes have been sent by this Copier.
func (c *Copier) Sent() int64 {
	c.client.mu.Lock()
	defer c.client.mu.Unlock()
	return c.sent + c.client.sent
}

func readLocal(dir string) (l local, err error) {
	b, err := os.ReadFile(filepath.Join(dir, localName))
	if errors.Is(err, fs.ErrNotExist) {
		return local{}, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &l)
	}
	if err != nil {
		return local{}, fmt.Errorf("%s: %w", filepath.Join(dir, localName), err)
	}
	return l, nil
}

// writeLocal replaces the file as a whole.
func writeLocal(dir string, l local) error {
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, localName+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, localName))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
