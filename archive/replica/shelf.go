package replica

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"campusnews/archive/warc"
)

// A Shelf has pieces of WARC files that are kept in copies only, fetched when somebody reads there. What was not read for the longest time makes
// room for others. Its methods may be called from several goroutines.
type Shelf struct {
	Dir   string // for the pieces, its own
	Most  int64  // bytes that it may take, but for the pieces that are being fetched
	Store Store
	Heads Heads

	mu     sync.Mutex
	pieces map[string]*shelved // by digest
	used   int64
	clock  uint64
	places chan struct{} // one element a piece that is being fetched
}

// A shelved is a piece on the shelf, or on its way there.
type shelved struct {
	done chan struct{} // closed when it is there, or err says why not
	err  error
	size int64
	last uint64 // when it was read, by the shelf's clock
}

// shelfPlaces is how many pieces are fetched at the same time.
const shelfPlaces = 4

// NewShelf makes an empty shelf; what an earlier one has left in dir is removed.
func NewShelf(dir string, most int64, s Store, h Heads) (*Shelf, error) {
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o777)); err != nil {
		return nil, err
	}
	return &Shelf{Dir: dir, Most: most, Store: s, Heads: h, pieces: map[string]*shelved{}, places: make(chan struct{}, shelfPlaces)}, nil
}

// Open gives a WARC file of an archive as its copy has it, with its size, to be read until ctx ends. The error wraps warc.ErrAway when the copy has no such file.
func (s *Shelf) Open(ctx context.Context, archive, name string) (io.ReaderAt, int64, error) {
	h, _, err := s.Heads.Head(ctx, archive)
	if err != nil {
		return nil, 0, fmt.Errorf("copy of %s: %w", archive, err)
	}
	i := slices.IndexFunc(h.WARC, func(f File) bool { return f.Name == name })
	if i < 0 {
		return nil, 0, fmt.Errorf("the copy of %s has no %s: %w", archive, name, warc.ErrAway)
	}
	return shelfFile{ctx, s, h.WARC[i]}, h.WARC[i].Size(), nil
}

// A shelfFile is a WARC file read by way of the shelf.
type shelfFile struct {
	ctx   context.Context
	shelf *Shelf
	file  File
}

// ReadAt implements io.ReaderAt.
func (f shelfFile) ReadAt(b []byte, at int64) (n int, err error) {
	begins := int64(0)
	for _, p := range f.file.Pieces {
		if len(b) == 0 {
			return n, nil
		}
		if within := at - begins; within < p.Size {
			part := b[:min(int64(len(b)), p.Size-within)]
			m, err := f.shelf.read(f.ctx, p, part, within)
			n, at, b = n+m, at+int64(m), b[m:]
			if err != nil {
				return n, fmt.Errorf("%s: %w", f.file.Name, err)
			}
		}
		begins += p.Size
	}
	if len(b) > 0 {
		return n, io.EOF
	}
	return n, nil
}

// read reads from a piece, which is fetched first if it is not on the shelf. All of b is read, or there is an error.
func (s *Shelf) read(ctx context.Context, p Piece, b []byte, at int64) (int, error) {
	for {
		if err := s.fetch(ctx, p); err != nil {
			return 0, err
		}
		f, err := os.Open(s.path(p))
		if errors.Is(err, fs.ErrNotExist) {
			s.missed(p) // it has made room for another one meanwhile, or somebody has emptied the folder
			continue
		}
		if err != nil {
			return 0, err
		}
		n, err := f.ReadAt(b, at)
		if n == len(b) {
			err = nil
		}
		return n, errors.Join(err, f.Close())
	}
}

// missed forgets a piece whose file is not there any more.
func (s *Shelf) missed(p Piece) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.pieces[p.SHA256]
	if e == nil {
		return
	}
	select {
	case <-e.done:
		s.used -= e.size
		delete(s.pieces, p.SHA256)
	default: // on its way
	}
}

func (s *Shelf) path(p Piece) string { return filepath.Join(s.Dir, p.SHA256) }

// fetch has a piece on the shelf. Who asks for one that somebody else fetches waits for that.
func (s *Shelf) fetch(ctx context.Context, p Piece) error {
	if sum, err := hex.DecodeString(p.SHA256); err != nil || len(sum) != 32 {
		return fmt.Errorf("object %s: %w: %q is no SHA-256", p.Object, ErrDamaged, p.SHA256)
	}
	for {
		s.mu.Lock()
		s.clock++
		e := s.pieces[p.SHA256]
		if e == nil {
			e = &shelved{done: make(chan struct{}), last: s.clock, size: p.Size}
			s.pieces[p.SHA256] = e
			s.mu.Unlock()
			return s.bring(ctx, p, e)
		}
		e.last = s.clock
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-e.done:
		}
		if e.err == nil {
			return nil
		}
		if !errors.Is(e.err, context.Canceled) { // else who fetched it has left, and it is one's own turn
			return e.err
		}
	}
}

// bring fetches a piece into the shelf's folder.
func (s *Shelf) bring(ctx context.Context, p Piece, e *shelved) error {
	err := func() error {
		select {
		case s.places <- struct{}{}:
		case <-ctx.Done():
			return context.Canceled
		}
		defer func() { <-s.places }()
		w, err := os.CreateTemp(s.Dir, "fetching-*")
		if err != nil {
			return err
		}
		err = errors.Join(fetch(ctx, w, s.Store, p.Object, p.Size, p.SHA256), w.Close())
		if err == nil {
			err = os.Rename(w.Name(), s.path(p))
		}
		if err != nil {
			return errors.Join(err, os.Remove(w.Name()))
		}
		return nil
	}()
	if ctx.Err() != nil && err != nil {
		err = errors.Join(context.Canceled, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.err = err; err != nil {
		delete(s.pieces, p.SHA256)
	} else {
		s.used += p.Size
		s.makeRoom(e)
	}
	close(e.done)
	return err
}

// makeRoom removes pieces, but not the one that has just come.
func (s *Shelf) makeRoom(kept *shelved) {
	for s.used > s.Most {
		oldest := ""
		for digest, e := range s.pieces {
			select {
			case <-e.done:
			default:
				continue // on its way
			}
			if e != kept && (oldest == "" || e.last < s.pieces[oldest].last) {
				oldest = digest
			}
		}
		if oldest == "" {
			return
		}
		s.used -= s.pieces[oldest].size
		delete(s.pieces, oldest)
		_ = os.Remove(filepath.Join(s.Dir, oldest)) // who reads it has it open
	}
}
