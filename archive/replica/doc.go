// Package replica keeps a copy of an archive in an object store while a run writes
// to it, and makes an archive of the copy again.
//
// The database is copied by Litestream, page by page as its write-ahead log grows; the WARC files,
// which only grow, in pieces. What belongs together is said by the copy's Head: a list of objects with
// their digests, replaced as a whole by compare-and-swap. An object that no Head names does not count.
//
// A run carries a fencing number. Each Head has that of the run that wrote it, objects have it in their names, and a
// Head is only replaced by the run that read it last: so a worker that was thought dead and
// wakes up can neither overwrite nor remove what its successor relies on.
//
// The package knows files, Litestream and a Store. It refuses to know who decides which run
// comes next, and what the archive holds.
package replica

import (
	"context"
	"errors"
	"io"
	"time"
)

// ErrStale says that a later run has taken the copy over.
var ErrStale = errors.New("a later run has taken the copy over")

// ErrNoCopy says that there is no copy of the archive.
var ErrNoCopy = errors.New("no copy")

// ErrDamaged says that an object is not what its Head says.
var ErrDamaged = errors.New("damaged")

// ErrNewer says that a newer program has written a copy that this one does not understand.
var ErrNewer = errors.New("written by a newer program")

// A Store keeps objects. Names are of letters, digits, dots, - _ and /.
type Store interface {
	// Put keeps what r gives under a name. It returns when the store answers for it.
	Put(ctx context.Context, name string, r io.Reader) error
	// Get gives an object's bytes; the error wraps fs.ErrNotExist when there is none.
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	// Delete removes an object; one that is not there is no error.
	Delete(ctx context.Context, name string) error
}

// A Heads keeps the Head of each archive's copy.
type Heads interface {
	// Head gives the Head with its revision; the zero Head, revision 0 and no error when there is none.
	Head(ctx context.Context, archive string) (Head, uint64, error)
	// SetHead replaces the Head of this revision and gives the new one. The error wraps ErrStale when it is not the latest any more.
	SetHead(ctx context.Context, h Head, revision uint64) (uint64, error)
}

// layout is how objects are named and what is in them. A program leaves copies of a later one alone. A field may be added to Head without a
// new one only if programs that do not know it, and lose it when they write, do no harm.
const layout = 1

// A Head says what a copy consists of.
type Head struct {
	Layout  int       `json:"layout,omitempty"`  // 0 = 1
	Format  int       `json:"format,omitempty"`  // of the archive, as the program knows it that wrote the copy last; 0 = not known
	Archive string    `json:"archive"`           // which archive: the site's id
	Fence   uint64    `json:"fence"`             // of the latest run that took the copy over
	Worker  string    `json:"worker"`            // who made that run
	Lineage uint64    `json:"lineage"`           // fence of the run that began this series of database objects
	Written time.Time `json:"written"`           // UTC, by the worker's clock
	Pages   []Pages   `json:"pages,omitempty"`   // of the database, oldest first
	WARC    []File    `json:"warc,omitempty"`    // in the order of their names
	Garbage []string  `json:"garbage,omitempty"` // objects that have been replaced and are to be deleted
}

// Pages are an LTX file of Litestream's: changed pages of the database from one transaction to another.
type Pages struct {
	Level   int       `json:"level"` // of compaction
	From    uint64    `json:"from"`  // first transaction
	To      uint64    `json:"to"`    // last one
	Size    int64     `json:"size"`  // bytes
	SHA256  string    `json:"sha256"`
	Created time.Time `json:"created"`
}

// A File is a WARC file as far as it has been copied.
type File struct {
	Name   string  `json:"name"`
	Pieces []Piece `json:"pieces"` // without gaps, from the start of the file
}

// A Piece is a part of a WARC file.
type Piece struct {
	Object string `json:"object"`
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Size is how many bytes of the file have been copied.
func (f File) Size() (n int64) {
	for _, p := range f.Pieces {
		n += p.Size
	}
	return n
}

// Objects are the names of all objects of the copy.
func (h Head) Objects() []string {
	var names []string
	for _, p := range h.Pages {
		names = append(names, objectOf(h.Archive, h.Lineage, p))
	}
	for _, f := range h.WARC {
		for _, p := range f.Pieces {
			names = append(names, p.Object)
		}
	}
	return names
}

// Size is how many bytes the copy takes.
func (h Head) Size() (n int64) {
	for _, p := range h.Pages {
		n += p.Size
	}
	for _, f := range h.WARC {
		n += f.Size()
	}
	return n
}
