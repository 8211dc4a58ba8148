package replica

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/superfly/ltx"
)

// pagesAhead is how many files of pages are asked for before their turn.
const pagesAhead = 4

// restoreDB puts the database together from its pages, those of each file over those of the files before. Litestream says which files
// are needed and in which order. Its own way to restore makes one file of pages of them all first, and then reads every row and every word of
// the index: that takes two thirds of the time, and finds nothing that the digests of all files do not.
func restoreDB(ctx context.Context, path string, s Store, h Head) (err error) {
	c := &client{archive: h.Archive, lineage: h.Lineage, pages: h.Pages}
	plan, err := litestream.CalcRestorePlan(ctx, c, 0, time.Time{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	objects, ready := make([]*object, len(plan)), make([]chan struct{}, len(plan))
	var asking sync.WaitGroup
	ask := func(i int) {
		p := h.Pages[slices.IndexFunc(h.Pages, func(p Pages) bool {
			return p.Level == plan[i].Level && p.From == uint64(plan[i].MinTXID) && p.To == uint64(plan[i].MaxTXID)
		})]
		objects[i], ready[i] = newObject(ctx, s, objectOf(h.Archive, h.Lineage, p), p.Size, p.SHA256), make(chan struct{})
		asking.Go(func() {
			defer close(ready[i])
			objects[i].err = objects[i].open()
		})
	}
	f, err := os.Create(path)
	if err != nil {
		cancel()
		return err
	}
	defer func() {
		cancel()
		asking.Wait()
		for _, o := range objects {
			if o != nil {
				_ = o.Close() // its bytes have been told right or wrong
			}
		}
		err = errors.Join(err, f.Sync(), f.Close())
	}()
	for i := range plan {
		for j := i; j < min(i+pagesAhead, len(plan)); j++ {
			if objects[j] == nil {
				ask(j)
			}
		}
		<-ready[i]
		if err := applyPages(f, objects[i]); err != nil {
			return fmt.Errorf("database: %w", err)
		}
	}
	return nil
}

// applyPages writes the pages of an object to their places, and makes the database as long as it was after them.
func applyPages(f *os.File, o *object) error {
	d := ltx.NewDecoder(bufio.NewReaderSize(o, 64<<10))
	if err := d.DecodeHeader(); err != nil {
		return damagedPages(o, err)
	}
	size := int64(d.Header().PageSize)
	w := pageWriter{f: f, run: make([]byte, 0, max(1<<20, size))}
	page := make([]byte, size)
	for {
		var p ltx.PageHeader
		err := d.DecodePage(&p, page)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return damagedPages(o, err)
		}
		if err := w.write(page, int64(p.Pgno-1)*size); err != nil {
			return err
		}
	}
	if err := w.flush(); err != nil {
		return err
	}
	if err := d.Close(); err != nil { // holds the file to its checksum
		return damagedPages(o, err)
	}
	if _, err := io.Copy(io.Discard, o); err != nil { // to its end, where it is held to its digest
		return err
	}
	return f.Truncate(int64(d.Header().Commit) * size)
}

// damagedPages is the error of pages that cannot be read: that of the object, if it gave one, and else its content is not of pages.
func damagedPages(o *object, err error) error {
	if _, rest := io.Copy(io.Discard, o); rest != nil {
		return rest
	}
	return fmt.Errorf("object %s: %w: %w", o.name, ErrDamaged, err)
}

// A pageWriter writes pages that follow each other in one stroke.
type pageWriter struct {
	f   *os.File
	run []byte
	at  int64 // of run in the file
}

func (w *pageWriter) write(page []byte, at int64) error {
	if at != w.at+int64(len(w.run)) || len(w.run)+len(page) > cap(w.run) {
		if err := w.flush(); err != nil {
			return err
		}
		w.at = at
	}
	w.run = append(w.run, page...)
	return nil
}

func (w *pageWriter) flush() error {
	_, err := w.f.WriteAt(w.run, w.at)
	w.at, w.run = w.at+int64(len(w.run)), w.run[:0]
	return err
}
