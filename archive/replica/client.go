package replica

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/superfly/ltx"
)

// A client is Litestream's way to the Store: what there is, it knows from the Head and its own writing, not by listing.
type client struct {
	mu      sync.Mutex
	store   Store
	archive string
	lineage uint64
	check   func() error // before each write
	pages   []Pages
	garbage []string // objects that the next Head does not name any more
	sent    int64    // bytes
	size    int64    // of the database as of the latest pages, bytes; 0 = not yet known
}

var _ litestream.ReplicaClient = (*client)(nil)

// begin makes the client that of a run.
func (c *client) begin(s Store, h Head, check func() error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.store, c.archive, c.lineage, c.check, c.sent = s, h.Archive, h.Lineage, check, 0
	c.pages, c.garbage = slices.Clone(h.Pages), slices.Clone(h.Garbage)
}

// end refuses every further write.
func (c *client) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.check = func() error { return ErrStale }
}

// objectOf is the name of the object that holds these pages.
func objectOf(archive string, lineage uint64, p Pages) string {
	return fmt.Sprintf("%s/pages/%d/%d/%016x-%016x", archive, lineage, p.Level, p.From, p.To)
}

func (c *client) object(level int, from, to uint64) string {
	return objectOf(c.archive, c.lineage, Pages{Level: level, From: from, To: to})
}

// Type implements litestream.ReplicaClient, as the others do.
func (c *client) Type() string               { return "campusnews" }
func (c *client) Init(context.Context) error { return nil }
func (c *client) SetLogger(*slog.Logger)     {}

func (c *client) LTXFiles(_ context.Context, level int, seek ltx.TXID, _ bool) (ltx.FileIterator, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var infos []*ltx.FileInfo
	first, latest := slices.IndexFunc(c.pages, isFirst), slices.IndexFunc(c.pages, func(p Pages) bool { return p.Level == 0 })
	for i, p := range c.pages {
		if i == first && level == 0 && latest < 0 {
			p.Level = 0 // by it Litestream knows where it stands
		}
		if p.Level == level && ltx.TXID(p.From) >= seek {
			infos = append(infos, p.info())
		}
	}
	slices.SortFunc(infos, func(a, b *ltx.FileInfo) int { return int(int64(a.MinTXID) - int64(b.MinTXID)) })
	return ltx.NewFileInfoSliceIterator(infos), nil
}

// isFirst says whether pages are the whole database as a series of objects begins: what Litestream takes for the first of
// level 0 is kept as a snapshot, so that a merge of the files after it need not send it again.
func isFirst(p Pages) bool {
	return p.Level == litestream.SnapshotLevel && p.From == firstTransaction && p.To == firstTransaction
}

const firstTransaction = 1

func (p Pages) info() *ltx.FileInfo {
	return &ltx.FileInfo{Level: p.Level, MinTXID: ltx.TXID(p.From), MaxTXID: ltx.TXID(p.To), Size: p.Size, CreatedAt: p.Created}
}

func (c *client) OpenLTXFile(ctx context.Context, level int, from, to ltx.TXID, offset, size int64) (io.ReadCloser, error) {
	if from == firstTransaction && to == firstTransaction {
		c.mu.Lock()
		if slices.ContainsFunc(c.pages, isFirst) {
			level = litestream.SnapshotLevel
		}
		c.mu.Unlock()
	}
	r, err := c.store.Get(ctx, c.object(level, uint64(from), uint64(to)))
	if err != nil {
		return nil, err
	}
	if offset > 0 {
		if _, err := io.CopyN(io.Discard, r, offset); err != nil {
			r.Close()
			return nil, err
		}
	}
	if size > 0 {
		return struct {
			io.Reader
			io.Closer
		}{io.LimitReader(r, size), r}, nil
	}
	return r, nil
}

func (c *client) WriteLTXFile(ctx context.Context, level int, from, to ltx.TXID, r io.Reader) (*ltx.FileInfo, error) {
	var head bytes.Buffer
	header, _, err := ltx.PeekHeader(io.TeeReader(r, &head))
	if err != nil {
		return nil, fmt.Errorf("pages %d to %d: %w", from, to, err)
	}
	c.mu.Lock()
	check := c.check
	c.mu.Unlock()
	if err := check(); err != nil {
		return nil, err
	}
	m := newMeter(io.MultiReader(&head, r))
	databaseSize := int64(0)
	if level == 0 {
		databaseSize = int64(header.Commit) * int64(header.PageSize)
	}
	if level == 0 && from == firstTransaction && to == firstTransaction {
		level = litestream.SnapshotLevel
	}
	name := c.object(level, uint64(from), uint64(to))
	if err := c.store.Put(ctx, name, m); err != nil {
		return nil, fmt.Errorf("copy pages %s: %w", name, err)
	}
	p := Pages{Level: level, From: uint64(from), To: uint64(to), Size: m.n, SHA256: m.sum(), Created: time.UnixMilli(header.Timestamp).UTC()}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent += m.n
	if databaseSize > 0 {
		c.size = databaseSize
	}
	c.pages = slices.DeleteFunc(c.pages, func(q Pages) bool { return q.Level == p.Level && q.From == p.From && q.To == p.To })
	c.pages = append(c.pages, p)
	c.garbage = slices.DeleteFunc(c.garbage, func(g string) bool { return g == name })
	return p.info(), nil
}

// DeleteLTXFiles only takes the files off the list: the objects go when a Head without them has been set.
func (c *client) DeleteLTXFiles(_ context.Context, infos []*ltx.FileInfo) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, i := range infos {
		c.drop(func(p Pages) bool {
			return p.Level == i.Level && p.From == uint64(i.MinTXID) && p.To == uint64(i.MaxTXID)
		})
	}
	return nil
}

func (c *client) DeleteAll(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop(func(Pages) bool { return true })
	return nil
}

func (c *client) drop(which func(Pages) bool) {
	c.pages = slices.DeleteFunc(c.pages, func(p Pages) bool {
		if !which(p) {
			return false
		}
		c.garbage = append(c.garbage, c.object(p.Level, p.From, p.To))
		return true
	})
}

// covered drops the files of a level up to a transaction, which another file holds now. The newest of level 0 stays: by it
// Litestream knows where it stands.
func (c *client) covered(level int, to uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var newest uint64
	for _, p := range c.pages {
		if p.Level == 0 {
			newest = max(newest, p.To)
		}
	}
	c.drop(func(p Pages) bool { return p.Level == level && p.To <= to && (level > 0 || p.To != newest) })
}

func (c *client) databaseSize() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.size
}

// list gives what there is, in the order in which it is to be applied, and what is to be thrown away.
func (c *client) list() (pages []Pages, garbage []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	pages = slices.Clone(c.pages)
	slices.SortFunc(pages, func(a, b Pages) int {
		if a.To != b.To {
			return int(int64(a.To) - int64(b.To))
		}
		return b.Level - a.Level
	})
	return pages, slices.Clone(c.garbage)
}

// A meter counts and digests what is read through it.
type meter struct {
	r io.Reader
	h hash.Hash
	n int64
}

func newMeter(r io.Reader) *meter { return &meter{r: r, h: sha256.New()} }

func (m *meter) Read(b []byte) (int, error) {
	n, err := m.r.Read(b)
	m.h.Write(b[:n])
	m.n += int64(n)
	return n, err
}

func (m *meter) sum() string { return hex.EncodeToString(m.h.Sum(nil)) }
