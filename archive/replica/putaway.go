package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"campusnews/archive/warc"
)

// isWARC says whether a name in the folder is that of a WARC file, and not of a marker or of what a repair has put aside.
func isWARC(name string) bool {
	return strings.HasSuffix(name, ".warc.gz") || strings.HasSuffix(name, ".warc")
}

// finished says whether nothing is added to a file any more: there is a later one of the same series (NAME-00001.warc.gz).
func finished(name string, all []File) bool {
	series := func(name string) string { return name[:max(strings.LastIndexByte(name, '-'), 0)] }
	return isWARC(name) && slices.ContainsFunc(all, func(f File) bool { return series(f.Name) == series(name) && f.Name > name })
}

// PutAway removes WARC files of the archive in dir that are not added to any more and whose copy has been read back: every object of it
// held to its digest, and byte by byte to the file here. A marker takes a file's place. It removes no more
// than it must to free so many bytes, oldest first, and gives what it freed. No run may be at work on the archive, or only one whose Copier
// has ended. What is not the same in the copy stays, is sent again by the next run, and is an error that wraps ErrDamaged.
func (k *Keeper) PutAway(ctx context.Context, archive, dir string, free int64) (freed int64, err error) {
	h, _, err := k.Heads.Head(ctx, archive)
	if err != nil {
		return 0, fmt.Errorf("copy of %s: %w", archive, err)
	}
	var faults []error
	for _, f := range h.WARC {
		if freed >= free {
			break
		}
		path := filepath.Join(dir, warcName, f.Name)
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() || !finished(f.Name, h.WARC) || f.Size() != info.Size() || f.Name != filepath.Base(f.Name) {
			continue
		}
		switch err := k.same(ctx, path, f); {
		case errors.Is(err, ErrDamaged):
			faults = append(faults, err)
			continue
		case err != nil:
			return freed, errors.Join(append(faults, err)...)
		}
		if err := warc.PutAway(path, warc.Away{Size: f.Size()}); err != nil {
			return freed, errors.Join(append(faults, err)...)
		}
		freed += info.Size()
	}
	return freed, errors.Join(faults...)
}

// same reads the copy of a file back and compares it with the file. The error wraps ErrDamaged when they differ.
func (k *Keeper) same(ctx context.Context, path string, f File) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() // only read
	at := int64(0)
	for _, p := range f.Pieces {
		m := newMeter(io.NewSectionReader(file, at, p.Size))
		if _, err := io.Copy(io.Discard, m); err != nil {
			return err
		}
		at += p.Size
		err := fetch(ctx, io.Discard, k.Store, p.Object, p.Size, p.SHA256)
		if err == nil && m.sum() != p.SHA256 {
			// The copy is what was sent; the file has changed since. Which of the two is right, verify says.
			return fmt.Errorf("%s: %w: it is not what was copied from it (object %s)", path, ErrDamaged, p.Object)
		}
		if errors.Is(err, ErrDamaged) || errors.Is(err, fs.ErrNotExist) {
			k.suspects(p.Object, true)
			return fmt.Errorf("%s stays: its copy is %w: %w", path, ErrDamaged, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// suspects says whether an object was found damaged; with a value it notes whether it was.
func (k *Keeper) suspects(object string, set ...bool) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, bad := range set {
		if bad && k.suspect == nil {
			k.suspect = map[string]bool{}
		}
		if bad {
			k.suspect[object] = true
		} else {
			delete(k.suspect, object)
		}
	}
	return k.suspect[object]
}
