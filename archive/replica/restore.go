package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"campusnews/archive/warc"
)

// Restore makes the archive in dir of its copy. Every byte is held to its digest. An archive
// that is there is put aside first and removed when the restored one stands in its place; after a failure it is there as before. The error
// wraps ErrNoCopy when h names nothing.
func Restore(ctx context.Context, dir string, s Store, h Head) error {
	return restore(ctx, dir, s, h, false)
}

// restore is Restore; a lean one leaves the WARC files that are not added to any more where they are, with markers in their place.
func restore(ctx context.Context, dir string, s Store, h Head, lean bool) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("restore %s in %s: %w", h.Archive, dir, err)
		}
	}()
	if len(h.Pages) == 0 {
		return ErrNoCopy
	}
	making, aside := dir+".restoring", dir+".before"
	if err := errors.Join(os.RemoveAll(making), os.MkdirAll(filepath.Join(making, warcName), 0o777)); err != nil {
		return err
	}
	defer os.RemoveAll(making)
	group, gctx := errgroup.WithContext(ctx)
	group.Go(func() error { return restoreWARC(gctx, filepath.Join(making, warcName), s, h.WARC, lean) })
	group.Go(func() error { return restoreDB(gctx, filepath.Join(making, dbName), s, h) })
	if err := group.Wait(); err != nil {
		return err
	}
	if err := errors.Join(syncDir(filepath.Join(making, warcName)), syncDir(making)); err != nil {
		return err
	}
	if err := os.RemoveAll(aside); err != nil {
		return err
	}
	if err := os.Rename(dir, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(making, dir); err != nil {
		return errors.Join(err, os.Rename(aside, dir))
	}
	return errors.Join(syncDir(filepath.Dir(dir)), os.RemoveAll(aside))
}

// piecesAtOnce is how many pieces of WARC files are fetched side by side: a server far away answers each after a while.
const piecesAtOnce = 4

// restoreWARC fetches the WARC files into a folder.
func restoreWARC(ctx context.Context, dir string, s Store, files []File, lean bool) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(piecesAtOnce)
	for _, f := range files {
		if f.Name != filepath.Base(f.Name) || strings.HasPrefix(f.Name, ".") {
			group.Go(func() error { return fmt.Errorf("%q is no name of a WARC file", f.Name) })
			break
		}
		path := filepath.Join(dir, f.Name)
		if lean && finished(f.Name, files) {
			group.Go(func() error { return warc.PutAway(path, warc.Away{Size: f.Size()}) })
			continue
		}
		restoreFile(ctx, group, path, s, f)
	}
	return group.Wait()
}

// restoreFile lets the group fetch the pieces of a file. It waits while the group has enough to do: so few files are open at a time.
func restoreFile(ctx context.Context, group *errgroup.Group, path string, s Store, f File) {
	w, err := os.Create(path)
	if err != nil || len(f.Pieces) == 0 {
		if err == nil {
			err = w.Close()
		}
		group.Go(func() error { return err })
		return
	}
	var left atomic.Int64
	left.Store(int64(len(f.Pieces)))
	at := int64(0)
	for _, p := range f.Pieces {
		to := io.NewOffsetWriter(w, at)
		at += p.Size
		group.Go(func() error {
			err := ctx.Err()
			if err == nil {
				err = fetch(ctx, to, s, p.Object, p.Size, p.SHA256)
			}
			if left.Add(-1) == 0 {
				err = errors.Join(err, w.Sync(), w.Close())
			}
			return err
		})
	}
}

// Verify reads the whole copy and holds each object to its digest. bad gets each fault; the error is
// for what keeps Verify from going on.
func Verify(ctx context.Context, s Store, h Head, bad func(error)) (objects int, size int64, err error) {
	check := func(object string, n int64, sha256 string) {
		if err := fetch(ctx, io.Discard, s, object, n, sha256); err != nil {
			bad(err)
			return
		}
		objects++
		size += n
	}
	for _, p := range h.Pages {
		check(objectOf(h.Archive, h.Lineage, p), p.Size, p.SHA256)
	}
	for _, f := range h.WARC {
		for _, p := range f.Pieces {
			check(p.Object, p.Size, p.SHA256)
		}
	}
	return objects, size, ctx.Err()
}
