package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/benbjohnson/litestream"

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
	for _, f := range h.WARC {
		if f.Name != filepath.Base(f.Name) || strings.HasPrefix(f.Name, ".") {
			return fmt.Errorf("%q is no name of a WARC file", f.Name)
		}
		path := filepath.Join(making, warcName, f.Name)
		if lean && finished(f.Name, h.WARC) {
			if err := warc.PutAway(path, warc.Away{Size: f.Size()}); err != nil {
				return err
			}
			continue
		}
		if err := restoreFile(ctx, path, s, f); err != nil {
			return err
		}
	}
	if err := restoreDB(ctx, filepath.Join(making, dbName), s, h); err != nil {
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

func restoreFile(ctx context.Context, path string, s Store, f File) error {
	w, err := os.Create(path)
	if err != nil {
		return err
	}
	for _, p := range f.Pieces {
		if err = fetch(ctx, w, s, p.Object, p.Size, p.SHA256); err != nil {
			break
		}
	}
	return errors.Join(err, w.Sync(), w.Close())
}

// fetch writes an object to w and holds it to its size and digest.
func fetch(ctx context.Context, w io.Writer, s Store, object string, size int64, sha256 string) error {
	r, err := s.Get(ctx, object)
	if err != nil {
		return fmt.Errorf("object %s: %w", object, err)
	}
	m := newMeter(io.LimitReader(r, size+1))
	_, err = io.Copy(w, m)
	if err = errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("object %s: %w", object, err)
	}
	if m.n != size || m.sum() != sha256 {
		return fmt.Errorf("object %s: %w: %d bytes with SHA-256 %s, want %d with %s", object, ErrDamaged, m.n, m.sum(), size, sha256)
	}
	return nil
}

// restoreDB puts the database together from its pages. Each file of pages has checksums of its own, which are held to.
func restoreDB(ctx context.Context, path string, s Store, h Head) error {
	c := &client{store: s, archive: h.Archive, lineage: h.Lineage, pages: h.Pages, check: func() error { return ErrStale }}
	o := litestream.NewRestoreOptions()
	o.OutputPath = path
	o.IntegrityCheck = litestream.IntegrityCheckQuick
	db := litestream.NewDB(path)
	db.SetLogger(slog.New(slog.DiscardHandler))
	if err := litestream.NewReplicaWithClient(db, c).Restore(ctx, o); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	return nil
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
